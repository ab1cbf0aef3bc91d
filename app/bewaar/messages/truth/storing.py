"""The truth about what is safely stored, and what is not."""

from collections.abc import Sequence
from datetime import datetime

from bewaar.messages.speech import Speech
from bewaar.messages.truth.answer import Truth
from bewaar.model import Standing, State
from bewaar.overview import Overview


def elsewhere(speech: Speech, overview: Overview) -> Truth | None:
    """Speak when other programs make all the backups."""
    if _total(overview):
        return None
    return Truth(
        speech.gettext("Other programs make the backups of these administrations."),
        lambda: speech.gettext("Bewaar only watches them."),
    )


def overdue(speech: Speech, overview: Overview) -> Truth | None:
    """Speak when the policy's time has passed."""
    late = sorted(overview.having(Standing.OVERDUE), key=lambda one: _stamp(one.overdue_since))
    if not late:
        return None
    return Truth(_overdue(speech, overview, late), lambda: _last_stored(speech, overview, late[0]))


def unreachable(speech: Speech, overview: Overview) -> Truth | None:
    """Speak when some books cannot be reached."""
    lost = [one for one in _unknown(overview) if one.observation and not one.observation.reachable]
    if not lost:
        return None
    sentence = speech.ngettext(
        "The books of %(name)s cannot be reached.",
        "The books of %(n)d of %(total)d administrations cannot be reached.",
        len(lost),
        name=lost[0].administration.name,
        total=_total(overview),
    )
    return Truth(sentence, lambda: _last_stored(speech, overview, lost[0]))


def not_looked_at(speech: Speech, overview: Overview) -> Truth | None:
    """Speak when some books were not looked at yet."""
    unknown = _unknown(overview)
    if not unknown:
        return None
    sentence = speech.ngettext(
        "How %(name)s stands is not known yet.",
        "How %(n)d of %(total)d administrations stand is not known yet.",
        len(unknown),
        name=unknown[0].administration.name,
        total=_total(overview),
    )
    return Truth(sentence, lambda: speech.gettext("Bewaar is looking at the books."))


def changed(speech: Speech, overview: Overview) -> Truth | None:
    """Speak when books differ from their last proven backup, or have none."""
    waiting = overview.waiting
    if not waiting:
        return None
    return Truth(
        _changed(speech, overview, waiting), lambda: _oldest_change(speech, overview, waiting)
    )


def all_stored(speech: Speech, overview: Overview) -> Truth:
    """Say that all is well."""
    stored = overview.having(Standing.PROVEN)
    if len(stored) == 2:
        sentence = speech.gettext("Both administrations are safely stored.")
    else:
        sentence = speech.ngettext(
            "%(name)s is safely stored.",
            "All %(n)d administrations are safely stored.",
            len(stored),
            name=stored[0].administration.name,
        )
    return Truth(sentence, lambda: _oldest_proof(speech, overview, stored))


# ── Sentences ───────────────────────────────────────────────────────────────────────────────


def _overdue(speech: Speech, overview: Overview, late: Sequence[State]) -> str:
    waiting, total = len(overview.waiting), _total(overview)
    if waiting > len(late):
        return speech.ngettext(
            "%(waiting)d of %(total)d administrations changed since they were last "
            "safely stored; %(n)d is overdue.",
            "%(waiting)d of %(total)d administrations changed since they were last "
            "safely stored; %(n)d are overdue.",
            len(late),
            waiting=waiting,
            total=total,
        )
    if len(late) > 1:
        return speech.gettext(
            "%(n)d of %(total)d administrations are overdue.", n=len(late), total=total
        )
    if late[0].awaits_program:
        return _awaits_program(speech, overview, late[0])
    name, since = late[0].administration.name, late[0].overdue_since
    days = (overview.at - since).days if since else 0
    if days < 1:
        return speech.gettext("%(name)s is overdue.", name=name)
    return speech.ngettext(
        "%(name)s is overdue by %(n)d day.", "%(name)s is overdue by %(n)d days.", days, name=name
    )


def _awaits_program(speech: Speech, overview: Overview, state: State) -> str:
    name, seen = state.administration.name, state.observation
    made = seen.vault.newest_at if seen and seen.vault else None
    days = (overview.at - made).days if made else 0
    return speech.ngettext(
        "The program of %(name)s has made no new backup for %(n)d day.",
        "The program of %(name)s has made no new backup for %(n)d days.",
        max(1, days),
        name=name,
    )


def _changed(speech: Speech, overview: Overview, waiting: Sequence[State]) -> str:
    name, total, n = waiting[0].administration.name, _total(overview), len(waiting)
    stored = sum(state.last is not None for state in waiting)
    if stored == n:
        return speech.ngettext(
            "%(name)s changed since it was last safely stored.",
            "%(n)d of %(total)d administrations changed since they were last safely stored.",
            n,
            name=name,
            total=total,
        )
    if stored:
        return speech.gettext(
            "%(n)d of %(total)d administrations are not safely stored as they are now.",
            n=n,
            total=total,
        )
    return speech.ngettext(
        "%(name)s has never been safely stored.",
        "%(n)d of %(total)d administrations have never been safely stored.",
        n,
        name=name,
        total=total,
    )


def _oldest_change(speech: Speech, overview: Overview, waiting: Sequence[State]) -> str:
    seen = [state.observation.changed_since for state in waiting if state.observation]
    times = [time for time in seen if time]
    if not times:
        return ""
    moment = speech.moment(min(times), now=overview.at)
    return speech.gettext("The oldest change is from %(moment)s.", moment=moment)


def _last_stored(speech: Speech, overview: Overview, state: State) -> str:
    name = state.administration.name
    if state.last is None:
        return speech.gettext("%(name)s has never been safely stored.", name=name)
    moment = speech.moment(state.last.made_at, now=overview.at)
    return speech.gettext("%(name)s was last safely stored: %(moment)s.", name=name, moment=moment)


def _oldest_proof(speech: Speech, overview: Overview, stored: Sequence[State]) -> str:
    proofs = [state.last.proof for state in stored if state.last and state.last.proof]
    if not proofs:
        return ""
    moment = speech.moment(min(proof.proven_at for proof in proofs), now=overview.at)
    return speech.ngettext(
        "The last proof is from %(moment)s.",
        "The oldest proof is from %(moment)s.",
        len(proofs),
        moment=moment,
    )


def _unknown(overview: Overview) -> Sequence[State]:
    return overview.having(Standing.UNKNOWN)


def _total(overview: Overview) -> int:
    return sum(state.standing is not Standing.ELSEWHERE for state in overview.states)


def _stamp(at: datetime | None) -> float:
    return at.timestamp() if at else float("inf")
