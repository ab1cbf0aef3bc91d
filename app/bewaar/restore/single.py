"""Administrations that are one file: which of the files it is, and what goes along with it.

A SQLite file may have others beside it, and some programs write two files that are worth nothing
alone. They travel together and follow the name of the main one.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from bewaar.archive import ManifestAdministration
from bewaar.files import rename_new

SQLITE_ENDINGS = ("-wal", "-shm", "-journal")  # an old one beside a new file corrupts it


def main_file(found: ManifestAdministration) -> str:
    """Return the path of the file that is the administration."""
    names = [file.path for file in found.files]
    wanted = re.split(r"[\\/]", found.content.place)[-1]  # a place of another system, perhaps
    return wanted if wanted in names else names[0]


def renamed(found: ManifestAdministration, name: str) -> dict[str, str]:
    """Return under which name each file comes when the main one is called `name`."""
    main = main_file(found)
    old, new = Path(main).stem, Path(name).stem
    return {
        file.path: name if file.path == main else re.sub(f"^{re.escape(old)}", new, file.path)
        for file in found.files
    }


def companions(place: Path, found: ManifestAdministration) -> tuple[str, ...]:
    """Return the names beside `place` that belong to it: of SQLite, and of the backup's files."""
    others = [name for name in renamed(found, place.name).values() if name != place.name]
    return (*(place.name + ending for ending in SQLITE_ENDINGS), *others)


def rename_all(folder: Path, names: dict[str, str]) -> None:
    """Give the files in a folder their new names."""
    for old, new in names.items():
        if old != new:
            (folder / old).rename(folder / new)


def place_all(folder: Path, place: Path, names: Sequence[str]) -> None:
    """Move files out of a folder beside `place`, the main one last; all of them, or none.

    Raises FileExistsError when one of the names is taken.
    """
    placed: list[str] = []
    try:
        for name in sorted(names, key=lambda name: name == place.name):
            rename_new(folder / name, place.with_name(name))
            placed.append(name)
    except OSError:
        for name in placed:
            place.with_name(name).rename(folder / name)
        raise
