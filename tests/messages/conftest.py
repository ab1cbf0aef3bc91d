"""Every language as it is translated now, at a set time in Amsterdam."""

import gettext
import io
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bewaar.messages import LANGUAGES, Text
from bewaar.messages.languages import FOLDER
from tests.clocks import SetClock
from tests.situations import NOW

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    with (FOLDER / language / "LC_MESSAGES" / "bewaar.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@pytest.fixture(scope="session")
def voices() -> Mapping[str, Text]:
    """The four languages, from the catalogues as they are in the sources."""
    clock = SetClock(NOW)
    return {
        language: Text(language, catalogue=_catalogue(language), clock=clock, tz=AMSTERDAM)
        for language in LANGUAGES
    }


@pytest.fixture(params=list(LANGUAGES))
def voice(request: pytest.FixtureRequest, voices: Mapping[str, Text]) -> Text:
    """Each language in turn."""
    return voices[request.param]


@pytest.fixture
def english(voices: Mapping[str, Text]) -> Text:
    return voices["en"]


@pytest.fixture
def dutch(voices: Mapping[str, Text]) -> Text:
    return voices["nl"]
