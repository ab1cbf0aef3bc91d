"""The parts of an administration, and what becomes of each in a restore, in words."""

from collections.abc import Iterator, Sequence

from bewaar.messages.speech import Speech
from bewaar.model import PartFate
from bewaar.parts import BOOKS, DOCUMENTS, EXTRA, SHARED, is_extra


def part(speech: Speech, name: str, extras: Sequence[str] = ()) -> str:
    """Return what a part is called; `extras` are the places of folders from outside."""
    if is_extra(name):
        return _extra(speech, name.removeprefix(EXTRA), extras)
    known = {
        BOOKS: speech.gettext("The books themselves"),
        DOCUMENTS: speech.gettext("The document archive"),
        SHARED: speech.gettext("Shared files and layouts"),
    }
    return known.get(name) or speech.gettext("Fiscal year %(name)s", name=name)


def fates(
    speech: Speech, all_: Sequence[PartFate], extras: Sequence[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield what becomes of each part of books that are replaced: its name, and a sentence.

    Those that stay are told together, with no name.
    """
    for fate in all_:
        if not fate.stays:
            yield part(speech, fate.name, extras), _fate(speech, fate)
    staying = sum(fate.stays for fate in all_)
    if staying:
        told = speech.ngettext(
            "%(n)s other part stays as it is.", "%(n)s other parts stay as they are.", staying
        )
        yield "", told % {"n": speech.number(staying)}


def _extra(speech: Speech, number: str, extras: Sequence[str]) -> str:
    if number.isdecimal() and 0 < int(number) <= len(extras):
        return speech.gettext("The folder %(place)s", place=extras[int(number) - 1])
    return speech.gettext("Folder %(number)s from outside the books", number=number)


def _fate(speech: Speech, fate: PartFate) -> str:
    if is_extra(fate.name):
        return speech.gettext("comes into a new folder beside the books; nothing is overwritten")
    if fate.there == 0:
        return speech.gettext("is not there now, and comes back")
    if fate.lost is None:
        return speech.gettext("makes way; whether anything was entered since cannot be told")
    if fate.comes is None:
        told = speech.ngettext(
            "is not in this backup: the %(n)s file of it that is there makes way",
            "is not in this backup: the %(n)s files of it that are there make way",
            fate.there or 0,
        )
        return told % {"n": speech.number(fate.there or 0)}
    if not fate.lost:
        return speech.gettext("is the same there as in this backup: nothing is lost")
    told = speech.ngettext(
        "makes way: %(n)s file there differs from this backup",
        "makes way: %(n)s files there differ from this backup",
        fate.lost,
    )
    return told % {"n": speech.number(fate.lost)}
