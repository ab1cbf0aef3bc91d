"""Notifications on a real bus: what is overdue, its buttons, and what failed."""

import sys
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from bewaar.catalogue import Catalogue
from bewaar.paths import home
from tests.desktop.conftest import Office
from tests.desktop.running import Running, engine
from tests.desktop.stage import Notices, Stage, eventually
from tests.holding import held_open

pytestmark = pytest.mark.desktop

BACK_UP, REMIND = 1, 4  # lines of the menu that are not greyed
AT_ONCE = 2.0  # seconds: the first beat comes with the start


def fact(name: str) -> datetime | None:
    """Return a moment that Bewaar keeps in mind."""
    with closing(Catalogue(home().catalogue_file)) as catalogue:
        return catalogue.facts.moment(name)


def let_hours_pass() -> None:
    """Make the last reminder one of this morning: they come every few hours."""
    with closing(Catalogue(home().catalogue_file)) as catalogue:
        reminded = catalogue.facts.moment("reminded_at")
        assert reminded, "nobody was reminded"
        catalogue.facts.remember("reminded_at", reminded - timedelta(hours=5))


def test_what_is_overdue_is_told_and_its_button_backs_up(
    stage: Stage, late_office: Office, notices: Notices
) -> None:
    with Running(stage, "tray", "--at-login"):
        notice = notices.wait()
        assert notice["title"] == "Jansen Holding is not safely stored"
        assert notice["message"] == "Jansen Holding: overdue by 2 days"
        assert notice["urgency"] == 2
        assert notice["icon"].endswith(".png")
        notices.press(notice, "Back up now", until=late_office.proven)
        eventually(lambda: stage.mark() == "", "the plain door")


def test_without_an_answer_the_reminder_comes_again_later(
    stage: Stage, late_office: Office, notices: Notices
) -> None:
    with Running(stage, "tray", "--at-login"):
        notices.wait()
    let_hours_pass()
    with Running(stage, "tray", "--at-login"):
        assert notices.wait()["title"] == "Jansen Holding is not safely stored"


def test_remind_me_tomorrow_is_quiet_until_then(
    stage: Stage, late_office: Office, notices: Notices
) -> None:
    with Running(stage, "tray", "--at-login"):
        snoozed = partial(fact, "snoozed_until")
        notices.press(notices.wait(), "Remind me tomorrow", until=snoozed)
    let_hours_pass()
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: stage.mark() == "red", "the mark stays: quiet is not safe")
        assert notices.none_within(AT_ONCE)


def test_reminders_are_taken_back_once_all_is_stored(
    stage: Stage, late_office: Office, notices: Notices
) -> None:
    with Running(stage, "tray", "--at-login"):
        notice = notices.wait()
        stage.open_menu()
        stage.choose(BACK_UP)
        assert notices.closed() == notice["id"]


def test_remind_me_tomorrow_in_the_menu_takes_the_notification_back(
    stage: Stage, late_office: Office, notices: Notices
) -> None:
    with Running(stage, "tray", "--at-login"):
        notice = notices.wait()
        stage.open_menu()
        stage.choose(REMIND)
        assert notices.closed() == notice["id"]


def test_a_failure_is_told_and_marked(stage: Stage, office: Office, notices: Notices) -> None:
    (office.books / "damaged.sqlite").write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 40)
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: stage.mark() == "amber", "the mark")
        stage.open_menu()
        stage.choose(BACK_UP)
        notice = notices.wait()
        assert "damaged.sqlite" in notice["title"]
        assert len(notice["message"].splitlines()) == 2  # is it safe, and what to do
        assert notice["urgency"] == 2
        eventually(lambda: stage.mark() == "red", "the mark of what failed")
    assert office.proven() == []


def test_a_success_is_quiet(stage: Stage, office: Office, notices: Notices) -> None:
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: stage.mark() == "amber", "the mark")
        stage.open_menu()
        stage.choose(BACK_UP)
        eventually(lambda: stage.mark() == "", "the plain door")
        assert notices.none_within(1.0)


def test_a_click_on_a_notice_opens_the_window(
    stage: Stage, late_office: Office, notices: Notices
) -> None:
    with Running(stage, "tray", "--at-login"):
        notices.press(notices.wait(), "", until=lambda: stage.windows("Bewaar"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere open handles may not be seen")
def test_books_that_are_due_and_open_are_asked_for_and_backed_up_once_closed(
    stage: Stage, late_office: Office, notices: Notices
) -> None:
    with closing(engine()) as asked:
        asked.change_settings(
            lambda s: replace(
                s,
                default_destination=late_office.stick.id,
                policy=replace(s.policy, by_itself=True, close_text="Anna, koffie!"),
            )
        )
    with Running(stage, "tray", "--at-login"):
        with held_open(late_office.books / "index.txt"):
            notice = notices.wait()
            assert notice["title"] == "Please close Jansen Holding"
            assert "Anna, koffie!" in notice["message"]
            assert "The backup of Jansen Holding begins in 5 minutes" in notice["message"]
            assert set(notice["buttons"]) >= {"Start now", "Later: in an hour"}
            assert late_office.proven() == []
        assert notices.closed() == notice["id"]
        eventually(lambda: bool(late_office.proven()), "the backup of what was closed")
