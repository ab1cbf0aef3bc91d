"""Staying: one process per user runs, a later start only speaks to it.

Knows nothing of command lines: the tray that starts at login does without their machinery.
"""

import os
from typing import TYPE_CHECKING

from bewaar.errors import BewaarError, HomeUnwritable
from bewaar.messages import text
from bewaar.paths import Home, home
from bewaar_tray.instance import Instance, Request

if TYPE_CHECKING:
    from bewaar_tray.autostart import Autostart
    from bewaar_tray.process import Wishes


class NoAnswer(Exception):
    """Another Bewaar of this user runs, but does not answer."""


def stay(place: Home, wishes: "Wishes", request: Request = Request.SHOW) -> str:
    """Run until somebody quits and return ""; when another runs, return its answer to `request`.

    Raises NoAnswer, BewaarError, and OSError when an address is wished for and cannot be had.
    """
    from bewaar_tray import logs
    from bewaar_tray.process import Process

    instance = Instance(place)
    try:
        if not _claimed(instance, place):
            return _spoken(instance, request)
        logs.start(place)
        Process(place, instance, wishes).run()
    finally:
        instance.release()
    return ""


def stay_at_login() -> int:
    """Be the tray that starts at login: no terminal listens; return the exit code."""
    from bewaar_tray.process import Wishes

    try:
        stay(home(), Wishes(window=False, autostart=own_autostart()))
    except BewaarError as error:
        show(error)
        return 1
    except NoAnswer:
        return 1
    return 0


def show(error: BewaarError) -> None:
    """Say in a window why Bewaar cannot start: there may be no terminal to say it on."""
    from bewaar_tray.toolkit import has_display
    from bewaar_tray.window import show_text

    if has_display():
        said = text().failure(error.code, error.params)
        show_text("Bewaar", [said.what, said.safe, said.todo])


def own_autostart() -> "Autostart | None":
    """Return what starts at login; None for a home that nobody would find at the next login."""
    if "BEWAAR_HOME" in os.environ:
        return None
    from bewaar_tray import autostart

    return autostart.here()


def _claimed(instance: Instance, place: Home) -> bool:
    try:
        return instance.claim()
    except OSError as error:
        raise HomeUnwritable(folder=str(place.locks), reason=str(error)) from error


def _spoken(instance: Instance, request: Request) -> str:
    answer = instance.ask(request)
    if answer is None:
        raise NoAnswer
    return answer
