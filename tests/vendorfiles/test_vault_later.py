"""What is kept is given back; silence is told; a cut leaves nothing that only seems kept."""

import random
import signal
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bewaar.errors import VaultStays, VaultUnfit
from bewaar.messages import text
from bewaar.model import JobState, Standing
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from tests import samples
from tests.vendorfiles import backups
from tests.vendorfiles.backups import aged
from tests.vendorfiles.office import MONDAY, TUESDAY, VaultOffice

pytestmark = pytest.mark.usefixtures("ordinary_urgency")


# ── Time ────────────────────────────────────────────────────────────────────────────────────────


def test_a_program_that_makes_none_any_more_is_told_and_reminded_of(office: VaultOffice) -> None:
    aged(backups.zipped(office.folder / MONDAY))
    office.beat()
    assert office.beat(hours=40) == []
    assert office.stands() is Standing.PROVEN
    assert office.beat(hours=20) == []
    assert office.stands() is Standing.OVERDUE
    assert text("en").badge(office.state) == "no new backup by its program"
    sentence = text("en").truth(office.engine.overview()).sentence
    assert sentence == "The program of Jansen has made no new backup for 2 days."
    assert not office.engine.overview().waiting  # Bewaar has nothing to store
    assert office.reminders == 1
    aged(backups.zipped(office.folder / TUESDAY))
    (job,) = office.beat(minutes=1)
    assert job.state is JobState.DONE


def test_a_file_from_the_future_does_not_make_it_safe_for_ever(office: VaultOffice) -> None:
    aged(backups.zipped(office.folder / MONDAY), days=-900)
    office.beat()
    assert office.stands() is Standing.PROVEN
    office.beat(days=4)
    assert office.stands() is Standing.OVERDUE


def test_a_clock_that_goes_back_begins_nothing_and_claims_nothing(office: VaultOffice) -> None:
    aged(backups.zipped(office.folder / MONDAY))
    office.beat()
    aged(backups.zipped(office.folder / TUESDAY))
    assert office.beat(days=-3) == []
    assert office.stands() is not Standing.PROVEN
    assert not office.state.awaits_program


# ── Back again ──────────────────────────────────────────────────────────────────────────────────


def test_the_file_of_one_day_comes_back_under_its_name(office: VaultOffice) -> None:
    content = backups.zipped(office.folder / MONDAY, b"maandag").read_bytes()
    aged(office.folder / MONDAY, days=1)
    office.beat()
    aged(backups.zipped(office.folder / TUESDAY))
    office.beat(minutes=1)
    monday = office.engine.history(office.vault.code)[1]
    into = office.root / "terug"
    into.mkdir()
    request = RestoreRequest(
        file=BackupFile(backup=monday.id),
        code=office.vault.code,
        mode=RestoreMode.NEW,
        new_name="Jansen maandag",
        into=into,
    )
    job = office.engine.wait(office.engine.start_restore(request).id, timeout=60)
    assert job.state is JobState.DONE
    assert (into / "Jansen maandag" / MONDAY).read_bytes() == content
    (restored,) = (a for a in office.engine.settings().administrations if a.place.parent == into)
    assert not restored.vault


def test_the_folder_of_a_program_is_never_replaced(office: VaultOffice) -> None:
    aged(backups.zipped(office.folder / MONDAY))
    office.beat()
    aged(backups.zipped(office.folder / TUESDAY))
    before = samples.lying(office.folder)
    request = RestoreRequest(
        file=BackupFile(backup=office.engine.history(office.vault.code)[0].id),
        code=office.vault.code,
        mode=RestoreMode.ORIGINAL,
        typed_name="Jansen",
    )
    with pytest.raises(VaultStays):
        office.engine.start_restore(request)
    assert samples.lying(office.folder) == before


def test_books_are_no_backups_of_a_program(office: VaultOffice) -> None:
    book = samples.gnucash_book(office.root / "boek.gnucash")
    with pytest.raises(VaultUnfit):
        office.engine.add(book, vault=True)


# ── Cut short ───────────────────────────────────────────────────────────────────────────────────

_TAKER = """
import sys
from pathlib import Path
from bewaar.engine import Engine
from bewaar.model import Code, DestinationId
from bewaar.paths import home
from bewaar.requests import BackupRequest

engine = Engine(home())
request = BackupRequest(codes=(Code("jansen"),), destination=DestinationId(sys.argv[1]))
print("begun", flush=True)
engine.run(engine.start_backup(request).id, __import__("bewaar.progress").progress.SILENT)
"""


def test_killed_at_any_moment_it_is_kept_later_and_nothing_counts_that_is_not_whole(
    tmp_path: Path,
) -> None:
    office = VaultOffice(tmp_path)
    data = random.Random(4).randbytes(12 << 20)
    with zipfile.ZipFile(office.folder / MONDAY, "w") as package:
        package.writestr("administratie.dat", data)
    aged(office.folder / MONDAY)
    office.engine.close()
    for wait in (0.02, 0.1, 0.25):
        taker = subprocess.Popen(
            [sys.executable, "-c", _TAKER, office.stick.id], stdout=subprocess.PIPE
        )
        assert taker.stdout is not None
        taker.stdout.readline()
        try:
            taker.wait(wait)
        except subprocess.TimeoutExpired:
            taker.send_signal(signal.SIGKILL)
        taker.communicate()
    office.open().start()
    office.clock.at = datetime.now(UTC)
    for backup in office.engine.history(office.vault.code):
        assert (office.stick.folder / backup.file).stat().st_size == backup.size
    office.beat(minutes=20)
    for job in office.engine.jobs():
        office.engine.wait(job.id, timeout=60)
    office.engine.scan()
    assert office.kept() == [MONDAY]
    assert office.stands() is Standing.PROVEN
    office.engine.close()
