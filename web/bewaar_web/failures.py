"""From failure to page: the one table of which error answers with which status and button.

What is not in the table is the user's to mend (422) or ours (500). An unknown exception becomes
a Fault: its type goes to the log with its place in the code, its text to nobody, because it may
hold what the user typed.
"""

import logging
import traceback
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from bewaar import errors
from bewaar_web import desk, salvaging
from bewaar_web.bare import bare

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Way:
    """How a failure is answered: the HTTP status, and the screen whose button helps."""

    status: int
    help: str = ""  # an endpoint without parameters; "" = only "back"
    page: str = "failure.html"  # alone
    part: str = "part/failure.html"  # inside the form that asked


WAYS: dict[type[errors.BewaarError], Way] = {
    errors.UnknownAdministration: Way(404, "administrations.show_administrations"),
    errors.DestinationUnknown: Way(404, "destinations.show_destinations"),
    errors.BackupUnknown: Way(404, "restore.choose_backup"),
    errors.BackupGone: Way(404, "restore.choose_backup"),
    errors.BackupDamaged: Way(422, "restore.choose_backup"),
    errors.NothingSaved: Way(422, "restore.choose_backup"),
    errors.ChecklistUnknown: Way(404, "administrations.show_administrations"),
    errors.JobUnknown: Way(404, "log.show_log"),
    errors.AdministrationExists: Way(409),
    errors.DestinationExists: Way(409),
    errors.DestinationMissing: Way(422, part="backup/make_folder.html"),
    errors.PasswordNeeded: Way(422, page="restore/password.html"),
    errors.DestinationGone: Way(409, "destinations.show_destinations"),
    errors.DestinationOther: Way(409, "destinations.show_destinations"),
    errors.DestinationFull: Way(409, "destinations.show_destinations"),
    errors.DestinationReadOnly: Way(409, "destinations.show_destinations"),
    errors.BackupLocked: Way(409),
    errors.BackupThere: Way(409, "destinations.show_destinations"),
    errors.SourceOpen: Way(409),
    errors.TargetOpen: Way(409),
    errors.KeyringUnavailable: Way(409),
    errors.Fault: Way(500, "log.show_log"),
}


def way(error: errors.BewaarError) -> Way:
    """Return how an error is answered: as its nearest class in the table is."""
    found = (WAYS[kind] for kind in type(error).__mro__ if kind in WAYS)
    return next(found, Way(422))


def install(app: Flask) -> None:
    """Answer every failure of `app` in three parts."""
    app.register_error_handler(errors.BewaarError, _show)
    app.register_error_handler(HTTPException, _show_http)
    app.register_error_handler(Exception, _show_unknown)


def _show(error: errors.BewaarError) -> Response:
    """Say what happened, whether the data is safe, what to do: in the form that asked, or alone.

    When not even the frame of a page can be shown, such as without settings, it is said without.
    """
    answer = way(error)
    salvage = salvaging.offered(error)
    said = desk.text().failure(error.code, error.params)
    if "HX-Request" in request.headers:
        part = render_template(answer.part, said=said, error=error, salvage=salvage)
        return make_response(part, answer.status)
    try:
        screen = desk.page(
            answer.page, said=said, error=error, salvage=salvage, help=answer.help, back=_back()
        )
    except errors.BewaarError:
        return bare("failure", status=answer.status, said=said)
    return make_response(screen, answer.status)


def _show_unknown(error: Exception) -> Response:
    place = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    LOG.error("%s on %s\n%s", type(error).__name__, request.endpoint, place)
    return _show(errors.Fault(kind=type(error).__name__, detail=request.path))


def _show_http(error: HTTPException) -> Response:
    status = error.code or 500
    return bare("closed" if status == 403 else "lost", status=status)


def _back() -> str:
    """Return the page the user came from, when it is one of ours."""
    came = urlsplit(request.referrer or "")
    ours = f"{came.scheme}://{came.netloc}" == desk.guard().origin
    return came.path + (f"?{came.query}" if came.query else "") if ours else "/"
