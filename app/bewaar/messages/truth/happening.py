"""The truth about what goes on, went wrong, or was found at the start."""

from collections.abc import Sequence

from bewaar.errors import SourceOpen
from bewaar.messages.failures import failure
from bewaar.messages.jobs import stage, under_way
from bewaar.messages.speech import Speech
from bewaar.messages.truth.answer import Truth, name_of, state_of
from bewaar.model import DestinationId, Failure, Job, JobKind, Recovery
from bewaar.overview import Overview


def running(speech: Speech, overview: Overview) -> Truth | None:
    """Speak while a job runs or waits."""
    if not overview.running:
        return None
    job = next((job for job in overview.running if job.started_at), overview.running[0])
    return Truth(_doing(speech, overview, job), lambda: stage(speech, job.stage, job.subject))


def recovered(speech: Speech, overview: Overview) -> Truth | None:
    """Speak of an interrupted restore, one that needs the user first."""
    if not overview.recoveries:
        return None
    found = min(overview.recoveries, key=lambda one: (one.outcome != "stuck", one.at))
    return _recovery(speech, found)


def failed(speech: Speech, overview: Overview) -> Truth | None:
    """Speak of failures that nobody has read."""
    if not overview.failures:
        return None
    newest = max(overview.failures, key=lambda one: one.at)
    three = failure(speech, newest.code, newest.params)
    known = newest.administration or _destination(overview, newest.destination)
    if newest.kind is not JobKind.BACKUP or not known:
        return Truth(three.what, lambda: three.safe)
    backups = [one for one in overview.failures if one.kind is JobKind.BACKUP]
    return Truth(
        _backups_failed(speech, overview, backups, newest),
        lambda: _still_good(speech, overview, newest, f"{three.what} {three.safe}"),
    )


def clock_jumped(speech: Speech, overview: Overview) -> Truth | None:
    """Speak when times cannot be trusted."""
    if not overview.clock_doubt:
        return None
    return Truth(
        speech.gettext("The clock of this computer went back."),
        lambda: speech.gettext(
            "It now says %(date)s. Until that is certain, Bewaar removes no backup "
            "and cannot say how old the newest ones are.",
            date=speech.date(overview.at),
        ),
    )


def _doing(speech: Speech, overview: Overview, job: Job) -> str:
    name = name_of(overview, job.codes[0] if job.codes else None)
    match job.kind:
        case JobKind.BACKUP:
            return speech.ngettext(
                "%(name)s is being backed up.",
                "%(n)d administrations are being backed up.",
                len(job.codes),
                name=name,
            )
        case JobKind.RESTORE:
            return speech.gettext("%(name)s is being restored.", name=name)
        case JobKind.UNDO:
            return speech.gettext("The restore of %(name)s is being undone.", name=name)
        case _:
            return under_way(speech, job.kind)


def _recovery(speech: Speech, found: Recovery) -> Truth:
    match found.outcome:
        case "finished":
            sentence = speech.gettext(
                "The restore of %(name)s was cut short and is now finished.", name=found.name
            )
            detail = speech.gettext("The restored books are in %(place)s.", place=_place(found))
        case "undone":
            sentence = speech.gettext(
                "The restore of %(name)s was cut short and taken back.", name=found.name
            )
            detail = speech.gettext(
                "The books are as they were before. You can start the restore again."
            )
        case "away" | "left" | "kept":
            sentence, detail = _on_server(speech, found)
        case _:
            sentence = speech.gettext(
                "The restore of %(name)s was cut short and needs you.", name=found.name
            )
            detail = speech.gettext(
                "Nothing is lost: the old and the restored books both lie beside %(place)s. "
                "Close the bookkeeping program and start Bewaar again.",
                place=_place(found),
            )
    return Truth(sentence, lambda: detail)


def _on_server(speech: Speech, found: Recovery) -> tuple[str, str]:
    """Return what became of a restore onto a server, and what that means."""
    match found.outcome:
        case "away":
            sentence = speech.gettext(
                "The restore of %(name)s was cut short, and its server does not answer.",
                name=found.name,
            )
            detail = speech.gettext(
                "Nothing is lost: Bewaar finishes it, or takes it back, as soon as the server "
                "answers. Wait with these books until then."
            )
        case "left":
            sentence = speech.gettext(
                "The restore of %(name)s was cut short. Nothing was restored.", name=found.name
            )
            detail = speech.gettext(
                "On the server there is a database %(place)s that Bewaar may have made for it. It "
                "is not empty, so it was left alone. You can start the restore again.",
                place=_place(found),
            )
        case _:  # "kept"
            sentence = speech.gettext(
                "The books of %(name)s from before a restore are still on the server.",
                name=found.name,
            )
            detail = speech.gettext(
                "Their 30 days are over, but the database %(place)s could not be removed. Your "
                "books are not affected. Bewaar tries again later.",
                place=_place(found),
            )
    return sentence, detail


def _place(found: Recovery) -> str:
    return found.shown or str(found.place)


def _backups_failed(
    speech: Speech, overview: Overview, backups: Sequence[Failure], newest: Failure
) -> str:
    if newest.administration is None:
        return _backup_to_failed(speech, overview, newest)
    name, n = name_of(overview, newest.administration), len({one.administration for one in backups})
    if n == 1 and newest.code == SourceOpen.code:
        return speech.gettext("The backup of %(name)s was postponed.", name=name)
    if _today(speech, overview, newest):
        return speech.ngettext(
            "The backup of %(name)s failed at %(time)s.",
            "%(n)d backups failed, the last at %(time)s.",
            n,
            name=name,
            time=speech.time(newest.at),
        )
    return speech.ngettext(
        "The backup of %(name)s failed on %(day)s.",
        "%(n)d backups failed, the last on %(day)s.",
        n,
        name=name,
        day=speech.day(newest.at, now=overview.at),
    )


def _backup_to_failed(speech: Speech, overview: Overview, newest: Failure) -> str:
    name = _destination(overview, newest.destination)
    if _today(speech, overview, newest):
        return speech.gettext(
            "The backup to %(name)s failed at %(time)s.", name=name, time=speech.time(newest.at)
        )
    day = speech.day(newest.at, now=overview.at)
    return speech.gettext("The backup to %(name)s failed on %(day)s.", name=name, day=day)


def _still_good(speech: Speech, overview: Overview, newest: Failure, known: str) -> str:
    state = state_of(overview, newest.administration)
    if state is None or state.last is None:
        return known
    moment = speech.moment(state.last.made_at, now=overview.at)
    good = speech.gettext("The backup of %(moment)s is still good.", moment=moment)
    return f"{known} {good}"


def _today(speech: Speech, overview: Overview, newest: Failure) -> bool:
    return speech.local(newest.at).date() == speech.local(overview.at).date()


def _destination(overview: Overview, id: DestinationId | None) -> str:
    """Return a destination's name; "" for one that is no longer there."""
    names = (one.destination.name for one in overview.destinations if one.destination.id == id)
    return next(names, "")
