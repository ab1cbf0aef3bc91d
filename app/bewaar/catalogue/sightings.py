"""What was last seen of live books, what a restart found, and single remembered facts."""

from datetime import date, datetime

from bewaar.catalogue.database import Database
from bewaar.catalogue.records import dump, moment, readable
from bewaar.model import Code, Observation, Recovery


class Observations:
    """The last look at each administration's live data."""

    def __init__(self, database: Database) -> None:
        """Use the open catalogue."""
        self._database = database

    def save(self, code: Code, observation: Observation) -> None:
        """Keep the newest look; the first sight of an administration stays known."""
        with self._database.change() as db:
            db.execute(
                "INSERT INTO observations (code, first_seen, observation) VALUES (?, ?, ?)"
                " ON CONFLICT (code) DO UPDATE SET observation = excluded.observation",
                (code, moment(observation.seen_at), dump(observation)),
            )

    def all(self) -> dict[Code, Observation]:
        """Return the last look at each administration."""
        rows = self._database.rows("SELECT code, observation FROM observations")
        return {
            Code(row["code"]): seen
            for row in rows
            for seen in readable(Observation, [row["observation"]])
        }

    def get(self, code: Code) -> Observation | None:
        """Return the last look at one administration."""
        rows = self._database.rows("SELECT observation FROM observations WHERE code = ?", (code,))
        return next(iter(readable(Observation, [row["observation"] for row in rows])), None)

    def first_seen(self) -> dict[Code, datetime]:
        """Return since when each administration is known."""
        rows = self._database.rows("SELECT code, first_seen FROM observations")
        return {Code(row["code"]): datetime.fromisoformat(row["first_seen"]) for row in rows}

    def known_since(self, latest: datetime) -> None:
        """Let nothing be known since later than a moment: a wrong clock had said so."""
        with self._database.change() as db:
            db.execute("UPDATE observations SET first_seen = min(first_seen, ?)", (moment(latest),))

    def mark_overdue(self, day: date) -> None:
        """Keep for the calendar that something was overdue on a day."""
        if not self._database.rows("SELECT 1 FROM overdue_days WHERE day = ?", (str(day),)):
            with self._database.change() as db:
                db.execute("INSERT OR IGNORE INTO overdue_days VALUES (?)", (str(day),))

    def overdue_days(self, first: date) -> set[date]:
        """Return the days since `first` on which something was overdue."""
        rows = self._database.rows("SELECT day FROM overdue_days WHERE day >= ?", (str(first),))
        return {date.fromisoformat(row["day"]) for row in rows}

    def forget(self, code: Code) -> None:
        """Remove what was seen of an administration."""
        with self._database.change() as db:
            db.execute("DELETE FROM observations WHERE code = ?", (code,))


class Recoveries:
    """What was found and done about interrupted restores, until somebody has read it."""

    def __init__(self, database: Database) -> None:
        """Use the open catalogue."""
        self._database = database

    def add(self, recovery: Recovery) -> None:
        """Keep a recovery until it is read."""
        with self._database.change() as db:
            db.execute("INSERT INTO recoveries (recovery) VALUES (?)", (dump(recovery),))

    def unread(self) -> tuple[Recovery, ...]:
        """Return those nobody has read, oldest first."""
        rows = self._database.rows("SELECT recovery FROM recoveries WHERE read = 0 ORDER BY number")
        return tuple(readable(Recovery, [row["recovery"] for row in rows]))

    def read_all(self) -> None:
        """Mark them as read."""
        with self._database.change() as db:
            db.execute("UPDATE recoveries SET read = 1")


class Facts:
    """Single remembered values by name."""

    def __init__(self, database: Database) -> None:
        """Use the open catalogue."""
        self._database = database

    def moment(self, name: str) -> datetime | None:
        """Return a remembered time."""
        rows = self._database.rows("SELECT value FROM facts WHERE name = ?", (name,))
        return datetime.fromisoformat(rows[0]["value"]) if rows else None

    def remember(self, name: str, at: datetime | None) -> None:
        """Remember a time, or forget it with None."""
        with self._database.change() as db:
            if at is None:
                db.execute("DELETE FROM facts WHERE name = ?", (name,))
            else:
                db.execute(
                    "INSERT INTO facts (name, value) VALUES (?, ?)"
                    " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    (name, moment(at)),
                )
