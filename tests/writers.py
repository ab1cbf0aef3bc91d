"""Programs that do not stop writing while a backup is made, each a process of its own.

What they write shows whether a copy is whole: every file, or every row, of one instant carries the
same generation.
"""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROWS = 2000
FILES = 6

_DATABASE = """
import random, sqlite3, sys
path, mode, pause = sys.argv[1], sys.argv[2], float(sys.argv[3])
book = sqlite3.connect(path, isolation_level=None, timeout=60)
book.execute(f"PRAGMA journal_mode={mode}")
book.execute("PRAGMA synchronous=OFF")
book.execute("PRAGMA cache_size=20")  # large transactions spill into the file before they end
book.execute("PRAGMA wal_autocheckpoint=50")
generation = 0
while True:
    generation += 1
    book.execute("BEGIN IMMEDIATE")
    book.execute("UPDATE entries SET generation = ?, text = ?",
                 (generation, "x" * random.randint(1, 200)))
    book.execute("COMMIT")
    if generation == 2:
        print("writing", flush=True)
    if pause:
        import time; time.sleep(pause)
"""

_FILES = """
import os, sys, time
folder, pause = sys.argv[1], float(sys.argv[2])
generation = 0
while True:
    generation += 1
    for number in range(int(sys.argv[3])):
        name = os.path.join(folder, f"{number}.dat")
        data = (b"%08d" % generation) * (20_000 + 3_000 * number)
        if number % 2:  # half of them are replaced, half are written in place
            with open(name + ".new", "wb") as file:
                file.write(data)
            os.replace(name + ".new", name)
        else:
            with open(name, "r+b" if os.path.exists(name) else "wb") as file:
                file.write(data)
    if generation == 2:
        print("writing", flush=True)
    if pause:
        time.sleep(pause)
"""

_TABLE = """
import struct, sys, time
path, between, pause = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
sys.path.insert(0, sys.argv[4])
from tests.fox import fox_row
with open(path, "r+b", buffering=0) as table:
    head = table.read(32)
    rows, = struct.unpack_from("<I", head, 4)
    first, width = struct.unpack_from("<HH", head, 8)
    number = 0
    while True:
        number += 1
        def add():
            table.seek(first + rows * width)
            table.write(fox_row(rows) + bytes([0x1A]))
        def say():
            table.seek(4)
            table.write((rows + 1).to_bytes(4, "little"))
        for step in (add, say) if number % 2 else (say, add):
            step()
            time.sleep(between)
        rows += 1
        if number == 2:
            print("writing", flush=True)
        time.sleep(pause)
"""

_PAGES = """
import sys, time
path, between, pause, size = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), 4096
states = [open(each, "rb").read() for each in sys.argv[4:6]]
number = 0
with open(path, "r+b", buffering=0) as book:
    while True:
        number += 1
        now, other = states[number % 2], states[(number + 1) % 2]
        for at in range(0, len(now), size):
            if now[at:at + size] != other[at:at + size]:
                book.seek(at)
                book.write(now[at:at + size])
                time.sleep(between)
        if number == 2:
            print("writing", flush=True)
        time.sleep(pause)
"""


def database_of_generations(file: Path) -> Path:
    """Write a database whose rows all carry generation 0."""
    book = sqlite3.connect(file)
    book.execute("CREATE TABLE entries (id INTEGER PRIMARY KEY, generation INTEGER, text TEXT)")
    book.execute("CREATE INDEX by_text ON entries (generation, text)")
    book.executemany("INSERT INTO entries VALUES (?, 0, 'x')", [(n,) for n in range(ROWS)])
    book.commit()
    book.close()
    return file


def is_whole_database(file: Path) -> bool:
    """Return whether a copy shows one generation and passes SQLite's own check."""
    try:
        copy = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        rows, generations = copy.execute(
            "SELECT count(*), count(DISTINCT generation) FROM entries"
        ).fetchone()
        sound = copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        copy.close()
    except sqlite3.Error:
        return False
    return (rows, generations) == (ROWS, 1) and sound


def is_whole_set(files: list[Path]) -> bool:
    """Return whether copies of the files are all of one generation."""
    contents = [file.read_bytes() for file in files]
    generation = contents[0][:8]
    whole = all(content == generation * (len(content) // 8) for content in contents)
    return whole and len(contents) == FILES and all(contents)


@contextmanager
def writing_database(file: Path, mode: str, *, pause: float = 0) -> Iterator[None]:
    """Let another process write to a database of generations."""
    with _running(_DATABASE, str(file), mode, str(pause)):
        yield


@contextmanager
def writing_files(folder: Path, *, pause: float = 0) -> Iterator[None]:
    """Let another process write a set of files, each generation over the one before."""
    folder.mkdir(exist_ok=True)
    with _running(_FILES, str(folder), str(pause), str(FILES)):
        yield


@contextmanager
def adding_rows(table: Path, *, between: float, pause: float) -> Iterator[None]:
    """Let another process add rows to a table: the row and the header's number, one by one."""
    repository = str(Path(__file__).parents[1])
    with _running(_TABLE, str(table), str(between), str(pause), repository):
        yield


@contextmanager
def rewriting_pages(
    book: Path, states: tuple[Path, Path], *, between: float, pause: float
) -> Iterator[None]:
    """Let another process bring a database from one state to the other and back, page by page."""
    with _running(_PAGES, str(book), str(between), str(pause), *map(str, states)):
        yield


_IDLE = """
import sqlite3, sys
book = sqlite3.connect(sys.argv[1], isolation_level=None)
book.execute("PRAGMA journal_mode=WAL")
book.execute("CREATE TABLE latest (x)")
print("writing", flush=True)
sys.stdin.read()
"""


@contextmanager
def having_open(file: Path) -> Iterator[None]:
    """Let another process have a database open, its latest change still in the log."""
    with _running(_IDLE, str(file)):
        yield


@contextmanager
def _running(script: str, *arguments: str) -> Iterator[None]:
    command = [sys.executable, "-c", script, *arguments]
    writer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert writer.stdin
    assert writer.stdout
    try:
        assert writer.stdout.readline() == b"writing\n"
        yield
        assert writer.poll() is None, "the writer died"
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
        writer.stdin.close()


# ── What a crash leaves ─────────────────────────────────────────────────────────────────────

_CRASH = """
import os, sqlite3, sys
book = sqlite3.connect(sys.argv[1], isolation_level=None)
book.execute(f"PRAGMA journal_mode={sys.argv[2]}")
book.execute("PRAGMA cache_size=2")
book.execute("BEGIN IMMEDIATE")
book.execute("UPDATE entries SET generation = 1, text = hex(randomblob(200))")
if sys.argv[2] == "wal":
    book.execute("COMMIT")
os._exit(0)
"""


def crash_while_writing(file: Path, mode: str) -> None:
    """Leave a half-written transaction (a hot journal), or a log that nobody took in."""
    subprocess.run([sys.executable, "-c", _CRASH, str(file), mode], check=True)
