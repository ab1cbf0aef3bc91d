"""The folders of this computer: names only, for choosing a place where no native picker is.

No content is ever read. What cannot be listed is shown as empty; only whole paths are taken, and
`..` is refused instead of followed.
"""

import os
import string
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bewaar.errors import InvalidValue

MOST = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """What is shown of one folder."""

    here: Path
    up: Path | None
    folders: tuple[Path, ...]
    files: tuple[Path, ...]


def listing(typed: str, *, endings: Sequence[str]) -> Listing:
    """Return the folders in a folder, and the files whose names end so; "" is the user's own."""
    here = Path(typed) if typed else Path.home()
    if "\0" in typed or not here.is_absolute() or ".." in here.parts:
        raise InvalidValue(field="path", value=typed)
    folders, files = [], []
    with suppress(OSError), os.scandir(here) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                folders.append(here / entry.name)
            elif entry.name.lower().endswith(tuple(endings)):
                files.append(here / entry.name)
    up = here.parent if here.parent != here else None
    return Listing(here, up, _sorted(folders), _sorted(files))


def starts(mounts: Sequence[Path]) -> tuple[Path, ...]:
    """Return where looking may begin: the user's own folder, plugged-in drives, the disks."""
    if os.name == "nt":
        letters = (Path(f"{letter}:\\") for letter in string.ascii_uppercase)
        disks = tuple(disk for disk in letters if disk.exists())
    else:
        disks = (Path("/"),)
    return tuple(dict.fromkeys((Path.home(), *mounts, *disks)))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    with suppress(OSError):
        return entry.is_dir()
    return False


def _sorted(paths: list[Path]) -> tuple[Path, ...]:
    return tuple(sorted(paths, key=lambda path: path.name.casefold())[:MOST])
