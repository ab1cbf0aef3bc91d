"""Bytes on their way out: one thread encrypts, hashes and writes while others pack what follows.

They leave in good mouthfuls and in their order, and only a few wait at a time: a slow destination
holds up who writes, and does not fill the memory.
"""

from contextlib import suppress
from queue import Full, Queue
from threading import Thread
from typing import Self

from bewaar.destinations.base import Sink
from bewaar.progress import Progress
from bewaar.system import priority

_MOUTHFUL = 512 << 10  # bytes: each one is encrypted, hashed and sent by itself
_WAITING = 6  # mouthfuls
_PATIENCE = 0.2  # seconds between two looks whether to stop

_Pieces = list[bytes | bytearray | memoryview]


class Sending:
    """A sink whose bytes are written to another by a thread of its own.

    A failure there is raised by whatever is asked of this one next; after it, and after one in
    the block, nothing more is written.
    """

    def __init__(self, sink: Sink, progress: Progress) -> None:
        self._sink = sink
        self._progress = progress
        self._pieces: _Pieces = []
        self._held = 0
        self._waiting: Queue[_Pieces | None] = Queue(_WAITING)
        self._failure: BaseException | None = None
        self._over = False
        self._as_here = priority.as_here()
        self._sender = Thread(target=self._send, name="sending")

    def __enter__(self) -> Self:
        self._sender.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        with suppress(Full):
            self._waiting.put_nowait(None)
        self._sender.join()

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
        self._put(None)
        while self._sender.is_alive():
            self._progress.check()
            self._sender.join(_PATIENCE)
        self._check()

    def _pass_on(self) -> None:
        pieces, self._pieces, self._held = self._pieces, [], 0
        self._put(pieces)

    def _put(self, pieces: _Pieces | None) -> None:
        while True:
            self._check()
            try:
                self._waiting.put(pieces, timeout=_PATIENCE)
            except Full:
                self._progress.check()
            else:
                return

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _send(self) -> None:
        self._as_here()
        while (pieces := self._waiting.get()) is not None and not self._over:
            try:
                self._sink.write(b"".join(pieces))
            except BaseException as error:  # noqa: BLE001 - raised where the next bytes come from
                self._failure = error
                return
