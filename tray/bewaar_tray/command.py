"""How this very program is started again: frozen into one file, or run by an interpreter."""

import sys

AT_LOGIN = ("tray", "--at-login")  # the icon, without its window
TOLD = ("window", "--told")  # the window itself, told by its standard input what to show


def bewaar(*words: str) -> list[str]:
    """Return the command line of `bewaar` with these words."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *words]
    return [sys.executable, "-m", "bewaar_tray", *words]
