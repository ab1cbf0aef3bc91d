"""What was taken of the backups that programs make themselves, and since when each is wanted.

A file that was ever taken stays known by its content, also when the backup that held it is gone:
else it would be taken again for as long as it lies there.
"""

import sqlite3
from datetime import datetime

from bewaar.catalogue.database import Database
from bewaar.catalogue.records import moment
from bewaar.model import Backup, Code, DestinationId, Stored, Took


class Vaults:
    """The files that were taken in, by destination."""

    def __init__(self, database: Database) -> None:
        """Use the open catalogue."""
        self._database = database

    def stored(self, code: Code, destination: DestinationId | None = None) -> Stored:
        """Return what was taken in at one destination, or anywhere."""
        rows = self._database.rows(
            "SELECT taken.*, EXISTS (SELECT 1 FROM backups WHERE id = taken.backup"
            " AND backups.destination = taken.destination AND proof IS NOT NULL) AS held"
            " FROM taken WHERE code = ? AND (? IS NULL OR destination = ?)",
            (code, destination, destination),
        )
        return Stored(
            known={(row["path"], row["size"], row["mtime_ns"]): row["blake3"] for row in rows},
            taken=frozenset(row["blake3"] for row in rows),
            held=frozenset(row["blake3"] for row in rows if row["held"]),
            since=self._since(code, destination),
        )

    def begin(self, code: Code, at: datetime) -> None:
        """Let what lies there already be left from now on, but for the newest."""
        with self._database.change() as db:
            db.execute("UPDATE vaults SET since = ? WHERE code = ?", (moment(at), code))

    def reach_back(self, code: Code, destination: DestinationId, to: datetime) -> None:
        """Let older ones be wanted too: all that were written since then."""
        with self._database.change() as db:
            db.execute(
                "INSERT INTO vaults VALUES (?, ?, ?) ON CONFLICT (code, destination)"
                " DO UPDATE SET since = min(since, excluded.since)",
                (code, destination, moment(to)),
            )

    def _since(self, code: Code, destination: DestinationId | None) -> datetime | None:
        rows = self._database.rows(
            "SELECT min(since) AS since FROM vaults"
            " WHERE code = ? AND (? IS NULL OR destination = ?)",
            (code, destination, destination),
        )
        return datetime.fromisoformat(rows[0]["since"]) if rows[0]["since"] else None


def note(db: sqlite3.Connection, backup: Backup) -> None:
    """Write down what a backup took in, in the transaction that makes the backup known."""
    made_at = moment(backup.made_at)
    since = moment(backup.proof.proven_at) if backup.proof else made_at  # of a copy: not before it
    for content in backup.contents:
        if content.took:
            db.execute(
                "INSERT INTO vaults VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (content.code, backup.destination, since),
            )
        db.executemany(
            "INSERT INTO taken VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (code, destination, blake3) DO UPDATE SET path = excluded.path,"
            " size = excluded.size, mtime_ns = excluded.mtime_ns, backup = excluded.backup,"
            " made_at = excluded.made_at WHERE excluded.made_at >= made_at",
            [
                (content.code, backup.destination, *_of(took), backup.id, made_at)
                for took in content.took
            ],
        )


def _of(took: Took) -> tuple[str, str, int, int]:
    return took.blake3, took.path, took.size, took.mtime_ns
