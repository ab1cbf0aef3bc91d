"""The shape of every failure text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence3:
    """What a failure says; as a message id in the tables, translated and filled in for a user."""

    what: str  # what happened
    safe: str  # whether the data is safe
    todo: str  # what to do
    button: str  # the verb that does it; "" when only the user can
