"""The languages Bewaar speaks, the one this computer is set to, and their catalogues.

English is what the sentences are written in; a language whose catalogue is not there becomes
English as a whole, dates and numbers too.
"""

import gettext
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

DOMAIN = "bewaar"
FOLDER = Path(__file__).parent.parent / "locale"
LANGUAGES = {"en": "English", "nl": "Nederlands", "de": "Deutsch", "sv": "Svenska"}
FALLBACK = "en"


def N_(message: str) -> str:  # noqa: N802
    """Mark a text in a table for translation; it is translated when it is used."""
    return message


def system_language() -> str:
    """Return the first of Bewaar's languages that this computer asks for, else English."""
    known = (nearest(wish) for wish in _wishes())
    return next((language for language in known if language), FALLBACK)


def nearest(wish: str) -> str:
    """Return Bewaar's language for a name like `nl_BE.UTF-8` or `de-AT`; "" when it has none."""
    language = wish.replace("-", "_").split("_")[0].split(".")[0].lower()
    return language if language in LANGUAGES else ""


def translations(language: str, folder: Path = FOLDER) -> gettext.NullTranslations | None:
    """Return a language's catalogue; None when it is not there."""
    if language == FALLBACK:
        return gettext.NullTranslations()
    try:
        return gettext.translation(DOMAIN, folder, [language])
    except FileNotFoundError:
        return None


def _wishes() -> Iterator[str]:
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        wish = os.environ.get(variable, "")
        if wish:
            yield from wish.split(":")
            return
    if sys.platform == "win32":
        yield _language_of_windows()
    elif sys.platform == "darwin":
        yield from _languages_of_macos()


def _language_of_windows() -> str:
    import ctypes
    import locale

    number = getattr(ctypes, "windll").kernel32.GetUserDefaultUILanguage()  # noqa: B009
    return locale.windows_locale.get(number, "")


def _languages_of_macos() -> list[str]:
    # Programs that were not started from a terminal have no LANG there.
    with suppress(OSError, subprocess.SubprocessError):
        command = ["/usr/bin/defaults", "read", "-g", "AppleLanguages"]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=2, check=True)
        return [line.strip(' ",') for line in answer.stdout.splitlines()]
    return []
