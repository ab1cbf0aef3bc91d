"""Tables of dBASE and FoxPro: their rows, without those marked as deleted.

A table counts only when its size is what its header says, and every row begins as a row does. What
tables cannot do without (memos, indexes, the container they belong to, the tables it lists) is
looked for among the copies, and missed when it is not there.
"""

from collections.abc import Iterator, Sequence

from bewaar.counting.base import Copies, Copy, Finding, Tally, Uncountable, about, finding, unknown
from bewaar.counting.dbf_table import Table, file_in_memo, table

_INDEXES, _MEMOS = (".cdx", ".mdx"), (".fpt", ".dbt", ".smt")
_CONTAINER, _ITS_INDEX, _ITS_MEMO = ".dbc", (".dcx",), (".dct",)
_LISTING = ("objecttype", "objectname", "property")  # columns of a container


def read(copies: Copies) -> Tally:
    """Count each table; one that is not whole is named and left out."""
    tables: dict[str, int] = {}
    findings: list[Finding] = []
    for copy in copies.mine:
        try:
            with about(copy):
                found = _whole(copy)
                rows = found.undeleted(copies.progress)
                missing = [*_companions(copy, found, copies.all), *_listed(copy, found, copies.all)]
        except Uncountable as error:
            findings.append(unknown(copy.path, error))
            continue
        tables[copy.path] = rows
        findings += [finding("counts.incomplete", path=copy.path, missing=each) for each in missing]
    return Tally(tables=tables, findings=tuple(findings))


def _whole(copy: Copy) -> Table:
    found = table(copy)
    if not found.is_whole:
        raise Uncountable("not the size that its header says")
    return found


# ── What a table cannot do without ──────────────────────────────────────────────────────────


def _companions(copy: Copy, found: Table, all_: Sequence[Copy]) -> Iterator[str]:
    """Yield the companions a table should have and has not."""
    paths = {each.path.casefold() for each in all_}
    stem = copy.path.casefold().rpartition(".")[0]
    container = _is_container(copy)
    wanted: list[tuple[str, ...]] = []
    if found.has_index:
        wanted.append(_ITS_INDEX if container else _INDEXES)
    if found.has_memo:
        wanted.append(_ITS_MEMO if container else _MEMOS)
    for endings in wanted:
        if not any(stem + each in paths for each in endings):
            yield copy.name.rpartition(".")[0] + _usual(found, endings)
    if (link := found.container()) and link.casefold() not in _names(all_):
        yield link


def _usual(found: Table, endings: tuple[str, ...]) -> str:
    """Return which of several endings the table's program uses."""
    return endings[0] if found.is_fox or endings is not _MEMOS else ".dbt"


def _listed(copy: Copy, found: Table, all_: Sequence[Copy]) -> Iterator[str]:
    """Yield the tables that a container lists and that are not there.

    A table may be called otherwise than its file; then the container's memo knows the file.
    """
    if not _is_container(copy) or not found.columns().keys() >= set(_LISTING):
        return
    names = _names(all_)
    stem = copy.path.casefold().rpartition(".")[0]
    memo = next((each.local for each in all_ if each.path.casefold() == stem + _ITS_MEMO[0]), None)
    for kind, name, pointer in found.values(*_LISTING):
        if kind.strip().lower() != b"table":
            continue
        file = name.decode("cp1252", "replace").strip() + ".dbf"
        if file.casefold() in names:
            continue
        file = (file_in_memo(memo, pointer) if memo else "") or file
        if file.casefold() not in names:
            yield file


def _is_container(copy: Copy) -> bool:
    return copy.path.casefold().endswith(_CONTAINER)


def _names(all_: Sequence[Copy]) -> set[str]:
    return {each.name.casefold() for each in all_}
