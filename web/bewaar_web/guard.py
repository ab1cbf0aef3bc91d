"""The door of the desk: only this user's own windows get in.

Every local user and every web page can reach a port on 127.0.0.1. So nothing at all is served,
style sheets included, unless the request is addressed to exactly this host, comes from this site
and carries the cookie that a one-time entry address gave. Changes also need Origin and the CSRF
token. Cookies know no ports: the name carries ours, so two servers on one host do not collide.
"""

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Flask, Response, abort, g, request

ENTRY = "/enter"
HOST = "127.0.0.1"
FIELD = "csrf"
HEADER = "X-Bewaar-Csrf"
TOKEN_SECONDS = 60.0  # from the tray's click to the browser's first request
TOKENS = 16  # entry addresses that may wait at the same time
SESSIONS = 32  # windows and browsers that may be inside at the same time
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    # "no-referrer" would turn the Origin of our own forms into "null"
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Who may come in: one-time entry tokens, and the cookies they were traded for."""

    def __init__(self, port: int, *, seconds: Callable[[], float] = time.monotonic) -> None:
        """Guard the server on `port`; `seconds` is a clock that never goes back."""
        self.host = f"{HOST}:{port}"
        self.origin = f"http://{self.host}"
        self.cookie = f"bewaar-{port}"
        self._seconds = seconds
        self._lock = threading.Lock()
        self._tokens: OrderedDict[str, float] = OrderedDict()  # digest → until when
        self._sessions: OrderedDict[str, None] = OrderedDict()  # digests, latest used last
        self._key = secrets.token_bytes(32)

    def new_entry_address(self) -> str:
        """Return an address that opens the door once, within a minute."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens[_digest(token)] = self._seconds() + TOKEN_SECONDS
            while len(self._tokens) > TOKENS:
                self._tokens.popitem(last=False)
        return f"{self.origin}{ENTRY}?{urlencode({'token': token})}"

    def enter(self, token: str) -> str | None:
        """Trade an entry token for the value of a new cookie; None when it is spent or late."""
        with self._lock:
            until = self._tokens.pop(_digest(token), None)
            if until is None or self._seconds() > until:
                return None
            cookie = secrets.token_urlsafe(32)
            self._sessions[_digest(cookie)] = None
            while len(self._sessions) > SESSIONS:
                self._sessions.popitem(last=False)
            return cookie

    def session(self, cookie: str) -> str | None:
        """Return the name of the session a cookie stands for, or None."""
        name = _digest(cookie)
        with self._lock:
            if name not in self._sessions:
                return None
            self._sessions.move_to_end(name)
            return name

    def csrf(self, session: str) -> str:
        """Return the token that the session's own forms carry."""
        return hmac.new(self._key, session.encode(), hashlib.sha256).hexdigest()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def protect(app: Flask, guard: Guard) -> None:
    """Let every request of `app` pass the guard, and every answer carry the safe headers."""

    @app.before_request
    def check() -> None:
        if request.headers.get("Host") != guard.host:
            abort(403)
        if request.path == ENTRY and request.method == "GET":
            return
        if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
            abort(403)
        session = guard.session(request.cookies.get(guard.cookie, ""))
        if session is None:
            abort(403)
        g.session, g.csrf = session, guard.csrf(session)
        if request.method not in SAFE_METHODS:
            _check_change(guard)

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers.update(HEADERS)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


def _check_change(guard: Guard) -> None:
    if request.headers.get("Origin") != guard.origin:
        abort(403)
    given = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not hmac.compare_digest(given.encode(), g.csrf.encode()):
        abort(403)


def give_cookie(response: Response, guard: Guard, cookie: str) -> None:
    """Put the session's cookie on the answer: for this site, this run, and no script."""
    response.set_cookie(guard.cookie, cookie, httponly=True, samesite="Strict", path="/")
