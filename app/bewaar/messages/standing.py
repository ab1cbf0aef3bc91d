"""How one administration stands, in a word or two for lists and the tray."""

from bewaar.errors import SourceOpen
from bewaar.messages.languages import N_
from bewaar.messages.speech import Speech
from bewaar.model import Standing, State

_WORDS = {
    Standing.CHANGED: N_("changed"),
    Standing.UNKNOWN: N_("unknown"),
    Standing.FAILED: N_("backup failed"),
    Standing.ELSEWHERE: N_("kept by another program"),
}


def badge(speech: Speech, state: State) -> str:
    """Return the word for a standing, with the detail that matters."""
    never = state.standing is Standing.CHANGED and state.last is None
    if never or state.standing is Standing.PROVEN:
        return proven(speech, state)
    if state.failure and state.failure.code == SourceOpen.code:
        return speech.gettext("postponed: it was open")
    if state.standing is Standing.OVERDUE:
        return _overdue(speech, state)
    if state.standing is Standing.UNKNOWN and state.observation and not state.observation.reachable:
        return speech.gettext("cannot be reached")
    return speech.gettext(_WORDS[state.standing])


def proven(speech: Speech, state: State) -> str:
    """Return when its newest backup was proven."""
    if state.last is None or state.last.proof is None:
        return speech.gettext("never stored")
    moment = speech.short_moment(state.last.proof.proven_at)
    return speech.gettext("proven %(moment)s", moment=moment)


def _overdue(speech: Speech, state: State) -> str:
    if state.awaits_program:
        return speech.gettext("no new backup by its program")
    since = state.overdue_since
    days = (speech.now() - since).days if since else 0
    if days < 1:
        return speech.gettext("overdue")
    return speech.ngettext("overdue by %(n)d day", "overdue by %(n)d days", days, n=days)
