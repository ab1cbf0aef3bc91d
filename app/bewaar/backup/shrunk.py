"""Refusing a backup of far less than there was before (S2).

A drop means the wrong folder, a damaged program or worse; the user may say that it is right.
"""

from bewaar.archive import Item
from bewaar.catalogue.backups import Baseline
from bewaar.errors import SourceShrunk
from bewaar.model import Content

LEAST = {"files": 4, "records": 20, "transactions": 4}  # below that a drop says nothing


def refuse_shrunk(item: Item, baseline: Baseline | None) -> None:
    """Raise SourceShrunk when files, records or transactions fell to less than half."""
    if baseline is None:
        return
    comparable = baseline.content.documents == item.administration.documents
    for unit, before, now in _pairs(baseline.content, item):
        if unit == "files" and not comparable:
            continue
        if before >= LEAST[unit] and now * 2 < before:
            raise SourceShrunk(name=item.administration.name, unit=unit, before=before, now=now)


def _pairs(then: Content, item: Item) -> list[tuple[str, int, int]]:
    counts = item.snapshot.counts
    pairs = [("files", then.files, len(item.snapshot.files))]
    if then.counts.tables:
        pairs.append(("records", sum(then.counts.tables.values()), sum(counts.tables.values())))
    if then.counts.transactions is not None and counts.transactions is not None:
        pairs.append(("transactions", then.counts.transactions, counts.transactions))
    return pairs
