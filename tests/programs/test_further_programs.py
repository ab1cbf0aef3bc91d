"""Server programs and the backup files of others: found for what they are, never for more."""

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bewaar.messages.caveats import CAVEATS as CAVEATS_TOLD
from bewaar.messages.notes import NOTES
from bewaar.messages.programs import CHECKS as CHECKS_TOLD
from bewaar.messages.programs import LIMITS as LIMITS_TOLD
from bewaar.model import Source
from bewaar.programs import ability_of, find, load, name_of, program_for, program_of
from bewaar.programs.codes import CAVEATS, CHECKS, GATES, LIMITS, check_of
from bewaar.storage.kinds import by_kind

PROFILES = load()
BY_ID = {profile.id: profile for profile in PROFILES}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def only(root: Path) -> tuple[str, Path, bool]:
    (each,) = find([root], PROFILES)
    return each.program, each.place, each.sure


def kept_whole(place: Path, to: Path) -> bool:
    """Whether a snapshot of a place holds every file of it, byte for byte."""
    to.mkdir()
    snapshot = by_kind("fileset").snapshot(Source(place=place), to)
    return {f.path: f.local.read_bytes() for f in snapshot.files} == {
        f.relative_to(place).as_posix(): f.read_bytes() for f in place.rglob("*") if f.is_file()
    }


@pytest.mark.parametrize("ending", [".imbck", ".ptb", ".QBB", ".qbb"])
def test_other_programs_backup_files_are_kept_whole(
    ending: str, root: Path, tmp_path: Path
) -> None:
    place = root / "Backups"
    place.mkdir()
    (place / f"Jansen 2026{ending}").write_bytes(b"\0opaque" * 300)
    (place / "log.txt").write_text("ok")
    assert only(root) == ("backup-files", place, True)
    assert kept_whole(place, tmp_path / "copy")


def test_bak_files_are_only_a_guess(root: Path) -> None:
    (root / "sql").mkdir()
    (root / "sql" / "Jansen.bak").write_bytes(b"TAPE" + bytes(600))
    assert only(root) == ("backup-files", root / "sql", False)
    assert program_for(root / "sql", PROFILES).id == "folder"


@pytest.mark.parametrize("name", ["x.imbck", "x.ptb", "x.qbb", "x.bak"])
def test_one_such_file_among_other_things_is_nothing(name: str, root: Path) -> None:
    for each in (name, "brief.docx", "foto.jpg"):
        (root / each).touch()
    assert find([root], PROFILES) == []


def test_a_business_of_manager_is_found_and_its_preferences_are_not(root: Path) -> None:
    for name in ("Bakkerij Jansen.manager", "0" * 32 + ".manager", "iets.db"):
        with closing(sqlite3.connect(root / name)) as book:
            book.execute("CREATE TABLE Objects (Key, Content)")
            book.commit()
    (root / "nep.manager").write_text("no database")
    assert only(root) == ("manager-io", root / "Bakkerij Jansen.manager", True)
    assert program_for(root / "iets.db", PROFILES).id == "sqlite"


TRYTON = """
    CREATE TABLE account_move (id); CREATE TABLE ir_module (id); CREATE TABLE res_user (id);
    CREATE TABLE party_party (id, name); CREATE TABLE company_company (id, party);
    INSERT INTO party_party VALUES (1, 'Klant'), (2, 'Bakkerij Jansen'), (3, 'Jansen Holding');
    INSERT INTO company_company VALUES (1, 2);
"""


def test_tryton_on_sqlite_is_found_and_named_when_it_holds_one_company(root: Path) -> None:
    file = root / "kantoor.sqlite"
    with closing(sqlite3.connect(file)) as book:
        book.executescript(TRYTON)
        assert only(root) == ("tryton", file, True)
        assert name_of(file, BY_ID["tryton"]) == "Bakkerij Jansen"
        book.execute("INSERT INTO company_company VALUES (2, 3)")
        book.commit()
    assert name_of(file, BY_ID["tryton"]) == "kantoor"


def test_odoo_s_attachments_are_found_by_database(root: Path, tmp_path: Path) -> None:
    place = root / "filestore" / "jansen"
    (place / "checklist").mkdir(parents=True)
    (place / "3f").mkdir()
    (place / "3f" / ("3f" + "0" * 38)).write_bytes(b"pdf")
    assert only(root) == ("odoo", place, True)
    assert kept_whole(place, tmp_path / "copy")


def test_git_keeps_such_folders_too_and_is_no_odoo(root: Path) -> None:
    for name in ("3f", "info", "pack"):
        (root / "objects" / name).mkdir(parents=True)
    assert find([root], PROFILES) == []


def test_dolibarr_s_documents_are_found(root: Path) -> None:
    for name in ("facture", "ficheinter", "produit", "propale", "users", "admin"):
        (root / "documents" / name).mkdir(parents=True)
    assert only(root) == ("dolibarr", root / "documents", True)


DUMP = "# MySQL dump of database 'fa'\n# Built by FrontAccounting 2.4.17\n# Company: Jansen & Zn\n"


@pytest.mark.parametrize("packed", [False, True])
def test_a_dump_of_frontaccounting_says_whose_it_is(packed: bool, root: Path) -> None:
    file = root / ("fa_20261120_1200.sql" + (".gz" if packed else ""))
    file.write_bytes(gzip.compress(DUMP.encode()) if packed else DUMP.encode())
    (root / "other.sql").write_text("CREATE TABLE a (b);")
    assert only(root) == ("frontaccounting", file, True)
    assert name_of(file, BY_ID["frontaccounting"]) == "Jansen & Zn"


def test_its_folder_of_dumps_is_only_a_guess(root: Path) -> None:
    place = root / "company" / "0" / "backup"
    place.mkdir(parents=True)
    (place / "fa_20261120_1200.sql.gz").write_bytes(gzip.compress(DUMP.encode()))
    (place / "index.php").touch()
    assert only(root) == ("frontaccounting", place, False)


def test_a_dump_of_ledgersmb_is_only_a_guess(root: Path) -> None:
    (root / "jansen.sqlc").write_bytes(b"PGDMP\x01\x0e\0" + bytes(100))
    (root / "nep.sqlc").write_bytes(b"text")
    assert only(root) == ("ledgersmb", root / "jansen.sqlc", False)


# ── What may be promised ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("id_", ["odoo", "dolibarr", "kivitendo", "tryton"])
def test_of_a_server_s_database_no_more_is_promised_than_is_done(id_: str) -> None:
    ability = ability_of(BY_ID[id_])
    assert {"server.hand", "documents.beside"} <= {*ability.limits}
    assert (ability.while_open, ability.bookings, ability.rows) == (True, True, True)


@pytest.mark.parametrize(
    ("id_", "tables"),
    [
        ("odoo", ["ir_attachment", "ir_module_module", "res_company", "res_partner", "res_users"]),
        ("kivitendo", ["acc_trans", "ap", "ar", "chart", "gl", "oe", "schema_info", "tax_zones"]),
        ("ledgersmb", ["acc_trans", "ap", "ar", "chart", "entity", "entity_credit_account", "gl"]),
        ("frontaccounting", ["0_chart_master", "0_debtor_trans", "0_gl_trans", "0_sys_prefs"]),
        ("gnucash", ["accounts", "books", "gnclock", "splits", "transactions"]),
        ("database", ["accounts", "gl"]),
    ],
)
def test_a_database_s_program_is_told_by_its_tables(id_: str, tables: list[str]) -> None:
    kind = "mariadb" if id_ == "frontaccounting" else "postgresql"
    assert program_of([f"public.{table}" for table in tables], kind, PROFILES) == id_


def test_rows_are_never_called_bookings() -> None:
    counted = {profile.id: ability_of(profile) for profile in PROFILES}
    for id_ in ("accountview", "snelstart", "manager-io"):
        assert (counted[id_].rows, counted[id_].bookings) == (True, False)
    by_files = {profile.id for profile in PROFILES if profile.layout.documents}
    assert {id_ for id_, each in counted.items() if each.documents} - by_files == {
        *("beancount", "dolibarr", "frappe-books", "frontaccounting", "gnucash", "kivitendo"),
        *("money-manager-ex", "tryton"),
    }


def test_only_what_was_tried_with_real_files_is_not_called_untried() -> None:
    tried = {p.id for p in PROFILES if "untried" not in p.limits and not p.general}
    assert tried == {
        *("audit-files", "beancount", "gnucash", "ledger", "money-manager-ex", "tryton"),
    }


def test_every_code_of_a_profile_has_words_and_every_word_a_code() -> None:
    assert {*CAVEATS_TOLD} == CAVEATS
    assert {*CHECKS_TOLD} == CHECKS
    assert {*LIMITS_TOLD} == LIMITS
    assert all(code in NOTES and f"{code}.instead" in NOTES for code in GATES)
    used = {check_of(item)[0] for profile in PROFILES for item in profile.checklist}
    assert used == CHECKS
