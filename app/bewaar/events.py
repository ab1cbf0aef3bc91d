"""A numbered log of what happened; readers ask "what since N?".

No callback crosses a thread: writers append, readers pull with a cursor of their own. The ring
is bounded; a reader that fell behind is told so and looks at everything afresh.
"""

import threading
from collections import deque
from dataclasses import dataclass, field

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened: a code and plain parameters, never a sentence."""

    number: int  # rises by one with each event, from 1
    code: str  # "job.progress", "administration.changed", "drive.plugged", …
    params: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """The answer to "what since N?"."""

    events: tuple[Event, ...]
    cursor: int  # what to ask with next time
    gap: bool  # some events were already forgotten: look at everything afresh


class EventLog:
    """The ring of the latest events; safe to use from every thread."""

    def __init__(self, *, capacity: int = 1000) -> None:
        """Keep at most `capacity` events."""
        self._ring: deque[Event] = deque(maxlen=capacity)
        self._last = 0
        self._changed = threading.Condition()

    def publish(self, code: str, /, **params: Value) -> Event:
        """Append an event and wake the readers that wait."""
        with self._changed:
            self._last += 1
            event = Event(number=self._last, code=code, params=params)
            self._ring.append(event)
            self._changed.notify_all()
            return event

    @property
    def cursor(self) -> int:
        """Where the events stand now: what to ask `since` with later."""
        with self._changed:
            return self._last

    def since(self, cursor: int) -> Since:
        """Return what happened after `cursor`; a cursor from another run counts as a gap."""
        with self._changed:
            oldest = self._ring[0].number if self._ring else self._last + 1
            gap = cursor > self._last or cursor < oldest - 1
            events = () if gap else tuple(e for e in self._ring if e.number > cursor)
            return Since(events=events, cursor=self._last, gap=gap)

    def wait(self, cursor: int, *, timeout: float) -> Since:
        """Return what happened after `cursor`, waiting at most `timeout` seconds for it."""
        with self._changed:
            self._changed.wait_for(lambda: self._last != cursor, timeout)
        return self.since(cursor)
