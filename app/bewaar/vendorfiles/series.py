"""Which files are one backup, and which backups follow one another.

A program writes each new backup beside the last under a new name, mostly the same name with another
date. What is left of a name without its date is its series; of each series the newest counts. Only
what is a date beyond doubt is taken for one: other numbers may be those of companies.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

OWN = (
    *(".bacpac", ".ebu", ".imbck", ".manager", ".pbu", ".ptb", ".qbb", ".ssb", ".ztx"),
    *(".sql.gz", ".sqlc"),
)  # endings that one kind of program alone gives its backups
PAIR = (".zip", ".ztx")  # endings that are worth nothing alone, whatever the program
ENDINGS = (*OWN, ".bak", ".bck")  # of files that are some program's backup and nothing else

_LITTER = ("desktop.ini", "thumbs.db")
_BESIDE = (".txt", ".log", "-wal", "-shm", "-journal")  # told about backups, or part of one
_GROWING = (".tmp", ".part", ".partial", ".crdownload", ".filepart")
_DATE = re.compile(
    r"(?<!\d)(?:(?P<y>(?:19|20)\d\d)(?P<s>[-_. ]?)(?P<m>\d\d)(?P=s)(?P<d>\d\d)"
    r"|(?P<d2>\d\d)(?P<s2>[-_. ])(?P<m2>\d\d)(?P=s2)(?P<y2>(?:19|20)\d\d))"
    r"(?:[T_ -]*(?:\d{6}(?:_\d{7})?|T\d{4}|\d\d(?P<c>[-:.hu_])\d\d(?:[-:.m_]\d\d)?))?(?!\d)",
    re.IGNORECASE,
)
_COPY = re.compile(r" ?\(\d+\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One backup of a program: a file, or several that are worth nothing alone."""

    paths: tuple[str, ...]  # relative, the main one first
    missing: str = ""  # the half that is not there

    @property
    def main(self) -> str:
        """The file it is known by."""
        return self.paths[0]


def units_in(paths: Sequence[str], pairs: Iterable[tuple[str, str]] = ()) -> Iterator[Unit]:
    """Yield the backups among files; what only lies beside them belongs to none."""
    known = {path.casefold(): path for path in paths}
    wanted = [*pairs]
    if not wanted and any(path.endswith(PAIR[1]) for path in known):
        wanted.append(PAIR)
    for path in sorted(paths):
        if not is_unit(path):
            continue
        unit = _unit(path, known, wanted)
        if unit is not None:
            yield unit


def is_unit(path: str) -> bool:
    """Return whether a file may be a backup, or half of one."""
    name = path.rpartition("/")[2].casefold()
    return not (name.startswith((".", "~$")) or name in _LITTER or name.endswith(_BESIDE))


def is_growing(path: str) -> bool:
    """Return whether a name says that somebody is still writing or fetching the file."""
    return path.casefold().endswith(_GROWING)


def series_of(path: str) -> str:
    """Return what a name has in common with those of earlier backups."""
    folder, slash, name = path.casefold().rpartition("/")
    stem, dot, ending = name.rpartition(".")
    bare = _DATE.sub(_without_date, _COPY.sub("", stem or name))
    return f"{folder}{slash}{' '.join(bare.split())}{dot}{ending}"


def date_of(path: str) -> date | None:
    """Return the date in a file's name, None when there is none."""
    found = (_dated(match) for match in _DATE.finditer(path.rpartition("/")[2]))
    return next((each for each in found if each), None)


def _without_date(match: re.Match[str]) -> str:
    return "*" if _dated(match) else match.group()


def _dated(match: re.Match[str]) -> date | None:
    year, month, day = (match[part] or match[f"{part}2"] for part in "ymd")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _unit(path: str, known: Mapping[str, str], pairs: Sequence[tuple[str, str]]) -> Unit | None:
    """Return the backup that a file is the main part of, or the lonely half of."""
    low = path.casefold()
    for first, second in ((a.casefold(), b.casefold()) for a, b in pairs):
        if low.endswith(first):
            other = low.removesuffix(first) + second
            if other in known:
                return Unit(paths=(path, known[other]))
            return Unit(paths=(path,), missing=path[: len(path) - len(first)] + second)
        if low.endswith(second):
            other = low.removesuffix(second) + first
            if other in known:
                return None  # told with the other half
            return Unit(paths=(path,), missing=path[: len(path) - len(second)] + first)
    return Unit(paths=(path,))
