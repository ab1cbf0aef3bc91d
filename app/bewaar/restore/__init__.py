"""Giving books back without ever destroying what is there."""

from bewaar.restore.journal import Journal, Step, Store, Swap
from bewaar.restore.placing import grounds
from bewaar.restore.plan import RestorePlan, plan
from bewaar.restore.run import Kept, Ready, Restored, keep, prepare, restore
from bewaar.restore.swap import expire, recover
from bewaar.restore.undo import Undo, undo_last, undoable

__all__ = [
    "Journal",
    "Kept",
    "Ready",
    "RestorePlan",
    "Restored",
    "Step",
    "Store",
    "Swap",
    "Undo",
    "expire",
    "grounds",
    "keep",
    "plan",
    "prepare",
    "recover",
    "restore",
    "undo_last",
    "undoable",
]
