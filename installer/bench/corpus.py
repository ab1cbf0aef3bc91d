"""The books that are raced with: made up, but shaped and sized like an office's, and always alike.

The same seed and size give the same files. Five kinds, each a fixed share of the bytes: DBF tables,
SQLite ledgers, scanned documents, exports as text, and many tiny files.
"""

import random
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

SHARES = {"dbf": 0.40, "ledgers": 0.20, "documents": 0.25, "exports": 0.10, "tiny": 0.05}
TINY_BYTES = 5_000  # on the average: 10,000 files in a gigabyte

_WHO = "Bakkerij Jansen,Müller & Söhne,De Vries Transport,Åkesson Bygg,Kantoorzaak,Aldi,Shell,KPN"
_WHAT = (
    "Inkoop grondstoffen,Verkoop,Huur bedrijfspand,Porto,Lonen,Rente,Telefoon,Onderhoud bus,"
    "Afschrijving,Kassaomzet"
)
_PEOPLE = [who.encode("cp1252") for who in _WHO.split(",")]
_MATTERS = [what.encode("cp1252") for what in _WHAT.split(",")]
_JOURNALS = [b"VRK", b"INK", b"KAS", b"BNK", b"MEM"]
_BATCH = 2_000  # records written at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The books below a folder."""

    folder: Path
    seed: int

    def make(self, size: int) -> None:
        """Write about `size` bytes of books into the folder, which does not exist yet."""
        self.folder.mkdir(parents=True)
        for kind, share in SHARES.items():
            left, rng = int(size * share), _dice(f"{self.seed} {kind}")
            for number in count():
                if left <= 0:
                    break
                wanted = min(left, _SIZES[kind](rng))
                place = self.folder / _name(kind, number)
                place.parent.mkdir(parents=True, exist_ok=True)
                _WRITERS[kind](place, wanted, rng)
                left -= max(place.stat().st_size, 1)

    def make_many(self, number: int) -> None:
        """Write so many tiny files into the folder, which does not exist yet."""
        rng = _dice(f"{self.seed} many")
        for each in range(number):
            place = self.folder / f"{each // 250:03}" / f"bijlage-{each:05}.txt"
            place.parent.mkdir(parents=True, exist_ok=True)
            _tiny(place, rng.randrange(200, 2_000), rng)

    def look(self) -> None:
        """Read every file, so that all lies in the system's memory."""
        for path in self.folder.rglob("*"):
            if path.is_file():
                path.read_bytes()

    def change(self, step: int, share: float = 0.01) -> None:
        """Do a day's work: a `share` of the bytes of each kind is new, the rest stays."""
        rng = _dice(f"{self.seed} change {step}")
        for kind in SHARES:
            files = sorted(path for path in (self.folder / kind).rglob("*") if path.is_file())
            left = int(sum(path.stat().st_size for path in files) * share)
            rng.shuffle(files)
            for path in files:
                if left <= 0:
                    break
                left -= _CHANGES[kind](path, left, rng)


def _dice(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - always the same, on purpose


def _name(kind: str, number: int) -> str:
    match kind:
        case "dbf":
            return f"dbf/{number // 12:03}/MUTATIE{number:03}.DBF"
        case "ledgers":
            return f"ledgers/grootboek-{number:02}.gnucash"
        case "documents":
            return f"documents/{2020 + number % 7}/factuur {number:05}.pdf"
        case "exports":
            return f"exports/auditfile-{number:03}.{'xaf' if number % 2 else 'se'}"
        case _:
            return f"tiny/{number // 100:03}/regel-{number:05}.ini"


# ── DBF tables ──────────────────────────────────────────────────────────────────────────────

_FIELDS = [
    *((b"DATUM", b"D", 8), (b"DAGBOEK", b"C", 4), (b"STUK", b"N", 8), (b"REKENING", b"N", 6)),
    *((b"RELATIE", b"C", 24), (b"OMSCHR", b"C", 40), (b"BEDRAG", b"N", 14), (b"BTW", b"C", 2)),
]
_RECORD = 1 + sum(length for _, _, length in _FIELDS)
_HEADER = 32 + 32 * len(_FIELDS) + 1


def _dbf(place: Path, size: int, rng: random.Random) -> None:
    records = max(1, (size - _HEADER) // _RECORD)
    head = struct.pack("<4BIHH20x", 3, 126, 11, 20, records, _HEADER, _RECORD)
    fields = b"".join(struct.pack("<11sc4xB15x", *field) for field in _FIELDS)
    with place.open("wb") as file:
        file.write(head + fields + b"\r")
        for first in range(0, records, _BATCH):
            last = min(first + _BATCH, records)
            file.write(b"".join(_dbf_record(number, rng) for number in range(first, last)))
        file.write(b"\x1a")


def _dbf_record(number: int, rng: random.Random) -> bytes:
    draw, pick = rng.random, rng.random
    return b" 2026%02d%02d%-4s%8d%6d%-24s%-40s%14.2f%-2d" % (
        number // 900 % 12 + 1,
        number // 30 % 28 + 1,
        _JOURNALS[int(pick() * 5)],
        2_600_000 + number // 2,
        1000 + int(pick() * 80) * 10,
        _PEOPLE[int(pick() * 8)],
        b"%s %d" % (_MATTERS[int(pick() * 10)], number // 3 + int(draw() * 40)),
        draw() * 3000 - 1200,
        int(pick() * 4),
    )


def _change_dbf(place: Path, most: int, rng: random.Random) -> int:
    """Correct a run of records where they lie, as programs do."""
    records = (place.stat().st_size - _HEADER) // _RECORD
    run = max(1, min(most // _RECORD, records // 4))
    first = rng.randrange(max(1, records - run))
    with place.open("r+b") as file:
        file.seek(_HEADER + first * _RECORD)
        for number in range(first, first + run):
            file.write(_dbf_record(number, rng))
    return run * _RECORD


# ── SQLite ledgers ──────────────────────────────────────────────────────────────────────────

_ROW_BYTES = 150  # with its indexes, about


def _ledger(place: Path, size: int, rng: random.Random) -> None:
    with closing(sqlite3.connect(place)) as books:
        books.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE entries (guid TEXT PRIMARY KEY, day TEXT, journal TEXT, account INTEGER,"
            " text TEXT, cents INTEGER) WITHOUT ROWID; CREATE INDEX by_day ON entries (day);"
            "CREATE TABLE accounts (number INTEGER PRIMARY KEY, name TEXT);"
        )
        books.executemany(
            "INSERT INTO accounts VALUES (?, ?)", ((n, f"Rekening {n}") for n in range(1000, 1400))
        )
        rows = sorted(_rows(max(1, size // _ROW_BYTES), rng))
        books.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", rows)
        books.commit()


def _rows(number: int, rng: random.Random) -> Iterator[tuple[str, str, str, int, str, int]]:
    for row in range(number):
        yield (
            f"{rng.getrandbits(128):032x}",
            f"2026-{row % 12 + 1:02}-{row % 28 + 1:02}",
            _JOURNALS[row % 5].decode(),
            1000 + int(rng.random() * 400),
            f"{_WHAT.split(',')[row % 10]} {row // 2}",
            int(rng.random() * 300_000),
        )


def _change_ledger(place: Path, most: int, rng: random.Random) -> int:
    """Book some new entries; in an index by chance they touch pages all over."""
    rows = max(1, min(most // 4096, 400))
    with closing(sqlite3.connect(place)) as books:
        books.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", _rows(rows, rng))
        books.commit()
    return rows * 4096


# ── Documents, exports, tiny files ──────────────────────────────────────────────────────────


def _document(place: Path, size: int, rng: random.Random) -> None:
    """A scan: a little text around one picture that is packed already."""
    text = b"".join(b"%010d 00000 n \n" % rng.randrange(size + 1) for _ in range(40 + size // 4000))
    head = b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n4 0 obj\nstream\n"
    picture = rng.randbytes(max(0, size - len(head) - len(text) - 40))
    place.write_bytes(head + picture + b"\nendstream\nendobj\nxref\n" + text + b"%%EOF\n")


def _export(place: Path, size: int, rng: random.Random) -> None:
    line = _xaf_line if place.suffix == ".xaf" else _sie_line
    with place.open("wb") as file:
        for number in count(step=_BATCH):
            if file.tell() >= size:
                break
            file.write(b"".join(line(n, rng) for n in range(number, number + _BATCH)))
        file.truncate(size)


def _xaf_line(number: int, rng: random.Random) -> bytes:
    return (
        b"<trLine><nr>%d</nr><accID>%d</accID><docRef>%d</docRef><effDate>2026-%02d-%02d</effDate>"
        b"<desc>%s %s</desc><amnt>%.2f</amnt><amntTp>%s</amntTp></trLine>\n"
    ) % (
        *(number, 1000 + int(rng.random() * 400), number // 3, number % 12 + 1, number % 28 + 1),
        *(_MATTERS[int(rng.random() * 10)], _PEOPLE[int(rng.random() * 8)]),
        *(rng.random() * 2000, b"DC"[number % 2 : number % 2 + 1]),
    )


def _sie_line(number: int, rng: random.Random) -> bytes:
    return b'#VER "A" "%d" 2026%02d%02d "%s"\n{\n#TRANS %d {} %.2f\n#TRANS %d {} -%.2f\n}\n' % (
        *(number, number % 12 + 1, number % 28 + 1, _MATTERS[int(rng.random() * 10)]),
        *(1000 + int(rng.random() * 400), amount := rng.random() * 9000),
        *(1000 + int(rng.random() * 400), amount),
    )


def _tiny(place: Path, size: int, rng: random.Random) -> None:
    lines = [
        b"[%s]\ncode=%d\nbedrag=%.2f\n" % (_PEOPLE[n % 8], int(rng.random() * 1e6), rng.random())
        for n in range(size // 40 + 1)
    ]
    place.write_bytes(b"".join(lines)[:size])


def _rewritten(write: Callable[[Path, int, random.Random], None]) -> Callable[..., int]:
    def change(place: Path, _most: int, rng: random.Random) -> int:
        size = place.stat().st_size
        write(place, size, rng)
        return max(size, 1)

    return change


def _appended(place: Path, most: int, rng: random.Random) -> int:
    line = _xaf_line if place.suffix == ".xaf" else _sie_line
    with place.open("ab") as file:
        return file.write(b"".join(line(n, rng) for n in range(min(most // 100 + 1, _BATCH))))


_Write = Callable[[Path, int, random.Random], None]
_SIZES: dict[str, Callable[[random.Random], int]] = {
    "dbf": lambda rng: int(min(60e6, 1e6 * rng.paretovariate(0.6))),
    "ledgers": lambda rng: rng.randrange(8_000_000, 40_000_000),
    "documents": lambda rng: rng.randrange(40_000, 600_000),
    "exports": lambda rng: rng.randrange(500_000, 8_000_000),
    "tiny": lambda rng: rng.randrange(2 * TINY_BYTES),
}
_WRITERS: dict[str, _Write] = {
    "dbf": _dbf,
    "ledgers": _ledger,
    "documents": _document,
    "exports": _export,
    "tiny": _tiny,
}
_CHANGES: dict[str, Callable[[Path, int, random.Random], int]] = {
    "dbf": _change_dbf,
    "ledgers": _change_ledger,
    "documents": _rewritten(_document),
    "exports": _appended,
    "tiny": _rewritten(_tiny),
}
