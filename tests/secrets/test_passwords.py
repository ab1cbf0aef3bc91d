"""A password has one form, is never empty, and never shows."""

import pytest

from bewaar.errors import InvalidValue, PasswordEmpty, PasswordMismatch
from bewaar.model import DestinationId
from bewaar.secrets import MemorySecrets, confirmed, normalised, password_for

STICK, SERVER = DestinationId("a" * 32), DestinationId("b" * 32)
COMPOSED, DECOMPOSED = "geh\u00e9im", "gehe\u0301im"


def test_one_password_typed_on_two_systems_is_one_password() -> None:
    assert COMPOSED != DECOMPOSED
    assert normalised(DECOMPOSED) == normalised(COMPOSED) == COMPOSED


@pytest.mark.parametrize("password", [" ", "\t", "☕", "a" * 5000, "correct horse  battery"])
def test_every_other_character_counts(password: str) -> None:
    assert normalised(password) == password


def test_an_empty_password_is_refused() -> None:
    with pytest.raises(PasswordEmpty):
        normalised("")
    with pytest.raises(PasswordEmpty):
        confirmed("", "")
    with pytest.raises(PasswordEmpty):
        MemorySecrets().set("")


def test_bytes_that_are_no_text_are_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidValue) as refused:
        normalised("secret\udcff")
    assert "secret" not in f"{refused.value!r} {refused.value} {refused.value.params}"


def test_a_confirmation_must_be_the_same_however_it_was_typed() -> None:
    assert confirmed(COMPOSED, DECOMPOSED) == COMPOSED
    for other in ("", "Geh\u00e9im", COMPOSED + " "):
        with pytest.raises(PasswordMismatch) as refused:
            confirmed(COMPOSED, other)
        assert not refused.value.params


def test_a_session_keeps_a_password_for_each_destination() -> None:
    secrets = MemorySecrets()
    secrets.set("general")
    secrets.set(DECOMPOSED, STICK)
    assert secrets.get() == "general"
    assert secrets.get(STICK) == COMPOSED
    assert secrets.get(SERVER) is None
    secrets.forget(STICK)
    secrets.forget(STICK)
    assert secrets.get(STICK) is None


def test_the_general_one_serves_where_there_is_no_other() -> None:
    secrets = MemorySecrets()
    assert password_for(secrets, STICK) is None
    secrets.set("general")
    secrets.set("own", STICK)
    assert password_for(secrets, STICK) == "own"
    assert password_for(secrets, SERVER) == "general"


def test_a_repr_shows_no_password() -> None:
    secrets = MemorySecrets()
    secrets.set("hush")
    assert "hush" not in f"{secrets!r} {secrets}"
