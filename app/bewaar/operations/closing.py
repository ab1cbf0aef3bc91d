"""Who has the books open, waiting until nobody has, and asking them to close (B04, B06)."""

from collections.abc import Sequence
from dataclasses import dataclass

from bewaar.books import Books
from bewaar.events import EventLog
from bewaar.jobs import Gate, Request
from bewaar.kit import Kit
from bewaar.model import Code, OpenState
from bewaar.requests import BackupRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingWork:
    """The books and who uses them."""

    kit: Kit
    books: Books
    events: EventLog

    def open_state(self, code: Code) -> OpenState:
        """Return who has an administration open now. Raises UnknownAdministration."""
        administration = self.books.get(code)
        storage, source = self.kit.storage(administration), self.kit.source(administration)
        return storage.is_open(source)

    def gate(self, codes: Sequence[Code]) -> Gate:
        """Return what is shut as long as a program uses one of these administrations."""

        def in_use() -> str:
            used = (code for code in codes if self.open_state(code).in_use)
            return next((self.books.get(code).name for code in used), "")

        return in_use

    def gate_for(self, request: Request) -> Gate | None:
        """Return what a request has to wait for; None when it need not."""
        if isinstance(request, BackupRequest) and request.wait_until_closed:
            return self.gate(request.codes)
        return None

    def ask(self, codes: Sequence[Code]) -> None:
        """Ask whoever has these administrations open on this computer to close them."""
        for code in codes:
            if self.open_state(code).in_use:
                self.events.publish("closing.asked", code=code)
