"""Which files books name that no backup holds: told where it is certain, never guessed."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bewaar.counting.base import Copy
from bewaar.references import Named, named_in
from tests.samples import gnucash_book, gnucash_xml
from tests.scene import Office


def read(rule: str, file: Path) -> Named | None:
    return named_in(rule, Copy(path=file.name, local=file), file)


def link(book: Path, *links: str) -> Path:
    with closing(sqlite3.connect(book)) as database, database:
        database.executemany(
            "INSERT INTO slots (obj_guid, name, slot_type, string_val) VALUES ('x', ?, 4, ?)",
            [("assoc_uri", each) for each in links] + [("notes", "file:///no/link")],
        )
    return book


def linked_xml(file: Path, *links: str, compressed: bool = False) -> Path:
    import gzip

    gnucash_xml(file)
    slots = "".join(
        f'<slot><slot:key>{key}</slot:key><slot:value type="string">{value}</slot:value></slot>'
        for key, value in [*(("assoc_uri", each) for each in links), ("notes", "file:///no/link")]
    )
    text = file.read_text().replace("</gnc:book>", f"<trn:slots>{slots}</trn:slots></gnc:book>")
    file.write_bytes(gzip.compress(text.encode()) if compressed else text.encode())
    return file


LINKS = (
    "file:///srv/scans/rekening%201%20%C3%A9.pdf",
    "/srv/scans/b.pdf",
    "file:///srv/scans/b.pdf",
    "https://example.org/c.pdf",
    "mailto:anna@example.org",
    "scans/relative.pdf",
    "file:also/relative.pdf",
)
NAMED = Named(files=(Path("/srv/scans/b.pdf"), Path("/srv/scans/rekening 1 é.pdf")), unclear=2)


def test_gnucash_names_its_linked_documents(tmp_path: Path) -> None:
    assert read("gnucash", link(gnucash_book(tmp_path / "a.gnucash"), *LINKS)) == NAMED
    assert read("gnucash", linked_xml(tmp_path / "b.gnucash", *LINKS)) == NAMED
    assert read("gnucash", linked_xml(tmp_path / "c.gnucash", *LINKS, compressed=True)) == NAMED


@pytest.mark.parametrize("content", [b"", b"x" * 900, b"<gnc-v2>cut", b"\x1f\x8bnothing"])
@pytest.mark.parametrize("rule", ["gnucash", "money-manager-ex"])
def test_what_cannot_be_read_is_unknown(tmp_path: Path, rule: str, content: bytes) -> None:
    file = tmp_path / "book"
    file.write_bytes(content)
    assert read(rule, file) is None


def money(file: Path, folder: str) -> Path:
    with closing(sqlite3.connect(file)) as book, book:
        book.executescript("""
            CREATE TABLE INFOTABLE_V1 (INFOID INTEGER, INFONAME TEXT, INFOVALUE TEXT);
            CREATE TABLE ATTACHMENT_V1 (ATTACHMENTID INTEGER, REFTYPE TEXT, REFID INTEGER,
                                        DESCRIPTION TEXT, FILENAME TEXT);
            CREATE TABLE ACCOUNTLIST_V1 (id); CREATE TABLE CHECKINGACCOUNT_V1 (id);
            INSERT INTO ATTACHMENT_V1 VALUES (1, 'Transaction', 7, '', 'Transaction_7_Attach1.pdf');
        """)
        names = ("Win", "Mac", "Unix")
        rows = [(f"ATTACHMENTSFOLDER:{name}", folder) for name in names]
        book.executemany("INSERT INTO INFOTABLE_V1 (INFONAME, INFOVALUE) VALUES (?, ?)", rows)
    return file


def test_money_manager_ex_names_its_attachments(tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    file = money(tmp_path / "huis.mmb", str(scans))
    attached = Path("Transaction", "Transaction_7_Attach1.pdf")
    assert read("money-manager-ex", file) == Named(files=(scans / attached,))
    (scans / "MMEX_huis_Attachments").mkdir(parents=True)
    below = scans / "MMEX_huis_Attachments" / attached
    assert read("money-manager-ex", file) == Named(files=(below,))


@pytest.mark.parametrize("folder", ["", "%USERPROFILE%", "relative/folder"])
def test_a_folder_nobody_can_tell_is_not_guessed(tmp_path: Path, folder: str) -> None:
    assert read("money-manager-ex", money(tmp_path / "a.mmb", folder)) == Named(unclear=1)


def test_one_click_keeps_the_folder_too(office: Office) -> None:
    scans = office.root / "scans"
    (scans / "2024").mkdir(parents=True)
    for name in ("a.pdf", "2024/b.pdf"):
        (scans / name).write_bytes(b"%PDF")
    file = gnucash_book(office.root / "huis" / "huis.gnucash")
    files = [scans / "a.pdf", scans / "2024" / "b.pdf", scans / "lost.pdf"]
    link(file, *(each.as_uri() for each in files))
    house = office.engine.add(file)
    told = [note for note in office.back_up(house).notes if note.code == "references.uncovered"]
    assert [note.params for note in told] == [{"name": "huis", "folder": str(scans), "n": 2}]
    outside = office.engine.outside(house.code)
    assert outside is not None
    assert outside.uncovered == ((scans, 2),)
    assert outside.missing == (scans / "lost.pdf",)
    office.engine.add_extra(house.code, scans)
    outside = office.engine.outside(house.code)
    assert outside is not None
    assert (outside.named, outside.uncovered) == (3, ())
    assert office.engine.outside(office.bakery.code) is None


def test_books_that_are_damaged_further_on_are_unknown_too(tmp_path: Path) -> None:
    book = link(gnucash_book(tmp_path / "a.gnucash", transactions=2000), *LINKS)
    data = bytearray(book.read_bytes())
    data[100 : len(data) // 2] = b"x" * (len(data) // 2 - 100)
    book.write_bytes(data)
    assert read("gnucash", book) is None
    assert read("money-manager-ex", book) is None
    packed = linked_xml(tmp_path / "c.gnucash", *LINKS, compressed=True)
    data = bytearray(packed.read_bytes())
    data[20:40] = b"\xff" * 20
    packed.write_bytes(data)
    assert read("gnucash", packed) is None


def test_a_document_on_another_computer_is_not_looked_for_on_this_one(tmp_path: Path) -> None:
    book = link(gnucash_book(tmp_path / "a.gnucash"), "file://server/scans/a.pdf")
    assert read("gnucash", book) == Named(unclear=1)
    book = link(gnucash_book(tmp_path / "b.gnucash"), "file://localhost/scans/a.pdf")
    assert read("gnucash", book) == Named(files=(Path("/scans/a.pdf"),))
