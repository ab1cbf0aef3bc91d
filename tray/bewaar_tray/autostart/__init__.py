"""Starting Bewaar when the user logs in: one small file per system behind one protocol.

Each can be made with a place of its own, so that it can be exercised where its system is not.
"""

import sys
from typing import Protocol

from bewaar_tray.command import AT_LOGIN, bewaar


class Autostart(Protocol):
    """The system's list of what starts at login, as far as it is ours."""

    def set(self, command: list[str]) -> None:
        """Start `command` at the next login; may be called again. Raises OSError."""
        ...

    def clear(self) -> None:
        """Start nothing of ours any more; may be called again. Raises OSError."""
        ...


def here() -> Autostart:
    """Return the list of this system and user."""
    if sys.platform == "win32":
        from bewaar_tray.autostart.windows import RunKey

        return RunKey()
    if sys.platform == "darwin":
        from bewaar_tray.autostart.macos import LaunchAgent

        return LaunchAgent()
    from bewaar_tray.autostart.linux import DesktopFile

    return DesktopFile()


def follow(autostart: Autostart, *, wanted: bool) -> None:
    """Bring the list in line with what the user chose. Raises OSError."""
    if wanted:
        autostart.set(bewaar(*AT_LOGIN))
    else:
        autostart.clear()
