"""Files that a backup which was cut short left at a destination: named, and removed when asked.

Only what Bewaar itself began: browsers call their downloads `.part` too, and those are not ours.
"""

import re

from bewaar.archive.names import README
from bewaar.destinations.base import PART, Entry, OpenDestination

_SMALL = re.compile(r"(test-)?[0-9a-f]{16}\.part")  # a sidecar, an id file, a trial
_LOCAL, _NAME_AT, _MARK = b"PK\x03\x04", 30, "\ufeffBewaar".encode()  # how every archive begins
_BEGINNING = 200  # bytes


def unfinished(to: OpenDestination) -> tuple[str, ...]:
    """Return the names of the `.part` files that interrupted backups left."""
    found = (entry for entry in to.entries() if entry.name.endswith(PART))
    return tuple(sorted(entry.name for entry in found if _is_ours(entry, to)))


def _is_ours(entry: Entry, to: OpenDestination) -> bool:
    if _SMALL.fullmatch(entry.name):
        return True
    if not entry.name.endswith(f".zip{PART}"):
        return False
    with to.read(entry.name) as stream:
        return _begins_as_ours(stream.read(_BEGINNING))


def _begins_as_ours(start: bytes) -> bool:
    """Whether it is how a backup begins, as far as it goes; an empty file may be one."""
    name = start[_NAME_AT : _NAME_AT + len(README)]
    whole = len(start) == _BEGINNING
    return (
        start[: len(_LOCAL)] == _LOCAL[: len(start)]
        and name == README.encode()[: len(name)]
        and (_MARK in start or not whole)
    )
