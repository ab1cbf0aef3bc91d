"""A clock that was set back makes nothing look safe, and silences nobody."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bewaar.model import (
    Administration,
    Backup,
    BackupId,
    Code,
    DestinationId,
    Observation,
    Policy,
    Proof,
    Standing,
)
from bewaar.policy import Facts, clock_doubt, overdue_since, standing

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def facts(
    *,
    stored: datetime,
    seen_at: datetime = NOW,
    changed: datetime | None = None,
    doubt: bool = False,
) -> Facts:
    proof = Proof(proven_at=NOW, blake3="0" * 64, files=1, size=1, databases=0, past_cache=True)
    last = Backup(
        id=BackupId("0" * 32),
        destination=DestinationId("1" * 32),
        file="jansen.zip",
        made_at=stored,
        size=1,
        encrypted=False,
        contents=(),
        proof=proof,
    )
    return Facts(
        administration=Administration(
            code=Code("jansen"),
            name="Jansen",
            place=Path("/books"),
            program="folder",
            storage="fileset",
        ),
        policy=Policy(every_days=7),
        last=last,
        observation=Observation(
            seen_at=seen_at, reachable=True, signature="mark", changed_since=changed
        ),
        first_seen=min(NOW - DAY, seen_at),
        clock_doubt=doubt,
    )


def test_something_known_that_is_yet_to_come_is_doubtful() -> None:
    assert clock_doubt(NOW, NOW + 10 * MINUTE)
    assert clock_doubt(NOW, datetime(2038, 1, 19, tzinfo=UTC))


@pytest.mark.parametrize("newest", [None, NOW, NOW - 400 * DAY, NOW + MINUTE])
def test_small_corrections_and_long_sleeps_are_not(newest: datetime | None) -> None:
    assert not clock_doubt(NOW, newest)


def test_a_proof_from_the_future_grants_no_time() -> None:
    ahead = NOW + 3000 * DAY
    known = facts(stored=ahead, changed=NOW)
    assert standing(NOW, known) is Standing.OVERDUE
    assert overdue_since(NOW, known) == NOW


def test_a_clock_set_back_grants_no_second_week() -> None:
    known = facts(stored=NOW, seen_at=NOW + 6 * DAY, changed=NOW + MINUTE)
    assert standing(NOW + 6 * DAY, known) is Standing.CHANGED
    assert standing(NOW + 2 * DAY, known) is Standing.OVERDUE


def test_doubt_from_elsewhere_counts_too() -> None:
    assert standing(NOW, facts(stored=NOW - DAY, changed=NOW)) is Standing.CHANGED
    assert standing(NOW, facts(stored=NOW - DAY, changed=NOW, doubt=True)) is Standing.OVERDUE


def test_unchanged_books_stay_proven_as_no_time_was_counted_for_it() -> None:
    assert standing(NOW - 30 * DAY, facts(stored=NOW)) is Standing.PROVEN


moments = st.integers(-60 * 24 * 40, 60 * 24 * 40).map(lambda n: NOW + n * MINUTE)


@given(moments, moments, moments, moments)
def test_whatever_the_clock_shows_a_change_in_doubt_is_never_within_time(
    now: datetime, stored: datetime, seen_at: datetime, changed: datetime
) -> None:
    known = facts(stored=stored, seen_at=seen_at, changed=changed)
    if max(stored, seen_at, changed) > now + 5 * MINUTE:
        assert standing(now, known) is Standing.OVERDUE
        since = overdue_since(now, known)
        assert since is not None
        assert since <= now
