"""What the tray's menu says and asks for."""

import pytest

from bewaar.messages import LANGUAGES, Text, text
from bewaar.model import JobKind, Standing
from bewaar_tray.menu import LONGEST, NAMED, OPEN, RULE, WIDTH, Action, Line, Verb, menu
from tests.clocks import SetClock
from tests.tray.facts import job, overview, place, state

ENGLISH = Text("en", clock=SetClock())
CHANGED = state("Bakkerij Jansen", Standing.CHANGED)
LATE = state("Jansen Holding", Standing.OVERDUE, overdue_days=3)
PROVEN = state("De Molen", Standing.PROVEN)
STICK = place("Blue stick", drive=True)


def texts(lines: tuple[Line, ...]) -> list[str]:
    return [line.text for line in lines if line is not RULE]


def line(lines: tuple[Line, ...], text: str) -> Line:
    return next(line for line in lines if line.text == text)


def test_the_lines_come_in_the_order_of_the_drawing() -> None:
    lines = menu(overview(CHANGED, PROVEN, places=[STICK]), ENGLISH)
    sentence = ENGLISH.truth(overview(CHANGED, PROVEN, places=[STICK])).sentence
    assert texts(lines) == [
        sentence,
        "Back up now",
        "Back up to Blue stick",
        "Open Bewaar",
        "Bakkerij Jansen: never stored",
        "Remind me tomorrow",
        "Quit",
    ]


def test_the_sentence_of_truth_is_greyed() -> None:
    assert menu(overview(CHANGED), ENGLISH)[0].action is None


def test_a_long_sentence_takes_more_lines_instead_of_a_wide_menu() -> None:
    seen = overview(CHANGED, LATE, places=[STICK])
    lines = menu(seen, ENGLISH)
    sentence = lines[: lines.index(RULE)]
    assert len(sentence) > 1
    assert " ".join(line.text for line in sentence) == ENGLISH.truth(seen).sentence
    assert all(len(line.text) <= WIDTH and line.action is None for line in sentence)


def test_a_click_on_the_icon_opens_bewaar_and_nothing_else() -> None:
    lines = menu(overview(CHANGED, places=[STICK]), ENGLISH)
    assert [line.action for line in lines if line.default] == [OPEN]


def test_only_a_drive_that_is_here_and_sound_is_offered() -> None:
    places = [
        STICK,
        place("Red stick", drive=True, here=False),
        place("Copied stick", drive=True, problem="destination.other"),
        place("Folder"),
    ]
    offered = [x for x in texts(menu(overview(CHANGED, places=places), ENGLISH)) if "up to" in x]
    assert offered == ["Back up to Blue stick"]


def test_each_drive_asks_for_a_backup_to_itself() -> None:
    lines = menu(overview(PROVEN, places=[STICK]), ENGLISH)
    assert line(lines, "Back up to Blue stick").action == Action(Verb.BACK_UP_TO, "Blue stick")


def test_nothing_can_be_backed_up_where_nothing_is_kept() -> None:
    elsewhere = state("Elsewhere", Standing.ELSEWHERE)
    for seen in (overview(places=[STICK]), overview(elsewhere, places=[STICK])):
        lines = menu(seen, ENGLISH)
        assert line(lines, "Back up now").action is None
        assert line(lines, "Back up to Blue stick").action is None


def test_a_backup_that_runs_is_not_started_twice() -> None:
    lines = menu(overview(CHANGED, places=[STICK], running=[job()]), ENGLISH)
    assert line(lines, "Back up now").action is None


def test_the_worst_administrations_come_first_and_the_proven_not_at_all() -> None:
    failed = state("Failed", Standing.FAILED)
    lines = menu(overview(CHANGED, PROVEN, LATE, failed), ENGLISH)
    told = [x for x in texts(lines) if ": " in x]
    assert told == [
        "Failed: backup failed",
        "Jansen Holding: overdue by 3 days",
        "Bakkerij Jansen: never stored",
    ]


def test_an_administration_s_line_opens_its_page_whatever_its_code_holds() -> None:
    lines = menu(overview(state("A/B é", Standing.CHANGED)), ENGLISH)
    actions = [line.action for line in lines if line.text.startswith("A/B")]
    assert actions == [Action(Verb.OPEN, "/administrations/A%2FB%20%C3%A9")]


def test_forty_clients_do_not_make_a_menu_of_forty_lines() -> None:
    many = [state(f"Client {n:02}", Standing.CHANGED) for n in range(40)]
    told = texts(menu(overview(*many), ENGLISH))
    assert len(told) < NAMED + 8
    assert f"and {40 - NAMED} more" in told


def test_a_name_of_250_characters_does_not_make_the_menu_as_wide_as_the_screen() -> None:
    long = state("x" * 250, Standing.CHANGED)
    stick = place("y" * 250, drive=True)
    told = texts(menu(overview(long, places=[stick]), ENGLISH))
    assert all(len(line) <= LONGEST for line in told)


def test_remind_me_tomorrow_is_there_for_what_is_overdue() -> None:
    assert line(menu(overview(CHANGED), ENGLISH), "Remind me tomorrow").action is None
    remind = line(menu(overview(LATE), ENGLISH), "Remind me tomorrow")
    assert remind.action == Action(Verb.REMIND_TOMORROW)


@pytest.mark.parametrize("kind", JobKind)
def test_quit_asks_while_something_runs(kind: JobKind) -> None:
    quit_ = menu(overview(CHANGED, running=[job(kind)]), ENGLISH)[-1]
    assert quit_.action is None
    assert [each.action for each in quit_.lines] == [
        Action(Verb.QUIT_LATER),
        Action(Verb.QUIT_NOW),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_a_menu_in_every_language(language: str) -> None:
    for standing in Standing:
        for seen in (
            overview(),
            overview(state("Één", standing), places=[STICK]),
            overview(state("Één", standing), running=[job()]),
        ):
            assert all(texts(menu(seen, text(language))))
