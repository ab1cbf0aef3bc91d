"""How fast jobs go: speed and time left, from what was seen of their progress.

Kept in memory for the few jobs somebody looks at; a new stage starts afresh.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from bewaar.model import Job, JobId

WINDOW = 10.0  # seconds that the speed is taken over
FIRST = 1.5  # seconds before anything is said
JOBS = 16


@dataclass(frozen=True, slots=True)
class Pace:
    """Bytes per second, and the seconds that are left of this stage; None = cannot be said yet."""

    speed: float | None = None
    left: float | None = None


class Paces:
    """What was seen of the jobs that run."""

    def __init__(self, *, seconds: Callable[[], float] = time.monotonic) -> None:
        """Time with `seconds`, a clock that never goes back."""
        self._seconds = seconds
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[JobId, str, str], deque[tuple[float, int]]] = OrderedDict()

    def see(self, job: Job) -> Pace:
        """Take note of how far a job is and return its pace."""
        now = self._seconds()
        with self._lock:
            seen = self._seen.setdefault((job.id, job.stage, job.subject), deque())
            while len(self._seen) > JOBS:
                self._seen.popitem(last=False)
            while len(seen) > 1 and now - seen[1][0] > WINDOW:
                seen.popleft()
            seen.append((now, job.done))
            began, first = seen[0]
        if now - began < FIRST or job.done <= first:
            return Pace()
        speed = (job.done - first) / (now - began)
        return Pace(speed=speed, left=max(0.0, job.total - job.done) / speed if job.total else None)
