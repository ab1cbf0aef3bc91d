"""What went wrong during a verb, in a small file for support; the terminal is for the person."""

import logging
from contextlib import suppress

from bewaar.paths import Home

LARGEST = 500_000  # bytes; then it starts anew, and one older file is kept


def open_in(home: Home) -> None:
    """Write warnings to the home's logs from now on; without room for them, nowhere."""
    file = home.logs / "cli.log"
    handler: logging.Handler = logging.NullHandler()
    with suppress(OSError):
        home.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        if file.exists() and file.stat().st_size > LARGEST:
            file.replace(file.with_suffix(".1.log"))
        handler = logging.FileHandler(file, encoding="utf-8", errors="replace")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    root.addHandler(handler)
