"""What is due: how an administration stands, since when it is overdue, when to remind.

Pure functions of a moment and stored facts; nothing is scheduled, so nothing can be missed while
the computer sleeps. A clock that was set back never makes anything look safer than it is.

An administration is due when it is not stored as it is now, its last proven backup is older than
the policy allows, and the from-time has come. Without a from-time a change may first wait a day,
so that nobody is called late for what was typed a moment ago.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bewaar.clock import DRIFT
from bewaar.model import Administration, Backup, Failure, Observation, Policy, Standing, State

REMIND_AGAIN = timedelta(hours=4)
TRY_AGAIN = (timedelta(minutes=15), timedelta(hours=1), timedelta(days=1))  # after a failure
TRIES = len(TRY_AGAIN)  # so many failed in a row: the user is reminded as well
MORNING = time(9)  # when "tomorrow" begins without a from-time

_DAY = timedelta(days=1)
_LONGEST_SNOOZE = timedelta(days=2, hours=1)  # midnight to the end of the next day, on a long day


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything known about one administration."""

    administration: Administration
    policy: Policy  # its own, or the general one: see `policy_of`
    last: Backup | None  # the newest proven one, wherever it is
    observation: Observation | None
    first_seen: datetime | None  # when it was first looked at; None: never
    failure: Failure | None = None  # unread
    scanned_at: datetime | None = None  # when the last scan began; what it skipped is unknown
    clock_doubt: bool = False  # something else already showed that the clock went back


def policy_of(administration: Administration, general: Policy) -> Policy:
    """Return what is expected of an administration."""
    return administration.policy or general


def state(now: datetime, facts: Facts, zone: tzinfo | None = None) -> State:
    """Return everything Today says about one administration; zone None is the computer's own."""
    return State(
        administration=facts.administration,
        standing=standing(now, facts, zone),
        last=facts.last,
        observation=facts.observation,
        overdue_since=overdue_since(now, facts, zone),
        failure=facts.failure,
    )


def standing(now: datetime, facts: Facts, zone: tzinfo | None = None) -> Standing:
    """Return how an administration stands."""
    if facts.administration.managed_elsewhere:
        return Standing.ELSEWHERE
    if facts.failure:
        return Standing.FAILED
    if not _was_seen(facts):
        return Standing.UNKNOWN
    if overdue_since(now, facts, zone):
        return Standing.OVERDUE
    return Standing.PROVEN if _waiting_since(facts) is None else Standing.CHANGED


def overdue_since(now: datetime, facts: Facts, zone: tzinfo | None = None) -> datetime | None:
    """Return since when a backup is overdue; None when it is not, or when that is unknown.

    While the clock is in doubt, no time of waiting is granted.
    """
    due = next_due(facts, zone)
    if due is None:
        return None
    if _waiting_since(facts) and _in_doubt(now, facts):
        return min(due, now)
    return due if due <= now else None


def next_due(facts: Facts, zone: tzinfo | None = None) -> datetime | None:
    """Return when a backup becomes overdue; None while there is nothing to store, or unknown."""
    if facts.administration.managed_elsewhere or not _was_seen(facts):
        return None
    dues = (_due_for_what_waits(facts, zone), _due_from_program(facts))
    return min((due for due in dues if due), default=None)


def _due_for_what_waits(facts: Facts, zone: tzinfo | None) -> datetime | None:
    since = _waiting_since(facts)
    if since is None:
        return None
    last = _proven(facts)
    stored = last.made_at if last else since
    days = facts.policy.every_days * _DAY
    if facts.policy.from_time is None:
        return max(stored + days, since + _DAY)
    earliest = max(_local(stored, zone).date() + days, _local(since, zone).date())
    due = _moment(earliest, facts.policy.from_time, zone)
    return due if due >= since else _moment(earliest + _DAY, facts.policy.from_time, zone)


def _due_from_program(facts: Facts) -> datetime | None:
    """Return when a program that makes its own backups should have made another.

    It made the newest one before Bewaar stored it, whatever time the file tells.
    """
    seen, last = facts.observation, _proven(facts)
    if not facts.administration.vault or seen is None or seen.vault is None:
        return None
    moments = [seen.vault.newest_at, last.made_at if last else None]
    made = min((moment for moment in moments if moment), default=None)
    return made + facts.policy.every_days * _DAY + _DAY if made else None


# ── Backups by themselves ───────────────────────────────────────────────────────────────────


def begins_by_itself(state: State, general: Policy) -> bool:
    """Return whether Bewaar makes a backup that is wanted without being asked."""
    if state.administration.vault:
        return has_arrived(state)
    return policy_of(state.administration, general).by_itself


def has_arrived(state: State) -> bool:
    """Return whether a program made a backup there that is not stored yet."""
    seen = state.observation
    if not state.administration.vault or state.administration.managed_elsewhere or seen is None:
        return False
    there = seen.vault is not None and seen.vault.newest_at is not None
    return there and seen.reachable and seen.changed_since is not None


def is_time_to_try(now: datetime, number: int, last: datetime) -> bool:
    """Return whether to try again after the attempt of that number, from 1, made at `last`.

    An attempt to come was dated by a clock that was wrong then.
    """
    wait = TRY_AGAIN[min(number, TRIES) - 1]
    return not timedelta(0) <= now - last < wait


# ── The clock ───────────────────────────────────────────────────────────────────────────────


def clock_doubt(now: datetime, newest: datetime | None) -> bool:
    """Return whether the clock was set back: something known happened later than `now`."""
    return newest is not None and newest > now + DRIFT


def _in_doubt(now: datetime, facts: Facts) -> bool:
    moments = [facts.first_seen, facts.scanned_at]
    if facts.last:
        moments.append(facts.last.made_at)
    if facts.observation:
        moments += [facts.observation.seen_at, facts.observation.changed_since]
    return facts.clock_doubt or any(clock_doubt(now, moment) for moment in moments)


# ── Reminders ───────────────────────────────────────────────────────────────────────────────


def reminder_due(
    now: datetime,
    states: Iterable[State],
    *,
    general: Policy,
    snoozed_until: datetime | None,
    last_reminded_at: datetime | None,
    zone: tzinfo | None = None,
) -> bool:
    """Return whether to remind now of what is overdue: after its from-time, not too often."""
    if snoozed_until and now < snoozed_until <= now + _LONGEST_SNOOZE:
        return False
    if last_reminded_at and timedelta(0) <= now - last_reminded_at < REMIND_AGAIN:
        return False
    return any(state.overdue_since and _is_time(now, state, general, zone) for state in states)


def snooze_until(now: datetime, general: Policy, zone: tzinfo | None = None) -> datetime:
    """Return when "Remind me tomorrow" ends: the next day's from-time, or nine in the morning."""
    return _moment(_local(now, zone).date() + _DAY, general.from_time or MORNING, zone)


def _is_time(now: datetime, state: State, general: Policy, zone: tzinfo | None) -> bool:
    from_time = policy_of(state.administration, general).from_time
    return from_time is None or _local(now, zone).time() >= from_time


# ── What is known ───────────────────────────────────────────────────────────────────────────


def _was_seen(facts: Facts) -> bool:
    seen = facts.observation
    if seen is None or not seen.reachable:
        return False
    return facts.scanned_at is None or seen.seen_at >= facts.scanned_at


def _waiting_since(facts: Facts) -> datetime | None:
    """Return since when there is something to store; None when all is stored as it is."""
    if facts.observation is None:
        return None
    if _proven(facts):
        return facts.observation.changed_since
    return facts.first_seen or facts.observation.seen_at


def _proven(facts: Facts) -> Backup | None:
    return facts.last if facts.last and facts.last.proof else None


def _local(moment: datetime, zone: tzinfo | None) -> datetime:
    return moment.astimezone(zone)


def _moment(day: date, at: time, zone: tzinfo | None) -> datetime:
    """Return a local time of day; in a skipped hour the moment after it, in a repeated the first.

    A naive time is the computer's own zone to `astimezone`.
    """
    return datetime.combine(day, at, zone).astimezone(UTC)
