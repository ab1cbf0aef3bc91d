"""How everything stands now: facts from the catalogue and the last look, judged by the policy."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from bewaar.catalogue import Catalogue
from bewaar.catalogue.backups import Counted
from bewaar.kit import Kit
from bewaar.model import (
    BackupId,
    Code,
    Drop,
    Failure,
    JobKind,
    Observation,
    State,
)
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


def drops(settings: Settings, catalogue: Catalogue) -> dict[Code, Drop]:
    """Return whose transactions became fewer, which nobody said is right."""
    counted = catalogue.backups.counted()
    found = (
        (each.code, _drop(catalogue, counted.get(each.code, ())))
        for each in settings.administrations
    )
    return {code: drop for code, drop in found if drop}


def drop(catalogue: Catalogue, code: Code) -> Drop | None:
    """Return that the transactions became fewer, unless somebody said that it is right."""
    return _drop(catalogue, catalogue.backups.counted(code).get(code, ()))


def read_mark(id: BackupId) -> str:
    """Return the name under which the catalogue remembers that somebody knows of a drop."""
    return f"drop {id}"


def _drop(catalogue: Catalogue, counted: Sequence[Counted]) -> Drop | None:
    """Compare the newest backup with the one that holds most since somebody said it is right.

    Not only with the one before it: the next backup of the same few would end the alarm.
    """
    alike = [each for each in counted if each.rule == counted[0].rule]
    now = alike[0].transactions if alike else None
    if now is None or max(each.transactions or 0 for each in alike) <= now:
        return None
    most = max(_since_read(catalogue, alike), key=lambda each: each.transactions or 0)
    if not most.transactions or most.transactions <= now:
        return None
    return Drop(
        before=catalogue.backups.get(most.backup),
        now=catalogue.backups.get(alike[0].backup),
        transactions_before=most.transactions,
        transactions_now=now,
    )


def _since_read(catalogue: Catalogue, counted: Iterable[Counted]) -> Iterator[Counted]:
    """Yield the newest first, down to the one of which somebody said that it is right."""
    for each in counted:
        yield each
        if catalogue.facts.moment(read_mark(each.backup)):
            return


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
