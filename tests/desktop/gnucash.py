"""GnuCash itself, from Debian: its books, its window with hands at it, its own judgement."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from tests.desktop.stage import SECONDS, Stage, eventually

PYTHON = "/usr/bin/python3"  # Debian's, which has GnuCash's own bindings
BOOKED = 20
BALANCE = "190.20"  # of the account "Bank" after them

_NEW_IN_THE_MENU = ("key", "alt+a", "Down", "Down", "Down", "Return")
_NEW_IN_THE_TOOL_BAR = ("mousemove", "383", "75", "click", "1")

_MAKE = """
import sys
from gnucash import Account, GncNumeric, Session, SessionOpenMode, Split, Transaction

uri, booked, first = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "new"
if first:
    session = Session(uri, SessionOpenMode.SESSION_NEW_STORE)
    if uri.startswith("sqlite3"):
        session.save()
        session.end()
if not first or uri.startswith("sqlite3"):
    session = Session(uri, SessionOpenMode.SESSION_NORMAL_OPEN)
book = session.book
euro = book.get_table().lookup("CURRENCY", "EUR")

def account(name, kind):
    made = Account(book)
    made.BeginEdit()
    book.get_root_account().append_child(made)
    made.SetName(name)
    made.SetType(kind)
    made.SetCommodity(euro)
    made.CommitEdit()
    return made

def enter(number):
    made = Transaction(book)
    made.BeginEdit()
    made.SetCurrency(euro)
    made.SetDate(1 + number % 28, 3, 2026)
    made.SetDescription(f"boeking {number}")
    for where, value in ((bank, -100 * number - 1), (costs, 100 * number + 1)):
        split = Split(book)
        split.SetParent(made)
        split.SetAccount(where)
        split.SetValue(GncNumeric(value, 100))
        split.SetAmount(GncNumeric(value, 100))
    made.CommitEdit()

def find(name):
    return book.get_root_account().lookup_by_name(name)

bank, costs = (account("Bank", 0), account("Kosten", 9)) if first else map(find, ("Bank", "Kosten"))
for number in range(booked):
    enter(number)
if first:
    if uri.startswith("xml"):
        session.save()
    session.end()
    sys.exit()
print("open", flush=True)
number = booked
while True:
    import select
    if select.select([sys.stdin], [], [], 0.5 if uri.startswith("sqlite3") else 3)[0]:
        break
    enter(number)
    number += 1
    if uri.startswith("xml"):
        session.save()
session.end()
"""


def why_not() -> str:
    """Return why GnuCash cannot be used here, "" when it can."""
    if sys.platform != "linux" or not shutil.which("gnucash") or not shutil.which("gnucash-cli"):
        return "GnuCash is not here"
    asked = subprocess.run([PYTHON, "-c", "import gnucash"], capture_output=True, check=False)
    return "" if asked.returncode == 0 else "GnuCash's Python is not here"


def _uri(book: Path, kind: str) -> str:
    return f"{kind}://{book}"


def _env(root: Path, stage: Stage | None = None) -> dict[str, str]:
    """Return an environment in which GnuCash has a home of its own and gives no tips."""
    home = root / "home of GnuCash"
    settings = home / ".config" / "glib-2.0" / "settings" / "keyfile"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("[org/gnucash/GnuCash/dialogs/tip-of-the-day]\nshow-at-startup=false\n")
    return {
        **(stage.env if stage else os.environ),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "GSETTINGS_BACKEND": "keyfile",
        "LC_ALL": "C.UTF-8",
    }


def make_book(book: Path, kind: str) -> Path:
    """Let GnuCash write a book with bookings, as `xml` or `sqlite3`."""
    book.parent.mkdir(parents=True, exist_ok=True)
    words = [PYTHON, "-c", _MAKE, _uri(book, kind), str(BOOKED), "new"]
    subprocess.run(words, env=_env(book.parent.parent), check=True, capture_output=True)
    return book


_LINK = """
import sys
from gnucash import Session, SessionOpenMode

session = Session(sys.argv[1], SessionOpenMode.SESSION_NORMAL_OPEN)
splits = session.book.get_root_account().lookup_by_name("Bank").GetSplitList()

def link(where, to):
    where.BeginEdit()
    where.SetDocLink(to)
    where.CommitEdit()

for number, split in enumerate(splits[: int(sys.argv[2])]):
    link(split.parent, f"file:///bonnen/{number}.pdf")
for split in splits[: int(sys.argv[3])]:
    link(split.parent, "")
session.save()
session.end()
"""


def link_documents(book: Path, kind: str, *, linked: int, unlinked: int) -> None:
    """Let GnuCash link documents to transactions, and take some of the links away again."""
    words = [PYTHON, "-c", _LINK, _uri(book, kind), str(linked), str(unlinked)]
    subprocess.run(words, env=_env(book.parent.parent), check=True, capture_output=True)


@contextmanager
def booking(book: Path, kind: str) -> Iterator[None]:
    """Let GnuCash have a book open and enter one booking after the other."""
    words = [PYTHON, "-c", _MAKE, _uri(book, kind), "1", "again"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(words, env=_env(book.parent.parent), **pipes) as session:  # type: ignore[call-overload]
        assert session.stdout
        assert session.stdout.readline() == b"open\n"
        yield
        assert session.poll() is None, "it ended while it was booking"
        session.communicate(b"\n", timeout=SECONDS)


def balance_sheet(book: Path) -> str:
    """Return what GnuCash itself reports of a book."""
    report = book.with_suffix(".html")
    words = ["gnucash-cli", "--report", "run", "--name", "Balance Sheet"]
    subprocess.run(
        [*words, "--output-file", str(report), str(book)],
        env=_env(book.parent.parent),
        check=True,
        capture_output=True,
        timeout=SECONDS,
    )
    return report.read_text(encoding="utf-8")


@dataclass
class Window:
    """GnuCash's window, with a book open in it."""

    stage: Stage
    process: subprocess.Popen[bytes]
    book: Path

    def add_account(self, name: str) -> None:
        """Make an account, as one does with mouse and keyboard."""

        ways = cycle((_NEW_IN_THE_MENU, _NEW_IN_THE_TOOL_BAR))

        def asked() -> bool:
            self.stage.do(*next(ways))
            deadline = time.monotonic() + 3  # what was clicked takes a moment to show
            while not self.stage.windows("New Account") and time.monotonic() < deadline:
                time.sleep(0.02)
            if shown := bool(self.stage.windows("New Account")):
                return shown
            self.stage.do("key", "Escape", "Escape")
            return False

        eventually(asked, "GnuCash asks for a new account")
        self.stage.do("type", "--delay", "20", name)
        self.stage.do("key", "Return")
        eventually(lambda: not self.stage.windows("New Account"), "the account is made")

    def save(self) -> None:
        """Save the book."""
        before = self.book.stat().st_mtime_ns
        self.stage.do("key", "ctrl+s")
        eventually(lambda: self.book.stat().st_mtime_ns != before, "the book is saved")

    def quit(self) -> None:
        """Close GnuCash."""
        self.stage.do("key", "ctrl+q")
        self.process.wait(SECONDS)


@contextmanager
def opened(book: Path, stage: Stage) -> Iterator[Window]:
    """Open a book in GnuCash's window."""
    nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    words = ["gnucash", str(book)]
    with subprocess.Popen(words, env=_env(book.parent.parent, stage), **nowhere) as process:  # type: ignore[call-overload]
        try:
            title = f"{book.name} - Accounts - GnuCash"
            eventually(lambda: stage.windows(title), "GnuCash shows the accounts")
            yield Window(stage, process, book)
        finally:
            process.kill()
