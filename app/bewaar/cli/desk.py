"""Where a verb and a person at a terminal meet: the language, the answers, the engine.

What is said never breaks what is done: a closed pipe or a terminal that lacks a character changes
nothing about a backup.
"""

import contextlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

from bewaar.cli import logbook
from bewaar.cli.hints import HINTS
from bewaar.cli.stopping import leaving
from bewaar.errors import Value
from bewaar.messages import Text, text

if TYPE_CHECKING:
    from bewaar.engine import Engine

Row = Sequence[str]

# Control characters and text direction marks; our own colours stay.
_STEERING = re.compile(
    r"(?!\x1b\[(?:3[0-7]|0)m)[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


class Desk:
    """One call of `bewaar`: speaks until it has answered."""

    def __init__(self, *, json: bool) -> None:
        """Speak the system's language until the settings are known."""
        self.json = json
        self.text: Text = text()
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")

    @contextmanager
    def engine(self) -> Iterator["Engine"]:
        """Open the engine for the block, and speak the language of its settings."""
        from bewaar.engine import Engine
        from bewaar.paths import home

        with leaving():
            logbook.open_in(home())
            with closing(Engine(home())) as engine:
                self.text = text(engine.settings().language)
                yield engine

    # ── Answers ─────────────────────────────────────────────────────────────────────────────

    def answer(self, value: Mapping[str, Any], lines: Iterable[str] = ()) -> None:
        """Give the one answer of a verb: a JSON value, or lines."""
        if self.json:
            _print(json.dumps(value), sys.stdout)
            return
        for line in lines:
            self.tell(line)

    def tell(self, line: str) -> None:
        """Say one line of an answer; scripts get all of it at the end, as one value."""
        if not self.json:
            _print(line, sys.stdout)

    def failure(self, code: str, params: Mapping[str, Value], **more: Any) -> None:
        """Say what happened, whether the data is safe, and what to do; `more` is for scripts."""
        three = self.text.failure(code, params)
        if self.json:
            self.answer({"error": self.error(code, params), **more})
            return
        todo = self.text.gettext(HINTS[code]) if code in HINTS else three.todo
        for line in (three.what, three.safe, todo):
            self.hint(line)

    def error(self, code: str, params: Mapping[str, Value]) -> dict[str, Any]:
        """Return a failure for scripts."""
        message = self.text.failure(code, params).what
        return {"code": code, "params": dict(params), "message": message}

    def wrong_use(self, error: click.ClickException) -> None:
        """Say how the words of the command line do not fit."""
        if self.json:
            told = {"code": "usage", "params": {}, "message": error.format_message()}
            self.answer({"error": told})
            return
        with contextlib.suppress(OSError, ValueError):
            error.show()

    def hint(self, line: str) -> None:
        """Say something beside the answer; scripts do not hear it."""
        if not self.json:
            _print(line, sys.stderr)

    # ── The terminal ────────────────────────────────────────────────────────────────────────

    @property
    def someone_there(self) -> bool:
        """Whether a person can be asked."""
        return not self.json and _terminal(sys.stdin) and _terminal(sys.stderr)

    @property
    def watched(self) -> bool:
        """Whether a progress bar would be seen."""
        dumb = os.environ.get("TERM") == "dumb"
        return not self.json and not dumb and _terminal(sys.stderr)

    def coloured(self, word: str, colour: str) -> str:
        """Return a word in colour where colours are seen and wanted."""
        if "NO_COLOR" in os.environ or not _terminal(sys.stdout):
            return word
        return click.style(word, fg=colour)

    def table(self, rows: Sequence[Row]) -> Iterator[str]:
        """Yield rows with their columns under each other."""
        widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True))
            yield "  ".join(cells).rstrip()


def visible(line: str) -> str:
    """Return a line without what would steer a terminal; names may come from anybody's file."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", line)


def fall_silent() -> None:
    """Drop what nobody reads any more; Python would try again at its end, and exit with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:  # None: closed before the start
                stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _print(line: str, stream: TextIO | None) -> None:
    with contextlib.suppress(OSError, ValueError):  # nobody is listening any more
        click.echo(visible(line), file=stream)


def _terminal(stream: TextIO | None) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return stream is not None and stream.isatty()
    return False


def _width(cell: str) -> int:
    return len(click.unstyle(cell))
