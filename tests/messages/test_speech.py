"""Dates, sizes and words: as a person writes them in each language."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bewaar.messages import LANGUAGES, Text, system_language, text
from bewaar.messages.languages import nearest, translations
from tests.clocks import SetClock

MONDAY = datetime(2026, 11, 16, 17, 2, tzinfo=UTC)
NB = "\N{NO-BREAK SPACE}"


def test_a_day_is_written_in_words(voices: dict[str, Text]) -> None:
    assert {language: voice.day(MONDAY) for language, voice in voices.items()} == {
        "en": "Monday 16 November",
        "nl": "maandag 16 november",
        "de": "Montag, 16. November",
        "sv": "måndag 16 november",
    }


def test_a_moment_is_told_in_local_time(voices: dict[str, Text]) -> None:
    assert {language: voice.moment(MONDAY) for language, voice in voices.items()} == {
        "en": "Monday 16 November, 18:02",
        "nl": "maandag 16 november, 18:02",
        "de": "Montag, 16. November, 18:02",
        "sv": "måndag 16 november, 18:02",
    }


def test_today_begins_at_local_midnight() -> None:
    clock = SetClock(datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
    earlier = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    assert Text("en", clock=clock, tz=UTC).moment(earlier) == "today, 22:30"
    amsterdam = Text("en", clock=clock, tz=ZoneInfo("Europe/Amsterdam"))
    assert amsterdam.moment(earlier) == "yesterday, 23:30"


def test_both_hours_of_the_night_the_clock_goes_back_are_the_same_day() -> None:
    clock = SetClock(datetime(2026, 10, 25, 12, tzinfo=UTC))
    voice = Text("en", clock=clock, tz=ZoneInfo("Europe/Amsterdam"))
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert voice.moment(first) == voice.moment(second) == "today, 2:30"


def test_another_year_is_named(english: Text) -> None:
    last_year = datetime(2025, 12, 31, 12, tzinfo=UTC)
    assert english.day(last_year) == "31 December 2025"
    assert english.moment(last_year) == "31 December 2025, 13:00"


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (9949, "9.9 kB"),
        (9950, "10 kB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (238_000_000, "238 MB"),
        (4_294_967_295, "4.3 GB"),
        (5 * 10**17, "500 PB"),
        (5 * 10**20, "500,000 PB"),
    ],
)
def test_sizes_are_decimal_as_on_the_box_of_a_drive(
    count: int, written: str, english: Text
) -> None:
    assert english.size(count).replace(NB, " ") == written


def test_numbers_follow_the_language(voices: dict[str, Text]) -> None:
    assert voices["en"].number(12345) == "12,345"
    assert voices["nl"].number(12345) == "12.345"
    assert voices["de"].size(4_300_000_000) == f"4,3{NB}GB"
    assert voices["sv"].percent(0.12).replace(NB, " ") == "12 %"


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "1 second"),
        (41, "41 seconds"),
        (89, "89 seconds"),
        (90, "2 minutes"),
        (3600, "60 minutes"),
        (7200, "2 hours"),
        (86400 * 4, "4 days"),
    ],
)
def test_spans_are_told_in_one_unit(seconds: float, written: str, english: Text) -> None:
    assert english.duration(seconds) == written
    assert english.duration(timedelta(seconds=seconds)) == written


def test_ago_counts_whole_units_and_the_future_is_now(english: Text) -> None:
    now = english.now()
    assert english.ago(now + timedelta(days=1)) == "just now"
    assert english.ago(now - timedelta(seconds=59)) == "just now"
    assert english.ago(now - timedelta(minutes=1)) == "1 minute ago"
    assert english.ago(now - timedelta(hours=23, minutes=59)) == "23 hours ago"
    assert english.ago(now - timedelta(days=3, hours=23)) == "3 days ago"


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_voice_is_made_once(language: str) -> None:
    assert text(language) is text(language)


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("nl_NL.UTF-8", "nl"),
        ("de-AT", "de"),
        ("sv", "sv"),
        ("EN_us", "en"),
        ("fr_FR", ""),
        ("C.UTF-8", ""),
        ("", ""),
    ],
)
def test_names_of_locales_are_understood(wish: str, language: str) -> None:
    assert nearest(wish) == language


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "sv_SE.UTF-8"}, "sv"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "fr:nl:en"}, "nl"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_computers_language_is_taken(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert system_language() == language


def test_without_its_catalogue_a_language_is_english_as_a_whole(tmp_path: Path) -> None:
    assert translations("nl", tmp_path) is None
    voice = Text("zz")
    assert voice.language == "en"
    assert voice.day(MONDAY, now=MONDAY) == "Monday 16 November"


def test_a_template_stays_a_template_until_it_is_filled(english: Text) -> None:
    assert english.gettext("%(n)d days at 100%%") == "%(n)d days at 100%%"
    assert english.gettext("%(n)d days at 100%%", n=3) == "3 days at 100%"


def test_the_tray_can_say_that_all_is_well_without_loading_babel() -> None:
    script = (
        "import sys\n"
        "from bewaar.messages import text\n"
        "from bewaar.model import Standing\n"
        "from tests.situations import overview, state\n"
        "states = [state(Standing.PROVEN), state(Standing.CHANGED, 'A')]\n"
        "voice = text('en')\n"
        "voice.truth(overview(*states)).sentence\n"
        "voice.badge(states[1])\n"
        "sys.exit('babel' in sys.modules)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], check=False, cwd=root, timeout=60)
    assert done.returncode == 0
