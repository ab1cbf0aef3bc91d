"""What is still to come of the backups that a program made while nobody took them in."""

from collections.abc import Callable, Iterable, Iterator

from bewaar.backup import Order
from bewaar.destinations.base import OpenDestination
from bewaar.errors import BewaarError, Cancelled, SourceShrunk
from bewaar.kit import Kit
from bewaar.model import Administration
from bewaar.progress import Progress


def each_in_turn(
    administrations: tuple[Administration, ...],
    orders: Callable[[tuple[Administration, ...]], Iterable[Order]],
    to: OpenDestination,
    kit: Kit,
    progress: Progress,
) -> Iterator[Order]:
    """Yield the orders of all, then more of each of which more waits, as long as it gets less."""
    before = [arrivals(each, to, kit, progress) for each in administrations]
    yield from orders(administrations)
    for administration, left in zip(administrations, before, strict=True):
        last = left
        while 0 < (now := arrivals(administration, to, kit, progress)) < last:
            last = now
            yield from orders((administration,))


def arrivals(
    administration: Administration, to: OpenDestination, kit: Kit, progress: Progress
) -> int:
    """Return how many wait, none of them refused before; 0 for other books. Raises Cancelled."""
    books = kit.vaulted(administration) if administration.vault else None
    if books is None:
        return 0
    try:
        return books.arrivals(kit.source(administration, to.destination.id), progress)
    except Cancelled:
        raise
    except BewaarError:
        return 0  # told by the backup itself, or by the next one


def put_off(order: Order, error: BewaarError, to: OpenDestination, kit: Kit) -> None:
    """Let one that is refused for what it holds not stand in the way of those after it."""
    for administration in order.administrations if isinstance(error, SourceShrunk) else ():
        books = kit.vaulted(administration) if administration.vault else None
        if books is not None:
            books.put_off(kit.source(administration, to.destination.id))
