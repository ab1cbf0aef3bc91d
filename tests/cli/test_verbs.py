"""Every verb does what it says, with stable keys for scripts and the right exit code."""

import re
import shutil
from datetime import UTC, datetime, timedelta

from bewaar.model import Code
from bewaar.paths import home
from tests.cli.conftest import Bewaar
from tests.clocks import SetClock
from tests.scene import book, rows_in, tree

UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ADMINISTRATION = {"code", "name", "place", "program", "marked", "documents", "vault"}
BACKUP = {
    *("id", "destination", "file", "made_at", "size", "encrypted", "locked", "proven_at"),
    "administrations",
}
CONTENT = {
    *("code", "name", "place", "program", "program_version"),
    *("files", "size", "transactions", "documents", "parts", "open", "made_by_program"),
}
JOB = {"id", "kind", "state", "started_at", "ended_at", "notes", "result"}
DESTINATION = {"id", "name", "kind", "folder", "occasional"}


# ── Setting up ──────────────────────────────────────────────────────────────────────────────


def test_find_names_books_and_says_which_are_kept(bewaar: Bewaar) -> None:
    book = bewaar.root / "books" / "Bakkerij Jansen.gnucash"
    book.write_text("<gnc-v2></gnc-v2>", encoding="utf-8")
    (found,) = bewaar.json("find", bewaar.root / "books")["found"]
    assert found == {
        "name": "Bakkerij Jansen",
        "place": str(book),
        "program": "gnucash",
        "code": None,
    }
    bewaar.json("add", book, "--code", "bak")
    (again,) = bewaar.json("find", bewaar.root / "books")["found"]
    assert again == {**found, "code": "bak"}


def test_find_accepts_a_folder_beside_the_working_one(bewaar: Bewaar) -> None:
    assert bewaar.json("find", "/nowhere/at/all") == {"found": []}


def test_add_keeps_books_under_the_name_and_code_given(bewaar: Bewaar) -> None:
    value = bewaar.json("add", bewaar.holding, "--name", "Jansen Holding", "--code", "JH")
    assert set(value) == {"administration"}
    assert set(value["administration"]) == ADMINISTRATION
    assert bewaar.json("list") == {"administrations": [value["administration"]]}
    assert bewaar.refused("add", bewaar.holding) == "administration.exists"


def test_add_tells_what_it_did_in_words(bewaar: Bewaar) -> None:
    answer = bewaar("add", bewaar.holding, "--name", "Jansen Holding")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "Jansen Holding is looked after from now on. Its code is jansen-holding.\n"


# ── Status ──────────────────────────────────────────────────────────────────────────────────


def test_status_of_nothing_is_no_alarm(bewaar: Bewaar) -> None:
    assert bewaar("list").code == 0
    value = bewaar.json("status")
    assert set(value) == {"at", "sentence", "detail", "overdue", "fewer", "administrations"}
    assert value["sentence"] == "Nothing is being kept safe yet."


def test_status_says_what_changed_since_the_proof(office: Bewaar) -> None:
    office.json("backup", "--all", "--to", office.stick)
    calm = office.json("status")
    assert calm["sentence"] == "Both administrations are safely stored."
    book(office.bakery)
    worried = office.json("status")
    assert worried["sentence"] == "Bakkerij Jansen changed since it was last safely stored."
    states = {each["code"]: each for each in worried["administrations"]}
    assert states["holding"]["standing"] == "proven"
    assert states["bakkerij"]["standing"] == "changed"
    assert UTC_TIME.fullmatch(states["bakkerij"]["changed_since"])
    assert set(states["holding"]) == ADMINISTRATION | {
        *("standing", "changed_since", "overdue_since", "last_backup", "failure"),
    }


def test_status_leaves_with_3_when_something_is_overdue(bewaar: Bewaar) -> None:
    long_ago = SetClock(datetime.now(UTC) - timedelta(days=10))
    with bewaar.engine(long_ago) as engine:
        engine.add(bewaar.holding, name="Jansen Holding")
        engine.add_destination(bewaar.stick, name="Blue stick")
    answer = bewaar("status")
    assert answer.code == 3
    assert "overdue" in answer.out
    assert "▲" in answer.out
    value = bewaar.json("status", code=3)
    assert value["overdue"] == 1
    bewaar.json("backup", "--changed", "--to", "Blue stick")
    assert bewaar("status").code == 0


# ── Backup ──────────────────────────────────────────────────────────────────────────────────


def test_backup_makes_one_proven_file_for_each(office: Bewaar) -> None:
    value = office.json("backup", "--all", "--to", office.stick)
    assert set(value) == {"backups", "destination", "job"}
    assert [set(each) for each in value["backups"]] == [BACKUP, BACKUP]
    assert [set(each["administrations"][0]) for each in value["backups"]] == [CONTENT, CONTENT]
    assert set(value["destination"]) == DESTINATION
    assert set(value["job"]) == JOB
    assert all(UTC_TIME.fullmatch(each["proven_at"]) for each in value["backups"])
    assert sorted(each["file"] for each in value["backups"]) == office.zips()


def test_backup_skips_what_has_not_changed_unless_forced(office: Bewaar) -> None:
    office.json("backup", "--changed", "--to", office.stick)
    again = office.json("backup", "--changed", "--to", office.stick)
    assert again["backups"] == []
    assert [note["code"] for note in again["job"]["notes"]] == ["backup.unchanged"] * 2
    book(office.bakery)
    changed = office.json("backup", "--changed", "--to", office.stick)
    assert [each["administrations"][0]["code"] for each in changed["backups"]] == ["bakkerij"]
    forced = office.json("backup", "holding", "--force", "--to", office.stick)
    assert len(forced["backups"]) == 1
    assert len(office.zips()) == 4


def test_backup_of_all_in_one_file(office: Bewaar) -> None:
    value = office.json("backup", "--all", "--one-file", "--to", office.stick)
    inside = office.json("show", office.stick / value["backups"][0]["file"])
    assert {each["code"] for each in inside["administrations"]} == {"holding", "bakkerij"}
    assert len(office.zips()) == 1


def test_backup_that_is_packed_smaller(office: Bewaar) -> None:
    rows = (f"{n};boeking {n % 700};{n * 7919 % 100_000}\n" for n in range(20_000))
    (office.holding / "dagboek.csv").write_text("".join(rows), encoding="utf-8")
    quick, small = (
        office.json("backup", "holding", "--force", "--to", office.stick, *words)
        for words in ((), ("--small",))
    )
    assert small["backups"][0]["size"] < quick["backups"][0]["size"]


def test_backup_of_the_marked_ones(office: Bewaar) -> None:
    assert office.refused("backup", "--marked", "--to", office.stick) == "backup.nothing"
    with office.engine() as engine:
        engine.change_administration(Code("holding"), marked=True)
    value = office.json("backup", "--marked", "--to", office.stick)
    assert [each["administrations"][0]["code"] for each in value["backups"]] == ["holding"]


def test_backup_goes_to_the_default_destination_when_none_is_named(office: Bewaar) -> None:
    assert office("backup", "holding").code == 2
    with office.engine() as engine:
        engine.add_destination(office.stick, name="Blue stick")
    assert office.json("backup", "holding")["destination"]["name"] == "Blue stick"
    assert len(office.zips()) == 1


def test_backup_makes_a_folder_only_when_told_to(office: Bewaar) -> None:
    wanted = office.root / "nieuw" / "Bewaar"
    assert office.refused("backup", "holding", "--to", wanted) == "destination.missing"
    assert not wanted.parent.exists()
    hint = office("backup", "holding", "--to", wanted).err
    assert "--make-folder" in hint
    office.json("backup", "holding", "--to", wanted, "--make-folder")
    assert any(wanted.glob("*.zip"))


def test_backup_tells_a_person_what_is_stored(office: Bewaar) -> None:
    answer = office("backup", "--all", "--to", office.stick)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("Safely stored and proven: 2 administrations, ")


# ── Looking at backups ──────────────────────────────────────────────────────────────────────


def test_history_counts_from_the_newest(office: Bewaar) -> None:
    first, second = office.backed_up(), office.backed_up()
    value = office.json("history", "holding")
    assert set(value) == {"backups"}
    assert [(each["nr"], each["file"]) for each in value["backups"]] == [
        (1, second.name),
        (2, first.name),
    ]
    assert set(value["backups"][0]) == BACKUP | {"nr", "destination_name"}
    lines = office("history", "holding").out.splitlines()
    assert lines[0].split()[0] == "Nr"
    assert second.name in lines[1]
    assert "There are no backups yet." in office("history", "bakkerij").out


def test_show_and_verify_need_no_catalogue(office: Bewaar) -> None:
    file = shutil.copy(office.backed_up(), office.root / "alleen.zip")
    shutil.rmtree(home().config)
    value = office.json("show", file)
    assert set(value) == {"file", "made_at", "encrypted", "administrations"}
    assert set(value["administrations"][0]) == CONTENT
    assert value["administrations"][0]["name"] == "Jansen Holding"
    checked = office.json("verify", file)
    assert set(checked) == {"files"}
    assert set(checked["files"][0]) == {
        *("file", "good", "error", "files", "size", "databases", "blake3"),
    }
    assert checked["files"][0]["good"] is True
    assert office("verify", file).out == f"{file} is good.\n"


def test_rebuild_lists_a_destination_again(office: Bewaar) -> None:
    names = sorted(office.backed_up(code).name for code in ("holding", "bakkerij"))
    home().catalogue_file.unlink()
    assert office.json("history", "holding") == {"backups": []}
    value = office.json("rebuild", office.stick)
    assert set(value) == {"backups", "destination", "job"}
    assert sorted(each["file"] for each in value["backups"]) == names
    assert len(office.json("history", "holding")["backups"]) == 1
    assert office("rebuild", office.stick).out.startswith("The list was made again: 2 backups.")


# ── Restore ─────────────────────────────────────────────────────────────────────────────────


def test_restore_as_a_new_administration_overwrites_nothing(office: Bewaar) -> None:
    file, before = office.backed_up(), tree(office.holding)
    into = office.root / "terug"
    into.mkdir()
    value = office.json("restore", file, "--new", "Proef", "--into", into)
    assert set(value) == {"place", "mode", "checklist", "job"}
    assert tree(into / "Proef") == before == tree(office.holding)
    assert "Proef" in [each["name"] for each in office.json("list")["administrations"]]
    assert office.refused("restore", file, "--new", "Proef", "--into", into) == "restore.exists"


def test_restore_into_the_original_asks_for_yes_and_can_be_undone(office: Bewaar) -> None:
    file = office.backed_up("bakkerij")
    book(office.bakery, rows=37)
    assert office.refused("restore", file, "--original") == "restore.typed"
    assert rows_in(office.bakery) == 157
    office.json("restore", file, "--original", "--yes")
    assert rows_in(office.bakery) == 120
    value = office.json("undo", "bakkerij")
    assert set(value) == {"job"}
    assert rows_in(office.bakery) == 157
    assert office.refused("undo", "bakkerij") == "undo.nothing"


def test_a_refused_restore_leaves_no_failure_to_be_read(office: Bewaar) -> None:
    file = office.backed_up("bakkerij")
    office.refused("restore", file, "--original")
    office.refused("undo", "bakkerij")
    states = {each["code"]: each for each in office.json("status")["administrations"]}
    assert states["bakkerij"]["standing"] == "proven"


def test_restore_over_another_administration_of_the_same_kind(office: Bewaar) -> None:
    file = office.backed_up("holding")
    other = office.root / "books" / "Andere"
    other.mkdir()
    (other / "index.txt").write_text("anders", encoding="utf-8")
    office.json("add", other, "--code", "andere")
    office.json("restore", file, "--over", "andere", "--yes")
    assert tree(other) == tree(office.holding)


def test_restore_says_what_it_means_before_it_happens(office: Bewaar) -> None:
    file = office.backed_up("bakkerij")
    book(office.bakery)
    answer = office("restore", file, "--original", "--yes")
    assert answer.code == 0
    assert "It replaces Bakkerij Jansen" in answer.err
    assert "1 file there was changed since" in answer.err
    assert "You can undo this for 30 days." in answer.err


def test_restore_of_one_out_of_several_wants_its_code(office: Bewaar) -> None:
    value = office.json("backup", "--all", "--one-file", "--to", office.stick)
    file, into = office.stick / value["backups"][0]["file"], office.root
    answer = office("restore", file, "--new", "Proef", "--into", into)
    assert answer.code == 2
    assert "holding" in answer.err
    assert "bakkerij" in answer.err
    office.json("restore", file, "--code", "holding", "--new", "Proef", "--into", into)
    assert tree(into / "Proef") == tree(office.holding)


def test_salvage_gives_back_what_is_whole_and_says_what_is_not(office: Bewaar) -> None:
    file = office.backed_up()
    data = bytearray(file.read_bytes())
    names = sorted(path.name for path in office.holding.rglob("*") if path.is_file())
    at = data.index(names[0].encode()) + len(names[0]) + 20
    data[at] ^= 1
    broken = office.root / "broken.zip"
    broken.write_bytes(data)
    into = office.root / "saved"
    answer = office("restore", broken, "--salvage", "--into", into, "--json")
    assert answer.code == 1, answer.err
    lost = [each for each in answer.value["job"]["notes"] if each["code"] == "salvage.damaged"]
    assert [each["params"]["path"].rpartition("/")[2] for each in lost] == names[:1]
    assert answer.value["lost"] == 1
    assert answer.value["files"] == len(names) - 1
    text = (into / "what-was-lost.txt").read_text("utf-8-sig")
    assert names[0] in text
    assert office("restore", broken, "--salvage", "--into", into, "--json").code == 1
    assert office.json("restore", file, "--salvage", "--into", office.root / "all")["lost"] == 0
    inside = office.holding / "saved"
    assert office.refused("restore", broken, "--salvage", "--into", inside) == "restore.inside"
