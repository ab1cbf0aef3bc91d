"""Bytes on their way out: encrypted, hashed and written while what follows is packed.

They leave in good mouthfuls and in their order, and only a few wait at a time: a slow destination
holds up who writes, and does not fill the memory.
"""

from typing import Self

from bewaar.behind import Behind
from bewaar.destinations.base import Sink
from bewaar.progress import Progress

_MOUTHFUL = 512 << 10  # bytes: each one is encrypted, hashed and sent by itself

_Pieces = list[bytes | bytearray | memoryview]


class Sending:
    """A sink whose bytes are written to another behind its owner's back.

    A failure there is raised by whatever is asked of this one next; after it, and after one in
    the block, nothing more is written.
    """

    def __init__(self, sink: Sink, progress: Progress) -> None:
        self._pieces: _Pieces = []
        self._held = 0
        self._behind = Behind[_Pieces](lambda each: sink.write(b"".join(each)), "sending", progress)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._behind.stop()

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        """Take all of `data`, which may not change any more. Raises Cancelled, and the sink's."""
        self._pieces.append(data)
        self._held += len(data)
        if self._held >= _MOUTHFUL:
            self._pass_on()
        return len(data)

    def finish(self) -> None:
        """Wait until all of it was written. Raises as `write`."""
        self._pass_on()
        self._behind.finish()

    def _pass_on(self) -> None:
        pieces, self._pieces, self._held = self._pieces, [], 0
        self._behind.put(pieces)
