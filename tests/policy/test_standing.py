"""How an administration stands: nothing looks safer than it is, whatever the clock does."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bewaar.model import (
    Administration,
    Backup,
    BackupId,
    Code,
    Content,
    Counts,
    DestinationId,
    Failure,
    JobId,
    Observation,
    Policy,
    Proof,
    Standing,
)
from bewaar.policy import Facts, next_due, overdue_since, policy_of, standing, state

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)  # nine in the morning in Amsterdam
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

BOOKS = Administration(
    code=Code("jansen"),
    name="Bakkerij Jansen",
    place=Path("/books/jansen"),
    program="gnucash",
    storage="sqlite",
)


def backup(made_at: datetime, *, proven: bool = True) -> Backup:
    content = Content(
        code=BOOKS.code,
        name=BOOKS.name,
        place=str(BOOKS.place),
        program=BOOKS.program,
        storage=BOOKS.storage,
        files=1,
        size=1,
        counts=Counts(),
    )
    proof = Proof(
        proven_at=made_at, blake3="0" * 64, files=1, size=1, databases=0, past_cache=False
    )
    return Backup(
        id=BackupId("0" * 32),
        destination=DestinationId("1" * 32),
        file="jansen.zip",
        made_at=made_at,
        size=1,
        encrypted=False,
        contents=(content,),
        proof=proof if proven else None,
    )


def seen(at: datetime, changed: datetime | None = None, *, reachable: bool = True) -> Observation:
    signature = "mark" if reachable else ""
    return Observation(seen_at=at, reachable=reachable, signature=signature, changed_since=changed)


def facts(
    *,
    stored: datetime | None = MONDAY,
    changed: datetime | None = None,
    now: datetime = MONDAY,
    policy: Policy | None = None,
    proven: bool = True,
) -> Facts:
    return Facts(
        administration=BOOKS,
        policy=policy or Policy(),
        last=backup(stored, proven=proven) if stored else None,
        observation=seen(now, changed),
        first_seen=min(filter(None, (stored, changed, now))),
    )


FAILED = Failure(
    job=JobId("2" * 32),
    at=MONDAY,
    code="destination.gone",
    params={},
    administration=BOOKS.code,
    destination=None,
)


def test_unchanged_books_are_proven_however_old_the_backup() -> None:
    for days in (0, 1, 30, 4000):
        now = MONDAY + days * DAY
        assert standing(now, facts(now=now)) is Standing.PROVEN


def test_a_fresh_change_is_no_reproach_even_after_weeks_of_quiet() -> None:
    now = MONDAY + 30 * DAY
    assert standing(now, facts(now=now, changed=now)) is Standing.CHANGED


def test_a_change_is_overdue_after_a_day_by_default() -> None:
    known = facts(changed=MONDAY + HOUR, now=MONDAY + HOUR)
    assert standing(MONDAY + DAY, known) is Standing.CHANGED
    assert standing(MONDAY + DAY + HOUR, known) is Standing.OVERDUE
    assert overdue_since(MONDAY + 9 * DAY, known) == MONDAY + DAY + HOUR


def test_weekly_means_a_week_after_the_last_backup() -> None:
    known = facts(changed=MONDAY + HOUR, policy=Policy(every_days=7))
    assert standing(MONDAY + 7 * DAY - HOUR, known) is Standing.CHANGED
    assert standing(MONDAY + 7 * DAY, known) is Standing.OVERDUE


def test_a_long_policy_is_the_users_own_choice() -> None:
    known = facts(changed=MONDAY + HOUR, policy=Policy(every_days=90))
    assert standing(MONDAY + 89 * DAY, known) is Standing.CHANGED
    assert standing(MONDAY + 90 * DAY, known) is Standing.OVERDUE


def test_books_never_stored_are_changed_and_then_overdue() -> None:
    known = facts(stored=None)
    assert standing(MONDAY, known) is Standing.CHANGED
    assert standing(MONDAY + DAY, known) is Standing.OVERDUE


def test_a_backup_that_was_never_read_back_counts_for_nothing() -> None:
    known = facts(proven=False)
    assert standing(MONDAY, known) is Standing.CHANGED
    assert standing(MONDAY + DAY, known) is Standing.OVERDUE


@pytest.mark.parametrize("changed", [None, MONDAY - 9 * DAY])
def test_books_that_cannot_be_reached_are_unknown(changed: datetime | None) -> None:
    known = replace(facts(), observation=seen(MONDAY, changed, reachable=False))
    assert standing(MONDAY, known) is Standing.UNKNOWN
    assert overdue_since(MONDAY, known) is None


def test_books_nobody_looked_at_are_unknown() -> None:
    assert standing(MONDAY, replace(facts(), observation=None)) is Standing.UNKNOWN


def test_a_look_older_than_the_last_scan_proves_nothing() -> None:
    known = replace(facts(), scanned_at=MONDAY + HOUR)
    assert standing(MONDAY + HOUR, known) is Standing.UNKNOWN
    looked = replace(known, observation=seen(MONDAY + HOUR))
    assert standing(MONDAY + HOUR, looked) is Standing.PROVEN


def test_an_unread_failure_stays_on_top_and_hides_no_lateness() -> None:
    known = replace(facts(changed=MONDAY), failure=FAILED)
    told = state(MONDAY + 3 * DAY, known)
    assert told.standing is Standing.FAILED
    assert told.overdue_since == MONDAY + DAY
    assert standing(MONDAY, replace(facts(), failure=FAILED)) is Standing.FAILED


def test_books_managed_elsewhere_are_never_overdue_here() -> None:
    elsewhere = replace(BOOKS, managed_elsewhere=True)
    known = replace(facts(stored=None), administration=elsewhere, failure=FAILED)
    assert standing(MONDAY + 90 * DAY, known) is Standing.ELSEWHERE
    assert overdue_since(MONDAY + 90 * DAY, known) is None


def test_its_own_policy_goes_before_the_general_one() -> None:
    weekly = Policy(every_days=7)
    assert policy_of(BOOKS, weekly) is weekly
    assert policy_of(replace(BOOKS, policy=Policy()), weekly) == Policy()


# ── The from-time ───────────────────────────────────────────────────────────────────────────


def in_amsterdam(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("stored", "changed", "from_time", "due"),
    [
        # Stored in the evening, changed the next morning: that day at five
        ("2026-11-16T18:02", "2026-11-17T09:12", "17:00", "2026-11-17T17:00"),
        # Stored this morning: not again today
        ("2026-11-16T08:00", "2026-11-16T09:12", "17:00", "2026-11-17T17:00"),
        # A quiet week, then a change: that day at five
        ("2026-11-09T18:02", "2026-11-18T09:12", "17:00", "2026-11-18T17:00"),
        # Changed after five: the next day at five
        ("2026-11-09T18:02", "2026-11-18T17:01", "17:00", "2026-11-19T17:00"),
        # The night that skips 02:00–03:00: half past two is half past three
        ("2026-03-28T12:00", "2026-03-28T13:00", "02:30", "2026-03-29T03:30"),
        # The night with 02:00–03:00 twice: the first half past two
        ("2026-10-24T12:00", "2026-10-24T13:00", "02:30", "2026-10-25T02:30"),
        # Just before midnight here is the same day, whatever the day in UTC
        ("2026-07-01T00:30", "2026-07-01T01:00", "00:15", "2026-07-02T00:15"),
    ],
)
def test_due_is_the_first_from_time_after_the_policys_days(
    stored: str, changed: str, from_time: str, due: str
) -> None:
    known = facts(
        stored=in_amsterdam(stored),
        changed=in_amsterdam(changed),
        now=in_amsterdam(changed),
        policy=Policy(from_time=time.fromisoformat(from_time)),
    )
    expected = in_amsterdam(due)
    assert next_due(known, AMSTERDAM) == expected
    assert overdue_since(expected, known, AMSTERDAM) == expected
    assert overdue_since(expected - timedelta(seconds=1), known, AMSTERDAM) is None


def test_the_repeated_half_past_two_does_not_make_it_due_twice() -> None:
    policy = Policy(from_time=time(2, 30))
    first = in_amsterdam("2026-10-25T02:30")
    second = in_amsterdam("2026-10-25T02:30", fold=1)
    assert second - first == HOUR
    stored_between = facts(stored=first + HOUR / 4, changed=first + HOUR / 2, policy=policy)
    assert next_due(stored_between, AMSTERDAM) == in_amsterdam("2026-10-26T02:30")


def test_without_a_zone_the_computers_own_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    import time as clock

    monkeypatch.setenv("TZ", "Europe/Amsterdam")
    clock.tzset()
    try:
        known = facts(
            stored=in_amsterdam("2026-10-24T12:00"),
            changed=in_amsterdam("2026-10-24T13:00"),
            policy=Policy(from_time=time(17)),
        )
        assert next_due(known) == in_amsterdam("2026-10-25T17:00")
    finally:
        monkeypatch.undo()
        clock.tzset()


# ── What holds for everything ───────────────────────────────────────────────────────────────

DST_NIGHTS = (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))
minutes = st.integers(0, 20 * 24 * 60).map(lambda count: timedelta(minutes=count))
policies = st.builds(
    Policy,
    every_days=st.integers(1, 40),
    from_time=st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)


@given(st.sampled_from(DST_NIGHTS), minutes, minutes, policies)
def test_a_change_never_waits_much_longer_than_the_policy(
    night: datetime, before: timedelta, after: timedelta, policy: Policy
) -> None:
    stored = night - before
    changed = stored + after
    due = next_due(facts(stored=stored, changed=changed, policy=policy), AMSTERDAM)
    assert due is not None
    assert due >= changed
    longest = max(stored + policy.every_days * DAY, changed) + DAY + HOUR
    assert due <= longest
    if policy.from_time is not None:
        local = due.astimezone(AMSTERDAM)
        skipped = local.date().isoformat() == "2026-03-29" and policy.from_time.hour == 2
        assert local.time() == policy.from_time or skipped


@given(st.sampled_from(DST_NIGHTS), minutes, minutes, minutes, policies)
def test_once_overdue_it_stays_so_until_it_is_stored(
    night: datetime, before: timedelta, after: timedelta, later: timedelta, policy: Policy
) -> None:
    stored = night - before
    known = facts(stored=stored, changed=stored + after, policy=policy, now=stored + after)
    due = next_due(known, AMSTERDAM)
    assert due is not None
    assert overdue_since(due + later, known, AMSTERDAM) == due
    assert standing(due + later, known, AMSTERDAM) is Standing.OVERDUE
