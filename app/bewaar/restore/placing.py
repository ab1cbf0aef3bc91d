"""Which way a delivery goes: the one place that names the ways there are."""

from functools import partial
from pathlib import Path

from bewaar.kit import Kit
from bewaar.restore.ground import Ground, Grounds
from bewaar.restore.ground_files import FileGround
from bewaar.restore.ground_server import ServerGround
from bewaar.restore.journal import Swap
from bewaar.restore.placement import Delivery, Placement
from bewaar.restore.placement_files import FilePlacement
from bewaar.restore.placement_server import ServerPlacement


def placement_of(delivery: Delivery) -> Placement:
    """Return how the books of a delivery come to their place."""
    return ServerPlacement(delivery) if delivery.target.on_server else FilePlacement(delivery)


def grounds(kit: Kit) -> Grounds:
    """Return where the books of any swap lie."""
    return partial(_ground, kit)


def _ground(kit: Kit, swap: Swap) -> Ground:
    if swap.databases is None:
        return FileGround(swap)
    if not swap.databases.via:
        return ServerGround(swap.databases, partial(kit.server_of, swap.place))
    way = Path(swap.databases.via)
    return ServerGround(swap.databases, partial(kit.server_of, way), unsaid=swap.place)
