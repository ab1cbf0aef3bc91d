"""What a restore leaves to do, kept until it is done; and what is said before it."""

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from bewaar.errors import ChecklistUnknown
from bewaar.model import Administration, Backup, Code, JobState, Note
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from bewaar.restore import RestorePlan
from tests import samples
from tests.scene import Office
from tests.vendorfiles import backups


@pytest.fixture
def handel(office: Office) -> Administration:
    place = office.root / "books" / "SnelStart"
    place.mkdir()
    backups.kept_by_maker(place / "Jansen.ssb", b"old backup")
    return office.engine.add(place, name="Jansen Handel", code=Code("handel"))


def gnucash(office: Office, version: int | None) -> Administration:
    file = samples.gnucash_book(office.root / "books" / "molen.gnucash")
    say(file, version)
    return office.engine.add(file, name="De Molen", code=Code("molen"))


def say(file: Path, version: int | None) -> None:
    with closing(sqlite3.connect(file)) as book:
        book.execute("CREATE TABLE IF NOT EXISTS versions (table_name text, table_version int)")
        book.execute("DELETE FROM versions")
        book.execute("INSERT INTO versions VALUES ('Gnucash', ?)", [version])
        book.commit()


def planned(
    office: Office, backup: Backup, code: str, mode: RestoreMode = RestoreMode.ORIGINAL
) -> RestorePlan:
    into = office.root / "restored"
    into.mkdir(exist_ok=True)
    request = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=Code(code),
        mode=mode,
        new_name="Proef",
        into=into if mode is RestoreMode.NEW else None,
    )
    return office.engine.plan_restore(request)


def warned(plan: RestorePlan, code: str) -> list[Note]:
    return [note for note in plan.warnings if note.code.startswith(code)]


# ── The checklist ───────────────────────────────────────────────────────────────────────────


def restored(office: Office, handel: Administration) -> int:
    backup = office.proven(handel)
    job = office.restore_original(backup, handel.code, typed="Jansen Handel")
    assert job.state is JobState.DONE, job.error
    number = job.result["checklist"]
    assert isinstance(number, int)
    return number


def test_each_bank_has_its_own_way_back(office: Office, handel: Administration) -> None:
    checklist = office.engine.checklist(restored(office, handel))
    banks = {check.named: check.code for check in checklist.checks if check.named}
    assert banks == {
        **dict.fromkeys(("ABN AMRO", "Knab"), "bank.relink"),
        **dict.fromkeys(("ING", "Triodos", "Rabobank"), "bank.apply"),
    }
    assert {"rights", "api", "mailbox"} <= {check.code for check in checklist.checks}
    assert checklist.left == len(checklist.checks)


def test_what_will_be_left_to_do_is_said_before(office: Office, handel: Administration) -> None:
    plan = planned(office, office.proven(handel), "handel")
    assert "mailbox" in [check.code for check in plan.afterwards]
    assert office.engine.open_checklists(handel.code) == ()


def test_ticks_outlast_a_restart_and_a_done_list_is_no_longer_open(
    office: Office, handel: Administration
) -> None:
    number = restored(office, handel)
    first = office.engine.tick_checklist(number, {0, 2}).checks[0].done_at
    office.clock.move(minutes=5)
    engine = office.reopen()
    (found,) = engine.open_checklists(handel.code)
    assert [place for place, each in enumerate(found.checks) if each.done_at] == [0, 2]
    again = engine.tick_checklist(number, {0, 1})
    assert [place for place, each in enumerate(again.checks) if each.done_at] == [0, 1]
    assert again.checks[0].done_at == first
    engine.tick_checklist(number, set(range(len(again.checks))))
    assert engine.open_checklists(handel.code) == ()
    assert engine.checklist(number).left == 0


def test_a_list_that_is_put_away_stays_away(office: Office, handel: Administration) -> None:
    number = restored(office, handel)
    office.engine.put_away_checklist(number)
    office.engine.tick_checklist(number, {0})
    assert office.engine.open_checklists(handel.code) == ()


def test_an_undone_restore_leaves_nothing_to_do(office: Office, handel: Administration) -> None:
    earlier = restored(office, handel)
    backups.kept_by_maker(handel.place / "Jansen.ssb", b"newer")
    later = restored(office, handel)
    assert [each.number for each in office.engine.open_checklists(handel.code)] == [later, earlier]
    assert office.finish(office.engine.start_undo(handel.code)).state is JobState.DONE
    assert [each.number for each in office.engine.open_checklists(handel.code)] == [earlier]


def test_a_new_administration_has_the_list_not_the_old_one(
    office: Office, handel: Administration
) -> None:
    job = office.restore_new(office.proven(handel), handel.code, "Proef")
    new = Code(str(job.result["code"]))
    assert office.engine.open_checklists(handel.code) == ()
    assert len(office.engine.open_checklists(new)) == 1
    office.engine.forget(new)
    with pytest.raises(ChecklistUnknown):
        office.engine.checklist(int(str(job.result["checklist"])))


def test_a_folder_of_no_program_leaves_nothing_to_do(office: Office) -> None:
    job = office.restore_new(office.proven(office.holding), office.holding.code, "Proef")
    assert job.state is JobState.DONE
    assert job.result["checklist"] is None


def test_a_failed_restore_leaves_no_list(office: Office, handel: Administration) -> None:
    backup = office.proven(handel)
    file = office.stick.folder / backup.file
    data = bytearray(file.read_bytes())
    data[data.index(b"old backup")] ^= 1
    file.write_bytes(data)
    job = office.restore_original(backup, handel.code, typed="Jansen Handel")
    assert job.state is JobState.FAILED
    assert office.engine.open_checklists(handel.code) == ()


# ── The gate ────────────────────────────────────────────────────────────────────────────────


def test_an_ssb_file_is_said_to_be_too_old_before_anything_happens(
    office: Office, handel: Administration
) -> None:
    (note,) = warned(planned(office, office.proven(handel), "handel"), "gate.")
    assert (note.code, note.params["file"]) == ("gate.ssb", "Jansen.ssb")
    assert office.engine.open_checklists(handel.code) == ()


def test_the_mdb_beside_it_is_offered(office: Office, handel: Administration) -> None:
    book = b"\0\1\0\0Standard Jet DB\0\1" + bytes(3000)
    backups.kept_by_maker(handel.place / "Jansen.mdb", book)
    plan = planned(office, office.proven(handel), "handel", RestoreMode.NEW)
    (note,) = warned(plan, "gate.")
    assert note.code == "gate.ssb.instead"
    assert dict(note.params) == {"file": "Jansen.ssb", "instead": "Jansen.mdb"}


def test_a_bacpac_meets_no_gate(office: Office, handel: Administration) -> None:
    (handel.place / "Jansen.ssb").unlink()
    backups.aged(backups.bacpac(handel.place / "Jansen.bacpac"))
    assert warned(planned(office, office.proven(handel), "handel"), "gate.") == []


# ── Versions ────────────────────────────────────────────────────────────────────────────────


def test_books_of_a_newer_program_are_told_before_anything_happens(office: Office) -> None:
    molen = gnucash(office, 5_000_012)
    backup = office.proven(molen)
    say(molen.place, 4_000_005)
    (beside,) = warned(planned(office, backup, "molen", RestoreMode.NEW), "version.")
    (note,) = warned(planned(office, backup, "molen"), "version.")
    assert beside == note
    assert (note.params["then"], note.params["now"]) == ("5000012", "4000005")
    assert note.params["program"] == "GnuCash"


@pytest.mark.parametrize(("then", "now"), [(4_000_005, 5_000_012), (None, 5), (5_000_012, None)])
def test_older_equal_and_unknown_versions_are_no_reason_to_warn(
    then: int | None, now: int | None, office: Office
) -> None:
    molen = gnucash(office, then)
    backup = office.proven(molen)
    assert backup.contents[0].program_version == (str(then) if then else "")
    say(molen.place, now)
    assert warned(planned(office, backup, "molen"), "version.") == []


def test_books_that_are_gone_are_compared_with_nothing(office: Office) -> None:
    molen = gnucash(office, 5_000_012)
    backup = office.proven(molen)
    molen.place.unlink()
    assert warned(planned(office, backup, "molen"), "version.") == []


def test_the_version_stands_in_the_backup_and_the_format_stays_1(office: Office) -> None:
    backup = office.proven(gnucash(office, 5_000_012))
    with zipfile.ZipFile(office.stick.folder / backup.file) as archive:
        manifest = json.loads(archive.read("bewaar-manifest.json"))
    assert manifest["format"] == 1
    assert manifest["administrations"][0]["program_version"] == "5000012"
    sidecar = json.loads((office.stick.folder / f"{backup.file}.info.json").read_text())
    assert sidecar["contents"][0]["program_version"] == "5000012"
