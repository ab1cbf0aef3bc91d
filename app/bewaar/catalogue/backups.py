"""Which backups exist, where, and what proves them."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bewaar.catalogue.database import Database
from bewaar.catalogue.records import dump, moment, readable
from bewaar.catalogue.vaults import note
from bewaar.clock import DRIFT
from bewaar.errors import BackupUnknown
from bewaar.model import SAFETY, Backup, BackupId, Code, Content, DestinationId, Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The live data as it was when an administration's newest proven backup was taken."""

    backup: Backup
    content: Content
    signature: str


@dataclass(frozen=True, slots=True)
class Counted:
    """How many transactions a backup holds of one administration."""

    backup: BackupId
    transactions: int | None  # None: unknown
    rule: str | None  # by which they were counted


class Backups:
    """The index of archive files."""

    def __init__(self, database: Database) -> None:
        """Use the open catalogue."""
        self._database = database

    def add(self, backup: Backup, *, signatures: Mapping[Code, str], blake3: str = "") -> None:
        """Write a backup with its contents, replacing what was known of the same file."""
        proof = dump(backup.proof) if backup.proof else None
        digest = backup.proof.blake3 if backup.proof else blake3
        with self._database.change() as db:
            db.execute(
                "DELETE FROM backups WHERE destination = ? AND (file = ? OR id = ?)",
                (backup.destination, backup.file, backup.id),
            )
            db.execute(
                "INSERT INTO backups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    backup.id,
                    backup.destination,
                    backup.file,
                    moment(backup.made_at),
                    backup.size,
                    backup.encrypted,
                    backup.locked,
                    proof,
                    digest,
                ),
            )
            db.executemany(
                "INSERT INTO contents VALUES (?, ?, ?, ?, ?)",
                [
                    (backup.id, backup.destination, c.code, dump(c), signatures.get(c.code, ""))
                    for c in backup.contents
                ],
            )
            note(db, backup)

    def prove(self, id: BackupId, destination: DestinationId, proof: Proof | None) -> None:
        """Set the proof of a backup, or take it away when a later reading failed."""
        with self._database.change() as db:
            db.execute(
                "UPDATE backups SET proof = ?, blake3 = coalesce(?, blake3)"
                " WHERE id = ? AND destination = ?",
                (
                    dump(proof) if proof else None,
                    proof.blake3 if proof else None,
                    id,
                    destination,
                ),
            )

    def lock(self, id: BackupId, *, locked: bool) -> None:
        """Lock or unlock a backup against removal."""
        with self._database.change() as db:
            db.execute("UPDATE backups SET locked = ? WHERE id = ?", (locked, id))

    def remove(self, id: BackupId, destination: DestinationId, *, was_proven: bool = False) -> None:
        """Forget a backup; its file is not touched. That it was proven once stays known."""
        with self._database.change() as db:
            db.execute(
                "INSERT INTO proven_before SELECT made_at FROM backups"
                " WHERE id = ? AND destination = ? AND destination <> ?"
                " AND (proof IS NOT NULL OR ?)",
                (id, destination, SAFETY, was_proven),
            )
            db.execute("DELETE FROM backups WHERE id = ? AND destination = ?", (id, destination))

    def get(self, id: BackupId) -> Backup:
        """Return a backup by its id, the oldest proven copy first. Raises BackupUnknown."""
        found = self._select("WHERE id = ? ORDER BY proof IS NULL, rowid", (id,))
        if not found:
            raise BackupUnknown(id=id)
        return found[0]

    def copies(self, id: BackupId) -> tuple[Backup, ...]:
        """Return the copies of a backup, wherever they lie."""
        return self._select("WHERE id = ?", (id,))

    def signatures(self, id: BackupId) -> dict[Code, str]:
        """Return the signatures of the live data a backup was taken from, where they are known."""
        rows = self._database.rows(
            "SELECT code, signature FROM contents WHERE backup = ? AND signature <> ''", (id,)
        )
        return {Code(row["code"]): row["signature"] for row in rows}

    def digest(self, id: BackupId, destination: DestinationId) -> str | None:
        """Return the BLAKE3 of the archive file, when it is known."""
        rows = self._database.rows(
            "SELECT blake3 FROM backups WHERE id = ? AND destination = ?", (id, destination)
        )
        return rows[0]["blake3"] or None if rows else None

    def of(self, code: Code) -> tuple[Backup, ...]:
        """Return an administration's backups, newest first."""
        return self._select(
            "WHERE EXISTS (SELECT 1 FROM contents WHERE backup = id"
            " AND contents.destination = backups.destination AND code = ?)"
            " ORDER BY made_at DESC, id, rowid",
            (code,),
        )

    def counted(self, code: Code | None = None) -> dict[Code, list[Counted]]:
        """Return how many transactions the proven backups hold of each administration, or of one.

        The newest first, one copy of each; safety copies do not count.
        """
        rows = self._database.rows(
            "SELECT code, backup,"
            " json_extract(content, '$.counts.transactions', '$.counts.rule') AS counted"
            " FROM contents JOIN backups"
            " ON backup = id AND contents.destination = backups.destination"
            " WHERE proof IS NOT NULL AND backups.destination <> ? AND (? IS NULL OR code = ?)"
            " AND json_valid(content) GROUP BY code, id ORDER BY made_at DESC, id",
            (SAFETY, code, code),
        )
        found: dict[Code, list[Counted]] = {}
        for row in rows:
            counted = Counted(BackupId(row["backup"]), *json.loads(row["counted"]))
            found.setdefault(Code(row["code"]), []).append(counted)
        return found

    def at(self, destination: DestinationId) -> tuple[Backup, ...]:
        """Return a destination's backups, newest first."""
        return self._select("WHERE destination = ? ORDER BY made_at DESC, id", (destination,))

    def named(self, destination: DestinationId, file: str) -> Backup | None:
        """Return what is known of a file at a destination."""
        found = self._select("WHERE destination = ? AND file = ?", (destination, file))
        return found[0] if found else None

    def copy_at(self, id: BackupId, destination: DestinationId) -> Backup | None:
        """Return the copy of a backup that lies at one destination."""
        found = self._select("WHERE id = ? AND destination = ?", (id, destination))
        return found[0] if found else None

    def moments(self, since: datetime) -> list[datetime]:
        """Return when the proven backups after a moment were made, removed ones too.

        Safety copies do not count.
        """
        rows = self._database.rows(
            "SELECT made_at FROM (SELECT DISTINCT id, made_at FROM backups"
            " WHERE made_at >= ? AND proof IS NOT NULL AND destination <> ?)"
            " UNION ALL SELECT made_at FROM proven_before WHERE made_at >= ?",
            (moment(since), SAFETY, moment(since)),
        )
        return [datetime.fromisoformat(row["made_at"]) for row in rows]

    def baselines(self, now: datetime | None = None) -> dict[Code, Baseline]:
        """Return for each administration its newest proven backup and the data it holds.

        Safety copies lie on the same disk as the books and do not count. What a wrong clock dated
        later than `now` counts only where there is nothing else.
        """
        rows = self._newest("", (), now)
        return {
            Code(row["code"]): Baseline(
                backup=_backup(row, [content]), content=content, signature=row["signature"]
            )
            for row in rows
            for content in readable(Content, [row["content"]])
        }

    def baseline(
        self, code: Code, destination: DestinationId | None = None, now: datetime | None = None
    ) -> Baseline | None:
        """Return the newest proven backup of one administration, anywhere or at one place."""
        rows = self._newest(
            "AND code = ? AND (? IS NULL OR backups.destination = ?)",
            (code, destination, destination),
            now,
        )
        for row in rows:
            for content in readable(Content, [row["content"]]):
                backup = _backup(row, self._contents(row))
                return Baseline(backup=backup, content=content, signature=row["signature"])
        return None

    def resign(self, baseline: Baseline, signature: str) -> None:
        """Note a new signature for unchanged content, so the next look is cheap again."""
        with self._database.change() as db:
            db.execute(
                "UPDATE contents SET signature = ? WHERE backup = ? AND destination = ?"
                " AND code = ?",
                (
                    signature,
                    baseline.backup.id,
                    baseline.backup.destination,
                    baseline.content.code,
                ),
            )

    def _newest(
        self, where: str, values: Iterable[object], now: datetime | None
    ) -> list[sqlite3.Row]:
        """Return the newest proven backup of each administration, with what it holds of it."""
        later = moment(now + DRIFT) if now else "9"
        return self._database.rows(
            "SELECT * FROM (SELECT backups.*, code, content, signature, row_number() OVER"  # noqa: S608
            " (PARTITION BY code ORDER BY made_at > ?, made_at DESC, id) AS place"
            " FROM backups JOIN contents"
            " ON backup = id AND contents.destination = backups.destination"
            f" WHERE proof IS NOT NULL AND backups.destination <> ? {where}) WHERE place = 1",
            (later, SAFETY, *values),
        )

    def _select(self, where: str, values: Iterable[object]) -> tuple[Backup, ...]:
        rows = self._database.rows(f"SELECT * FROM backups {where}", values)  # noqa: S608
        return tuple(_backup(row, self._contents(row)) for row in rows)

    def _contents(self, row: sqlite3.Row) -> list[Content]:
        rows = self._database.rows(
            "SELECT content FROM contents WHERE backup = ? AND destination = ? ORDER BY rowid",
            (row["id"], row["destination"]),
        )
        return readable(Content, [each["content"] for each in rows])


def _backup(row: sqlite3.Row, contents: list[Content]) -> Backup:
    return Backup(
        id=BackupId(row["id"]),
        destination=DestinationId(row["destination"]),
        file=row["file"],
        made_at=datetime.fromisoformat(row["made_at"]),
        size=row["size"],
        encrypted=bool(row["encrypted"]),
        contents=tuple(contents),
        proof=next(iter(readable(Proof, [row["proof"]] if row["proof"] else [])), None),
        locked=bool(row["locked"]),
    )
