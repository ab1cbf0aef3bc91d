"""What lies in a folder where a program puts its own backups, one sentence each."""

from collections.abc import Iterator

from bewaar.messages.languages import N_
from bewaar.messages.speech import Speech
from bewaar.model import Backup, Code, State, UnitTold, Vault, moment_of

WAITING = {
    "end": N_("%(file)s is half-written: its end is missing."),
    "growing": N_("%(file)s is still being written."),
    "open": N_("%(file)s is still open (%(missing)s)."),
    "pair": N_("%(file)s waits for %(missing)s: one is worth nothing without the other."),
}
DAMAGED = {
    "checksum": N_("%(file)s is damaged and is not kept. Let the program make it again."),
    "empty": N_("%(file)s is empty and is not kept. Let the program make it again."),
    "kind": N_("%(file)s is not what its name says, and is not kept."),
    "page": N_("%(file)s is a web page, not a backup, and is not kept. Fetch it again."),
}
NOTES = {
    "vendor.damaged": N_("%(path)s is damaged and was left out. Let its program make it again."),
    "vendor.smaller": N_(
        "What the program of %(name)s saved is far smaller than last time: %(size)s instead of "
        "%(before_size)s. If you removed nothing, find out why."
    ),
    "vendor.unchecked.maker": N_(
        "%(path)s is kept whole, but cannot be checked: only its maker knows the format."
    ),
    "vendor.unchecked.packed": N_(
        "%(path)s is kept whole, but cannot be checked: its database server packed it."
    ),
    "vendor.unchecked.password": N_(
        "%(path)s is kept whole, but cannot be checked: it has a password."
    ),
    "vendor.unchecked.server": N_(
        "%(path)s is kept whole and has its end; more only its database server can check."
    ),
    "vendor.unchecked.tight": N_(
        "%(path)s is kept whole, but was not checked: unpacked it would be enormous."
    ),
    "vendor.unchecked.volume": N_(
        "%(path)s is kept whole, but cannot be checked: it is one of several that belong together."
    ),
    "vendor.waiting": N_("%(path)s was not complete yet and was left out."),
}

NO_ROOM = N_(
    "As many backups of these books are kept as you want. To store older ones too, let more be "
    "kept first."
)


def vault(speech: Speech, state: State) -> list[str]:
    """Return what is known of the program's own backups; nothing for other books."""
    seen = state.observation
    if seen is None or seen.vault is None:
        return []
    return [_newest(speech, state, seen.vault), *_beside(speech, seen.vault)]


def older(speech: Speech, *, count: int, size: int, fitting: int, fitting_size: int) -> list[str]:
    """Return what it means to store older backups of a program too."""
    there = speech.ngettext(
        "%(n)d older backup of the program lies there, %(size)s. Bewaar has stored the newest.",
        "%(n)d older backups of the program lie there, %(size)s together. Bewaar has stored the "
        "newest.",
        count,
        n=count,
        size=speech.size(size),
    )
    if not fitting:
        return [there, speech.gettext(NO_ROOM)]
    comes = speech.ngettext(
        "The newest of them, %(size)s, can be kept without removing any other backup.",
        "The newest %(n)d of them, %(size)s together, can be kept without removing any other "
        "backup.",
        fitting,
        n=fitting,
        size=speech.size(fitting_size),
    )
    return [there, comes]


def made_by_program(speech: Speech, backup: Backup, code: Code) -> str:
    """Return when its program made what a backup took in; "" where that is not known."""
    took = [took for each in backup.contents if each.code == code for took in each.took]
    new = [each for each in took if each.new] or took
    known = [moment for each in new if (moment := moment_of(each.mtime_ns))]
    if not known:
        return ""
    return speech.gettext("by the program: %(when)s", when=speech.short_moment(max(known)))


def _newest(speech: Speech, state: State, found: Vault) -> str:
    if found.newest_at is None:
        return speech.gettext("The program has put no complete backup there yet.")
    made = speech.moment(found.newest_at)
    stored = state.observation is not None and state.observation.changed_since is None
    if stored and state.last and state.last.proof:
        return speech.gettext(
            "Newest backup of the program: %(made)s. Kept and proven: %(proven)s.",
            made=made,
            proven=speech.moment(state.last.proof.proven_at),
        )
    return speech.gettext(
        "Newest backup of the program: %(made)s (%(file)s). It is not stored yet.",
        made=made,
        file=found.newest,
    )


def _beside(speech: Speech, found: Vault) -> Iterator[str]:
    for told in found.waiting:
        yield _told(speech, WAITING[told.reason], told)
    for told in found.damaged:
        yield _told(speech, DAMAGED[told.reason], told)
    if found.series > 1:
        yield speech.gettext(
            "%(n)d different names are there; each backup holds the newest of each.", n=found.series
        )
    if found.fresh > 1:
        yield speech.gettext(
            "%(n)d backups of the program are not stored yet: they follow one by one, the oldest "
            "first.",
            n=found.fresh,
        )
    if found.left:
        yield speech.ngettext(
            "%(n)d older backup, %(size)s, was there before and is not stored.",
            "%(n)d older backups, %(size)s together, were there before and are not stored.",
            found.left,
            n=found.left,
            size=speech.size(found.left_size),
        )
    if found.others:
        yield speech.ngettext(
            "%(n)d other file there is no backup and is not kept.",
            "%(n)d other files there are no backups and are not kept.",
            found.others,
            n=found.others,
        )


def _told(speech: Speech, sentence: str, told: UnitTold) -> str:
    return speech.gettext(sentence, file=told.file, missing=told.missing)
