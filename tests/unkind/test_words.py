"""Whatever a caller hands in, a verb answers or raises one of our own failures."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bewaar.engine import Engine
from bewaar.errors import BewaarError, Fault, SourceGone
from bewaar.model import BackupId, Code, DestinationId, DestinationKind, JobId
from bewaar.progress import SILENT
from bewaar.requests import BackupFile, BackupRequest, Protection, RestoreMode, RestoreRequest
from tests.rights import as_anyone
from tests.scene import Office, tree

TEXTS = {
    "nothing": "",
    "a blank": " ",
    "a NUL": "a\0b",
    "half a character": "half \udc80 of one",
    "very long": "x" * 5000,
    "too long for a name": "y" * 300,
    "upwards": "../../..",
    "a root": "/",
    "a device": "/dev/null",
    "a newline": "two\nlines",
    "format": "%(name)s {name} %s",
    "right to left": "\u202egpj.exe",
}

Verb = Callable[[Engine, str, Path], Any]

VERBS: dict[str, Verb] = {
    "find": lambda e, t, at: e.find((at / t.strip("./"), at)),
    "add": lambda e, t, at: e.add(at / t),
    "add by name": lambda e, t, at: e.add(at, name=t, code=Code(t), program=t),
    "change name": lambda e, t, _: e.change_administration(_first(e), name=t),
    "change place": lambda e, t, _: e.change_administration(_first(e), place=Path(t)),
    "forget": lambda e, t, _: e.forget(Code(t)),
    "state": lambda e, t, _: e.state(Code(t)),
    "history": lambda e, t, _: e.history(Code(t)),
    "backup": lambda e, t, _: e.backup(BackupId(t)),
    "backups at": lambda e, t, _: e.backups_at(DestinationId(t)),
    "job": lambda e, t, _: e.job(JobId(t)),
    "cancel": lambda e, t, _: e.cancel(JobId(t)),
    "read failure": lambda e, t, _: e.read_failure(JobId(t)),
    "add destination": lambda e, t, at: e.add_destination(at / t, name=t, make_folder=True),
    "add drive": lambda e, t, _: e.add_destination(Path(t), kind=DestinationKind.DRIVE),
    "destination": lambda e, t, _: e.destination(t),
    "change destination": lambda e, t, _: e.change_destination(_stick(e), name=t),
    "move destination": lambda e, t, _: e.change_destination(_stick(e), folder=Path(t)),
    "forget destination": lambda e, t, _: e.forget_destination(DestinationId(t)),
    "name template": lambda e, t, _: e.change_settings(lambda s: replace(s, name_template=t)),
    "roots": lambda e, t, _: e.change_settings(lambda s: replace(s, roots=(Path(t),))),
    "keep password": lambda e, t, _: e.keep_password(t, t),
    "look inside": lambda e, t, at: e.look_inside(BackupFile(path=at / t)),
    "look inside by name": lambda e, t, _: e.look_inside(
        BackupFile(destination=_stick(e), name=t), t
    ),
    "verify": lambda e, t, _: _run(e, e.start_verify(BackupFile(backup=BackupId(t)), t)),
    "undoable": lambda e, t, _: e.undoable(Code(t)),
    "undo": lambda e, t, _: e.start_undo(Code(t)),
    "rebuild": lambda e, t, _: _run(e, e.start_rebuild(DestinationId(t))),
    "lock": lambda e, t, _: e.lock_backup(BackupId(t), locked=True),
    "remove": lambda e, t, _: e.remove_backup(BackupId(t)),
    "remove unfinished": lambda e, t, _: e.remove_unfinished(DestinationId(t)),
    "plan backup": lambda e, t, _: e.plan_backup(
        BackupRequest(codes=(_first(e),), destination=_stick(e), name=t)
    ),
    "back up": lambda e, t, _: _run(
        e,
        e.start_backup(
            BackupRequest(
                codes=(_first(e),),
                destination=_stick(e),
                name=t,
                protection=Protection.GIVEN,
                password=t,
            )
        ),
    ),
    "restore": lambda e, t, at: _run(
        e,
        e.start_restore(
            RestoreRequest(
                file=BackupFile(destination=_stick(e), name="good.zip"),
                code=_first(e),
                mode=RestoreMode.NEW,
                new_name=t,
                into=at,
            )
        ),
    ),
    "plan restore": lambda e, t, at: e.plan_restore(
        RestoreRequest(
            file=BackupFile(destination=_stick(e), name="good.zip"),
            code=_first(e),
            mode=RestoreMode.NEW,
            new_name="new",
            into=at / t,
        )
    ),
}


@contextmanager
def only_failures_of_ours() -> Iterator[None]:
    try:
        yield
    except BewaarError as error:
        if error.code == Fault.code:
            raise


def _first(engine: Engine) -> Code:
    return engine.settings().administrations[0].code


def _stick(engine: Engine) -> DestinationId:
    return engine.settings().destinations[0].id


def _run(engine: Engine, job: Any) -> None:
    done = engine.run(job.id, SILENT)
    if done.error:
        assert done.error.code != "fault", done.error


@pytest.mark.parametrize("verb", VERBS)
def test_no_word_gets_anything_but_an_answer_or_a_failure_of_ours(
    office: Office, verb: str
) -> None:
    office.proven(office.holding, name="good")
    before = tree(office.folder_books)
    at = office.root / "somewhere"
    at.mkdir()
    for text in TEXTS.values():
        with only_failures_of_ours():
            VERBS[verb](office.engine, text, at)
    office.engine.overview()
    assert office.reopen().settings().destinations
    assert tree(office.folder_books) == before


def test_books_that_cannot_be_there_are_gone(office: Office) -> None:
    for place in ("nowhere", "nul\0byte", "x" * 300):
        with pytest.raises(SourceGone):
            office.engine.add(office.root / place)


def test_below_a_forbidden_folder_every_verb_still_speaks_in_our_words(office: Office) -> None:
    backup = office.proven(office.holding)
    above = office.folder_books.parent
    rights = above.stat().st_mode
    above.chmod(0)
    into = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=office.holding.code,
        mode=RestoreMode.ORIGINAL,
        typed_name="Jansen Holding",
    )
    new = replace(into, mode=RestoreMode.NEW, new_name="New", into=office.folder_books)
    asked: list[Callable[[], object]] = [
        lambda: office.engine.add(above / "more"),
        lambda: office.engine.find((above,)),
        lambda: office.engine.plan_restore(into),
        lambda: office.engine.plan_restore(new),
        lambda: _run(office.engine, office.engine.start_restore(into)),
        lambda: _run(office.engine, office.engine.start_restore(new)),
        lambda: _run(
            office.engine,
            office.engine.start_backup(
                BackupRequest(codes=(office.holding.code,), destination=office.stick.id)
            ),
        ),
        lambda: office.engine.add_destination(above / "stick", make_folder=True),
        lambda: office.engine.look_inside(BackupFile(path=above / "x.zip")),
        office.engine.overview,
    ]
    try:
        with as_anyone():
            for ask in asked:
                with only_failures_of_ours():
                    ask()
    finally:
        above.chmod(rights)
    assert office.engine.backups_at(office.stick.id) == (backup,)
