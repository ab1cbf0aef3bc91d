"""An office whose books are a database on a real server; another Bewaar is killed there."""

import hashlib
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bewaar.model import Administration, Job
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from bewaar.servers.connection import ServerKind
from tests.scene import Office
from tests.servers import Server

NAME = "Bäckerei Möller"
ACCOUNTS = "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL)"
BOOKED = """
    CREATE TABLE bookings (
        id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts (id),
        amount INTEGER NOT NULL, text VARCHAR(80))
"""
FILL = (
    ACCOUNTS,
    BOOKED,
    "CREATE INDEX by_account ON bookings (account)",
    "INSERT INTO accounts VALUES (1, 'Kasse é'), (2, 'Bank'), (3, '''; DROP TABLE accounts;')",
    *(f"INSERT INTO bookings VALUES ({n}, {n % 3 + 1}, {n * 7}, 'text \\ {n}')" for n in range(90)),
)


@dataclass(kw_only=True)
class Desk:
    """An office with one administration that is a database."""

    office: Office
    server: Server
    database: str
    books: Administration

    def rows(self, database: str = "") -> str:
        """Return a checksum of all rows of all tables."""
        digest = hashlib.sha256()
        with self.server.cursor(database or self.database) as cursor:
            for table in ("accounts", "bookings"):
                cursor.execute(f"SELECT * FROM {table} ORDER BY id")
                digest.update(repr([tuple(row) for row in cursor.fetchall()]).encode())
        return digest.hexdigest()

    def book(self, amount: int = 12) -> None:
        self.server.do(
            self.database,
            f"INSERT INTO bookings SELECT max(id) + 1, 1, {amount}, 'later' FROM bookings",
        )

    def databases(self) -> set[str]:
        return set(self.server.seen().databases())

    def restore(self, **choices: object) -> Job:
        request = replace(self.request(), **choices)  # type: ignore[arg-type]
        return self.office.finish(self.office.engine.start_restore(request))

    def request(self) -> RestoreRequest:
        backup = self.office.engine.history(self.books.code)[0]
        return RestoreRequest(
            file=BackupFile(backup=backup.id),
            code=self.books.code,
            mode=RestoreMode.ORIGINAL,
            typed_name=NAME,
        )

    def undo(self) -> Job:
        return self.office.finish(self.office.engine.start_undo(self.books.code))


@contextmanager
def working(server: Server, folder: Path) -> Iterator[Desk]:
    """Open an office whose books are a database of that server."""
    office = Office(folder)
    database = server.new_database()
    server.do(database, *FILL)
    books = office.engine.add_database(server.connection(database), name=NAME)
    yield Desk(office=office, server=server, database=database, books=books)
    office.engine.close()


def reader(desk: Desk) -> str:
    """Return a user who may only read the books."""
    user = f"reader{uuid.uuid4().hex[:6]}"
    if desk.server.kind is ServerKind.POSTGRESQL:
        grant = f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}"
        desk.server.do(desk.database, f"CREATE USER {user}", grant)
    else:
        name = desk.database.replace("`", "``")
        grant = f"GRANT SELECT, LOCK TABLES ON `{name}`.* TO {user}@localhost"
        desk.server.do("", f"CREATE USER {user}@localhost", grant)
    return user


DYING = """
import os, signal, sys
from pathlib import Path
from bewaar.engine import Engine
from bewaar.model import BackupId, Code
from bewaar.paths import home
from bewaar.progress import SILENT
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from bewaar.secrets import MemorySecrets
from bewaar.servers.mariadb import MariaDb
from bewaar.servers.postgresql import PostgreSql
from tests.clocks import SetClock

kind, method, when, backup, code, name, into = sys.argv[1:]
server = MariaDb if kind == "mariadb" else PostgreSql
do = getattr(server, method)

def die(*arguments, **names):
    if when == "after":
        do(*arguments, **names)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(server, method, die)
engine = Engine(home(), clock=SetClock(), secrets=MemorySecrets())
job = engine.start_restore(
    RestoreRequest(
        file=BackupFile(backup=BackupId(backup)),
        code=Code(code),
        mode=RestoreMode.NEW if into else RestoreMode.ORIGINAL,
        typed_name=name,
        new_name=name,
        into=Path(into) if into else None,
    )
)
engine.run(job.id, SILENT)
"""


def killed(desk: Desk, method: str, when: str, new_name: str = "") -> None:
    """Let another Bewaar restore, and be killed before or after a method of the server.

    With a name for them it restores new books.
    """
    backup = desk.office.engine.history(desk.books.code)[0].id
    desk.office.engine.close()
    into = str(desk.books.place) if new_name else ""
    words = [desk.server.kind, method, when, backup, desk.books.code, new_name or NAME, into]
    died = subprocess.run(
        [sys.executable, "-c", DYING, *words],
        check=False,
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
