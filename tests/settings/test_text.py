"""Settings survive their way through the text, whatever the user chose before and after."""

import string
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bewaar.errors import BewaarError
from bewaar.model import Administration, Code, Destination, DestinationId, DestinationKind, Policy
from bewaar.settings import Protect, Settings, Theme
from bewaar.settings.choices import check
from bewaar.settings.reading import read
from bewaar.settings.writing import amended

texts = st.text(st.characters(codec="utf-8"), max_size=8)
words = texts.filter(str.strip)
paths = texts.map(lambda text: Path("/books", text.replace("/", "_").replace("\0", "_")))
flags = st.booleans()
policies = st.builds(
    Policy,
    every_days=st.integers(1, 366),
    from_time=st.none() | st.times().map(lambda at: at.replace(microsecond=0)),
    keep=st.integers(1, 999),
)
administrations = st.builds(
    Administration,
    code=st.text(string.ascii_lowercase, min_size=1, max_size=2).map(Code),
    name=words,
    place=paths,
    program=words,
    storage=words,
    marked=flags,
    documents=flags,
    managed_elsewhere=flags,
    policy=st.none() | policies,
)
destinations = st.builds(
    Destination,
    id=st.sampled_from("abcdef").map(lambda letter: DestinationId(letter * 32)),
    name=words,
    kind=st.sampled_from(DestinationKind),
    folder=paths,
    occasional=flags,
)


def fits(settings: Settings) -> bool:
    try:
        check(settings)
    except BewaarError:
        return False
    return True


some_settings = st.builds(
    Settings,
    language=texts,
    theme=st.sampled_from(Theme),
    start_at_login=flags,
    default_destination=st.none() | st.just(DestinationId("a" * 32)),
    one_file=flags,
    small=flags,
    protect=st.sampled_from(Protect),
    first_start_done=flags,
    roots=st.lists(paths, max_size=3).map(tuple),
    policy=policies,
    administrations=st.lists(administrations, max_size=4).map(tuple),
    destinations=st.lists(destinations, max_size=4).map(tuple),
).filter(fits)


def unordered(settings: Settings) -> tuple[Settings, object, object]:
    bare = replace(settings, administrations=(), destinations=())
    return bare, set(settings.administrations), set(settings.destinations)


@given(st.lists(some_settings, min_size=1, max_size=4))
def test_any_row_of_changes_ends_in_what_was_last_chosen(row: list[Settings]) -> None:
    text, before = "", None
    for after in row:
        text = amended(text, before, after)
        before = read(text.encode())
        assert unordered(before) == unordered(after)


@given(some_settings, some_settings)
def test_changing_back_and_forth_loses_no_remark(one: Settings, other: Settings) -> None:
    text = "# mine\nforeign = 1 # stays\n" + amended("", None, one)
    text = amended(text, one, other)
    text = amended(text, other, one)
    assert unordered(read(text.encode())) == unordered(one)
    assert text.startswith("# mine\nforeign = 1 # stays\n")
