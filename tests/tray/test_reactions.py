"""What the tray shows follows the engine, also when the engine cannot tell."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bewaar.engine import Engine
from bewaar.events import Event
from bewaar.messages import Text, text
from bewaar.overview import Overview
from bewaar.paths import home
from bewaar.progress import SILENT
from bewaar.requests import BackupRequest
from bewaar.secrets import MemorySecrets
from bewaar_tray import reactions
from bewaar_tray.actions import Actions
from bewaar_tray.face import Mark, face
from bewaar_tray.menu import menu
from bewaar_tray.notifier import Notifier
from bewaar_tray.reactions import Reactions
from tests.holding import held_open
from tests.samples import gnucash_book
from tests.scene import make_folder_books

SECONDS = 30.0


@pytest.fixture
def engine() -> Iterator[Engine]:
    with closing(Engine(home(), secrets=MemorySecrets())) as running:
        yield running


class Followed:
    """What was shown since the start."""

    def __init__(self, engine: Engine) -> None:
        self.shown: list[int | None] = []  # how many administrations; None: unknown
        self.settings = 0
        actions = Actions(
            engine,
            open_window=lambda _: None,
            tell=lambda _: None,
            hush=lambda: None,
            leave=lambda: None,
        )
        self.reactions = Reactions(
            engine,
            actions,
            Notifier(actions.do, lambda: None),
            show=self._show,
            show_unknown=lambda: self.shown.append(None),
            settings_changed=self._count,
        )

    def _show(self, overview: Overview, words: Text) -> None:
        self.shown.append(len(overview.states))

    def _count(self) -> None:
        self.settings += 1


@pytest.fixture
def followed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Followed]:
    monkeypatch.setattr(reactions, "LONGEST_WAIT", 0.05)
    monkeypatch.setattr(reactions, "PAUSE", 0.0)
    following = Followed(engine)
    following.reactions.start()
    yield following
    following.reactions.stop()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, "it did not follow"
        threading.Event().wait(0.01)


def test_how_it_stands_is_shown_at_once_and_after_each_change(
    engine: Engine, followed: Followed, tmp_path: Path
) -> None:
    until(lambda: followed.shown[-1:] == [0])
    engine.add(make_folder_books(tmp_path / "books"), name="Jansen")
    until(lambda: followed.shown[-1] == 1)


def test_what_nobody_can_tell_is_shown_as_unknown_until_somebody_can(
    engine: Engine, followed: Followed
) -> None:
    engine.change_settings(lambda settings: settings)
    whole = home().settings_file.read_bytes()
    until(lambda: followed.shown[-1:] == [0])
    home().settings_file.write_text("this is = = no TOML")
    until(lambda: followed.shown[-1] is None)
    home().settings_file.write_bytes(whole)
    until(lambda: followed.shown[-1] == 0)


def test_an_event_that_cannot_be_followed_does_not_hide_the_next(
    engine: Engine, followed: Followed
) -> None:
    until(lambda: bool(followed.shown))
    before = followed.settings
    engine.events.publish("job.over", job="no such job", kind="backup", state="done")
    engine.events.publish("failure", wrong="parameters")
    engine.events.publish("settings.changed")
    until(lambda: followed.settings > before)


def test_a_reader_that_fell_behind_looks_afresh(engine: Engine, followed: Followed) -> None:
    until(lambda: bool(followed.shown))
    before = len(followed.shown)
    for _ in range(3000):
        engine.events.publish("job.progress", job="x")
    until(lambda: len(followed.shown) > before)


@pytest.mark.usefixtures("ordinary_urgency")
def test_a_drive_that_was_caught_up_with_by_itself_is_told_of_once(
    engine: Engine, tmp_path: Path
) -> None:
    reacting = Followed(engine).reactions  # not started: asked here, event by event
    books = engine.add(make_folder_books(tmp_path / "books"))
    stick = engine.add_destination(tmp_path / "stick", make_folder=True)
    engine.start()
    told = []
    for plugged, by_itself in ((False, True), (True, False), (False, True), (False, True)):
        if plugged:
            plug = Event(number=1, code="drive.plugged", params={"destination": stick.id})
            list(reacting._meant(plug))
        request = BackupRequest(
            codes=(books.code,), destination=stick.id, even_unchanged=True, by_itself=by_itself
        )
        job = engine.wait(engine.start_backup(request).id, timeout=SECONDS)
        told.append(reacting._caught_up(job.id) is not None)
    assert told == [False, False, True, False]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere open handles may not be seen")
def test_who_waits_for_books_has_them_asked_for_by_a_notice(engine: Engine, tmp_path: Path) -> None:
    reacting = Followed(engine).reactions
    books = engine.add(make_folder_books(tmp_path / "books"), name="Jansen Holding")
    stick = engine.add_destination(tmp_path / "stick", make_folder=True)
    request = BackupRequest(codes=(books.code,), destination=stick.id, wait_until_closed=True)
    cursor = engine.events.cursor
    with held_open(tmp_path / "books" / "index.txt"):
        engine.start_backup(request)
        (asked,) = (e for e in engine.events.since(cursor).events if e.code == "closing.asked")
        (notice,) = reacting._meant(asked)
    assert notice
    assert notice.title == "Please close Jansen Holding"
    assert list(reacting._meant(asked)) == [None]  # closed meanwhile


def test_transactions_that_became_fewer_are_told_by_a_notice_until_somebody_knows(
    engine: Engine, tmp_path: Path
) -> None:
    reacting = Followed(engine).reactions
    books = engine.add(gnucash_book(tmp_path / "m.gnucash", transactions=12), name="Molen")
    stick = engine.add_destination(tmp_path / "stick", make_folder=True)
    request = BackupRequest(codes=(books.code,), destination=stick.id, even_unchanged=True)
    told = []
    for transactions in (12, 9, 9):
        books.place.unlink()
        gnucash_book(books.place, transactions=transactions)
        job = engine.run(engine.start_backup(request).id, SILENT)
        over = Event(number=1, code="job.over", params={"job": job.id})
        told += [each.title for each in reacting._meant(over) if each]
    assert told == ["Molen holds fewer transactions than before: 9 instead of 12."]
    assert face(engine.overview()).mark is Mark.FAILED  # the second 9 did not end the alarm
    assert "Molen: fewer transactions than before" in _lines(engine)
    engine.read_drop(books.code)
    assert face(engine.overview()).mark is not Mark.FAILED
    assert "Molen: fewer transactions than before" not in _lines(engine)


def _lines(engine: Engine) -> list[str]:
    return [line.text for line in menu(engine.overview(), text("en"))]
