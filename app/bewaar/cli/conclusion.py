"""What a verb says, and the exit code it gives, when its job is over."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bewaar.cli import plain
from bewaar.cli.desk import Desk
from bewaar.cli.knowing import to_do
from bewaar.errors import Cancelled
from bewaar.model import Failure, Job, JobState

if TYPE_CHECKING:
    from bewaar.engine import Engine

SHOWN_BY_THE_LINE = "backup.proven"  # the line about the job says this already


def conclude(desk: Desk, engine: "Engine", job: Job, value: Mapping[str, Any]) -> int:
    """Answer with what a job brought, or with why it failed."""
    value = {**value, "job": plain.job(job)}
    if job.state is JobState.DONE:
        lines = [desk.text.job(job), *notes(desk, job, but=SHOWN_BY_THE_LINE)]
        desk.answer(value, [*lines, *_to_do(desk, engine, job)])
        return 0
    if job.state is JobState.CANCELLED:
        desk.failure(Cancelled.code, {}, **value)
        return 1
    failures = _failures(engine, job)
    if desk.watched:
        engine.read_failure(job.id)
    for line in notes(desk, job, but="backup.failed"):
        desk.hint(line)
    told = [desk.error(each.code, each.params) for each in failures]
    if desk.json:
        desk.answer({"error": told[0], **value, "failures": told})
        return 1
    for each in failures:
        desk.failure(each.code, each.params)
    return 1


def _to_do(desk: Desk, engine: "Engine", job: Job) -> Iterator[str]:
    """Yield what is to be done after a restore."""
    number = job.result.get("checklist")
    if isinstance(number, int):
        yield from to_do(desk, engine, engine.checklist(number))


def notes(desk: Desk, job: Job, *, but: str) -> Iterable[str]:
    """Return what the job told along the way."""
    return [desk.text.note(note) for note in job.notes if note.code != but]


def _failures(engine: "Engine", job: Job) -> list[Failure]:
    """Return every failure of a job, once each; it may have failed for several administrations."""
    found = [each for each in engine.overview().failures if each.job == job.id]
    distinct = {
        (each.code, str(each.params)): each for each in (*found, *filter(None, [job.error]))
    }
    return list(distinct.values())
