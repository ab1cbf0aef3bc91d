"""How many bookings books hold: counted in a copy by a rule, or unknown, never guessed.

Readers are small, one file for each format; they see files at rest and nothing live. Whatever is
wrong with a file, the answer is "unknown" with the reason, and no error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bewaar.counting.base import (
    Copies,
    Copy,
    Finding,
    OtherKind,
    Tally,
    Uncountable,
    about,
    unknown,
)
from bewaar.counting.rules import BY_FILES, RULES
from bewaar.counting.tables import tally as tally_tables
from bewaar.model import Counts
from bewaar.progress import SILENT, Progress

__all__ = ["BY_FILES", "RULES", "Copy", "Counted", "Finding", "count", "count_rows", "is_counted"]

_FINDINGS = 20  # told of one administration, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted, and what somebody should look at."""

    counts: Counts
    findings: tuple[Finding, ...] = ()


def is_counted(path: str, rule: str, *, single: bool) -> bool:
    """Return whether a rule reads a file; when the books are one file, mostly that one."""
    if rule not in RULES:
        return False
    return RULES[rule].wants(path) or (single and RULES[rule].any_name)


def count(
    rules: Sequence[str], files: Sequence[Copy], *, single: bool, progress: Progress = SILENT
) -> Counted:
    """Count by the first rule that can. Raises Cancelled only.

    `single`: the books are one file, which then may have another name than usual.
    """
    failures: list[Uncountable] = []
    for name in rules:
        mine = [copy for copy in files if is_counted(copy.path, name, single=single)]
        if not mine:
            continue
        try:
            with about(mine[0]):
                tally = RULES[name].read(Copies(mine=mine, all=files, progress=progress))
        except Uncountable as error:
            named = any(RULES[name].wants(copy.path) for copy in mine)
            if named or not isinstance(error, OtherKind):
                failures.append(error)
            continue
        return _counted(name, tally)
    return Counted(counts=Counts(), findings=_unknown(failures))


def count_rows(rules: Sequence[str], rows: Mapping[str, int]) -> Counts:
    """Count by the first rule that can what the tables of a server hold; the rows stay with it."""
    for name in rules:
        of_server = RULES[name].tables if name in RULES else None
        if of_server and (found := tally_tables(of_server, rows)):
            return _counted(name, replace(found, tables=rows)).counts
    return Counts(tables=dict(rows))


def _counted(rule: str, tally: Tally) -> Counted:
    counts = Counts(
        transactions=tally.transactions,
        documents=tally.documents,
        newest=tally.newest,
        rule=rule,
        tables=dict(tally.tables),
    )
    return Counted(counts=counts, findings=tally.findings[:_FINDINGS])


def _unknown(failures: Sequence[Uncountable]) -> tuple[Finding, ...]:
    """Return why nothing was counted: the reason of the rule that knew the files best."""
    known = [failure for failure in failures if not isinstance(failure, OtherKind)]
    return tuple(unknown(failure.path, failure) for failure in (known or failures)[:1])
