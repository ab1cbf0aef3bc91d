"""A new administration: verified beside its place, which is free, and then given that.

Written in the journal while it is in the making, so that a restart removes what was brought of
one that was interrupted.
"""

from bewaar.archive import Archive
from bewaar.progress import Progress, Stage
from bewaar.restore.clearing import clear_after
from bewaar.restore.journal import Journal
from bewaar.restore.placement import Delivery, Placement
from bewaar.restore.swap import alone, discard


def place_new(
    delivery: Delivery, placement: Placement, archive: Archive, progress: Progress
) -> None:
    """Put the books in the free place, or leave all as it was.

    Raises TargetExists, TargetUnwritable, TargetFull, BackupDamaged, HomeFull, Cancelled, and of
    servers what they raise.
    """
    kit = delivery.kit
    journal = Journal(kit.home.journal)
    with alone(kit.home.locks, delivery.target.place, progress):
        swap = placement.begin(0)
        try:
            journal.write(swap)
            swap = placement.claim(swap, journal)
            placement.fill(swap, archive, progress)
            progress.stage(Stage.PLACING, delivery.request.new_name)
            placement.look_again()
            swap = placement.put(swap, journal)
        except BaseException as error:
            clear_after(error, swap, journal, placement.ground(swap), kit.home.locks)
            raise
        discard(swap, journal, placement.ground(swap))
