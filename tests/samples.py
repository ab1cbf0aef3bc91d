"""Books for tests: small, real, made on the spot; and the public samples where they are at hand.

Everything is deterministic: the same arguments give the same content.
"""

import gzip
import hashlib
import os
import random
import sqlite3
import struct
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared" / "samples"

needs_samples = pytest.mark.skipif(not SHARED.is_dir(), reason="the public samples are not here")

# ── GnuCash ─────────────────────────────────────────────────────────────────────────────────

_SCHEMA = """
    CREATE TABLE gnclock (hostname varchar(255), pid int);
    CREATE TABLE books (guid text PRIMARY KEY NOT NULL, root_account_guid text NOT NULL,
                        root_template_guid text NOT NULL);
    CREATE TABLE accounts (guid text PRIMARY KEY NOT NULL, name text NOT NULL, parent_guid text);
    CREATE TABLE transactions (guid text PRIMARY KEY NOT NULL, num text NOT NULL,
                               post_date text, description text);
    CREATE TABLE splits (guid text PRIMARY KEY NOT NULL,
                         tx_guid text NOT NULL REFERENCES transactions (guid),
                         account_guid text NOT NULL REFERENCES accounts (guid),
                         memo text NOT NULL, value_num bigint NOT NULL);
    CREATE INDEX splits_tx ON splits (tx_guid);
    CREATE TABLE slots (id integer PRIMARY KEY, obj_guid text NOT NULL, name text NOT NULL,
                        slot_type integer NOT NULL, string_val text);
"""
_NAMES = ("Bank", "Kas", "Debiteuren", "Créditeuren", "Omzet", "Löhne", "Avgifter")


def gnucash_book(
    file: Path, *, transactions: int = 120, company: str = "", journal: str = "delete"
) -> Path:
    """Write a GnuCash-like SQLite book: each transaction has two splits that are together zero."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file, isolation_level=None)) as book:
        book.execute(f"PRAGMA journal_mode={journal}")
        book.executescript(_SCHEMA)
        book.execute("BEGIN")
        book.execute("INSERT INTO books VALUES (?, ?, ?)", [_guid("b"), _guid("r"), _guid("t")])
        accounts = [(_guid(name), name, _guid("r")) for name in _NAMES]
        book.executemany("INSERT INTO accounts VALUES (?, ?, ?)", accounts)
        if company:
            slot = (_guid("b"), "options/Business/Company Name", 4, company)
            book.execute(
                "INSERT INTO slots (obj_guid, name, slot_type, string_val) VALUES (?, ?, ?, ?)",
                slot,
            )
        enter(book, range(transactions))
        book.execute("COMMIT")
    return file


def enter(book: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Enter transactions into an open book."""
    for number in numbers:
        guid = _guid(f"transaction {number}")
        book.execute(
            "INSERT INTO transactions VALUES (?, ?, '2026-11-20 10:59:00', ?)",
            [guid, str(number), f"Factuur {number} café"],
        )
        for side, sign in enumerate((1, -1)):
            account = _guid(_NAMES[(number + side) % len(_NAMES)])
            values = [_guid(f"split {number} {side}"), guid, account, "", sign * number * 100]
            book.execute("INSERT INTO splits VALUES (?, ?, ?, ?, ?)", values)


def gnucash_xml(
    file: Path, *, transactions: int = 20, company: str = "", compressed: bool = False
) -> Path:
    """Write a GnuCash-like XML book."""
    file.parent.mkdir(parents=True, exist_ok=True)
    slot = (
        "<slot><slot:key>Company Name</slot:key>\n"
        f'  <slot:value type="string">{company}</slot:value></slot>\n'
    )
    entered = "".join(
        f'<gnc:transaction version="2.0.0"><trn:id type="guid">{_guid(str(number))}</trn:id>'
        "</gnc:transaction>\n"
        for number in range(transactions)
    )
    text = (
        '<?xml version="1.0" encoding="utf-8" ?>\n'
        '<gnc-v2\n     xmlns:gnc="http://www.gnucash.org/XML/gnc">\n'
        '<gnc:book version="2.0.0">\n'
        f"<book:slots>{slot if company else ''}</book:slots>\n"
        f'<gnc:count-data cd:type="transaction">{transactions}</gnc:count-data>\n'
        f"{entered}</gnc:book>\n</gnc-v2>\n"
    )
    data = text.encode()
    file.write_bytes(gzip.compress(data, mtime=0) if compressed else data)
    return file


def _guid(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


# ── Files ───────────────────────────────────────────────────────────────────────────────────


def dbf(file: Path, *, rows: int = 50) -> Path:
    """Write a FoxPro table with one text and one amount."""
    file.parent.mkdir(parents=True, exist_ok=True)
    columns = (("NAME", b"C", 20, 0), ("AMOUNT", b"N", 12, 2))
    length = 1 + sum(width for _, _, width, _ in columns)
    header = struct.pack("<4BIHH20x", 0x30, 26, 11, 20, rows, 32 + 32 * len(columns) + 1, length)
    for name, kind, width, decimals in columns:
        header += struct.pack("<11sc4xBB14x", name.encode(), kind, width, decimals)
    body = b"".join(
        b" " + f"klant {number:04}".ljust(20).encode() + f"{number * 1.25:12.2f}".encode()
        for number in range(rows)
    )
    file.write_bytes(header + b"\r" + body + b"\x1a")
    return file


def document(file: Path, *, size: int = 4000) -> Path:
    """Write something that looks like a PDF and does not compress."""
    file.parent.mkdir(parents=True, exist_ok=True)
    noise = random.Random(file.name).randbytes(size)
    file.write_bytes(b"%PDF-1.4\n" + noise + b"\n%%EOF\n")
    return file


def dbf_folder(folder: Path, *, tables: int = 4, documents: int = 3) -> Path:
    """Write the folder of a FoxPro program: tables, an index, a container, documents."""
    for number in range(tables):
        dbf(folder / f"TABEL{number}.DBF", rows=20 + 10 * number)
    (folder / "BOOKS.DBC").write_bytes(b"\x30container")
    (folder / "TABEL0.CDX").write_bytes(bytes(512) + b"index")
    for number in range(documents):
        document(folder / "documenten" / f"factuur {number} é.pdf")
    (folder / "leeg").mkdir()
    return folder


# ── What lies somewhere ─────────────────────────────────────────────────────────────────────


def lying(place: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return everything at and below a place: kind and rights, time of last change, content."""
    found = {}
    for path in [place, *sorted(place.rglob("*"))]:
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        if path.is_symlink():
            content = os.fsencode(path.readlink())
        found[str(path)] = (status.st_mode, status.st_mtime_ns, content)
    return found


def dump(file: Path) -> list[str]:
    """Return a SQLite database as the statements that make it again."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as database:
        return list(database.iterdump())


# ── Parts ───────────────────────────────────────────────────────────────────────────────────


def closings(folder: Path, years: Sequence[str] = ("2022", "2023", "2024")) -> Path:
    """Write a company as Visma Koncern may keep it: a folder for each closing, and what is shared.

    The same file names lie in every year.
    """
    for year in years:
        (folder / year / "bilagor").mkdir(parents=True)
        (folder / year / "tom").mkdir()
        (folder / year / "verifikat.dat").write_bytes(f"verifikat {year}\n".encode() * 400)
        (folder / year / "bilagor" / "faktura 1 å.txt").write_text(f"faktura {year}")
    (folder / "register.dat").write_bytes(b"kunder\n" * 300)
    return folder
