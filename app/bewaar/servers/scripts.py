"""What reading a dump has in common, whatever server it is of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from bewaar.errors import BewaarError, DumpIncomplete
from bewaar.progress import Progress
from bewaar.servers.tools import ToolEnded

_BLOCK = 1 << 20  # bytes read between two looks whether to stop


class Unfinished(Exception):
    """A script that is cut short, or is none; the message is for logs."""


def blocks(stream: IO[bytes], progress: Progress) -> Iterator[list[bytes]]:
    """Yield the lines of a script, many at a time, however they end. Raises Cancelled."""
    while lines := stream.readlines(_BLOCK):
        progress.check()
        if lines[0].endswith(b"\r\n"):  # as Windows writes text; in rows it stands for itself
            lines = [line.removesuffix(b"\r\n") + b"\n" for line in lines]
        yield lines


@contextmanager
def meaning(database: str, meant: Callable[[str], BewaarError]) -> Iterator[None]:
    """Let what a tool complains of be `meant`, and a dump that is cut short one of our failures."""
    try:
        yield
    except ToolEnded as ended:
        raise meant(ended.complaint) from ended
    except Unfinished as error:
        raise DumpIncomplete(database=database, detail=str(error)) from error
