"""The desk put together: the engine, the guard, the words and one blueprint per screen."""

from flask import Flask
from jinja2 import StrictUndefined

from bewaar.engine import Engine
from bewaar_web import desk, failures, text
from bewaar_web.guard import Guard, protect
from bewaar_web.pace import Paces
from bewaar_web.passwords import Passwords
from bewaar_web.screens import SCREENS

FORM_BYTES = 1_000_000  # a thousand ticked administrations are a tenth of that


def create_app(engine: Engine, *, guard: Guard) -> Flask:
    """Return the WSGI application that shows `engine` to whom `guard` lets in."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = FORM_BYTES
    app.jinja_options = {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    app.extensions[desk.ENGINE] = engine
    app.extensions[desk.GUARD] = guard
    app.extensions[desk.PACES] = Paces()
    app.extensions[desk.PASSWORDS] = Passwords()
    app.before_request(desk.note_cursor)
    protect(app, guard)
    failures.install(app)
    text.install(app)
    for screen in SCREENS:
        app.register_blueprint(screen)
    return app
