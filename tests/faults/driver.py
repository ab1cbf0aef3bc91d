"""The program under test: one process that starts Bewaar anew for every order it gets.

It runs with the failing disk loaded (`faulty.c`) and forks for each order, which spares starting
Python a thousand times. What the user is told goes to a ledger outside the world, onto the medium
before the program goes on: whatever happens to the world, the ledger says what was promised.
"""

import ctypes
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bewaar.engine import Engine
from bewaar.errors import BewaarError
from bewaar.model import SAFETY, Administration, Backup, BackupId, Code, Destination, Job
from bewaar.paths import Home
from bewaar.progress import Silent
from bewaar.requests import BackupFile, BackupRequest, Protection, RestoreMode, RestoreRequest
from bewaar.secrets import MemorySecrets

HOLDING, BAKERY = Code("holding"), Code("bakkerij")
STICK = "Blue stick"
PASSWORD = "vijf fietsen in de regen"
BY_ITSELF = 70  # exit code of a program that failed by itself


def home_in(world: Path) -> Home:
    """Return Bewaar's own folders in a world."""
    root = world / "home"
    return Home(config=root, data=root / "data", state=root / "state", cache=root / "cache")


@dataclass(frozen=True)
class FileClock:
    """Tells the time that a file says, so that others can let it jump."""

    file: Path

    def now(self) -> datetime:
        return datetime.fromtimestamp(float(self.file.read_text()), UTC)


@dataclass(frozen=True)
class Ledger:
    """What the program told, line by line."""

    file: Path

    def write(self, what: str, **facts: object) -> None:
        with self.file.open("a") as lines:
            lines.write(json.dumps({"what": what, **facts}) + "\n")
            lines.flush()
            os.fsync(lines.fileno())

    def read(self) -> list[dict[str, Any]]:
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text().splitlines()]


@dataclass
class Listener(Silent):
    """Hears what a job tells the user, the moment it tells it."""

    engine: Engine
    ledger: Ledger
    password: str | None = None

    def note(self, code: str, /, **params: str | int) -> None:
        file = str(params.get("file", ""))
        if code == "retention.removed":
            self.ledger.write("removed", file=file)
        if code in {"backup.proven", "safety.made"}:
            where = SAFETY if code == "safety.made" else self.engine.destination(STICK).id
            known = [b for b in self.engine.backups_at(where) if b.file == file]
            for backup in known:
                self.ledger.write("proven", **facts_of(backup), password=self.password)
            if not known:
                self.ledger.write("unlisted", file=file)


def facts_of(backup: Backup) -> dict[str, object]:
    """Return what the ledger keeps of a proven backup."""
    assert backup.proof
    return {
        "id": backup.id,
        "file": backup.file,
        "blake3": backup.proof.blake3,
        "codes": backup.codes,
        "safety": backup.destination == SAFETY,
        "locked": backup.locked,
    }


@dataclass
class Program:
    """A running Bewaar that does one thing and writes down what it says of it."""

    world: Path
    clock: FileClock
    ledger: Ledger
    chosen: dict[str, str] = field(default_factory=dict)  # code → id of the backup to give back

    def __post_init__(self) -> None:
        self.engine = Engine(home_in(self.world), clock=self.clock, secrets=MemorySecrets())

    @property
    def stick(self) -> Destination:
        return self.engine.destination(STICK)

    def kept(self, code: Code) -> Administration:
        found = (a for a in self.engine.settings().administrations if a.code == code)
        return next(found)

    def finish(self, job: Job, password: str | None = None) -> None:
        self.ledger.write("begun", job=job.id, kind=job.kind.value)
        over = self.engine.run(job.id, Listener(self.engine, self.ledger, password))
        error = over.error
        self.ledger.write(
            "over", job=job.id, state=over.state.value, code=error.code if error else ""
        )

    def back_up(self, *codes: Code, password: str | None = None, one_file: bool = False) -> None:
        request = BackupRequest(
            codes=codes,
            destination=self.stick.id,
            protection=Protection.GIVEN if password else Protection.NONE,
            password=password,
            even_unchanged=True,
            one_file=one_file,
        )
        self.finish(self.engine.start_backup(request), password)

    def verify(self, code: Code) -> None:
        self.finish(self.engine.start_verify(self._backup(code)))

    def restore(self, code: Code, mode: RestoreMode) -> None:
        request = RestoreRequest(
            file=self._backup(code),
            code=code,
            mode=mode,
            new_name="Terug",
            into=self.world / "books" / "into",
            typed_name=self.kept(code).name,
        )
        self.finish(self.engine.start_restore(request))

    def undo(self, code: Code) -> None:
        self.finish(self.engine.start_undo(code))

    def rebuild(self) -> None:
        self.finish(self.engine.start_rebuild(self.stick.id))

    def change_settings(self) -> None:
        self.engine.change_settings(lambda s: replace(s, language="sv"))

    def _backup(self, code: Code) -> BackupFile:
        return BackupFile(backup=BackupId(self.chosen[code]))


ACTIONS: dict[str, Callable[[Program], None]] = {
    "start": lambda _: None,
    "back up a folder": lambda p: p.back_up(HOLDING),
    "back up a database": lambda p: p.back_up(BAKERY),
    "back up encrypted": lambda p: p.back_up(HOLDING, password=PASSWORD),
    "back up in one file": lambda p: p.back_up(HOLDING, BAKERY, one_file=True),
    "back up one by one": lambda p: p.back_up(HOLDING, BAKERY),
    "verify": lambda p: p.verify(HOLDING),
    "restore a new folder": lambda p: p.restore(HOLDING, RestoreMode.NEW),
    "restore a new database": lambda p: p.restore(BAKERY, RestoreMode.NEW),
    "restore a folder": lambda p: p.restore(HOLDING, RestoreMode.ORIGINAL),
    "restore a database": lambda p: p.restore(BAKERY, RestoreMode.ORIGINAL),
    "undo a folder": lambda p: p.undo(HOLDING),
    "undo a database": lambda p: p.undo(BAKERY),
    "rebuild": lambda p: p.rebuild(),
    "change settings": lambda p: p.change_settings(),
}


def carry_out(order: dict[str, Any]) -> int:
    """Do what an order says, with the harm it asks for; return how many events there were."""
    world, outside = Path(order["world"]), Path(order["outside"])
    ledger, disk = Ledger(outside / "ledger"), ctypes.CDLL(None)
    log = os.open(outside / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    harm = (str(world / order["where"]).encode(), *order["harm"], log)
    if order["limit"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["limit"], order["limit"]))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        if order["action"] == "start":
            disk.faulty_arm(*harm)
        program = Program(world, FileClock(outside / "clock"), ledger, order["chosen"])
        if order["action"] != "start":
            disk.faulty_arm(*harm)
        ACTIONS[order["action"]](program)
        program.engine.close()
    except BewaarError as error:
        ledger.write("refused", code=error.code)
    return int(disk.faulty_passed())


def _child(order: dict[str, Any]) -> None:
    """Never returns: what comes after the fork belongs to the order alone."""
    status = BY_ITSELF
    outside = Path(order["outside"])
    try:
        (outside / "events").write_text(str(carry_out(order)))
        status = 0
    except BaseException:  # noqa: BLE001 - told by the exit code
        (outside / "crash").write_text(traceback.format_exc())
    finally:
        os._exit(status)


def main() -> None:
    """Take orders, one a line, and answer each with a process number and how it ended."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _child(json.loads(line))
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
