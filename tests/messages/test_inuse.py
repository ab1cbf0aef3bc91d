"""Who has books open, in words: exact about what is known, in every language."""

from datetime import UTC, datetime, timedelta

import pytest

from bewaar.messages import Text
from bewaar.model import InUse, JobKind, JobState, Openness, OpenState
from bewaar.progress import Stage
from tests.situations import NOW, job

OPENED = NOW - timedelta(hours=2)
CASES = {
    "a lock here": (
        InUse(evidence=("a.LCK",), sure=True, program="gnucash", since=OPENED),
        "GnuCash on this computer has had it open since 15:30.",
    ),
    "a lock elsewhere": (
        InUse(evidence=("a.ldb",), sure=True, computer="PC-ANNA", person="Anna", since=OPENED),
        "GnuCash on PC-ANNA (Anna) has had it open since 15:30.",
    ),
    "since last week": (
        InUse(evidence=("a.LCK",), sure=True, since=datetime(2026, 11, 16, 8, 12, tzinfo=UTC)),
        "GnuCash on this computer has had it open since Mon 16 Nov 9:12.",
    ),
    "a row of another computer": (
        InUse(evidence=("PC (1)",), sure=True, computer="PC"),
        "GnuCash on PC has it open.",
    ),
    "a handle": (
        InUse(evidence=("sqlite3 (7)",), sure=True, program="sqlite3", running_since=OPENED),
        "sqlite3 on this computer has it open. The program was started: 15:30.",
    ),
    "nothing but that it is so": (
        InUse(evidence=("a.LCK",), sure=True),
        "GnuCash on this computer has it open.",
    ),
    "a program that shows nothing": (
        InUse(evidence=("gnucash.exe (7)",), sure=False, program="GnuCash.exe"),
        (
            "GnuCash runs on this computer. It does not show which books it has open: close it, "
            "to be sure."
        ),
    ),
    "a lock that was left": (
        InUse(evidence=("a.LCK",), sure=False, since=OPENED),
        (
            "a.LCK says that somebody has it open, but nobody on this computer does. "
            "It may be left over from a crash, and does no harm then; ask on the other computers."
        ),
    ),
}


def state(*users: InUse) -> OpenState:
    return OpenState(openness=Openness.OPEN, users=users)


@pytest.mark.parametrize("case", CASES)
def test_no_more_is_said_than_is_known(case: str, english: Text) -> None:
    user, told = CASES[case]
    assert english.users(state(user), "GnuCash") == [told]


@pytest.mark.parametrize("case", CASES)
def test_in_every_language_nothing_is_left_open(case: str, voice: Text) -> None:
    (told,) = voice.users(state(CASES[case][0]), "GnuCash")
    assert "%(" not in told
    assert told.endswith(".")


def test_books_of_no_program_are_open_in_the_one_that_holds_them_or_in_some(english: Text) -> None:
    shell = InUse(evidence=("sqlite3 (7)",), sure=True, program="sqlite3")
    lock = InUse(evidence=("a.ldb",), sure=True)
    assert english.users(state(shell, lock), "") == [
        "sqlite3 on this computer has it open.",
        "A program on this computer has it open.",
    ]
    assert english.opener(state(lock), "Microsoft Access") == "Microsoft Access"


@pytest.mark.parametrize(("days", "told"), [(0, "is open"), (1, "for 1 day."), (3, "for 3 days.")])
def test_a_postponed_backup_says_for_how_long_the_books_are_open(
    days: int, told: str, english: Text
) -> None:
    since = NOW - timedelta(days=days, minutes=5)
    user = InUse(evidence=("a.LCK",), sure=True, since=since)
    assert told in english.postponed("Bakkerij Jansen", state(user))


def test_how_long_is_not_guessed(english: Text) -> None:
    unsure = InUse(evidence=("a.LCK",), sure=False, since=NOW - timedelta(days=9))
    unknown = InUse(evidence=("PC (1)",), sure=True, computer="PC")
    told = english.postponed("Bakkerij Jansen", state(unsure, unknown))
    assert "day" not in told


@pytest.mark.parametrize("kind", [JobKind.BACKUP, JobKind.RESTORE])
def test_a_job_that_waits_says_for_what(kind: JobKind, voice: Text) -> None:
    waiting = job(kind=kind, state=JobState.QUEUED, stage=Stage.CLOSING, subject="Bakkerij Jansen")
    queued = job(kind=kind, state=JobState.QUEUED, stage=Stage.WAITING, subject="")
    assert "Bakkerij Jansen" in voice.job(waiting)
    assert voice.job(waiting) != voice.job(queued)
    assert "Bakkerij Jansen" in voice.stage(Stage.CLOSING, "Bakkerij Jansen")
