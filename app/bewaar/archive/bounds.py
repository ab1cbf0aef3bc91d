"""What a backup may tell of itself: numbers that can be, and words that can be written.

All of it goes on into lists, pages and the catalogue, which are not made for anything else.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from bewaar.archive import names
from bewaar.model import Code, Content

LARGEST = 1 << 53  # bytes, files, bookings; every program can still count so far
MOST_ADMINISTRATIONS = 2000


def credible(moment: datetime) -> bool:
    """Return whether there is such a time on every calendar and in every time zone.

    It may well be wrong: clocks are.
    """
    return 1900 <= moment.year <= 9000


def beyond(contents: Iterable[Content]) -> str:
    """Return what is told of administrations and cannot be; "" = all of it can."""
    for content in contents:
        if any(number > LARGEST for number in _numbers(content)):
            return f"numbers of {names.shown(content.code)}"
        if any(map(names.unwritable, _words(content))):
            return f"words of {names.shown(content.code)}"
    return ""


def fault_of_codes(codes: Iterable[Code]) -> tuple[str, Code] | None:
    """Return why one of these cannot be a folder beside the others, and which; None = all can."""
    taken: set[str] = set()
    for code in codes:
        if reason := names.fault(code) or ("folder" if "/" in code else ""):
            return reason, code
        if names.key(code) in taken:
            return "duplicate", code
        taken.add(names.key(code))
    return None


def _words(content: Content) -> Iterator[str]:
    yield from (content.name, content.program, content.program_version, content.storage)
    yield from (content.counts.rule, *content.extras)
    yield from (part.name for part in content.parts)
    yield from (took.path for took in content.took)


def _numbers(content: Content) -> Iterator[int]:
    counts = content.counts
    yield from (content.size, content.files, counts.transactions or 0, counts.documents or 0)
    yield from counts.tables.values()
    for part in content.parts:
        yield from (part.files, part.size)
    for took in content.took:
        yield from (took.size, abs(took.mtime_ns) // 1_000_000_000)
