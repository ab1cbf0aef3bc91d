"""How everything stands now: facts from the catalogue and the last look, judged by the policy."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, tzinfo

from bewaar.kit import Kit
from bewaar.model import Code, Failure, JobKind, Observation, State
from bewaar.overview import Day, DayMark
from bewaar.policy import Facts, clock_doubt, policy_of
from bewaar.policy import state as judge
from bewaar.settings import Settings

CALENDAR_DAYS = 30


def states(
    settings: Settings,
    kit: Kit,
    latest: Callable[[Code], Observation | None],
    *,
    scanned_at: datetime | None,
) -> tuple[State, ...]:
    """Return how each administration stands."""
    now = kit.clock.now()
    baselines = kit.catalogue.backups.baselines(now)
    first_seen = kit.catalogue.observations.first_seen()
    failures = _by_code(kit.catalogue.failures.unread())
    doubt = in_doubt(kit)
    return tuple(
        judge(
            now,
            Facts(
                administration=each,
                policy=policy_of(each, settings.policy),
                last=baselines[each.code].backup if each.code in baselines else None,
                observation=latest(each.code),
                first_seen=first_seen.get(each.code),
                failure=failures.get(each.code),
                scanned_at=scanned_at,
                clock_doubt=doubt,
            ),
        )
        for each in settings.administrations
    )


def in_doubt(kit: Kit) -> bool:
    """Return whether the clock was set back since the catalogue was last written."""
    return clock_doubt(kit.clock.now(), kit.catalogue.newest_moment())


def calendar(kit: Kit, zone: tzinfo | None = None) -> tuple[Day, ...]:
    """Return the last thirty days, oldest first: proven, missed or quiet."""
    now = kit.clock.now()
    today = now.astimezone(zone).date()
    first = today - timedelta(days=CALENDAR_DAYS - 1)
    made: dict[object, int] = {}
    for moment in kit.catalogue.backups.moments(now - timedelta(days=CALENDAR_DAYS)):
        day = moment.astimezone(zone).date()
        made[day] = made.get(day, 0) + 1
    overdue = kit.catalogue.observations.overdue_days(first)
    days = (first + timedelta(days=n) for n in range(CALENDAR_DAYS))
    return tuple(
        Day(day=day, mark=_mark(made.get(day, 0), missed=day in overdue), backups=made.get(day, 0))
        for day in days
    )


def _mark(backups: int, *, missed: bool) -> DayMark:
    if backups:
        return DayMark.PROVEN
    return DayMark.MISSED if missed else DayMark.QUIET


def _by_code(failures: Iterable[Failure]) -> dict[Code, Failure]:
    found: dict[Code, Failure] = {}
    for failure in failures:
        if failure.administration is not None and failure.kind in (None, JobKind.BACKUP):
            found.setdefault(failure.administration, failure)
    return found
