"""Pages that stand alone: for whom the guard does not let in, nothing else is served.

So they carry their few styles themselves; the policy of such an answer names their hash.
"""

import base64
import hashlib
from pathlib import Path

from flask import Response, make_response, render_template
from markupsafe import Markup

from bewaar_web.guard import POLICY

_FILE = Path(__file__).parent / "static" / "style" / "bare.css"
_STYLE = Markup(_FILE.read_text(encoding="utf-8"))  # noqa: S704 - our own file
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def bare(name: str, *, status: int = 200, **facts: object) -> Response:
    """Return the page called `name`."""
    page = render_template(f"bare/{name}.html", style=_STYLE, **facts)
    response = make_response(page, status)
    response.headers["Content-Security-Policy"] = f"{POLICY}; style-src 'sha256-{_HASH}'"
    return response
