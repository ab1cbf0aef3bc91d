"""The verbs that look into backups: files, open, compare."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bewaar.cli import plain
from bewaar.cli.asking import password_from_stdin
from bewaar.cli.desk import Desk
from bewaar.cli.opening import code_in, open_inside
from bewaar.cli.words import json_option, password_stdin_option
from bewaar.messages import N_
from bewaar.requests import BackupFile, CompareRequest

if TYPE_CHECKING:
    from bewaar.compare import Difference

PATH = click.Path(path_type=Path)
code_option = click.option("--code", help=N_("Which administration, when the file holds several."))


@click.command(help=N_("List the files in a backup."))
@click.argument("file", type=PATH)
@click.option("--search", default="", metavar="WORDS", help=N_("Only those with these words."))
@code_option
@password_stdin_option
@json_option
@click.pass_obj
def files(desk: Desk, file: Path, search: str, code: str | None, *, password_stdin: bool) -> None:
    """Say which files a backup holds, with size and time."""
    password = password_from_stdin() if password_stdin else None
    with desk.engine() as engine:
        inside, _ = open_inside(desk, engine, file, password)
        wanted = code_in(desk, inside, code)
        held = [a for a in inside.manifest.administrations if a.content.code == wanted]
        words = search.casefold().split()
        hits = [
            each for each in held[0].files if all(word in each.path.casefold() for word in words)
        ]
        rows = [(desk.text.size(each.size), each.path) for each in hits]
        value = [{"path": e.path, "size": e.size, "part": e.part, "blake3": e.blake3} for e in hits]
        desk.answer({"files": value}, desk.table(rows) if rows else ())


@click.command("open", help=N_("Open one document of a backup, or save it to a folder."))
@click.argument("file", type=PATH)
@click.argument("path")
@click.option("--into", type=PATH, metavar="FOLDER", help=N_("Save it there; do not open it."))
@code_option
@password_stdin_option
@json_option
@click.pass_obj
def open_(
    desk: Desk, file: Path, path: str, into: Path | None, code: str | None, *, password_stdin: bool
) -> None:
    """Take one document out of a backup."""
    given = password_from_stdin() if password_stdin else None
    with desk.engine() as engine:
        inside, password = open_inside(desk, engine, file, given)
        wanted, archive = code_in(desk, inside, code), BackupFile(path=file.absolute())
        if into:
            place = engine.save_document(archive, wanted, path, into.absolute(), password)
        else:
            place = engine.open_document(archive, wanted, path, password)
        told = desk.text.gettext("The copy is here: %(place)s", place=place)
        desk.answer({"place": str(place)}, [told])


@click.command(help=N_("Compare two backups, or one with the books as they are now."))
@click.argument("file", type=PATH)
@click.argument("other", type=PATH, required=False)
@code_option
@password_stdin_option
@json_option
@click.pass_obj
def compare(
    desk: Desk, file: Path, other: Path | None, code: str | None, *, password_stdin: bool
) -> None:
    """Say what was booked between two states of the same books."""
    given = password_from_stdin() if password_stdin else None
    with desk.engine() as engine:
        inside, password = open_inside(desk, engine, file, given)
        wanted, one = code_in(desk, inside, code), BackupFile(path=file.absolute())
        two, second = None, None
        if other is not None:
            _, second = open_inside(desk, engine, other, given)
            two = BackupFile(path=other.absolute())
        passwords = (password, second)
        found = engine.compare(CompareRequest(code=wanted, one=one, other=two, passwords=passwords))
        desk.answer(_plain(found), _told(desk, found))


def _plain(found: "Difference") -> dict[str, Any]:
    sides = {
        name: {
            "at": plain.moment(side.at),
            "today": side.today,
            "newest": side.counts.newest.isoformat() if side.counts.newest else None,
            **plain.counts(side.counts),
        }
        for name, side in (("then", found.then), ("now", found.now))
    }
    changes = {
        name: [{"path": each.path, "then": each.then, "now": each.now} for each in changes]
        for name, changes in (
            ("removed", found.removed),
            ("changed", found.changed),
            ("added", found.added),
        )
    }
    tables = [{"name": each.name, "then": each.then, "now": each.now} for each in found.tables]
    return {
        **sides,
        "transactions": found.transactions,
        "documents": found.documents,
        "tables": tables,
        "files": {**changes, "same": found.files_same},
    }


def _told(desk: Desk, found: "Difference") -> Iterator[str]:
    text = desk.text
    yield text.moment(found.then.at) + " → " + text.moment(found.now.at)
    then, now = found.newest or (None, None)
    yield from text.booked(
        transactions=found.transactions, documents=found.documents, then=then, now=now
    )
    if found.nothing:
        yield text.gettext("Nothing changed.")
    if found.tables:
        yield ""
        rows = [(_rows(desk, each.then), _rows(desk, each.now), each.name) for each in found.tables]
        yield from desk.table([(text.gettext("Then"), text.gettext("Afterwards"), ""), *rows])
    for sign, changes in (("-", found.removed), ("*", found.changed), ("+", found.added)):
        yield from (f"{sign} {each.path}" for each in changes)


def _rows(desk: Desk, rows: int | None) -> str:
    return "–" if rows is None else desk.text.number(rows)
