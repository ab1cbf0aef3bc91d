"""What belongs to an administration, as it lies on the disk at this moment.

Nothing is left out silently: what cannot be read raises, what is no file (a socket, a device, a
link that leads back) is named as skipped. Lock files of programs never belong to it.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from bewaar.errors import PairBroken, SourceGone
from bewaar.model import Layout, Source
from bewaar.progress import SILENT, Progress
from bewaar.storage.edges import shown, unreadable
from bewaar.storage.entry import (
    Entry,
    Skipped,
    Tree,
    companions,
    entry_of,
    kind_of,
    listing,
    status_of,
)
from bewaar.storage.walk import Walk


def look(source: Source, progress: Progress = SILENT) -> Tree:
    """Return what belongs to the administration; reads no file's content.

    Raises SourceGone, SourceUnreadable, PairBroken, Cancelled.
    """
    try:
        status = source.place.stat()
    except FileNotFoundError as error:
        raise SourceGone(place=shown(source.place)) from error
    except OSError as error:
        raise unreadable(source.place, error) from error
    folder = stat.S_ISDIR(status.st_mode)
    tree = Walk(source, progress).tree(status) if folder else _single(source, status)
    _check_pairs(tree, source.layout)
    return tree


def _single(source: Source, status: os.stat_result) -> Tree:
    place = source.place
    if not stat.S_ISREG(status.st_mode):
        return Tree(files=(), skipped=(Skipped(path=place.name, kind=kind_of(status)),))
    files = [entry_of(place.name, place, status), *companions(place.name, place)]
    return Tree(files=(*files, *_partners(place, source.layout)))


def _partners(place: Path, layout: Layout) -> Iterator[Entry]:
    """Yield the other halves of a file that is worth nothing alone."""
    wanted = set(_other_halves(place.name, layout))
    for entry in listing(place.parent) if wanted else ():
        status = status_of(entry) if entry.name.casefold() in wanted else None
        if status:
            yield entry_of(entry.name, Path(entry.path), status)


def _check_pairs(tree: Tree, layout: Layout) -> None:
    if not layout.pairs:
        return
    present = {entry.path.casefold() for entry in tree.files}
    for entry in tree.files:
        for missing in _other_halves(entry.path, layout):
            if missing not in present:
                raise PairBroken(path=shown(entry.path), missing=shown(missing))


def _other_halves(path: str, layout: Layout) -> Iterator[str]:
    """Yield what must lie beside a file, in small letters."""
    low = path.casefold()
    for pair in layout.pairs:
        for mine, other in (pair, pair[::-1]):
            if low.endswith(mine.casefold()):
                yield low.removesuffix(mine.casefold()) + other.casefold()
