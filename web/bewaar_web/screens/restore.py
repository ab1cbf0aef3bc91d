"""Restore: which backup, what is inside, where it goes, what that means, go.

The trail lives in the address, so that "back" works; only the password does not.
"""

from pathlib import Path

from flask import Blueprint, Response, g, request, url_for

from bewaar.errors import NoPartChosen
from bewaar.model import Administration, Code, Content, Part
from bewaar.operations import Inside
from bewaar.parts import word
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from bewaar.servers.connection import ServerKind
from bewaar_web import desk, forms
from bewaar_web.trail import FILE_FIELDS, backup_file

MANY_FILES, MUCH = 10_000, 256 << 20  # files, or bytes; to look at more takes a while
AS_FILE = "file"  # a database's dump into a folder: a new administration that is none

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
    inside = desk.engine().leaf_through(file, _password(file))
    contents = [one.content for one in inside.manifest.administrations]
    return desk.page("restore/inside.html", inside=inside, contents=contents, file=_trail())


@restore.post("/open")
def open_with_password() -> Response:
    """Try the password; it is kept for the rest of the trail when it fits."""
    file, password = backup_file(), forms.secret("password")
    desk.engine().look_inside(file, password)
    desk.passwords().keep(g.session, file, password)
    return desk.go(".show_inside", **_trail())


MOST_ASKED = 1000  # parts on one page; nobody answers for more


@restore.get("/parts")
def choose_parts() -> Response | str:
    """Which parts, where there are several."""
    file = backup_file()
    inside = desk.engine().leaf_through(file, _password(file))
    content = _content(inside)
    if not 1 < len(content.parts) <= MOST_ASKED:
        return desk.go(".choose_target", **_trail())
    return desk.page("restore/parts.html", inside=inside, content=content, file=_trail())


@restore.get("/where")
def choose_target() -> str:
    """Where it goes: beside everything that is there, unless the user says otherwise."""
    file, code = backup_file(), Code(forms.word("code"))
    inside = desk.engine().leaf_through(file, _password(file))
    kept = [state.administration for state in desk.overview().states]
    content = _content(inside)
    original = next((each for each in kept if each.code == code), None)
    servers = [s for s in desk.engine().known_servers() if s.connection.kind == content.storage]
    return desk.page(
        "restore/where.html",
        inside=inside,
        served=content.storage in set(ServerKind),
        servers=servers,
        content=content,
        original=original if original and _fits(content, original) else None,
        others=[each for each in kept if _takes(each, content, code)],
        suggested=_suggested(original),
        parts=_wanted(content),
        file={**_trail(), "code": content.code},
    )


@restore.get("/summary")
def show_summary() -> Response | str:
    """What it means, before anything happens; at large books is looked after a word of that."""
    asked = _request()
    inside = desk.engine().leaf_through(asked.file, asked.password)
    if asked.mode is not RestoreMode.NEW and not forms.word("looked") and _is_large(inside):
        page = desk.page(
            "restore/looking.html", inside=inside, content=_content(inside), trail=_trail()
        )
        return _then(page, **_trail(), looked=1)
    plan = desk.engine().plan_restore(asked, inside)
    replaced = plan.overwrites and desk.engine().open_state(plan.overwrites.code)
    used = replaced if replaced and replaced.in_use else None
    return desk.page("restore/summary.html", plan=plan, asked=asked, trail=_trail(), used=used)


@restore.post("/")
def start_restore() -> Response:
    """Begin."""
    asked = _request()
    inside = desk.engine().leaf_through(asked.file, asked.password)
    job = desk.engine().start_restore(asked, inside)
    return desk.go("jobs.show_job", job=job.id)


def _is_large(inside: Inside) -> bool:
    """Return whether it takes a while to look at such books, as far as the backup tells."""
    content = _content(inside)
    return content.files > MANY_FILES or content.size > MUCH


def _then(page: str, **values: object) -> Response:
    """Return a page that is shown until the summary itself is there, with or without scripts."""
    address = url_for(".show_summary", **values)  # type: ignore[arg-type]
    return Response(page, headers={"Refresh": f"0;url={address}"})


def _takes(kept: Administration, content: Content, code: Code) -> bool:
    """Whether it is another one that such books may replace: backups of a program always stay."""
    return kept.code != code and not kept.vault and _fits(content, kept)


def _fits(content: Content, kept: Administration) -> bool:
    """Whether books of a database would take the place of such, and files that of files."""
    served = {content.storage, kept.storage} & set(ServerKind)
    return not served or content.storage == kept.storage


def _suggested(original: Administration | None) -> Path:
    """Return the folder to propose: beside the books; a database lies beside none."""
    if original is None or original.storage in set(ServerKind):
        return Path.home()
    return original.place.parent


def _content(inside: Inside) -> Content:
    """Return the administration that is meant, the first unless one is named."""
    code = Code(forms.word("code"))
    contents = [one.content for one in inside.manifest.administrations]
    return next((one for one in contents if one.code == code), contents[0])


def _wanted(content: Content) -> list[Part] | None:
    """Return the parts that are wanted, None for all of it. Raises NoPartChosen."""
    wanted = forms.parts()
    if wanted == ():
        raise NoPartChosen(name=content.name)
    return None if wanted is None else [part for part in content.parts if part.name in wanted]


def _password(file: BackupFile) -> str | None:
    return desk.passwords().of(g.session, file)


def _request() -> RestoreRequest:
    file, chosen = backup_file(), forms.choice("mode", [*RestoreMode, AS_FILE])
    mode = RestoreMode.NEW if chosen == AS_FILE else RestoreMode(chosen)
    onto_server = chosen != AS_FILE and forms.word("server")
    return RestoreRequest(
        file=file,
        code=Code(forms.word("code")),
        mode=mode,
        password=_password(file),
        new_name=forms.word("new_name"),
        into=forms.place("server" if onto_server else "into") if mode is RestoreMode.NEW else None,
        over=Code(forms.word("over")) if mode is RestoreMode.OVER else None,
        typed_name=forms.word("typed_name"),
        parts=forms.parts(),
        wait_until_closed=forms.ticked("wait"),
    )


def _trail() -> dict[str, str | list[str]]:
    """Return the choices made so far, for the address of the next step."""
    fields = (*FILE_FIELDS, "code", "mode", "new_name", "into", "server", "over")
    parts = {"part": [word(name) for name in forms.parts() or ()]}
    return {name: request.values[name] for name in fields if request.values.get(name)} | parts
