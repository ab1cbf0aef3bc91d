"""macOS: a launch agent, a property list in the user's `Library/LaunchAgents`.

Not yet loaded by a Mac; the file itself is written and read anywhere.
"""

import plistlib
from pathlib import Path

from bewaar.files import replace_atomically

LABEL = "org.bewaar.tray"


class LaunchAgent:
    """One property list of ours, read by launchd at login."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use `folder`, or the user's own; it need not exist yet."""
        folder = folder or Path.home() / "Library" / "LaunchAgents"
        self._file = folder / f"{LABEL}.plist"

    def set(self, command: list[str]) -> None:
        """Start `command` at the next login."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        agent = {
            "Label": LABEL,
            "ProgramArguments": command,
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }
        replace_atomically(self._file, plistlib.dumps(agent))

    def clear(self) -> None:
        """Start nothing of ours any more."""
        self._file.unlink(missing_ok=True)
