"""What backups found out about the books stands where their owner looks."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.holding import held_open
from tests.samples import gnucash_book
from tests.scene import Office, book
from tests.web.conftest import Visitor


def sie(file: Path, vouchers: int, *, off: str = "0") -> Path:
    """Write an SIE file; its last voucher is off."""
    rows = [
        f'#VER A {n} 202603{n:02} "Köp"\n{{\n#TRANS 1910 {{}} 100.00\n#TRANS 3010 {{}} -100.00\n'
        + (f"#TRANS 2640 {{}} {off}\n" if n == vouchers else "")
        + "}\n"
        for n in range(1, vouchers + 1)
    ]
    text = "#FLAGGA 0\n#FORMAT PC8\n#SIETYP 4\n" + "".join(rows)
    file.write_bytes(text.encode("cp437"))
    return file


def test_a_voucher_that_is_off_is_named_on_the_result_and_on_the_page_of_the_books(
    office: Office, visitor: Visitor, tmp_path: Path
) -> None:
    kept = office.engine.add(sie(tmp_path / "bok.se", 7, off="12.50"), name="Ö & Söner")
    job = office.back_up(kept)
    said = "“A 7” of 7 March 2026 is off by 12.50."
    assert said in visitor.read(f"/jobs/{job.id}")
    assert said in visitor.read(f"/administrations/{kept.code}")
    sie(kept.place, 8)
    office.proven(kept)
    assert "is off by" not in visitor.read(f"/administrations/{kept.code}")


def test_of_several_backups_in_one_job_each_tells_its_own(
    office: Office, visitor: Visitor, tmp_path: Path
) -> None:
    kept = office.engine.add(sie(tmp_path / "bok.se", 3, off="1"), name="Söner")
    book(office.sqlite_books)
    office.back_up(office.bakery, kept, office.holding)
    assert "is off by" in visitor.read(f"/administrations/{kept.code}")
    for other in (office.bakery, office.holding):
        assert "is off by" not in visitor.read(f"/administrations/{other.code}")


def test_fewer_transactions_alarm_until_somebody_knows(
    office: Office, visitor: Visitor, tmp_path: Path
) -> None:
    mill = office.engine.add(gnucash_book(tmp_path / "m.gnucash", transactions=12), name="Molen")
    first, address = office.proven(mill), f"/administrations/{mill.code}"
    assert "fewer transactions" not in visitor.read(address)
    mill.place.unlink()
    gnucash_book(mill.place, transactions=9)
    office.proven(mill)
    page = visitor.read(address)
    assert "There are fewer transactions than before: 9 instead of 12." in page
    assert f"/backups/{first.id}/lock" in page
    assert 'class="fell"' in page
    today = visitor.read("/today")
    assert "Molen holds fewer transactions than before: 9 instead of 12." in today
    assert "Look at it" in today
    assert visitor.post(f"{address}/drop").status_code == 303
    assert "There are fewer" not in visitor.read(address)
    assert "fewer transactions" not in visitor.read("/today")


def test_books_that_are_whole_again_end_the_alarm(office: Office, tmp_path: Path) -> None:
    mill = office.engine.add(gnucash_book(tmp_path / "m.gnucash", transactions=12), name="Molen")
    for transactions in (12, 9, 10, 9, 12):
        mill.place.unlink()
        gnucash_book(mill.place, transactions=transactions)
        office.proven(mill, even_unchanged=True)
        drop = office.engine.drop(mill.code)
        assert (drop and drop.transactions_before) == (None if transactions == 12 else 12)


def test_what_somebody_said_is_right_is_told_again_only_when_still_more_is_gone(
    office: Office, tmp_path: Path
) -> None:
    mill = office.engine.add(gnucash_book(tmp_path / "m.gnucash", transactions=12), name="Molen")
    told = []
    for transactions in (12, 9, 9, 8):
        mill.place.unlink()
        gnucash_book(mill.place, transactions=transactions)
        office.proven(mill, even_unchanged=True)
        drop = office.engine.drop(mill.code)
        told.append(drop and (drop.transactions_before, drop.transactions_now))
        office.engine.read_drop(mill.code)
    assert told == [None, (12, 9), None, (9, 8)]


def test_a_copy_of_the_newest_is_no_older_backup(office: Office, tmp_path: Path) -> None:
    from bewaar.requests import BackupFile

    mill = office.engine.add(gnucash_book(tmp_path / "m.gnucash", transactions=12), name="Molen")
    office.proven(mill)
    mill.place.unlink()
    gnucash_book(mill.place, transactions=9)
    newest = office.proven(mill)
    vault = office.engine.add_destination(tmp_path / "vault", make_folder=True)
    office.finish(office.engine.start_copy(BackupFile(backup=newest.id), vault.id))
    drop = office.engine.drop(mill.code)
    assert drop
    assert (drop.transactions_before, drop.transactions_now) == (12, 9)


def test_a_backup_of_an_open_gnucash_book_says_that_half_a_booking_may_be_in_it(
    office: Office, visitor: Visitor, tmp_path: Path
) -> None:
    mill = office.engine.add(gnucash_book(tmp_path / "m.gnucash", transactions=12), name="Molen")
    with closing(sqlite3.connect(mill.place)) as book_, held_open(mill.place):
        book_.execute("ALTER TABLE splits ADD COLUMN value_denom bigint DEFAULT 100")
        book_.execute("UPDATE splits SET value_num = value_num + 100 WHERE rowid = 3")
        book_.commit()
        job = office.back_up(mill)
        backup = office.engine.backup(job.backups[0])
    half = "this backup may hold half of one. Close the program and make another backup."
    page = visitor.read(f"/administrations/{mill.code}")
    assert "taken while open" in page
    assert half in page
    assert "it may be a booking of which only half was written yet" in page
    for address in (f"/backups/{backup.id}", f"/jobs/{job.id}"):
        assert half in visitor.read(address)
    office.proven(mill, even_unchanged=True)
    page = visitor.read(f"/administrations/{mill.code}")
    assert page.count("taken while open") == 1  # of the older one
    assert "only half was written" not in page
    assert "They were so in the books already" in page


def test_other_open_databases_and_files_say_what_it_means_for_them(
    office: Office, visitor: Visitor
) -> None:
    with held_open(office.sqlite_books, office.folder_books / "index.txt"):
        office.back_up(office.bakery, office.holding)
    bakery = visitor.read(f"/administrations/{office.bakery.code}")
    assert "Its database was copied as it was at one instant, and that copy is sound." in bakery
    assert "half" not in bakery
    holding = visitor.read(f"/administrations/{office.holding.code}")
    assert "What was not saved there yet is not in this backup." in holding


def test_that_a_backup_was_taken_while_open_is_known_after_the_catalogue_was_lost(
    office: Office,
) -> None:
    with held_open(office.sqlite_books):
        office.back_up(office.bakery)
    office.engine.close()
    office.home.catalogue_file.unlink()
    office.open()
    office.finish(office.engine.start_rebuild(office.stick.id))
    (backup,) = office.engine.history(office.bakery.code)
    note = office.engine.taken_open(backup, office.bakery.code)
    assert note
    assert note.code == "backup.open/sound"
