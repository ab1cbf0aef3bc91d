"""The geometry of the pictures; the templates draw it, the words stay with the templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bewaar.model import Backup, BackupId, Code, Counts

WIDTH, HEIGHT = 640, 72
MOST_BARS = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """One backup in a chart."""

    backup: Backup
    value: int
    x: float
    y: float
    width: float
    height: float


def sizes(history: Sequence[Backup]) -> list[Bar]:
    """Return one bar per backup, oldest left; the largest one fills the height."""
    return _bars(history, {backup.id: backup.size for backup in history})


def transactions(history: Sequence[Backup], counts: Mapping[BackupId, Counts]) -> list[Bar]:
    """Return the same for the transactions of the backups in which they are known."""
    known = {id_: each.transactions for id_, each in counts.items()}
    return _bars(history, {id_: n for id_, n in known.items() if n is not None})


def counts(history: Sequence[Backup], code: Code) -> dict[BackupId, Counts]:
    """Return what each backup holds of one administration; nothing is known of one still locked."""
    return {
        backup.id: next((each.counts for each in backup.contents if each.code == code), Counts())
        for backup in history
    }


def _bars(history: Sequence[Backup], values: Mapping[BackupId, int]) -> list[Bar]:
    once = {backup.id: backup for backup in history}.values()  # copies look the same
    shown = [backup for backup in reversed([*once][:MOST_BARS]) if backup.id in values]
    largest = max((values[backup.id] for backup in shown), default=0) or 1
    step = WIDTH / max(len(shown), 8)
    start = WIDTH - step * len(shown) + step * 0.28  # the newest at the right edge
    return [
        Bar(backup, values[backup.id], start + i * step, HEIGHT - tall, step * 0.72, tall)
        for i, backup in enumerate(shown)
        for tall in [max(2.0, HEIGHT * values[backup.id] / largest)]
    ]
