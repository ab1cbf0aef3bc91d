"""Settings made by hand, with what only a newer version knows."""

from pathlib import Path

import pytest

from bewaar.model import Administration, Code, Destination, DestinationId, DestinationKind
from bewaar.settings import SettingsFile

JANSEN = Administration(
    code=Code("jansen"),
    name="Bakkerij Jansen",
    place=Path("/books/jansen"),
    program="gnucash",
    storage="sqlite",
)
STICK = Destination(
    id=DestinationId("a" * 32),
    name="Blue stick",
    kind=DestinationKind.DRIVE,
    folder=Path("/media/blue"),
)

BY_HAND = """\
# My settings, made by hand
language = "nl"  # Dutch
theme = "sepia"  # of a newer version
window_width = 1200

[policy]
every_days = 7 # weekly is enough

# The bakery
[[administrations]]
code = "jansen"
name = "Bakkerij Jansen"   # the shop
place = "/books/jansen"
program = "gnucash"
storage = "sqlite"
colour = "blue"

# Our own
[[administrations]]
code = "holding"
name = "Jansen Holding"
place = "/books/holding"
program = "folder"
storage = "fileset"
policy = { every_days = 30 }  # quiet

[[destinations]]
id = "cccccccccccccccccccccccccccccccc"
name = "Moon"
kind = "lunar"
folder = "/moon"

[[destinations]]
id = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
name = "Blue stick"
kind = "drive"
folder = "/media/blue"
"""


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "home" / "settings.toml")


@pytest.fixture
def by_hand(file: SettingsFile) -> SettingsFile:
    file.path.parent.mkdir()
    file.path.write_text(BY_HAND, "utf-8")
    return file


def write(file: SettingsFile, content: bytes) -> None:
    file.path.parent.mkdir(exist_ok=True)
    file.path.write_bytes(content)
