"""The verbs that give books back: restore, undo."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bewaar.cli import plain
from bewaar.cli.asking import password_from_stdin, typed_name
from bewaar.cli.carryout import carry_out
from bewaar.cli.conclusion import conclude
from bewaar.cli.desk import Desk
from bewaar.cli.opening import code_in, open_inside, with_password
from bewaar.cli.serving import known_server
from bewaar.cli.words import folder_options, json_option, password_stdin_option
from bewaar.errors import NameNotTyped, NothingToUndo
from bewaar.messages import N_
from bewaar.model import Code, Job
from bewaar.parts import name_of
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest, SalvageRequest

if TYPE_CHECKING:
    from bewaar.engine import Engine
    from bewaar.restore import RestorePlan

PATH = click.Path(path_type=Path)


@click.command(help=N_("Give books back from a backup file."))
@click.argument("file", type=PATH)
@click.option("--code", help=N_("Which administration, when the file holds several."))
@click.option("--new", metavar="NAME", help=N_("As a new administration of this name."))
@click.option("--into", type=PATH, metavar="FOLDER", help=N_("The folder where the new one comes."))
@click.option(
    "--server", metavar="ADDRESS", help=N_("The server where the new one gets a database.")
)
@folder_options
@click.option("--original", is_flag=True, help=N_("Back into the administration it came from."))
@click.option("--over", metavar="CODE", help=N_("Into another administration."))
@click.option("--part", multiple=True, metavar="PART", help=N_("Only this part; may be repeated."))
@click.option("--salvage", is_flag=True, help=N_("Save what can be saved from a damaged backup."))
@click.option("--yes", is_flag=True, help=N_("Replace without asking for the typed name."))
@password_stdin_option
@json_option
@click.pass_obj
def restore(desk: Desk, /, file: Path, **given: Any) -> int:
    """Say what the restore means, have it confirmed when it replaces something, and do it."""
    if given["salvage"]:
        return _salvage(desk, file, given)
    mode = _mode(desk, given)
    password = password_from_stdin() if given["password_stdin"] else None
    with desk.engine() as engine:
        inside, password = open_inside(desk, engine, file, password)
        request = RestoreRequest(
            file=BackupFile(path=file.absolute()),
            code=code_in(desk, inside, given["code"]),
            mode=mode,
            password=password,
            new_name=given["new"] or "",
            into=_into(desk, engine, given),
            over=Code(given["over"]) if given["over"] else None,
            parts=tuple(map(name_of, given["part"])) or None,
        )
        plan = engine.plan_restore(request, inside)
        for line in (*_meaning(desk, plan), *_caveats(desk, engine, plan)):
            desk.hint(line)
        request = _confirmed(desk, request, plan, yes=given["yes"])
        queued = engine.start_restore(request, inside)
        del inside  # of many files: it would lie in memory beside the one that is opened now
        job = carry_out(desk, engine, queued)
        return conclude(desk, engine, job, _result(engine, job, plan))


@click.command(help=N_("Undo the last restore of an administration."))
@click.argument("code")
@json_option
@click.pass_obj
def undo(desk: Desk, code: str) -> int:
    """Put back what the last restore replaced."""
    with desk.engine() as engine:
        if engine.undoable(Code(code)) is None:
            raise NothingToUndo(code=code)
        job = carry_out(desk, engine, engine.start_undo(Code(code)))
        return conclude(desk, engine, job, {})


def _result(engine: "Engine", job: "Job", plan: "RestorePlan") -> dict[str, Any]:
    number = job.result.get("checklist")
    left = plain.checklist(engine.checklist(number)) if isinstance(number, int) else None
    return {"place": str(plan.target), "mode": plan.mode.value, "checklist": left}


def _salvage(desk: Desk, file: Path, given: dict[str, Any]) -> int:
    """Save what can be saved into a new folder; 0 only when no file is known to be lost."""
    others = any(given[name] for name in ("new", "original", "over", "code", "part"))
    if others or not given["into"]:
        raise click.UsageError(
            desk.text.gettext(
                "--salvage needs --into with a folder that is not there yet, and nothing else."
            )
        )
    password = password_from_stdin() if given["password_stdin"] else None
    with desk.engine() as engine:
        wanted, place = BackupFile(path=file.absolute()), given["into"].absolute()
        _, password = with_password(
            desk, file, password, lambda word: engine.unlock_damaged(wanted, word)
        )
        request = SalvageRequest(file=wanted, place=place, password=password)
        job = carry_out(desk, engine, engine.start_salvage(request))
        code = conclude(desk, engine, job, {"place": str(place), **job.result})
        return code or int(not _all_came(job))


def _all_came(job: Job) -> bool:
    return not job.result.get("lost") and job.result.get("hashed") is True


def _into(desk: Desk, engine: "Engine", given: dict[str, Any]) -> Path | None:
    """Return where a new administration comes: a folder, or the file that leads to a server."""
    if given["server"]:
        return known_server(desk, engine, given["server"], given)
    return given["into"].absolute() if given["into"] else None


def _mode(desk: Desk, given: dict[str, Any]) -> RestoreMode:
    chosen = [
        mode
        for mode, option in (
            (RestoreMode.NEW, "new"),
            (RestoreMode.ORIGINAL, "original"),
            (RestoreMode.OVER, "over"),
        )
        if given[option]
    ]
    if len(chosen) != 1:
        raise click.UsageError(desk.text.gettext("Give one of --new, --original and --over."))
    places = [name for name in ("into", "server") if given[name]]
    if len(places) != (chosen[0] is RestoreMode.NEW):
        raise click.UsageError(
            desk.text.gettext("--new belongs together with one of --into and --server.")
        )
    return chosen[0]


def _meaning(desk: Desk, plan: "RestorePlan") -> Iterator[str]:
    text = desk.text
    yield text.gettext(
        "%(name)s, as it was backed up: %(moment)s.",
        name=plan.content.name,
        moment=text.moment(plan.made_at),
    )
    if plan.overwrites:
        yield text.gettext(
            "It replaces %(name)s in %(place)s.", name=plan.overwrites.name, place=plan.where
        )
        yield from text.booked(
            transactions=plan.transactions,
            documents=plan.documents,
            then=plan.newest_then,
            now=plan.newest_now,
        )
        for name, told in text.fates(plan.fates, plan.content.extras):
            yield f"  {name}: {told}" if name else f"  {told}"
        yield from _lost(desk, plan)
        if plan.safety_copy:
            yield text.gettext(
                "Bewaar keeps a copy of the present books first. You can undo this for 30 days."
            )
    elif plan.server:
        yield text.gettext(
            "It comes in a new database on %(server)s. Nothing is overwritten.",
            server=plan.server.server,
        )
    else:
        yield text.gettext("It comes in %(place)s. Nothing is overwritten.", place=plan.target)
    yield from map(text.note, plan.warnings)


def _lost(desk: Desk, plan: "RestorePlan") -> Iterator[str]:
    """Yield whether anything was entered since in the books that make way."""
    text = desk.text
    if plan.files_newer:
        yield text.ngettext(
            "%(n)d file there was changed since; that change will not be in the books.",
            "%(n)d files there were changed since; those changes will not be in the books.",
            plan.files_newer,
            n=plan.files_newer,
        )
    elif plan.changed_since is None and plan.whole:
        yield text.gettext("Whether anything was entered there since cannot be told.")
    elif plan.changed_since:
        yield text.gettext(
            "The books there differ from this backup. What was entered since will not be in the "
            "books afterwards."
        )
    elif plan.whole:
        yield text.gettext("The books there are the same as in this backup: nothing would be lost.")


def _caveats(desk: Desk, engine: "Engine", plan: "RestorePlan") -> Iterator[str]:
    """Yield what to know of the program before its books are given back."""
    for profile in engine.programs():
        if profile.id == plan.content.program:
            codes = (code for code in profile.caveats if code.startswith("restore."))
            yield from map(desk.text.caveat, codes)


def _confirmed(
    desk: Desk, request: RestoreRequest, plan: "RestorePlan", *, yes: bool
) -> RestoreRequest:
    """Return the request with the typed name, when it replaces something (S4)."""
    if plan.overwrites is None:
        return request
    if yes:
        return replace(request, typed_name=plan.overwrites.name)
    if not desk.someone_there:
        raise NameNotTyped(typed="", name=plan.overwrites.name)
    return replace(request, typed_name=typed_name(desk, plan.overwrites.name))
