"""One folder seen from two sides: proven to be one, and nothing stays there."""

import os
import time
from pathlib import Path

import pytest

from bewaar import errors
from bewaar.progress import Silent
from bewaar.servers import sqlserver_words as words
from bewaar.servers.sqlserver_channel import Refusal
from bewaar.servers.sqlserver_folder import beside
from tests.sqlserver import (
    BACKUP,
    FILE,
    FRESH,
    MARK,
    SEEN,
    THERE,
    Rows,
    Turn,
    conversation,
    header,
    listed,
    writing,
)

CLOSED = Refusal(3201, "Cannot open backup device. Operating system error 5.")
NO_RIGHT = Refusal(262, "BACKUP DATABASE permission denied in database 'model'.")
LOOK = f"master: EXEC master.sys.xp_fileexist N'{MARK}'"
TRY = (
    f"master: BACKUP DATABASE [model] TO DISK = N'{FILE}' "
    "WITH COPY_ONLY, CHECKSUM, FORMAT, INIT, NAME = N'Bewaar'"
)
NOTHING_THERE = [("0", "0", "1")]
NOTHING_TOLD = [("0", "0", "0")]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The folder as this computer knows it."""
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


def lent(here: Path) -> Path:
    return here / f"bewaar-{FRESH}.bak"


def looked(here: Path) -> Rows:
    """Answer as a server that looks into the very folder."""
    return [("1" if (here / f"bewaar-{FRESH}.mark").exists() else "0", "0", "1")]


def test_a_folder_that_both_see_is_proven_both_ways_and_left_empty(here: Path) -> None:
    with conversation(
        (LOOK, lambda: looked(here)),
        (TRY, writing(lent(here))),
        host="server2",
        folder_there=THERE,
        folder_here=str(here),
    ) as seen:
        seen.try_folder()
    assert list(here.iterdir()) == []


def failing(here: Path, *turns: Turn) -> errors.BewaarError:
    """Return what a try ends with; the folder must be as it was."""
    before = sorted(here.iterdir()) if here.is_dir() else None
    with (
        conversation(*turns, host="server2", folder_there=THERE, folder_here=str(here)) as seen,
        pytest.raises(errors.BewaarError) as failed,
    ):
        seen.try_folder()
    assert (sorted(here.iterdir()) if here.is_dir() else None) == before
    return failed.value


def test_which_half_failed_is_told(here: Path) -> None:
    """Nothing goes on to a half that could only fail, or fill a folder nobody can see."""
    assert isinstance(failing(here / "none"), errors.ServerFolderUnwritable)
    two = failing(here, (LOOK, NOTHING_THERE))
    assert isinstance(two, errors.ServerFoldersDiffer)
    assert (two.params["there"], two.params["here"]) == (THERE, str(here))
    unseen = failing(here, (LOOK, NOTHING_TOLD), (TRY, CLOSED))
    assert isinstance(unseen, errors.ServerFolderUnseen)
    assert unseen.params["folder"] == THERE
    closed = failing(here, (LOOK, SEEN), (TRY, CLOSED))
    assert isinstance(closed, errors.ServerFolderClosed)
    assert closed.params["folder"] == THERE


def test_a_server_that_writes_elsewhere_has_another_folder(here: Path, tmp_path: Path) -> None:
    elsewhere = writing(tmp_path / "other.bak")
    for told in (SEEN, NOTHING_TOLD):
        failure = failing(here, (LOOK, told), (TRY, elsewhere))
        assert isinstance(failure, errors.ServerFoldersDiffer)


def test_something_else_of_that_name_is_no_proof(here: Path) -> None:
    failure = failing(here, (LOOK, SEEN), (TRY, writing(lent(here), b"<html>")))
    assert isinstance(failure, errors.ServerFoldersDiffer)


def test_a_user_who_may_not_ask_for_files_can_have_it_proven_by_writing(here: Path) -> None:
    with conversation(
        (LOOK, NOTHING_TOLD),
        (TRY, writing(lent(here))),
        folder_there=THERE,
        folder_here=str(here),
    ) as seen:
        seen.try_folder()
    assert isinstance(failing(here, (LOOK, NOTHING_TOLD), (TRY, NO_RIGHT)), errors.BewaarError)


def test_a_user_who_may_not_back_up_the_model_has_it_proven_by_looking(here: Path) -> None:
    with conversation(
        (LOOK, SEEN), (TRY, NO_RIGHT), folder_there=THERE, folder_here=str(here)
    ) as seen:
        seen.try_folder()
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("answer", [[], [("1",)], [("1", "0", "1", "0")], SEEN * 2])
def test_an_answer_of_another_shape_proves_nothing(answer: Rows, here: Path) -> None:
    assert isinstance(failing(here, (LOOK, answer)), errors.ServerFailed)


def test_what_cannot_be_removed_from_the_folder_is_told(here: Path) -> None:
    def write_a_folder() -> Rows:
        lent(here).mkdir()
        return []

    with (
        conversation(
            (LOOK, SEEN), (TRY, write_a_folder), folder_there=THERE, folder_here=str(here)
        ) as seen,
        pytest.raises(errors.ServerFolderUnreadable),
    ):
        seen.try_folder()


def test_a_backup_comes_over_the_folder_and_leaves_it_empty(here: Path, tmp_path: Path) -> None:
    to, content = tmp_path / "x.bak", BACKUP + os.urandom(3 << 20)
    with conversation(
        (LOOK, SEEN),
        (f"master: {words.back_up('Jansen', FILE)}", writing(lent(here), content)),
        (f"master: {words.verify(FILE)}", []),
        (f"master: {words.VERSION}", [("15.0.4123.1",)]),
        host="server2",
        folder_there=THERE,
        folder_here=str(here),
    ) as seen:
        seen.dump("Jansen", to)
    assert to.read_bytes() == content
    assert list(here.iterdir()) == []


def test_a_copy_that_is_not_what_was_read_is_no_backup(here: Path, tmp_path: Path) -> None:
    to, content = tmp_path / "x.bak", BACKUP + os.urandom(3 << 20)

    class Spoiling(Silent):
        """Turns one byte of the copy while it is read again."""

        checks = 0

        def check(self) -> None:
            self.checks += 1
            if self.checks == 6:
                with to.open("r+b") as file:
                    file.seek(-9, os.SEEK_END)
                    file.write(bytes([content[-9] ^ 1]))

    with (
        conversation(
            (LOOK, SEEN),
            (f"master: {words.back_up('Jansen', FILE)}", writing(lent(here), content)),
            (f"master: {words.verify(FILE)}", []),
            host="server2",
            folder_there=THERE,
            folder_here=str(here),
        ) as seen,
        pytest.raises(errors.DumpIncomplete),
    ):
        seen.dump("Jansen", to, Spoiling())
    assert to.read_bytes() != content


def test_without_a_proven_folder_no_books_go_there(here: Path, tmp_path: Path) -> None:
    for told in ((LOOK, NOTHING_THERE),), ((LOOK, NOTHING_TOLD), (TRY, CLOSED)):
        with (
            conversation(*told, host="server2", folder_there=THERE, folder_here=str(here)) as seen,
            pytest.raises(errors.BewaarError),
        ):
            seen.dump("Jansen", tmp_path / "x.bak")
    assert not (tmp_path / "x.bak").exists()
    assert list(here.iterdir()) == []


def test_a_backup_that_fails_half_way_leaves_nothing_in_the_folder(
    here: Path, tmp_path: Path
) -> None:
    def cut_off() -> Rows:
        lent(here).write_bytes(BACKUP)
        raise Refusal(3202, "Write failed: 112 (There is not enough space on the disk.)")

    with (
        conversation(
            (LOOK, SEEN),
            (f"master: {words.back_up('Jansen', FILE)}", cut_off),
            host="server2",
            folder_there=THERE,
            folder_here=str(here),
        ) as seen,
        pytest.raises(errors.ServerFailed, match="not enough space"),
    ):
        seen.dump("Jansen", tmp_path / "x.bak")
    assert list(here.iterdir()) == []


def test_a_stop_while_it_is_copied_leaves_nothing_in_the_folder(here: Path, tmp_path: Path) -> None:
    class Stopping(Silent):
        def step(self, done: int, total: int, item: str = "") -> None:
            raise errors.Cancelled

    with (
        conversation(
            (LOOK, SEEN),
            (f"master: {words.back_up('Jansen', FILE)}", writing(lent(here))),
            (f"master: {words.verify(FILE)}", []),
            host="server2",
            folder_there=THERE,
            folder_here=str(here),
        ) as seen,
        pytest.raises(errors.Cancelled),
    ):
        seen.dump("Jansen", tmp_path / "x.bak", Stopping())
    assert list(here.iterdir()) == []


def test_a_restore_goes_over_the_folder_and_leaves_it_empty(here: Path, tmp_path: Path) -> None:
    dump = tmp_path / "x.bak"
    dump.write_bytes(BACKUP + os.urandom(5000))

    def headers() -> Rows:
        assert lent(here).read_bytes() == dump.read_bytes()
        return [header()]

    moves = [
        ("Jansen", rf"E:\data\Nieuw_{FRESH[:8]}_1.mdf"),
        ("Jansen_log", rf"E:\data\Nieuw_{FRESH[:8]}_2.ldf"),
    ]
    with conversation(
        (f"Nieuw: {words.TABLES}", []),
        (LOOK, SEEN),
        (f"master: {words.VERSION}", [("15.0.4123.1",)]),
        (f"master: RESTORE HEADERONLY FROM DISK = N'{FILE}'", headers),
        (
            f"master: RESTORE FILELISTONLY FROM DISK = N'{FILE}'",
            [listed("Jansen", "D", "1"), listed("Jansen_log", "L", "2")],
        ),
        (f"master: {words.verify(FILE)}", []),
        (f"Nieuw: {words.TABLES}", []),
        ("master: DROP DATABASE [Nieuw]", []),
        (f"master: {words.restore('Nieuw', FILE, moves)}", []),
        ("master: DBCC CHECKDB (N'Nieuw') WITH NO_INFOMSGS", []),
        host="server2",
        folder_there=THERE,
        folder_here=str(here),
        data_folder=r"E:\data",
    ) as seen:
        seen.load("Nieuw", dump)
    assert list(here.iterdir()) == []


def test_a_data_folder_is_one_the_server_sees() -> None:
    look = r"master: EXEC master.sys.xp_fileexist N'E:\data'"
    with conversation((look, [("0", "1", "1")]), data_folder=r"E:\data") as seen:
        seen.try_folder()
    for told in (("0", "0", "1"), ("1", "0", "1")):
        with (
            conversation((look, [told]), data_folder=r"E:\data") as seen,
            pytest.raises(errors.ServerFolderUnseen) as failed,
        ):
            seen.try_folder()
        assert failed.value.params["folder"] == r"E:\data"


def test_what_cut_off_runs_left_goes_after_a_day_and_nothing_else(here: Path) -> None:
    old, now = time.time() - 90_000, here / f"bewaar-{'b' * 32}.bak"
    left = here / f"bewaar-{'a' * 32}.bak"
    others = [here / "bewaar-plan.bak", here / "Jansen.bak", here / f"bewaar-{'A' * 31}.bak", now]
    for file in (left, *others):
        file.write_bytes(BACKUP)
        os.utime(file, (old, old))
    now.touch()
    with conversation(
        (LOOK, SEEN), (TRY, NO_RIGHT), folder_there=THERE, folder_here=str(here)
    ) as seen:
        seen.try_folder()
    assert sorted(here.iterdir()) == sorted(others)


def test_names_are_written_as_the_server_s_computer_writes_them() -> None:
    assert beside("C:\\bewaar\\", "x.bak") == r"C:\bewaar\x.bak"
    assert beside(r"\\nas\bewaar", "x.bak") == r"\\nas\bewaar\x.bak"
    assert beside("/var/opt/mssql/data/", "x.mdf") == "/var/opt/mssql/data/x.mdf"
