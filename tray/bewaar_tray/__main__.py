"""The word `bewaar`: the verbs of the command line, and those that stay."""

import os
import sys
import threading
from typing import NoReturn

from bewaar_tray.command import AT_LOGIN, TOLD


def main() -> NoReturn:
    """Carry out the verb; what Bewaar itself starts does without the rooms for terminals."""
    words = tuple(sys.argv[1:])
    try:
        if words == AT_LOGIN:
            from bewaar_tray.staying import stay_at_login

            sys.exit(stay_at_login())
        if words == TOLD:
            from bewaar_tray import pane

            sys.exit(pane.run(sys.stdin))
        _carry_out()
    except SystemExit as end:
        _leave_stuck_threads(end.code)
        raise


def _carry_out() -> NoReturn:
    from bewaar.cli import cli
    from bewaar_tray.verbs import serve, tray, window

    for verb in (tray, window, serve):
        cli.add_command(verb)
    sys.exit(cli.main())


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
