"""Settings that are damaged, or do not fit together, are refused and left as they are."""

from dataclasses import replace
from pathlib import Path

import pytest

from bewaar.errors import AdministrationExists, DestinationExists, InvalidValue, SettingsDamaged
from bewaar.model import Administration, Code, Destination, DestinationId, DestinationKind, Policy
from bewaar.settings import Settings, SettingsFile
from tests.settings.conftest import BY_HAND, JANSEN, STICK, write

DAMAGE = {
    "no toml": b"language = ",
    "no text": b"\xff\xfe\x00",
    "only zeros": b"\0" * 400,
    "nothing": b"",
    "only spaces": b"\n  \n",
    "twice": b'language = "nl"\nlanguage = "de"\n',
    "wrong kind": b"language = 5\n",
    "truth for a number": b"[policy]\nkeep = true\n",
    "no list": b'administrations = "jansen"\n',
    "no table": b'administrations = ["jansen"]\n',
    "no number to keep": b"[policy]\nkeep = 0\n",
    "unknown placeholder": b'name_template = "{colour}"\n',
    "moment for a time": b"[policy]\nfrom_time = 2026-11-20T17:00:00Z\n",
    "one of two without a place": BY_HAND.replace('place = "/books/holding"\n', "").encode(),
    "one of two at no real place": BY_HAND.replace('"/books/holding"', '"books"').encode(),
    "one code for two": BY_HAND.replace('"holding"', '"JANSEN"').encode(),
    "one id for two": BY_HAND.replace('kind = "lunar"', 'kind = "folder"')
    .replace("c" * 32, "a" * 32)
    .encode(),
}


@pytest.mark.parametrize("content", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_refused_and_left_as_it_is(file: SettingsFile, content: bytes) -> None:
    write(file, content)
    with pytest.raises(SettingsDamaged) as refused:
        file.load()
    assert refused.value.params["file"] == str(file.path)
    assert refused.value.params["detail"]
    with pytest.raises(SettingsDamaged):
        file.change(lambda s: replace(s, language="de"))
    with pytest.raises(SettingsDamaged):
        file.current()
    assert file.path.read_bytes() == content
    assert {path.name for path in file.path.parent.iterdir()} <= {
        "settings.toml",
        "settings.toml.lock",
    }


def test_the_damage_is_named(file: SettingsFile) -> None:
    write(file, DAMAGE["one of two without a place"])
    with pytest.raises(SettingsDamaged, match=r"administrations 2\.place is missing"):
        file.load()


def test_a_folder_in_its_place_is_damage(file: SettingsFile) -> None:
    file.path.mkdir(parents=True)
    with pytest.raises(SettingsDamaged):
        file.load()


def test_damage_after_a_good_start_is_noticed(by_hand: SettingsFile) -> None:
    assert by_hand.current().language == "nl"
    write(by_hand, b"language = ")
    with pytest.raises(SettingsDamaged):
        by_hand.current()
    write(by_hand, BY_HAND.encode())
    assert by_hand.current().language == "nl"


# ── What does not fit together ──────────────────────────────────────────────────────────────

HOLDING = replace(JANSEN, code=Code("holding"), place=Path("/books/holding"))
REFUSED: dict[type[Exception], list[tuple[Administration, ...]]] = {
    AdministrationExists: [
        (JANSEN, replace(HOLDING, code=Code("Jansen"))),
        (JANSEN, replace(HOLDING, place=JANSEN.place)),
        (replace(JANSEN, code=Code("caf\u00e9")), replace(HOLDING, code=Code("CAF\u00c9"))),
    ],
    InvalidValue: [
        (replace(JANSEN, code=Code("a/b")),),
        (replace(JANSEN, name=" "),),
        (replace(JANSEN, place=Path("books")),),
        (replace(JANSEN, place=Path("/books/\udcff")),),
        (replace(JANSEN, policy=Policy(every_days=0)),),
    ],
}


@pytest.mark.parametrize(
    ("error", "administrations"),
    [(error, case) for error, cases in REFUSED.items() for case in cases],
)
def test_administrations_that_do_not_fit_are_refused(
    by_hand: SettingsFile, error: type[Exception], administrations: tuple[Administration, ...]
) -> None:
    with pytest.raises(error):
        by_hand.change(lambda s: replace(s, administrations=administrations))
    assert by_hand.path.read_text("utf-8") == BY_HAND


FOLDER = replace(STICK, kind=DestinationKind.FOLDER, folder=Path("/backup"))
OTHER = replace(STICK, id=DestinationId("b" * 32), name="Red stick")


@pytest.mark.parametrize(
    "destinations",
    [
        (STICK, replace(OTHER, id=STICK.id)),
        (STICK, replace(OTHER, name="BLUE STICK")),
        (FOLDER, replace(FOLDER, id=OTHER.id, name="Backup")),
    ],
)
def test_destinations_that_cannot_be_told_apart_are_refused(
    file: SettingsFile, destinations: tuple[Destination, ...]
) -> None:
    with pytest.raises(DestinationExists):
        file.change(lambda s: replace(s, destinations=destinations))


def test_two_sticks_may_have_been_seen_at_one_place(file: SettingsFile) -> None:
    assert file.change(lambda s: replace(s, destinations=(STICK, OTHER))).destinations


def test_a_place_used_once_needs_no_name_of_its_own(file: SettingsFile) -> None:
    once = replace(FOLDER, id=OTHER.id, occasional=True)
    assert file.change(lambda s: replace(s, destinations=(STICK, once))).destinations


def test_a_change_that_fails_in_the_middle_changes_nothing(by_hand: SettingsFile) -> None:
    def fail(settings: Settings) -> Settings:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        by_hand.change(fail)
    assert by_hand.path.read_text("utf-8") == BY_HAND
    assert by_hand.change(lambda s: replace(s, language="de")).language == "de"
