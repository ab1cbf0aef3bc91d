"""One pass over an XML file, however large: which elements there are, and below which.

Names count without their prefixes, as writers choose those freely. A file that is not whole, or
that declares entities of its own, is not counted.
"""

from collections.abc import Iterable
from pyexpat import ExpatError, ParserCreate, errors

from bewaar.counting.base import CutShort, OtherKind, Uncountable

_LONGEST = 4096  # characters kept of one element's text
_UNFINISHED = {
    errors.codes[each] for each in (errors.XML_ERROR_NO_ELEMENTS, errors.XML_ERROR_UNCLOSED_TOKEN)
}
_DEEPEST = 200  # elements within each other; the books of no program need 30
_LARGEST = 8 << 20  # bytes of a tag or a comment, which the parser keeps whole


class Walk:
    """What a reader of one format hears on the way; made to be derived from."""

    root = ""  # what the outermost element must be called
    texts: frozenset[str] = frozenset()  # elements whose text is wanted

    def __init__(self) -> None:
        """Stand before the first element."""
        self.path: list[str] = []  # the open elements, the outermost first

    def opens(self, name: str, attributes: dict[str, str]) -> None:
        """Hear that an element begins; `path` ends with its parent."""

    def closes(self, name: str, text: str) -> None:
        """Hear that an element ends; `path` ends with its parent, `text` is what was wanted."""

    @property
    def parent(self) -> str:
        """The element around the one at hand."""
        return self.path[-1] if self.path else ""


def walk(content: Iterable[bytes], along: Walk) -> None:
    """Go through a whole file, given in pieces. Raises Uncountable."""
    guide = _Guide(along)
    try:
        given = 0
        for piece in content:
            guide.parser.Parse(piece)
            given += len(piece)
            if given - guide.parser.CurrentByteIndex > len(piece) + _LARGEST:
                raise (Uncountable if guide.inside else OtherKind)("a tag without end")
        guide.parser.Parse(b"", True)
    except ExpatError as error:
        half = CutShort if error.code in _UNFINISHED else Uncountable
        raise (half if guide.inside else OtherKind)(str(error)) from error


class _Guide:
    """Translates what expat reports."""

    def __init__(self, along: Walk) -> None:
        self.inside = False  # the outermost element was the right one
        self._along = along
        self._text: list[str] | None = None
        self._length = 0
        self.parser = ParserCreate()
        self.parser.buffer_text = True
        self.parser.specified_attributes = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.EntityDeclHandler = self._entity

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = _plain(name)
        if not self.inside:
            if name != self._along.root:
                raise OtherKind(f"<{name[:40]}>")
            self.inside = True
        if len(self._along.path) > _DEEPEST:
            raise Uncountable("elements within elements without end")
        self._along.opens(name, {_plain(key): value for key, value in attributes.items()})
        self._along.path.append(name)
        self._text = [] if name in self._along.texts else None
        self._length = 0

    def _end(self, name: str) -> None:
        self._along.path.pop()
        self._along.closes(_plain(name), "".join(self._text or ()))
        self._text = None

    def _characters(self, text: str) -> None:
        if self._text is not None and self._length < _LONGEST:
            self._text.append(text)
            self._length += len(text)

    def _entity(self, *_: object) -> None:
        raise Uncountable("declares entities")


def _plain(name: str) -> str:
    return name.rpartition(":")[2]
