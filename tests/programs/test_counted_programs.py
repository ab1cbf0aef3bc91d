"""The programs whose books can be counted: found, named, copied and counted by their profile."""

from pathlib import Path

import pytest

from bewaar.counting import BY_FILES
from bewaar.model import Layout, Openness, Source
from bewaar.programs import Profile, find, load, program_for
from bewaar.storage.kinds import by_kind
from tests.counting.books import SCRIPTS, TEXTS, specimen, sqlite, text
from tests.samples import dbf

PROFILES = {profile.id: profile for profile in load()}


def layout(program: str) -> Layout:
    return PROFILES[program].layout


def write(rule: str, folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    return specimen(rule, folder).rename(folder / name)


FRAPPE = (
    SCRIPTS["frappe-books.rows"][1]
    + ";CREATE TABLE Account (name);"
    + "CREATE TABLE SingleValue (fieldname, value);"
    + "INSERT INTO SingleValue VALUES ('companyName', 'Bakkerij Jansen');"
)
KMYMONEY = (
    SCRIPTS["kmymoney.sqlite"][1] + ";CREATE TABLE kmmAccounts (id); CREATE TABLE kmmFileInfo (id);"
)
MMEX = (
    SCRIPTS["money-manager-ex.rows"][1]
    + ";CREATE TABLE ACCOUNTLIST_V1 (id); CREATE TABLE INFOTABLE_V1 (id);"
)


@pytest.mark.parametrize(
    ("program", "file", "content", "storage", "called"),
    [
        ("frappe-books", "j.books.db", FRAPPE, "sqlite", "Bakkerij Jansen"),
        ("grisbi", "Kas.gsb", TEXTS["grisbi.xml"][1], "fileset", "Kas"),
        ("homebank", "Kas.xhb", TEXTS["homebank.xml"][1], "fileset", "Kas"),
        ("kmymoney", "Kas.kmy", KMYMONEY, "sqlite", "Kas"),
        ("kmymoney", "Kas.kmy", TEXTS["kmymoney.xml"][1], "fileset", "Kas"),
        ("money-manager-ex", "Kas.mmb", MMEX, "sqlite", "Kas"),
        ("audit-files", "boek.se", TEXTS["sie.vouchers"][1], "fileset", "boek"),
        ("audit-files", "boek.xaf", TEXTS["xaf.transactions"][1], "fileset", "boek"),
        ("audit-files", "boek.xml", TEXTS["saft.transactions"][1], "fileset", "boek"),
    ],
)
def test_a_book_in_one_file_is_found_named_copied_and_counted(
    program: str, file: str, content: str, storage: str, called: str, tmp_path: Path
) -> None:
    books = tmp_path / "books"
    books.mkdir()
    (books / "other.bin").touch()  # else a folder of nothing but audit files is one administration
    place = (text if storage == "fileset" else sqlite)(books / file, content)
    (found,) = find([books], tuple(PROFILES.values()))
    assert (found.program, found.place, found.name) == (program, place, called)
    assert (found.storage, found.sure) == (storage, True)
    assert program_for(place, tuple(PROFILES.values())).id == program
    assert counted(program, place, storage, tmp_path) == 1


@pytest.mark.parametrize(
    ("program", "rule", "name", "sure"),
    [
        ("audit-files", "sie.vouchers", "2026.SE", False),
        ("audit-files", "xaf.transactions", "2026.xaf", False),
        ("audit-files", "datev.rows", "EXTF_Buchungsstapel.csv", True),
        ("beancount", "beancount.directives", "main.beancount", True),
        ("ledger", "ledger.directives", "main.journal", False),
        ("ledger", "ledger.directives", "main.ledger", True),
    ],
)
def test_books_that_are_a_folder_are_found_copied_and_counted(
    program: str, rule: str, name: str, sure: bool, tmp_path: Path
) -> None:
    folder = write(rule, tmp_path / "books", name).parent
    (found,) = find([folder], tuple(PROFILES.values()))
    assert (found.program, found.place, found.sure) == (program, folder, sure)
    assert counted(program, folder, "fileset", tmp_path) == 1


def test_tables_for_auditors_are_known_by_their_index(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "gdpdu-01-09-2004.dtd").touch()
    (folder / "konten.csv").write_bytes(b"1;2\r\n3;4\r\n")
    text(
        folder / "index.xml",
        "<DataSet><Media><Table><URL>konten.csv</URL><Name>Konten</Name></Table></Media></DataSet>",
    )
    (found,) = find([folder], tuple(PROFILES.values()))
    assert (found.program, found.sure) == ("audit-files", True)
    source = Source(place=folder, layout=layout("audit-files"))
    (tmp_path / "copy").mkdir()
    counts = by_kind("fileset").snapshot(source, tmp_path / "copy").counts
    assert (counts.transactions, dict(counts.tables)) == (None, {"konten.csv/Konten": 2})


@pytest.mark.parametrize("program", ["accountview", "folder"])
def test_rows_of_tables_are_known_without_their_program(program: str, tmp_path: Path) -> None:
    dbf(tmp_path / "books" / "KLANTEN.DBF", rows=12)
    source = Source(place=tmp_path / "books", layout=layout(program))
    (tmp_path / "copy").mkdir()
    counts = by_kind("fileset").snapshot(source, tmp_path / "copy").counts
    assert (counts.rule, dict(counts.tables)) == ("dbf.rows", {"KLANTEN.DBF": 12})


def test_grisbi_s_lock_is_evidence_though_a_crash_leaves_it_too(tmp_path: Path) -> None:
    place = write("grisbi.xml", tmp_path, "Kas.gsb")
    (tmp_path / ".Kas.gsb.lock").touch()
    state = by_kind("fileset").is_open(Source(place=place, layout=layout("grisbi")))
    assert state.openness is not Openness.CLOSED
    assert state.evidence == (".Kas.gsb.lock",)


@pytest.mark.parametrize(
    "profile", [each for each in PROFILES.values() if each.layout.count], ids=lambda p: p.id
)
def test_documents_are_never_counted_as_books(profile: Profile, tmp_path: Path) -> None:
    documents = Layout(documents=("**",), count=profile.layout.count)
    for rule in (rule for rule in profile.layout.count if rule in {*TEXTS, *SCRIPTS, "dbf.rows"}):
        books = tmp_path / rule
        books.mkdir()
        specimen(rule, books)
        (tmp_path / f"{rule} copy").mkdir()
        source = Source(place=books, layout=documents)
        counts = by_kind("fileset").snapshot(source, tmp_path / f"{rule} copy").counts
        assert (counts.transactions, counts.rule) == (None, BY_FILES)


def test_a_database_whose_damage_is_no_text_is_passed_over(tmp_path: Path) -> None:
    file = sqlite(tmp_path / "a.sqlite", "CREATE TABLE first (a); CREATE TABLE second (a)")
    data = file.read_bytes().replace(b"CREATE TABLE second", b"CREATE TABLE se\xb2 nd")
    file.write_bytes(data.replace(b"second", b"se\xb2ond"))
    assert find([tmp_path], tuple(PROFILES.values())) == []


def counted(program: str, place: Path, storage: str, tmp_path: Path) -> int | None:
    source = Source(place=place, layout=layout(program))
    copy = tmp_path / "copy"
    copy.mkdir()
    return by_kind(storage).snapshot(source, copy).counts.transactions
