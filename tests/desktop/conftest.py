"""The stages of the desktop tests, and a small office with books to keep."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

from bewaar.model import Administration, Backup, Destination
from tests.desktop.running import engine
from tests.desktop.stage import Notices, Stage, eventually
from tests.scene import make_folder_books


@pytest.fixture(scope="session")
def shared_stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


@pytest.fixture(scope="session")
def _service(shared_stage: Stage) -> Notices:
    return shared_stage.start_notifications()


@pytest.fixture
def stage(shared_stage: Stage, _service: Notices) -> Stage:
    """Return the desktop with everything, and nobody's icon in its tray."""
    eventually(shared_stage.is_empty, "the tray is empty")
    return shared_stage


@pytest.fixture
def notices(stage: Stage, _service: Notices) -> Notices:
    """Return the notifications that come from now on."""
    _service.forget()
    return _service


@dataclass(frozen=True)
class Office:
    """Books, where their backups go, and a way to look at what became of them."""

    administration: Administration
    books: Path
    stick: Destination

    def enter(self) -> None:
        """Enter a booking."""
        with (self.books / "index.txt").open("a") as file:
            file.write("one more booking\n")

    def proven(self) -> list[Backup]:
        """Return the backups that count; each is a whole zip that holds the books."""
        if not any(self.stick.folder.glob("*.zip")):
            return []  # opening the catalogue again and again would slow down what is waited for
        with closing(engine()) as asked:
            backups = [each for each in asked.history(self.administration.code) if each.proof]
        for backup in backups:
            with ZipFile(self.stick.folder / backup.file) as archive:
                assert archive.testzip() is None
                inside = f"{self.administration.code}/index.txt"
                assert archive.read(inside) in (self.books / "index.txt").read_bytes()
        return backups


def make_office(root: Path, *, days_ago: float) -> Office:
    """Keep books that were first seen so long ago, and never backed up."""
    books = make_folder_books(root / "books" / "Jansen Holding")
    with closing(engine(days_ago=days_ago)) as asked:
        administration = asked.add(books, name="Jansen Holding")
        stick = asked.add_destination(root / "stick", name="Blue stick", make_folder=True)
        asked.scan()
    return Office(administration, books, stick)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Books that changed, and may wait."""
    return make_office(tmp_path, days_ago=0)


@pytest.fixture
def late_office(tmp_path: Path) -> Office:
    """Books that are overdue."""
    return make_office(tmp_path, days_ago=3)
