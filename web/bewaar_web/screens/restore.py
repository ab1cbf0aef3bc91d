"""Restore: which backup, what is inside, where it goes, what that means, go.

The trail lives in the address, so that "back" works; only the password does not.
"""

from pathlib import Path

from flask import Blueprint, Response, g, request

from bewaar.model import Code
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from bewaar_web import desk, forms
from bewaar_web.trail import FILE_FIELDS, backup_file

restore = Blueprint("restore", __name__, url_prefix="/restore")


@restore.get("/")
def choose_backup() -> str:
    """Which backup: of an administration, at a destination, or any file."""
    engine, seen = desk.engine(), desk.overview()
    code = Code(forms.word("code"))
    return desk.page(
        "restore/which.html",
        states=seen.states,
        chosen=engine.state(code).administration if code else None,
        history=engine.history(code) if code else (),
        newest={s.administration.code: engine.history(s.administration.code) for s in seen.states},
        destinations=[place for place in seen.destinations if place.here],
        places={place.destination.id: place.destination for place in seen.destinations},
    )


@restore.get("/inside")
def show_inside() -> str:
    """What is inside, once the password opens it."""
    file = backup_file()
    inside = desk.engine().look_inside(file, _password(file))
    contents = [one.content for one in inside.manifest.administrations]
    return desk.page("restore/inside.html", inside=inside, contents=contents, file=_trail())


@restore.post("/open")
def open_with_password() -> Response:
    """Try the password; it is kept for the rest of the trail when it fits."""
    file, password = backup_file(), forms.secret("password")
    desk.engine().look_inside(file, password)
    desk.passwords().keep(g.session, file, password)
    return desk.go(".show_inside", **_trail())


@restore.get("/where")
def choose_target() -> str:
    """Where it goes: beside everything that is there, unless the user says otherwise."""
    file, code = backup_file(), Code(forms.word("code"))
    inside = desk.engine().look_inside(file, _password(file))
    states = desk.overview().states
    contents = [one.content for one in inside.manifest.administrations]
    content = next((one for one in contents if one.code == code), contents[0])
    original = next((s.administration for s in states if s.administration.code == code), None)
    return desk.page(
        "restore/where.html",
        inside=inside,
        content=content,
        original=original,
        others=[s.administration for s in states if s.administration.code != code],
        suggested=original.place.parent if original else Path.home(),
        file={**_trail(), "code": content.code},
    )


@restore.get("/summary")
def show_summary() -> str:
    """What it means, before anything happens."""
    asked = _request()
    plan = desk.engine().plan_restore(asked)
    replaced = plan.overwrites and desk.engine().open_state(plan.overwrites.code)
    used = replaced if replaced and replaced.in_use else None
    return desk.page("restore/summary.html", plan=plan, asked=asked, trail=_trail(), used=used)


@restore.post("/")
def start_restore() -> Response:
    """Begin."""
    job = desk.engine().start_restore(_request())
    return desk.go("jobs.show_job", job=job.id)


def _password(file: BackupFile) -> str | None:
    return desk.passwords().of(g.session, file)


def _request() -> RestoreRequest:
    file, mode = backup_file(), RestoreMode(forms.choice("mode", list(RestoreMode)))
    return RestoreRequest(
        file=file,
        code=Code(forms.word("code")),
        mode=mode,
        password=_password(file),
        new_name=forms.word("new_name"),
        into=forms.place("into") if mode is RestoreMode.NEW else None,
        over=Code(forms.word("over")) if mode is RestoreMode.OVER else None,
        typed_name=forms.word("typed_name"),
        wait_until_closed=forms.ticked("wait"),
    )


def _trail() -> dict[str, str]:
    """Return the choices made so far, for the address of the next step."""
    fields = (*FILE_FIELDS, "code", "mode", "new_name", "into", "over")
    return {name: request.values[name] for name in fields if request.values.get(name)}
