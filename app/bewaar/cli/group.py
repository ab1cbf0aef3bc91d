"""The word `bewaar` itself: its verbs in the user's language, its exit codes.

0 done, 1 refused or failed, 2 wrong use; `status` alone answers 3 when something is overdue.
Whatever goes wrong becomes a sentence, or one JSON value, and never a traceback.
"""

import logging
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from bewaar.cli.desk import Desk, fall_silent
from bewaar.errors import BewaarError, Cancelled, Fault

LOG = logging.getLogger(__name__)
DONE, REFUSED, WRONG_USE = 0, 1, 2


class Verbs(click.Group):
    """The group of all verbs, listed in the order they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs as they come in daily use, not by the alphabet."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Carry out a verb; Ctrl-C ends it as a cancelled job does."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Cancelled from None

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        *rest: Any,
        **extra: Any,
    ) -> Any:
        """Say the words of the command line and leave with the exit code."""
        words = list(sys.argv[1:] if args is None else args)
        desk = Desk(json="--json" in words)
        self._translate(desk)
        extra |= {"standalone_mode": False, "obj": desk}
        try:
            code = super().main(words, prog_name or "bewaar", *rest, **extra)
        except click.ClickException as error:
            desk.wrong_use(error)
            code = WRONG_USE
        except (click.Abort, KeyboardInterrupt):
            code = _failed(desk, Cancelled())
        except BewaarError as error:
            code = _failed(desk, error)
        except Exception as error:  # noqa: BLE001
            code = _failed(desk, _fault(error))
        fall_silent()
        sys.exit(code or DONE)

    def _translate(self, desk: Desk) -> None:
        for command in (self, *self.commands.values()):
            if command.help:
                command.help = desk.text.gettext(command.help)
            for option in command.params:
                if isinstance(option, click.Option) and option.help:
                    option.help = desk.text.gettext(option.help)


def _fault(error: Exception) -> Fault:
    """Tell where it happened, but not its text: that may hold what somebody typed."""
    where = traceback.extract_tb(error.__traceback__)
    LOG.error("%s\n%s", type(error).__name__, "".join(traceback.format_list(where)))
    return Fault(
        kind=type(error).__name__, detail=f"{Path(where[-1].filename).name}:{where[-1].lineno}"
    )


def _failed(desk: Desk, error: BewaarError) -> int:
    desk.failure(error.code, error.params)
    return REFUSED
