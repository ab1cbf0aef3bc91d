"""The words in the templates: `_`, plurals, dates and sizes.

Sentences and formats are those of `bewaar.messages`; nothing is translated here. Parameters are
escaped before they are filled in, so a name can never become markup.
"""

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from markupsafe import Markup, escape

from bewaar.errors import BewaarError
from bewaar.messages import N_
from bewaar.messages.served import SERVER_NAMES
from bewaar.model import SAFETY, Administration, Backup, Code, DestinationId
from bewaar.parts import word
from bewaar.servers.connection import ServerKind
from bewaar_web import desk

FORMATS = (
    "date",
    "day",
    "duration",
    "moment",
    "number",
    "percent",
    "short_date",
    "short_moment",
    "size",
    "time",
)

_GENERAL = {"folder": N_("Any folder"), "database": N_("Any database")}


def install(app: Flask) -> None:
    """Give the templates of `app` their words."""
    env = app.jinja_env
    env.globals.update(_=_translate, ngettext=_plural, text=desk.text)
    env.globals.update(own_program=_own_program, taken_open=_taken_open)
    env.globals.update(program_name=_program_name, caveats=_caveats, elsewhere=_elsewhere)
    env.globals.update(server_name=_server_name, place_of=_place_of, served=_served)
    for name in FORMATS:
        env.filters[name] = _filter(name)
    env.filters["machine_time"] = _machine_time
    env.filters["part_word"] = word
    env.filters["zip"] = zip


def _translate(message: str, **params: object) -> Markup:
    return _filled(desk.text().gettext(message), params)


def _plural(one: str, many: str, n: int, **params: object) -> Markup:
    return _filled(desk.text().ngettext(one, many, n), {"n": desk.text().number(n), **params})


def _filled(template: str, params: dict[str, object]) -> Markup:
    ours = Markup(template)  # noqa: S704 - templates of sentences are ours
    return ours % {name: escape(value) for name, value in params.items()} if params else ours


def _program_name(id: str) -> str:
    """Return what a program is called, or that it is none; an unknown one is called by its id."""
    if id in _GENERAL:
        return desk.text().gettext(_GENERAL[id])
    return next((profile.name for profile in desk.engine().programs() if profile.id == id), id)


def _own_program(code: Code) -> str:
    """Return the name of the program that works in an administration; "" when it is none."""
    return desk.engine().program_of(code)


def _taken_open(backup: Backup, code: Code) -> str:
    """Return what it means that the books were open then; "" when they were not, or unknown."""
    note = desk.engine().taken_open(backup, code)
    return desk.text().note(note) if note else ""


def _elsewhere(destination: DestinationId) -> str:
    """Return where a backup lies that is at none of the destinations there are."""
    if destination == SAFETY:
        return desk.text().gettext("safety copy")
    return desk.text().gettext("a destination that was removed")


def _server_name(kind: str) -> str:
    return SERVER_NAMES[ServerKind(kind)]


def _served(administration: Administration) -> bool:
    """Whether the books are a database on a server."""
    return administration.storage in set(ServerKind)


def _place_of(administration: Administration) -> str:
    """Return where books lie: a folder, a file, or a database on a server."""
    if not _served(administration):
        return str(administration.place)
    try:
        return desk.text().database(desk.engine().connection(administration.code))
    except BewaarError:
        return str(administration.place)


def _caveats(program: str, *, restore: bool) -> list[str]:
    """Return what to know of a program before its books are restored, or backed up."""
    known = (profile for profile in desk.engine().programs() if profile.id == program)
    codes = next((profile.caveats for profile in known), ())
    return [desk.text().caveat(c) for c in codes if c.startswith("restore.") == restore]


def _filter(name: str) -> Callable[..., str]:
    def filter_(value: object) -> str:
        return str(getattr(desk.text(), name)(value))

    return filter_


def _machine_time(at: datetime) -> str:
    """For the datetime attribute of <time>."""
    return at.isoformat(timespec="seconds")
