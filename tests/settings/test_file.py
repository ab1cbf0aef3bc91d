"""The settings file: nobody's change is lost, and what is damaged is never overwritten."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from bewaar.errors import HomeFull, HomeUnwritable
from bewaar.model import Administration, Code, Policy
from bewaar.settings import Protect, Settings, SettingsFile, Theme
from tests.settings.conftest import BY_HAND, JANSEN, STICK, write

# ── Reading and changing ────────────────────────────────────────────────────────────────────


def test_without_a_file_everything_is_as_at_the_start(file: SettingsFile) -> None:
    assert file.load() == Settings()
    assert not file.path.parent.exists()


def test_every_choice_comes_back_as_it_was_made(file: SettingsFile) -> None:
    chosen = Settings(
        language="sv",
        theme=Theme.DARK,
        start_at_login=False,
        default_destination=STICK.id,
        name_template="{code} {date}",
        one_file=True,
        small=True,
        protect=Protect.KEYRING,
        first_start_done=True,
        roots=(Path("/books"), Path("/Bücher")),
        policy=Policy(every_days=7, from_time=time(17, 30), keep=3),
        administrations=(
            JANSEN,
            Administration(
                code=Code("Café ☕"),
                name='Café "De Molen" \\ \n [x] = #',
                place=Path("/books/é è/☕"),
                program="folder",
                storage="fileset",
                marked=True,
                documents=False,
                managed_elsewhere=True,
                policy=Policy(from_time=time(0)),
            ),
        ),
        destinations=(STICK,),
    )
    assert file.change(lambda _: chosen) == chosen
    assert SettingsFile(file.path).load() == chosen


def test_a_file_made_by_hand_is_understood(by_hand: SettingsFile) -> None:
    settings = by_hand.load()
    assert settings.language == "nl"
    assert settings.policy == Policy(every_days=7)
    assert [a.code for a in settings.administrations] == ["jansen", "holding"]
    assert settings.administrations[1].policy == Policy(every_days=30)


def test_choices_of_a_newer_version_count_as_the_default(by_hand: SettingsFile) -> None:
    assert by_hand.load().theme is Theme.SYSTEM
    assert [d.name for d in by_hand.load().destinations] == ["Blue stick"]


def test_a_change_touches_nothing_else_in_the_text(by_hand: SettingsFile) -> None:
    by_hand.change(lambda s: replace(s, language="de"))
    assert by_hand.path.read_text("utf-8") == BY_HAND.replace('"nl"', '"de"')


def test_what_only_a_newer_version_knows_survives_every_change(by_hand: SettingsFile) -> None:
    def all_of_it(settings: Settings) -> Settings:
        first, second = settings.administrations
        return replace(
            settings,
            policy=Policy(every_days=1, from_time=time(9)),
            administrations=(
                replace(second, policy=None),
                replace(first, name="Jansen", policy=Policy(keep=4)),
                replace(JANSEN, code=Code("molen"), place=Path("/books/molen")),
            ),
            destinations=(),
        )

    settings = by_hand.change(all_of_it)
    assert {a.code: a.policy for a in settings.administrations} == {
        "jansen": Policy(keep=4),
        "holding": None,
        "molen": None,
    }
    assert settings.destinations == ()
    text = by_hand.path.read_text("utf-8")
    kept = ("# My settings", "# Dutch", '"sepia"', "window_width = 1200", "# weekly is enough")
    for line in (*kept, "# The bakery", "# Our own", 'colour = "blue"', 'kind = "lunar"'):
        assert line in text


def test_lists_written_in_one_line_are_changed_too(file: SettingsFile) -> None:
    line = 'administrations = [{code="a", name="A", place="/a", program="p", storage="s"}]\n'
    write(file, line.encode())
    file.change(lambda s: replace(s, administrations=(*s.administrations, JANSEN)))
    file.change(lambda s: replace(s, administrations=(replace(JANSEN, marked=True),)))
    assert file.load().administrations == (replace(JANSEN, marked=True),)


@pytest.mark.parametrize(
    "disguise",
    [
        lambda text: "\ufeff" + text,  # as some editors on Windows write it
        lambda text: text.replace("\n", "\r\n"),
    ],
)
def test_the_habits_of_other_editors_do_no_harm(
    by_hand: SettingsFile, disguise: Callable[[str], str]
) -> None:
    by_hand.path.write_bytes(disguise(BY_HAND).encode())
    settings = by_hand.change(lambda s: replace(s, administrations=(*s.administrations[:1],)))
    assert [a.code for a in settings.administrations] == ["jansen"]


def test_nothing_is_written_when_nothing_changed(by_hand: SettingsFile) -> None:
    before = by_hand.path.stat()
    by_hand.change(lambda s: s)
    assert by_hand.path.stat() == before


def test_the_file_is_for_this_user_only(file: SettingsFile) -> None:
    file.change(lambda s: s)
    assert file.path.stat().st_mode & 0o077 == 0
    assert file.path.parent.stat().st_mode & 0o077 == 0


# ── Several at once ─────────────────────────────────────────────────────────────────────────

ADD = """
import sys
from dataclasses import replace
from pathlib import Path
from bewaar.model import Administration, Code
from bewaar.settings import SettingsFile

file, name = SettingsFile(Path(sys.argv[1])), sys.argv[2]
for number in range(8):
    one = Administration(
        code=Code(f"{name}{number}"), name=name, place=Path(f"/books/{name}/{number}"),
        program="folder", storage="fileset",
    )
    file.change(lambda s: replace(s, administrations=(*s.administrations, one)))
"""


def test_changes_of_several_processes_are_all_kept(by_hand: SettingsFile) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", ADD, str(by_hand.path), name])
        for name in ("tray", "cli")
    ]
    assert [process.wait(timeout=60) for process in running] == [0, 0]
    codes = {a.code for a in by_hand.load().administrations}
    added = {f"{name}{number}" for name in ("tray", "cli") for number in range(8)}
    assert codes == added | {"jansen", "holding"}


def test_changes_of_several_threads_are_all_kept(by_hand: SettingsFile) -> None:
    def add(folder: Path) -> None:
        by_hand.change(lambda s: replace(s, roots=(*s.roots, folder)))

    folders = [Path(f"/{number}") for number in range(12)]
    threads = [threading.Thread(target=add, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(by_hand.load().roots) == set(folders)


def test_another_process_s_change_is_noticed_and_ones_own_is_known(by_hand: SettingsFile) -> None:
    other = SettingsFile(by_hand.path)
    assert by_hand.current().language == "nl"
    assert not by_hand.changed()
    other.change(lambda s: replace(s, language="de"))
    assert not other.changed()
    assert by_hand.changed()
    assert by_hand.current().language == "de"
    assert not by_hand.changed()


def test_a_file_that_vanished_is_noticed(by_hand: SettingsFile) -> None:
    by_hand.load()
    by_hand.path.unlink()
    assert by_hand.changed()
    assert by_hand.current() == Settings()


def test_a_lock_that_is_never_given_up_ends_in_a_clear_error(
    by_hand: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    from filelock import FileLock

    monkeypatch.setattr("bewaar.settings.PATIENCE", 0.1)
    with FileLock(f"{by_hand.path}.lock"), pytest.raises(HomeUnwritable):
        by_hand.change(lambda s: replace(s, language="de"))
    assert by_hand.path.read_text("utf-8") == BY_HAND


# ── The home's disk ─────────────────────────────────────────────────────────────────────────


@pytest.mark.root
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounts a disk")
def test_a_full_or_read_only_disk_leaves_the_old_settings(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=False)
    if mounted.returncode:
        pytest.skip("no mount here")
    try:
        file = SettingsFile(disk / "settings.toml")
        file.change(lambda s: replace(s, language="nl"))
        (disk / "filler").write_bytes(bytes((os.statvfs(disk).f_bavail) * 4096))
        many = tuple(Path(f"/books/{number}") for number in range(2000))
        with pytest.raises(HomeFull):
            file.change(lambda s: replace(s, roots=many))
        assert SettingsFile(file.path).load() == Settings(language="nl")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(HomeUnwritable):
            file.change(lambda s: replace(s, language="de"))
        assert SettingsFile(file.path).load() == Settings(language="nl")
    finally:
        subprocess.run(["umount", disk], check=True)
