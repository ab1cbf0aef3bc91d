"""An office that has nothing but a folder into which a program puts its backups."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

from bewaar.messages import text
from bewaar.model import Code, Job, Standing, State
from bewaar.progress import SILENT, Progress
from tests.clocks import SetClock
from tests.scene import Office

MONDAY, TUESDAY = "20260302-430-SQL2008-Jansen.ebu", "20260303-430-SQL2008-Jansen.ebu"


class VaultOffice(Office):
    """An office that has nothing but a folder into which a program puts its backups."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, clock=SetClock(datetime.now(UTC)))
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
        newest = self.engine.history(self.vault.code)[0]
        with zipfile.ZipFile(self.stick.folder / newest.file) as archive:
            inside = [name for name in archive.namelist() if name.startswith("jansen/")]
        return sorted(name.removeprefix("jansen/") for name in inside)

    @property
    def reminders(self) -> int:
        events = self.engine.events.since(0).events
        return len([event for event in events if event.code == "reminder.due"])
