"""Names with accents, emoji, 250 characters, bytes that are no text, or only another case."""

import os
import sys
import unicodedata
from pathlib import Path

import pytest

from bewaar.model import JobState
from tests.scene import Office, make_folder_books, make_sqlite_books, rows_in, tree
from tests.unkind.promises import (
    every_backup_is_good,
    files_at,
    rest,
    verified,
)

LONG = "n" * 250
NAMES = [
    "Bücher für Jansen & Söhne",
    "emoji 🧾📒.dat",
    unicodedata.normalize("NFD", "decomposé.dat"),
    "Factuur.DAT",
    "factuur.dat",
    "FACTUUR.dat",
    LONG,
    "é" * 120,
    "con",
    "aux.txt",
    "trailing dot.",
    "trailing blank ",
    " leading",
    "-rf",
    "back\\slash",
    'quote"s and <angles>',
    "a:b",
    "tab\there",
    "new\nline",
    "\u202egpj.exe",
    "%s {name} %(name)s",
    ".hidden",
    "README.txt",
    "bewaar-manifest.json",
    "backup.zip",
    "half.part",
]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse some of these names")
@pytest.mark.parametrize("password", [None, "een wachtwoord"])
def test_files_of_every_name_come_back_as_they_were_called(
    office: Office, password: str | None
) -> None:
    books = office.folder_books
    for number, name in enumerate(NAMES):
        (books / name).write_bytes(b"content %d" % number)
    (books / ("d" * 250)).mkdir()
    (books / ("d" * 250) / LONG).write_bytes(b"deep")
    backup = office.proven(office.holding, password=password)
    assert verified(office, backup, password).state is JobState.DONE
    job = office.restore_new(backup, office.holding.code, "Terug", password=password)
    assert job.state is JobState.DONE, job.error
    assert tree(office.root / "restored" / "Terug") == tree(books)


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_a_name_that_is_no_text_is_kept_and_shown_without_harm(office: Office) -> None:
    bad = os.fsencode(office.folder_books) + b"/no \xff text.dat"
    Path(os.fsdecode(bad)).write_bytes(b"content")
    job = office.back_up(office.holding)
    assert job.state is JobState.DONE, job.error
    repr(office.engine.jobs()).encode()
    restored = office.restore_new(
        office.engine.backup(job.backups[0]), office.holding.code, "Terug"
    )
    assert restored.state is JobState.DONE, restored.error
    given = office.root / "restored" / "Terug"
    assert len(tree(given)) == len(tree(office.folder_books))
    assert b"content" in tree(given).values()


@pytest.mark.parametrize(
    "name",
    [
        "Bücher 🧾 & Söhne",
        "x" * 250,
        "é" * 250,
        "../../outside",
        "CON",
        "a/b\\c:d",
        "%(name)s {date}",
        "\u202egpj.exe",
        "...",
        "-",
    ],
)
def test_an_administration_of_any_name_is_backed_up_and_comes_back(
    office: Office, name: str
) -> None:
    place = make_sqlite_books(office.root / "books" / "other.sqlite", rows=7)
    added = office.engine.add(place, name=name)
    above = sorted(office.root.iterdir())
    backup = office.proven(added)
    assert (office.stick.folder / backup.file).is_file()
    assert len(os.fsencode(backup.file)) <= 240
    job = office.restore_new(backup, added.code, name)
    assert job.state is JobState.DONE, job.error
    (given,) = (office.root / "restored").iterdir()
    assert rows_in(given) == 7
    assert sorted({*office.root.iterdir()} - {office.root / "restored"}) == above
    office.reopen()
    assert every_backup_is_good(office, added.code) == [backup]


def test_administrations_whose_names_differ_in_case_or_accents_only_keep_apart(
    office: Office,
) -> None:
    places = [make_folder_books(office.root / "books" / f"b{n}", files=n + 1) for n in range(4)]
    rest(office.root / "books")
    names = ["Café", "CAFÉ", "cafe\u0301", "café"]
    added = [office.engine.add(place, name=name) for place, name in zip(places, names, strict=True)]
    assert len({a.code.casefold() for a in added}) == 4
    job = office.back_up(*added)
    assert len(job.backups) == 4
    together = office.back_up(*added, one_file=True, even_unchanged=True)
    assert together.state is JobState.DONE, together.error
    files = [name for name in files_at(office.stick) if name.endswith(".zip")]
    assert len({name.casefold() for name in files}) == 5
    both = office.engine.backup(together.backups[0])
    for number, each in enumerate(added):
        restored = office.restore_new(both, each.code, f"terug {number}")
        assert restored.state is JobState.DONE, restored.error
        assert tree(office.root / "restored" / f"terug {number}") == tree(places[number])


def test_a_template_without_a_time_makes_new_names_and_overwrites_nothing(office: Office) -> None:
    for _ in range(3):
        office.proven(office.bakery, name="always the same", even_unchanged=True)
    assert [n for n in files_at(office.stick) if n.endswith(".zip")] == [
        "always the same (2).zip",
        "always the same (3).zip",
        "always the same.zip",
    ]
    assert len(every_backup_is_good(office, office.bakery.code)) == 3
