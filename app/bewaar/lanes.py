"""Work on all cores: the results come in order, and only so much is under way.

Whoever makes the tasks reads the disk, one thing after another; what can be done side by side is
left to the workers. A failure comes in its turn too, so that the first one is always the same.
"""

import os
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event, Lock
from typing import Generic, TypeVar

from bewaar.progress import Progress
from bewaar.system import priority

_UNDER_WAY = 8 << 20  # bytes that wait for their turn
_SWITCH = 0.0002  # seconds; with Python's own 0.005 a worker often waits longer than it works
_PATIENCE = 0.2  # seconds between two looks whether to stop

_T = TypeVar("_T")


class Lane(Generic[_T]):
    """Tasks that must follow one another, while other lanes go on beside them."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Future[_T], Callable[[], _T]]] = deque()
        self._busy = False
        self._lock = Lock()

    def submit(self, pool: ThreadPoolExecutor, run: Callable[[], _T]) -> "Future[_T]":
        """Have `run` done when all before it are."""
        future: Future[_T] = Future()
        with self._lock:
            self._waiting.append((future, run))
            start, self._busy = not self._busy, True
        if start:
            pool.submit(self._drive)
        return future

    def _drive(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._busy = False
                    return
                future, run = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(run())
                except BaseException as error:  # noqa: BLE001 - raised where the result is taken
                    future.set_exception(error)


@dataclass(frozen=True, slots=True)
class Task(Generic[_T]):
    """Something a worker does, with the bytes it holds until its result was taken."""

    cost: int
    run: Callable[[], _T]
    lane: Lane[_T] | None = None


def in_order(
    tasks: Iterable[Task[_T]], progress: Progress, name: str, *, over: Event | None = None
) -> Generator[_T, None, None]:
    """Yield the tasks' results in order; `tasks` is asked for the next one as there is room.

    Close the iterator when it is left early, so that the workers stop. A task that may take long
    looks whether it is `over`. Raises Cancelled, and what the tasks raise.
    """
    sys.setswitchinterval(_SWITCH)
    count = min(max(os.cpu_count() or 2, 2), 8)
    pool = ThreadPoolExecutor(count, name, initializer=priority.as_here())
    waiting: deque[tuple[int, Future[_T]]] = deque()
    under_way = 0
    try:
        for task in tasks:
            progress.check()
            while waiting and (waiting[0][1].done() or under_way + task.cost > _UNDER_WAY):
                cost, future = waiting.popleft()
                under_way -= cost
                yield _result(future, progress)
            submitted = task.lane.submit(pool, task.run) if task.lane else pool.submit(task.run)
            waiting.append((task.cost, submitted))
            under_way += task.cost
        while waiting:
            yield _result(waiting.popleft()[1], progress)
    finally:
        if over:
            over.set()
        for _, future in waiting:
            future.cancel()
        pool.shutdown(cancel_futures=True)


def _result(future: "Future[_T]", progress: Progress) -> _T:
    while not future.done():
        progress.check()
        wait([future], _PATIENCE)
    return future.result()
