"""Writing a backup file."""

from collections.abc import Sequence
from datetime import datetime

from bewaar.archive.manifest import Item, Written
from bewaar.destinations.base import Sink
from bewaar.model import BackupId
from bewaar.progress import SILENT, Progress


def write(
    sink: Sink,
    *,
    id: BackupId,  # noqa: A002
    made_at: datetime,
    items: Sequence[Item],
    password: str | None = None,
    progress: Progress = SILENT,
) -> Written:
    """Write one archive to `sink`, forward only.

    Raises NothingChosen, SourceEmpty, PasswordEmpty, SourceUnreadable, Cancelled, Fault, and
    whatever the sink raises.
    """
    raise NotImplementedError
