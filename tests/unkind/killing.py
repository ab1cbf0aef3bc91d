"""Killing Bewaar at a chosen moment, as a power cut or an impatient user would.

A moment is a number: the n-th time that something is about to reach a file, a folder or a
database. So every round of a test dies somewhere else, and the same way each time it is run.
"""

import os
import random
import signal
import struct
import sys
import threading
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork there")

STEPS = {"execute", "flock", "fsync", "ftruncate", "link", "mkdir", "open"}
STEPS |= {"rename", "replace", "rmdir", "unlink", "utime", "write"}
SEED = 20261121


def moments(total: int, count: int, *, seed: int = SEED) -> list[int]:
    """Return so many different moments, the first and the last among them."""
    inner = random.Random(seed).sample(range(2, total), min(count, total - 2))
    return sorted({1, *inner, total})


def steps_of(action: Callable[[], object]) -> int:
    """Let a process do something to its end and return how many moments it has."""
    count = ask(lambda: _counted(action, dies_at=0))
    assert count is not None
    return count


def kill(action: Callable[[], object], *, at: int) -> bool:
    """Let a process do something and kill it at a moment; False when it was through before."""
    return ask(lambda: _counted(action, dies_at=at)) is None


def ask(question: Callable[[], int]) -> int | None:
    """Return what a process of its own answers; None when it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(question, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        told = stream.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return None
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


def _counted(action: Callable[[], object], *, dies_at: int) -> int:
    passed = 0

    def step(_frame: FrameType | None, event: str, function: Any) -> None:
        nonlocal passed
        if event == "c_call" and function.__name__ in STEPS:
            passed += 1
            if passed == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(step)
    sys.setprofile(step)
    try:
        action()
    finally:
        sys.setprofile(None)
    return passed
