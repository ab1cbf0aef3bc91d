"""The front door: the verbs that web, tray and command line may use.

No logic of its own. Every verb raises only classes of `bewaar.errors` and is safe from every
thread.
"""

from bewaar.engine.doing import Doing
from bewaar.engine.looking import Looking
from bewaar.engine.peeking import Peeking
from bewaar.engine.serving import Serving
from bewaar.engine.settingup import SettingUp
from bewaar.model import JobKind

CLOSING_SECONDS = 20.0  # how long running jobs get to stop cleanly


class Engine(Looking, Peeking, SettingUp, Serving, Doing):
    """Everything Bewaar can do."""

    def start(self) -> None:
        """Let jobs run, those cut short first; watch the books, look at everything once."""
        for job in self._jobs.take_up(self._work_for, self._closing.gate_for):
            if job.kind is JobKind.REBUILD and job.destination:
                self._indexing.add(job.destination)
        self._jobs.start()
        self._pulse.start()
        self._runs = True
        self._index()

    def close(self) -> None:
        """Stop jobs and threads; what was running is undone or left to be settled.

        Documents that were opened go with the Bewaar that runs, not with a verb of a moment.
        """
        if self._runs:
            self._documents.copies.clear()
        self._pulse.close()
        self._jobs.close(timeout=CLOSING_SECONDS)
        self._catalogue.close()

    def tick(self) -> None:
        """Look, judge and remind; to be called every 30 seconds."""
        self._pulse.tick()
        self._documents.copies.expire()
        self._documents.recent.expire()
        self._index()

    def look_at_drives(self) -> None:
        """Publish which drives were plugged in or out; to be called every 2 seconds."""
        self._places.look_at_drives()

    def scan(self) -> None:
        """Look at every administration now."""
        self._pulse.scan()

    def _index(self) -> None:
        for destination in self._archives.unindexed():
            if destination not in self._indexing:
                self._indexing.add(destination)
                self.start_rebuild(destination)
