"""An office that has nothing but a folder into which a program puts its backups."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

from bewaar.messages import text
from bewaar.model import Backup, Code, Job, JobState, Standing, State
from bewaar.progress import SILENT, Progress
from tests.clocks import SetClock
from tests.scene import Office
from tests.vendorfiles.backups import aged, zipped

BEFORE = "20260228-430-SQL2008-Jansen.ebu"
MONDAY, TUESDAY = "20260302-430-SQL2008-Jansen.ebu", "20260303-430-SQL2008-Jansen.ebu"


class RunningClock(SetClock):
    """Tells another time at each question, as real ones do."""

    def now(self) -> datetime:
        self.move(milliseconds=1)
        return self.at


class VaultOffice(Office):
    """An office that has nothing but a folder into which a program puts its backups."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, clock=RunningClock(datetime.now(UTC)))
        for one in (self.holding, self.bakery):
            self.engine.forget(one.code)
        self.folder = root / "Backups"
        self.folder.mkdir()
        self.vault = self.engine.add(self.folder, name="Jansen", code=Code("jansen"), vault=True)

    def finish(self, job: Job, progress: Progress = SILENT) -> Job:
        return self.engine.wait(job.id, timeout=60)

    @property
    def state(self) -> State:
        return self.engine.state(self.vault.code)

    def away(self, days: float) -> None:
        """Let it be so many days ago, with the newest backup of the program taken in then."""
        self.clock.move(days=-days)
        aged(zipped(self.folder / BEFORE), days=days + 1)
        self.engine.start()
        (job,) = self.beat()
        assert job.state is JobState.DONE, job.error
        self.engine.close()
        self.clock.move(days=days)

    def back(self) -> list[Job]:
        """Start Bewaar as it is started, and return the jobs of its first beat when over."""
        self.open().start()
        return self.beat()

    def in_each(self) -> list[list[str]]:
        """Return what stands in each backup, the oldest first."""
        return [self.inside(backup) for backup in reversed(self.engine.history(self.vault.code))]

    def stands(self) -> Standing:
        """Return how it stands now."""
        return self.state.standing

    @property
    def told(self) -> str:
        """What the page says of the folder."""
        return "\n".join(text("en").vault(self.state))

    def beat(self, **by: float) -> list[Job]:
        """Let time pass, let Bewaar beat once, and return the jobs of that beat when over."""
        self.clock.move(**by)
        before = {job.id for job in self.engine.jobs()}
        self.engine.scan()
        self.engine.tick()
        new = [job.id for job in self.engine.jobs() if job.id not in before]
        return [self.engine.wait(id, timeout=60) for id in new]

    def kept(self) -> list[str]:
        """Return what stands in the newest backup."""
        return self.inside(self.engine.history(self.vault.code)[0])

    def inside(self, backup: Backup) -> list[str]:
        """Return what stands in a backup."""
        with zipfile.ZipFile(self.stick.folder / backup.file) as archive:
            inside = [name for name in archive.namelist() if name.startswith("jansen/")]
        return sorted(name.removeprefix("jansen/") for name in inside)

    @property
    def reminders(self) -> int:
        events = self.engine.events.since(0).events
        return len([event for event in events if event.code == "reminder.due"])
