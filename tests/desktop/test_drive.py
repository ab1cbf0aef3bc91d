"""A stick that is really plugged in: noticed, offered, filled, proven, and let go."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bewaar.model import DestinationKind
from tests.desktop.conftest import Office
from tests.desktop.running import Running, engine
from tests.desktop.stage import Notices, Stage, eventually
from tests.mounts import Mounts, needs

pytestmark = pytest.mark.desktop

BACK_UP_TO_STICK = 2  # the line of the menu below "Back up now"
NOTICED = 3.0  # seconds, as promised


class Stick:
    """A formatted stick that is a destination, and not plugged in."""

    def __init__(self, mounts: Mounts, root: Path, office: Office) -> None:
        self._mounts, self.point, self._image = mounts, root / "media" / "blue", root / "image"
        self.plug()
        with closing(engine()) as asked:
            asked.forget_destination(office.stick.id)
            drive = asked.add_destination(self.point, name="Blue", kind=DestinationKind.DRIVE)
        self.unplug()
        self.office = replace(office, stick=drive)

    def plug(self) -> None:
        self._mounts.ext4(self.point, self._image, label="BLUE")

    def unplug(self) -> None:
        self._mounts.eject(self.point)


@pytest.fixture
def stick(tmp_path: Path, office: Office) -> Iterator[Stick]:
    with Mounts() as mounts:
        yield Stick(mounts, tmp_path, office)


@needs("mkfs.ext4")
def test_a_plugged_stick_is_offered_in_the_menu_and_may_be_unplugged_after_the_proof(
    stage: Stage, stick: Stick, notices: Notices
) -> None:
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: stage.mark() == "amber", "the mark")
        without = stage.menu_height()
        stick.plug()
        notice = notices.wait(seconds=NOTICED + 1)
        assert notice["title"] == "Blue is plugged in"
        eventually(lambda: stage.menu_height() > without, "a line more in the menu")
        stage.open_menu()
        stage.choose(BACK_UP_TO_STICK)
        assert notices.wait()["title"] == "You may unplug Blue."
        assert len(stick.office.proven()) == 1
        stick.unplug()
        eventually(lambda: stage.menu_height() == without, "the line is gone")


@needs("mkfs.ext4")
def test_the_button_of_the_notice_backs_up_to_the_stick(
    stage: Stage, stick: Stick, notices: Notices
) -> None:
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: stage.mark() == "amber", "the mark")
        stick.plug()
        notice = notices.wait(seconds=NOTICED + 1)
        notices.press(notice, "Back up now", until=stick.office.proven)


@needs("mkfs.ext4")
def test_a_stick_that_was_plugged_in_before_the_start_is_no_news(
    stage: Stage, stick: Stick, notices: Notices
) -> None:
    stick.plug()
    with Running(stage, "tray", "--at-login"):
        eventually(lambda: stage.mark() == "amber", "the mark")
        assert notices.none_within(1.0)
        stage.open_menu()
        stage.choose(BACK_UP_TO_STICK)
        assert notices.wait()["title"] == "You may unplug Blue."
