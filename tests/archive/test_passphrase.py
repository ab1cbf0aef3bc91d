"""A proposed passphrase is strong and easy to type; the user's own is judged without flattery."""

import pytest

from bewaar.archive import generate_passphrase, strength_bits
from bewaar.archive.passphrase import _ALPHABET


def test_a_proposed_passphrase_is_strong_and_never_the_same() -> None:
    proposed = {generate_passphrase() for _ in range(300)}
    assert len(proposed) == 300
    assert all(strength_bits(each) >= 80 for each in proposed)


def test_a_proposed_passphrase_can_be_typed_and_read_out() -> None:
    for _ in range(50):
        groups = generate_passphrase().split("-")
        assert [len(group) for group in groups] == [5, 5, 5, 5]
        assert set("".join(groups)) <= set(_ALPHABET)
    assert not set("01loiaeuyz5") & set(_ALPHABET)


@pytest.mark.parametrize(
    "weak",
    [
        "",
        "a",
        "aaaaaaaaaaaaaaaaaaaa",
        "12345678901",
        "qwertyuiop",
        "Welkom2026!",
        "Passwort123",
        "bakkerij jansen",
        "Jansen1971",
        "hemligt hemligt hemligt hemligt",
        "correct horse battery staple",
        "ДанныеДанные",
    ],
)
def test_what_people_think_of_is_called_weak(weak: str) -> None:
    assert strength_bits(weak) < 60


@pytest.mark.parametrize(
    "strong",
    [
        "fiets lamp zeven groen appel kurk brug stoel",
        "v8#Kq!2z$Lw9@Xr4&Tn7*",
        "gT5xq9Rk2mWz7bNf4cHv",
    ],
)
def test_what_is_long_and_random_is_called_strong(strong: str) -> None:
    assert strength_bits(strong) >= 80


def test_more_never_counts_for_less() -> None:
    text = "Kaas, brood en 3 appels! "
    bits = [strength_bits(text[:n] + "|" * 0) for n in range(len(text))]
    assert bits[0] == 0
    assert bits[-1] > bits[len(bits) // 2] > bits[2]
