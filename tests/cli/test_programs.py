"""`bewaar programs` and `bewaar checklist`."""

from typing import TYPE_CHECKING

from bewaar.model import Code
from bewaar.paths import home
from tests.vendorfiles import backups

if TYPE_CHECKING:
    from tests.cli.conftest import Bewaar


def test_programs_says_what_is_done_for_each(bewaar: "Bewaar") -> None:
    own = home().programs
    own.mkdir(parents=True)
    (own / "stuk.toml").write_text("nmae = 1")
    value = bewaar.json("programs")
    known = {each["id"]: each for each in value["programs"]}
    assert known["gnucash"]["while_open"] is True
    assert "server.hand" in known["odoo"]["limits"]
    assert {each["keeps"] for each in known.values()} == {"books", "backups"}
    assert [each["file"] for each in value["refused"]] == ["stuk.toml"]
    spoken = bewaar("programs", LANGUAGE="nl")
    assert spoken.code == 0
    assert "GnuCash" in spoken.out
    assert "stuk.toml" in spoken.out


def test_a_restore_tells_what_is_left_and_the_checklist_ticks_it_off(bewaar: "Bewaar") -> None:
    place = bewaar.root / "books" / "SnelStart"
    place.mkdir()
    backups.kept_by_maker(place / "Jansen.ssb", b"old backup")
    with bewaar.engine() as engine:
        engine.add(place, name="Jansen Handel", code=Code("handel"))
    file = bewaar.backed_up("handel")
    told = bewaar("restore", file, "--original", "--yes")
    assert "○ 1." in told.out
    assert "ABN AMRO" in told.out
    assert "version 12 cannot restore it" in told.err
    assert "SnelStart Bankieren" in told.err
    ticked = bewaar.json("checklist", "handel", "--done", "2", "--done", "3")["checklist"]
    assert [each["nr"] for each in ticked["checks"] if each["done_at"]] == [2, 3]
    assert bewaar("checklist", "handel", "--done", "77").code == 2
    assert bewaar("checklist", "handel", "--done", "0").code == 2
    bewaar.json("checklist", "handel", "--put-away")
    assert bewaar.json("checklist", "handel") == {"checklist": None}
    assert bewaar.refused("checklist", "nobody") == "administration.unknown"
