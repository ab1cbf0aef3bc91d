"""Badges, stages and jobs: a word or a line each, in every language."""

from datetime import timedelta

import pytest

from bewaar.messages import Text
from bewaar.model import JobKind, JobState, Note, Standing
from bewaar.progress import Stage
from tests.situations import backup, failure, job, state

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("standing", "fields", "badge"),
    [
        (Standing.PROVEN, {"stored": timedelta(hours=5)}, "proven today 12:30"),
        (Standing.PROVEN, {"stored": DAY}, "proven yesterday 17:30"),
        (Standing.PROVEN, {"stored": 4 * DAY}, "proven Mon 16 Nov 17:30"),
        (Standing.PROVEN, {"stored": 400 * DAY}, "proven 16 Oct 2025 18:30"),
        (Standing.CHANGED, {}, "changed"),
        (Standing.CHANGED, {"stored": None}, "never stored"),
        (Standing.OVERDUE, {"late": timedelta(hours=2)}, "overdue"),
        (Standing.OVERDUE, {"late": DAY}, "overdue by 1 day"),
        (Standing.OVERDUE, {"late": 3 * DAY}, "overdue by 3 days"),
        (Standing.UNKNOWN, {}, "unknown"),
        (Standing.UNKNOWN, {"reachable": False}, "cannot be reached"),
        (Standing.FAILED, {}, "backup failed"),
        (Standing.ELSEWHERE, {}, "kept by another program"),
    ],
)
def test_a_badge_is_a_word_or_two(
    standing: Standing, fields: dict[str, timedelta], badge: str, english: Text
) -> None:
    assert english.badge(state(standing, **fields)) == badge  # type: ignore[arg-type]


@pytest.mark.parametrize("standing", list(Standing))
def test_a_badge_fits_a_list_in_every_language(standing: Standing, voice: Text) -> None:
    assert 0 < len(voice.badge(state(standing, late=100 * DAY))) <= 40


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_words_with_and_without_a_subject(stage: Stage, voice: Text) -> None:
    assert voice.stage(stage)
    assert "%(" not in voice.stage(stage, "Blue stick")


def test_reading_back_is_called_that(english: Text) -> None:
    assert english.stage(Stage.PROVING, "Blue stick") == "Reading it back to be sure"
    assert english.stage(Stage.WRITING, "Blue stick") == "Writing to Blue stick"
    assert english.stage("", "Blue stick") == ""


@pytest.mark.parametrize("kind", list(JobKind))
@pytest.mark.parametrize("state_", list(JobState))
def test_every_job_has_a_line(kind: JobKind, state_: JobState, voice: Text) -> None:
    line = voice.job(job(kind, state_, "bakkerij"))
    assert line.endswith(".")


def test_a_finished_backup_says_how_much_and_how_long(english: Text) -> None:
    one = Note(code="backup.proven", params={"name": "Bakkerij Jansen", "size": 238_000_000})
    done = job(
        JobKind.BACKUP,
        JobState.DONE,
        "bakkerij",
        notes=(one,),
        backups=(backup().id,),
        result={"size": 238_000_000},
    )
    told = english.job(done).replace("\N{NO-BREAK SPACE}", " ")
    assert told == "Safely stored and proven: Bakkerij Jansen, 238 MB, 41 seconds."


def test_a_failed_job_says_what_happened(english: Text) -> None:
    failed = job(JobKind.BACKUP, JobState.FAILED, "bakkerij", error=failure())
    assert english.job(failed) == "Blue stick was pulled out while it was in use."
