"""Opening a document with the program the user has for it."""

import subprocess
import sys
from pathlib import Path
from threading import Thread

_PATIENCE = 2.0  # seconds in which the system says that it has no program for it


def show(file: Path) -> None:
    """Have a document opened, and do not wait for its program. Raises OSError when none is."""
    if sys.platform == "win32":
        import os

        os.startfile(file)  # noqa: S606 - only kinds that show something come here
        return
    command = "open" if sys.platform == "darwin" else "xdg-open"
    process = subprocess.Popen(
        [command, str(file)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        code = process.wait(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:  # some are the program itself, and stay
        Thread(target=process.wait, name="showing", daemon=True).start()
        return
    if code:
        raise OSError(f"{command} ended with {code}")
