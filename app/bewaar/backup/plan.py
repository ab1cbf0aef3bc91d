"""What a backup would do, said before anything happens."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bewaar.backup.run import Order, expected_size
from bewaar.backup.unchanged import is_unchanged
from bewaar.destinations.base import OpenDestination
from bewaar.destinations.preflight import preflight
from bewaar.kit import Kit
from bewaar.model import (
    Administration,
    Code,
    Destination,
    Note,
    OpenState,
    Room,
)
from bewaar.progress import SILENT

BYTES_PER_SECOND = 40_000_000  # a modest stick or disk, write and read back


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One administration in a plan."""

    administration: Administration
    open_state: OpenState
    sound: bool  # whether the copy is sound although it is open
    files: int
    size: int  # unpacked, bytes
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPlan:
    """The summary before a backup."""

    administrations: tuple[Planned, ...]
    skipped: tuple[Code, ...]  # unchanged since their last proven backup there
    destination: Destination
    room: Room
    names: tuple[str, ...]  # the files that will be made
    size_estimate: int  # bytes of all archives
    seconds_estimate: int
    warnings: tuple[Note, ...]


def plan(
    administrations: tuple[Administration, ...],
    orders: Callable[[tuple[Administration, ...]], tuple[Order, ...]],
    to: OpenDestination,
    kit: Kit,
    *,
    encrypted: bool,
    even_unchanged: bool,
) -> BackupPlan:
    """Look at everything and write nothing but a test file. Raises what preflight raises."""
    planned = tuple(_look(each, to, kit, encrypted=encrypted) for each in administrations)
    wanted = [p for p in planned if p.changed or even_unchanged]
    made = orders(tuple(p.administration for p in wanted)) if wanted else ()
    sizes = {p.administration.code: p.size for p in planned}
    estimates = [
        expected_size(sum(sizes[a.code] for a in order.administrations), order, kit)
        for order in made
    ]
    places = [place for p in wanted for place in p.administration.places]
    preflight(to, sum(estimates), places, largest=max(estimates, default=0))
    return BackupPlan(
        administrations=tuple(wanted),
        skipped=tuple(p.administration.code for p in planned if p not in wanted),
        destination=to.destination,
        room=to.room(),
        names=tuple(order.file for order in made),
        size_estimate=sum(estimates),
        seconds_estimate=max(1, sum(p.size for p in wanted) // BYTES_PER_SECOND),
        warnings=tuple(_warnings(to)),
    )


def _look(
    administration: Administration, to: OpenDestination, kit: Kit, *, encrypted: bool
) -> Planned:
    storage = kit.storage(administration)
    source = kit.source(administration, to.destination.id)
    extent = storage.extent(source)
    return Planned(
        administration=administration,
        open_state=storage.is_open(source),
        sound=storage.sound_while_open,
        files=extent.files,
        size=extent.size,
        changed=not is_unchanged(administration, to, kit, encrypted=encrypted, progress=SILENT),
    )


def _warnings(to: OpenDestination) -> Iterator[Note]:
    if to.room().same_disk_as_system:
        yield Note(code="destination.samedisk", params={"name": to.destination.name})
