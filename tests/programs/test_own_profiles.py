"""A user's own profile is one TOML file in a folder; a bad one is told and stops nothing."""

import os
from pathlib import Path

import pytest

from bewaar.engine import Engine
from bewaar.messages import Text
from bewaar.paths import home
from bewaar.programs import Shelf, ability_of, find, load, program_for, shelf, stocked
from bewaar.secrets import MemorySecrets
from tests.rights import as_anyone

KNOWN = load()
KASBOEK = """
name = "Kasboek 3000"
storages = ["fileset"]
limits = ["untried"]
checklist = ["open", "bank.apply: ASN"]

[[rules]]
unit = "file"
names = ["*.kas"]
text = "KASBOEK"

[layout]
markers = ["{name}.slot"]
excludes = ["*.tmp"]

[naming]
text = 'bedrijf=([^;]+);'

[version]
text = 'versie=([0-9.]+);'
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "programs").mkdir()
    return tmp_path / "programs"


def shelf_with(folder: Path, text: str | bytes, name: str = "kasboek.toml") -> Shelf:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return stocked(KNOWN, folder)


def test_one_file_in_the_folder_adds_a_program_without_any_code(tmp_path: Path) -> None:
    own = home().programs
    own.mkdir(parents=True)
    (own / "kasboek.toml").write_text(KASBOEK)
    book = tmp_path / "boeken" / "jansen.kas"
    book.parent.mkdir()
    book.write_text("KASBOEK;bedrijf=Bakkerij Jansen;versie=3.1;")
    engine = Engine(home(), secrets=MemorySecrets())
    try:
        (found,) = engine.find([book.parent])
        assert (found.program, found.name, found.sure) == ("kasboek", "Bakkerij Jansen", True)
        assert engine.add(book).program == "kasboek"
        guide = engine.program_guide()
        (mine,) = (each for each in guide.abilities if each.own)
        assert (mine.name, mine.tells_open, mine.names, mine.version) == (
            "Kasboek 3000",
            *(True, True, True),
        )
        assert guide.refused == ()
    finally:
        engine.close()


def test_a_file_that_came_later_is_read_without_a_restart() -> None:
    engine = Engine(home(), secrets=MemorySecrets())
    try:
        assert not [each for each in engine.program_guide().abilities if each.own]
        home().programs.mkdir(parents=True)
        (home().programs / "kasboek.toml").write_text(KASBOEK)
        assert [each.id for each in engine.program_guide().abilities if each.own] == ["kasboek"]
        assert "kasboek" in [each.id for each in engine.programs()]
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("name = ", "Invalid"),
        (b"\xff\xfe\x00", "utf-8"),
        ('storages = ["fileset"]', "missing: name"),
        ('name = "X"', "missing: storages"),
        ('name = 3\nstorages = ["fileset"]', "name: not a str"),
        ('name = " "\nstorages = ["fileset"]', "must say something"),
        ('name = "X"\nstorages = "fileset"', "storages: not a list"),
        ('name = "X"\nstorages = []', "must say something"),
        ('name = "X"\nstorages = ["tape"]', "tape"),
        (KASBOEK.replace("bank.apply: ASN", "bank.apply"), "a bank belongs to"),
        (KASBOEK.replace('"open"', '"open: now"'), "a bank belongs to"),
        (KASBOEK.replace('"open"', '"dance"'), "dance"),
        (KASBOEK.replace("untried", "superb"), "superb"),
        (KASBOEK.replace('names = ["*.kas"]', 'names = "*.kas"'), "names: not a list"),
        (KASBOEK.replace('names = ["*.kas"]', "names = [1]"), "names: not a list"),
        (KASBOEK.replace('names = ["*.kas"]', ""), "by its names"),
        (KASBOEK.replace("([^;]+)", "([^;]+"), "unterminated"),
        (KASBOEK.replace("([^;]+)", "[^;]+"), "one group"),
        (KASBOEK.replace("'bedrijf=([^;]+);'", '"(x)"\nsql = "DROP TABLE a"'), "not a question"),
        (KASBOEK.replace("'bedrijf=([^;]+);'", "'(x)'\nsql = 'VACUUM INTO \"/x\"'"), "not a quest"),
        (KASBOEK + "\n[[gates]]\nnames = ['*']\ncode = 'gate.x'", "gate.x"),
        ("general = true\n" + KASBOEK, "general"),
        ("own = false\n" + KASBOEK, "own"),
        ("rules = 5\n" + 'name = "X"\nstorages = ["fileset"]', "not iterable"),
        ("x = " + "[" * 5000, ""),
        (KASBOEK + "#" * (64 << 10), "more than"),
    ],
)
def test_a_mistake_is_told_and_the_other_programs_stay(
    text: str | bytes, about: str, folder: Path
) -> None:
    (folder / "goed.toml").write_text(KASBOEK)
    shelf = shelf_with(folder, text)
    (note,) = shelf.refused
    assert (note.code[:8], note.params["file"]) == ("profile.", "kasboek.toml")
    assert about in str(note.params["detail"])
    assert {*(p.id for p in KNOWN), "goed"} == {p.id for p in shelf.profiles}


@pytest.mark.parametrize(
    ("text", "code", "line", "word"),
    [
        (KASBOEK.replace('"KASBOEK"', '"KASBOEK'), "profile.syntax", 10, ""),
        (KASBOEK.replace("excludes", "exclude"), "profile.unknown", 14, "exclude"),
        (KASBOEK.replace('"untried"', '"superb"'), "profile.unknown", 4, "superb"),
        (KASBOEK.replace('names = ["*.kas"]', 'names = "*.kas"'), "profile.list", 9, "names"),
        (KASBOEK.replace('"Kasboek 3000"', "3000"), "profile.kind", 2, "name"),
        (KASBOEK.replace("bedrijf=([^;]+);", "bedrijf="), "profile.expression", 17, "bedrijf="),
        (KASBOEK.replace("bank.apply: ASN", "open: ASN"), "profile.bank", 5, "open: ASN"),
        (KASBOEK.replace('names = ["*.kas"]', ""), "profile.rule", 7, "rules"),
        ("general = true" + KASBOEK, "profile.never", 1, "general"),
        (KASBOEK.replace("name =", "nam ="), "profile.missing", None, "name"),
    ],
)
def test_a_mistake_is_told_with_its_line_in_every_language(
    text: str, code: str, line: int | None, word: str, folder: Path
) -> None:
    (note,) = shelf_with(folder, text).refused
    assert (note.code, note.params["line"], note.params["word"]) == (code, line, word)
    for language in ("en", "nl", "de", "sv"):
        said = Text(language).note(note)
        assert "kasboek.toml" in said
        assert "%(" not in said
        assert str(line or "") in said


@pytest.mark.parametrize("name", ["gnucash.toml", "folder.toml"])
def test_a_program_that_is_known_is_not_replaced(name: str, folder: Path) -> None:
    shelf = shelf_with(folder, KASBOEK, name)
    assert shelf.profiles == KNOWN
    assert "already" in str(shelf.refused[0].params["detail"])


@pytest.mark.parametrize("name", ["Kas Boek.toml", "käs.toml", "1.toml", f"{80 * 'a'}.toml"])
def test_a_name_that_is_no_id_is_told(name: str, folder: Path) -> None:
    shelf = shelf_with(folder, KASBOEK, name)
    assert shelf.profiles == KNOWN
    assert not [each for each in shelf.refused if "small letters" not in str(each.params["detail"])]


def test_what_cannot_be_read_is_told(folder: Path) -> None:
    (folder / "map.toml").mkdir()
    (folder / "weg.toml").symlink_to(folder / "nergens")
    (folder / "dicht.toml").write_text(KASBOEK)
    (folder / "dicht.toml").chmod(0)
    with as_anyone():
        refused = [each.params["file"] for each in stocked(KNOWN, folder).refused]
    assert refused == ["dicht.toml", "map.toml", "weg.toml"]


def test_no_folder_is_no_own_programs(tmp_path: Path) -> None:
    assert stocked(KNOWN, tmp_path / "nergens") == Shelf(profiles=KNOWN)


def test_a_pipe_in_the_folder_keeps_nobody_waiting(folder: Path) -> None:
    os.mkfifo(folder / "pijp.toml")
    assert [each.params["file"] for each in stocked(KNOWN, folder).refused] == ["pijp.toml"]


def test_a_program_without_rules_never_takes_what_nobody_knows(
    folder: Path, tmp_path: Path
) -> None:
    shelf = shelf_with(folder, 'name = "A"\nstorages = ["fileset"]', "aaa.toml")
    (tmp_path / "tekst.txt").write_text("x")
    assert "aaa" in [each.id for each in shelf.profiles]
    assert program_for(tmp_path / "tekst.txt", shelf.profiles).id == "folder"
    assert find([tmp_path], shelf.profiles) == []


SERVICED = KASBOEK.replace(
    "[layout]", '[layout]\nservices = ["kasboek-dienst"]\nprocesses = ["kasboek3000"]'
)


def test_a_service_that_has_the_books_open_is_named_in_the_file(folder: Path) -> None:
    (profile,) = (p for p in shelf_with(folder, SERVICED).profiles if p.id == "kasboek")
    assert profile.layout.services == ("kasboek-dienst",)
    assert profile.layout.processes == ("kasboek3000",)


def test_a_service_that_is_no_list_is_told(folder: Path) -> None:
    text = SERVICED.replace('["kasboek-dienst"]', '"kasboek-dienst"')
    (told,) = shelf_with(folder, text).refused
    assert "services" in str(told.params["detail"])


# ── What is documented ──────────────────────────────────────────────────────────────────────

MADE_UP = """
name = "Kassa Plus"
storages = ["fileset"]
[[rules]]
unit = "folder"
holds = ["kassa.ini", "*.kdb"]
[layout]
documents = ["archief/**"]
years = ['([0-9]{4})']
[naming]
text = 'firma=(.+)'
"""


def test_the_example_of_the_readme_is_a_profile() -> None:
    readme = Path(shelf.__file__).with_name("README.md").read_text("utf-8")
    example = readme.partition("```toml\n")[2].partition("```")[0]
    assert shelf.parse("gnucash", example).name == "GnuCash"


def test_no_more_is_promised_than_a_made_up_profile_can_do() -> None:
    ability = ability_of(shelf.parse("kassa-plus", MADE_UP, own=True))
    assert (ability.documents, ability.bookings, ability.rows) == (True, False, False)
    assert ability.parts == ("years", "documents")
    assert not ability.names  # a folder has no text of its own
    assert ability_of(shelf.parse("b", MADE_UP.replace("text", "files"), own=True)).names
