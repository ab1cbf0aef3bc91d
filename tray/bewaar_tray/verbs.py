"""The verbs that stay: `tray`, `window` and `serve` run until somebody quits.

A second start only speaks to the first. Nothing heavy is loaded before a verb is carried out.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bewaar.cli.desk import Desk
from bewaar.errors import BewaarError, HomeUnwritable
from bewaar.messages import N_
from bewaar.paths import Home, home
from bewaar_tray.instance import Instance, Request

if TYPE_CHECKING:
    from bewaar_tray.autostart import Autostart
    from bewaar_tray.process import Wishes

DEMO = click.option(
    "--demo", is_flag=True, help=N_("Try it with sample administrations in a temporary place.")
)


@click.command(help=N_("Put the icon into the tray and open the window."))
@DEMO
@click.option("--at-login", is_flag=True, hidden=True)
@click.option("--quit", "leave", is_flag=True, help=N_("End the Bewaar that runs."))
@click.pass_obj
def tray(desk: Desk, *, demo: bool, at_login: bool, leave: bool) -> None:
    """Stay in the tray; without a display, serve."""
    from bewaar_tray.process import Wishes
    from bewaar_tray.toolkit import has_display

    with _place(demo=demo) as place:
        if leave:
            Instance(place).ask(Request.QUIT)
        elif has_display():
            _stay(desk, place, Wishes(window=not at_login, autostart=_autostart(demo=demo)))
        else:
            desk.hint(
                desk.text.gettext("There is no display here; open this address in a browser:")
            )
            _serve(desk, place, port=0)


@click.command(help=N_("Open the window; without a tray, Bewaar ends with it."))
@click.option("--told", is_flag=True, hidden=True)
@click.pass_obj
def window(desk: Desk, *, told: bool) -> int:
    """Show the running Bewaar's window, or run as long as the window is open."""
    if told:
        from bewaar_tray import pane

        return pane.run(sys.stdin)
    from bewaar_tray.process import Wishes

    _stay(desk, home(), Wishes(icon=False, alone=True))
    return 0


@click.command(help=N_("Serve the pages and print the address that opens them once."))
@DEMO
@click.option("--port", type=click.IntRange(0, 65535), default=0, help=N_("0 is any free port."))
@click.pass_obj
def serve(desk: Desk, *, demo: bool, port: int) -> None:
    """Serve until Ctrl-C."""
    with _place(demo=demo) as place:
        _serve(desk, place, port=port)


# ── Staying ─────────────────────────────────────────────────────────────────────────────────


def _stay(desk: Desk, place: Home, wishes: "Wishes") -> None:
    """Run; a second start brings the first one's window to the front."""
    with _claim(place) as instance:
        if instance is None:
            _speak(desk, place, Request.SHOW)
            return
        try:
            _run(place, instance, wishes)
        except BewaarError as error:
            _show(desk, error)
            raise


def _serve(desk: Desk, place: Home, *, port: int) -> None:
    """Print the address and run; a second start prints a new address of the first."""
    from bewaar_tray.process import Wishes

    with _claim(place) as instance:
        if instance is None:
            desk.tell(_speak(desk, place, Request.ADDRESS))
            return
        try:
            _run(place, instance, Wishes(icon=False, window=False, port=port, address=desk.tell))
        except OSError as error:
            told = desk.text.gettext("Port %(port)d cannot be used.", port=port)
            raise click.BadParameter(told, param_hint="--port") from error


def _run(place: Home, instance: Instance, wishes: "Wishes") -> None:
    from bewaar_tray import logs
    from bewaar_tray.process import Process

    logs.start(place)
    Process(place, instance, wishes).run()


@contextmanager
def _claim(place: Home) -> Iterator[Instance | None]:
    """Be the one Bewaar of this user for the block; None when another is."""
    instance = Instance(place)
    try:
        claimed = instance.claim()
    except OSError as error:
        raise HomeUnwritable(folder=str(place.locks), reason=str(error)) from error
    try:
        yield instance if claimed else None
    finally:
        instance.release()


def _speak(desk: Desk, place: Home, request: Request) -> str:
    answer = Instance(place).ask(request)
    if answer is None:
        raise click.ClickException(desk.text.gettext("Bewaar runs already but does not answer."))
    return answer


def _show(desk: Desk, error: BewaarError) -> None:
    """Say in a window why Bewaar cannot start: there may be no terminal to say it on."""
    from bewaar_tray.toolkit import has_display
    from bewaar_tray.window import show_text

    if has_display():
        said = desk.text.failure(error.code, error.params)
        show_text("Bewaar", [said.what, said.safe, said.todo])


# ── Where ───────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _place(*, demo: bool) -> Iterator[Home]:
    """Return the user's own home, or one for the demonstration that is gone afterwards."""
    if not demo:
        yield home()
        return
    from bewaar.demo import prepare

    folder = tempfile.mkdtemp(prefix="bewaar-demo-")
    os.environ["BEWAAR_HOME"] = folder
    try:
        prepare(home())
        yield home()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _autostart(*, demo: bool) -> "Autostart | None":
    """Return what starts at login; None for a home that nobody would find at the next login."""
    if demo or "BEWAAR_HOME" in os.environ:
        return None
    from bewaar_tray import autostart

    return autostart.here()
