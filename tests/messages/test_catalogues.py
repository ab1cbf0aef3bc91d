"""Every text of the engine and the command line is translated, and every note has its words."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import bewaar
from bewaar.messages import LANGUAGES, Text
from bewaar.messages.caveats import CAVEATS
from bewaar.messages.languages import FOLDER
from bewaar.messages.notes import NOTES
from bewaar.model import Note
from bewaar.programs import load

APP = Path(bewaar.__file__).parent
KEYWORDS = {
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
OTHERS = [language for language in LANGUAGES if language != "en"]
UNKIND = {
    "nl": r"!|\bfout\b|ongeldig|\bje\b|\bjouw\b",
    "de": r"!|\bFehler\b|ungültig|\bdu\b|\bdein",
    "sv": r"!|\bfel\b|ogiltig|\bni\b|\bert?\b",
}


def texts() -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    for _, _, text, _, context in extract_from_dir(APP, [("**.py", "python")], keywords=KEYWORDS):
        yield context, text


def catalogue(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "bewaar.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> Iterator[Message]:
    return (message for message in catalogue(language) if message.id)


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    known = catalogue(language)
    for context, text in texts():
        message = known.get(forms(text)[0], context)
        assert message is not None, text
        assert all(forms(message.string)), text
        assert not message.fuzzy, text


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_loses_or_invents_a_placeholder(language: str) -> None:
    for message in messages(language):
        pairs = zip(forms(message.id), forms(message.string), strict=True)
        for english, translated in pairs:
            wanted, given = (
                Counter(re.findall(r"%\(\w+\)[sd]", form)) for form in (english, translated)
            )
            assert set(given) == set(wanted), translated


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_keeps_its_tone(language: str) -> None:
    for message in messages(language):
        for translated in forms(message.string):
            assert not re.search(UNKIND[language], translated, re.IGNORECASE), translated


@pytest.mark.parametrize("language", OTHERS)
def test_sentences_stay_sentences(language: str) -> None:
    for message in messages(language):
        pairs = zip(forms(message.id), forms(message.string), strict=True)
        for english, translated in pairs:
            assert english.endswith(".") == translated.endswith("."), translated
            assert translated.strip() == translated


def test_english_texts_blame_and_alarm_nobody() -> None:
    for _, text in texts():
        for form in forms(text):
            assert not re.search(r"!|\binvalid\b|\berror\b|\bplease\b", form, re.IGNORECASE), form


def test_every_note_a_job_tells_has_words(voice: Text) -> None:
    told = set()
    for file in APP.rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        told |= set(re.findall(r"""\bnote\(\s*["']([a-z]+\.[a-z]+)["']""", source))
        told |= set(re.findall(r"""\bNote\(\s*code=["']([a-z]+\.[a-z]+)["']""", source))
    assert told
    assert told <= set(NOTES), told - set(NOTES)
    for code in NOTES:
        assert voice.note(Note(code=code)) != code


def test_a_note_of_a_later_bewaar_is_shown_as_its_code(voice: Text) -> None:
    assert voice.note(Note(code="mars.landed", params={"name": "x"})) == "mars.landed"


def test_every_caveat_of_a_program_has_words(voice: Text) -> None:
    codes = {code for profile in load() for code in profile.caveats}
    assert codes == set(CAVEATS)
    assert all(voice.caveat(code).endswith(".") for code in codes)
