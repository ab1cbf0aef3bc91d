"""Ledgers in plain text, for beancount and for ledger and hledger: bookings by directive.

Every line must be one that the program knows, so a page of a web server under such a name is not
taken for an empty ledger. A ledger that includes files which are not at hand is not counted.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from bewaar.counting.base import Copies, Copy, Tally, Uncountable, about, lines
from bewaar.counting.newest import Newest, loose
from bewaar.progress import Progress

_BOOKING, _INCLUDE = "booking", "include"

_BEAN_DATED = re.compile(rb"[12]\d{3}[-/]\d+[-/]\d+\s+(?:(txn|[*!&#?%A-Z]|'[A-Z])|[a-z]+)\s")
_BEAN_OTHER = re.compile(
    rb"(option|plugin|include|pushtag|poptag|pushmeta|popmeta)\b|[\s;*:#!&?%]|$"
)
_DATED = re.compile(rb"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:=[-/.\d]+)?(?:\s|$)")
_OTHER = re.compile(
    rb"[\s;#%|*~=]|$|[PYAND]\s|C\s|Y\d"
    rb"|[!@]?(account|alias|apply|assert|bucket|capture|check|comment|commodity|D|decimal-mark|def"
    rb"|define|end|eval|expr|import|include|payee|python|tag|test|value|year)\b"
)
_BEAN_INCLUDE = re.compile(rb'include\s+"([^"]+)"')
_LEDGER_INCLUDE = re.compile(rb"[!@]?include\s+(.+)")

Directives = Iterator[tuple[str, str]]  # what it is, and its date, or the file it includes


def read_beancount(copies: Copies) -> Tally:
    """Count the transactions; padding that beancount adds by itself is none."""
    return _tally(copies, _beancount)


def read_ledger(copies: Copies) -> Tally:
    """Count the transactions, each with postings; automated and periodic ones are none."""
    return _tally(copies, _ledger)


def _tally(copies: Copies, read: Callable[[Copy, Progress], Directives]) -> Tally:
    total, newest = 0, Newest()
    paths = {copy.path for copy in copies.mine}
    for copy in copies.mine:
        with about(copy):
            for kind, told in read(copy, copies.progress):
                if kind == _BOOKING:
                    total += 1
                    newest.see(loose(told))
                elif not _is_there(told, copy, paths):
                    raise Uncountable(f"includes {told[:200]}")
    return Tally(transactions=total, newest=newest.day)


def _is_there(included: str, copy: Copy, paths: set[str]) -> bool:
    """Return whether what a file includes is counted too."""
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(copy.path), included))
    return any(fnmatchcase(path, wanted) for path in paths)


def _beancount(copy: Copy, progress: Progress) -> Directives:
    quoted = False  # inside a text that goes on over several lines
    for number, line in enumerate(lines(copy, progress), 1):
        if not quoted:
            yield from _directive(line, number, _BEAN_DATED, _BEAN_OTHER, _BEAN_INCLUDE)
        if quoted or line[:1].isalnum() or line[:1].isspace():
            quoted = _ends_quoted(line, quoted=quoted)
    if quoted:
        raise Uncountable("a text does not end")


def _ends_quoted(line: bytes, *, quoted: bool) -> bool:
    """Return whether a text is open at the end of a line; a comment ends the line."""
    for token in re.findall(rb'\\.|"|;', line):
        if token == b'"':
            quoted = not quoted
        elif token == b";" and not quoted:
            return False
    return quoted


def _ledger(copy: Copy, progress: Progress) -> Directives:
    block = b""  # how a comment of several lines ends
    open_ = False  # a transaction that has no posting yet
    for number, line in enumerate(lines(copy, progress), 1):
        word = line.strip()
        if open_ and not line[:1].isspace():
            raise Uncountable(f"line {number} is no posting")
        open_ = not block and line[:1].isdigit()
        if block:
            block = b"" if word == block else block
        elif word in {b"comment", b"test"} or line.startswith((b"comment ", b"test ")):
            block = b"end " + word.split()[0]
        else:
            yield from _directive(line, number, _DATED, _OTHER, _LEDGER_INCLUDE)
    if open_:
        raise Uncountable("a transaction without postings")


def _directive(
    line: bytes,
    number: int,
    dated: re.Pattern[bytes],
    other: re.Pattern[bytes],
    include: re.Pattern[bytes],
) -> Directives:
    """Yield what a line is, if it matters. Raises Uncountable for one nobody knows."""
    if number == 1:
        line = line.removeprefix(b"\xef\xbb\xbf")
    if hit := dated.match(line + b" "):
        if not hit.re.groups or hit[1]:
            yield _BOOKING, hit[0].split()[0].partition(b"=")[0].decode()
    elif included := include.match(line):
        yield _INCLUDE, included[1].decode("utf-8", "replace").strip()
    elif not other.match(line):
        raise Uncountable(f"line {number} is no directive")
