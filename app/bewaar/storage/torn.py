"""What shows in a copy that a program was in the middle of writing its file.

Looking twice at a file does not show it: between two steps of a program nothing moves. So a table
of dBASE or FoxPro, and a database of Access, are held against what they say of themselves. Of
files of other kinds nothing can be told.
"""

from dataclasses import dataclass

from bewaar.counting import Copy, Finding
from bewaar.counting.access import unsettled
from bewaar.counting.access_pages import Pages
from bewaar.counting.base import OtherKind, Uncountable, about, finding
from bewaar.counting.dbf_table import memos_promised, table
from bewaar.progress import Progress

TABLES = (".dbf", ".dbc")
_MEMOS = (".fpt", ".dct")
_ACCESS = (".mdb", ".accdb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What shows in a copy that its file was, or is, not whole."""

    detail: str
    fatal: bool = False  # no program could read it so; else it is kept once nobody writes to it
    told: Finding | None = None  # what to say then, where counting it does not say so by itself


def in_member(copy: Copy, progress: Progress, *, lately: bool) -> Flaw | None:
    """Return what is wrong with one file among others, by what it is called."""
    name = copy.name.casefold()
    if not name.endswith(_ACCESS):
        return in_table(copy, progress, lately=lately)
    try:
        return in_access(copy, progress, deep=lately)
    except OtherKind:
        return None  # other programs call their files so too


def in_table(copy: Copy, progress: Progress, *, lately: bool) -> Flaw | None:
    """Return what is wrong with a table, or with memos; written just now, row by row."""
    name = copy.name.casefold()
    if name.endswith(TABLES):
        return _in_rows(copy, progress, deep=lately)
    return _in_memos(copy) if lately and name.endswith(_MEMOS) else None


def _in_rows(copy: Copy, progress: Progress, *, deep: bool) -> Flaw | None:
    try:
        with about(copy):
            found = table(copy)
            if found.size < found.needed:
                return _broken_off(copy, "shorter than its header says")
            if not found.is_whole:
                return Flaw(detail="longer than its header says")
            if deep:
                found.undeleted(progress)
    except OtherKind:
        return None  # no table that is known here: nothing can be told
    except Uncountable as error:
        return Flaw(detail=str(error))
    return None


def in_access(copy: Copy, progress: Progress, *, deep: bool) -> Flaw | None:
    """Return what is wrong with a database of Access, which is read page by page when `deep`.

    Raises OtherKind when it is none.
    """
    try:
        with about(copy), copy.local.open("rb") as file:
            pages = Pages(file, progress)
            if pages.cut:
                return _broken_off(copy, "it ends in the middle of a page")
            if deep and not pages.encrypted and (rows := unsettled(pages)):
                return _contradiction(copy, *rows)
    except OtherKind:
        raise
    except Uncountable as error:
        return Flaw(detail=str(error))
    return None


def _in_memos(copy: Copy) -> Flaw | None:
    try:
        with about(copy):
            if copy.local.stat().st_size < memos_promised(copy.local):
                return Flaw(detail="its header tells of memos that are not there")
    except Uncountable as error:
        return Flaw(detail=str(error))
    return None


def _broken_off(copy: Copy, detail: str) -> Flaw:
    return Flaw(detail=detail, fatal=True, told=finding("database.damaged", path=copy.path))


def _contradiction(copy: Copy, table: str, told: int, found: int) -> Flaw:
    path = f"{copy.path}/{table}"
    return Flaw(
        detail=f"{table} holds other rows than it says",
        told=finding("counts.declared", path=path, told=told, found=found),
    )
