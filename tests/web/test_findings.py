"""What backups found out about the books stands where their owner looks."""

from pathlib import Path

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
    assert "fewer transactions than before" in visitor.read("/today")
    assert visitor.post(f"{address}/drop").status_code == 303
    assert "There are fewer" not in visitor.read(address)
    assert "fewer transactions" not in visitor.read("/today")


def test_books_that_are_whole_again_end_the_alarm(office: Office, tmp_path: Path) -> None:
    mill = office.engine.add(gnucash_book(tmp_path / "m.gnucash", transactions=12), name="Molen")
    for transactions in (12, 9, 12):
        mill.place.unlink()
        gnucash_book(mill.place, transactions=transactions)
        office.proven(mill, even_unchanged=True)
        assert (office.engine.drop(mill.code) is not None) is (transactions == 9)


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
