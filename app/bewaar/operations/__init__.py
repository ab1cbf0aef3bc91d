"""What jobs do: backups in a row, reading one back, restoring, undoing, rebuilding the index."""

from bewaar.operations.archives import ArchiveWork, Inside
from bewaar.operations.backups import BackupWork
from bewaar.operations.restores import RestoreWork

__all__ = ["ArchiveWork", "BackupWork", "Inside", "RestoreWork"]
