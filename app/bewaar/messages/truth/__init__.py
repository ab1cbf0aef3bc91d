"""The one sentence of truth about all administrations, and the sentence below it.

The rooms are asked in the order of weight; the first that has something to say, speaks.
"""

from bewaar.messages.speech import Speech
from bewaar.messages.truth.alarm import dropped, dwindled
from bewaar.messages.truth.answer import Truth
from bewaar.messages.truth.beginning import no_destination, nothing_yet
from bewaar.messages.truth.happening import clock_jumped, failed, recovered, running
from bewaar.messages.truth.storing import (
    all_stored,
    changed,
    elsewhere,
    not_looked_at,
    overdue,
    unreachable,
)
from bewaar.overview import Overview

__all__ = ["Truth", "dropped", "truth"]

_ORDER = (
    nothing_yet,
    running,
    recovered,
    failed,
    clock_jumped,
    dwindled,
    elsewhere,
    no_destination,
    overdue,
    unreachable,
    not_looked_at,
    changed,
)


def truth(speech: Speech, overview: Overview) -> Truth:
    """Return what is true of an overview, the weightiest first."""
    answers = (tell(speech, overview) for tell in _ORDER)
    return next((answer for answer in answers if answer), None) or all_stored(speech, overview)
