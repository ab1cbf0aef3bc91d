"""What must hold after every fault, looked at on the disk and asked of a Bewaar started again.

Each promise is checked against what the ledger says was told to the user and what the world was
before; Bewaar's own word counts only where it is the promise itself.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from bewaar.destinations.base import PART
from bewaar.engine import Engine
from bewaar.errors import BewaarError, Fault
from bewaar.files import hash_file
from bewaar.model import SAFETY, Backup, Code, Job, JobState
from bewaar.requests import BackupFile, BackupRequest
from bewaar.restore import Step, Swap
from tests.faults.disk import archives, folders, is_open, leftovers, opens, others, swaps
from tests.faults.driver import BAKERY, BY_ITSELF, HOLDING, PASSWORD, STICK, Listener, facts_of
from tests.faults.world import BYSTANDERS, KEEP, Books, World

CODES = (HOLDING, BAKERY)


class Promise(StrEnum):
    """What is promised to the user."""

    ENDS = "it never fails by itself, what goes wrong is told in its own words"
    STARTS = "it starts again"
    BOOKS = "an administration is wholly old or wholly new"
    NEW = "a new administration is there whole, or not at all"
    WAY_BACK = "what a restore replaced can be had back"
    JOURNAL = "the journal of restores is resolved"
    TOLD_SWAP = "an interrupted swap is told"
    TOLD_JOB = "an interrupted job is told"
    TOLD_FAILURE = "a failure stays until it is read"
    SETTINGS = "the settings are the old or the new"
    PROVEN = "what counted as proven is whole"
    VERIFIES = "what counted as proven still verifies"
    LISTED = "what counted as proven is still listed as proven"
    HONEST = "what is listed as proven is there, byte for byte"
    PART = "nothing unfinished counts"
    RETENTION = "retention removed nothing it may not"
    OTHERS = "nothing else on the disk changed"
    CLEAN = "leftovers are gone"
    GOES_ON = "the next backup succeeds, and the list can be made again"


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What a run may have changed, and what it may have cost."""

    states: Mapping[str, tuple[Books, ...]]  # code → the books that may lie there
    new: Books | None = None  # the new administration that may have come
    removal: bool = False  # whether a backup was asked for, which may remove older ones
    language: str = ""  # that may have been chosen
    memory_lost: bool = False  # the catalogue was destroyed: its jobs, proofs and locks are gone
    home_failed: bool = False  # Bewaar's own disk did not take what it wrote


@dataclass(frozen=True)
class Before:
    """What was on the disk before."""

    others: Mapping[str, bytes]
    folders: frozenset[str]
    settings: Any


@dataclass
class Report:
    """What was checked, and what was found broken."""

    checked: Counter[Promise] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def hold(self, promise: Promise, fact: object, detail: object = "") -> bool:
        self.checked[promise] += 1
        if not fact:
            self.broken.append(f"{promise}: {detail}")
        return bool(fact)


def look(world: World) -> Before:
    """Remember what must not change; nothing is running."""
    engine = world.open()
    settings = engine.settings()
    engine.close()
    return Before(others(world), folders(world), settings)


def check(world: World, before: Before, allowed: Allowed, *, status: int = 0) -> Report:
    """Start again after a fault and check every promise."""
    report = Report()
    crash = world.outside / "crash"
    detail = crash.read_text() if crash.exists() else status
    report.hold(Promise.ENDS, status != BY_ITSELF, detail)
    halfway = [s for s in swaps(world) if s.step in {Step.PLACING, Step.UNDOING}]
    world.move_clock(120)
    try:
        engine = world.open()
    except BewaarError as error:
        report.hold(Promise.STARTS, False, error)
        return report
    report.hold(Promise.STARTS, True)
    checker = _Checker(world, before, allowed, report, engine)
    try:
        checker.first_look(halfway)
        if allowed.memory_lost:
            checker.remember()
        checker.stick()
        checker.start_again()
        checker.tidy()
        checker.go_on()
    except BewaarError as error:
        report.hold(Promise.GOES_ON, False, error)
    finally:
        checker.engine.close()
    return report


@dataclass
class _Checker:
    world: World
    before: Before
    allowed: Allowed
    report: Report
    engine: Engine

    # ── the first look ──────────────────────────────────────────────────────────────────────

    def first_look(self, halfway: list[Swap]) -> None:
        self._books()
        told = {r.place: r.outcome for r in self.engine.overview().recoveries}
        for swap in halfway:
            self.report.hold(Promise.TOLD_SWAP, told.get(swap.place), swap)
        self.report.hold(Promise.TOLD_SWAP, "stuck" not in told.values(), told)
        open_swaps = [swap for swap in swaps(self.world) if is_open(swap)]
        self.report.hold(Promise.JOURNAL, not open_swaps, open_swaps)
        self._jobs()
        now = self.engine.settings()
        languages = {self.before.settings.language, self.allowed.language or None}
        kept = {a.code: a for a in now.administrations}
        same = all(kept.get(a.code) == a for a in self.before.settings.administrations)
        self.report.hold(Promise.SETTINGS, now.language in languages and same, now)
        self.report.hold(
            Promise.SETTINGS, now.destinations == self.before.settings.destinations, now
        )

    def _books(self) -> None:
        for code, states in self.allowed.states.items():
            now = self.world.now(code)
            self.report.hold(Promise.BOOKS, now in states, (code, sorted(now)))
        arrived = sorted((self.world.root / "books" / "into").glob("Terug*"))
        new = self.allowed.new
        whole = not arrived or (len(arrived) == 1 and self.world.content(arrived[0]) == new)
        self.report.hold(Promise.NEW, whole, arrived)

    def _jobs(self) -> None:
        jobs = {job.id: job for job in self.engine.jobs()}
        unfinished = [job for job in jobs.values() if not job.state.over]
        self.report.hold(Promise.TOLD_JOB, not unfinished, unfinished)
        told = self.world.ledger.read()
        over = {line["job"]: line for line in told if line["what"] == "over"}
        for line in told:
            if line["what"] == "begun" and not self.allowed.memory_lost:
                self._job(jobs.get(line["job"]), over.get(line["job"]))

    def _job(self, job: Job | None, over: Mapping[str, str] | None) -> None:
        if not self.report.hold(Promise.TOLD_JOB, job, over) or job is None:
            return
        if over and over["code"]:
            self.report.hold(Promise.ENDS, over["code"] != Fault.code, (over, job.error))
        if over and not self.allowed.home_failed:
            self.report.hold(Promise.TOLD_JOB, job.state == over["state"], (job, over))
        if job.state is JobState.FAILED:
            unread = {f.job for f in self.engine.overview().failures}
            self.report.hold(Promise.TOLD_FAILURE, job.id in unread, job)

    def remember(self) -> None:
        """Let the catalogue that was lost be made again, and everything be proven again."""
        told = {line["file"] for line in self._proven()}
        for destination in (self.engine.destination(STICK).id, SAFETY):
            self._finish(self.engine.start_rebuild(destination))
            for backup in reversed(self.engine.backups_at(destination)):
                file = BackupFile(backup=backup.id)
                job = self._finish(self.engine.start_verify(file, PASSWORD))
                self.report.hold(Promise.VERIFIES, job.state is JobState.DONE, job)
                if backup.file not in told:
                    facts = facts_of(self.engine.backup(backup.id))
                    self.world.ledger.write("proven", **facts, password=PASSWORD)

    # ── what lies at the destination ────────────────────────────────────────────────────────

    def stick(self) -> None:
        self._take_down()
        self._still_there(removal=self.allowed.removal)
        self._listed()
        known = {b.file for b in self._backups()}
        self.report.hold(Promise.PART, not any(f.endswith(PART) for f in known), known)
        for file in sorted(archives(self.world)):
            self._verifies(file)

    def _still_there(self, *, removal: bool) -> None:
        """Everything ever told to be proven is there unchanged, or may have been removed."""
        proven = {line["file"]: line for line in self._proven()}
        good = [file for file, line in proven.items() if self._is_whole(line)]
        for number, (file, line) in enumerate(proven.items()):
            if file in good:
                self.report.hold(Promise.PROVEN, True)
                continue
            there = self._path(line).exists()
            self.report.hold(Promise.PROVEN, not there, f"{file} was changed")
            later = [f for f in list(proven)[number + 1 :] if f in good]
            self.report.hold(Promise.RETENTION, removal and self._may_go(line, proven, later), line)
        for code in CODES:
            left = [f for f in good if code in proven[f]["codes"] and not proven[f]["safety"]]
            self.report.hold(Promise.RETENTION, len(left) >= KEEP, (code, left))

    def _may_go(self, line: Mapping[str, Any], proven: Mapping[str, Any], later: list[str]) -> bool:
        enough = all(
            sum(code in proven[f]["codes"] and not proven[f]["safety"] for f in later) >= KEEP
            for code in line["codes"]
        )
        return enough and not line["locked"] and not line["safety"]

    def _listed(self) -> None:
        """The list says of the proven that they are, and says it of nothing else.

        One that was about to be removed when the fault came may be listed or not.
        """
        listed = {b.file: b for b in self._backups()}
        proven = {line["file"]: line for line in self._proven()}
        for number, (file, line) in enumerate(proven.items()):
            later = list(proven)[number + 1 :]
            going = self.allowed.removal and self._may_go(line, proven, later)
            backup = listed.get(file)
            if self._is_whole(line) and not going:
                self.report.hold(Promise.LISTED, backup and backup.proof, line)
        for backup in listed.values():
            if backup.proof:
                line = {"file": backup.file, "safety": backup.destination == SAFETY}
                whole = self._is_whole({**line, "blake3": backup.proof.blake3})
                self.report.hold(Promise.HONEST, whole, backup.file)

    def _take_down(self) -> None:
        """What the list says is told too: the program may have died before it could speak."""
        told = {line["file"] for line in self._proven()}
        for backup in reversed(self._backups()):
            if backup.proof and backup.file not in told:
                self.world.ledger.write("proven", **facts_of(backup), password=PASSWORD)

    def _verifies(self, file: Path) -> None:
        job = self._finish(self.engine.start_verify(BackupFile(path=file), PASSWORD))
        self.report.hold(Promise.VERIFIES, job.state is JobState.DONE, (file.name, job.error))
        self.report.hold(Promise.VERIFIES, opens(file), file.name)

    # ── started once more ───────────────────────────────────────────────────────────────────

    def start_again(self) -> None:
        """What nobody has read is still told, what was read is not told again."""
        failed = [j for j in self.engine.jobs() if j.state is JobState.FAILED]
        unread = {f.job for f in self.engine.overview().failures}
        self.engine.close()
        self.engine = self.world.open()
        still = {f.job for f in self.engine.overview().failures}
        self.report.hold(Promise.TOLD_FAILURE, still == unread, (unread, still))
        for job in failed:
            self.engine.read_failure(job.id)
        self.report.hold(Promise.TOLD_FAILURE, not self.engine.overview().failures)
        self._books()

    def tidy(self) -> None:
        """What was left is named and can be removed, and nobody else's files are."""
        left = {p.name for p in self.world.room("stick").glob(f"*{PART}")}
        ours = left - {Path(file).name for file in BYSTANDERS}
        (state,) = self.engine.destinations()
        self.report.hold(Promise.CLEAN, ours == set(state.unfinished), (ours, state.unfinished))
        self.engine.remove_unfinished(state.destination.id)
        left_over = sorted(leftovers(self.world))
        self.report.hold(Promise.CLEAN, not left_over, left_over)
        now = others(self.world)
        self.report.hold(Promise.OTHERS, now == self.before.others, _difference(self, now))
        strange = folders(self.world) ^ self.before.folders
        self.report.hold(Promise.OTHERS, not strange, strange)
        self.report.hold(Promise.OTHERS, not self.world.strays, self.world.strays)

    def go_on(self) -> None:
        """The office works on: the way back, another backup, the list."""
        for code in CODES:
            self._way_back(code)
        stick = self.engine.destination(STICK).id
        for code in CODES:
            self.world.move_clock(60)
            request = BackupRequest(codes=(code,), destination=stick, even_unchanged=True)
            job = self._finish(self.engine.start_backup(request))
            self.report.hold(Promise.GOES_ON, job.state is JobState.DONE, job.error)
        job = self._finish(self.engine.start_rebuild(stick))
        done = job.state is JobState.DONE and job.result["damaged"] == 0
        self.report.hold(Promise.GOES_ON, done, job)
        listed = {b.file for b in self.engine.backups_at(stick)}
        there = {p.name for p in archives(self.world) if p.parent == self.world.room("stick")}
        self.report.hold(Promise.GOES_ON, listed == there, listed ^ there)
        self._still_there(removal=True)

    def _way_back(self, code: Code) -> None:
        """Undo a restore that is in its place, when the books were others before."""
        if len(self.allowed.states[code]) < 2 or self.engine.undoable(code) is None:
            return
        there = self.world.now(code)
        job = self._finish(self.engine.start_undo(code))
        self.report.hold(Promise.WAY_BACK, job.state is JobState.DONE, job.error)
        now = self.world.now(code)
        others = [state for state in self.allowed.states[code] if state != there]
        self.report.hold(Promise.WAY_BACK, now in others, code)

    # ── asking ──────────────────────────────────────────────────────────────────────────────

    def _finish(self, job: Job) -> Job:
        return self.engine.run(job.id, Listener(self.engine, self.world.ledger))

    def _backups(self) -> list[Backup]:
        stick = self.engine.destination(STICK).id
        return [*self.engine.backups_at(stick), *self.engine.backups_at(SAFETY)]

    def _proven(self) -> list[dict[str, Any]]:
        return [line for line in self.world.ledger.read() if line["what"] == "proven"]

    def _path(self, line: Mapping[str, Any]) -> Path:
        folder = self.world.home.safety if line["safety"] else self.world.room("stick")
        return folder / str(line["file"])

    def _is_whole(self, line: Mapping[str, Any]) -> bool:
        path = self._path(line)
        return path.exists() and hash_file(path) == line["blake3"]


def _difference(checker: _Checker, now: Mapping[str, bytes]) -> list[str]:
    before = checker.before.others
    names: Iterable[str] = before.keys() | now.keys()
    return sorted(name for name in names if before.get(name) != now.get(name))
