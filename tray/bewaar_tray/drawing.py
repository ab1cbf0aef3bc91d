"""The picture in the tray: a small safe door, and a mark that says how the books stand.

The shape of the mark carries the meaning, its colour only repeats it. All colours are middle
tones, three to one or better against light and dark bars. Drawn on a grid of 16 by 16 whose lines
are laid on whole pixels, so that it stays sharp in the sizes that trays have.
"""

from typing import TYPE_CHECKING

from bewaar_tray.face import Face, Mark

if TYPE_CHECKING:
    from PIL.Image import Image

GRID = 16
CANVAS = 512  # pixels: drawn about that large, then averaged

DOOR = "#5279a6"
INK = "#ffffff"
NOTHING = 0
COLOURS = {
    Mark.RUNNING: DOOR,
    Mark.CHANGED: "#b86e00",
    Mark.OVERDUE: "#dc3f2d",
    Mark.FAILED: "#dc3f2d",
    Mark.UNKNOWN: "#777f8a",
}

Box = tuple[float, float, float, float]
Colour = str | int

# Every sign as rows of cells: legible where a typeface no longer is.
_SIGNS = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": ("## ", " # ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    "9+": ("###    ", "# #  # ", "### ###", "  #  # ", "###    "),
    "!": ("#", "#", "#", " ", "#"),
    "?": ("###", "  #", " ##", "   ", " # "),
    "go": ("#  ", "## ", "###", "## ", "#  "),
}


def draw(face: Face, size: int) -> "Image":
    """Return the picture for `face`, `size` pixels wide and high, on a transparent ground."""
    pen = _Pen(size)
    if face.mark is None:
        _door(pen)
        _lock(pen)
    else:
        _door(pen)
        _mark(pen, face.mark)
        _sign(pen, face)
    return pen.finished()


def _door(pen: "_Pen") -> None:
    pen.box((0, 3, 2, 6), DOOR)  # the hinges
    pen.box((0, 9, 2, 12), DOOR)
    pen.box((1, 1, 15, 15), DOOR, radius=2.5)
    pen.box((3, 3, 13, 13), NOTHING, radius=1)


def _lock(pen: "_Pen") -> None:
    pen.disc((5, 5, 11, 11), DOOR)
    pen.disc((7, 7, 9, 9), NOTHING)
    pen.box((10, 7, 14, 9), DOOR)


def _mark(pen: "_Pen", mark: Mark) -> None:
    """Cut room for the mark out of the door, and put it there."""
    colour = COLOURS[mark]
    match mark:
        case Mark.OVERDUE:
            pen.triangle((3, 3, 18, 18), NOTHING)
            pen.triangle((5, 5, 16, 16), colour)
        case Mark.FAILED:
            pen.box((4, 4, 17, 17), NOTHING)
            pen.box((5, 5, 16, 16), colour, radius=1)
        case _:
            pen.disc((4, 4, 17, 17), NOTHING)
            pen.disc((5, 5, 16, 16), colour)


def _sign(pen: "_Pen", face: Face) -> None:
    match face.mark:
        case Mark.OVERDUE:
            pen.sign(str(face.waiting) if 0 < face.waiting < 10 else "!", (8, 9, 13, 16))
        case Mark.CHANGED:
            pen.sign(str(face.waiting) if face.waiting < 10 else "9+", (6, 6, 15, 15))
        case Mark.FAILED:
            pen.sign("!", (6, 6, 15, 15))
        case Mark.UNKNOWN:
            pen.sign("?", (6, 6, 15, 15))
        case _:
            pen.sign("go", (6, 6, 15, 15))


class _Pen:
    """Draws in units of the grid, on whole pixels."""

    def __init__(self, size: int) -> None:
        from PIL import Image, ImageDraw

        self._sharp = max(2, CANVAS // size)
        self._image = Image.new("RGBA", (size * self._sharp, size * self._sharp))
        self._draw = ImageDraw.Draw(self._image)
        self._unit = size / GRID

    def finished(self) -> "Image":
        return self._image.reduce(self._sharp)

    def box(self, box: Box, colour: Colour, *, radius: float = 0) -> None:
        round_off = radius * self._unit * self._sharp
        self._draw.rounded_rectangle(self._ends(box), round_off, fill=colour)

    def disc(self, box: Box, colour: Colour) -> None:
        self._draw.ellipse(self._ends(box), fill=colour)

    def triangle(self, box: Box, colour: Colour) -> None:
        """Fill the triangle that stands on the lower side of a box."""
        left, top, right, bottom = self._ends(box)
        self._draw.polygon(
            [((left + right) / 2, top), (right, bottom), (left, bottom)], fill=colour
        )

    def sign(self, name: str, box: Box) -> None:
        """Write a sign as large as it fits in whole pixels, in the middle of a box."""
        rows = _SIGNS[name]
        left, top, right, bottom = (self._pixel(side) for side in box)
        wide, high = len(rows[0]), len(rows)
        cell = max(1, min((right - left) // (wide + 1), (bottom - top) // (high + 1)))
        left += (right - left - wide * cell) // 2
        top += (bottom - top - high * cell) // 2
        for y, row in enumerate(rows):
            for x, cell_here in enumerate(row):
                if cell_here != " ":
                    self._cell(left + x * cell, top + y * cell, cell)

    def _cell(self, left: int, top: int, cell: int) -> None:
        ends = (side * self._sharp for side in (left, top, left + cell, top + cell))
        self._draw.rectangle(_within(*ends), fill=INK)

    def _pixel(self, side: float) -> int:
        return round(side * self._unit)

    def _ends(self, box: Box) -> Box:
        return _within(*(self._pixel(side) * self._sharp for side in box))


def _within(left: float, top: float, right: float, bottom: float) -> Box:
    return left, top, right - 1, bottom - 1  # Pillow counts the last pixel in
