"""Names travel as text, and different ones stay different."""

import os

from hypothesis import given
from hypothesis import strategies as st

from bewaar.storage.names import portable


def test_text_stays_as_it_is() -> None:
    assert portable(["é/😀.dat", "a%E9"]) == {"é/😀.dat": "é/😀.dat", "a%E9": "a%E9"}


def test_bytes_that_are_no_text_are_written_out() -> None:
    assert portable([os.fsdecode(b"caf\xe9/\xff")]) == {os.fsdecode(b"caf\xe9/\xff"): "caf%E9/%FF"}


def test_a_written_out_name_never_takes_the_place_of_another() -> None:
    raw = os.fsdecode(b"caf\xe9")
    assert portable([raw, "caf%E9"]) == {"caf%E9": "caf%E9", raw: "caf%E9~"}


@given(st.sets(st.binary(min_size=1).map(os.fsdecode)))
def test_every_name_becomes_text_and_no_two_become_one(names: set[str]) -> None:
    found = portable(names)
    assert found.keys() == names
    assert len(set(found.values())) == len(names)
    assert all(name.encode("utf-8") for name in found.values())
