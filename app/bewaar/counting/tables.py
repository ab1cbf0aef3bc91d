"""Books whose tables are known: counted by the rows of those that hold bookings or documents.

Only tables whose meaning is known are named here. Where one of them is missing, as in a version
that nobody has seen, the answer is "unknown".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from bewaar.counting.base import Copies, Copy, OtherKind, Reader, Tally, each_file
from bewaar.counting.database import Book, opened
from bewaar.counting.newest import iso
from bewaar.progress import Progress

_SCHEMAS = ("public.",)  # where PostgreSQL keeps what nobody put elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Which tables hold what; a name may stand for several, as `[0-9]_gl_trans`."""

    transactions: tuple[str, ...]
    documents: tuple[str, ...] = ()
    dated: str = ""  # the column with the day of a booking, where the rows can be read


_LEDGER = ("gl", "ar", "ap")  # of SQL-Ledger and what came of it
KIVITENDO = Tables(transactions=_LEDGER, documents=("files",))
LEDGERSMB = Tables(transactions=_LEDGER)  # where it lists attachments changed with its versions
ODOO = Tables(transactions=("account_move",))
TRYTON = Tables(transactions=("account_move",), documents=("ir_attachment",), dated="date")
DOLIBARR = Tables(
    transactions=("llx_accounting_bookkeeping",), documents=("llx_facture", "llx_facture_fourn")
)
FRONTACCOUNTING = Tables(transactions=("[0-9]_gl_trans",), documents=("[0-9]_attachments",))


def tally(tables: Tables, rows: Mapping[str, int]) -> Tally | None:
    """Return what the tables hold; None when those of the bookings are not all there."""
    transactions = _sum(tables.transactions, rows)
    if transactions is None:
        return None
    documents = _sum(tables.documents, rows) if tables.documents else None
    return Tally(transactions=transactions, documents=documents)


def in_sqlite(tables: Tables) -> Reader:
    """Return a reader of books that have these tables, the first of them dated, in SQLite."""
    dated = tables.transactions[0]

    def read(copy: Copy, progress: Progress) -> Tally:
        with opened(copy, progress, *tables.transactions) as connection:
            book = Book(connection=connection)
            known = [name for name in tables.documents if book.has(name)]
            names = (*tables.transactions, *known)
            rows = {name: book.number(f"SELECT count(*) FROM {name}") for name in names}  # noqa: S608 - our own
            told = book.latest(tables.dated, dated) if book.has(dated, tables.dated) else ""
        return replace(tally(tables, rows) or Tally(), newest=iso(told))

    return each_file(read)


def read_none(_copies: Copies) -> Tally:
    """Refuse files: only a server's tables are counted so."""
    raise OtherKind("no file")


def _sum(names: Sequence[str], rows: Mapping[str, int]) -> int | None:
    found = [_rows(name, rows) for name in names]
    return sum(sum(each) for each in found) if all(found) else None


def _rows(name: str, rows: Mapping[str, int]) -> list[int]:
    return [count for table, count in rows.items() if fnmatchcase(_plain(table), name)]


def _plain(table: str) -> str:
    return next((table.removeprefix(each) for each in _SCHEMAS if table.startswith(each)), table)
