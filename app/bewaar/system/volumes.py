"""The mounted volumes of this computer: the one place that chooses by operating system."""

import sys
from pathlib import Path

from bewaar.model import Volume
from bewaar.system.disks import DiskFacts, System


def current() -> System:
    """Return this computer's system."""
    if sys.platform == "win32":
        from bewaar.system import volumes_windows

        return volumes_windows
    if sys.platform == "darwin":
        from bewaar.system import volumes_macos

        return volumes_macos
    from bewaar.system import volumes_linux

    return volumes_linux


def mounted() -> list[Volume]:
    """Return the volumes of this computer that can hold files."""
    return current().mounted()


def disk_facts(path: Path) -> DiskFacts:
    """Return what is known of the disk where `path` is or would come."""
    return current().disk_facts(path)


def on_network(path: Path) -> bool:
    """Return whether `path` leads to another computer, going by its name and the list of mounts.

    Nothing on the way is touched, so it answers at once even when that computer does not.
    """
    return current().on_network(path)
