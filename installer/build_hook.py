"""The build hook: turns the translated texts (.po) into what the app reads (.mo).

Hatchling calls it for every wheel and editable install, and set-up runs it when a text changed,
so the .mo files need not be kept in git.
"""

import io
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path("app/bewaar/locale")


class CompileTexts(BuildHookInterface):  # type: ignore[type-arg, misc, unused-ignore]
    """Hatchling's way in."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the files of the wheel are collected."""
        compile_texts(Path(self.root) / LOCALE)


def compile_texts(locale: Path) -> None:
    """Write a .mo beside every .po below this folder; doubtful translations stay out."""
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parts[-3], abort_invalid=True)
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        _replace(source.with_suffix(".mo"), compiled.getvalue())


def _replace(file: Path, content: bytes) -> None:
    """Replace at once, because a running app may be reading the old one."""
    fresh = file.with_suffix(".mo.new")
    fresh.write_bytes(content)
    fresh.replace(file)


if __name__ == "__main__":
    compile_texts(LOCALE)
