"""What jobs do: backups in a row, reading one back, copying it, restoring, undoing, comparing.

And what is answered at once: looking into backups, removing one.
"""

from bewaar.operations.archives import ArchiveWork, Inside
from bewaar.operations.backups import BackupWork
from bewaar.operations.closing import ClosingWork
from bewaar.operations.comparisons import CompareWork
from bewaar.operations.copies import CopyWork
from bewaar.operations.documents import DocumentWork
from bewaar.operations.findings import FindingsWork
from bewaar.operations.older import Older, OlderWork
from bewaar.operations.references import Outside, ReferenceWork
from bewaar.operations.restores import RestoreWork
from bewaar.operations.salvages import SalvageWork
from bewaar.operations.servers import KnownServer, Lobby, ServerWork

__all__ = [
    "ArchiveWork",
    "BackupWork",
    "ClosingWork",
    "CompareWork",
    "CopyWork",
    "DocumentWork",
    "FindingsWork",
    "Inside",
    "KnownServer",
    "Lobby",
    "Older",
    "OlderWork",
    "Outside",
    "ReferenceWork",
    "RestoreWork",
    "SalvageWork",
    "ServerWork",
]
