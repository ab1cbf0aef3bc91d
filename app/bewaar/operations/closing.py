"""Who has the books open, waiting until nobody has, and asking them to close (B04, B06)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bewaar.books import Books
from bewaar.errors import BewaarError, SourceOpen
from bewaar.events import EventLog
from bewaar.jobs import Countdown, Gate, Request
from bewaar.kit import Kit
from bewaar.model import Administration, Code, JobId, Openness, OpenState, Plea, Policy, StillOpen
from bewaar.policy import policy_of
from bewaar.requests import BackupRequest
from bewaar.settings import SettingsFile

MINUTE = 60  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingWork:
    """The books, who uses them, and what their rules say of that."""

    kit: Kit
    books: Books
    settings: SettingsFile
    events: EventLog

    def open_state(self, code: Code) -> OpenState:
        """Return who has an administration open now. Raises UnknownAdministration."""
        administration = self.books.get(code)
        storage, source = self.kit.storage(administration), self.kit.source(administration)
        return storage.is_open(source)

    def gate(self, codes: Sequence[Code]) -> Gate:
        """Return what is shut as long as a program uses one of these administrations."""
        return Gate(held_by=lambda: next((each.name for each in self._open(codes)), ""))

    def gate_for(self, request: Request) -> Gate | None:
        """Return what a request has to wait for; None when it need not.

        It counts down as the rules say of the books that are open now.
        """
        if not isinstance(request, BackupRequest) or not request.wait_until_closed:
            return None
        codes, gate = request.codes, self.gate(request.codes)
        if not (minutes := self._minutes(codes)):
            return gate
        countdown = Countdown(
            seconds=minutes * MINUTE, verdict=lambda: self._verdict([*self._open(codes)])
        )
        return Gate(held_by=gate.held_by, countdown=countdown)

    def _minutes(self, codes: Sequence[Code]) -> int:
        """Return how long to ask; 0 also where that cannot be told: the job itself will meet it."""
        try:
            return max((self._rules(each).close_minutes for each in self._open(codes)), default=0)
        except BewaarError:
            return 0

    def plea(self, codes: Sequence[Code]) -> Plea:
        """Return with what words to ask for the books that are open, and what follows."""
        used = [*self._open(codes)]
        texts = (self._rules(each).close_text for each in used)
        return Plea(
            text=next(filter(None, texts), ""),
            then=self._verdict(used),
            sound=all(self.kit.storage(each).sound_while_open for each in used),
        )

    def ask(self, codes: Sequence[Code], job: JobId) -> None:
        """Ask whoever has these administrations open on this computer to close them for a job."""
        for each in self._open(codes):
            self.events.publish("closing.asked", code=each.code, job=job)

    def check_closed(self, codes: Sequence[Code]) -> None:
        """Raise SourceOpen when somebody surely has one of these administrations open."""
        for code in codes:
            if self.open_state(code).openness is Openness.OPEN:
                raise SourceOpen(name=self.books.get(code).name)

    def _open(self, codes: Sequence[Code]) -> Iterator[Administration]:
        return (self.books.get(code) for code in codes if self.open_state(code).in_use)

    def _rules(self, administration: Administration) -> Policy:
        return policy_of(administration, self.settings.current().policy)

    def _verdict(self, used: Sequence[Administration]) -> StillOpen:
        """Return what the rules of those still open say; where they differ, to wait."""
        wishes = {self._wish(each) for each in used}
        return wishes.pop() if len(wishes) == 1 else StillOpen.WAIT

    def _wish(self, administration: Administration) -> StillOpen:
        wish = self._rules(administration).still_open
        sound = self.kit.storage(administration).sound_while_open
        return StillOpen.WAIT if wish is StillOpen.COPY and not sound else wish
