"""Names as a backup can carry them: any text, whatever bytes a name has on this disk.

A name that is no UTF-8 (an old program, another country's code page) keeps its readable letters;
each byte that means nothing is written as `%E9`, as in web addresses.
"""

from collections.abc import Iterable


def portable(paths: Iterable[str]) -> dict[str, str]:
    """Return for each path the one it has in a backup; different paths stay different."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for path in sorted(paths, key=lambda path: (_encoded(path) != path, path)):
        name = _encoded(path)
        while name in taken:
            name += "~"
        names[path] = name
        taken.add(name)
    return names


def _encoded(path: str) -> str:
    if path.isascii():
        return path
    return "".join(map(_character, path))


def _character(character: str) -> str:
    # Python stands "surrogates" in for bytes it cannot read, see PEP 383.
    if not "\ud800" <= character <= "\udfff":
        return character
    number = ord(character)
    return f"%{number - 0xDC00:02X}" if 0xDC80 <= number <= 0xDCFF else f"%{number:04X}"
