"""At a terminal: questions, hidden passwords, a progress bar, Ctrl-C."""

from collections.abc import Callable

from tests.cli.conftest import Bewaar, Terminal
from tests.scene import book, rows_in

Start = Callable[..., Terminal]


def test_a_new_password_is_asked_twice_and_never_shown(office: Bewaar, at_terminal: Start) -> None:
    terminal = at_terminal("backup", "holding", "--to", office.stick, "--password")
    terminal.wait_for("Password")
    terminal.type("geheim-woord")
    terminal.wait_for("once more")
    terminal.type("geheim-woord")
    assert terminal.end() == 0
    assert "geheim-woord" not in terminal.seen
    file = office.stick / office.zips()[0]
    assert office.json("show", file, "--password-stdin", stdin="geheim-woord")["encrypted"]


def test_two_different_passwords_stop_it_before_anything_is_written(
    office: Bewaar, at_terminal: Start
) -> None:
    terminal = at_terminal("backup", "holding", "--to", office.stick, "--password")
    terminal.wait_for("Password")
    terminal.type("geheim")
    terminal.wait_for("once more")
    terminal.type("gehiem")
    assert terminal.end() == 1
    assert "The two passwords are not the same." in terminal.seen
    assert office.zips() == []


def test_the_password_of_a_backup_may_be_mistyped_twice(office: Bewaar, at_terminal: Start) -> None:
    file = office.backed_up("holding", password="geheim")
    terminal = at_terminal("show", file)
    for word in ("fout", "nog eens fout", "geheim"):
        terminal.wait_for("Password of")
        terminal.type(word)
    assert terminal.end() == 0
    assert terminal.seen.count("does not open") == 2
    assert "Jansen Holding" in terminal.seen


def test_a_mistyped_password_does_not_end_a_salvage(office: Bewaar, at_terminal: Start) -> None:
    file = office.backed_up("holding", password="geheim")
    into = office.root / "saved"
    terminal = at_terminal("restore", file, "--salvage", "--into", into)
    for word in ("fout", "geheim"):
        terminal.wait_for("Password of")
        terminal.type(word)
    assert terminal.end() == 0
    assert "came back just as they were stored" in terminal.seen
    assert (into / "what-was-lost.txt").exists()


def test_the_third_wrong_password_is_the_last(office: Bewaar, at_terminal: Start) -> None:
    file = office.backed_up("holding", password="geheim")
    terminal = at_terminal("show", file)
    for _ in range(3):
        terminal.wait_for("Password of")
        terminal.type("fout")
    assert terminal.end() == 1


def test_a_missing_folder_is_made_after_a_yes(office: Bewaar, at_terminal: Start) -> None:
    wanted = office.root / "nieuw"
    no = at_terminal("backup", "holding", "--to", wanted)
    no.wait_for("Make it?")
    no.type("")
    assert no.end() == 1
    assert not wanted.exists()
    yes = at_terminal("backup", "holding", "--to", wanted)
    yes.wait_for("Make it?")
    yes.type("y")
    assert yes.end() == 0
    assert any(wanted.glob("*.zip"))


def test_a_yes_may_be_said_in_the_users_language(office: Bewaar, at_terminal: Start) -> None:
    wanted = office.root / "nieuw"
    terminal = at_terminal("backup", "holding", "--to", wanted, LANG="nl_NL.UTF-8")
    terminal.wait_for("[j/n]")
    terminal.type("Ja")
    assert terminal.end() == 0
    assert any(wanted.glob("*.zip"))


def test_replacing_books_wants_their_name(office: Bewaar, at_terminal: Start) -> None:
    file = office.backed_up("bakkerij")
    book(office.bakery)
    wrong = at_terminal("restore", file, "--original")
    wrong.wait_for("Type the name of the administration")
    wrong.type("ja")
    assert wrong.end() == 1
    assert rows_in(office.bakery) == 121
    right = at_terminal("restore", file, "--original")
    right.wait_for("Type the name of the administration")
    right.type("Bakkerij Jansen")
    assert right.end() == 0
    assert rows_in(office.bakery) == 120


def test_a_failure_seen_at_a_terminal_counts_as_read(office: Bewaar, at_terminal: Start) -> None:
    office.holding.rename(office.root / "weg")
    terminal = at_terminal("backup", "holding", "--to", office.stick)
    assert terminal.end() == 1
    assert "cannot be found" in terminal.seen
    states = {each["code"]: each for each in office.json("status")["administrations"]}
    assert states["holding"]["failure"] is None


def test_progress_is_drawn_on_one_line_and_wiped(office: Bewaar, at_terminal: Start) -> None:
    with (office.holding / "groot.dat").open("wb") as file:
        file.truncate(40_000_000)
    terminal = at_terminal("backup", "holding", "--to", office.stick)
    assert terminal.end() == 0
    for words in ("Reading Jansen Holding", "Writing to stick", "Reading it back to be sure", "%"):
        assert words in terminal.seen
    shown, last = terminal.seen.rstrip().rsplit("\r", 2)[-2:]
    assert last.strip().startswith("Safely stored and proven") or "Safely stored" in shown


def test_no_bar_on_a_dumb_terminal(office: Bewaar, at_terminal: Start) -> None:
    terminal = at_terminal("backup", "holding", "--to", office.stick, TERM="dumb")
    assert terminal.end() == 0
    assert "Reading it back" not in terminal.seen


def test_colour_follows_the_wish(office: Bewaar, at_terminal: Start) -> None:
    coloured = at_terminal("status")
    assert coloured.end() == 0
    assert "\x1b[" in coloured.seen
    plain = at_terminal("status", NO_COLOR="1")
    assert plain.end() == 0
    assert "\x1b[" not in plain.seen


def test_ctrl_c_at_a_question_leaves_quietly(office: Bewaar, at_terminal: Start) -> None:
    terminal = at_terminal("backup", "holding", "--to", office.stick, "--password")
    terminal.wait_for("Password")
    terminal.press_ctrl_c()
    assert terminal.end() == 1
    assert "Traceback" not in terminal.seen
    assert office.zips() == []
