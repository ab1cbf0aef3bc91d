"""Work that follows its owner on a thread of its own, one thing after another, in order.

Only a few things wait at a time: who is too fast is held up. The thread is there only while there
is something to do, so that nobody has to end it.
"""

from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import Generic, TypeVar

from bewaar.progress import SILENT, Progress
from bewaar.system import priority

_WAITING = 3
_PATIENCE = 0.2  # seconds between two looks whether to stop
_LINGER = 0.05  # seconds: longer than it takes until more comes

_T = TypeVar("_T")


class Behind(Generic[_T]):
    """Does `work` with each thing it is given; after a failure it does no more.

    The failure is raised by whatever is asked next.
    """

    def __init__(
        self, work: Callable[[_T], object], name: str, progress: Progress = SILENT
    ) -> None:
        self._work = work
        self._name = name
        self._progress = progress
        self._waiting: deque[_T] = deque()
        self._busy = False  # whether there is a thread
        self._hurry = False  # whether it need not linger
        self._failure: BaseException | None = None
        self._turn = Condition()

    def put(self, thing: _T) -> None:
        """Have it done when there is room for it. Raises Cancelled, and what `work` raises."""
        with self._turn:
            self._wait(lambda: len(self._waiting) < _WAITING)
            self._waiting.append(thing)
            self._hurry = False
            if not self._busy:
                self._busy = True
                as_here = priority.as_here()
                Thread(target=self._drive, args=(as_here,), name=self._name).start()
            self._turn.notify_all()

    def finish(self) -> None:
        """Wait until all is done. Raises Cancelled, and what `work` raises."""
        with self._turn:
            self._hurry = True
            self._turn.notify_all()
            self._wait(lambda: not self._busy)

    def stop(self) -> None:
        """Drop what waits, and wait for what is being done."""
        with self._turn:
            self._waiting.clear()
            self._hurry = True
            self._turn.notify_all()
            self._turn.wait_for(lambda: not self._busy)

    def _wait(self, ready: Callable[[], bool]) -> None:
        while self._failure is None and not ready():
            if not self._turn.wait(_PATIENCE):
                self._progress.check()
        if self._failure is not None:
            raise self._failure

    def _drive(self, as_here: Callable[[], None]) -> None:
        as_here()
        while True:
            with self._turn:
                if not self._waiting and not self._hurry:
                    self._turn.wait(_LINGER)
                if not self._waiting:
                    self._busy = False
                    self._turn.notify_all()
                    return
                thing = self._waiting.popleft()
                self._turn.notify_all()
            try:
                self._work(thing)
            except BaseException as error:  # noqa: BLE001 - raised where the next thing comes from
                with self._turn:
                    self._failure = error
                    self._waiting.clear()
