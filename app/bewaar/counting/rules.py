"""The rules by which books are counted, by name.

A name is a promise that stands in every backup made with it: the proof counts again by the same
rule. So a rule that comes to count something else gets another name, and the old one stays.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from bewaar.counting import (
    access,
    bacpac,
    datev,
    dbf,
    frappe_books,
    gdpdu,
    gnucash,
    grisbi,
    homebank,
    kmymoney,
    money_manager_ex,
    plaintext,
    saft,
    sie,
    tables,
    vendor,
    xaf,
)
from bewaar.counting.base import Reader, each_file
from bewaar.counting.tables import Tables, read_none

_BESIDE = "._"  # what macOS puts beside a file on sticks and shares, under its name


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way to count."""

    read: Reader
    names: tuple[str, ...]  # of the files it reads, in lower case
    any_name: bool = True  # whether a single file may be called otherwise: its content tells
    bookings: bool = True  # False: it counts rows, and how many bookings those are is unknown
    documents: bool = False
    tables: Tables | None = None  # of a database server

    def wants(self, path: str) -> bool:
        """Return whether a file of a folder is one that it reads."""
        name = path.rpartition("/")[2].casefold()
        return not name.startswith(_BESIDE) and any(
            fnmatchcase(name, pattern) for pattern in self.names
        )


def _of_tables(those: Tables) -> Rule:
    """Return a rule for the tables of a server, which reads no files."""
    documents = bool(those.documents)
    return Rule(read=read_none, names=(), any_name=False, documents=documents, tables=those)


BY_FILES = "documents.files"  # document copies are all that can be counted, by whoever copies them

RULES = {
    "access.rows": Rule(read=each_file(access.read), names=("*.mdb", "*.accdb"), bookings=False),
    "bacpac.rows": Rule(read=each_file(bacpac.read), names=("*.bacpac",), bookings=False),
    "beancount.directives": Rule(
        read=plaintext.read_beancount, names=("*.beancount", "*.bean"), documents=True
    ),
    BY_FILES: Rule(read=read_none, names=(), any_name=False, bookings=False),
    "datev.rows": Rule(read=datev.read, names=("extf*.csv", "dtvf*.csv")),
    "dbf.rows": Rule(read=dbf.read, names=("*.dbf", "*.dbc"), any_name=False, bookings=False),
    "dolibarr.tables": _of_tables(tables.DOLIBARR),
    "frappe-books.rows": Rule(
        read=each_file(frappe_books.read), names=("*.books.db",), documents=True
    ),
    "frontaccounting.tables": _of_tables(tables.FRONTACCOUNTING),
    "gdpdu.rows": Rule(read=gdpdu.read, names=("*",), bookings=False),
    "gnucash.sqlite": Rule(
        read=each_file(gnucash.read_sqlite), names=("*.gnucash",), documents=True
    ),
    "gnucash.xml": Rule(read=each_file(gnucash.read_xml), names=("*.gnucash",), documents=True),
    "grisbi.xml": Rule(read=each_file(grisbi.read), names=("*.gsb",)),
    "homebank.xml": Rule(read=each_file(homebank.read), names=("*.xhb",)),
    "kmymoney.sqlite": Rule(read=each_file(kmymoney.read_sqlite), names=("*.kmy", "*.sqlite")),
    "kmymoney.xml": Rule(read=each_file(kmymoney.read_xml), names=("*.kmy",)),
    "ledger.directives": Rule(
        read=plaintext.read_ledger, names=("*.journal", "*.ledger", "*.hledger")
    ),
    "kivitendo.tables": _of_tables(tables.KIVITENDO),
    "ledgersmb.tables": _of_tables(tables.LEDGERSMB),
    "money-manager-ex.rows": Rule(
        read=each_file(money_manager_ex.read), names=("*.mmb",), documents=True
    ),
    "odoo.tables": _of_tables(tables.ODOO),
    "saft.transactions": Rule(read=each_file(saft.read), names=("*.xml",)),
    "sie.vouchers": Rule(read=each_file(sie.read), names=("*.se", "*.si", "*.sie")),
    "vendor.files": Rule(
        read=each_file(vendor.read), names=("*.bacpac", "*.zip", "*.gz"), bookings=False
    ),
    "tryton.tables": Rule(
        read=tables.in_sqlite(tables.TRYTON),
        names=("*.sqlite",),
        documents=True,
        tables=tables.TRYTON,
    ),
    "xaf.transactions": Rule(read=each_file(xaf.read), names=("*.xaf",)),
}
