"""What waited or ran when Bewaar ended is taken up by the next start, where that is safe."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bewaar.engine import Engine
from bewaar.model import Job, JobId, JobKind, JobState
from bewaar.requests import BackupRequest
from tests.scene import Office
from tests.unkind.promises import archives_at, every_backup_is_good, files_at, rest

PASSWORD = "vijf fietsen in de regen"

BEWAAR = """
import json, os, sys, threading
from bewaar.engine import Engine
from bewaar.paths import home
from bewaar.requests import BackupFile, BackupRequest, Protection, RestoreMode, RestoreRequest
from pathlib import Path

wishes = json.loads(sys.argv[1])
engine = Engine(home())
asked = []
with engine._jobs.turn(wishes["stick"]):  # so that nothing begins before all is asked for
    engine.start()
    for codes, password in wishes["backups"]:
        request = BackupRequest(codes=tuple(codes), destination=wishes["stick"],
            protection=Protection.GIVEN if password else Protection.NONE, password=password,
            even_unchanged=True)
        asked.append(engine.start_backup(request).id)
    if wishes["verify"]:
        asked.append(engine.start_verify(BackupFile(backup=wishes["verify"])).id)
        asked.append(engine.start_restore(RestoreRequest(file=BackupFile(backup=wishes["verify"]),
            code=wishes["code"], mode=RestoreMode.NEW, new_name="Terug",
            into=Path(wishes["into"]))).id)
    if wishes["until"] == "asked":
        print(json.dumps(asked), flush=True)
        sys.stdin.readline()
        if wishes["quit"]:
            engine.close()
            os._exit(0)
cursor = 0
while engine.job(asked[0]).stage != wishes["until"]:
    cursor = engine.events.wait(cursor, timeout=0.01).cursor
print(json.dumps(asked), flush=True)
os.kill(os.getpid(), 19)
"""

DIES_AGAIN = """
import os, sys
from bewaar.engine import Engine
from bewaar.paths import home

engine = Engine(home())
engine.start()
cursor = 0
while engine.job(sys.argv[1]).stage != "writing":
    cursor = engine.events.wait(cursor, timeout=0.01).cursor
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    rest(made.root / "books")
    made.engine.close()
    yield made
    made.engine.close()


@contextmanager
def bewaar(office: Office, until: str = "asked", **wishes: object) -> Iterator[list[JobId]]:
    """Run a Bewaar of its own until it was asked for everything; then it is killed."""
    told = {"stick": office.stick.id, "until": until, "verify": None, "quit": False, **wishes}
    process = subprocess.Popen(
        [sys.executable, "-c", BEWAAR, json.dumps(told)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        yield [JobId(id) for id in json.loads(process.stdout.readline())]
        if told["quit"]:
            process.communicate("\n", timeout=60)
        else:
            process.kill()


def over(engine: Engine, ids: list[JobId]) -> list[Job]:
    return [engine.wait(id, timeout=60) for id in ids]


def told(job: Job) -> list[str]:
    return [note.code for note in job.notes if note.code.startswith("job.")]


@pytest.mark.parametrize("quits", [False, True])
def test_what_waited_is_done_after_the_next_start_in_the_old_order(
    office: Office, quits: bool
) -> None:
    codes = [office.holding.code, office.bakery.code, office.holding.code]
    with bewaar(office, backups=[([code], None) for code in codes], quit=quits) as ids:
        pass
    engine = office.open()
    engine.start()
    done = over(engine, ids)
    assert {job.state for job in done} == {JobState.DONE}
    assert [told(job) for job in done] == [["job.resumed"]] * len(done)
    begun = [job.started_at for job in done if job.started_at]
    assert begun == sorted(begun)
    assert len(begun) == len(done)
    every_backup_is_good(office, office.holding.code, office.bakery.code)


def test_one_that_ran_is_repeated_once_and_not_a_third_time(office: Office) -> None:
    (office.folder_books / "scans.bin").write_bytes(os.urandom(24 << 20))
    rest(office.folder_books)
    wishes = {"backups": [([office.holding.code], None)]}
    with bewaar(office, until="writing", **wishes) as ids:
        pass
    again = subprocess.Popen([sys.executable, "-c", DIES_AGAIN, ids[0]])
    assert again.wait(60) == -signal.SIGKILL
    engine = office.open()
    engine.start()
    (job,) = over(engine, ids)
    assert (job.state, job.repeats) == (JobState.INTERRUPTED, 1)
    assert told(job) == ["job.resumed", "job.twice"]
    assert archives_at(office.stick) == []
    engine.remove_unfinished(office.stick.id)
    assert files_at(office.stick) == []


def test_one_that_was_killed_while_it_ran_comes_to_a_proven_backup(office: Office) -> None:
    (office.folder_books / "scans.bin").write_bytes(os.urandom(24 << 20))
    rest(office.folder_books)
    with bewaar(office, until="writing", backups=[([office.holding.code], None)]) as ids:
        pass
    engine = office.open()
    assert engine.job(ids[0]).state is JobState.INTERRUPTED  # nobody takes it up without workers
    engine.start()
    (job,) = over(engine, ids)
    assert (job.state, job.repeats, told(job)) == (JobState.DONE, 1, ["job.resumed"])
    assert len(every_backup_is_good(office, office.holding.code)) == 1


def test_a_typed_password_is_written_nowhere_and_its_job_says_why_it_ended(
    office: Office,
) -> None:
    wishes = [([office.bakery.code], None), ([office.holding.code], PASSWORD)]
    with bewaar(office, backups=wishes) as ids:
        pass
    for file in office.home.catalogue_file.parent.rglob("*"):
        if file.is_file():
            assert PASSWORD.encode() not in file.read_bytes(), file
    engine = office.open()
    engine.start()
    plain, secret = over(engine, ids)
    assert plain.state is JobState.DONE
    assert (secret.state, told(secret)) == (JobState.INTERRUPTED, ["job.password"])


def test_a_restore_is_never_taken_up_and_a_check_is(office: Office) -> None:
    office.open()
    backup = office.proven(office.holding)
    office.engine.close()
    into = office.root / "into"
    into.mkdir()
    wishes = {"verify": backup.id, "code": office.holding.code, "into": str(into)}
    with bewaar(office, backups=[([office.bakery.code], None)], **wishes) as ids:
        pass
    engine = office.open()
    engine.start()
    _, verify, restore = over(engine, ids)
    assert (verify.kind, verify.state) == (JobKind.VERIFY, JobState.DONE)
    assert (restore.kind, restore.state) == (JobKind.RESTORE, JobState.INTERRUPTED)
    assert list(into.iterdir()) == []


def test_of_two_starts_only_one_takes_them(office: Office) -> None:
    with bewaar(office, backups=[([office.holding.code], None)] * 3) as ids:
        pass
    first = office.open()
    second = Engine(office.home, clock=office.clock, secrets=office.secrets)
    with closing(second):
        first.start()
        second.start()
        assert {job.state for job in over(first, ids)} == {JobState.DONE}
        taken = [len(engine._jobs.newest(9)) for engine in (first, second)]
        assert taken == [3, 3]
    assert len(archives_at(office.stick)) == 3


def test_what_the_user_stopped_is_not_taken_up(office: Office) -> None:
    engine = office.open()
    request = BackupRequest(codes=(office.holding.code,), destination=office.stick.id)
    job = engine.start_backup(request)
    engine.cancel(job.id)
    engine = office.reopen()
    engine.start()
    assert engine.job(job.id).state is JobState.CANCELLED
