"""What was filled in, as typed values. Raises InvalidValue, never guesses."""

from collections.abc import Iterator, Sequence
from datetime import time
from pathlib import Path

from flask import request

from bewaar.errors import InvalidValue, PasswordEmpty, PasswordMismatch
from bewaar.model import Code, Policy, StillOpen
from bewaar.parts import name_of


def word(name: str) -> str:
    """Return a line of text without the spaces around it; "" when it was left empty."""
    return request.values.get(name, "").strip()


def ticked(name: str) -> bool:
    """Return whether a box is ticked."""
    return name in request.values


def codes() -> tuple[Code, ...]:
    """Return the administrations that were ticked."""
    return tuple(Code(code) for code in request.values.getlist("code"))


def parts() -> tuple[str, ...] | None:
    """Return the parts that were answered with yes; None when all of it is wanted."""
    if ticked("all"):
        return None
    answers = request.values.items(multi=True)
    yes = [str(answer) for name, answer in answers if answer and name.startswith("part-")]
    names = tuple(map(name_of, [*request.values.getlist("part"), *yes]))
    return names if names or ticked("some") else None


def numbers(name: str) -> set[int]:
    """Return the numbers that were ticked."""
    typed = request.values.getlist(name)
    return {int(each) for each in typed if each.isdecimal() and len(each) < 6}


def place(name: str) -> Path:
    """Return a folder or file."""
    return as_place(name, word(name))


def places(name: str) -> tuple[Path, ...]:
    """Return a folder or file, or none where the field was left empty."""
    return (place(name),) if word(name) else ()


def as_place(name: str, typed: str) -> Path:
    """Return a typed path; only a whole one says unmistakably what is meant."""
    if not typed or "\0" in typed or not Path(typed).expanduser().is_absolute():
        raise InvalidValue(field=name, value=typed)
    return Path(typed).expanduser()


def found() -> Iterator[tuple[Path, str | None]]:
    """Yield the ticked ones of the books that were found, each with its program."""
    for typed in request.form.getlist("place"):
        yield as_place("place", typed), request.form.get(f"program {typed}")


def number(name: str, *, least: int, most: int) -> int:
    """Return a whole number between the two."""
    typed = word(name)
    if not typed.isascii() or not typed.isdigit() or not least <= int(typed) <= most:
        raise InvalidValue(field=name, value=typed)
    return int(typed)


def policy() -> Policy:
    """Return how often, whether by itself, from what time of day, and how many to keep."""
    every = word("every")
    days = {"daily": 1, "weekly": 7}.get(every) or number("every_days", least=1, most=365)
    return Policy(
        every_days=days,
        by_itself=ticked("by_itself"),
        from_time=_time("from_time"),
        keep=number("keep", least=2, most=1000),
        close_minutes=number("close_minutes", least=0, most=60),
        close_text=word("close_text"),
        still_open=StillOpen(choice("still_open", list(StillOpen))),
    )


def _time(name: str) -> time | None:
    typed = word(name)
    try:
        return time.fromisoformat(typed) if typed else None
    except ValueError:
        raise InvalidValue(field=name, value=typed) from None


def choice(name: str, allowed: Sequence[str]) -> str:
    """Return one of the words a form offers."""
    chosen = word(name)
    if chosen not in allowed:
        raise InvalidValue(field=name, value=chosen)
    return chosen


def secret(name: str) -> str:
    """Return a password as it was typed: spaces count, and it never stands in an address."""
    return request.form.get(name, "")


def confirmed(name: str, confirmation: str) -> str:
    """Return a password that was typed twice. Raises PasswordEmpty, PasswordMismatch."""
    if not secret(name):
        raise PasswordEmpty
    if secret(name) != secret(confirmation):
        raise PasswordMismatch
    return secret(name)
