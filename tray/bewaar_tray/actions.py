"""What the menu's lines and the buttons of notices do, one after the other in a thread.

Each asks the engine afresh, so a line clicked in an old menu does what is right now. What cannot
begin is told by a notice; where somebody has to choose, the window opens at the right page.
"""

import logging
import queue
import threading
from collections.abc import Callable

from bewaar.engine import Engine
from bewaar.errors import BewaarError, Fault
from bewaar.model import Code, Destination, DestinationId, Job, JobId, Standing
from bewaar.overview import Overview
from bewaar.requests import BackupRequest, Protection
from bewaar.settings import Protect
from bewaar_tray.menu import Action, Verb

LOG = logging.getLogger(__name__)
PATIENCE = 5.0  # seconds for an action that is under way at the end
CHOOSE_PLACE = "/backup/"  # the page where a backup is put together


class Actions:
    """Takes actions from every thread and carries them out."""

    def __init__(
        self,
        engine: Engine,
        *,
        open_window: Callable[[str], None],
        tell: Callable[[BewaarError], None],
        hush: Callable[[], None],
        leave: Callable[[], None],
    ) -> None:
        """Act on `engine`.

        `tell` says what could not begin, `hush` takes the reminder back, `leave` ends Bewaar.
        """
        self._engine, self._open = engine, open_window
        self._tell, self._hush, self._leave = tell, hush, leave
        self._waiting: queue.SimpleQueue[Action | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="actions", daemon=True)
        self._started: set[JobId] = set()
        self._leaving = False

    def start(self) -> None:
        """Begin to act."""
        self._thread.start()

    def stop(self) -> None:
        """Act on nothing any more."""
        self._waiting.put(None)
        if self._thread.is_alive():
            self._thread.join(PATIENCE)

    def do(self, action: Action) -> None:
        """Have an action carried out soon."""
        self._waiting.put(action)

    def over(self, job: JobId) -> Job | None:
        """Take note that a job is over; return it when it was started here."""
        if self._leaving and not self._engine.overview().running:
            self._leave()
        if job not in self._started:
            return None
        self._started.discard(job)
        return self._engine.job(job)

    def _work(self) -> None:
        while (action := self._waiting.get()) is not None:
            try:
                self._carry_out(action)
            except BewaarError as error:
                self._tell(error)
            except Exception as error:
                LOG.exception("%s", action.verb)
                self._tell(Fault(kind=type(error).__name__, detail=str(error)))

    def _carry_out(self, action: Action) -> None:
        match action.verb:
            case Verb.BACK_UP:
                self._back_up(self._engine.overview())
            case Verb.BACK_UP_TO:
                overview = self._engine.overview()
                self._back_up_to(DestinationId(action.subject), kept(overview))
            case Verb.BEGIN:
                self._engine.begin_now(JobId(action.subject), although_open=False)
            case Verb.LATER:
                self._engine.begin_later(JobId(action.subject))
            case Verb.OPEN:
                self._open(action.subject)
            case Verb.REMIND_TOMORROW:
                self._engine.remind_tomorrow()
                self._hush()
            case Verb.QUIT_NOW:
                self._leave()
            case Verb.QUIT | Verb.QUIT_LATER:
                self._leaving = True
                if not self._engine.overview().running:
                    self._leave()

    def _back_up(self, overview: Overview) -> None:
        place = usual_place(overview)
        codes = [state.administration.code for state in overview.waiting] or kept(overview)
        if place is None or not codes:
            self._open(CHOOSE_PLACE if codes else "")
        else:
            self._back_up_to(place.id, codes)

    def _back_up_to(self, destination: DestinationId, codes: list[Code]) -> None:
        settings = self._engine.settings()
        secret = settings.protect is Protect.KEYRING
        request = BackupRequest(
            codes=tuple(codes),
            destination=destination,
            protection=Protection.KEPT if secret else Protection.NONE,
            one_file=settings.one_file,
        )
        self._started.add(self._engine.start_backup(request).id)


def kept(overview: Overview) -> list[Code]:
    """Return all administrations that Bewaar itself backs up."""
    return [
        state.administration.code
        for state in overview.states
        if state.standing is not Standing.ELSEWHERE
    ]


def usual_place(overview: Overview) -> Destination | None:
    """Return where backups go unasked: the default, or else the only other one that is here."""
    here = [place for place in overview.destinations if place.here]
    for place in here:
        if place.default:
            return place.destination
    others = [place.destination for place in here if not place.destination.occasional]
    return others[0] if len(others) == 1 else None
