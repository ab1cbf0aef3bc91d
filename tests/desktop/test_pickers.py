"""The system's own dialogs, asked for by a page that forbids the evaluation of strings."""

import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from bewaar_web.guard import HEADERS
from tests.desktop.stage import SECONDS, Stage, eventually

pytestmark = pytest.mark.desktop

PAGE = b'<!doctype html><title>asking</title><script src="/ask.js"></script>'
SCRIPT = b"""
const tell = (word, value) => fetch(`/told?word=${word}&value=${encodeURIComponent(value)}`);
addEventListener("securitypolicyviolation", (event) => tell("violation", event.blockedURI));
addEventListener("pywebviewready", async () => {
  const [, kind, start] = location.hash.split("#");
  const ask = window.pywebview.api[`pick_${kind}`];
  if (ask) tell("picked", await ask(decodeURIComponent(start)));
});
"""


class Desk(http.server.ThreadingHTTPServer):
    """A server with the headers of Bewaar's own, whose page asks for a path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.told: dict[str, list[str]] = {}


class Answer(http.server.BaseHTTPRequestHandler):
    server: Desk

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        script = asked.path == "/ask.js"
        if asked.path == "/told":
            words = parse_qs(asked.query)
            self.server.told.setdefault(words["word"][0], []).append(words["value"][0])
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(SCRIPT if script else PAGE)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Desk() as server:
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        yield server
        server.shutdown()


@contextmanager
def window(stage: Stage, desk: Desk, kind: str, start: str) -> Iterator[None]:
    """Show the page in a window of Bewaar's, where it asks for a path."""
    told = {
        "address": f"http://127.0.0.1:{desk.server_port}/page#{kind}#{quote(start)}",
        "words": {"linux.openFolder": "Pick", "linux.openFile": "Pick"},
    }
    words = [sys.executable, "-m", "bewaar_tray", "window", "--told"]
    with subprocess.Popen(words, env=stage.env, stdin=subprocess.PIPE, text=True) as child:
        assert child.stdin
        child.stdin.write(json.dumps(told) + "\n")
        child.stdin.flush()
        eventually(lambda: stage.windows("Pick"), "the dialog")
        yield
        child.stdin.close()
        assert child.wait(SECONDS) == 0


def answer(stage: Stage, desk: Desk, *keys: str) -> list[str]:
    """Press keys until the page has its answer: the dialog may not listen at once."""

    def press() -> list[str]:
        stage.do("key", *keys)
        return desk.told.get("picked", [])

    return eventually(press, "an answer")


@pytest.mark.parametrize(("kind", "keys"), [("folder", ["Return"]), ("file", ["Down", "Return"])])
def test_a_page_gets_the_path_that_was_picked(
    stage: Stage, desk: Desk, kind: str, keys: list[str], tmp_path: Path
) -> None:
    start = tmp_path / 'it\'s a "folder" é'
    start.mkdir()
    (start / "book.sqlite").touch()
    with window(stage, desk, kind, str(start)):
        picked = answer(stage, desk, *keys)
    assert picked == [str(start if kind == "folder" else start / "book.sqlite")]
    assert "violation" not in desk.told


def test_a_page_hears_when_nothing_was_picked(stage: Stage, desk: Desk) -> None:
    with window(stage, desk, "folder", "/nowhere"):
        assert answer(stage, desk, "Escape") == ["null"]
