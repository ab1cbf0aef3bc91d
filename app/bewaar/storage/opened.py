"""Whether a program has an administration open, who, since when, and what says so.

Four signs: lock files, rows in a lock table, open handles, programs that run. A lock that nobody
holds any more, its program gone, is what a crash leaves behind: then the answer is "unknown" and
the lock is named. "Closed" is said only where an open handle would have been seen, and not while a
program runs that shows nobody what it has open.
"""

import os
import platform
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bewaar.errors import BewaarError
from bewaar.model import InUse, Openness, OpenState, Source
from bewaar.storage.edges import shown
from bewaar.storage.entry import COMPANIONS, LOCK_BOARD, listing
from bewaar.storage.patterns import about_file, for_file, matches
from bewaar.storage.sqlite_file import beside, glance, is_database
from bewaar.storage.tree import look
from bewaar.system import handles
from bewaar.system.holders import Handles, Holder, Process, Sighting

_ACCESS_LOCKS = (".ldb", ".laccdb")  # 64 bytes per user: 32 for the computer, 32 for the user


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    """One thing that speaks for it being open."""

    use: InUse
    pid: int = 0  # on this computer; 0 = unknown
    who: str = ""  # as the sign writes it


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
    loose = system.running(source.layout.processes) if marks and source.layout.processes else ()
    signs = [
        *(_marker_sign(mark, sighting, loose, system) for mark in marks),
        *_lock_rows(source, system),
        *(_handle_sign(holder, system) for holder in sighting.holders if holder.path not in marks),
        *_running(source, system),
    ]
    users = _together(signs)
    return OpenState(
        openness=_verdict(users, sighting),
        evidence=tuple(dict.fromkeys(each for sign in signs for each in sign.use.evidence)),
        who=next((sign.who for sign in signs if sign.who), ""),
        users=users,
    )


def _verdict(users: tuple[InUse, ...], sighting: Sighting) -> Openness:
    if any(user.sure for user in users):
        return Openness.OPEN
    return Openness.CLOSED if sighting.whole and not users else Openness.UNKNOWN


def _together(signs: list[_Sign]) -> tuple[InUse, ...]:
    """Return one user for all signs of one process; a sign without a process stands alone."""
    found: dict[object, InUse] = {}
    for sign in signs:
        key = sign.pid or (sign.use.computer, sign.use.person, sign.use.evidence)
        found[key] = _both(found[key], sign.use) if key in found else sign.use
    return tuple(found.values())


def _both(one: InUse, other: InUse) -> InUse:
    return replace(
        one,
        evidence=tuple(dict.fromkeys([*one.evidence, *other.evidence])),
        sure=one.sure or other.sure,
        program=one.program or other.program,
        person=one.person or other.person,
        since=min((each for each in (one.since, other.since) if each), default=None),
        running_since=one.running_since or other.running_since,
    )


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


def _marker_sign(
    mark: Path, sighting: Sighting, loose: Sequence[Process], system: Handles
) -> _Sign:
    """Weigh a lock file: programs keep theirs open; one that nobody has open is left over.

    Unless its program runs that lets go of it, it names another computer, or not every program can
    be seen.
    """
    held = (each for each in sighting.holders if each.path == mark)
    holder: Holder | Process | None = next(held, None) or next(iter(loose), None)
    owner = _owner(mark)
    computer, _, person = owner.partition("/")
    elsewhere = bool(computer) and not _is_here(computer)
    use = InUse(
        evidence=(shown(mark.name),),
        sure=holder is not None or elsewhere or not sighting.whole,
        program=holder.program if holder else "",
        computer=computer if elsewhere else "",
        person=person,
        since=_made(mark),
        running_since=system.started(holder.pid) if holder else None,
    )
    return _Sign(use=use, pid=holder.pid if holder else 0, who=owner)


def _made(mark: Path) -> datetime | None:
    """Return when a lock file was written: its program does so once, when it opens the books."""
    try:
        return datetime.fromtimestamp(mark.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return None


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
        yield _row_sign(str(computer), int(pid) if str(pid).isdecimal() else 0, str(pid), system)


def _row_sign(computer: str, pid: int, told: str, system: Handles) -> _Sign:
    here = _is_here(computer)
    running = here and pid > 0 and system.alive(pid)
    use = InUse(
        evidence=(f"{computer} ({told})",),
        sure=running or not here,
        computer="" if here else computer,
        running_since=system.started(pid) if running else None,
    )
    return _Sign(use=use, pid=pid if running else 0, who=computer)


def _is_here(computer: str) -> bool:
    """Return whether a computer's name is this one's, with or without its domain."""
    names = (computer, platform.node())
    return len({name.partition(".")[0].casefold() for name in names}) == 1


# ── Open handles ────────────────────────────────────────────────────────────────────────────


def _handle_sign(holder: Holder, system: Handles) -> _Sign:
    return _process_sign(holder, system, sure=True)


# ── Programs that run ───────────────────────────────────────────────────────────────────────


def _running(source: Source, system: Handles) -> Iterator[_Sign]:
    """Yield the programs that may have it open without showing it, and those that surely have.

    One that leaves a lock file shows it.
    """
    layout = source.layout
    silent = () if layout.markers else layout.processes
    for programs, sure in ((silent, False), (layout.services, True)):
        for process in system.running(programs) if programs else ():
            yield _process_sign(process, system, sure=sure)


def _process_sign(process: Holder | Process, system: Handles, *, sure: bool) -> _Sign:
    use = InUse(
        evidence=(f"{process.program} ({process.pid})",),
        sure=sure,
        program=process.program,
        running_since=system.started(process.pid),
    )
    return _Sign(use=use, pid=process.pid)
