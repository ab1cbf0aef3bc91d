"""A small world that is made anew for every run: an office, its disks, and what is not Bewaar's.

Three rooms, `home`, `stick` and `books`, each on a disk of its own where a run asks for it. What
must not change by anything Bewaar does is remembered; the ledger and the clock lie outside.
"""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from bewaar.engine import Engine
from bewaar.paths import Home
from bewaar.progress import SILENT
from bewaar.requests import BackupFile, BackupRequest, RestoreMode, RestoreRequest
from bewaar.secrets import MemorySecrets
from tests.faults.driver import BAKERY, HOLDING, STICK, FileClock, Ledger, facts_of, home_in
from tests.mounts import Mounts
from tests.scene import book, make_folder_books, make_sqlite_books, tree

ROOMS = ("home", "stick", "books")
EVERYWHERE = ""  # one disk for all rooms
KEEP = 2  # proven backups, as the policy says
DAY = 86400.0
FRESH, RESTORED = "fresh", "restored"  # the books are ahead of their backups; were given back

Books = Mapping[str, bytes | None]


@dataclass
class World:
    """Everything a run works with, below one folder."""

    base: Path
    chosen: dict[str, str] = field(default_factory=dict)  # code → the backup that is given back
    states: dict[tuple[str, str], Books] = field(default_factory=dict)  # (state, code) → books

    def __post_init__(self) -> None:
        self.root, self.outside = self.base / "world", self.base / "outside"
        self.holding = self.root / "books" / "Jansen Holding"
        self.bakery = self.root / "books" / "Bakkerij.sqlite"
        self.clock = FileClock(self.outside / "clock")
        self.ledger = Ledger(self.outside / "ledger")
        self.mounts = Mounts()
        self.disks: dict[str, str] = {}
        self.strays: list[str] = []  # what was written where a pulled disk had been
        self.base.mkdir(parents=True, exist_ok=True)
        self.outside.mkdir()
        self._make()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.unmount()

    @property
    def home(self) -> Home:
        return home_in(self.root)

    def room(self, name: str) -> Path:
        """Return the folder of a room; of "" the whole world."""
        return self.root / name

    def place(self, code: str) -> Path:
        return self.holding if code == HOLDING else self.bakery

    def now(self, code: str) -> Books:
        """Return what a bookkeeping program would find of an administration."""
        return self.content(self.place(code))

    def content(self, place: Path) -> Books:
        """Return the books at a place: the files of a folder, the rows of a database."""
        return dumped(place) if place.suffix else tree(place)

    def open(self) -> Engine:
        """Start Bewaar here and now, without any harm."""
        return Engine(self.home, clock=self.clock, secrets=MemorySecrets())

    def move_clock(self, seconds: float) -> None:
        """Let time pass, or leap, or go back."""
        at = self.clock.now().timestamp() + seconds
        self.clock.file.write_text(repr(at))

    # ── making and making anew ──────────────────────────────────────────────────────────────

    def reset(
        self, template: str, disks: Mapping[str, str] | None = None, size: str = "6m"
    ) -> None:
        """Make the world as it was; `disks` says which rooms lie on disks of their own."""
        self.unmount()
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.rmtree(self.outside)
        shutil.copytree(self.base / f"{template}.outside", self.outside)
        self.disks, self.strays = dict(disks or {}), []
        for room, kind in self.disks.items():
            self.mount(room, kind, size)
        plain = [room for room, kind in self.disks.items() if kind == "fat"]
        shutil.copytree(
            self.base / template,
            self.root,
            dirs_exist_ok=True,
            ignore=lambda folder, _: plain if folder == str(self.base / template) else [],
        )
        for room in plain:  # its driver knows no times
            subprocess.run(
                ["cp", "-r", f"{self.base / template / room}/.", self.room(room)], check=True
            )
        for room in self.disks:
            subprocess.run(["sync", "-f", self.room(room)], check=True)

    def mount(self, room: str, kind: str, size: str = "6m") -> None:
        """Plug a new, empty disk in."""
        self.image(room).unlink(missing_ok=True)
        self.plug(room, kind, size)

    def plug(self, room: str, kind: str, size: str = "6m") -> None:
        """Plug a disk in as it was left."""
        point = self.room(room)
        match kind:
            case "ext4":
                self.mounts.ext4(point, self.image(room), journal=True)
            case "fat":
                self.mounts.fat(point, self.image(room))
            case _:
                self.mounts.tmpfs(point, size)

    def image(self, room: str) -> Path:
        return self.base / f"{room or 'all'}.image"

    def unmount(self) -> None:
        """Take all disks away, and wait until nobody writes to them any more."""
        self.mounts.close()
        self.disks = {}

    # ── the first time ──────────────────────────────────────────────────────────────────────

    def _make(self) -> None:
        self.clock.file.write_text(repr(time.time() - DAY))
        make_folder_books(self.holding)
        make_sqlite_books(self.bakery)
        for file in BYSTANDERS:
            (self.root / file).parent.mkdir(parents=True, exist_ok=True)
            (self.root / file).write_bytes(b"not Bewaar's: " + file.encode())
        engine = self.open()
        engine.add(self.holding, name="Jansen Holding", code=HOLDING)
        engine.add(self.bakery, name="Bakkerij Jansen", code=BAKERY)
        engine.add_destination(self.root / "stick", name=STICK)
        engine.change_settings(lambda s: replace(s, policy=replace(s.policy, keep=KEEP)))
        for number in range(3):
            for code in (HOLDING, BAKERY):
                self._back_up(engine, code, locked=number == 0)
        self._enter_bookings()
        engine.close()
        self._keep(FRESH)
        engine = self.open()
        for code in (HOLDING, BAKERY):
            self._restore(engine, code)
        engine.close()
        self._keep(RESTORED)

    def _back_up(self, engine: Engine, code: Any, *, locked: bool) -> None:
        rest(self.root / "books")
        self.move_clock(60)
        stick = engine.destination(STICK).id
        request = BackupRequest(codes=(code,), destination=stick, even_unchanged=True)
        job = engine.run(engine.start_backup(request).id, SILENT)
        (made,) = job.backups
        engine.lock_backup(made, locked=locked)
        self.ledger.write("proven", **facts_of(engine.backup(made)), password=None)
        self.chosen[code] = made
        self.states["stored", code] = self.now(code)

    def _enter_bookings(self) -> None:
        (self.holding / "2026").mkdir()
        (self.holding / "2026" / "journaal.dat").write_bytes(b"this year's bookings;" * 300)
        (self.holding / "index.txt").write_text("Jansen Holding B.V.\n")
        book(self.bakery, rows=40)
        rest(self.root / "books")
        for code in (HOLDING, BAKERY):
            self.states["later", code] = self.now(code)

    def _restore(self, engine: Engine, code: Any) -> None:
        request = RestoreRequest(
            file=BackupFile(backup=engine.backup(self.chosen[code]).id),  # type: ignore[arg-type]
            code=code,
            mode=RestoreMode.ORIGINAL,
            typed_name=engine.state(code).administration.name,
        )
        engine.run(engine.start_restore(request).id, SILENT)
        safety = engine.history(code)[0]
        self.ledger.write("proven", **facts_of(safety), password=None)

    def _keep(self, template: str) -> None:
        rest(self.root / "books")
        self.move_clock(60)
        shutil.copytree(self.root, self.base / template)
        shutil.copytree(self.outside, self.base / f"{template}.outside")


BYSTANDERS = (
    "books/Bakkerij notities.txt",
    "books/Bakkerij.sqlite.bak",
    "books/Brieven/offerte.txt",
    "books/into/iets anders.txt",
    "elsewhere/belangrijk.txt",
    "stick/Anders.zip",
    "stick/download.part",
    "stick/film.zip.part",
    "stick/vakantie.jpg",
)


def rest(folder: Path) -> None:
    """Let books look as if nobody had written to them for an hour: no backup waits for them."""
    hour_ago = time.time() - 3600
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (hour_ago, hour_ago))


def dumped(file: Path) -> Books:
    """Return a database as the statements that make it; one that cannot be read is nothing."""
    if not file.exists():
        return {}
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return {"": "\n".join(database.iterdump()).encode()}
    except sqlite3.Error:
        return {"unreadable": None}
