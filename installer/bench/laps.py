"""The laps of a round: what Bewaar does, what the others do, and in which order.

All read the same books from the same disk, with the books in the system's memory and everything
written before on the medium. Nothing of an earlier round is left but what the lap is about.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from installer.bench.corpus import Corpus
from installer.bench.watch import Run, watched

PASSWORD = "zeven sloten op de deur"  # noqa: S105 - of what is thrown away
SHARE = 0.01  # of the books that changes before the others' second run
PYTHON = (sys.executable, "-P", "-m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """One thing that is measured in each round."""

    name: str
    run: Callable[[], Run]
    tool: str = "bewaar"  # without it the lap is left out


class Track:
    """Where the laps are run: the books, and a folder for all that is made of them."""

    def __init__(self, work: Path, *, seed: int, size: int, many: int) -> None:
        """Use the empty folder `work`."""
        self.work = work
        self.books = Corpus(folder=work / "books", seed=seed)
        self.many = Corpus(folder=work / "many", seed=seed)
        self.stages: list[dict[str, tuple[float, float]]] = []
        self.round = 0
        self._size, self._many = size, many
        self._backup = Path()  # the newest of our files

    def prepare(self) -> None:
        """Make the books, and the first backups of what will not change."""
        self.books.make(self._size)
        self.many.make_many(self._many)
        for code, corpus in (("BOOKS", self.books), ("MANY", self.many)):
            self._bewaar("add", corpus.folder, "--name", code, "--code", code)
        self._back_up("MANY")
        if shutil.which("restic"):
            self._restic("init", repository="restic-many")
            self._restic("backup", self.many.folder, repository="restic-many")

    def laps(self) -> Iterator[Lap]:
        """Yield the laps of one round, in their order."""
        self.round += 1
        yield Lap(name="written", run=self._written)
        yield Lap(name="7z default", run=self._seven_default, tool="7z")
        yield Lap(name="small", run=self._small)
        yield Lap(name="backup", run=self._whole_backup)
        yield Lap(name="7z -mx=1", run=self._seven_fast, tool="7z")
        yield Lap(name="profile", run=self._profile)
        yield Lap(name="verify", run=self._verify)
        yield Lap(name="7z t", run=self._seven_test, tool="7z")
        yield Lap(name="restore", run=self._restore)
        yield Lap(name="7z x", run=self._seven_extract, tool="7z")
        yield Lap(name="restic first", run=self._restic_first, tool="restic")
        yield Lap(name="borg first", run=self._borg_first, tool="borg")
        self.books.change(self.round, SHARE)
        yield Lap(name="restic second", run=self._restic_second, tool="restic")
        yield Lap(name="borg second", run=self._borg_second, tool="borg")
        # Last, so that nobody finds books that were written just now in the next round.
        yield Lap(name="pyzipper", run=self._pyzipper)
        yield Lap(name="zip -1", run=self._zip, tool="zip")
        yield Lap(name="unchanged", run=self._unchanged)
        yield Lap(name="restic unchanged", run=self._restic_unchanged, tool="restic")

    # ── Bewaar ──────────────────────────────────────────────────────────────────────────────

    def _written(self) -> Run:
        return self._write()

    def _small(self) -> Run:
        return self._write("--small")

    def _profile(self) -> Run:
        run = self._write("--prove")
        self.stages.append(json.loads(run.said.splitlines()[-1]))
        return run

    def _write(self, *more: str) -> Run:
        to, scratch = self._fresh("written"), self._fresh("scratch")
        script: list[str | Path] = [*PYTHON, "installer.bench.written", self.books.folder, to]
        root = str(Path(__file__).parents[2])
        path = {"PYTHONPATH": os.pathsep.join(filter(None, (root, os.getenv("PYTHONPATH"))))}
        command = [*script, "--scratch", scratch, *more]
        run = self._run(*command, env=path, stdin=f"{PASSWORD}\n")
        return replace(run, made=sum(file.stat().st_size for file in to.glob("*.zip*")))

    def _whole_backup(self) -> Run:
        for old in (self.work / "backups").glob("BOOKS*"):
            old.unlink()
        return self._back_up("BOOKS", "--force")

    def _verify(self) -> Run:
        return self._bewaar("verify", self._backup, "--password-stdin", stdin=f"{PASSWORD}\n")

    def _restore(self) -> Run:
        into, home = self._fresh("restored"), self._fresh("elsewhere")
        words: list[str | Path] = ["restore", self._backup, "--new", "Again", "--into", into]
        return self._bewaar(*words, "--password-stdin", stdin=f"{PASSWORD}\n", home=home)

    def _unchanged(self) -> Run:
        self.many.look()  # or the first of two would read the names for both
        run = self._back_up("MANY")
        if "backup.unchanged" not in run.said:
            raise AssertionError(run.said)
        return run

    def _back_up(self, code: str, *more: str) -> Run:
        to = self.work / "backups"
        words: list[str | Path] = ["backup", code, "--to", to, "--make-folder", "--json", *more]
        run = self._bewaar(*words, "--password-stdin", stdin=f"{PASSWORD}\n")
        made = json.loads(run.said.splitlines()[-1])["backups"]
        if made:
            self._backup = to / made[0]["file"]
        return replace(run, made=sum(each["size"] for each in made))

    def _bewaar(self, *words: str | Path, stdin: str = "", home: Path | None = None) -> Run:
        env = {"BEWAAR_HOME": str(home or self.work / "home")}
        return self._run(Path(sys.executable).with_name("bewaar"), *words, env=env, stdin=stdin)

    # ── The others ──────────────────────────────────────────────────────────────────────────

    def _seven_default(self) -> Run:
        return self._packed("default.zip", "7z", "a", "-tzip", "-mem=AES256", f"-p{PASSWORD}")

    def _seven_fast(self) -> Run:
        return self._packed("fast.zip", "7z", "a", "-tzip", "-mem=AES256", "-mx=1", f"-p{PASSWORD}")

    def _seven_test(self) -> Run:
        return self._run("7z", "t", f"-p{PASSWORD}", self.work / "fast.zip")

    def _seven_extract(self) -> Run:
        into = self._fresh("extracted")
        return self._run("7z", "x", f"-p{PASSWORD}", f"-o{into}", self.work / "fast.zip")

    def _zip(self) -> Run:
        return self._packed("zip.zip", "zip", "-q", "-r", "-1")

    def _pyzipper(self) -> Run:
        file = self.work / "pyzipper.zip"
        file.unlink(missing_ok=True)
        script = Path(__file__).with_name("pyzipped.py")
        run = self._run(sys.executable, script, self.books.folder, file, PASSWORD)
        return replace(run, made=file.stat().st_size)

    def _packed(self, name: str, *command: str) -> Run:
        file = self.work / name
        file.unlink(missing_ok=True)
        run = self._run(*command, file, self.books.folder.name)
        return replace(run, made=file.stat().st_size)

    def _restic_first(self) -> Run:
        self._fresh("restic")
        self._restic("init", repository="restic")
        return self._restic("backup", self.books.folder, repository="restic")

    def _restic_second(self) -> Run:
        return self._restic("backup", self.books.folder, repository="restic")

    def _restic_unchanged(self) -> Run:
        return self._restic("backup", self.many.folder, repository="restic-many")

    def _restic(self, *words: str | Path, repository: str) -> Run:
        env = {"RESTIC_PASSWORD": PASSWORD, "RESTIC_CACHE_DIR": str(self.work / "restic-cache")}
        return self._run("restic", "--repo", self.work / repository, *words, env=env)

    def _borg_first(self) -> Run:
        self._fresh("borg")
        self._borg("init", "--encryption=repokey-blake2", self.work / "borg")
        return self._borg("create", f"{self.work / 'borg'}::first", self.books.folder)

    def _borg_second(self) -> Run:
        return self._borg("create", f"{self.work / 'borg'}::second", self.books.folder)

    def _borg(self, *words: str | Path) -> Run:
        env = {"BORG_PASSPHRASE": PASSWORD, "BORG_BASE_DIR": str(self.work / "borg-home")}
        return self._run("borg", *words, env=env)

    # ── Either ──────────────────────────────────────────────────────────────────────────────

    def _run(self, *command: str | Path, env: dict[str, str] | None = None, stdin: str = "") -> Run:
        os.sync()  # nobody pays for what was written before
        log = self.work / "said.txt"
        return watched(command, log=log, env=env, cwd=self.work, stdin=stdin.encode())

    def _fresh(self, name: str) -> Path:
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder
