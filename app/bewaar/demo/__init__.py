"""A small office to try Bewaar in: three administrations, a destination, three weeks of history.

The books are made up, always in the same way; the backups are real, made by the engine at times
of the past weeks. A home that keeps something already is left alone.
"""

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from bewaar.clock import SystemClock
from bewaar.demo import gnucash, holding
from bewaar.demo.bookings import bookings
from bewaar.engine import Engine
from bewaar.model import Code, DestinationId
from bewaar.paths import Home
from bewaar.progress import SILENT
from bewaar.requests import BackupRequest

BAKERY, HOLDING, MILL = Code("bakkerij"), Code("holding"), Code("demolen")
NAMES = {BAKERY: "Bakkerij Jansen", HOLDING: "Jansen Holding", MILL: "Stichting De Molen"}
BOOKED_FROM = timedelta(days=75)  # before today
EVENING = time(18, 2)

# On which days, counted back from today, something was booked in what, and whether it was stored.
HISTORY: Sequence[tuple[int, Sequence[Code], bool]] = (
    (24, (BAKERY, HOLDING, MILL), True),
    (21, (BAKERY,), True),
    (19, (BAKERY, HOLDING), True),
    (17, (BAKERY,), True),
    (14, (BAKERY, HOLDING, MILL), True),
    (12, (BAKERY,), True),
    (10, (BAKERY, HOLDING), True),
    (7, (BAKERY, HOLDING, MILL), True),
    (6, (BAKERY,), True),
    (5, (HOLDING,), False),
    (3, (BAKERY, MILL), True),
    (1, (BAKERY,), True),
)


def prepare(home: Home) -> None:
    """Fill an empty home with the office and its history; its books lie below it, too.

    At the end one administration is overdue, one changed, and one safe.
    """
    now = SystemClock().now().astimezone()
    clock = _SetClock(at=now)
    with closing(Engine(home, clock=clock)) as engine:
        if engine.settings().administrations:
            return
        clock.at = _evening(now, HISTORY[0][0]) - timedelta(hours=2)
        office = _Office.found(home.config, engine, clock)
        for days, codes, stored in HISTORY:
            office.work(codes, _evening(now, days), stored=stored)
        office.work((MILL,), now - timedelta(hours=2), through=now.date(), stored=True)
        office.work((BAKERY,), now - timedelta(hours=1), through=now.date(), stored=False)


@dataclass(kw_only=True)
class _SetClock:
    """A clock that stands where it is put."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass(kw_only=True)
class _Office:
    """The books on disk, and the Bewaar that looks after them."""

    books: Path
    stick: DestinationId
    engine: Engine
    clock: _SetClock
    start: datetime  # of the bookings

    @classmethod
    def found(cls, folder: Path, engine: Engine, clock: _SetClock) -> "_Office":
        """Make the books, keep them, and set up a destination."""
        books, stick = folder / "Boeken", folder / "Blue stick"
        books.mkdir(parents=True)
        stick.mkdir()
        destination = engine.add_destination(stick, name="Blue stick")
        engine.change_settings(
            lambda settings: replace(settings, first_start_done=True, start_at_login=False)
        )
        office = cls(
            books=books,
            stick=destination.id,
            engine=engine,
            clock=clock,
            start=clock.at - BOOKED_FROM,
        )
        for code, name in NAMES.items():
            engine.add(office.write(code, clock.at.date()), name=name, code=code)
        return office

    def work(
        self, codes: Sequence[Code], at: datetime, *, stored: bool, through: date | None = None
    ) -> None:
        """Book something, and back it up an hour later when it is to be stored."""
        self.clock.at = at - timedelta(hours=1)
        for code in codes:
            self.write(code, through or at.date())
        self.engine.scan()
        if stored:
            self.clock.at = at
            job = self.engine.start_backup(
                BackupRequest(codes=tuple(codes), destination=self.stick)
            )
            self.engine.run(job.id, SILENT)

    def write(self, code: Code, through: date) -> Path:
        """Enter what was booked through a day, and return where the books are."""
        first = self.start.date()
        place = self.books / NAMES[code]
        if code == BAKERY:
            place = place.with_name(f"{place.name}.gnucash")
            gnucash.write_sqlite(place, NAMES[code], bookings(code, 9, first, through))
        elif code == HOLDING:
            holding.write(place, bookings(code, 4, first, through), through)
        else:
            place = place.with_name(f"{place.name}.gnucash")
            gnucash.write_xml(place, NAMES[code], bookings(code, 2, first, through))
        for file in (place, *place.rglob("*")):
            os.utime(file, (self.clock.at.timestamp(), self.clock.at.timestamp()))
        return place


def _evening(now: datetime, days: int) -> datetime:
    """Return an evening that many days ago, as the clock on the wall had it."""
    return datetime.combine(now.date() - timedelta(days=days), EVENING).astimezone()
