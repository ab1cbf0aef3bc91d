"""The word `bewaar`: the verbs of the command line, and those that stay."""

import os
import sys
import threading

from bewaar.cli import cli
from bewaar_tray.verbs import serve, tray, window

for verb in (tray, window, serve):
    cli.add_command(verb)


def main() -> None:
    """Carry out the verb of the command line."""
    try:
        cli()
    except SystemExit as end:
        _leave_stuck_threads(end.code)
        raise


def _leave_stuck_threads(code: object) -> None:
    """End at once when a thread hangs, on a network drive perhaps, that nobody can wait for."""
    stuck = [each for each in threading.enumerate() if not each.daemon]
    if len(stuck) > 1:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    main()
