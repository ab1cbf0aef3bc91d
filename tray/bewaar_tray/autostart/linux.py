"""Linux and other free desktops: a `.desktop` file in the autostart folder.

Format: the Desktop Entry and Autostart specifications of freedesktop.org.
"""

import os
from pathlib import Path

from bewaar.files import replace_atomically

NAME = "bewaar.desktop"
RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")


def autostart_folder() -> Path:
    """Return where this user's autostart files lie."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "autostart"


class DesktopFile:
    """One file of ours in the autostart folder."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use `folder`, or the user's own; it need not exist yet."""
        self._file = (folder or autostart_folder()) / NAME

    def set(self, command: list[str]) -> None:
        """Start `command` at the next login."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            "[Desktop Entry]",
            "Type=Application",
            "Name=Bewaar",
            f"Exec={' '.join(map(quoted, command))}",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
        ]
        replace_atomically(self._file, ("\n".join(lines) + "\n").encode())

    def clear(self) -> None:
        """Start nothing of ours any more."""
        self._file.unlink(missing_ok=True)


def quoted(argument: str) -> str:
    """Return an argument as an Exec line wants it, which is itself a string with escapes."""
    argument = argument.replace("%", "%%")
    if argument and not RESERVED & set(argument):
        return argument
    for character in '\\"`$':
        argument = argument.replace(character, f"\\{character}")
    return '"' + argument.replace("\\", "\\\\") + '"'
