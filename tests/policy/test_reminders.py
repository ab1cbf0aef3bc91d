"""Reminders come after the from-time, not too often, and are never silenced for long."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bewaar.model import Administration, Code, Policy, Standing, State
from bewaar.policy import reminder_due, snooze_until

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


NOON = local("2026-11-20T12:00")


def late(
    since: datetime | None, policy: Policy | None = None, standing: Standing = Standing.OVERDUE
) -> State:
    return State(
        administration=Administration(
            code=Code("jansen"),
            name="Jansen",
            place=Path("/books"),
            program="folder",
            storage="fileset",
            policy=policy,
        ),
        standing=standing,
        last=None,
        observation=None,
        overdue_since=since,
        failure=None,
    )


def due(
    now: datetime,
    *states: State,
    general: Policy | None = None,
    snoozed: datetime | None = None,
    reminded: datetime | None = None,
) -> bool:
    return reminder_due(
        now,
        states,
        general=general or Policy(),
        snoozed_until=snoozed,
        last_reminded_at=reminded,
        zone=AMSTERDAM,
    )


def test_nobody_is_reminded_while_nothing_is_overdue() -> None:
    assert not due(NOON)
    assert not due(NOON, late(None, standing=Standing.CHANGED))


def test_what_is_overdue_is_told() -> None:
    assert due(NOON, late(None, standing=Standing.PROVEN), late(NOON - DAY))


def test_an_unread_failure_does_not_hide_that_it_is_overdue() -> None:
    assert due(NOON, late(NOON - DAY, standing=Standing.FAILED))


def test_it_is_told_again_after_some_hours_only() -> None:
    assert not due(NOON, late(NOON - DAY), reminded=NOON - HOUR)
    assert due(NOON, late(NOON - DAY), reminded=NOON - 5 * HOUR)


def test_nobody_is_reminded_before_the_from_time_on_any_day() -> None:
    general = Policy(from_time=time(17))
    assert not due(NOON, late(NOON - 5 * DAY), general=general)
    assert due(NOON + 5 * HOUR, late(NOON - 5 * DAY), general=general)


def test_an_administrations_own_from_time_counts_for_it_alone() -> None:
    evening = late(NOON - DAY, Policy(from_time=time(20)))
    assert not due(NOON, evening)
    assert due(NOON, evening, late(NOON - DAY))


def test_remind_me_tomorrow_is_quiet_until_tomorrow() -> None:
    snoozed = snooze_until(NOON, Policy(), AMSTERDAM)
    assert snoozed == local("2026-11-21T09:00")
    assert not due(NOON, late(NOON - DAY), snoozed=snoozed)
    assert due(snoozed, late(NOON - DAY), snoozed=snoozed)


def test_tomorrow_begins_at_the_from_time() -> None:
    policy = Policy(from_time=time(16, 30))
    assert snooze_until(NOON, policy, AMSTERDAM) == local("2026-11-21T16:30")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-28T23:59", "2026-03-29T09:00"),
        ("2026-10-24T00:01", "2026-10-25T09:00"),
        ("2026-10-25T02:30", "2026-10-26T09:00"),
    ],
)
def test_tomorrow_is_nine_on_the_clock_also_when_the_clock_changes(now: str, until: str) -> None:
    assert snooze_until(local(now), Policy(), AMSTERDAM) == local(until)


def test_a_clock_set_back_does_not_silence_for_years() -> None:
    years_ahead = NOON + 4000 * DAY
    assert due(NOON, late(NOON - DAY), snoozed=years_ahead)
    assert due(NOON, late(NOON - DAY), reminded=years_ahead)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(AMSTERDAM)),  # noqa: DTZ001
    st.none() | st.times(),
)
def test_every_snooze_is_kept_and_ends_tomorrow(now: datetime, from_time: time | None) -> None:
    policy = Policy(from_time=from_time)
    until = snooze_until(now.astimezone(UTC), policy, AMSTERDAM)
    assert until.astimezone(AMSTERDAM).date() == now.date() + DAY
    moment = now.astimezone(UTC)
    assert not due(moment, late(moment - 9 * DAY), general=policy, snoozed=until)
