"""The id file: how a destination is known wherever it is mounted and whatever it is called.

Open text that anyone may read. A drive letter, a label or a serial number says nothing sure; only
this file does (S3).
"""

import json
import re
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from bewaar.destinations.handle import FolderHandle
from bewaar.model import Destination, DestinationId

ID_FILE = "bewaar-destination.json"
FORMAT = 1
_LONGEST = 1 << 16  # bytes; a longer file is not ours


def read_id(folder: FolderHandle) -> DestinationId | None:
    """Return the id that a folder carries, None when its id file is damaged.

    Raises FileNotFoundError when there is none, OSError when it cannot be read.
    """
    try:
        found = json.loads(folder.read_start(ID_FILE, _LONGEST))
        text = found["id"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    whole = isinstance(text, str) and re.fullmatch("[0-9a-f]{32}", text)
    return DestinationId(text) if whole else None


def claim(folder: FolderHandle, destination: Destination, made_at: datetime) -> Destination:
    """Give a folder its id file, or take over the id it carries; return it with that id.

    A damaged id file is replaced. When two claim a folder at once, both get the winner's id.
    """
    absent = not folder.holds(ID_FILE)
    found = None if absent else read_id(folder)
    if found is None:
        with suppress(FileExistsError):
            folder.write_whole(ID_FILE, _content(destination, made_at), replacing=not absent)
        found = read_id(folder)
    return replace(destination, id=found or destination.id)


def _content(destination: Destination, made_at: datetime) -> bytes:
    facts = {
        "format": FORMAT,
        "id": destination.id,
        "name": destination.name,
        "made_at": made_at.isoformat(timespec="seconds"),
    }
    return json.dumps(facts, ensure_ascii=False, indent=2).encode() + b"\n"
