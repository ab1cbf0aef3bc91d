"""Names of backup files and codes: as the user asked, in local time, fit for every system."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bewaar.errors import InvalidValue
from bewaar.files import safe_name
from bewaar.settings import check_code, check_template, new_code, render_name

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
EVENING = datetime(2026, 11, 20, 16, 42, tzinfo=UTC)


def render(template: str, *, name: str = "Bakkerij Jansen", at: datetime = EVENING) -> str:
    return render_name(template, name=name, code="jansen", program="gnucash", at=at, zone=AMSTERDAM)


def test_the_usual_name_reads_as_in_the_manual() -> None:
    assert render("{name} {date} {time}") == "Bakkerij Jansen 2026-11-20 1742"


def test_every_placeholder_is_filled() -> None:
    assert render("{code}-{program}-{date}_{time} {{x}}") == "jansen-gnucash-2026-11-20_1742 {x}"


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "2027-01-01 0030"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "2026-03-29 0300"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25 0230"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2026-10-25 0230"),
    ],
)
def test_date_and_time_are_the_ones_on_the_wall(at: datetime, shown: str) -> None:
    assert render("{date} {time}", at=at) == shown


@pytest.mark.parametrize(
    "template",
    [
        "{colour}",
        "{name",
        "name}",
        "{}",
        "{0}",
        "{name.__class__}",
        "{name[0]}",
        "{name!r}",
        "{name:>400}",
        "{date:%Y}",
        "",
        "  ",
    ],
)
def test_what_is_no_template_is_refused(template: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        check_template(template)
    assert refused.value.params == {"field": "name_template", "value": template}
    with pytest.raises(InvalidValue):
        render(template)


def test_a_name_with_braces_is_only_a_name() -> None:
    assert render("{name} {date}", name="{code} {0}") == "{code} {0} 2026-11-20"


def test_a_name_cannot_lead_elsewhere() -> None:
    assert "/" not in render("../{name}", name="../../etc/passwd")
    assert "\\" not in render("..\\{name}", name="C:\\Windows")


@pytest.mark.parametrize("letter", ["a", "é", "☕", "\U0001f4da"])
def test_a_long_name_gives_way_to_the_date(letter: str) -> None:
    shown = render("{name} {date} {time}", name=letter * 250)
    assert shown.startswith(letter * 40)
    assert shown.endswith(" 2026-11-20 1742")
    assert len(shown.encode()) <= 200


@given(st.text(), st.text().filter(lambda t: not set(t) & set("{}")))
def test_whatever_the_words_the_name_is_safe(name: str, around: str) -> None:
    shown = render(around + "{name} {date}", name=name)
    assert shown == safe_name(shown)


# ── Codes ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", ["jansen", "Jansen-2", "Café ☕", "001", "a" * 64])
def test_codes_that_can_be_folders_everywhere_are_fine(code: str) -> None:
    check_code(code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        " ",
        "a/b",
        "a\\b",
        "..",
        ".hidden",
        "a.",
        "a:b",
        "CON",
        "nul.txt",
        "a\nb",
        "e\u0301",
        "-all",
        "a" * 65,
        "README.txt",
        "Bewaar-Manifest.json",
    ],
)
def test_codes_that_cannot_are_refused(code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        check_code(code)
    assert refused.value.params == {"field": "code", "value": code}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Bakkerij Jansen B.V.", "bakkerij-jansen-b-v"),
        ("Müller & Söhne", "muller-sohne"),
        ("Straße", "strasse"),
        ("株式会社", "books"),
        ("", "books"),
        ("con", "_con"),
    ],
)
def test_a_new_code_is_short_and_readable(name: str, code: str) -> None:
    assert new_code(name, ()) == code


def test_a_new_code_is_unlike_all_others() -> None:
    assert new_code("Jansen", ["JANSEN", "jansen-2", "molen"]) == "jansen-3"


@given(st.text(), st.lists(st.text()))
def test_every_new_code_fits(name: str, taken: list[str]) -> None:
    code = new_code(name, taken)
    check_code(code)
    assert code not in taken
