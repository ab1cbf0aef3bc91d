"""Ledgers in plain text, for beancount and for ledger and hledger: bookings by directive.

Every line must be one that the program knows, so a page of a web server under such a name is not
taken for an empty ledger. A ledger that includes files which are not at hand is not counted.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase

from bewaar.counting.base import (
    Copies,
    Copy,
    CutShort,
    Elsewhere,
    Tally,
    Uncountable,
    about,
    breaks_off,
    lines,
)
from bewaar.counting.newest import Newest, loose
from bewaar.counting.plaintext_end import ends_whole
from bewaar.progress import Progress

_BOOKING, _DOCUMENT, _INCLUDE, _FOLDER = "booking", "document", "include", "folder"

_BEAN_DATED = re.compile(
    rb"[12]\d{3}[-/]\d+[-/]\d+\s*(?:(txn\b|[*!&?%]|#(?![\w/.-])|'?[A-Z](?=\s))|(document)\s|[a-z]+[\s\"])"
)
_BEAN_OTHER = re.compile(
    rb"(option|plugin|include|pushtag|poptag|pushmeta|popmeta)\b|[\s;*:#!&?%]|$"
)
_DATED = re.compile(rb"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:=[-/.\d]+)?(?:\s|$)")
_OTHER = re.compile(
    rb"[\s;#%|*~=]|$|[PYAND]\s|C\s|Y\d"
    rb"|[!@]?(account|alias|apply|assert|bucket|capture|check|comment|commodity|D|decimal-mark|def"
    rb"|define|end|eval|expr|import|include|payee|python|tag|test|value|year)\b"
)
_DAY = re.compile(rb"[\d/.-]+")
_BEAN_INCLUDE = re.compile(rb'include\s+"([^"]+)"')
_BEAN_FOLDER = re.compile(rb'option\s+"documents"')
_LEDGER_INCLUDE = re.compile(rb"[!@]?include\s+(.+)")
_BLOCK = re.compile(rb"[!@]?(comment|test)(?=\s|$)")  # what follows is none, up to its end
_BLOCK_ENDS = (b"end comment", b"end test")
_LONGEST = 1000  # characters of the name of a file

Directives = Iterator[tuple[str, str]]  # what it is, and a booking's date or the file it includes


def read_beancount(copies: Copies) -> Tally:
    """Count the transactions; padding that beancount adds by itself is none.

    Documents are counted where each is a directive. Of a folder for them beancount decides by
    itself which files are some, so then they are unknown.
    """
    return _tally(copies, _beancount)


def read_ledger(copies: Copies) -> Tally:
    """Count the transactions, each with postings; automated and periodic ones are none."""
    return _tally(copies, _ledger)


def _tally(copies: Copies, read: Callable[[Copy, Progress], Directives]) -> Tally:
    kinds, newest = Counter[str](), Newest()
    mine = {copy.path for copy in copies.mine}
    for copy in copies.mine:
        with about(copy):
            for kind, told in read(copy, copies.progress):
                kinds[kind] += 1
                if kind == _BOOKING:
                    newest.see(loose(told))
                elif kind != _INCLUDE:
                    continue
                elif not (included := _included(told, copy, copies.all)) or included - mine:
                    raise Elsewhere(f"includes {told[:200]}")
            if breaks_off(copy) and not ends_whole(lines(copy, copies.progress)):
                raise CutShort("cut short")
    documents = None if read is _ledger or kinds[_FOLDER] else kinds[_DOCUMENT]
    return Tally(transactions=kinds[_BOOKING], documents=documents, newest=newest.day)


def _included(told: str, copy: Copy, all_: Sequence[Copy]) -> set[str]:
    """Return the paths of the books' files that one of them includes, itself left out."""
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(copy.path), told))
    if len(wanted) > _LONGEST or wanted.count("**") > 1:
        return set()
    pattern = wanted.split("/")
    return {each.path for each in all_ if each != copy and _fits(each.path.split("/"), pattern)}


def _fits(path: Sequence[str], pattern: Sequence[str]) -> bool:
    """Return whether a path is one that a pattern stands for; `**` is folders, also none."""
    if not path or not pattern:
        return not path and not pattern
    if pattern[0] == "**":
        return any(_fits(path[skipped:], pattern[1:]) for skipped in range(len(path)))
    return fnmatchcase(path[0], pattern[0]) and _fits(path[1:], pattern[1:])


def _lines(copy: Copy, progress: Progress) -> Iterator[tuple[int, bytes]]:
    """Yield the lines and their numbers. Raises Uncountable where programs see other lines."""
    for number, line in enumerate(lines(copy, progress), 1):
        if b"\r" in line:
            raise Uncountable(f"line {number} ends as on no system of today")
        yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


def _beancount(copy: Copy, progress: Progress) -> Directives:
    quoted = False  # inside a text that goes on over several lines
    for number, line in _lines(copy, progress):
        if not quoted:
            yield from _directive(line, number, _BEAN_DATED, _BEAN_OTHER, _BEAN_INCLUDE)
        if quoted or line[:1].isalnum() or line[:1].isspace():
            quoted = _ends_quoted(line, quoted=quoted)
    if quoted:
        raise CutShort("a text does not end")


def _ends_quoted(line: bytes, *, quoted: bool) -> bool:
    """Return whether a text is open at the end of a line; a comment ends the line."""
    for token in re.findall(rb'\\.|"|;', line):
        if token == b'"':
            quoted = not quoted
        elif token == b";" and not quoted:
            return False
    return quoted


def _ledger(copy: Copy, progress: Progress) -> Directives:
    block = b""  # the word that began a comment of several lines
    open_ = False  # a transaction that has no posting yet
    for number, line in _lines(copy, progress):
        if open_ and not line[:1].isspace():
            raise Uncountable(f"line {number} is no posting")
        open_ = not block and line[:1].isdigit()
        if block:
            block = _after(line, block)
        elif begins := _BLOCK.match(line):
            block = begins[1]
        else:
            yield from _directive(line, number, _DATED, _OTHER, _LEDGER_INCLUDE)
    if open_:
        raise CutShort("a transaction without postings")


def _after(line: bytes, block: bytes) -> bytes:
    """Return the comment that goes on after a line of it, b"" for none."""
    if line.rstrip() == b"end " + block:
        return b""
    if line.startswith(_BLOCK_ENDS):
        raise Uncountable("a comment that ends in one program and not in the other")
    return block


def _directive(
    line: bytes,
    number: int,
    dated: re.Pattern[bytes],
    other: re.Pattern[bytes],
    include: re.Pattern[bytes],
) -> Directives:
    """Yield what a line is, if it matters. Raises Uncountable for one nobody knows."""
    if hit := dated.match(line + b" "):
        if not hit.re.groups or hit[1]:
            yield _BOOKING, _DAY.findall(line)[0].decode()
        elif hit[2]:
            yield _DOCUMENT, ""
    elif _BEAN_FOLDER.match(line):
        yield _FOLDER, ""
    elif included := include.match(line):
        yield _INCLUDE, _unquoted(included[1].decode("utf-8", "replace").strip())
    elif not other.match(line):
        raise Uncountable(f"line {number} is no directive")


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text
