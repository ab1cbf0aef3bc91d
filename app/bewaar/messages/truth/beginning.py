"""The truth while Bewaar is being set up."""

from bewaar.messages.speech import Speech
from bewaar.messages.truth.answer import Truth
from bewaar.overview import Overview


def nothing_yet(speech: Speech, overview: Overview) -> Truth | None:
    """Speak when there is no administration."""
    if overview.states:
        return None
    return Truth(
        speech.gettext("Nothing is being kept safe yet."),
        lambda: speech.gettext("Choose the books that Bewaar should look after."),
    )


def no_destination(speech: Speech, overview: Overview) -> Truth | None:
    """Speak when nothing was stored and there is no place for it."""
    places = [place for place in overview.destinations if not place.destination.occasional]
    if places or any(state.last for state in overview.states):
        return None
    return Truth(
        speech.gettext("There is no place for the backups yet."),
        lambda: speech.gettext("Choose where they go: a stick, a folder, a network drive."),
    )
