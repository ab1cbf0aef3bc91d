"""Bewaar's own folder: settings damaged, full, forbidden; no password store."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from bewaar.engine import Engine
from bewaar.errors import (
    BewaarError,
    HomeFull,
    HomeUnwritable,
    KeyringUnavailable,
    SettingsDamaged,
)
from bewaar.files import replace_atomically
from bewaar.model import JobState
from bewaar.paths import home
from bewaar.progress import SILENT
from bewaar.requests import BackupRequest, Protection
from bewaar.secrets import KeyringSecrets
from tests.clocks import SetClock
from tests.mounts import Mounts, needs
from tests.rights import as_anyone
from tests.scene import Office, book, rows_in, tree
from tests.unkind.promises import (
    archives_at,
    code_of,
    every_backup_is_good,
    files_at,
    rest,
    work_left,
)

HOME_MB = 6


@pytest.fixture
def cramped(tmp_path: Path, mounts: Mounts) -> Iterator[Office]:
    """An office whose home lies on a tiny disk."""
    mounts.tmpfs(Path(os.environ["BEWAAR_HOME"]), size=f"{HOME_MB}m")
    made = Office(tmp_path)
    rest(made.root / "books")
    yield made
    made.engine.close()
    assert work_left(made) == []


@contextmanager
def filled(folder: Path, *, leaving: int = 0) -> Iterator[None]:
    """Let somebody else fill the disk, to its last bytes but a few."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 4096, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
        if leaving:
            file.truncate(file.tell() - leaving)
    try:
        yield
    finally:
        filler.unlink()


# ── The settings ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text", [b"", b"\0" * 200, b"[[administrations]]\ncode = 3\n", b"language = 'nl", b"\xff\xfe"]
)
def test_damaged_settings_are_told_and_left_as_they_are(office: Office, text: bytes) -> None:
    file = office.home.settings_file
    good = file.read_bytes()
    file.write_bytes(text)
    for ask in (
        office.engine.settings,
        office.engine.overview,
        office.engine.tick,
        office.engine.look_at_drives,
        lambda: office.back_up(office.bakery),
        lambda: office.engine.add(office.root / "books"),
        lambda: office.engine.change_settings(lambda s: replace(s, language="nl")),
    ):
        with pytest.raises(SettingsDamaged):
            ask()
    assert file.read_bytes() == text
    file.write_bytes(good)
    assert office.back_up(office.bakery).state is JobState.DONE


def test_settings_damaged_while_a_backup_runs_do_not_undo_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bewaar.backup import run

    good = office.home.settings_file.read_bytes()
    read_back = run._read_back

    def spoil(*arguments: object) -> object:
        office.home.settings_file.write_bytes(b"no toml [")
        return read_back(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "_read_back", spoil)
    job = office.back_up(office.bakery)
    office.home.settings_file.write_bytes(good)
    assert len(every_backup_is_good(office, office.bakery.code)) == 1
    assert len(job.backups) == 1
    assert archives_at(office.stick) == [office.engine.backup(job.backups[0]).file]


# ── The disk of the home ────────────────────────────────────────────────────────────────────


@needs()
def test_no_room_for_the_snapshot_is_no_backup_and_harms_nothing(cramped: Office) -> None:
    good = cramped.proven(cramped.holding)
    (cramped.folder_books / "large.bin").write_bytes(os.urandom(HOME_MB << 20))
    job = cramped.back_up(cramped.holding)
    assert code_of(job) == "home.full"
    assert every_backup_is_good(cramped, cramped.holding.code) == [good]
    (cramped.folder_books / "large.bin").unlink()
    assert cramped.back_up(cramped.holding, even_unchanged=True).state is JobState.DONE


@needs()
def test_a_disk_that_fills_up_while_the_snapshot_is_taken_is_told(
    cramped: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look said that it would fit; then somebody else took the room."""
    (cramped.folder_books / "large.bin").write_bytes(os.urandom(HOME_MB << 20))
    monkeypatch.setattr("bewaar.storage.taking.free_space", lambda _: 1 << 40)
    assert code_of(cramped.back_up(cramped.holding)) == "home.full"
    assert files_at(cramped.stick) == []


@needs()
def test_no_room_for_the_proof_of_a_database_is_no_backup(
    cramped: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bewaar.backup import run

    book(cramped.sqlite_books, rows=60_000)
    read_back = run._read_back

    def full(*arguments: object) -> object:
        with filled(cramped.home.config, leaving=200_000):
            return read_back(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "_read_back", full)
    job = cramped.back_up(cramped.bakery)
    assert code_of(job) == "home.full"
    assert files_at(cramped.stick) == []


@needs()
def test_a_full_home_never_makes_a_verb_say_anything_but_that(cramped: Office) -> None:
    backup = cramped.proven(cramped.bakery)
    settings = cramped.home.settings_file.read_bytes()
    request = BackupRequest(codes=(cramped.bakery.code,), destination=cramped.stick.id)
    engine = cramped.engine
    with filled(cramped.home.config):
        for ask in (
            lambda: engine.change_settings(lambda s: replace(s, language="de")),
            lambda: engine.add(cramped.root / "books"),
            lambda: cramped.finish(engine.start_backup(replace(request, even_unchanged=True))),
            lambda: cramped.restore_original(backup, cramped.bakery.code, typed="Bakkerij Jansen"),
            lambda: engine.lock_backup(backup.id, locked=True),
            engine.remind_tomorrow,
            engine.trust_clock,
            engine.tick,
            engine.scan,
            engine.overview,
        ):
            try:
                answer = ask()
            except BewaarError as error:
                assert error.code == "home.full", error  # noqa: PT017
            else:
                job = getattr(answer, "error", None)
                assert job is None or job.code == "home.full", job
    assert cramped.home.settings_file.read_bytes() == settings
    assert rows_in(cramped.sqlite_books) == 120
    cramped.clock.move(minutes=1)
    assert cramped.back_up(cramped.bakery, even_unchanged=True).state is JobState.DONE
    assert len(every_backup_is_good(cramped, cramped.bakery.code)) >= 2


@needs()
def test_a_backup_whose_entry_found_no_room_is_found_again_later(
    cramped: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proven and promoted, and then the catalogue cannot be written."""
    add = cramped.engine._catalogue.backups.add

    def full(*arguments: object, **named: object) -> None:
        with filled(cramped.home.config):
            add(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(cramped.engine._catalogue.backups, "add", full)
    job = cramped.back_up(cramped.bakery)
    monkeypatch.undo()
    assert code_of(job) == "home.full"
    assert cramped.engine.history(cramped.bakery.code) == ()
    assert len(archives_at(cramped.stick)) == 1
    found = cramped.finish(cramped.engine.start_rebuild(cramped.stick.id))
    assert found.result["backups"] == 1


@needs()
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_no_room_for_the_journal_stops_a_restore_before_anything_is_moved(
    cramped: Office, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = cramped.proven(cramped.holding)
    (cramped.folder_books / "later.txt").write_text("after the backup")
    rest(cramped.folder_books)
    before = tree(cramped.folder_books)
    count = [0]

    def full(path: Path, data: bytes) -> None:
        count[0] += 1
        with filled(cramped.home.config) if count[0] == nth else nullcontext():
            replace_atomically(path, data)

    monkeypatch.setattr("bewaar.restore.journal.replace_atomically", full)
    job = cramped.restore_original(backup, cramped.holding.code, typed="Jansen Holding")
    monkeypatch.undo()
    assert code_of(job) == "home.full"
    assert tree(cramped.folder_books) == before
    assert work_left(cramped) == []
    assert list(cramped.home.journal.glob("*")) == []
    assert cramped.engine.undoable(cramped.holding.code) is None
    job = cramped.restore_original(backup, cramped.holding.code, typed="Jansen Holding")
    assert job.state is JobState.DONE
    cramped.finish(cramped.engine.start_undo(cramped.holding.code))
    assert tree(cramped.folder_books) == before


@needs()
def test_bewaar_starts_or_says_why_on_a_disk_without_a_byte(cramped: Office) -> None:
    cramped.engine.close()
    with filled(cramped.home.config):
        try:
            cramped.open().close()
        except BewaarError as error:
            assert error.code == "home.full"  # noqa: PT017
    assert cramped.open().settings().administrations


@needs()
def test_a_first_start_on_a_disk_without_a_byte_says_why(mounts: Mounts) -> None:
    mounts.tmpfs(Path(os.environ["BEWAAR_HOME"]), size="1m")
    with filled(home().config), pytest.raises(HomeFull):
        Engine(home(), clock=SetClock())


@needs()
def test_a_home_that_may_not_be_written_says_so(cramped: Office, mounts: Mounts) -> None:
    cramped.engine.close()
    root = Path(os.environ["BEWAAR_HOME"])
    mounts.make_read_only(root)
    with pytest.raises(HomeUnwritable):
        cramped.open()
    import subprocess

    subprocess.run(["mount", "-o", "remount,rw", str(root)], check=True)
    cramped.open()


@pytest.mark.skipif(os.name == "nt", reason="rights work differently there")
@pytest.mark.parametrize("folder", ["config", "data", "locks"])
def test_a_forbidden_home_says_so(office: Office, folder: str) -> None:
    office.engine.close()
    place: Path = getattr(office.home, folder)
    place.chmod(0o500)
    try:
        with as_anyone(), pytest.raises(HomeUnwritable):
            office.open().change_settings(lambda s: replace(s, language="de"))
    finally:
        place.chmod(0o700)
    office.reopen() if folder == "config" else office.open()


# ── No password store ───────────────────────────────────────────────────────────────────────


def test_without_a_password_store_everything_but_kept_passwords_works(office: Office) -> None:
    office.engine.close()
    engine = Engine(office.home, clock=office.clock, secrets=KeyringSecrets())
    office.engine = engine
    with pytest.raises(KeyringUnavailable):
        engine.keep_password("een wachtwoord", "een wachtwoord")
    assert not engine.password_kept()
    kept = BackupRequest(
        codes=(office.bakery.code,), destination=office.stick.id, protection=Protection.KEPT
    )
    for ask in (engine.plan_backup, engine.start_backup):
        with pytest.raises(KeyringUnavailable):
            ask(kept)
    assert files_at(office.stick) == []
    backup = office.proven(office.bakery, password="een wachtwoord")
    job = office.restore_new(backup, office.bakery.code, "terug", password="een wachtwoord")
    assert job.state is JobState.DONE
    rebuilt = office.finish(engine.start_rebuild(office.stick.id), SILENT)
    assert rebuilt.state is JobState.DONE
    assert engine.overview().states
