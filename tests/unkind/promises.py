"""What must hold after everything that can go wrong, looked at on the disk."""

import os
import time
from pathlib import Path

from bewaar.destinations.base import PART
from bewaar.model import Backup, Code, Destination, Job, JobState
from bewaar.progress import SILENT
from bewaar.requests import BackupFile
from tests.scene import Office

WORK = ".bewaar-"


def rest(folder: Path) -> None:
    """Let files look as if nobody had written to them for an hour: then no backup waits for it."""
    hour_ago = time.time() - 3600
    for path in (folder, *folder.rglob("*")):
        if path.is_file():
            os.utime(path, (hour_ago, hour_ago))


def code_of(job: Job) -> str:
    """Return the code of the failure that a job must have ended with."""
    assert job.state is JobState.FAILED, job
    assert job.error is not None
    return job.error.code


def files_at(destination: Destination) -> list[str]:
    """Return the names at a destination, without its id file."""
    return sorted(p.name for p in destination.folder.iterdir() if "destination" not in p.name)


def archives_at(destination: Destination) -> list[str]:
    """Return what counts there: the finished archives."""
    return [name for name in files_at(destination) if name.endswith(".zip")]


def work_left(office: Office) -> list[Path]:
    """Return the snapshots, staging folders and parts that somebody left behind for good.

    What a cancelled restore brought is cleared behind it: that has a minute.
    """
    deadline = time.monotonic() + 60
    while (left := _work(office)) != [] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left is not None, "something goes all the time"
    return left


def _work(office: Office) -> list[Path] | None:
    """Return what lies there; None while it goes under our eyes."""
    snapshots = office.home.snapshots
    try:
        scratch = list(snapshots.iterdir()) if snapshots.exists() else []
        staged = [path for path in office.root.rglob(f"{WORK}*") if not _kept_for_undo(path)]
        parts = [p for p in office.root.rglob(f"*{PART}") if p.parent == office.stick.folder]
    except FileNotFoundError:
        return None
    return sorted([*scratch, *staged, *parts])


def _kept_for_undo(path: Path) -> bool:
    """Whether a work folder holds what a finished restore replaced, and nothing else."""
    inside = {inner.name for inner in path.iterdir()} if path.is_dir() else set()
    emptied = "new" not in inside or not any((path / "new").iterdir())
    return bool(inside - {"new"}) and inside <= {"old", "undone", "new"} and emptied


def verified(office: Office, backup: Backup, password: str | None = None) -> Job:
    """Read a backup back through the verb."""
    file = BackupFile(backup=backup.id)
    return office.finish(office.engine.start_verify(file, password), SILENT)


def every_backup_is_good(office: Office, *codes: Code) -> list[Backup]:
    """Read back everything that counts as proven; return it."""
    proven = [b for code in codes for b in office.engine.history(code) if b.proof]
    for backup in proven:
        job = verified(office, backup)
        assert job.state is JobState.DONE, (backup.file, job.error)
    return proven
