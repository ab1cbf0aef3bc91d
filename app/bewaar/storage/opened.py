"""Whether a program has an administration open, and what says so.

Three signs: lock files, rows in a lock table, open handles. A lock that nobody holds any more is
what a crash leaves behind: then the answer is "unknown" and the lock is named. "Closed" is said
only where an open handle would have been seen.
"""

import os
import platform
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bewaar.errors import BewaarError
from bewaar.model import Openness, OpenState, Source
from bewaar.storage.edges import shown
from bewaar.storage.entry import COMPANIONS, LOCK_BOARD, listing
from bewaar.storage.patterns import about_file, for_file, matches
from bewaar.storage.sqlite_file import beside, glance, is_database
from bewaar.storage.tree import look
from bewaar.system import handles
from bewaar.system.holders import Handles, Holder, Sighting

_ACCESS_LOCKS = (".ldb", ".laccdb")  # 64 bytes per user: 32 for the computer, 32 for the user


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    """One thing that speaks for it being open."""

    evidence: str
    sure: bool  # False: it may be left over from a crash
    who: str = ""


def is_open(source: Source, system: Handles | None = None) -> OpenState:
    """Return what all signs together say; never raises for what cannot be looked at."""
    system = system or handles.current()
    try:
        own, marks = _own_files(source.place), _markers(source)
    except (BewaarError, OSError):
        own, marks = [], []
    if not own or not source.place.exists():
        return OpenState(openness=Openness.UNKNOWN)
    sighting = system.holders([*own, *marks])
    signs = [
        *(_marker_sign(mark, sighting) for mark in marks),
        *_lock_rows(source, system),
        *(_handle_sign(holder) for holder in sighting.holders if holder.path not in marks),
    ]
    return OpenState(
        openness=_verdict(signs, sighting),
        evidence=tuple(dict.fromkeys(sign.evidence for sign in signs)),
        who=next((sign.who for sign in signs if sign.who), ""),
    )


def _verdict(signs: list[_Sign], sighting: Sighting) -> Openness:
    if any(sign.sure for sign in signs):
        return Openness.OPEN
    return Openness.CLOSED if sighting.whole and not signs else Openness.UNKNOWN


def _own_files(place: Path) -> list[Path]:
    if place.is_dir():
        return [place]
    endings = ("", *COMPANIONS, LOCK_BOARD)
    return [path for ending in endings if (path := beside(place, ending)).exists()]


# ── Lock files ──────────────────────────────────────────────────────────────────────────────


def _markers(source: Source) -> list[Path]:
    """Return the lock files of a folder, or those beside a single file that are about it."""
    place, patterns = source.place, source.layout.markers
    if not patterns:
        return []
    if place.is_dir():
        found = look(source).markers
    else:
        wanted = tuple(for_file(each, place.name) for each in patterns if about_file(each))
        beside_it = listing(place.parent)
        found = tuple(Path(entry.path) for entry in beside_it if matches(entry.name, wanted))
    return [Path(os.path.realpath(mark)) for mark in found]


def _marker_sign(mark: Path, sighting: Sighting) -> _Sign:
    """Weigh a lock file: programs keep theirs open; one that nobody has open is left over.

    Unless it names another computer, or not every program can be seen.
    """
    held = any(holder.path == mark for holder in sighting.holders)
    owner = _owner(mark)
    elsewhere = bool(owner) and not _is_here(owner.partition("/")[0])
    return _Sign(evidence=shown(mark.name), sure=held or elsewhere or not sighting.whole, who=owner)


def _owner(mark: Path) -> str:
    """Return "computer/user" from a lock file of Access, "" from others."""
    if mark.suffix.casefold() not in _ACCESS_LOCKS:
        return ""
    try:
        with mark.open("rb") as file:
            record = file.read(64)
    except OSError:
        return ""
    computer, user = (_text(record[at : at + 32]) for at in (0, 32))
    return f"{computer}/{user}" if computer and user else computer


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("cp1252", "replace").strip()


# ── Lock tables ─────────────────────────────────────────────────────────────────────────────


def _lock_rows(source: Source, system: Handles) -> Iterator[_Sign]:
    """Yield what a database says of who has it open: rows of computer and process number."""
    question, place = source.layout.lock_rows, source.place
    try:
        if not question or not place.is_file() or not is_database(place, place.stat().st_size):
            return
        with glance(place) as database:
            rows = database.execute(question).fetchall()
    except (sqlite3.Error, OSError, BewaarError):
        return
    for computer, pid in rows:
        here = _is_here(str(computer))
        running = here and str(pid).isdecimal() and system.alive(int(pid))
        yield _Sign(evidence=f"{computer} ({pid})", sure=running or not here, who=str(computer))


def _is_here(computer: str) -> bool:
    """Return whether a computer's name is this one's, with or without its domain."""
    names = (computer, platform.node())
    return len({name.partition(".")[0].casefold() for name in names}) == 1


# ── Open handles ────────────────────────────────────────────────────────────────────────────


def _handle_sign(holder: Holder) -> _Sign:
    return _Sign(evidence=f"{holder.program} ({holder.pid})", sure=True)
