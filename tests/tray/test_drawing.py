"""The picture in the tray can be read: small, on light and dark bars, and not by colour alone."""

from itertools import combinations
from typing import cast

import pytest
from PIL import Image, ImageChops

from bewaar_tray.drawing import COLOURS, DOOR, draw
from bewaar_tray.face import Face, Mark

SIZES = [16, 20, 22, 24, 32, 48, 64]
BARS = {"light": (242, 242, 242), "dark": (40, 40, 40)}
FACES = {
    "all well": Face(),
    "running": Face(mark=Mark.RUNNING, waiting=1),
    "changed": Face(mark=Mark.CHANGED, waiting=1),
    "many changed": Face(mark=Mark.CHANGED, waiting=40),
    "overdue": Face(mark=Mark.OVERDUE, waiting=1),
    "failed": Face(mark=Mark.FAILED, waiting=1),
    "unknown": Face(mark=Mark.UNKNOWN, waiting=1),
}
READABLE = 3.0  # to one: what WCAG asks of pictures


def contrast(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: tuple[int, ...]) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def pixels(picture: Image.Image) -> list[tuple[int, ...]]:
    return cast("list[tuple[int, ...]]", list(picture.get_flattened_data()))


def on(bar: str, face: Face, size: int) -> Image.Image:
    picture = Image.new("RGBA", (size, size), BARS[bar])
    picture.alpha_composite(draw(face, size))
    return picture.convert("RGB")


def grey(face: Face, size: int) -> Image.Image:
    """Return the picture as somebody who sees no colours sees it."""
    return on("light", face, size).convert("L")


@pytest.mark.parametrize("size", SIZES)
def test_every_size_is_drawn_for_itself(size: int) -> None:
    assert draw(Face(), size).size == (size, size)


@pytest.mark.parametrize("colour", [DOOR, *COLOURS.values()])
@pytest.mark.parametrize("bar", BARS)
def test_every_colour_stands_out_from_light_and_dark_bars(bar: str, colour: str) -> None:
    parts = tuple(bytes.fromhex(colour[1:]))
    assert contrast(parts, BARS[bar]) >= READABLE


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("bar", BARS)
@pytest.mark.parametrize("name", FACES)
def test_much_of_the_picture_stands_out_from_the_bar(name: str, bar: str, size: int) -> None:
    painted = pixels(on(bar, FACES[name], size))
    clear = sum(contrast(pixel, BARS[bar]) >= READABLE for pixel in painted)
    assert clear / len(painted) > 0.25


@pytest.mark.parametrize("size", [16, 22, 32])
def test_no_two_states_look_alike_without_colour(size: int) -> None:
    for one, other in combinations(FACES, 2):
        difference = ImageChops.difference(grey(FACES[one], size), grey(FACES[other], size))
        strong = sum(difference.histogram()[60:])
        assert strong >= size * size * 0.02, f"{one} and {other}"


@pytest.mark.parametrize("size", [16, 22, 32])
def test_the_numbers_one_to_nine_are_all_different(size: int) -> None:
    for mark in (Mark.CHANGED, Mark.OVERDUE):
        pictures = {draw(Face(mark=mark, waiting=n), size).tobytes() for n in range(1, 10)}
        assert len(pictures) == 9


def test_ten_and_more_look_the_same() -> None:
    assert draw(Face(mark=Mark.CHANGED, waiting=10), 16) == draw(
        Face(mark=Mark.CHANGED, waiting=400), 16
    )


def test_the_number_is_crisp_at_16_pixels() -> None:
    picture = draw(Face(mark=Mark.CHANGED, waiting=1), 16)
    white = pixels(picture).count((255, 255, 255, 255))
    assert white == 8  # each cell of the one is a whole pixel


@pytest.mark.parametrize("size", SIZES)
def test_the_bar_shows_through_where_nothing_is_drawn(size: int) -> None:
    picture = draw(Face(), size)
    inside = size * 4 // 16
    assert picture.getpixel((inside, inside)) == (0, 0, 0, 0)
    assert picture.getpixel((size - 1, 0)) == (0, 0, 0, 0)
