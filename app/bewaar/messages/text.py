"""Everything Bewaar can say in one language."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from bewaar.errors import Value
from bewaar.messages.caveats import caveat
from bewaar.messages.differences import booked, newest
from bewaar.messages.failures import Sentence3, failure
from bewaar.messages.inuse import (
    afterwards,
    asking,
    countdown,
    elsewhere,
    held,
    opener,
    postponed,
    seconds_left,
    starts_in,
    users,
)
from bewaar.messages.jobs import job, stage
from bewaar.messages.notes import note
from bewaar.messages.parts import fates, part
from bewaar.messages.programs import Skill, check, skill
from bewaar.messages.salvages import report
from bewaar.messages.served import came_from, database
from bewaar.messages.speech import Speech
from bewaar.messages.standing import badge, proven
from bewaar.messages.truth import Truth, dropped, truth
from bewaar.messages.vaults import made_by_program, older, vault
from bewaar.model import (
    Backup,
    Check,
    Code,
    Content,
    Drop,
    Job,
    Note,
    OpenState,
    PartFate,
    Plea,
    State,
)
from bewaar.overview import Overview
from bewaar.servers.connection import Connection

if TYPE_CHECKING:
    from bewaar.programs import Ability


class Text(Speech):
    """The sentences for what the engine tells as codes and facts."""

    def failure(self, code: str, params: Mapping[str, Value]) -> Sentence3:
        """Return what happened, whether the data is safe, what to do, and a word for the button."""
        return failure(self, code, params)

    def booked(
        self,
        *,
        transactions: int | None,
        documents: int | None,
        then: date | None,
        now: date | None,
    ) -> list[str]:
        """Return what was booked since a backup: how many more, and the newest dates."""
        return [*booked(self, transactions, documents), *newest(self, then, now)]

    def truth(self, overview: Overview) -> Truth:
        """Return the sentence on top of Today and in the tray, and the one below it."""
        return truth(self, overview)

    def dropped(self, name: str, drop: Drop) -> Truth:
        """Return that transactions became fewer, and what to do."""
        return dropped(self, name, drop)

    def badge(self, state: State) -> str:
        """Return how an administration stands: "changed", "overdue by 3 days"."""
        return badge(self, state)

    def proven(self, state: State) -> str:
        """Return when it was last proven: "proven Mon 16 Nov 18:02", "never stored"."""
        return proven(self, state)

    def vault(self, state: State) -> list[str]:
        """Return what is known of the backups that its program makes itself, a sentence each."""
        return vault(self, state)

    def older(self, *, count: int, size: int, fitting: int, fitting_size: int) -> list[str]:
        """Return what it means to store older backups of a program too, a sentence each."""
        return older(self, count=count, size=size, fitting=fitting, fitting_size=fitting_size)

    def made_by_program(self, backup: Backup, code: Code) -> str:
        """Return when its program made what a backup took in; "" where that is not known."""
        return made_by_program(self, backup, code)

    def stage(self, name: str, subject: str = "") -> str:
        """Return what a job is doing: "Reading Bakkerij Jansen"; "" for a stage it has not."""
        return stage(self, name, subject)

    def job(self, job_: Job) -> str:
        """Return one line about a job for the Log."""
        return job(self, job_)

    def salvage_report(
        self,
        file: str,
        files: int,
        lost: Sequence[tuple[str, str]],
        *,
        hashed: bool,
        complete: bool,
    ) -> tuple[str, str]:
        """Return name and text of the list beside files that were saved: path and reason."""
        return report(self, file, files, lost, hashed=hashed, complete=complete)

    def note(self, note_: Note) -> str:
        """Return one line about something a job told along the way."""
        return note(self, note_)

    def users(self, state: OpenState, program: str) -> list[str]:
        """Return who has books open, or may have, since when: one sentence each.

        `program` is the one the books belong to, "" when they belong to none.
        """
        return list(users(self, state, program))

    def held(self, job_: Job) -> str:
        """Return what a job waits for whose books are open."""
        return held(self, job_)

    def seconds_left(self, job_: Job) -> int | None:
        """Return how long a job still asks for books to be closed; None: it does not count."""
        return seconds_left(job_)

    def countdown(self, seconds: int) -> str:
        """Return "4:05"."""
        return countdown(seconds)

    def starts_in(self, job_: Job) -> str:
        """Return when a job begins that counts down: "The backup of … begins in 5 minutes"."""
        return starts_in(self, job_)

    def asking(self, name: str, program: str) -> str:
        """Return what to do with books that a job waits for."""
        return asking(self, name, program)

    def afterwards(self, plea: Plea) -> str:
        """Return what follows when books are still open at the end of the countdown."""
        return afterwards(self, plea)

    def postponed(self, name: str, state: OpenState) -> str:
        """Return why a backup that is due has not begun: its books are open, since when."""
        return postponed(self, name, state)

    def opener(self, state: OpenState, program: str) -> str:
        """Return the program that has books open on this computer, as one calls it."""
        return opener(self, state, program)

    def elsewhere(self, state: OpenState) -> str:
        """Return the other computers on which somebody has books open, as a list; "" for none."""
        return ", ".join(elsewhere(state))

    def database(self, known: Connection) -> str:
        """Return which database it is: "database jansen on server2 (PostgreSQL)"."""
        return database(self, known)

    def came_from(self, content: Content) -> str:
        """Return where the books in a backup lay."""
        return came_from(self, content)

    def part(self, name: str, extras: Sequence[str] = ()) -> str:
        """Return what a part is called; `extras` are the places of folders from outside."""
        return part(self, name, extras)

    def fates(
        self, fates_: Sequence[PartFate], extras: Sequence[str] = ()
    ) -> list[tuple[str, str]]:
        """Return what becomes of each part of books that are replaced: its name, a sentence."""
        return list(fates(self, fates_, extras))

    def caveat(self, code: str) -> str:
        """Return what to know of a program before a backup or a restore; "" when nothing is."""
        return caveat(self, code)

    def check(self, check_: Check, program: str) -> str:
        """Return what is to be done after a restore of a program's books."""
        return check(self, check_, program)

    def skill(self, ability: "Ability") -> Skill:
        """Return what Bewaar does for a program, in words."""
        return skill(self, ability)
