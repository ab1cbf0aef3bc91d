"""What is no backup of any program: web pages and answers of servers, pictures, documents, zeros.

They come under a backup's name when a download goes wrong, or a file is put in the wrong place.
"""

import codecs
import json
import re
from pathlib import Path

from bewaar.progress import Progress

_BLOCK = 1 << 20
_SHORT = 16 << 10  # bytes: no answer of a server that tells of an error is longer
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BEFORE = re.compile(r"\s+|<\?xml.*?\?>|<!--.*?-->", re.DOTALL)
_PAGES = ("<!doctype html", "<html", "<head", "<body", "<title", "<meta ", "<script")
_ERRORS = ("<error>", "<error ", "<d:error", "<soap:fault")  # of servers that speak XML
_TOLD = frozenset({"error", "errors", "message", "detail"})  # by servers that speak JSON
_OTHERS = (b"%PDF-", b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"{\\rtf")


def is_page(head: bytes, size: int) -> bool:
    """Return whether it is what a server sends in place of a file; `head` is how it begins."""
    text = _text(head)
    while found := _BEFORE.match(text):
        text = text[found.end() :]
    text = text.lower()
    if text.startswith(_PAGES):
        return True
    return size <= _SHORT and (text.startswith(_ERRORS) or _tells_error(head))


def is_document(head: bytes) -> bool:
    """Return whether it is a picture or a document."""
    return head.startswith(_OTHERS)


def is_nothing(path: Path, progress: Progress) -> bool:
    """Return whether there is nothing in it, or nothing but zeros. Raises Cancelled."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            progress.check()
            if block.count(0) < len(block):
                return False
    return True


def _text(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    return head.decode("latin-1")


def _tells_error(head: bytes) -> bool:
    try:
        value = json.loads(head)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not _TOLD.isdisjoint(map(str.casefold, value))
