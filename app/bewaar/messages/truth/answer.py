"""The shape of the truth: one sentence, and what stands below it."""

from collections.abc import Callable
from dataclasses import dataclass

from bewaar.model import Code, State
from bewaar.overview import Overview


@dataclass(frozen=True, slots=True)
class Truth:
    """The sentence on top of Today and in the tray, and the one below it."""

    sentence: str
    further: Callable[[], str] = str  # made when it is asked for: the tray shows no detail

    @property
    def detail(self) -> str:
        """Return the sentence below; "" when the first says all."""
        return self.further()


def state_of(overview: Overview, code: Code | None) -> State | None:
    """Return how an administration stands; None when it is not among them."""
    return next((state for state in overview.states if state.administration.code == code), None)


def name_of(overview: Overview, code: Code | None) -> str:
    """Return an administration's name, or its code when it is not among them."""
    state = state_of(overview, code)
    return state.administration.name if state else str(code or "")
