"""What lies on the disks of a world: backups, what is half done, and what is not Bewaar's."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from bewaar.destinations.base import PART
from bewaar.restore import Journal, Step, Swap
from tests.faults.world import BYSTANDERS, World

SETTLED = {Step.PLACED, Step.UNDONE}
WORK = ".bewaar-"


def opens(file: Path) -> bool:
    """Whether an ordinary zip program finds nothing wrong with it."""
    try:
        with zipfile.ZipFile(file) as archive:
            locked = any(info.flag_bits & 1 for info in archive.infolist())
            return locked or archive.testzip() is None
    except zipfile.BadZipFile:
        return False


def swaps(world: World) -> list[Swap]:
    folder = world.home.journal
    return Journal(folder).swaps() if folder.exists() else []


def is_open(swap: Swap) -> bool:
    """Whether something is to be done; one that had only begun may wait for a drive in vain."""
    return swap.step not in SETTLED and (swap.step is not Step.STAGING or swap.work.exists())


def archives(world: World) -> Iterator[Path]:
    """Yield what lies there as a finished backup of Bewaar's."""
    foreign = {Path(file).name for file in BYSTANDERS}
    for folder in (world.room("stick"), world.home.safety):
        yield from (p for p in folder.glob("*.zip") if p.name not in foreign)


def others(world: World) -> dict[str, bytes]:
    """Return every file that is not Bewaar's and no books, wherever it lies."""
    return {
        str(path.relative_to(world.root)): path.read_bytes()
        for path in sorted(world.root.rglob("*"))
        if path.is_file() and not _may_change(path, world)
    }


def folders(world: World) -> frozenset[str]:
    return frozenset(
        str(path.relative_to(world.root))
        for path in world.root.rglob("*")
        if path.is_dir() and not _may_change(path, world) and path.name != "lost+found"
    )


def _may_change(path: Path, world: World) -> bool:
    inside = path.relative_to(world.root)
    if inside.parts[0] == "home" or any(part.startswith(WORK) for part in inside.parts):
        return True
    if inside.parts[:2] in {("books", world.holding.name), ("books", world.bakery.name)}:
        return True
    if str(inside) in BYSTANDERS:
        return False
    if inside.parts[:2] == ("books", "into"):
        return len(inside.parts) > 2 and inside.parts[2].startswith("Terug")
    return inside.parts[0] == "stick" and inside.name.endswith((".zip", ".info.json", ".part"))


def leftovers(world: World) -> Iterator[str]:
    """Yield what a finished or undone piece of work may not leave."""
    kept = {swap.work.name for swap in swaps(world) if swap.step in SETTLED}
    for room in ("books", "stick"):
        work = world.room(room).rglob(f"{WORK}*")
        yield from (str(path) for path in work if path.name not in kept)
    snapshots = world.home.snapshots
    yield from map(str, snapshots.iterdir() if snapshots.exists() else ())
    yield from map(str, world.home.safety.glob(f"*{PART}"))
