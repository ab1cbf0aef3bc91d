"""Passwords come in by standard input only, and come out nowhere."""

import pytest

from bewaar.paths import home
from tests.cli.conftest import Bewaar
from tests.scene import tree


def test_a_password_from_standard_input_protects_and_opens(office: Bewaar) -> None:
    secret = "geheim wachtwoord é 漢"
    words = ("backup", "holding", "--to", office.stick, "--password-stdin")
    value = office.json(*words, stdin=f"{secret}\nmore\n")
    file = office.stick / value["backups"][0]["file"]
    assert office.refused("show", file) == "password.needed"
    assert office.refused("show", file, "--password-stdin", stdin="fout\n") in {
        *("password.wrong", "password.ordamage"),
    }
    shown = office.json("show", file, "--password-stdin", stdin=secret)
    assert shown["encrypted"] is True
    assert office.json("verify", file, "--password-stdin", stdin=secret)["files"][0]["good"]
    into = office.root
    back = ("restore", file, "--new", "Proef", "--into", into, "--password-stdin")
    office.json(*back, stdin=f"{secret}\r\n")
    assert tree(into / "Proef") == tree(office.holding)
    written = b"".join(f.read_bytes() for f in home().config.rglob("*") if f.is_file())
    assert secret.encode() not in written
    assert secret not in str(shown)


@pytest.mark.parametrize("stdin", ["", "\r\n"])
def test_an_empty_password_is_refused_before_anything_is_written(
    stdin: str, office: Bewaar
) -> None:
    words = ("backup", "--all", "--to", office.stick, "--password-stdin")
    assert office.refused(*words, stdin=stdin) == "password.empty"
    assert office.zips() == []


def test_bytes_that_are_no_text_are_no_password(office: Bewaar) -> None:
    answer = office(
        "backup", "--all", "--to", office.stick, "--password-stdin", stdin=b"\xff\xfe\n"
    )
    assert answer.code == 1
    assert office.zips() == []
