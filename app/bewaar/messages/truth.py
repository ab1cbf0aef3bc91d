"""The one sentence of truth about all administrations, and the sentence below it.

Facts are asked in the order of their weight; the first that has something to say, speaks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bewaar.messages.failures import failure
from bewaar.messages.jobs import stage
from bewaar.messages.speech import Speech
from bewaar.model import Code, Failure, Job, JobKind, Recovery, Standing, State
from bewaar.overview import Overview


@dataclass(frozen=True, slots=True)
class Truth:
    """The sentence on top, and what stands below it."""

    sentence: str
    further: Callable[[], str] = str  # made when asked for: the tray shows the sentence only

    @property
    def detail(self) -> str:
        """Return the sentence below; "" when the first says all."""
        return self.further()


def truth(speech: Speech, overview: Overview) -> Truth:
    """Return what is true of an overview, the weightiest first."""
    for tell in (_nothing_yet, _running, _recovered, _failed, _doubt, _nowhere, _not_stored):
        if told := tell(speech, overview):
            return told
    return _elsewhere(speech, overview) or _stored(speech, overview)


# ── Before anything can be said of the books ────────────────────────────────────────────────


def _nothing_yet(speech: Speech, overview: Overview) -> Truth | None:
    if overview.states:
        return None
    return Truth(
        speech.gettext("Nothing is being kept safe yet."),
        lambda: speech.gettext("Choose the books that Bewaar should look after."),
    )


def _nowhere(speech: Speech, overview: Overview) -> Truth | None:
    places = [state for state in overview.destinations if not state.destination.occasional]
    if places or any(state.last for state in overview.states):
        return None
    return Truth(
        speech.gettext("There is no place for the backups yet."),
        lambda: speech.gettext("Choose where they go: a stick, a folder, a network drive."),
    )


def _doubt(speech: Speech, overview: Overview) -> Truth | None:
    if not overview.clock_doubt:
        return None
    return Truth(
        speech.gettext("The clock of this computer jumped."),
        lambda: speech.gettext(
            "It now says %(date)s. Until that is certain, Bewaar removes no backup and "
            "cannot say how old the newest ones are.",
            date=speech.date(overview.at),
        ),
    )


# ── What happens, and what went wrong ───────────────────────────────────────────────────────


def _running(speech: Speech, overview: Overview) -> Truth | None:
    if not overview.running:
        return None
    job = next((job for job in overview.running if job.started_at), overview.running[0])
    return Truth(_doing(speech, overview, job), lambda: stage(speech, job.stage, job.subject))


def _doing(speech: Speech, overview: Overview, job: Job) -> str:
    name, n = _name(overview, job.codes[0] if job.codes else None), len(job.codes)
    match job.kind:
        case JobKind.BACKUP:
            return speech.ngettext(
                "%(name)s is being backed up.",
                "%(n)d administrations are being backed up.",
                n,
                name=name,
            )
        case JobKind.RESTORE:
            return speech.gettext("%(name)s is being restored.", name=name)
        case JobKind.UNDO:
            return speech.gettext("The restore of %(name)s is being undone.", name=name)
        case JobKind.VERIFY:
            return speech.gettext("A backup is being checked.")
        case JobKind.REBUILD:
            return speech.gettext("The list of backups is being made again.")


def _recovered(speech: Speech, overview: Overview) -> Truth | None:
    if not overview.recoveries:
        return None
    found = min(overview.recoveries, key=lambda one: (one.outcome != "stuck", one.at))
    return _recovery(speech, found)


def _recovery(speech: Speech, found: Recovery) -> Truth:
    if found.outcome == "finished":
        return Truth(
            speech.gettext(
                "The restore of %(name)s was cut short and is now finished.", name=found.name
            ),
            lambda: speech.gettext(
                "The restored books are whole, in %(place)s.", place=found.place
            ),
        )
    if found.outcome == "undone":
        return Truth(
            speech.gettext(
                "The restore of %(name)s was cut short and was taken back.", name=found.name
            ),
            lambda: speech.gettext(
                "The books are as they were before it. You can start the restore again."
            ),
        )
    return Truth(
        speech.gettext("The restore of %(name)s was cut short and needs you.", name=found.name),
        lambda: speech.gettext(
            "Nothing is lost: the old and the restored books both lie beside %(place)s. "
            "Close the bookkeeping program and start Bewaar again.",
            place=found.place,
        ),
    )


def _failed(speech: Speech, overview: Overview) -> Truth | None:
    if not overview.failures:
        return None
    newest = max(overview.failures, key=lambda one: one.at)
    return Truth(
        failure(speech, newest.code, newest.params).what,
        lambda: _after_failure(speech, overview, newest),
    )


def _after_failure(speech: Speech, overview: Overview, newest: Failure) -> str:
    state = _state(overview, newest.administration)
    safe = failure(speech, newest.code, newest.params).safe
    if state and state.last:
        last = speech.moment(state.last.made_at, now=overview.at)
        good = speech.gettext("The backup of %(moment)s is still good.", moment=last)
        return f"{safe} {good}"
    return safe


# ── How the administrations stand ───────────────────────────────────────────────────────────


def _not_stored(speech: Speech, overview: Overview) -> Truth | None:
    overdue = overview.having(Standing.OVERDUE)
    if overdue:
        return Truth(
            _overdue(speech, overview, overdue),
            lambda: _last_stored(speech, overview, _longest(overdue)),
        )
    unknown = overview.having(Standing.UNKNOWN)
    if unknown:
        return Truth(
            _unreachable(speech, overview, unknown),
            lambda: _last_stored(speech, overview, unknown[0]),
        )
    changed = overview.waiting
    if changed:
        return Truth(
            _changed(speech, overview, changed),
            lambda: _oldest_change(speech, overview, changed),
        )
    return None


def _overdue(speech: Speech, overview: Overview, overdue: Sequence[State]) -> str:
    waiting = len(overview.waiting)
    if waiting > len(overdue):
        return speech.ngettext(
            "%(waiting)d of %(total)d administrations changed since they were last "
            "safely stored; %(n)d is overdue.",
            "%(waiting)d of %(total)d administrations changed since they were last "
            "safely stored; %(n)d are overdue.",
            len(overdue),
            waiting=waiting,
            total=_total(overview),
        )
    if len(overdue) > 1:
        return speech.gettext(
            "%(n)d of %(total)d administrations are overdue.",
            n=len(overdue),
            total=_total(overview),
        )
    name, since = overdue[0].administration.name, overdue[0].overdue_since
    days = (overview.at - since).days if since else 0
    if days < 1:
        return speech.gettext("%(name)s is overdue.", name=name)
    return speech.ngettext(
        "%(name)s is overdue by %(n)d day.", "%(name)s is overdue by %(n)d days.", days, name=name
    )


def _unreachable(speech: Speech, overview: Overview, unknown: Sequence[State]) -> str:
    return speech.ngettext(
        "The books of %(name)s cannot be reached.",
        "The books of %(n)d of %(total)d administrations cannot be reached.",
        len(unknown),
        name=unknown[0].administration.name,
        total=_total(overview),
    )


def _changed(speech: Speech, overview: Overview, changed: Sequence[State]) -> str:
    told = {"name": changed[0].administration.name, "total": _total(overview)}
    if all(state.last for state in changed):
        return speech.ngettext(
            "%(name)s changed since it was last safely stored.",
            "%(n)d of %(total)d administrations changed since they were last safely stored.",
            len(changed),
            **told,
        )
    if any(state.last for state in changed):
        return speech.gettext(
            "%(n)d of %(total)d administrations are not safely stored as they are now.",
            n=len(changed),
            total=_total(overview),
        )
    return speech.ngettext(
        "%(name)s has never been safely stored.",
        "%(n)d of %(total)d administrations have never been safely stored.",
        len(changed),
        **told,
    )


def _oldest_change(speech: Speech, overview: Overview, changed: Sequence[State]) -> str:
    seen = [state.observation.changed_since for state in changed if state.observation]
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
    return speech.gettext("%(name)s was last safely stored %(moment)s.", name=name, moment=moment)


def _elsewhere(speech: Speech, overview: Overview) -> Truth | None:
    if _total(overview):
        return None
    return Truth(
        speech.gettext("Other programs make the backups of these administrations."),
        lambda: speech.gettext("Bewaar only watches them."),
    )


def _stored(speech: Speech, overview: Overview) -> Truth:
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


def _oldest_proof(speech: Speech, overview: Overview, stored: Sequence[State]) -> str:
    proofs = [state.last.proof for state in stored if state.last and state.last.proof]
    if not proofs:
        return ""
    moment = speech.moment(min(proof.proven_at for proof in proofs), now=overview.at)
    return speech.ngettext(
        "It was last proven %(moment)s.",
        "The oldest proof is from %(moment)s.",
        len(proofs),
        moment=moment,
    )


# ── Facts ───────────────────────────────────────────────────────────────────────────────────


def _total(overview: Overview) -> int:
    return sum(state.standing is not Standing.ELSEWHERE for state in overview.states)


def _longest(overdue: Sequence[State]) -> State:
    return min(overdue, key=lambda state: _since(state.overdue_since))


def _since(at: datetime | None) -> float:
    return at.timestamp() if at else float("inf")


def _state(overview: Overview, code: Code | None) -> State | None:
    return next((one for one in overview.states if one.administration.code == code), None)


def _name(overview: Overview, code: Code | None) -> str:
    state = _state(overview, code)
    return state.administration.name if state else str(code or "")
