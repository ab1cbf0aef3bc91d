"""Making backups: the plan, the run, the proof, and which older ones may go afterwards."""

from bewaar.backup.plan import BackupPlan, Planned, plan
from bewaar.backup.run import Order, back_up
from bewaar.backup.settled import await_program
from bewaar.backup.tidy import tidy
from bewaar.backup.unchanged import is_unchanged

__all__ = [
    "BackupPlan",
    "Order",
    "Planned",
    "await_program",
    "back_up",
    "is_unchanged",
    "plan",
    "tidy",
]
