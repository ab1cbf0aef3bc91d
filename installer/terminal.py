"""The terminal: what the installer says, and the commands it starts."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


class Failed(Exception):
    """The installer cannot go on; the message says why and what to do."""


def say(sentence: str) -> None:
    """Print one sentence at once, also into a pipe."""
    print(sentence, flush=True)


def succeeds(
    command: Sequence[str | Path],
    *,
    quiet: bool = False,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> bool:
    """Run a command without input to its end; a quiet one shows nothing.

    One that cannot even be started did not succeed.
    """
    output = subprocess.DEVNULL if quiet else None
    try:
        ended = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=env,
            cwd=cwd,
        )
    except OSError:
        return False
    return ended.returncode == 0


def become(command: Sequence[str | Path], *, cwd: Path) -> int:
    """Hand the terminal over to a command, and return its exit code.

    Where the system allows it this process turns into the other one, so that Ctrl-C and signals
    reach it directly; then this function does not return.
    """
    arguments = [str(word) for word in command]
    os.chdir(cwd)
    sys.stdout.flush()
    if sys.platform == "win32":  # there execv would give the prompt back at once
        with subprocess.Popen(arguments) as child:
            while True:
                try:
                    return child.wait()
                except KeyboardInterrupt:  # the child heard it too, and ends in its own way
                    continue
    else:
        return os.execv(arguments[0], arguments)  # noqa: S606
