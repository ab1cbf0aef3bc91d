"""The profiles that come with Bewaar are whole, and mistakes in one are found at once."""

import re
import sqlite3
from pathlib import Path

import pytest

from bewaar.errors import Fault
from bewaar.programs import Profile, load
from bewaar.programs.discover import expanded, usual_folders
from bewaar.programs.profile import Unit
from bewaar.programs.shelf import SYSTEMS, parse
from bewaar.storage.kinds import by_kind

PROFILES = load()
ids = [profile.id for profile in PROFILES]


def test_every_program_we_promise_is_there() -> None:
    assert ids == [
        "access",
        "accountview",
        "audit-files",
        "backup-files",
        "beancount",
        "database",
        "dbf",
        "dolibarr",
        "erp-zip-ztx",
        "exact-globe",
        "folder",
        "frappe-books",
        "frontaccounting",
        "gnucash",
        "grisbi",
        "homebank",
        "kivitendo",
        "kmymoney",
        "ledger",
        "ledgersmb",
        "manager-io",
        "money-manager-ex",
        "odoo",
        "snelstart",
        "sqlite",
        "tryton",
        "visma-koncern",
    ]


@pytest.mark.parametrize("profile", PROFILES, ids=ids)
def test_a_profile_is_whole(profile: Profile) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]*", profile.id)
    assert profile.name.strip() == profile.name != ""
    assert profile.storages
    assert all(by_kind(kind).kind == kind for kind in profile.storages)
    assert profile.folders.keys() <= SYSTEMS
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+|[a-z]+", caveat) for caveat in profile.caveats)
    for pattern in (profile.naming.text, profile.naming.files):
        assert not pattern or re.compile(pattern).groups == 1


@pytest.mark.parametrize("profile", PROFILES, ids=ids)
def test_a_rule_says_enough_to_recognise_something(profile: Profile) -> None:
    for rule in profile.rules:
        if rule.unit is Unit.FOLDER:
            assert rule.holds
        elif rule.unit is Unit.DATABASE:
            assert len(rule.tables) > 2
        else:
            assert rule.names
        assert rule.evidence


@pytest.mark.parametrize("profile", PROFILES, ids=ids)
def test_questions_to_a_database_only_read(profile: Profile) -> None:
    for question in (profile.naming.sql, profile.layout.lock_rows):
        assert not question or question.split()[0].upper() == "SELECT"
        assert sqlite3.complete_statement(question + ";")


def test_the_german_erp_is_never_called_by_its_maker() -> None:
    assert next(p.name for p in PROFILES if p.id == "erp-zip-ztx") == "ERP (.zip + .ztx)"


GOOD = 'name = "X"\nstorages = ["fileset"]\n'


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("name = ", "Invalid"),
        ('storages = ["fileset"]', "name"),
        ('name = "X"', "storages"),
        ('name = "X"\nstorages = ["papyrus"]', "papyrus"),
        (GOOD + "nmae = 1", "nmae"),
        (GOOD + '[folders]\namiga = ["x"]', "amiga"),
        (GOOD + '[[rules]]\nunit = "file"\nglob = ["*"]', "glob"),
        (GOOD + '[[rules]]\nunit = "heap"', "heap"),
        (GOOD + '[layout]\npairs = [["a"]]', "unpack"),
        (GOOD + '[naming]\nregex = "x"', "regex"),
        (GOOD + '[count]\nrules = ["crystal.ball"]', "crystal.ball"),
        (GOOD + '[count]\nrule = "dbf.rows"', "rule"),
    ],
)
def test_a_mistake_in_a_profile_is_named(text: str, about: str) -> None:
    with pytest.raises(Fault) as fault:
        parse("mine", text)
    assert fault.value.params["kind"] == "profile"
    assert "mine" in str(fault.value.params["detail"])
    assert about in str(fault.value.params["detail"])


def test_a_new_program_is_one_toml_file() -> None:
    profile = parse("mine", GOOD + '[layout]\nmarkers = ["{name}.lock"]\npairs = [[".a", ".b"]]')
    assert profile.id == "mine"
    assert profile.layout.markers == ("{name}.lock",)
    assert profile.layout.pairs == ((".a", ".b"),)


# ── Folders ─────────────────────────────────────────────────────────────────────────────────


def test_folders_are_filled_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path / "Roaming"))
    monkeypatch.delenv("NO_SUCH", raising=False)
    assert expanded("~/Boeken") == tmp_path / "Boeken"
    assert expanded("%APPDATA%/X/%APPDATA%") == Path(f"{tmp_path}/Roaming/X/{tmp_path}/Roaming")
    assert expanded("%NO_SUCH%/X") is None
    assert expanded("{documents}") == tmp_path / "Documents"


def test_usual_folders_that_are_not_there_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert usual_folders(PROFILES) == [tmp_path]
    (tmp_path / "Documents").mkdir()
    assert usual_folders(PROFILES) == [tmp_path / "Documents", tmp_path]
