"""Asking a process of its own, so that what is measured belongs to nothing but the question."""

import os
import struct
import traceback
from collections.abc import Callable

import pytest

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork there")


def ask(question: Callable[[], int]) -> int:
    """Return what a process of its own answers."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(question, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        told = stream.read()
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, "the process failed by itself"
    answer: int = struct.unpack("q", told)[0]
    return answer


def _answer(question: Callable[[], int], writing: int) -> None:
    """Never returns: nothing of the test may run a second time in the child."""
    try:
        os.write(writing, struct.pack("q", question()))
        os._exit(0)
    except BaseException:  # noqa: BLE001 - told by the exit code
        traceback.print_exc()
    os._exit(1)
