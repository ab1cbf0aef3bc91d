"""Fiscal years are told by an expression that may be wrong: nothing is lost by it."""

from pathlib import Path

import pytest

from bewaar.model import Administration, JobState
from bewaar.requests import BackupFile, RestoreMode, RestoreRequest
from tests.scene import Office, tree

# Folders and files as nobody foresaw them: years that are none, and years nobody recognises.
SHAPES: dict[str, tuple[str, ...]] = {
    "no year is called by its year": ("A/ver.dat", "B/ver.dat", "register.dat"),
    "a customer is called 2024": ("kunder/2024/adress.dat", "kunder/2031/a.dat", "reg.dat"),
    "a file is called by a year": ("2023", "2024.dat", "Bokslut 2022.pdf", "reg.dat"),
    "all of it is years": ("2022/ver.dat", "2023/ver.dat", "2024/sub/2023/ver.dat"),
    "years run into each other": ("2023-2024/v.dat", "2023_24/v.dat", "bokslut2023/v.dat"),
    "two companies have the same years": ("Ett/2024/v.dat", "Två/2024/v.dat", "Ett/reg.dat"),
    "only case tells them apart": ("BOKSLUT 2024/v.dat", "Bokslut 2023/v.dat", "Reg.dat"),
}


def company(office: Office, shape: str) -> Administration:
    place = office.root / "koncern" / "Åkeri AB"
    for path in SHAPES[shape]:
        file = place / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"innehåll i {path}")
    return office.engine.add(place, name="Åkeri AB", program="visma-koncern")


@pytest.mark.parametrize("shape", SHAPES)
def test_whatever_the_folders_are_called_all_of_it_is_in_the_backup_and_comes_back(
    shape: str, office: Office
) -> None:
    books = company(office, shape)
    before = tree(books.place)
    backup = office.proven(books)
    (content,) = backup.contents
    in_parts = sum(part.files for part in content.parts) if content.parts else content.files
    assert in_parts == content.files == files_in(books.place)
    job = office.restore_new(backup, books.code, "Åkeri igen")
    assert job.state is JobState.DONE, job.error
    assert tree(office.root / "restored" / "Åkeri igen") == before


@pytest.mark.parametrize("shape", ["a file is called by a year", "years run into each other"])
def test_restoring_what_is_taken_for_a_year_leaves_all_else_as_it_is(
    shape: str, office: Office
) -> None:
    books = company(office, shape)
    before = tree(books.place)
    backup = office.proven(books)
    for path in SHAPES[shape]:
        (books.place / path).write_text("ändrad sedan dess")
    after = tree(books.place)
    year = backup.contents[0].parts[-1]
    asked = RestoreRequest(
        file=BackupFile(backup=backup.id),
        code=books.code,
        mode=RestoreMode.ORIGINAL,
        typed_name=books.name,
        parts=(year.name,),
    )
    job = office.finish(office.engine.start_restore(asked))
    assert job.state is JobState.DONE, job.error
    now = tree(books.place)
    came = {path for path, data in now.items() if data != after[path]}
    assert now.keys() == before.keys()
    assert len(came) == year.files > 0
    assert {path: now[path] for path in came} == {path: before[path] for path in came}


def files_in(place: Path) -> int:
    return sum(1 for path in place.rglob("*") if path.is_file())
