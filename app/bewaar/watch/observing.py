"""The one observer that hears of changes in folders: watchdog, kept in bounds.

Only four kinds of events are asked for. With all of them watchdog's own reading of a large tree
overflows the queue for ever, and the backup's reading would count as a change.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from bewaar.watch.limits import watches_of, watching_handles

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers.api import ObservedWatch


class Hearer(Protocol):
    """What hears of events, in the observer's thread."""

    def dispatch(self, event: "FileSystemEvent", /) -> None:
        """Hear of one event."""
        ...


class Observing:
    """Watches folders until it is stopped; used by one thread."""

    def __init__(self) -> None:
        """Start watching nothing. Raises OSError when the system refuses."""
        from watchdog.observers import Observer

        before = watching_handles()
        self._observer = Observer()
        self._handles = watching_handles() - before
        self._observer.start()
        self._hearers: dict[ObservedWatch, set[Hearer]] = {}

    @property
    def alive(self) -> bool:
        """Whether anything can be heard at all."""
        return self._observer.is_alive()

    def watch(self, folder: Path, hearer: Hearer, *, recursive: bool) -> "ObservedWatch":
        """Let `hearer` hear of changes in a folder. Raises OSError when the system refuses."""
        handler = cast("FileSystemEventHandler", hearer)
        watch = self._observer.schedule(
            handler, str(folder), recursive=recursive, event_filter=_wanted_events()
        )
        self._hearers.setdefault(watch, set()).add(hearer)
        return watch

    def leave(self, watch: "ObservedWatch", hearer: Hearer) -> None:
        """Let `hearer` hear no more of it."""
        hearers = self._hearers[watch]
        hearers.discard(hearer)
        if hearers:
            self._observer.remove_handler_for_watch(cast("FileSystemEventHandler", hearer), watch)
        else:
            del self._hearers[watch]
            self._observer.unschedule(watch)

    def deaf(self) -> "set[ObservedWatch]":
        """Return the watches that ended by themselves, with their folder or by a fault."""
        alive = {emitter.watch for emitter in self._observer.emitters if emitter.is_alive()}
        return self._hearers.keys() - alive

    def folders(self) -> int:
        """Return how many folders are really watched; 0 where the system does not tell."""
        return watches_of(self._handles)

    def stop(self) -> None:
        """Stop hearing; no thread is left."""
        self._observer.stop()
        self._observer.join()


def _wanted_events() -> "list[type[FileSystemEvent]]":
    from watchdog import events

    return [
        events.FileCreatedEvent,
        events.FileModifiedEvent,
        events.FileDeletedEvent,
        events.FileMovedEvent,
        events.DirCreatedEvent,
        events.DirModifiedEvent,
        events.DirDeletedEvent,
        events.DirMovedEvent,
    ]
