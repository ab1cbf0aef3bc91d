"""The history of long operations, and the failures nobody has read yet."""

from bewaar.catalogue.database import Database
from bewaar.catalogue.records import dump, moment, readable
from bewaar.errors import JobUnknown
from bewaar.model import BackupId, Code, DestinationId, Failure, Job, JobId, JobKind

KEPT_JOBS = 2000  # the log's length


class Jobs:
    """Every job, newest first."""

    def __init__(self, database: Database) -> None:
        """Use the open catalogue."""
        self._database = database

    def save(self, job: Job, *, owner: str, request: str | None = None) -> None:
        """Write a job as it is now; `owner` names the lock that its process holds.

        The `request` with which it is first written stays.
        """
        with self._database.change() as db:
            db.execute(
                "INSERT INTO jobs (id, queued_at, state, owner, job, request)"
                " VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET state = excluded.state, job = excluded.job",
                (job.id, moment(job.queued_at), job.state.value, owner, dump(job), request),
            )

    def interrupt(self, job: Job, *, owner: str, again: bool) -> bool:
        """Write the end of a job whose process is gone; `again`: it may be taken up later.

        Return False when another process was quicker.
        """
        with self._database.change() as db:
            changed = db.execute(
                "UPDATE jobs SET state = ?, job = ?, request = iif(?, request, NULL)"
                " WHERE id = ? AND owner = ? AND state IN ('queued', 'running', 'stopping')",
                (job.state.value, dump(job), again, job.id, owner),
            )
            return changed.rowcount == 1

    def request(self, id: JobId) -> str | None:
        """Return what a job was asked to do; None when that cannot be taken up."""
        rows = self._database.rows("SELECT request FROM jobs WHERE id = ?", (id,))
        return rows[0]["request"] if rows else None

    def cut_short(self) -> tuple[tuple[Job, str], ...]:
        """Return those that may be taken up with their requests, in the order of asking."""
        rows = self._database.rows(
            "SELECT job, request FROM jobs WHERE state = 'interrupted' AND request IS NOT NULL"
            " ORDER BY queued_at, rowid"
        )
        return tuple((job, row["request"]) for row in rows for job in readable(Job, [row["job"]]))

    def take_up(self, job: Job, *, owner: str) -> bool:
        """Have an interrupted job queued by a new owner; False when another was quicker."""
        with self._database.change() as db:
            changed = db.execute(
                "UPDATE jobs SET state = ?, job = ?, owner = ?"
                " WHERE id = ? AND state = 'interrupted' AND request IS NOT NULL",
                (job.state.value, dump(job), owner, job.id),
            )
            return changed.rowcount == 1

    def get(self, id: JobId) -> Job:
        """Return one job. Raises JobUnknown."""
        rows = self._database.rows("SELECT job FROM jobs WHERE id = ?", (id,))
        for job in readable(Job, [row["job"] for row in rows]):
            return job
        raise JobUnknown(id=id)

    def newest(self, limit: int) -> tuple[Job, ...]:
        """Return the latest jobs, newest first."""
        rows = self._database.rows(
            "SELECT job FROM jobs ORDER BY queued_at DESC, rowid DESC LIMIT ?", (limit,)
        )
        return tuple(readable(Job, [row["job"] for row in rows]))

    def that_made(self, backup: BackupId) -> Job | None:
        """Return the job that made a backup; None when it was made elsewhere, or long ago."""
        rows = self._database.rows(
            "SELECT job FROM jobs WHERE job LIKE ? AND json_extract(job, '$.kind') = ?"
            " ORDER BY queued_at DESC LIMIT 1",
            (f'%"{backup}"%', JobKind.BACKUP.value),
        )
        return next(iter(readable(Job, [row["job"] for row in rows])), None)

    def removals(self, destination: DestinationId, limit: int) -> tuple[Job, ...]:
        """Return which backups somebody removed from a destination, the latest first."""
        rows = self._database.rows(
            "SELECT job FROM jobs WHERE json_extract(job, '$.kind') = ?"
            " AND json_extract(job, '$.destination') = ?"
            " ORDER BY queued_at DESC, rowid DESC LIMIT ?",
            (JobKind.REMOVE.value, destination, limit),
        )
        return tuple(readable(Job, [row["job"] for row in rows]))

    def unfinished(self) -> tuple[tuple[Job, str], ...]:
        """Return those that were queued or running when last written, with their owners."""
        rows = self._database.rows(
            "SELECT job, owner FROM jobs WHERE state IN ('queued', 'running', 'stopping')"
            " ORDER BY queued_at, rowid"
        )
        return tuple((job, row["owner"]) for row in rows for job in readable(Job, [row["job"]]))

    def trim(self) -> None:
        """Forget the oldest jobs beyond what the log keeps."""
        with self._database.change() as db:
            db.execute(
                "DELETE FROM jobs WHERE id IN"
                " (SELECT id FROM jobs ORDER BY queued_at DESC, rowid DESC LIMIT -1 OFFSET ?)",
                (KEPT_JOBS,),
            )


class Failures:
    """What went wrong, until somebody has read it (Z02)."""

    def __init__(self, database: Database) -> None:
        """Use the open catalogue."""
        self._database = database

    def add(self, failure: Failure) -> None:
        """Keep a failure; one per job and administration."""
        with self._database.change() as db:
            db.execute(
                "INSERT OR REPLACE INTO failures (job, administration, failure) VALUES (?, ?, ?)",
                (failure.job, failure.administration or "", dump(failure)),
            )

    def unread(self) -> tuple[Failure, ...]:
        """Return those nobody has read, newest first."""
        rows = self._database.rows(
            "SELECT failure FROM failures WHERE read = 0 ORDER BY rowid DESC"
        )
        return tuple(readable(Failure, [row["failure"] for row in rows]))

    def read(self, job: JobId) -> None:
        """Mark a job's failures as read."""
        with self._database.change() as db:
            db.execute("UPDATE failures SET read = 1 WHERE job = ?", (job,))

    def settle(self, code: Code) -> None:
        """Mark an administration's failures as read: a proven backup has made them good."""
        with self._database.change() as db:
            db.execute("UPDATE failures SET read = 1 WHERE administration = ?", (code,))
