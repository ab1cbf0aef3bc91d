"""What the icon shows for how things stand."""

import pytest

from bewaar.model import Standing
from bewaar_tray.face import Face, Mark, face
from tests.tray.facts import failure, job, overview, state

CHANGED = state("Changed", Standing.CHANGED)
LATE = state("Late", Standing.OVERDUE)


def test_all_proven_and_nothing_set_up_show_the_plain_door() -> None:
    assert face(overview()) == Face()
    assert face(overview(state("One", Standing.PROVEN))) == Face()
    assert face(overview(state("One", Standing.ELSEWHERE))) == Face()


def test_the_number_is_what_waits() -> None:
    seen = overview(CHANGED, LATE, state("Good", Standing.PROVEN), state("?", Standing.UNKNOWN))
    assert face(seen).waiting == 2


@pytest.mark.parametrize(
    ("standing", "mark"),
    [
        (Standing.CHANGED, Mark.CHANGED),
        (Standing.OVERDUE, Mark.OVERDUE),
        (Standing.FAILED, Mark.FAILED),
        (Standing.UNKNOWN, Mark.UNKNOWN),
    ],
)
def test_one_bad_administration_marks_the_icon(standing: Standing, mark: Mark) -> None:
    good = state("Good", Standing.PROVEN)
    assert face(overview(good, state("Bad", standing))).mark is mark


def test_the_worst_wins() -> None:
    assert face(overview(CHANGED, LATE)).mark is Mark.OVERDUE
    assert face(overview(CHANGED, state("?", Standing.UNKNOWN))).mark is Mark.UNKNOWN


def test_a_failure_shows_until_it_is_read_even_when_no_administration_has_it() -> None:
    assert face(overview(LATE, failures=[failure()])).mark is Mark.FAILED


def test_work_under_way_is_shown_as_such() -> None:
    assert face(overview(LATE, running=[job()])).mark is Mark.RUNNING
