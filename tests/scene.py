"""A small office to test in: real books, a real destination, an engine with a clock set by hand."""

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from bewaar.archive.records import LOCAL, LOCAL_SIGN
from bewaar.engine import Engine
from bewaar.model import Administration, Backup, Code, Destination, Job, JobState
from bewaar.paths import Home, home
from bewaar.progress import SILENT, Progress
from bewaar.requests import BackupFile, BackupRequest, Protection, RestoreMode, RestoreRequest
from bewaar.secrets import MemorySecrets
from tests.clocks import SetClock


def make_folder_books(folder: Path, *, files: int = 6) -> Path:
    """Write an administration of plain files, with an empty folder and documents."""
    (folder / "2025").mkdir(parents=True)
    (folder / "leeg").mkdir()
    for number in range(files):
        (folder / "2025" / f"journaal {number} é.dat").write_bytes(b"booking %d;" % number * 500)
    (folder / "index.txt").write_text("Jansen Holding\n", encoding="utf-8")
    return folder


def make_sqlite_books(file: Path, *, rows: int = 120) -> Path:
    """Write an administration that is one SQLite file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(file)
    database.execute("CREATE TABLE entries (id INTEGER PRIMARY KEY, amount INTEGER, text TEXT)")
    database.executemany(
        "INSERT INTO entries (amount, text) VALUES (?, ?)",
        [(n * 100, f"boeking {n}") for n in range(rows)],
    )
    database.commit()
    database.close()
    return file


def book(file: Path, *, rows: int = 1) -> None:
    """Enter more bookings into a SQLite administration, as its program would."""
    database = sqlite3.connect(file)
    database.executemany("INSERT INTO entries (amount) VALUES (?)", [(7,)] * rows)
    database.commit()
    database.close()


def rows_in(file: Path) -> int:
    """Count the bookings in a SQLite administration."""
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return int(database.execute("SELECT count(*) FROM entries").fetchone()[0])
    finally:
        database.close()


def hurt(archive: Path, name: str) -> None:
    """Damage the content of one file in a plain backup."""
    data = bytearray(archive.read_bytes())
    at = data.index(name.encode())
    extra = LOCAL.unpack_from(data, data.rindex(LOCAL_SIGN, 0, at))[-1]
    data[at + len(name.encode()) + extra + 5] ^= 0x55
    archive.write_bytes(data)


def tree(folder: Path) -> dict[str, bytes | None]:
    """Return a folder's whole content; an empty folder is None."""
    found: dict[str, bytes | None] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_file():
            found[name] = path.read_bytes()
        elif not any(path.iterdir()):
            found[name] = None
    return found


@dataclass
class Office:
    """An engine, two administrations and a destination."""

    root: Path
    clock: SetClock = field(default_factory=SetClock)
    secrets: MemorySecrets = field(default_factory=MemorySecrets)
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.folder_books = make_folder_books(self.root / "books" / "Jansen Holding")
        self.sqlite_books = make_sqlite_books(self.root / "books" / "Bakkerij.sqlite")
        self.open()
        self.holding = self.engine.add(self.folder_books, name="Jansen Holding")
        self.bakery = self.engine.add(self.sqlite_books, name="Bakkerij Jansen")
        self.stick = self.engine.add_destination(
            self.root / "stick", name="Blue stick", make_folder=True
        )

    @property
    def home(self) -> Home:
        return home()

    def open(self) -> Engine:
        """Start Bewaar, as after a restart."""
        self.engine = Engine(self.home, clock=self.clock, secrets=self.secrets)
        return self.engine

    def reopen(self) -> Engine:
        """Stop and start Bewaar."""
        self.engine.close()
        return self.open()

    # ── the verbs, run here and now ─────────────────────────────────────────────────────────

    def finish(self, job: Job, progress: Progress = SILENT) -> Job:
        """Run a queued job to its end; where workers live, override this to wait for them."""
        return self.engine.run(job.id, progress)

    def back_up(
        self,
        *administrations: Administration,
        to: Destination | None = None,
        password: str | None = None,
        progress: Progress = SILENT,
        **choices: object,
    ) -> Job:
        request = BackupRequest(
            codes=tuple(a.code for a in administrations),
            destination=(to or self.stick).id,
            protection=Protection.GIVEN if password else Protection.NONE,
            password=password,
            **choices,  # type: ignore[arg-type]
        )
        return self.finish(self.engine.start_backup(request), progress)

    def proven(self, administration: Administration, **choices: object) -> Backup:
        """Make a backup that must succeed, a minute after what went before."""
        self.clock.move(minutes=1)
        job = self.back_up(administration, **choices)  # type: ignore[arg-type]
        assert job.state is JobState.DONE, job.error
        return self.engine.backup(job.backups[0])

    def restore_new(
        self, backup: Backup, code: Code, name: str, *, password: str | None = None
    ) -> Job:
        into = self.root / "restored"
        into.mkdir(exist_ok=True)
        request = RestoreRequest(
            file=BackupFile(backup=backup.id),
            code=code,
            mode=RestoreMode.NEW,
            new_name=name,
            into=into,
            password=password,
        )
        return self.finish(self.engine.start_restore(request))

    def restore_original(self, backup: Backup, code: Code, *, typed: str) -> Job:
        request = RestoreRequest(
            file=BackupFile(backup=backup.id),
            code=code,
            mode=RestoreMode.ORIGINAL,
            typed_name=typed,
        )
        return self.finish(self.engine.start_restore(request))
