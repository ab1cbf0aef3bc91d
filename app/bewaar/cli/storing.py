"""The verbs that make and prove backups: backup, verify, rebuild."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bewaar.cli import plain
from bewaar.cli.asking import new_password, password_from_stdin
from bewaar.cli.carryout import carry_out
from bewaar.cli.conclusion import conclude
from bewaar.cli.copying import destination_for
from bewaar.cli.desk import Desk
from bewaar.cli.opening import open_inside
from bewaar.cli.users import tell_users
from bewaar.cli.words import json_option, password_stdin_option
from bewaar.errors import BewaarError, Cancelled, Value
from bewaar.messages import N_
from bewaar.model import Code, Destination, JobState
from bewaar.progress import Stage
from bewaar.requests import BackupFile, BackupRequest, Protection

if TYPE_CHECKING:
    from bewaar.engine import Engine


@click.command(help=N_("Back up administrations, and prove each backup."))
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--all", "scope", flag_value="all", help=N_("All administrations."))
@click.option("--changed", "scope", flag_value="changed", help=N_("All that changed."))
@click.option("--marked", "scope", flag_value="marked", help=N_("Those that are marked."))
@click.option("--to", metavar="DESTINATION", help=N_("A folder, or a destination's name."))
@click.option("--make-folder", is_flag=True, help=N_("Make the folder when it does not exist."))
@password_stdin_option
@click.option("--password", "ask", is_flag=True, help=N_("Ask for a password."))
@click.option("--no-password", is_flag=True, help=N_("No password, also when one is kept."))
@click.option("--one-file", is_flag=True, help=N_("All in one file instead of one each."))
@click.option("--small", is_flag=True, help=N_("Smaller files, which take longer."))
@click.option("--force", is_flag=True, help=N_("Also what has not changed."))
@click.option("--accept-fewer", is_flag=True, help=N_("Also when far less is there than before."))
@click.option("--wait", is_flag=True, help=N_("Wait until nobody has the books open."))
@click.option("--no-documents", is_flag=True, help=N_("Leave document copies out."))
@json_option
@click.pass_obj
def backup(
    desk: Desk, /, codes: tuple[str, ...], scope: str | None, to: str | None, **given: Any
) -> int:
    """Make the backups here and now, and say what became of them."""
    _check_use(desk, codes, scope, given)
    typed = password_from_stdin() if given["password_stdin"] else None
    with desk.engine() as engine:
        chosen = tuple(map(Code, codes)) or _scope(engine, scope)
        destination = _destination(desk, engine, to, make_folder=given["make_folder"])
        protection, password = _protection(desk, engine, typed, given)
        request = BackupRequest(
            codes=chosen,
            destination=destination.id,
            protection=protection,
            password=password,
            one_file=given["one_file"],
            documents=False if given["no_documents"] else None,
            small=given["small"] or None,
            even_unchanged=given["force"],
            accept_fewer=given["accept_fewer"],
            wait_until_closed=given["wait"],
        )
        job = engine.start_backup(request)
        if job.stage == Stage.CLOSING:
            tell_users(desk, engine, job)
        job = carry_out(desk, engine, job)
        made = [plain.backup(engine.backup(id)) for id in job.backups]
        return conclude(
            desk, engine, job, {"backups": made, "destination": plain.destination(destination)}
        )


@click.command(help=N_("Read backup files from end to end, and say whether they are good."))
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@password_stdin_option
@json_option
@click.pass_obj
def verify(desk: Desk, files: tuple[Path, ...], *, password_stdin: bool) -> int:
    """Prove each file again; one that is not good does not stop the others."""
    password = password_from_stdin() if password_stdin else None
    with desk.engine() as engine:
        results = [_verified(desk, engine, file, password) for file in files]
    desk.answer({"files": results})
    return 0 if all(result["good"] for result in results) else 1


@click.command(help=N_("Make the list of a destination's backups again from its files."))
@click.argument("destination")
@json_option
@click.pass_obj
def rebuild(desk: Desk, destination: str) -> int:
    """Look through a destination and list what is there."""
    with desk.engine() as engine:
        found = engine.destination(destination)
        job = carry_out(desk, engine, engine.start_rebuild(found.id))
        listed = [plain.backup(each) for each in engine.backups_at(found.id)]
        return conclude(
            desk, engine, job, {"backups": listed, "destination": plain.destination(found)}
        )


def _check_use(
    desk: Desk, codes: tuple[str, ...], scope: str | None, given: dict[str, Any]
) -> None:
    if bool(codes) == bool(scope):
        raise click.UsageError(
            desk.text.gettext("Name the codes, or give --all, --changed or --marked.")
        )
    if sum(given[option] for option in ("password_stdin", "ask", "no_password")) > 1:
        raise click.UsageError(desk.text.gettext("Give only one of the password options."))


def _scope(engine: "Engine", scope: str | None) -> tuple[Code, ...]:
    """Return the administrations meant; what has not changed is left out by the backup itself."""
    kept = engine.settings().administrations
    if scope == "marked":
        return tuple(each.code for each in kept if each.marked)
    return tuple(each.code for each in kept if not each.managed_elsewhere)


def _destination(desk: Desk, engine: "Engine", to: str | None, *, make_folder: bool) -> Destination:
    wanted = to or engine.settings().default_destination
    if wanted is None:
        raise click.UsageError(desk.text.gettext("Say where the backups go, with --to."))
    return destination_for(desk, engine, wanted, make_folder=make_folder)


def _protection(
    desk: Desk, engine: "Engine", typed: str | None, given: dict[str, Any]
) -> tuple[Protection, str | None]:
    if typed is not None:
        return Protection.GIVEN, typed
    if given["ask"]:
        if not desk.someone_there:
            raise click.UsageError(desk.text.gettext("Nobody is there to type a password."))
        return Protection.GIVEN, new_password(desk)
    if given["no_password"] or not _wants_kept(engine):
        return Protection.NONE, None
    if desk.someone_there and not engine.password_kept():
        return Protection.GIVEN, new_password(desk)
    return Protection.KEPT, None


def _wants_kept(engine: "Engine") -> bool:
    from bewaar.settings import Protect

    return engine.settings().protect is Protect.KEYRING


def _verified(desk: Desk, engine: "Engine", file: Path, password: str | None) -> dict[str, Any]:
    try:
        if password is None and desk.someone_there:  # who may have to type one
            _, password = open_inside(desk, engine, file, password)
        wanted = BackupFile(path=file.absolute())
        job = carry_out(desk, engine, engine.start_verify(wanted, password))
    except BewaarError as error:
        return _not_good(desk, file, error.code, error.params)
    if job.state is JobState.CANCELLED:
        raise Cancelled
    if job.error:
        return _not_good(desk, file, job.error.code, job.error.params)
    desk.tell(desk.text.gettext("%(file)s is good.", file=file))
    return {**job.result, "file": str(file), "good": True, "error": None}


def _not_good(desk: Desk, file: Path, code: str, params: Mapping[str, Value]) -> dict[str, Any]:
    if not desk.json:
        desk.failure(code, params)
    return {"file": str(file), "good": False, "error": desk.error(code, params)}
