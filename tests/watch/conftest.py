"""A watcher, and ears that wait for what it tells, with a deadline instead of sleeping."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bewaar.events import EventLog
from bewaar.model import Code
from bewaar.watch import Watcher
from tests.mounts import Mounts

TIME_TO_NOTICE = 2.0  # seconds from a write, as promised


class Ears:
    """Listens to a watcher of its own."""

    def __init__(self) -> None:
        self.log = EventLog()
        self.watcher = Watcher(self.log, quiet=0.2, tending=0.1)
        self.cursor = 0

    def watch(self, **places: Path) -> None:
        """Watch these places, and return when all of them are."""
        before = self.cursor
        self.watcher.update({Code(code): place for code, place in places.items()})
        self.hear(*places, since=before)

    def hear(self, *codes: str, since: int | None = None) -> None:
        """Wait until these, and perhaps others, were told as touched."""
        deadline = time.monotonic() + TIME_TO_NOTICE
        missing, cursor = set(codes), self.cursor if since is None else since
        while missing and time.monotonic() < deadline:
            news = self.log.wait(cursor, timeout=deadline - time.monotonic())
            missing -= {str(event.params["code"]) for event in news.events}
            cursor = news.cursor
        self.cursor = cursor
        assert not missing, f"not noticed within {TIME_TO_NOTICE} s: {missing}"

    def settle(self) -> None:
        """Wait until nothing is told any more."""
        while (news := self.log.wait(self.cursor, timeout=0.4)).events:
            self.cursor = news.cursor

    def told(self) -> list[str]:
        """Return what was told since it was last heard, after waiting for what is on its way."""
        start = self.cursor
        self.settle()
        return [str(event.params["code"]) for event in self.log.since(start).events]

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that is not told."""
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.02)


@pytest.fixture
def ears() -> Iterator[Ears]:
    ears = Ears()
    yield ears
    ears.watcher.stop()


@pytest.fixture
def mounts() -> Iterator[Mounts]:
    with Mounts() as these:
        yield these


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A folder with books."""
    folder = tmp_path / "books"
    (folder / "2026" / "invoices").mkdir(parents=True)
    (folder / "ledger.dbf").write_bytes(b"x" * 100)
    (folder / "2026" / "invoices" / "1.pdf").write_bytes(b"x" * 100)
    return folder
