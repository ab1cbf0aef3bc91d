"""GnuCash books, as SQLite and as XML, in the tables and elements that GnuCash reads."""

import gzip
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from xml.sax.saxutils import escape

from bewaar.demo.bookings import ACCOUNTS, Booking, guid

_VERSIONS = {
    "Gnucash": 4001200,
    "Gnucash-Resave": 19920,
    "accounts": 1,
    "books": 1,
    "commodities": 1,
    "slots": 4,
    "splits": 5,
    "transactions": 4,
}
_SCHEMA = """
CREATE TABLE gnclock (hostname varchar(255), pid int);
CREATE TABLE versions (table_name text(50) PRIMARY KEY NOT NULL, table_version integer NOT NULL);
CREATE TABLE books (guid text(32) PRIMARY KEY NOT NULL, root_account_guid text(32) NOT NULL,
  root_template_guid text(32) NOT NULL);
CREATE TABLE commodities (guid text(32) PRIMARY KEY NOT NULL, namespace text(2048) NOT NULL,
  mnemonic text(2048) NOT NULL, fullname text(2048), cusip text(2048), fraction integer NOT NULL,
  quote_flag integer NOT NULL, quote_source text(2048), quote_tz text(2048));
CREATE TABLE accounts (guid text(32) PRIMARY KEY NOT NULL, name text(2048) NOT NULL,
  account_type text(2048) NOT NULL, commodity_guid text(32), commodity_scu integer NOT NULL,
  non_std_scu integer NOT NULL, parent_guid text(32), code text(2048), description text(2048),
  hidden integer, placeholder integer);
CREATE TABLE transactions (guid text(32) PRIMARY KEY NOT NULL, currency_guid text(32) NOT NULL,
  num text(2048) NOT NULL, post_date text(19), enter_date text(19), description text(2048));
CREATE INDEX tx_post_date_index ON transactions (post_date);
CREATE TABLE splits (guid text(32) PRIMARY KEY NOT NULL, tx_guid text(32) NOT NULL,
  account_guid text(32) NOT NULL, memo text(2048) NOT NULL, action text(2048) NOT NULL,
  reconcile_state text(1) NOT NULL, reconcile_date text(19), value_num bigint NOT NULL,
  value_denom bigint NOT NULL, quantity_num bigint NOT NULL, quantity_denom bigint NOT NULL,
  lot_guid text(32));
CREATE INDEX splits_tx_guid_index ON splits (tx_guid);
CREATE INDEX splits_account_guid_index ON splits (account_guid);
CREATE TABLE slots (id integer PRIMARY KEY AUTOINCREMENT NOT NULL, obj_guid text(32) NOT NULL,
  name text(4096) NOT NULL, slot_type integer NOT NULL, int64_val bigint, string_val text(4096),
  double_val float8, timespec_val text(19), guid_val text(32), numeric_val_num bigint,
  numeric_val_denom bigint, gdate_val text(8));
CREATE INDEX slots_guid_index ON slots (obj_guid);
"""


def write_sqlite(file: Path, company: str, bookings: Sequence[Booking]) -> None:
    """Bring a SQLite book up to these bookings, as GnuCash would: made once, then added to."""
    with closing(sqlite3.connect(file)) as book, book:
        if not book.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            _create(book, company)
        for each in bookings:
            stamp = f"{each.day} 10:59:00"
            added = book.execute(
                "INSERT OR IGNORE INTO transactions VALUES (?, ?, '', ?, ?, ?)",
                (each.id, guid("EUR"), stamp, stamp, each.text),
            )
            if added.rowcount:
                book.executemany(
                    "INSERT INTO splits VALUES (?, ?, ?, '', '', 'n', NULL, ?, 100, ?, 100, NULL)",
                    [(id, each.id, account, cents, cents) for id, account, cents in _splits(each)],
                )


def write_xml(file: Path, company: str, bookings: Sequence[Booking]) -> None:
    """Write a compressed XML book with these bookings."""
    lines = ['<?xml version="1.0" encoding="utf-8" ?>', *_book(company, bookings), ""]
    file.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))


def _create(book: sqlite3.Connection, company: str) -> None:
    book.executescript(_SCHEMA)
    book.executemany("INSERT INTO versions VALUES (?, ?)", _VERSIONS.items())
    root, template = guid("root"), guid("template")
    book.execute("INSERT INTO books VALUES (?, ?, ?)", (guid(company), root, template))
    euro = (guid("EUR"), "CURRENCY", "EUR", "Euro", "978", 100, 1, "currency", "")
    book.execute("INSERT INTO commodities VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", euro)
    accounts: list[tuple[str, str, str, str | None]]
    accounts = [("Root Account", "ROOT", root, None), ("Template Root", "ROOT", template, None)]
    accounts += [(name, kind, guid(name), root) for name, kind in ACCOUNTS.items()]
    book.executemany(
        "INSERT INTO accounts VALUES (?, ?, ?, ?, 100, 0, ?, '', '', 0, 0)",
        [(id, name, kind, guid("EUR"), parent) for name, kind, id, parent in accounts],
    )
    book.execute(
        "INSERT INTO slots (obj_guid, name, slot_type, string_val) VALUES (?, ?, 4, ?)",
        (guid("options"), "options/Business/Company Name", company),
    )


def _splits(booking: Booking) -> tuple[tuple[str, str, int], tuple[str, str, int]]:
    """Return both sides: id, account, cents; together they are nothing."""
    return (
        (guid(booking.id, "debit"), guid(booking.debit), booking.cents),
        (guid(booking.id, "credit"), guid(booking.credit), -booking.cents),
    )


def _book(company: str, bookings: Sequence[Booking]) -> Iterator[str]:
    names = ("gnc", "act", "book", "cd", "cmdty", "slot", "split", "trn", "ts")
    spaces = " ".join(f'xmlns:{name}="http://www.gnucash.org/XML/{name}"' for name in names)
    yield f"<gnc-v2 {spaces}>"
    yield '<gnc:count-data cd:type="book">1</gnc:count-data>'
    yield '<gnc:book version="2.0.0">'
    yield f'<book:id type="guid">{guid(company)}</book:id>'
    yield "<book:slots><slot><slot:key>options</slot:key>"
    yield '<slot:value type="frame"><slot><slot:key>Business</slot:key>'
    yield '<slot:value type="frame"><slot><slot:key>Company Name</slot:key>'
    yield f'<slot:value type="string">{escape(company)}</slot:value></slot></slot:value></slot>'
    yield "</slot:value></slot></book:slots>"
    yield f'<gnc:count-data cd:type="account">{len(ACCOUNTS) + 1}</gnc:count-data>'
    yield f'<gnc:count-data cd:type="transaction">{len(bookings)}</gnc:count-data>'
    yield '<gnc:account version="2.0.0"><act:name>Root Account</act:name>'
    yield f'<act:id type="guid">{guid("root")}</act:id><act:type>ROOT</act:type></gnc:account>'
    for name, kind in ACCOUNTS.items():
        yield f'<gnc:account version="2.0.0"><act:name>{escape(name)}</act:name>'
        yield f'<act:id type="guid">{guid(name)}</act:id><act:type>{kind}</act:type>'
        yield f"<act:commodity>{_EURO}</act:commodity><act:commodity-scu>100</act:commodity-scu>"
        yield f'<act:parent type="guid">{guid("root")}</act:parent></gnc:account>'
    for each in bookings:
        yield from _transaction(each)
    yield "</gnc:book>"
    yield "</gnc-v2>"


_EURO = "<cmdty:space>CURRENCY</cmdty:space><cmdty:id>EUR</cmdty:id>"


def _transaction(booking: Booking) -> Iterator[str]:
    date = f"<ts:date>{booking.day} 10:59:00 +0000</ts:date>"
    yield f'<gnc:transaction version="2.0.0"><trn:id type="guid">{booking.id}</trn:id>'
    yield f"<trn:currency>{_EURO}</trn:currency>"
    yield f"<trn:date-posted>{date}</trn:date-posted><trn:date-entered>{date}</trn:date-entered>"
    yield f"<trn:description>{escape(booking.text)}</trn:description><trn:splits>"
    for id, account, cents in _splits(booking):
        yield f'<trn:split><split:id type="guid">{id}</split:id>'
        yield "<split:reconciled-state>n</split:reconciled-state>"
        yield f"<split:value>{cents}/100</split:value><split:quantity>{cents}/100</split:quantity>"
        yield f'<split:account type="guid">{account}</split:account></trn:split>'
    yield "</trn:splits></gnc:transaction>"
