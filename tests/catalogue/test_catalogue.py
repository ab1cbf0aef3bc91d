"""The catalogue keeps what it was given, across restarts, processes and damage."""

import os
import sqlite3
import subprocess
import sys
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from bewaar.catalogue import Catalogue
from bewaar.catalogue.opening import migrations
from bewaar.errors import BackupUnknown, CatalogueNewer, JobUnknown
from bewaar.model import (
    SAFETY,
    Backup,
    BackupId,
    Code,
    Content,
    Counts,
    DestinationId,
    Failure,
    Job,
    JobId,
    JobKind,
    JobState,
    Note,
    Observation,
    Proof,
    Recovery,
)
from tests.clocks import NOON

STICK = DestinationId("a" * 32)


def content(code: str = "jansen", **changes: object) -> Content:
    values: dict[str, object] = {
        "code": Code(code),
        "name": "Bäckerei Jansen 🥖",
        "place": "C:\\Boeken\\Jansen",
        "program": "gnucash",
        "storage": "sqlite",
        "files": 1,
        "size": 1000,
        "counts": Counts(
            transactions=12,
            rule="gnucash.transactions",
            tables={"a/b": 12},
            newest=date(2026, 11, 19),
        ),
        "fingerprint": "f" * 64,
    }
    return Content(**{**values, **changes})  # type: ignore[arg-type]


def backup(number: int = 1, *, proven: bool = True, **changes: object) -> Backup:
    made_at = NOON + timedelta(hours=number)
    proof = Proof(
        proven_at=made_at, blake3="b" * 64, files=1, size=1000, databases=1, past_cache=True
    )
    values: dict[str, object] = {
        "id": BackupId(f"{number:032x}"),
        "destination": STICK,
        "file": f"Jansen {number}.zip",
        "made_at": made_at,
        "size": 500,
        "encrypted": False,
        "contents": (content(),),
        "proof": proof if proven else None,
    }
    return Backup(**{**values, **changes})  # type: ignore[arg-type]


def job(**changes: object) -> Job:
    values: dict[str, object] = {
        "id": JobId("1" * 32),
        "kind": JobKind.BACKUP,
        "state": JobState.RUNNING,
        "queued_at": NOON,
        "started_at": None,
        "ended_at": None,
        "destination": STICK,
        "codes": (Code("jansen"),),
        "stage": "writing",
        "subject": "",
        "done": 1,
        "total": 2,
        "notes": (Note(code="backup.proven", params={"size": 5}),),
        "error": None,
        "backups": (),
    }
    return Job(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.sqlite"


def test_a_backup_comes_back_as_it_was_given_after_a_restart(file: Path) -> None:
    first = Catalogue(file)
    first.backups.add(backup(), signatures={Code("jansen"): "s"})
    first.close()
    again = Catalogue(file)
    assert again.backups.get(backup().id) == backup()
    assert again.backups.of(Code("jansen")) == (backup(),)
    assert again.backups.at(STICK) == (backup(),)
    assert again.backups.named(STICK, "Jansen 1.zip") == backup()
    baseline = again.backups.baseline(Code("jansen"))
    assert baseline is not None
    assert baseline.signature == "s"
    assert again.set_aside is None
    again.close()


def test_the_newest_proven_backup_is_what_an_administration_is_measured_by(file: Path) -> None:
    catalogue = Catalogue(file)
    for one in (backup(2), backup(1), backup(3, proven=False)):
        catalogue.backups.add(one, signatures={})
    safety = backup(4, destination=SAFETY)
    catalogue.backups.add(safety, signatures={})
    baseline = catalogue.backups.baseline(Code("jansen"))
    assert baseline is not None
    assert baseline.backup == backup(2)
    assert catalogue.backups.baselines()[Code("jansen")].backup == backup(2)
    assert [b.file for b in catalogue.backups.of(Code("jansen"))] == [
        "Jansen 4.zip",
        "Jansen 3.zip",
        "Jansen 2.zip",
        "Jansen 1.zip",
    ]
    catalogue.close()


def test_a_lost_proof_is_no_longer_a_baseline(file: Path) -> None:
    catalogue = Catalogue(file)
    catalogue.backups.add(backup(), signatures={})
    catalogue.backups.prove(backup().id, STICK, None)
    assert catalogue.backups.baseline(Code("jansen")) is None
    assert catalogue.backups.get(backup().id).proof is None
    assert catalogue.backups.digest(backup().id, STICK) == "b" * 64
    catalogue.close()


def test_what_is_unknown_says_so(file: Path) -> None:
    catalogue = Catalogue(file)
    with pytest.raises(BackupUnknown):
        catalogue.backups.get(BackupId("0" * 32))
    with pytest.raises(JobUnknown):
        catalogue.jobs.get(JobId("0" * 32))
    assert catalogue.backups.baseline(Code("nobody")) is None
    assert catalogue.backups.named(STICK, "x.zip") is None
    catalogue.close()


def test_jobs_failures_sightings_and_recoveries_survive(file: Path) -> None:
    failure = Failure(
        job=job().id,
        at=NOON,
        code="destination.full",
        params={"name": "Stick", "free": 3, "needed": None},
        administration=Code("jansen"),
        destination=STICK,
    )
    seen = Observation(seen_at=NOON, reachable=True, signature="s", changed_since=NOON)
    recovery = Recovery(place=Path("/books/é"), name="Jansen", outcome="finished", at=NOON)
    first = Catalogue(file)
    first.jobs.save(job(error=failure), owner="me")
    first.failures.add(failure)
    first.observations.save(Code("jansen"), seen)
    first.recoveries.add(recovery)
    first.facts.remember("snoozed_until", NOON)
    first.close()

    again = Catalogue(file)
    assert again.jobs.get(job().id) == job(error=failure)
    assert again.jobs.unfinished() == ((job(error=failure), "me"),)
    assert again.failures.unread() == (failure,)
    assert again.observations.all() == {Code("jansen"): seen}
    assert again.observations.first_seen() == {Code("jansen"): NOON}
    assert again.recoveries.unread() == (recovery,)
    assert again.facts.moment("snoozed_until") == NOON
    again.failures.settle(Code("jansen"))
    again.recoveries.read_all()
    again.facts.remember("snoozed_until", None)
    assert again.failures.unread() == ()
    assert again.recoveries.unread() == ()
    assert again.facts.moment("snoozed_until") is None
    again.close()


def test_a_newer_catalogue_is_refused_and_left_alone(file: Path) -> None:
    Catalogue(file).close()
    database = sqlite3.connect(file)
    database.execute("PRAGMA user_version = 99")
    database.close()
    before = file.read_bytes()
    with pytest.raises(CatalogueNewer) as caught:
        Catalogue(file)
    assert caught.value.params == {"version": 99, "supported": len(migrations())}
    assert file.read_bytes() == before


@pytest.mark.parametrize("damage", ["garbage", "cut", "page"])
def test_a_damaged_catalogue_is_set_aside_never_deleted(file: Path, damage: str) -> None:
    first = Catalogue(file)
    for number in range(1, 200):
        first.backups.add(backup(number), signatures={})
    first.close()
    whole = file.read_bytes()
    if damage == "garbage":
        file.write_bytes(b"this is no database" * 100)
    elif damage == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    else:
        file.write_bytes(whole[:8192] + os.urandom(4096 * 3) + whole[8192 + 4096 * 3 :])
    broken = file.read_bytes()
    again = Catalogue(file)
    assert again.set_aside is not None
    assert again.set_aside.read_bytes() == broken
    assert again.backups.at(STICK) == ()
    again.close()


def test_a_transaction_that_fails_leaves_nothing_behind(file: Path) -> None:
    catalogue = Catalogue(file)
    catalogue.backups.add(backup(), signatures={})
    twice = backup(2, contents=(content(), content()))
    with pytest.raises(sqlite3.IntegrityError):
        catalogue.backups.add(twice, signatures={})
    assert catalogue.backups.at(STICK) == (backup(),)
    catalogue.close()


def test_threads_and_processes_write_at_once_and_nothing_is_lost(file: Path) -> None:
    catalogue = Catalogue(file)
    script = (
        "import sys; from pathlib import Path; from bewaar.catalogue import Catalogue\n"
        "from bewaar.model import Code, Observation; from datetime import datetime, UTC\n"
        "c = Catalogue(Path(sys.argv[1]))\n"
        "for n in range(40):\n"
        "    c.observations.save(Code(f'p{n}'), Observation(seen_at=datetime.now(UTC),"
        " reachable=True, signature='', changed_since=None))\n"
        "c.close()\n"
    )
    other = subprocess.Popen([sys.executable, "-c", script, str(file)])

    def write(start: int) -> None:
        for number in range(start, start + 20):
            catalogue.backups.add(backup(number), signatures={})

    threads = [threading.Thread(target=write, args=(n * 20 + 1,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert other.wait(timeout=60) == 0
    assert len(catalogue.backups.at(STICK)) == 80
    assert len(catalogue.observations.all()) == 40
    catalogue.close()
