"""Every failure a user can meet is told in three parts, in every language."""

import re
from collections.abc import Mapping

import pytest

from bewaar.errors import Value, all_errors
from bewaar.messages import Text
from bewaar.messages.failures import TEXTS

CODES = sorted({cls.code for cls in all_errors()})
Facts = Mapping[str, Value]
SAMPLES: Facts = {
    "before": 1234,
    "code": "jansen",
    "database": "boeken_jansen",
    "evidence": "Bakkerij.gnucash.LCK",
    "field": "name",
    "file": "Bakkerij Jansen 2026-11-20 1742.zip",
    "file_system": "vfat",
    "folder": "/media/blue/Bewaar",
    "format": 2,
    "found": "bakker",
    "free": 28_000_000_000,
    "here": "/mnt/bewaar",
    "id": "a" * 32,
    "limit": 4_294_967_295,
    "made": "SQL Server 2022",
    "missing": "admin.ztx",
    "name": "Blue stick",
    "needed": 238_000_000,
    "new": "/boeken/.bewaar-new",
    "now": 12,
    "old": "/boeken/.bewaar-old",
    "part": "2019",
    "parts": "books, 2024",
    "path": "2025/journaal é.dbf",
    "place": "/boeken/Jansen Holding",
    "program": "gnucash",
    "reason": "permission denied",
    "server": "db.example.org:5433",
    "there": "C:\\bewaar",
    "tool": "pg_dump",
    "typed": "jansen",
    "unit": "files",
    "user": "anna",
    "value": "zeven",
    "version": "13.4",
    "what": "v_saldo, tr_boeking",
    "who": "odoo",
}
UNKIND = re.compile(
    r"!|\berror\b|\binvalid\b|\bFehler\b|ungültig|\bfout\b|ongeldig|\bfel\b|ogiltig", re.IGNORECASE
)


def told(text: Text, code: str, params: Mapping[str, Value] = SAMPLES) -> tuple[str, ...]:
    three = text.failure(code, params)
    return (three.what, three.safe, three.todo, three.button)


def test_every_class_has_a_text_and_every_text_a_class() -> None:
    spoken = {key.partition("/")[0] for key in TEXTS}
    assert spoken == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_failure_says_what_happened_whether_data_is_safe_and_what_to_do(
    code: str, voice: Text
) -> None:
    what, safe, todo, _ = told(voice, code)
    for part in (what, safe, todo):
        assert part.strip() == part
        assert part.endswith(".")
        assert part[0] == part[0].upper()


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_left_open(code: str, voice: Text) -> None:
    for part in told(voice, code):
        assert "%(" not in part
        assert "{" not in part
        assert "?" not in part


@pytest.mark.parametrize("code", CODES)
def test_no_word_that_blames_or_alarms(code: str, voice: Text) -> None:
    for part in told(voice, code):
        assert not UNKIND.search(part), part


@pytest.mark.parametrize("code", CODES)
def test_a_button_is_short_enough_for_a_button(code: str, voice: Text) -> None:
    assert len(voice.failure(code, SAMPLES).button) <= 32


@pytest.mark.parametrize("code", CODES)
def test_missing_facts_do_not_break_the_message(code: str, voice: Text) -> None:
    what, safe, todo, _ = told(voice, code, {})
    assert what
    assert safe
    assert todo


@pytest.mark.parametrize("code", CODES)
def test_each_language_has_words_of_its_own(code: str, voices: Mapping[str, Text]) -> None:
    parts = {language: told(voice, code)[:3] for language, voice in voices.items()}
    assert len(set(parts.values())) == len(voices)


def test_a_code_of_a_later_bewaar_is_told_as_the_unexpected(voice: Text) -> None:
    assert told(voice, "mars.landing") == told(voice, "fault")


def test_sizes_are_written_as_sizes(english: Text) -> None:
    what = english.failure("destination.full", SAMPLES).what
    assert what == (
        "There is not enough room on Blue stick: 238\N{NO-BREAK SPACE}MB needed, "
        "28\N{NO-BREAK SPACE}GB free."
    )


def test_fewer_bookings_are_called_bookings(english: Text, dutch: Text) -> None:
    facts: Facts = {"name": "Bakkerij Jansen", "unit": "transactions", "before": 1234, "now": 12}
    assert english.failure("source.shrunk", facts).what == (
        "Bakkerij Jansen holds far fewer bookings than before: 12 now, 1,234 in the last backup."
    )
    assert "boekingen" in dutch.failure("source.shrunk", facts).what
    assert "1.234" in dutch.failure("source.shrunk", facts).what


def test_a_locked_backup_is_told_apart_from_one_of_the_last_two(english: Text) -> None:
    locked = english.failure("backup.locked", {"file": "a.zip", "reason": "locked"})
    last = english.failure("backup.locked", {"file": "a.zip", "reason": "last"})
    assert "unlock" in locked.todo
    assert "last two" in last.todo


def test_percent_signs_and_braces_in_names_are_only_names(voice: Text) -> None:
    name = "100% {Zeker} %(x)s %s"
    for code in CODES:
        assert "%(" not in voice.failure(code, dict.fromkeys(SAMPLES, name)).safe.replace(name, "")
    assert name in voice.failure("destination.gone", {"name": name}).what
