"""Where restored books go, and whether they may."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from errno import ENODEV
from pathlib import Path, PurePosixPath

from bewaar.archive import ManifestAdministration
from bewaar.errors import (
    CodesDiffer,
    InvalidValue,
    NameNotTyped,
    TargetExists,
    TargetFull,
    TargetTooDeep,
    TargetUnfit,
    TargetUnwritable,
    VaultStays,
)
from bewaar.files import device_of, exists, free_space, longest_path, safe_name
from bewaar.model import VENDOR, Administration, Code
from bewaar.requests import RestoreMode, RestoreRequest
from bewaar.restore.chosen import choose
from bewaar.restore.journal import WORK_LENGTH
from bewaar.restore.single import main_file
from bewaar.servers.connection import SUFFIX, ServerKind, free_file, is_connection, shown
from bewaar.vendorfiles.series import is_unit

_MOST = 1000  # numbers that are tried for a free name
SERVED = frozenset(ServerKind)  # kinds of storage whose books are a database on a server


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The place, and the administration that lies there now."""

    place: Path
    replaces: Administration | None
    device: int  # number of the disk it lies on now, see `check_here`; 0 of a server
    on_server: bool = False  # the place says how a database is reached
    loose: bool = False  # no administration: a database's dump as a file, folders from outside


def target_of(
    request: RestoreRequest,
    found: ManifestAdministration,
    administration: Callable[[Code], Administration],
) -> Target:
    """Return where the books of a request go.

    Raises TargetExists, TargetUnwritable, TargetUnfit, VaultStays, CodesDiffer,
    UnknownAdministration, InvalidValue.
    """
    books = choose(request.parts, found).books
    if request.mode is RestoreMode.NEW:
        target = _new(request, found)
        if books:
            return target
        place = free_beside(target.place) if target.on_server else target.place
        return Target(place=place, replaces=None, device=device_at(place), loose=True)
    wanted = request.code if request.mode is RestoreMode.ORIGINAL else request.over
    if wanted is None:
        raise InvalidValue(field="over", value="")
    if request.mode is RestoreMode.ORIGINAL and found.content.code != wanted:
        raise CodesDiffer(found=found.content.code, code=wanted)
    replaced = administration(wanted)
    if not books:
        return _only_extras(replaced)
    if replaced.storage == VENDOR and _holds_others(replaced.place, found):
        raise VaultStays(place=str(replaced.place), name=replaced.name)
    served = replaced.storage in SERVED or found.content.storage in SERVED
    if served and replaced.storage != found.content.storage:
        raise TargetUnfit(name=replaced.name, found=found.content.name)
    if served:
        return Target(place=replaced.place, replaces=replaced, device=0, on_server=True)
    if exists(replaced.place) and replaced.place.is_file() != found.content.single_file:
        raise CodesDiffer(found=found.content.code, code=wanted)
    return Target(place=replaced.place, replaces=replaced, device=device_at(replaced.place))


def _holds_others(place: Path, found: ManifestAdministration) -> bool:
    """Return whether a program's own backups lie there that are not in this one."""
    mine = {file.path.casefold() for file in found.files}
    there = (path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    return any(is_unit(path) and path.casefold() not in mine for path in there)


def _only_extras(beside: Administration) -> Target:
    """Return a free place for folders that lay outside the books; the books stay."""
    place = free_beside(beside.place)
    return Target(place=place, replaces=None, device=device_at(place), loose=True)


def free_beside(place: Path) -> Path:
    """Return a place that is free for what belongs to the books at `place`."""
    parent = Path.home() if is_connection(place) else place.parent
    name = safe_name(f"{place.name.removesuffix(SUFFIX)} extra")
    numbered = (parent / (f"{name} {n}" if n > 1 else name) for n in range(1, _MOST))
    return next((each for each in numbered if not os.path.lexists(each)), parent / name)


def check_here(place: Path, device: int) -> None:
    """Raise TargetUnwritable when another disk lies there than when the restore began.

    Where a drive was pulled its mount point is an ordinary folder of the system disk.
    """
    if device_at(place) != device:
        raise TargetUnwritable(place=str(place), reason=os.strerror(ENODEV))


def device_at(place: Path) -> int:
    """Return the number of the disk a place lies on now. Raises TargetUnwritable."""
    try:
        return device_of(place)
    except OSError as error:
        raise TargetUnwritable(place=str(place), reason=str(error)) from error


def check_typed(request: RestoreRequest, target: Target) -> None:
    """Raise NameNotTyped unless the control name is that of what would be replaced (S4)."""
    if target.replaces is None:
        return
    typed = " ".join(request.typed_name.split()).casefold()
    if typed != " ".join(target.replaces.name.split()).casefold():
        raise NameNotTyped(typed=request.typed_name, name=target.replaces.name)


def check_room(target: Target, needed: int) -> None:
    """Raise TargetFull when the target's volume has no room for the books beside what is there."""
    free = free_space(target.place.parent)
    if free is not None and free < needed:
        raise TargetFull(place=str(target.place), free=free, needed=needed)


def check_depth(target: Target, found: ManifestAdministration) -> None:
    """Raise TargetTooDeep when the system could not open all of it, there or on the way there."""
    paths = (*(file.path for file in found.files), *found.folders)
    longest = max(map(_bytes, paths), default=0)
    above = max(_bytes(str(target.place)), _bytes(str(target.place.parent)) + WORK_LENGTH)
    if above + 1 + longest > longest_path():
        raise TargetTooDeep(place=str(target.place.parent))


def _bytes(path: str) -> int:
    return len(path.encode(errors="surrogatepass"))


def _new(request: RestoreRequest, found: ManifestAdministration) -> Target:
    name = request.new_name.strip()
    if not name or request.into is None:
        raise InvalidValue(field="new_name" if not name else "into", value=name)
    served = found.content.storage in SERVED
    if is_connection(request.into):
        if not served or not is_connection(request.into, ServerKind(found.content.storage)):
            raise TargetUnfit(name=shown(request.into), found=found.content.name)
        place = free_file(request.into.parent, name)
        return Target(place=place, replaces=None, device=0, on_server=True)
    place = _new_place(request.into, name, found)
    return Target(place=place, replaces=None, device=device_at(place), loose=served)


def _new_place(into: Path, name: str, found: ManifestAdministration) -> Path:
    if not into.is_absolute() or "\0" in str(into):
        raise InvalidValue(field="into", value=str(into))
    if not os.path.isdir(into):  # noqa: PTH112 - answers for any name
        raise TargetUnwritable(place=str(into), reason="no such folder")
    place = into / safe_name(name)
    if found.content.single_file:
        suffix = PurePosixPath(main_file(found)).suffix
        if place.suffix.casefold() != suffix.casefold():
            place = place.with_name(place.name + suffix)
    if os.path.lexists(place):
        raise TargetExists(place=str(place))
    return place
