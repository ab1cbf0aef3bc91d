"""Microsoft Access (.mdb of Jet 3 and 4, .accdb): the rows of its own tables.

Each table has a page that describes it and knows its number of rows; the system's table of
objects, described on page 2, knows the names and those pages. An encrypted database shows
nothing of that, and stays unknown. Layouts as mdbtools and Jackcess document them.
"""

import struct
from collections.abc import Iterator

from bewaar.counting.access_pages import Pages, Table
from bewaar.counting.base import Copy, Encrypted, Tally, Uncountable
from bewaar.progress import Progress

_OBJECTS = 2  # the page that describes the table of objects
_TABLE = 1  # a type of object
_SYSTEM = 0x80000002  # flags of the system's own and of hidden objects


def read(copy: Copy, progress: Progress) -> Tally:
    """Count the rows of every table that is the user's."""
    with copy.local.open("rb") as file:
        found = _tables(Pages(file, progress))
        return Tally(tables={f"{copy.path}/{name}": table.rows for name, table in found})


def unsettled(pages: Pages) -> tuple[str, int, int] | None:
    """Return a table that holds other rows than its description says, and both numbers.

    So it is while somebody writes, or since somebody was cut short. Raises as `read`.
    """
    for name, table in _tables(pages):
        if table.rows != (found := table.found()):
            return name, table.rows, found
    return None


def _tables(pages: Pages) -> Iterator[tuple[str, Table]]:
    if pages.encrypted:
        raise Encrypted("encrypted")
    for name, page in _own_tables(Table(pages, _OBJECTS)):
        yield name, Table(pages, page)


def _own_tables(objects: Table) -> Iterator[tuple[str, int]]:
    """Yield names and describing pages."""
    for row in objects.records(("Id", "Name", "Type", "Flags")):
        number, name, kind, flags = row
        if number is None or name is None or kind is None:
            raise Uncountable("an object without name")
        if struct.unpack("<h", kind[:2])[0] != _TABLE:
            continue
        if struct.unpack("<I", flags or bytes(4))[0] & _SYSTEM:
            continue
        yield objects.pages.text(name), struct.unpack("<I", number)[0] & 0xFFFFFF
