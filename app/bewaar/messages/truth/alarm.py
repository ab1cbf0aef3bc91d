"""The truth about books that hold less than they did."""

from bewaar.messages.speech import Speech
from bewaar.messages.truth.answer import Truth, name_of
from bewaar.model import Drop
from bewaar.overview import Overview


def dwindled(speech: Speech, overview: Overview) -> Truth | None:
    """Speak while transactions became fewer and nobody said that it is right."""
    if not overview.fewer:
        return None
    code, drop = next(iter(overview.fewer.items()))
    one = dropped(speech, name_of(overview, code), drop)
    if len(overview.fewer) == 1:
        return one
    sentence = speech.gettext(
        "%(n)d administrations hold fewer transactions than before.", n=len(overview.fewer)
    )
    return Truth(sentence, lambda: f"{one.sentence} {one.detail}")


def dropped(speech: Speech, name: str, drop: Drop) -> Truth:
    """Return that the transactions of one administration became fewer, and what to do."""
    sentence = speech.gettext(
        "%(name)s holds fewer transactions than before: %(now)s instead of %(before)s.",
        name=name,
        now=speech.number(drop.transactions_now),
        before=speech.number(drop.transactions_before),
    )
    return Truth(
        sentence,
        lambda: speech.gettext(
            "If nobody removed any, it may be the wrong file, or damage. The backup of %(when)s "
            "still holds them: keep it, and look what changed.",
            when=speech.moment(drop.before.made_at),
        ),
    )
