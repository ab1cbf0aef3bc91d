"""The verbs that look and change nothing: list, status, history, show."""

from collections.abc import Iterator
from pathlib import Path

import click

from bewaar.cli import plain
from bewaar.cli.asking import password_from_stdin
from bewaar.cli.desk import Desk
from bewaar.cli.opening import open_inside
from bewaar.cli.words import json_option, password_stdin_option
from bewaar.messages import N_
from bewaar.model import Administration, Backup, Code, Content, Counts, Openness, Standing, State
from bewaar.overview import Overview
from bewaar.parts import word
from bewaar.servers.connection import shown

OVERDUE = 3  # the exit code of `status`
SIGNS = {
    Standing.PROVEN: ("●", "green"),
    Standing.CHANGED: ("○", "yellow"),
    Standing.OVERDUE: ("▲", "red"),
    Standing.UNKNOWN: ("?", "yellow"),
    Standing.FAILED: ("■", "red"),
    Standing.ELSEWHERE: ("–", "white"),
}
_DOCUMENTS = 5  # the column of a history that is left out where none are known
BOOKS = {Openness.CLOSED: N_("closed"), Openness.OPEN: N_("open")}


@click.command("list", help=N_("List the administrations that are kept."))
@json_option
@click.pass_obj
def list_(desk: Desk) -> None:
    """Say what is kept, and where it lies."""
    with desk.engine() as engine:
        kept = engine.settings().administrations
        desk.answer(
            {"administrations": [plain.administration(each) for each in kept]}, _kept(desk, kept)
        )


@click.command(help=N_("Say how everything stands. Exit code 3: something is overdue."))
@json_option
@click.pass_obj
def status(desk: Desk) -> int:
    """Say the sentence of truth, and how each administration stands."""
    with desk.engine() as engine:
        overview = engine.overview()
        truth = desk.text.truth(overview)
        late = [state for state in overview.states if state.overdue_since]
        desk.answer(
            {
                "at": plain.moment(overview.at),
                "sentence": truth.sentence,
                "detail": truth.detail,
                "overdue": len(late),
                "fewer": {code: plain.drop(drop) for code, drop in overview.fewer.items()},
                "administrations": [plain.state(state) for state in overview.states],
            },
            _standing(desk, overview),
        )
    return OVERDUE if late else 0


@click.command(help=N_("List the backups of an administration, the newest first."))
@click.argument("code")
@json_option
@click.pass_obj
def history(desk: Desk, code: str) -> None:
    """Say which backups there are, where, how large, with how many bookings."""
    with desk.engine() as engine:
        places = {each.destination.id: each.destination.name for each in engine.destinations()}
        numbered = engine.numbered_history(Code(code))
        value = [
            {"nr": nr, **plain.backup(each), "destination_name": places.get(each.destination)}
            for nr, each in numbered
        ]
        rows = [
            _told(desk, nr, each, code, places.get(each.destination, "")) for nr, each in numbered
        ]
        opened = filter(None, (engine.taken_open(each, Code(code)) for _, each in numbered))
        desk.answer({"backups": value}, _history(desk, rows, [*map(desk.text.note, opened)]))


@click.command(help=N_("Show what is inside a backup file."))
@click.argument("file", type=click.Path(path_type=Path))
@password_stdin_option
@json_option
@click.pass_obj
def show(desk: Desk, file: Path, *, password_stdin: bool) -> None:
    """Open a backup and say what it holds."""
    password = password_from_stdin() if password_stdin else None
    with desk.engine() as engine:
        inside, _ = open_inside(desk, engine, file, password)
        contents = [each.content for each in inside.manifest.administrations]
        desk.answer(
            {
                "file": str(file),
                "made_at": plain.moment(inside.made_at),
                "encrypted": inside.encrypted,
                "administrations": [plain.content(each) for each in contents],
            },
            _inside(desk, desk.text.moment(inside.made_at), contents),
        )


def _kept(desk: Desk, kept: tuple[Administration, ...]) -> Iterator[str]:
    if not kept:
        yield desk.text.gettext("Nothing is being kept safe yet. “bewaar find” looks for books.")
        return
    yield from desk.table(
        [(each.code, each.name, each.program, shown(each.place)) for each in kept]
    )


def _standing(desk: Desk, overview: Overview) -> Iterator[str]:
    truth = desk.text.truth(overview)
    yield truth.sentence
    if truth.detail:
        yield truth.detail
    if overview.states:
        yield ""
        yield from desk.table([_row(desk, state) for state in overview.states])
    for state in overview.states:
        one = state.administration
        if one.code in overview.fewer:
            told = desk.text.dropped(one.name, overview.fewer[one.code])
            yield from (
                line
                for line in (told.sentence, told.detail)
                if line not in (truth.sentence, truth.detail)
            )


def _row(desk: Desk, state: State) -> tuple[str, ...]:
    sign, colour = SIGNS[state.standing]
    one = state.administration
    badge, proven = desk.text.badge(state), desk.text.proven(state)
    return (
        desk.coloured(sign, colour),
        one.code,
        one.name,
        badge,
        "" if badge == proven else proven,
    )


def _history(desk: Desk, rows: list[tuple[str, ...]], opened: list[str]) -> Iterator[str]:
    """Yield the table, and below it what it means that books were open."""
    if not rows:
        yield desk.text.gettext("There are no backups yet.")
        return
    _ = desk.text.gettext
    head = (
        _("Nr"),
        _("Made"),
        _("Destination"),
        _("Size"),
        _("Transactions"),
        _("Documents"),
        _("Proof"),
        _("Books"),
        _("File"),
    )
    table = [head, *rows]
    if all(row[_DOCUMENTS] == _("unknown") for row in rows):
        table = [row[:_DOCUMENTS] + row[_DOCUMENTS + 1 :] for row in table]
    yield from desk.table(table)
    yield from dict.fromkeys(opened)


def _told(desk: Desk, nr: int, backup: Backup, code: str, place: str) -> tuple[str, ...]:
    inside = next((each for each in backup.contents if each.code == code), None)
    unknown = desk.text.gettext("unknown")
    counts = inside.counts if inside else Counts()
    bookings, papers = (
        unknown if each is None else desk.text.number(each)
        for each in (counts.transactions, counts.documents)
    )
    openness = inside.openness if inside else None
    books = desk.text.gettext(BOOKS[openness]) if openness in BOOKS else unknown
    proof = desk.text.gettext("proven") if backup.proof else desk.text.gettext("not proven here")
    by_program = desk.text.made_by_program(backup, Code(code))
    made = ", ".join(filter(None, [desk.text.short_moment(backup.made_at), by_program]))
    size = desk.text.size(backup.size)
    return (str(nr), made, place, size, bookings, papers, proof, books, backup.file)


def _inside(desk: Desk, made: str, contents: list[Content]) -> Iterator[str]:
    yield desk.text.gettext("Made: %(moment)s", moment=made)
    for each in contents:
        yield ""
        yield desk.text.gettext("%(name)s (code %(code)s)", name=each.name, code=each.code)
        yield "  " + desk.text.ngettext(
            "%(n)d file, %(size)s, from %(place)s",
            "%(n)d files, %(size)s, from %(place)s",
            each.files,
            size=desk.text.size(each.size),
            place=desk.text.came_from(each),
        )
        if each.counts.transactions is not None:
            n = each.counts.transactions
            yield "  " + desk.text.ngettext("%(n)d booking", "%(n)d bookings", n, n=n)
        if each.parts:
            rows = [(f"  --part {word(p.name)}", desk.text.size(p.size)) for p in each.parts]
            names = [desk.text.part(p.name, each.extras) for p in each.parts]
            yield from desk.table([(*row, name) for row, name in zip(rows, names, strict=True)])
