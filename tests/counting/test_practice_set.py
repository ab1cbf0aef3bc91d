"""The practice set through the front door: added, backed up, proven, its counts in the history.

Each file is counted as other programs count it (see test_samples), or unknown with a reason.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from bewaar.model import Administration, JobState
from tests.samples import SHARED, needs_samples
from tests.scene import Office

pytestmark = needs_samples

AN_AGE = 1_700_000_000  # long ago, in seconds
TYPES, PAGE, DATEV = "a type without vouchers", "no #FLAGGA", "no batch of bookings"

BOOKINGS: dict[str, int | str] = {
    **dict.fromkeys(("BL0001_typ1.SE", "BL0001_typ2.SE", "BL0001_typ3.SE"), TYPES),
    "BL0001_typ4.SE": 84,
    "BL0001_typ4I.SI": 1,
    **dict.fromkeys(("HAS1_1412.se", "HAS2_1412.se", "HAS3_1412.se"), PAGE),  # web pages
    **dict.fromkeys(("HAS4E_1412.Se", "HAS4i_1412.si"), PAGE),
    **dict.fromkeys(("MAMUT_SIE1_EXPORT.SE", "MAMUT_SIE2_EXPORT.SE"), TYPES),
    "MAMUT_SIE3_EXPORT.SE": TYPES,
    "MAMUT_SIE4_EXPORT.SE": 168,
    "all-accounts.gnucash": 0,
    "complex_sample.gnucash": 11,
    "example_file.gnucash": 0,
    "foo.gnucash": 0,
    "ghost_kvp_scheduled_transaction.gnucash": 3,
    "investment.gnucash": 3,
    "invoices.gnucash": 0,
    "simple_sample.272.gnucash": 5,
    "simple_sample.gnucash": 5,
    "currency_main1.gnucash": 3,
    "currency_main2.gnucash": 3,
    "currency_main3.gnucash": 3,
    "mmex_0970.mmb": 3,
    "basic.beancount": 61,
    "starter.beancount": 4,
    "vesting.beancount": 7,
    "EXTF_Buchungsstapel.csv": 2,
    **dict.fromkeys(("EXTF_Kontenbeschriftungen.csv", "EXTF_Stammdaten.csv"), DATEV),
}
ROWS: dict[str, int | str] = {
    "Northwind.bacpac": 3308,
    "fixtures": 1264,
    "foxprodb": 82,
    "data1": 2,
    "data2": 3,
    "data4": "rows do not end with a line",
    "delTestV1997.mdb": 2,
    "indexTestV1997.mdb": 11,
    "overflowTestV1997.mdb": 7,
    "queryTestV1997.mdb": 0,
    "test2V1997.mdb": 1,
    "testV1997.mdb": 2,
    "delTestV2003.mdb": 2,
    "indexTestV2003.mdb": 11,
    "overflowTestV2003.mdb": 7,
    "queryTestV2003.mdb": 0,
    "test2V2003.mdb": 1,
    "complexDataTestV2010.accdb": 4,
    "delTestV2010.accdb": 2,
    "indexTestV2010.accdb": 11,
    "overflowTestV2010.accdb": 7,
    "queryTestV2010.accdb": 0,
    "test2V2010.accdb": 1,
    "testV2010.accdb": 2,
}
FOLDERS = {"fixtures", "foxprodb", "data1", "data2", "data4"}  # whose files belong together
NO_BOOKS = {".dtd", ".xml"}  # of the descriptions of GDPdU, those without data


def places() -> Iterator[Path]:
    """Yield what is one administration: a file, or a folder of files that belong together."""
    listed = json.loads((SHARED / "manifest.json").read_text(encoding="utf-8"))
    seen: set[Path] = set()
    for file in (SHARED / each["dest"] for each in listed):
        place = file.parent if file.parent.name in FOLDERS else file
        if place not in seen and place.suffix not in NO_BOOKS:
            seen.add(place)
            yield place


def brought(place: Path, to: Path) -> Path:
    """Copy books to where they can lie; a folder within another one is books of its own."""
    to.mkdir(parents=True)
    files = [place] if place.is_file() else [each for each in place.iterdir() if each.is_file()]
    folder = to if place.is_file() else to / place.name
    folder.mkdir(exist_ok=True)
    for file in files:
        copy = Path(shutil.copyfile(file, folder / file.name))
        os.utime(copy, (AN_AGE, AN_AGE))
    return folder / place.name if place.is_file() else folder


def answer(office: Office, added: Administration) -> int | str:
    """Return what the history says: how many bookings, else rows, else why that is unknown."""
    job = office.back_up(added)
    assert job.state is JobState.DONE, job.error
    backup = office.engine.backup(job.backups[0])
    assert backup.proof is not None
    counts = backup.contents[0].counts
    if counts.transactions is not None:
        return counts.transactions
    if counts.tables or counts.rule == "access.rows":
        return sum(counts.tables.values())
    return next(str(n.params["reason"]) for n in job.notes if n.code == "counts.unknown")


def test_every_file_is_counted_rightly_or_unknown_with_a_reason(tmp_path: Path) -> None:
    office = Office(tmp_path)
    found: dict[str, int | str] = {}
    for number, place in enumerate(places()):
        books = brought(place, tmp_path / "practice" / str(number))
        gdpdu = "audit-files" if place.parent.name == "resources" else None
        found[place.name] = answer(office, office.engine.add(books, program=gdpdu))
    office.engine.close()
    assert found == BOOKINGS | ROWS
