"""The verbs that stay: `tray`, `window` and `serve` run until somebody quits.

Nothing heavy is loaded before a verb is carried out.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import click

from bewaar.cli.desk import Desk
from bewaar.errors import BewaarError
from bewaar.messages import N_
from bewaar.paths import Home, home
from bewaar_tray.instance import Instance, Request
from bewaar_tray.staying import NoAnswer, own_autostart, show, stay

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
            with _saying(desk):
                stay(place, Wishes(window=not at_login, autostart=own_autostart()))
        else:
            desk.hint(desk.text.gettext("There is no display here; open this in a browser:"))
            _serve(desk, place, port=0)


@click.command(help=N_("Open the window; without a tray, Bewaar ends with it."))
@click.pass_obj
def window(desk: Desk) -> None:
    """Show the running Bewaar's window, or run as long as the window is open."""
    from bewaar_tray.process import Wishes

    with _saying(desk):
        stay(home(), Wishes(icon=False, alone=True))


@click.command(help=N_("Serve the pages and print the address that opens them once."))
@DEMO
@click.option("--port", type=click.IntRange(0, 65535), default=0, help=N_("0 is any free port."))
@click.pass_obj
def serve(desk: Desk, *, demo: bool, port: int) -> None:
    """Serve until Ctrl-C; when Bewaar runs already, print a new address of that one."""
    with _place(demo=demo) as place:
        _serve(desk, place, port=port)


def _serve(desk: Desk, place: Home, *, port: int) -> None:
    from bewaar_tray.process import Wishes

    wishes = Wishes(icon=False, window=False, port=port, address=desk.tell)
    try:
        with _saying(desk):
            if answer := stay(place, wishes, Request.ADDRESS):
                desk.tell(answer)
    except OSError as error:
        told = desk.text.gettext("Port %(port)d cannot be used.", port=port)
        raise click.BadParameter(told, param_hint="--port") from error


@contextmanager
def _saying(desk: Desk) -> Iterator[None]:
    """Say what keeps Bewaar from starting, in a window as well where there is a display."""
    try:
        yield
    except NoAnswer as error:
        told = desk.text.gettext("Bewaar runs already but does not answer.")
        raise click.ClickException(told) from error
    except BewaarError as error:
        show(error)
        raise


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
