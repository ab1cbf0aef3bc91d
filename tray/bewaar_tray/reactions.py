"""What the tray does when something happened: a new face and menu, a notice, a quit that waited.

One thread reads the engine's events; what a burst of them means is looked up once.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator

from bewaar.engine import Engine
from bewaar.events import Event
from bewaar.messages import Text, text
from bewaar.model import Code, Job, JobId
from bewaar.overview import Overview
from bewaar_tray import notices
from bewaar_tray.actions import Actions
from bewaar_tray.memory import give_back
from bewaar_tray.notices import Notice
from bewaar_tray.notifier import Notifier

LOG = logging.getLogger(__name__)
QUIET = {"job.progress", "administration.touched", "closing"}  # change nothing that is shown
LONGEST_WAIT = 60.0  # seconds; what time alone changes, the beat tells sooner
DROPPED = "counts.dropped"  # the note of a job that came upon fewer transactions than before
PATIENCE = 5.0  # seconds for a look that is under way at the end
PAUSE = 0.2  # seconds in which a burst of events comes together


class Reactions:
    """Follows the engine from `start` to `stop`."""

    def __init__(
        self,
        engine: Engine,
        actions: Actions,
        notifier: Notifier,
        *,
        show: Callable[[Overview, Text], None],
        show_unknown: Callable[[], None],
        settings_changed: Callable[[], None],
    ) -> None:
        """Prepare; `show` shows the icon anew, `show_unknown` when nothing can be known."""
        self._engine, self._actions, self._notifier = engine, actions, notifier
        self._show, self._show_unknown = show, show_unknown
        self._settings_changed = settings_changed
        self._last_fault = ""
        self._plugged_in: set[str] = set()  # drives that nobody was told may be unplugged
        self._asked: set[JobId] = set()  # jobs for which somebody was asked to close books
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="reactions", daemon=True)

    def start(self) -> None:
        """Show how it stands and react from now on."""
        self._cursor = self._engine.events.since(0).cursor
        self._thread.start()

    def stop(self) -> None:
        """React no more."""
        self._ended.set()
        self._engine.events.publish("closing")
        if self._thread.is_alive():
            self._thread.join(PATIENCE)

    def _look(self) -> tuple[Overview, Text]:
        return self._engine.overview(), text(self._engine.settings().language)

    def _follow(self) -> None:
        self._refresh()
        self._ask_again()
        stirred = True
        while not self._ended.is_set():
            news = self._engine.events.wait(self._cursor, timeout=LONGEST_WAIT)
            self._cursor = news.cursor
            loud = [event for event in news.events if event.code not in QUIET]
            if (loud or not news.events) and not self._ended.is_set():
                self._refresh()
                self._react(loud)
                self._ended.wait(PAUSE)
            quiet = not news.events and not news.gap
            if quiet and stirred:
                give_back()
            stirred = not quiet

    def _refresh(self) -> None:
        """Show how it stands now; an icon that stays as it was would be a guess."""
        try:
            overview, words = self._look()
            self._show(overview, words)
            if notices.overdue(overview, words) is None:
                self._notifier.clear(notices.OVERDUE)
        except Exception as error:
            if str(error) != self._last_fault:
                LOG.exception("nobody can tell how it stands")
            self._last_fault = str(error)
            self._show_unknown()

    def _react(self, events: Iterable[Event]) -> None:
        for event in events:
            try:
                for notice in filter(None, self._meant(event)):
                    self._notifier.show(notice)
            except Exception:
                LOG.exception("%s could not be followed", event.code)

    def _meant(self, event: Event) -> Iterator[Notice | None]:
        """Do what an event asks for, and yield what is to be said about it."""
        match event.code:
            case "settings.changed":
                self._settings_changed()
            case "reminder.due":
                yield notices.overdue(*self._look())
            case "closing.asked":
                yield self._wanted_closed(Code(str(event.params["code"])), job_of(event))
            case "closing.over":
                yield notices.still_open(self._engine.job(job_of(event)), self._look()[1])
            case "job.changed":
                self._take_back(job_of(event))
            case "failure":
                yield self._failure(job_of(event))
            case "drive.plugged":
                self._plugged_in.add(str(event.params["destination"]))
                yield self._plugged(str(event.params["destination"]))
            case "job.over":
                yield from self._over(job_of(event))

    def _over(self, id: JobId) -> Iterator[Notice | None]:
        self._take_back(id)
        job = self._actions.over(id) or self._caught_up(id)
        if job:
            yield notices.unpluggable(job, self._look()[1])
        job = self._engine.job(id)
        if any(note.code == DROPPED for note in job.notes):
            yield from (notices.fewer(code, *self._look()) for code in job.codes)

    def _wanted_closed(self, code: Code, job: JobId) -> Notice | None:
        name = self._engine.state(code).administration.name
        state, program = self._engine.open_state(code), self._engine.program_of(code)
        self._asked.add(job)
        return notices.wanted_closed(
            name,
            program,
            state,
            self._look()[1],
            job=self._engine.job(job),
            plea=self._engine.plea(job),
        )

    def _take_back(self, job: JobId) -> None:
        """Ask no more for books to be closed: it has begun, was put off, or is over."""
        if job in self._asked:
            self._asked.discard(job)
            self._notifier.clear(notices.closing(job))

    def _ask_again(self) -> None:
        """Ask anew for what was asked for before a restart: nobody saw it meanwhile."""
        try:
            for job in self._engine.overview().held:
                self._engine.ask_to_close(job.id)
        except Exception:
            LOG.exception("nobody could be asked to close books")

    def _failure(self, job: JobId) -> Notice | None:
        overview, words = self._look()
        for failure in overview.failures:
            if failure.job == job:
                return notices.failed(failure.code, failure.params, words)
        return None

    def _caught_up(self, id: JobId) -> Job | None:
        """Return the first job that ran by itself on a drive since that was plugged in."""
        job = self._engine.job(id)
        if not job.by_itself or job.destination not in self._plugged_in:
            return None
        self._plugged_in.discard(job.destination)
        return job

    def _plugged(self, destination: str) -> Notice | None:
        overview, words = self._look()
        for place in overview.destinations:
            if place.destination.id == destination and place.here:
                return notices.plugged(place.destination, overview, words)
        return None


def job_of(event: Event) -> JobId:
    """Return which job an event is about."""
    return JobId(str(event.params["job"]))
