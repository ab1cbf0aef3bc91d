"""Refusing a backup of far less than there was before (S2), and telling of any fewer (Z06).

A drop means the wrong folder, a damaged program or worse; the user may say that it is right.
"""

from bewaar.archive import Item
from bewaar.catalogue.backups import Baseline
from bewaar.errors import SourceShrunk
from bewaar.kit import Kit
from bewaar.model import VENDOR, Administration, Content
from bewaar.parts import is_extra
from bewaar.progress import Progress
from bewaar.vendorfiles import series_of

LEAST = {"files": 4, "records": 20, "transactions": 4}  # below that a drop says nothing


def baseline_of(administration: Administration, kit: Kit) -> Baseline | None:
    """Return the newest proven backup that a new one can be held against.

    One that holds an older backup of a program beside the newest holds more than usual.
    """
    known = kit.catalogue.backups
    baseline = known.baseline(administration.code)
    if baseline is None or not _is_double(baseline.content):
        return baseline
    for backup in known.of(administration.code):
        for content in backup.contents if backup.proof else ():
            if content.code == administration.code and not _is_double(content):
                return Baseline(backup=backup, content=content, signature="")
    return None


def refuse_shrunk(item: Item, baseline: Baseline | None) -> None:
    """Raise SourceShrunk when files, records or transactions fell to less than half."""
    if baseline is None:
        return
    extras = sum(is_extra(part.name) for part in baseline.content.parts)
    alike = baseline.content.documents == item.administration.documents
    comparable = alike and extras == len(item.administration.extras)
    for unit, before, now in _pairs(baseline.content, item):
        if unit == "files" and not comparable:
            continue
        if before >= LEAST[unit] and now * 2 < before:
            raise SourceShrunk(name=item.administration.name, unit=unit, before=before, now=now)


def tell_dropped(item: Item, baseline: Baseline | None, progress: Progress) -> None:
    """Tell when there are fewer transactions than in the last proven backup."""
    pair = _transactions(baseline.content, item) if baseline else None
    if pair and pair[1] < pair[0]:
        name = item.administration.name
        progress.note("counts.dropped", name=name, before=pair[0], now=pair[1])


def tell_smaller(item: Item, baseline: Baseline | None, progress: Progress) -> None:
    """Tell when what another program saved is less than half of what it saved last."""
    if baseline is None or item.administration.storage != VENDOR:
        return
    before, now = baseline.content.size, item.snapshot.size
    if now * 2 < before:
        name = item.administration.name
        progress.note("vendor.smaller", name=name, before_size=before, size=now)


def _is_double(content: Content) -> bool:
    series = [series_of(took.path) for took in content.took]
    return len(set(series)) < len(series)


def _pairs(then: Content, item: Item) -> list[tuple[str, int, int]]:
    counts = item.snapshot.counts
    pairs = [("files", then.files, len(item.snapshot.files))]
    if then.counts.tables:
        pairs.append(("records", sum(then.counts.tables.values()), sum(counts.tables.values())))
    if transactions := _transactions(then, item):
        pairs.append(("transactions", *transactions))
    return pairs


def _transactions(then: Content, item: Item) -> tuple[int, int] | None:
    """Return the transactions then and now; None unless both were counted by the same rule."""
    before, now = then.counts, item.snapshot.counts
    if before.transactions is None or now.transactions is None or before.rule != now.rule:
        return None
    return before.transactions, now.transactions
