"""How often a backup was begun by itself since the last good one, and when last."""

from dataclasses import dataclass
from datetime import datetime

from bewaar.catalogue.database import Database
from bewaar.catalogue.records import moment
from bewaar.model import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The latest of so many in a row."""

    number: int  # 1 = the first
    at: datetime


class Attempts:
    """The attempts at each administration that have not come to a proven backup yet."""

    def __init__(self, database: Database) -> None:
        """Use the open catalogue."""
        self._database = database

    def latest(self) -> dict[Code, Attempt]:
        """Return the latest attempt at each administration."""
        rows = self._database.rows("SELECT code, number, latest FROM attempts")
        return {
            Code(row["code"]): Attempt(
                number=row["number"], at=datetime.fromisoformat(row["latest"])
            )
            for row in rows
        }

    def add(self, code: Code, at: datetime) -> None:
        """Keep that one is being made: it counts even if Bewaar dies in it."""
        with self._database.change() as db:
            db.execute(
                "INSERT INTO attempts (code, number, latest) VALUES (?, 1, ?)"
                " ON CONFLICT (code) DO UPDATE SET number = number + 1, latest = excluded.latest",
                (code, moment(at)),
            )

    def settle(self, code: Code) -> None:
        """Forget them: it is safely stored."""
        with self._database.change() as db:
            db.execute("DELETE FROM attempts WHERE code = ?", (code,))
