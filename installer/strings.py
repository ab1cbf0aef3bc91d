"""The texts to translate: collected from the sources, merged into the catalogues, judged.

The catalogues hold no dates and no line numbers and are sorted, so a change shows only what
changed. `--check` writes nothing, and fails when a catalogue is behind its sources, or holds a
text that is not translated, is only a guess ("fuzzy"), or lost a placeholder.
"""

import io
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from installer.build_hook import LOCALE, compile_texts

SOURCES = ("app/bewaar", "web/bewaar_web", "tray/bewaar_tray")
LANGUAGES = ("nl", "de", "sv")
METHODS = [("**.py", "python"), ("**/templates/**.*", "jinja2")]
OPTIONS = {"**/templates/**.*": {"silent": "false", "encoding": "utf-8"}}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,  # marks a text that is translated later
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)")
SHOWN = 10  # faults of one catalogue; the others are counted


def main(arguments: Sequence[str]) -> int:
    """Update or check the catalogues below the current folder, and return the exit code."""
    root = Path.cwd()
    fresh = catalogues(root)
    if "--check" in arguments:
        return 1 if report(check(root, fresh)) else 0
    for file, catalog in fresh.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(written(catalog))
    compile_texts(root / LOCALE)
    report({file.relative_to(root): list(faults(catalog)) for file, catalog in fresh.items()})
    return 0


def catalogues(root: Path) -> dict[Path, Catalog]:
    """Return every catalogue as it should be, by its file; the first is the template."""
    template = collect(root)
    fresh = {root / LOCALE / "bewaar.pot": template}
    for language in LANGUAGES:
        file = root / LOCALE / language / "LC_MESSAGES" / "bewaar.po"
        fresh[file] = _merged(file, language, template)
    return fresh


def collect(root: Path) -> Catalog:
    """Return all texts of the sources, untranslated."""
    texts = Catalog(charset="utf-8")
    for source in SOURCES:
        found = extract_from_dir(
            root / source,
            METHODS,
            OPTIONS,
            KEYWORDS,
            ["Translators:"],
            strip_comment_tags=True,
            directory_filter=_is_source,  # the usual one passes over names that begin with _
        )
        for file, line, text, comments, context in found:
            texts.add(text, None, [(f"{source}/{file}", line)], (), comments, context=context)
    return texts


def check(root: Path, fresh: Mapping[Path, Catalog]) -> dict[Path, list[str]]:
    """Return what is wrong with each catalogue on the disk."""
    wrong = {}
    for file, catalog in fresh.items():
        current = file.read_bytes() if file.exists() else b""
        behind = [] if current == written(catalog) else ["is behind the sources"]
        wrong[file.relative_to(root)] = [*behind, *faults(catalog)]
    return wrong


def faults(catalog: Catalog) -> Iterator[str]:
    """Yield what is wrong with the translations of a catalogue; a template has none."""
    for message in catalog if catalog.locale else ():
        if not message.id:
            continue
        if message.fuzzy:
            yield f"only a guess: {message.id!r}"
        elif not all(_forms(message.string)):
            yield f"not translated: {message.id!r}"
        elif message.check(catalog) or _loses_a_placeholder(message):
            yield f"other placeholders than in English: {message.id!r}"


def written(catalog: Catalog) -> bytes:
    """Return the content of a catalogue's file."""
    body = io.BytesIO()
    write_po(
        body,
        catalog,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    return _header(catalog) + body.getvalue()


def report(wrong: Mapping[Path, Sequence[str]]) -> bool:
    """Print what is wrong; True when anything is."""
    for file, sentences in wrong.items():
        for sentence in sentences[:SHOWN]:
            print(f"{file}: {sentence}")
        if len(sentences) > SHOWN:
            print(f"{file}: and {len(sentences) - SHOWN} more")
    return any(wrong.values())


def _is_source(folder: str | os.PathLike[str]) -> bool:
    return Path(folder).name != "__pycache__"


def _merged(file: Path, language: str, template: Catalog) -> Catalog:
    """Return the translations of a file for the texts there are now; near ones as guesses."""
    if not file.exists():
        catalog = Catalog(locale=language, charset="utf-8")
    else:
        with file.open("rb") as content:
            catalog = read_po(content, locale=language, ignore_obsolete=True, abort_invalid=True)
    catalog.update(template)
    return catalog


def _header(catalog: Catalog) -> bytes:
    fields = [
        "Project-Id-Version: bewaar",
        *([f"Language: {catalog.locale}"] if catalog.locale else []),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        *([f"Plural-Forms: {catalog.plural_forms}"] if catalog.locale else []),
    ]
    lines = ['msgid ""', 'msgstr ""', *(f'"{field}\\n"' for field in fields)]
    return ("\n".join(lines) + "\n\n").encode()


def _loses_a_placeholder(message: Message) -> bool:
    """Whether a name in the English text has no place in the translation.

    A plural form may say its number in words, so there only the last form is looked at.
    """
    wanted = PLACEHOLDER.findall(_forms(message.id)[-1])
    return bool(set(wanted) - set(PLACEHOLDER.findall(_forms(message.string)[-1])))


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the singular and plural forms of a text, or its only form."""
    return (text or "",) if isinstance(text, str | None) else tuple(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
