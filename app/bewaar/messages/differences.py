"""What was booked between two states of the same books, in a bookkeeper's words."""

from collections.abc import Callable, Iterator
from datetime import date

from bewaar.messages.speech import Speech

Sentence = Callable[[Speech, int], str]  # of so many things; `n` is still to be filled in


def booked(speech: Speech, transactions: int | None, documents: int | None) -> Iterator[str]:
    """Yield how many more there are than in the backup, or fewer; the unknown is silent."""
    more, papers = transactions or 0, documents or 0
    if more > 0 and papers > 0:
        yield _both(speech, more, papers)
        return
    if transactions == 0:
        yield speech.gettext("The backup and the books have equally many transactions.")
    yield from _told(speech, more, _transactions_since, _transactions_before)
    yield from _told(speech, papers, _documents_since, _documents_before)


def newest(speech: Speech, then: date | None, now: date | None) -> Iterator[str]:
    """Yield the dates of the newest transactions, where both are known."""
    if then is None or now is None:
        return
    if then == now:
        yield speech.gettext(
            "The newest transaction is of %(date)s, in the backup and now.", date=speech.date(now)
        )
        return
    yield speech.gettext(
        "The newest transaction is of %(now)s; in the backup it is of %(then)s.",
        now=speech.date(now),
        then=speech.date(then),
    )


def _told(speech: Speech, more: int, since: Sentence, before: Sentence) -> Iterator[str]:
    """Yield what came since the backup, or what it has and the books have no more."""
    if more:
        n = abs(more)
        yield (since if more > 0 else before)(speech, n) % {"n": speech.number(n)}


def _both(speech: Speech, more: int, papers: int) -> str:
    n = speech.number(more)
    if papers == 1:
        return speech.ngettext(
            "%(n)s transaction and one document were entered since this backup.",
            "%(n)s transactions and one document were entered since this backup.",
            more,
        ) % {"n": n}
    return speech.ngettext(
        "%(n)s transaction and %(papers)s documents were entered since this backup.",
        "%(n)s transactions and %(papers)s documents were entered since this backup.",
        more,
    ) % {"n": n, "papers": speech.number(papers)}


def _transactions_since(speech: Speech, n: int) -> str:
    return speech.ngettext(
        "%(n)s transaction was entered since this backup.",
        "%(n)s transactions were entered since this backup.",
        n,
    )


def _transactions_before(speech: Speech, n: int) -> str:
    return speech.ngettext(
        "The backup has %(n)s transaction more than the books have now.",
        "The backup has %(n)s transactions more than the books have now.",
        n,
    )


def _documents_since(speech: Speech, n: int) -> str:
    return speech.ngettext(
        "%(n)s document was entered since this backup.",
        "%(n)s documents were entered since this backup.",
        n,
    )


def _documents_before(speech: Speech, n: int) -> str:
    return speech.ngettext(
        "The backup has %(n)s document more than the books have now.",
        "The backup has %(n)s documents more than the books have now.",
        n,
    )
