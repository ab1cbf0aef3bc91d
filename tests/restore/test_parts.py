"""Parts come back alone: what was not asked for stays as it is, and all of it can be undone."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bewaar.errors import NoPartChosen, PartUnknown
from bewaar.model import Administration, Backup, Code, Job, JobState
from bewaar.progress import SILENT, Progress, Silent, Stage
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from tests.samples import closings
from tests.scene import Office, book, make_sqlite_books, rows_in, tree


@pytest.fixture
def company(office: Office) -> Administration:
    place = closings(office.root / "koncern" / "Åkeri AB")
    return office.engine.add(place, name="Åkeri AB", program="visma-koncern")


def request(
    office: Office, backup: Backup, code: Code, *parts: str, new: str = "", typed: str = ""
) -> RestoreRequest:
    into = office.root / "restored"
    into.mkdir(exist_ok=True)
    return RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=code,
        mode=RestoreMode.NEW if new else RestoreMode.ORIGINAL,
        new_name=new,
        into=into if new else None,
        typed_name=typed,
        parts=parts or None,
    )


def restore(
    office: Office,
    backup: Backup,
    administration: Administration,
    *parts: str,
    new: str = "",
    progress: Progress = SILENT,
) -> Job:
    asked = request(office, backup, administration.code, *parts, new=new, typed=administration.name)
    return office.finish(office.engine.start_restore(asked), progress)


def below(folder: Path, *names: str) -> dict[str, bytes | None]:
    return {path: data for path, data in tree(folder).items() if path.split("/")[0] in names}


def test_a_backup_says_which_parts_it_holds(office: Office, company: Administration) -> None:
    backup = office.proven(company)
    parts = backup.contents[0].parts
    assert [part.name for part in parts] == ["", "2022", "2023", "2024"]
    assert [part.files for part in parts] == [1, 2, 2, 2]
    assert sum(part.size for part in parts) == backup.contents[0].size
    inside = office.engine.look_inside(BackupFile(backup=backup.id))
    assert inside.manifest.administrations[0].content.parts == parts


def test_one_fiscal_year_comes_back_and_the_others_stay(
    office: Office, company: Administration
) -> None:
    backup = office.proven(company)
    before = tree(company.place)
    for year in ("2023", "2024"):
        (company.place / year / "verifikat.dat").write_bytes(b"bokslut sedan dess")
    (company.place / "2023" / "ny.dat").write_bytes(b"new")
    (company.place / "register.dat").write_bytes(b"en kund till")
    (company.place / "2025").mkdir()
    (company.place / "2025" / "verifikat.dat").write_bytes(b"nytt bokslut")
    now = tree(company.place)
    job = restore(office, backup, company, "2023")
    assert job.state is JobState.DONE, job.error
    assert below(company.place, "2023") == {n: d for n, d in before.items() if n[:4] == "2023"}
    others = ("2022", "2024", "2025", "register.dat")
    assert below(company.place, *others) == {n: d for n, d in now.items() if n[:4] != "2023"}


def test_undo_brings_all_back_byte_for_byte(office: Office, company: Administration) -> None:
    backup = office.proven(company)
    (company.place / "2023" / "verifikat.dat").write_bytes(b"bokf\xc3\xb6rt")
    (company.place / "2022" / "verifikat.dat").chmod(0o444)
    os.utime(company.place / "2022" / "verifikat.dat", ns=(10**18, 10**18))
    now = tree(company.place)
    assert restore(office, backup, company, "2023").state is JobState.DONE
    kept = (company.place / "2022" / "verifikat.dat").stat()
    assert (kept.st_mtime_ns, kept.st_mode & 0o777) == (10**18, 0o444)
    assert tree(company.place) != now
    undone = office.engine.run(office.engine.start_undo(company.code).id, SILENT)
    assert undone.state is JobState.DONE, undone.error
    assert tree(company.place) == now


def test_a_year_that_vanished_since_comes_back(office: Office, company: Administration) -> None:
    backup = office.proven(company)
    before = tree(company.place)
    shutil.rmtree(company.place / "2022")
    assert restore(office, backup, company, "2022").state is JobState.DONE
    assert tree(company.place) == before


def test_chosen_years_alone_become_a_new_administration(
    office: Office, company: Administration
) -> None:
    backup = office.proven(company)
    job = restore(office, backup, company, "2022", "2024", new="Två år")
    assert job.state is JobState.DONE, job.error
    place = office.root / "restored" / "Två år"
    assert tree(place) == below(company.place, "2022", "2024")
    assert office.engine.settings().administrations[-1].place == place


def test_years_are_known_whatever_the_case_of_their_letters(office: Office) -> None:
    place = closings(office.root / "koncern" / "Bolaget", ("Bokslut 2023", "Bokslut 2024"))
    company = office.engine.add(place, name="Bolaget", program="visma-koncern")
    backup = office.proven(company)
    (place / "Bokslut 2023").rename(place / "BOKSLUT 2023")
    (place / "BOKSLUT 2023" / "sedan.dat").write_bytes(b"since")
    assert restore(office, backup, company, "bokslut 2023").state is JobState.DONE
    assert sorted(path.name for path in place.iterdir()) == [
        "Bokslut 2023",
        "Bokslut 2024",
        "register.dat",
    ]
    assert not (place / "Bokslut 2023" / "sedan.dat").exists()


def test_the_same_year_of_two_companies_is_two_parts(office: Office) -> None:
    place = office.root / "koncern"
    for name in ("Bageriet", "Åkeriet"):
        closings(place / name, ("2023", "2024"))
    group = office.engine.add(place, name="Koncernen", program="visma-koncern")
    backup = office.proven(group)
    for name in ("Bageriet", "Åkeriet"):
        (place / name / "2024" / "verifikat.dat").write_bytes(b"since")
    assert restore(office, backup, group, "Bageriet/2024").state is JobState.DONE
    assert (place / "Bageriet" / "2024" / "verifikat.dat").read_bytes() != b"since"
    assert (place / "Åkeriet" / "2024" / "verifikat.dat").read_bytes() == b"since"


def test_three_hundred_parts_are_given_back_one_by_one_or_together(office: Office) -> None:
    years = [f"Bolag {n}/2024" for n in range(300)]
    place = office.root / "byrå"
    for year in years:
        (place / year).mkdir(parents=True)
        (place / year / "a.dat").write_bytes(year.encode())
    group = office.engine.add(place, name="Byrån", program="visma-koncern")
    backup = office.proven(group)
    assert len(backup.contents[0].parts) == 300
    for year in years:
        (place / year / "a.dat").write_bytes(b"since")
    assert restore(office, backup, group, *years[:150]).state is JobState.DONE
    left = [year for year in years if (place / year / "a.dat").read_bytes() == b"since"]
    assert left == years[150:]


HOSTILE = ("..", "CON", "a:b", "x" * 90, "<b>2024", "2024 %(name)s", "-rf", "nul.txt", "år ")
MEANING_ELSE = ("books", "Documents", "SHARED")


def test_names_of_parts_are_never_paths(office: Office) -> None:
    profile = 'name = "Odd"\nstorages = ["fileset"]\n[layout]\nyears = ["y-([^/]+)"]\n'
    office.home.programs.mkdir(parents=True, exist_ok=True)
    (office.home.programs / "odd.toml").write_text(profile)
    office.engine.program_guide()
    place = office.root / "odd"
    for name in (*HOSTILE, *MEANING_ELSE):
        (place / f"y-{name}").mkdir(parents=True)
        (place / f"y-{name}" / "a").write_text(name)
    odd = office.engine.add(place, name="Odd", program="odd")
    backup = office.proven(odd)
    names = {part.name for part in backup.contents[0].parts}
    assert names == {"", *HOSTILE} - {"år "}  # what means something else stays with the books
    for name in sorted(names - {""}):
        (place / f"y-{name}" / "a").write_text("since")
    assert restore(office, backup, odd, *sorted(names - {""})).state is JobState.DONE
    for name in sorted(names - {""}):
        assert (place / f"y-{name}" / "a").read_text() == name
    assert sorted(path.name for path in office.root.iterdir() if path.name.startswith("y-")) == []


def test_a_database_of_a_year_comes_without_the_log_that_lies_there(
    office: Office, company: Administration
) -> None:
    for year in ("2023", "2024"):
        make_sqlite_books(company.place / year / "bok.sqlite")
    backup = office.proven(company)
    for year in ("2023", "2024"):
        book(company.place / year / "bok.sqlite", rows=5)
        (company.place / year / "bok.sqlite-journal").write_bytes(b"")
    (company.place / "2023-journal").write_text("no log, only called so")
    assert restore(office, backup, company, "2023").state is JobState.DONE
    assert not (company.place / "2023" / "bok.sqlite-journal").exists()
    assert (company.place / "2024" / "bok.sqlite-journal").exists()
    assert (company.place / "2023-journal").exists()
    assert rows_in(company.place / "2023" / "bok.sqlite") == 120
    assert rows_in(company.place / "2024" / "bok.sqlite") == 125


def test_a_link_among_the_books_is_never_written_through(
    office: Office, company: Administration, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (company.place / "2023").rename(elsewhere)
    (company.place / "2023").symlink_to(elsewhere, target_is_directory=True)
    (company.place / "genväg").symlink_to("2024", target_is_directory=True)
    backup = office.proven(company)
    (elsewhere / "verifikat.dat").write_bytes(b"since")
    assert restore(office, backup, company, "2023").state is JobState.DONE
    assert (elsewhere / "verifikat.dat").read_bytes() == b"since"
    assert (company.place / "2023" / "verifikat.dat").read_bytes() != b"since"
    assert not (company.place / "2023").is_symlink()
    assert (company.place / "genväg").readlink() == Path("2024")


class Writer(Silent):
    """Somebody books while the rest is copied."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.begun = False

    def stage(self, stage: Stage, subject: str = "") -> None:
        self.begun = self.begun or stage is Stage.EXTRACTING

    def check(self) -> None:
        if self.begun:
            self.file.write_bytes(b"booked %d" % time.monotonic_ns())


def test_nothing_is_replaced_when_somebody_books_meanwhile(
    office: Office, company: Administration
) -> None:
    backup = office.proven(company)
    file = company.place / "2024" / "verifikat.dat"
    job = restore(office, backup, company, "2023", progress=Writer(file))
    assert job.error is not None
    assert job.error.code == "restore.moved"
    assert file.read_bytes().startswith(b"booked")
    assert [path.name for path in company.place.parent.iterdir()] == ["Åkeri AB"]


def test_what_becomes_of_each_part_is_said_first(office: Office, company: Administration) -> None:
    backup = office.proven(company)
    (company.place / "2023" / "verifikat.dat").write_bytes(b"since")
    (company.place / "2023" / "ny.dat").write_bytes(b"new")
    shutil.rmtree(company.place / "2022")
    shutil.copytree(company.place / "2024", company.place / "2025")
    asked = request(office, backup, company.code, "2022", "2023")
    plan = office.engine.plan_restore(asked)
    told = {f.name: (bool(f.comes), f.stays, f.there, f.lost) for f in plan.fates}
    assert told == {
        "": (False, True, 1, None),
        "2022": (True, False, 0, 0),
        "2023": (True, False, 3, 2),
        "2024": (False, True, 2, None),
        "2025": (False, True, 2, None),
    }
    assert plan.changed_since
    whole = office.engine.plan_restore(request(office, backup, company.code))
    assert [f.name for f in whole.fates if not f.comes and not f.stays] == ["2025"]


def test_a_database_nobody_wrote_to_is_no_loss(office: Office, company: Administration) -> None:
    make_sqlite_books(company.place / "2023" / "bok.sqlite")
    backup = office.proven(company)
    lost = [f.lost for f in office.engine.plan_restore(request(office, backup, company.code)).fates]
    assert lost == [0, 0, 0, 0]
    book(company.place / "2023" / "bok.sqlite")
    lost = [f.lost for f in office.engine.plan_restore(request(office, backup, company.code)).fates]
    assert lost == [0, 0, 1, 0]


def test_a_part_that_is_not_there_is_told_before_anything_happens(
    office: Office, company: Administration
) -> None:
    backup = office.proven(company)
    with pytest.raises(PartUnknown):
        restore(office, backup, company, "2019")
    asked = request(office, backup, company.code, typed=company.name)
    with pytest.raises(NoPartChosen):
        office.engine.start_restore(replace(asked, parts=()))


@pytest.mark.parametrize(
    ("event", "about"),
    [("shutil.copyfile", "new/2024"), ("os.rename", "/old'"), ("os.rename", "/new'")],
    ids=["while the rest is copied", "before the books move", "between the two moves"],
)
def test_killed_during_a_part_the_books_are_the_old_or_the_new(
    office: Office, company: Administration, event: str, about: str
) -> None:
    backup = office.proven(company)
    (company.place / "2023" / "verifikat.dat").write_bytes(b"since")
    old = tree(company.place)
    office.engine.close()
    program = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, backup.id, company.code, company.name, event, about],
        cwd=Path(__file__).parents[2],
    )
    assert program.wait(timeout=60) == -signal.SIGKILL
    assert company.place.exists() == (about != "/new'")
    office.open()
    now = tree(company.place)
    year = {name: data for name, data in now.items() if name.startswith("2023/")}
    rest = {name: data for name, data in now.items() if not name.startswith("2023/")}
    assert rest == {name: data for name, data in old.items() if not name.startswith("2023/")}
    assert year["2023/verifikat.dat"] in (b"since", b"verifikat 2023\n" * 400)
    assert year.keys() == {name for name in old if name.startswith("2023/")}


# It ends itself, as a power cut would, at one of the calls that change what lies on the disk.
_PROGRAM = """
import os, signal, sys
from bewaar.engine import Engine
from bewaar.model import BackupId, Code
from bewaar.paths import home
from bewaar.progress import SILENT
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from bewaar.secrets import MemorySecrets
from tests.clocks import SetClock

backup, code, name, cut, about = sys.argv[1:]
engine = Engine(home(), clock=SetClock(), secrets=MemorySecrets())
asked = RestoreRequest(file=BackupFile(backup=BackupId(backup)), code=Code(code),
                       mode=RestoreMode.ORIGINAL, typed_name=name, parts=("2023",))
job = engine.start_restore(asked)

def die(event, args):
    if event == cut and ".bewaar-" in str(args) and about in str(args):
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die)
engine.run(job.id, SILENT)
"""
