"""What every screen works with: the engine, the words, and the way to answer.

A change ends with `go`: 303 to the page that shows it. A form that htmx sent gets the address in
a header instead, because `fetch` would follow a 303 and put the whole page into the form.
"""

from pathlib import Path
from typing import cast

from flask import Response, current_app, g, redirect, render_template, request, url_for

from bewaar.engine import Engine
from bewaar.errors import SettingsDamaged
from bewaar.messages import Text
from bewaar.model import DestinationId
from bewaar.overview import Overview
from bewaar.programs import Found
from bewaar_web import forms
from bewaar_web.guard import Guard
from bewaar_web.language import speak
from bewaar_web.pace import Paces
from bewaar_web.passwords import Passwords

ENGINE = "bewaar.engine"
GUARD = "bewaar.guard"
PACES = "bewaar.paces"
PASSWORDS = "bewaar.passwords"
OTHER = "other"  # instead of a destination's id: "another folder…"
DIALOG = "X-Bewaar-Dialog"  # a request for a question that opens on top of a screen


def engine() -> Engine:
    """Return the front door of the app."""
    return cast("Engine", current_app.extensions[ENGINE])


def guard() -> Guard:
    """Return the guard at the door."""
    return cast("Guard", current_app.extensions[GUARD])


def text() -> Text:
    """Return the words of this request's language."""
    if "text" not in g:
        g.text = speak(_chosen_language())
    return cast("Text", g.text)


def _chosen_language() -> str:
    try:
        return engine().settings().language
    except SettingsDamaged:  # even that must be said in some language
        return ""


def note_cursor() -> None:
    """Keep where the events stand before a screen looks: what happens meanwhile is news to it."""
    g.cursor = engine().events.cursor


def paces() -> Paces:
    """Return what was seen of the running jobs' speed."""
    return cast("Paces", current_app.extensions[PACES])


def passwords() -> Passwords:
    """Return the passwords that were typed for backups being restored."""
    return cast("Passwords", current_app.extensions[PASSWORDS])


def overview() -> Overview:
    """Return how everything stands, asked once per request."""
    if "overview" not in g:
        g.overview = engine().overview()
    return cast("Overview", g.overview)


def new_books(*roots: Path) -> list[Found]:
    """Return the books on this computer that are not kept yet."""
    kept = {state.administration.place for state in overview().states}
    return [found for found in engine().find(roots) if found.place not in kept]


def chosen_destination(field: str = "destination") -> DestinationId:
    """Return the destination a form chose; another folder is one that is used now and then."""
    where = forms.word(field)
    if where != OTHER:
        return DestinationId(where)
    make = forms.ticked("make_folder")
    return engine().destination(str(forms.place("folder")), make_folder=make).id


def page(template: str, *, live: bool = False, **facts: object) -> str:
    """Return a screen. A live one fetches itself again whenever something happened."""
    return _render(template, "layout/page.html", live=live, **facts)


def ask(template: str, **facts: object) -> str:
    """Return a question: a dialog on top of the screen that asks for one, else a page."""
    inside = request.headers.get(DIALOG)
    layout = "layout/dialog.html" if inside else "layout/question.html"
    return _render(template, layout, inside=inside, **facts)


def _render(template: str, layout: str, **facts: object) -> str:
    return render_template(
        template,
        layout=layout,
        cursor=g.cursor,
        theme=engine().settings().theme,
        running=overview().running,
        **facts,
    )


def go(endpoint: str, **values: object) -> Response:
    """Return the answer to a change that was made: look there."""
    address = url_for(endpoint, **values)  # type: ignore[arg-type]
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": address})
    return cast("Response", redirect(address, 303))
