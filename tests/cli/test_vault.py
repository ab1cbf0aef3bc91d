"""`bewaar add --vault` and `bewaar vault`: each new backup that a program makes."""

from typing import TYPE_CHECKING

from tests.vendorfiles import backups
from tests.vendorfiles.backups import aged

if TYPE_CHECKING:
    from tests.cli.conftest import Bewaar


def test_a_vault_is_added_looked_at_and_left(bewaar: "Bewaar") -> None:
    folder = bewaar.root / "Backups"
    folder.mkdir()
    added = bewaar.json("add", folder, "--code", "jansen", "--vault")["administration"]
    assert added["vault"] is True
    aged(backups.zipped(folder / "Jansen.ebu"))
    aged(backups.tape(folder / "half.bak", closed=False))
    value = bewaar.json("vault", "jansen")
    assert value["keeps_each"] is True
    assert value["vault"]["newest"] == "Jansen.ebu"
    assert value["vault"]["stored"] is False
    assert value["vault"]["waiting"] == [{"file": "half.bak", "reason": "end"}]
    bewaar.backed_up("jansen")
    assert bewaar.json("vault", "jansen")["vault"]["stored"] is True
    assert "Kept and proven" in bewaar("vault", "jansen").out
    assert bewaar.json("vault", "jansen", "--leave")["keeps_each"] is False
    assert "--keep" in bewaar("vault", "jansen", LANGUAGE="nl").out


def test_older_ones_are_stored_when_somebody_asks(bewaar: "Bewaar") -> None:
    folder = bewaar.root / "Backups"
    folder.mkdir()
    for day in (1, 2, 3):
        aged(backups.zipped(folder / f"2026-03-0{day}.ebu"), days=9 - day)
    bewaar.json("add", folder, "--code", "jansen", "--vault")
    bewaar.backed_up("jansen")
    left = bewaar.json("vault", "jansen")["vault"]["left"]
    assert left["count"] == 2
    assert left["size"] > 0
    assert "They are stored with the next backup" in bewaar("vault", "jansen", "--older").out
    assert bewaar.json("vault", "jansen", "--older")["stores_older"] == 0
    assert bewaar.json("vault", "jansen")["vault"]["fresh"] == 2
    bewaar.json("backup", "jansen", "--to", bewaar.stick)
    history = bewaar.json("history", "jansen")["backups"]
    told = [backup["administrations"][0]["made_by_program"] for backup in history]
    assert [[new["file"] for new in each] for each in told] == [
        ["2026-03-02.ebu"],
        ["2026-03-01.ebu"],
        ["2026-03-03.ebu"],
    ]
    assert "by the program: " in bewaar("history", "jansen").out
    assert bewaar.json("vault", "jansen")["vault"]["left"]["count"] == 0


def test_books_have_no_vault(bewaar: "Bewaar") -> None:
    bewaar.json("add", bewaar.bakery, "--code", "bak")
    assert bewaar.json("vault", "bak")["vault"] is None
    assert bewaar.refused("vault", "nobody") == "administration.unknown"
