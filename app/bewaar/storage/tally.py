"""What copies hold: rows of databases, and bookings by the rules of their program."""

from collections.abc import Sequence
from contextlib import closing
from functools import partial

from bewaar import counting
from bewaar.counting import Copy
from bewaar.lanes import Task, in_order
from bewaar.model import Counts
from bewaar.progress import Progress
from bewaar.storage.sqlite_check import inspect

_COST = 4 << 20  # bytes of memory an open database takes


def tally(
    databases: Sequence[Copy],
    books: Sequence[Copy],
    rules: Sequence[str],
    progress: Progress,
    *,
    single: bool,
    thorough: bool,
) -> Counts:
    """Check and count the databases, and count what a rule can in the books.

    `thorough` looks deeper, and tells as notes what somebody should look at. Raises
    SourceDamaged, Cancelled.
    """
    tables: dict[str, int] = {}
    inspect_one = partial(inspect, progress=progress, thorough=thorough)
    tasks = (Task(_COST, partial(inspect_one, copy.local, copy.path)) for copy in databases)
    with closing(in_order(tasks, progress, "checking")) as inspected:
        for rows in inspected:
            tables |= rows
    counted = counting.count(rules, books, single=single, progress=progress)
    for finding in counted.findings if thorough else ():
        progress.note(finding.code, **finding.params)
    found = counted.counts
    return Counts(
        transactions=found.transactions,
        documents=found.documents,
        rule=found.rule,
        newest=found.newest,
        tables=tables | dict(found.tables),
    )
