"""How many folders Linux lets a user watch, and how many this process does.

Counted from /proc, because a watch that could not be had is silently missing. Other systems know
no such limit.
"""

import os
from contextlib import suppress
from pathlib import Path

_LIMITS = (
    Path("/proc/sys/fs/inotify/max_user_watches"),
    Path("/proc/sys/user/max_inotify_watches"),  # of a container
)
_HANDLES = Path("/proc/self/fd")
_DETAILS = Path("/proc/self/fdinfo")


def most_watches() -> int | None:
    """Return how many folders this process may take: half, the rest is for other programs."""
    found = []
    for limit in _LIMITS:
        with suppress(OSError, ValueError):
            found.append(int(limit.read_text()))
    return min(found) // 2 if found else None


def watching_handles() -> frozenset[str]:
    """Return the open handles of this process through which folders are watched."""
    found = set()
    with suppress(OSError):
        for handle in os.listdir(_HANDLES):  # noqa: PTH208 - names, no paths
            with suppress(OSError):  # closed since
                if os.readlink(_HANDLES / handle) == "anon_inode:inotify":  # noqa: PTH115
                    found.add(handle)
    return frozenset(found)


def watches_of(handles: frozenset[str]) -> int:
    """Return how many folders are really watched through these handles."""
    count = 0
    for handle in handles:
        with suppress(OSError), (_DETAILS / handle).open("rb") as lines:
            count += sum(line.startswith(b"inotify ") for line in lines)
    return count


def count_folders(place: Path, *, most: int) -> int:
    """Return how many folders there are, `place` itself included; counts little beyond `most`."""
    count, waiting = 0, [str(place)]
    while waiting and count <= most:
        count += 1
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            waiting += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    return count
