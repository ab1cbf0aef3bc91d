"""Names: which are safe on every system alike, and what the zip calls a file whose name is not.

A member of the zip always has a portable name, so that any program can unpack it on any computer.
The true name stands in the manifest. What is read back is judged by the same rules.
"""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from blake3 import blake3

from bewaar.errors import Fault
from bewaar.files import safe_name

README = "README.txt"
MANIFEST = "bewaar-manifest.json"
LOCKED = "backup.zip"  # the plain backup inside an encrypted one

LONGEST_NAME = 255  # bytes of UTF-8, the limit of most file systems
LONGEST_PATH = 8192  # bytes of UTF-8, twice what Linux takes

_DEVICES = r"(?i:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *"
_DEVICE = re.compile(rf"{_DEVICES}(\.|$)")
_LETTERS = r"[\w.,;=@#%&'!()\[\]{}~^+ -]{,62}[\w)~-]"  # nearly all names that exist
_FINE = re.compile(_LETTERS)
_ONE = rf"(?!{_DEVICES}(?:[./]|$)){_LETTERS}"
_USUAL = re.compile(rf"{_ONE}(/{_ONE})*")  # such paths are safe as a whole
_FORBIDDEN = re.compile(r'[<>"|?*]')
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,12}")


def fault(path: str) -> str:
    """Return why `path` is no safe relative path on some system, as a short code; "" = safe."""
    if len(path) <= LONGEST_PATH // 4 and _USUAL.fullmatch(path):
        return ""
    try:
        if len(path.encode()) > LONGEST_PATH:
            return "long"
    except UnicodeEncodeError:
        return "encoding"
    if path.startswith("/"):
        return "absolute"
    return next((code for name in path.split("/") if (code := _fault_of_name(name))), "")


def _fault_of_name(name: str) -> str:
    if _FINE.fullmatch(name) and not _DEVICE.match(name):
        return ""
    checks = {
        "empty": not name,
        "parent": name in {".", ".."},
        "control": _INVISIBLE.search(name),
        "backslash": "\\" in name,
        "colon": ":" in name,
        "forbidden": _FORBIDDEN.search(name),
        "trailing": name.endswith((".", " ")),
        "device": _DEVICE.match(name),
        "long": len(name.encode()) > LONGEST_NAME,
    }
    return next((code for code, found in checks.items() if found), "")


def key(path: str) -> str:
    """Return the same text for all names that some file system takes for one another."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def sound(path: str) -> bool:
    """Return whether a true path stays inside the folder it is put in."""
    return "\x00" not in path and not {"", ".", ".."} & set(path.split("/"))


def holdable(path: str) -> bool:
    """Return whether this computer can have a file of exactly that name."""
    if os.name == "nt":
        return not fault(path)
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return sound(path)


def unwritable(text: str) -> bool:
    """Return whether a text has half a character in it."""
    return shown(text) != text


def shown(path: str) -> str:
    """Return a true path as text that can be written anywhere, bytes that are none as escapes."""
    return path.encode("utf-8", "backslashreplace").decode()


def renamed(paths: Iterable[str]) -> dict[str, str]:
    """Return the name in the zip for every path that cannot keep its own.

    The first of several that some system cannot tell apart keeps its name.
    """
    tree = _Tree()
    stored = {path: tree.place(path) for path in paths}
    return {path: name for path, name in stored.items() if path != name}


class _Tree:
    """The names given so far, folder by folder."""

    def __init__(self) -> None:
        self._stored: dict[str, str] = {}  # true path of a file or folder → path in the zip
        self._taken: set[str] = set()

    def place(self, path: str) -> str:
        """Return the path in the zip; the same folder always gets the same one."""
        if not sound(path):
            raise Fault(kind="archive.path", detail=shown(path))
        true = stored = ""
        for name in path.split("/"):
            true = f"{true}/{name}" if true else name
            if true not in self._stored:
                self._stored[true] = self._free(stored, name)
            stored = self._stored[true]
        if len(stored.encode()) > LONGEST_PATH:
            raise Fault(kind="archive.path", detail=shown(path))
        return stored

    def _free(self, folder: str, name: str) -> str:
        for candidate in _candidates(name):
            stored = f"{folder}/{candidate}" if folder else candidate
            if key(stored) not in self._taken:
                self._taken.add(key(stored))
                return stored
        raise Fault(kind="archive.name", detail=shown(name))


def _candidates(name: str) -> Iterator[str]:
    if not fault(name):
        yield name
    path = PurePosixPath(name)
    ending = path.suffix if _ENDING.fullmatch(path.suffix) else ""
    stem = safe_name(name.removesuffix(ending))
    mark = blake3(name.encode("utf-8", "surrogatepass")).hexdigest()
    for length in (8, 16, 32):
        yield f"{stem}~{mark[:length]}{ending}"
