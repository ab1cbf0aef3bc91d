"""Books are found where they lie, once, by the right name; and nothing else is."""

import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from bewaar.errors import Cancelled, ProgramUnknown
from bewaar.model import Source
from bewaar.programs import Found, find, load, name_of, program_for
from bewaar.progress import Silent
from bewaar.storage.kinds import by_kind
from tests import samples, writers
from tests.rights import as_anyone

PROFILES = load()
STAMP = "20260102030405"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def found(*roots: Path) -> list[tuple[str, str, str]]:
    return [(each.program, each.place.name, each.name) for each in find(roots, PROFILES)]


def only(root: Path) -> Found:
    (each,) = find([root], PROFILES)
    return each


def profile(id_: str) -> object:
    return next(each for each in PROFILES if each.id == id_)


# ── GnuCash ─────────────────────────────────────────────────────────────────────────────────


def test_gnucash_books_are_found_by_their_content_and_named_by_their_company(root: Path) -> None:
    samples.gnucash_book(root / "a" / "een.gnucash", company="Bakkerij Jansen & Zn")
    samples.gnucash_xml(root / "b" / "twee.gnucash", company="Müller &amp; Söhne")
    samples.gnucash_xml(root / "b" / "drie.gnucash", company="Åkeriet", compressed=True)
    samples.gnucash_xml(root / "vier.gnucash")
    (root / "geen.gnucash").write_text("<html>no book</html>")
    (root / "leeg.gnucash").touch()
    assert sorted(found(root)) == [
        ("gnucash", "drie.gnucash", "Åkeriet"),
        ("gnucash", "een.gnucash", "Bakkerij Jansen & Zn"),
        ("gnucash", "twee.gnucash", "Müller & Söhne"),
        ("gnucash", "vier.gnucash", "vier"),
    ]


def test_gnucash_s_own_backups_logs_and_locks_are_no_administrations(root: Path) -> None:
    book = samples.gnucash_xml(root / "boek.gnucash")
    samples.gnucash_xml(root / f"boek.gnucash.{STAMP}.gnucash")
    for ending in (f".{STAMP}.log", ".LCK", ".tmp-a1B2c3"):
        (root / f"boek.gnucash{ending}").write_bytes(book.read_bytes())
    assert [name for _, name, _ in found(root)] == ["boek.gnucash"]


def test_in_a_folder_of_gnucash_books_its_own_backups_stay_behind(
    root: Path, tmp_path: Path
) -> None:
    samples.gnucash_xml(root / "boek.gnucash")
    samples.gnucash_xml(root / f"boek.gnucash.{STAMP}.gnucash")
    for ending in (f".{STAMP}.log", ".LCK", ".tmp-a1B2c3"):
        (root / f"boek.gnucash{ending}").touch()
    layout = next(each.layout for each in PROFILES if each.id == "gnucash")
    (tmp_path / "to").mkdir()
    snapshot = by_kind("fileset").snapshot(Source(place=root, layout=layout), tmp_path / "to")
    assert [file.path for file in snapshot.files] == ["boek.gnucash"]


def test_a_book_in_use_or_left_by_a_crash_is_found_and_not_written(root: Path) -> None:
    samples.gnucash_book(root / "dicht.gnucash", journal="wal", company="Dicht BV")
    book = samples.gnucash_book(root / "open.gnucash")
    with writers.having_open(book):
        assert len(list(root.iterdir())) == 4
        before = samples.lying(root)
        assert [name for _, _, name in found(root)] == ["Dicht BV", "open"]
        assert samples.lying(root) == before


@samples.needs_samples
def test_every_public_gnucash_book_is_found_and_can_be_copied(tmp_path: Path) -> None:
    books = sorted(samples.SHARED.rglob("*.gnucash"))
    places = {each.place: each for each in find([samples.SHARED], PROFILES)}
    assert books
    for number, book in enumerate(books):
        each = places[book]
        assert each.program == "gnucash"
        assert each.sure
        assert program_for(book, PROFILES).id == "gnucash"
        to = tmp_path / str(number)
        to.mkdir()
        snapshot = by_kind(each.storage).snapshot(Source(place=book), to)
        (copy,) = snapshot.files
        if copy.database:
            assert samples.dump(copy.local) == samples.dump(book)
            assert snapshot.counts.tables[f"{book.name}/transactions"] >= 0
        else:
            assert copy.local.read_bytes() == book.read_bytes()


# ── The five programs ───────────────────────────────────────────────────────────────────────


def test_a_folder_of_saved_companies_is_found_as_one(root: Path) -> None:
    place = root / "Säkerhetskopior"
    place.mkdir()
    (place / "Visma Koncern 2026-11-20.pbu").write_bytes(b"pbu")
    (place / "Visma Koncern 2026-11-13.pbu").write_bytes(b"pbu")
    (place / "desktop.ini").touch()
    assert found(root) == [("visma-koncern", "Säkerhetskopior", "Säkerhetskopior")]


def test_pairs_of_the_german_erp_are_found_together_and_not_as_zips_alone(root: Path) -> None:
    for name in ("Mandant 1.zip", "Mandant 1.ztx", "Mandant 2.ZIP", "mandant 2.ZTX"):
        (root / "Sicherung").mkdir(exist_ok=True)
        (root / "Sicherung" / name).write_bytes(b"x")
    (root / "Fotos").mkdir()
    (root / "Fotos" / "urlaub.zip").touch()
    assert found(root) == [("erp-zip-ztx", "Sicherung", "Sicherung")]
    layout = program_for(root / "Sicherung", PROFILES).layout
    assert layout.pairs == ((".zip", ".ztx"),)


@pytest.mark.parametrize("inside", [("admins", "system"), ("Admins", "SYSTEM", "andere")])
def test_a_backup_folder_of_accountview_is_found_by_its_two_folders(
    root: Path, inside: tuple[str, ...]
) -> None:
    for name in inside:
        (root / "AV" / name).mkdir(parents=True)
    each = only(root)
    assert (each.program, each.place, each.sure) == ("accountview", root / "AV", True)


def test_saved_administrations_of_accountview_are_found(root: Path) -> None:
    (root / "av").mkdir()
    (root / "av" / "Admba001.bck").touch()
    assert only(root).program == "accountview"


def test_a_foxpro_folder_is_only_a_guess(root: Path) -> None:
    place = samples.dbf_folder(root / "Boeken")
    assert (only(root).sure, only(root).storage) == (False, "dbf")
    assert program_for(place, PROFILES).id == "dbf"


def test_an_access_book_is_only_a_guess(root: Path) -> None:
    (root / "oud.mdb").write_bytes(b"\0\1\0\0Standard Jet DB\0" + bytes(4000))
    (root / "nep.mdb").write_bytes(b"no database")
    each = only(root)
    assert (each.program, each.place.name, each.sure) == ("snelstart", "oud.mdb", False)
    assert each.storage == "access"
    assert program_for(root / "oud.mdb", PROFILES).id == "access"


def test_saved_administrations_of_snelstart_are_found(root: Path) -> None:
    (root / "ss").mkdir()
    (root / "ss" / "Jansen.ssb").touch()
    (root / "ss" / "Jansen.bacpac").touch()
    assert (only(root).program, only(root).sure) == ("snelstart", True)


def test_exact_s_files_give_their_administration_s_name(root: Path) -> None:
    (root / "ebu").mkdir()
    (root / "ebu" / "20261120-427-SQL2008-Jansen Holding.ebu").touch()
    (root / "ebu" / "20261113-426-SQL2008-Jansen Holding.ebu").touch()
    assert found(root) == [("exact-globe", "ebu", "Jansen Holding")]
    (root / "ebu" / "20261113-426-SQL2008-Bakkerij.ebu").touch()
    assert found(root) == [("exact-globe", "ebu", "ebu")]


@pytest.mark.parametrize("name", ["x.pbu", "x.ztx", "Admba1.bck", "x.ssb", "x.bacpac"])
def test_one_stray_file_does_not_make_a_folder_of_other_things_an_administration(
    root: Path, name: str
) -> None:
    (root / "Allerlei").mkdir()
    for each in (name, "x.zip", "brief.docx", "foto.jpg"):
        (root / "Allerlei" / each).touch()
    assert found(root) == []


def test_a_person_s_own_folders_are_never_one_administration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for folder in (tmp_path, tmp_path / "Documents", tmp_path / "Downloads"):
        folder.mkdir(exist_ok=True)
        (folder / "a.pbu").touch()
    assert found() == []


# ── The search ──────────────────────────────────────────────────────────────────────────────


def test_what_can_be_reached_twice_is_found_once(root: Path, tmp_path: Path) -> None:
    book = samples.gnucash_book(root / "sub" / "boek.gnucash")
    (tmp_path / "link").symlink_to(root)
    (root / "hier.gnucash").symlink_to(book)
    assert [name for _, name, _ in found(root, root / "sub", tmp_path / "link")] == ["boek.gnucash"]


def test_links_are_not_followed_out(root: Path, tmp_path: Path) -> None:
    samples.gnucash_book(tmp_path / "elders" / "boek.gnucash")
    (root / "elders").symlink_to(tmp_path / "elders")
    (root / "rond").symlink_to(root)
    assert found(root) == []


@pytest.mark.parametrize(
    "folder", [".verborgen", "node_modules", "AppData", "Program Files (x86)", "$Recycle.Bin"]
)
def test_hidden_and_system_folders_are_left_alone_unless_named(root: Path, folder: str) -> None:
    samples.gnucash_book(root / folder / "boek.gnucash")
    assert found(root) == []
    assert len(found(root / folder)) == 1


def test_what_lies_too_deep_is_not_looked_for(root: Path) -> None:
    samples.gnucash_book(root.joinpath(*"123456") / "boek.gnucash")
    samples.gnucash_book(root.joinpath(*"abcdefg") / "te diep.gnucash")
    assert [name for _, name, _ in found(root)] == ["boek.gnucash"]


def test_the_search_ends_in_time(root: Path) -> None:
    for number in range(300):
        (root / f"{number}" / "x").mkdir(parents=True)
    started = time.monotonic()
    assert find([root], PROFILES, seconds=0.01) == []
    assert time.monotonic() - started < 5


@dataclass
class Stopping(Silent):
    looks: int = 3

    def check(self) -> None:
        self.looks -= 1
        if self.looks < 0:
            raise Cancelled


def test_the_search_stops_when_asked(root: Path) -> None:
    for number in range(10):
        (root / f"{number}").mkdir()
    with pytest.raises(Cancelled):
        find([root], PROFILES, progress=Stopping())


def test_what_cannot_be_read_is_passed_over(root: Path) -> None:
    samples.gnucash_book(root / "dicht" / "boek.gnucash").chmod(0)
    samples.gnucash_book(root / "open.gnucash")
    (root / "map").mkdir(0)
    with as_anyone():
        assert [name for _, name, _ in found(root)] == ["open.gnucash"]


def test_a_root_that_is_not_there_finds_nothing(root: Path) -> None:
    assert found(root / "weg") == []


def test_a_place_that_is_no_text_is_passed_over(root: Path) -> None:
    odd = samples.gnucash_book(root / os.fsdecode(b"caf\xe9.gnucash"))
    samples.gnucash_book(root / "café.gnucash")
    assert only(root).place.name == "café.gnucash"
    assert name_of(odd, program_for(odd, PROFILES)) == "caf\\xe9"


# ── One place ───────────────────────────────────────────────────────────────────────────────


def test_a_renamed_book_is_still_known_by_its_content(root: Path) -> None:
    book = samples.gnucash_book(root / "boekhouding 2026.db", company="Jansen")
    program = program_for(book, PROFILES)
    assert program.id == "gnucash"
    assert name_of(book, program) == "Jansen"


@pytest.mark.parametrize("prefix", ["", "n1:", "nl:"])
@pytest.mark.parametrize(("name", "root_name"), [("a.xml", "AuditFile"), ("a.xaf", "auditfile")])
def test_audit_files_are_known_with_any_prefix(
    prefix: str, name: str, root_name: str, root: Path
) -> None:
    content = f'<?xml version="1.0"?>\n<{prefix}{root_name} xmlns:n1="urn:x"/>'
    (root / name).write_text(content)
    assert program_for(root / name, PROFILES).id == "audit-files"


def test_what_no_program_knows_is_a_database_a_file_or_a_folder(root: Path) -> None:
    book = sqlite3.connect(root / "iets.dat")
    book.execute("CREATE TABLE t (x)")
    book.close()
    (root / "tekst.txt").write_text("2026-11-20 * betaling")
    assert program_for(root / "iets.dat", PROFILES).id == "sqlite"
    assert program_for(root / "tekst.txt", PROFILES).id == "folder"
    assert program_for(root, PROFILES).id == "folder"


def test_what_is_not_there_is_no_program_s(root: Path) -> None:
    with pytest.raises(ProgramUnknown):
        program_for(root / "weg", PROFILES)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.timeout(60)  # it waited for ever
def test_a_pipe_is_no_program_s(root: Path) -> None:
    os.mkfifo(root / "a.gnucash")
    with pytest.raises(ProgramUnknown):
        program_for(root / "a.gnucash", PROFILES)


def test_a_name_is_never_empty_nor_endless(root: Path) -> None:
    gnucash = program_for(samples.gnucash_book(root / "x.gnucash", company="n" * 500), PROFILES)
    assert len(name_of(root / "x.gnucash", gnucash)) == 120
    blank = samples.gnucash_book(root / "boek.gnucash", company="   ")
    assert name_of(blank, gnucash) == "boek"
    assert name_of(Path("/"), program_for(root, PROFILES)) == "/"
