"""The icon in a real tray: what it shows, and what its menu does."""

import pytest
from filelock import FileLock

from bewaar.paths import home
from tests.desktop.conftest import Office
from tests.desktop.running import Running
from tests.desktop.stage import Stage, eventually

pytestmark = pytest.mark.desktop

# Lines of the menu that are not greyed, while one administration changed
BACK_UP, OPEN, ADMINISTRATION, QUIT = 1, 2, 3, 4
QUIT_WHILE_IT_RUNS, WHEN_DONE, NOW = 3, 1, 2


def waiting_for(office: Office) -> FileLock:
    """Keep a destination busy, as another Bewaar that writes there does."""
    return FileLock(home().locks / f"lane-{office.stick.id}")


def test_the_icon_changes_with_the_books_and_again_with_the_backup(
    stage: Stage, office: Office
) -> None:
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: stage.mark() == "amber", "the mark of what was never stored")
        stage.open_menu()
        stage.choose(BACK_UP)
        eventually(lambda: stage.mark() == "", "the plain door: all is stored")
        assert len(office.proven()) == 1
        office.enter()
        eventually(lambda: stage.mark() == "amber", "the mark of what changed", seconds=4)
        stage.open_menu()
        stage.choose(BACK_UP)
        eventually(lambda: stage.mark() == "", "the plain door again")
        assert len(office.proven()) == 2


def test_what_changed_while_bewaar_was_not_there_is_marked_after_the_start(
    stage: Stage, office: Office
) -> None:
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: stage.mark() == "amber", "the mark")
        stage.open_menu()
        stage.choose(BACK_UP)
        eventually(lambda: stage.mark() == "", "the plain door")
    eventually(stage.is_empty, "the icon is gone")
    office.enter()
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: stage.mark() == "amber", "the mark of what changed")


def test_overdue_is_marked_in_red(stage: Stage, late_office: Office) -> None:
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: stage.mark() == "red", "the mark of what is overdue")


def test_a_click_opens_the_window_and_closing_it_leaves_the_icon(
    stage: Stage, office: Office
) -> None:
    with Running(stage, "tray", "--at-login") as bewaar:
        eventually(stage.shows_icon, "the icon")
        assert not stage.windows("Bewaar")
        stage.click_icon()
        window = eventually(lambda: stage.windows("Bewaar"), "the window")[0]
        stage.close(window)
        eventually(lambda: not bewaar.children(), "the window's memory is free")
        assert stage.shows_icon()
        stage.click_icon()
        eventually(lambda: stage.windows("Bewaar"), "the window again")


def test_an_open_menu_stays_while_the_books_change(stage: Stage, office: Office) -> None:
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: stage.mark() == "amber", "the mark")
        stage.open_menu()
        stage.choose(BACK_UP)
        eventually(lambda: stage.mark() == "", "the plain door")
        menu = stage.open_menu()
        lines = menu.get_geometry().height
        office.enter()
        eventually(lambda: stage.mark() == "amber", "the mark of what changed")
        assert stage.is_seen(menu), "the menu vanished below the mouse"
        stage.choose(BACK_UP)
        eventually(lambda: len(office.proven()) == 2, "the backup that was asked for in it")
        office.enter()
        eventually(lambda: stage.mark() == "amber", "the mark of what changed")
        eventually(lambda: stage.menu_height() > lines, "a menu with one line more")


def test_quitting_while_a_backup_runs_can_wait_for_it(stage: Stage, office: Office) -> None:
    with waiting_for(office) as turn, Running(stage, "tray", "--at-login") as bewaar:
        eventually(lambda: stage.mark() == "amber", "the mark")
        stage.open_menu()
        stage.choose(BACK_UP)
        eventually(lambda: stage.mark() == "white", "the mark of what runs")
        stage.open_menu()
        stage.choose(QUIT_WHILE_IT_RUNS, WHEN_DONE)
        stage.open_menu()
        stage.do("key", "Escape")
        assert bewaar.child.poll() is None, "it did not wait"
        turn.release()
        assert bewaar.ended() == 0
        assert len(office.proven()) == 1


def test_quitting_while_a_backup_runs_can_stop_it(stage: Stage, office: Office) -> None:
    with waiting_for(office), Running(stage, "tray", "--at-login") as bewaar:
        eventually(lambda: stage.mark() == "amber", "the mark")
        stage.open_menu()
        stage.choose(BACK_UP)
        eventually(lambda: stage.mark() == "white", "the mark of what runs")
        stage.open_menu()
        stage.choose(QUIT_WHILE_IT_RUNS, NOW)
        assert bewaar.ended() == 0
    assert office.proven() == []
    assert not list(office.stick.folder.glob("*.zip*"))


def test_quit_ends_everything_at_once_when_nothing_runs(stage: Stage, office: Office) -> None:
    with Running(stage, "tray") as bewaar:
        eventually(lambda: stage.windows("Bewaar"), "the window")
        eventually(lambda: stage.mark() == "amber", "the mark")
        stage.open_menu()
        stage.choose(QUIT)
        assert bewaar.ended() == 0
    eventually(stage.is_empty, "icon and window are gone")
