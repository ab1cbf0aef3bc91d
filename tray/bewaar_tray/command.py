"""How this very program is started again: frozen into one file, or run by an interpreter."""

import sys

AT_LOGIN = ("tray", "--at-login")  # the words of the command that starts at login


def bewaar(*arguments: str) -> list[str]:
    """Return the command line of `bewaar` with arguments."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-m", "bewaar_tray", *arguments]
