"""Books on a database server: counted by the rows of the tables that hold bookings.

Only tables whose meaning is known are named here. Where one of them is missing, as in a version
that nobody has seen, the answer is "unknown".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bewaar.counting.base import Copies, OtherKind, Tally

_SCHEMAS = ("public.",)  # where PostgreSQL keeps what nobody put elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Which tables hold what; a name may stand for several, as `[0-9]_gl_trans`."""

    transactions: tuple[str, ...]
    documents: tuple[str, ...] = ()


LEDGER = Tables(transactions=("gl", "ar", "ap"))  # of SQL-Ledger and what came of it
ODOO = Tables(transactions=("account_move",))
TRYTON = Tables(transactions=("account_move",))
DOLIBARR = Tables(
    transactions=("llx_accounting_bookkeeping",), documents=("llx_facture", "llx_facture_fourn")
)
FRONTACCOUNTING = Tables(transactions=("[0-9]_gl_trans",))


def tally(tables: Tables, rows: Mapping[str, int]) -> Tally | None:
    """Return what the tables hold; None when those of the bookings are not all there."""
    transactions = _sum(tables.transactions, rows)
    if transactions is None:
        return None
    documents = _sum(tables.documents, rows) if tables.documents else None
    return Tally(transactions=transactions, documents=documents)


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
