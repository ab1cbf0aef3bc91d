"""What jobs do: backups in a row, reading one back, restoring, undoing, rebuilding the index.

And what is answered at once: looking into backups, comparing them.
"""

from bewaar.operations.archives import ArchiveWork, Inside
from bewaar.operations.backups import BackupWork
from bewaar.operations.comparisons import CompareWork
from bewaar.operations.documents import DocumentWork
from bewaar.operations.restores import RestoreWork
from bewaar.operations.salvages import SalvageWork

__all__ = [
    "ArchiveWork",
    "BackupWork",
    "CompareWork",
    "DocumentWork",
    "Inside",
    "RestoreWork",
    "SalvageWork",
]
