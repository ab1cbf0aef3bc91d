"""Which documents are opened with the system's own program: kinds that only show something.

Anything else, and what is another kind than its name says, is only saved. Office documents with
macros are not among them, nor web pages and drawings, in which scripts can be.
"""

from pathlib import Path

_OPENED = frozenset(
    (
        *(".pdf", ".txt", ".csv", ".xml"),
        *(".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic"),
        *(".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".rtf"),
        *(".odt", ".ods", ".odp"),
    )
)
_PROGRAMS = (
    *(b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe"),
    *(b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"),
)
_PAGES = (b"[desktop entry]", b"<!doctype html", b"<html", b"<script", b"<svg")
_BLANK = b"\xef\xbb\xbf\xff\xfe \t\r\n"  # what may stand before, marks of encodings too
_SCRIPTED = (b"1999/xhtml", b"2000/svg", b"xml-stylesheet", b"xinclude", b"<!entity")  # in XML
_HEAD = 512  # bytes in which a file says what it is
_BLOCK = 1 << 20
_OVERLAP = 32  # bytes kept of the block before, so that nothing hides between two


def is_opened(path: str) -> bool:
    """Return whether a document of that name is of a kind that is opened."""
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    return dot > 0 and name[dot:].lower() in _OPENED


def is_harmless(file: Path) -> bool:
    """Return whether what is in a file of such a name is no program and no page with scripts.

    Raises OSError.
    """
    with file.open("rb") as stream:
        start = stream.read(_HEAD)
        head = _plain(start)
        if start.startswith(_PROGRAMS) or head.lstrip(_BLANK).startswith(_PAGES):
            return False
        if file.suffix.lower() != ".xml":
            return True
        rest = head
        while block := stream.read(_BLOCK):
            text = rest + _plain(block)
            if _holds_scripts(text):
                return False
            rest = text[-_OVERLAP:]
        return not _holds_scripts(rest)


def _plain(data: bytes) -> bytes:
    """Return text in any Unicode encoding as far as ASCII goes, in lower case."""
    return data.replace(b"\0", b"").lower()


def _holds_scripts(text: bytes) -> bool:
    return any(mark in text for mark in _SCRIPTED)
