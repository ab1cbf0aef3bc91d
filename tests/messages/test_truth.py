"""One sentence of truth for every state, and it is true."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from bewaar.messages import Text
from bewaar.model import Code, JobKind, JobState, Recovery, Standing, State
from bewaar.overview import Overview
from tests.situations import NOW, destination, failure, job, overview, state

DAY = timedelta(days=1)
TRAY_LINE = 110  # characters a tray menu shows without running off a small screen

PULLED_BUT_GOOD = (
    "Blue stick was pulled out while it was in use. "
    "Your books are untouched, and so are the earlier backups on it. "
    "The backup of yesterday, 17:30 is still good."
)


def proven(name: str = "Bakkerij Jansen") -> State:
    return state(Standing.PROVEN, name)


def changed(name: str = "Jansen Holding", age: timedelta = 3 * DAY) -> State:
    return state(Standing.CHANGED, name, changed=age)


def late(name: str = "Jansen Holding", by: timedelta = 3 * DAY) -> State:
    return state(Standing.OVERDUE, name, stored=10 * DAY, changed=4 * DAY, late=by)


def recovery(outcome: str) -> Recovery:
    place = Path("/boeken/Bakkerij.gnucash")
    return Recovery(place=place, name="Bakkerij Jansen", outcome=outcome, at=NOW)


SITUATIONS: dict[str, Callable[[], Overview]] = {
    "nothing set up": lambda: overview(destinations=()),
    "no destination": lambda: overview(changed(), destinations=()),
    "one stored": lambda: overview(proven()),
    "two stored": lambda: overview(proven(), proven("VvE Kerkstraat")),
    "four stored": lambda: overview(*map(proven, ("A", "B", "C", "D"))),
    "one changed": lambda: overview(proven(), changed()),
    "two changed": lambda: overview(proven(), changed(), changed("VvE Kerkstraat")),
    "one never stored": lambda: overview(state(Standing.CHANGED, stored=None, changed=DAY)),
    "two never stored": lambda: overview(
        state(Standing.CHANGED, "A", stored=None), state(Standing.CHANGED, "B", stored=None)
    ),
    "changed and never stored": lambda: overview(
        changed(), state(Standing.CHANGED, "A", stored=None)
    ),
    "one overdue": lambda: overview(proven(), late()),
    "overdue since today": lambda: overview(late(by=timedelta(hours=3))),
    "two overdue": lambda: overview(late("A"), late("B")),
    "changed and one overdue": lambda: overview(proven(), changed("A"), late("B")),
    "changed and two overdue": lambda: overview(changed("A"), late("B"), late("C")),
    "out of reach": lambda: overview(proven(), state(Standing.UNKNOWN, "A", reachable=False)),
    "two out of reach": lambda: overview(
        state(Standing.UNKNOWN, "A", reachable=False), state(Standing.UNKNOWN, "B", reachable=False)
    ),
    "not looked at": lambda: overview(state(Standing.UNKNOWN)),
    "elsewhere": lambda: overview(state(Standing.ELSEWHERE), destinations=()),
    "failed": lambda: overview(state(Standing.FAILED), failures=(failure(),)),
    "failed long ago": lambda: overview(state(Standing.FAILED), failures=(failure(age=4 * DAY),)),
    "two failed": lambda: overview(
        state(Standing.FAILED), failures=(failure(), failure(of="jansen"))
    ),
    "failed as a whole": lambda: overview(proven(), failures=(failure(of=None),)),
    "failed as a whole long ago": lambda: overview(
        proven(), failures=(failure(of=None, age=4 * DAY),)
    ),
    "failed at a place that was forgotten": lambda: overview(
        proven(), destinations=(), failures=(failure(of=None),)
    ),
    "restore failed": lambda: overview(
        proven(), failures=(failure("restore.open", kind=JobKind.RESTORE, name="Bakkerij Jansen"),)
    ),
    "clock went back": lambda: overview(proven(), clock_doubt=True),
    "restore finished": lambda: overview(proven(), recoveries=(recovery("finished"),)),
    "restore taken back": lambda: overview(proven(), recoveries=(recovery("undone"),)),
    "restore stuck": lambda: overview(proven(), recoveries=(recovery("stuck"),)),
    **{
        f"running {kind}": lambda kind=kind: overview(  # type: ignore[misc]
            proven(), running=(job(kind, JobState.RUNNING, "bakkerij"),)
        )
        for kind in JobKind
    },
    "running backups": lambda: overview(
        proven(), running=(job(JobKind.BACKUP, JobState.RUNNING, "bakkerij", "jansen"),)
    ),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_there_is_a_sentence_for_every_state(situation: str, voice: Text) -> None:
    truth = voice.truth(SITUATIONS[situation]())
    for sentence in filter(None, (truth.sentence, truth.detail)):
        assert "%(" not in sentence
        assert "!" not in sentence
        assert "?" not in sentence
        assert "  " not in sentence
    assert truth.sentence.endswith(".")


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_sentence_fits_the_tray(situation: str, voice: Text) -> None:
    assert len(voice.truth(SITUATIONS[situation]()).sentence) <= TRAY_LINE


@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_language_says_it_in_its_own_words(
    situation: str, voices: Mapping[str, Text]
) -> None:
    sentences = {voice.truth(SITUATIONS[situation]()).sentence for voice in voices.values()}
    assert len(sentences) == len(voices)


@pytest.mark.parametrize(
    ("situation", "sentence", "detail"),
    [
        (
            "two changed",
            "2 of 3 administrations changed since they were last safely stored.",
            "The oldest change is from Tuesday 17 November, 17:30.",
        ),
        (
            "one overdue",
            "Jansen Holding is overdue by 3 days.",
            "Jansen Holding was last safely stored: Tuesday 10 November, 17:30.",
        ),
        (
            "changed and one overdue",
            "2 of 3 administrations changed since they were last safely stored; 1 is overdue.",
            "B was last safely stored: Tuesday 10 November, 17:30.",
        ),
        (
            "two stored",
            "Both administrations are safely stored.",
            "The oldest proof is from yesterday, 17:30.",
        ),
        (
            "failed",
            "The backup of Bakkerij Jansen failed at 16:30.",
            PULLED_BUT_GOOD,
        ),
        (
            "failed long ago",
            "The backup of Bakkerij Jansen failed on Monday 16 November.",
            PULLED_BUT_GOOD,
        ),
        (
            "restore failed",
            "Bakkerij Jansen is open in its program.",
            "Nothing was changed.",
        ),
        (
            "running backup",
            "Bakkerij Jansen is being backed up.",
            "Reading it back to be sure",
        ),
    ],
)
def test_it_says_what_a_person_would_say(
    situation: str, sentence: str, detail: str, english: Text
) -> None:
    truth = english.truth(SITUATIONS[situation]())
    assert (truth.sentence, truth.detail) == (sentence, detail)


@pytest.mark.parametrize("n", [1, 2, 3, 11, 21, 101])
def test_numbers_and_plurals_agree(n: int, voice: Text) -> None:
    names = [f"Firma {number}" for number in range(n)]
    sentence = voice.truth(overview(*map(changed, names), proven())).sentence
    if n == 1:
        assert "Firma 0" in sentence
    else:
        assert re.findall(r"\d+", sentence) == [str(n), str(n + 1)]


def test_nothing_good_is_said_while_something_is_unknown(voice: Text) -> None:
    calm = voice.truth(overview(proven(), proven("A"))).sentence
    for standing in (Standing.UNKNOWN, Standing.FAILED, Standing.OVERDUE, Standing.CHANGED):
        assert voice.truth(overview(proven(), state(standing, "A"))).sentence != calm


def test_a_failure_does_not_promise_a_good_backup_that_never_was(english: Text) -> None:
    never = state(Standing.FAILED, stored=None)
    assert "still good" not in english.truth(overview(never, failures=(failure(),))).detail


def test_what_runs_is_told_before_what_failed(english: Text) -> None:
    running = job(JobKind.BACKUP, JobState.RUNNING, "bakkerij")
    told = english.truth(overview(proven(), running=(running,), failures=(failure(),)))
    assert told.sentence == "Bakkerij Jansen is being backed up."


def test_those_kept_elsewhere_are_not_counted(english: Text) -> None:
    told = english.truth(overview(changed("A"), proven(), state(Standing.ELSEWHERE, "C")))
    assert told.sentence == "A changed since it was last safely stored."
    two = english.truth(overview(changed("A"), changed("B"), state(Standing.ELSEWHERE, "C")))
    assert two.sentence.startswith("2 of 2 ")


def test_a_folder_used_once_is_no_place_for_the_backups(english: Text) -> None:
    once = destination("/tmp/x", occasional=True)
    told = english.truth(overview(state(Standing.CHANGED, stored=None), destinations=(once,)))
    assert told.sentence == "There is no place for the backups yet."


def test_an_administration_that_is_gone_is_called_by_its_code(english: Text) -> None:
    running = job(JobKind.RESTORE, JobState.RUNNING, "weg")
    assert english.truth(overview(proven(), running=(running,))).sentence == (
        "weg is being restored."
    )
    assert Code("weg") not in {one.administration.code for one in overview(proven()).states}
