"""Windows: a value of ours below the user's Run key in the registry.

Not yet run on a Windows; the calls can be tried with a registry of one's own.
"""

import importlib
import subprocess
from contextlib import suppress
from typing import Any

KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
VALUE = "Bewaar"


class RunKey:
    """One value below the Run key of the current user."""

    def __init__(self, registry: Any = None) -> None:
        """Use `registry`, something like the module `winreg`, or that of this computer."""
        self._registry = registry or importlib.import_module("winreg")

    def set(self, command: list[str]) -> None:
        """Start `command` at the next login."""
        line = subprocess.list2cmdline(command)
        with self._registry.CreateKey(self._registry.HKEY_CURRENT_USER, KEY) as key:
            self._registry.SetValueEx(key, VALUE, 0, self._registry.REG_SZ, line)

    def clear(self) -> None:
        """Start nothing of ours any more."""
        user, write = self._registry.HKEY_CURRENT_USER, self._registry.KEY_SET_VALUE
        with suppress(FileNotFoundError), self._registry.OpenKey(user, KEY, 0, write) as key:
            self._registry.DeleteValue(key, VALUE)
