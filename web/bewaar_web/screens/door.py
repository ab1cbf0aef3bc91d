"""Coming in, and staying informed: the entry address and the numbered events."""

from flask import Blueprint, Response, abort, request

from bewaar_web import desk
from bewaar_web.bare import bare
from bewaar_web.guard import ENTRY, give_cookie

door = Blueprint("door", __name__)


@door.get(ENTRY)
def enter() -> Response:
    """Trade the entry token for a cookie.

    The page goes on by itself instead of by a 303: opened from a file or another program, only a
    request that starts on our own page carries a SameSite=Strict cookie.
    """
    guard = desk.guard()
    cookie = guard.enter(request.args.get("token", ""))
    if cookie is None:
        abort(403)
    response = bare("enter")
    give_cookie(response, guard, cookie)
    return response


@door.get("/events")
def list_events() -> dict[str, object]:
    """Say what happened since the reader's cursor, and whether something runs."""
    since = desk.engine().events.since(request.args.get("since", 0, type=int))
    return {
        "cursor": since.cursor,
        "gap": since.gap,
        "busy": bool(desk.overview().running),
        "events": [
            {"number": event.number, "code": event.code, "params": event.params}
            for event in since.events
        ],
    }
