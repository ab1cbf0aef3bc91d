"""Who has a file open on this computer: the one place that chooses by operating system."""

import sys

from bewaar.system.holders import Handles


def current() -> Handles:
    """Return this computer's system."""
    if sys.platform == "win32":
        from bewaar.system import handles_windows

        return handles_windows
    if sys.platform == "darwin":
        from bewaar.system import handles_macos

        return handles_macos
    from bewaar.system import handles_linux

    return handles_linux
