"""What copies hold: rows of databases, and bookings by the rules of their program."""

from collections.abc import Sequence

from bewaar import counting
from bewaar.counting import Copy
from bewaar.model import Counts
from bewaar.progress import Progress
from bewaar.storage.sqlite_check import inspect


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
    for copy in databases:
        tables |= inspect(copy.local, copy.path, progress, thorough=thorough)
    counted = counting.count(rules, books, single=single, progress=progress)
    for finding in counted.findings if thorough else ():
        progress.note(finding.code, **finding.params)
    found = counted.counts
    return Counts(
        transactions=found.transactions,
        documents=found.documents,
        rule=found.rule,
        tables=tables | dict(found.tables),
    )
