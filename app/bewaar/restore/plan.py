"""What a restore would do and what would be lost, said before anything happens (Z03)."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bewaar.archive import Manifest, ManifestAdministration
from bewaar.errors import BewaarError
from bewaar.kit import Kit
from bewaar.model import Administration, Check, Code, Content, Counts, Note, Openness, PartFate
from bewaar.parts import is_extra
from bewaar.requests import RestoreMode, RestoreRequest
from bewaar.restore import guard, naming
from bewaar.restore.fate import fates_of
from bewaar.restore.placement import delivery_of
from bewaar.restore.placing import placement_of
from bewaar.restore.target import Target, target_of
from bewaar.scratch import scratch_folder
from bewaar.servers.connection import Connection, load

_COUNTED = 256 << 20  # bytes of books that are copied to be counted, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePlan:
    """The summary before a restore."""

    content: Content
    made_at: datetime
    mode: RestoreMode
    target: Path
    loose: bool = False  # it comes as no administration that could be watched
    server: Connection | None = None  # to which a database comes, that of the target if it is new
    overwrites: Administration | None
    changed_since: bool | None  # whether the books there changed since; None = unknown
    files_newer: int  # files there that were written after the backup was made
    safety_copy: bool  # whether today's books are kept first
    warnings: tuple[Note, ...]
    transactions_now: int | None = None  # in the books there; None = unknown
    transactions_then: int | None = None  # in the backup
    documents_now: int | None = None
    documents_then: int | None = None
    newest_now: date | None = None  # the date of the newest transaction there; None = unknown
    newest_then: date | None = None  # in the backup
    afterwards: tuple[Check, ...] = ()  # what is to be done then
    fates: tuple[PartFate, ...] = ()  # what becomes of each part; none where there is only one
    whole: bool = True  # all of it comes, not chosen parts
    extras: bool = False  # folders from outside come beside it

    @property
    def where(self) -> str:
        """Where they go, in one line."""
        return self.server.address if self.server else str(self.target)

    @property
    def transactions(self) -> int | None:
        """How many more the books there hold than the backup; None is unknown."""
        return _more(self.transactions_now, self.transactions_then)

    @property
    def documents(self) -> int | None:
        """How many more documents; None is unknown."""
        return _more(self.documents_now, self.documents_then)


def plan(
    request: RestoreRequest,
    manifest: Manifest,
    found: ManifestAdministration,
    kit: Kit,
    administration: Callable[[Code], Administration],
) -> RestorePlan:
    """Look at the target and change nothing. Raises what `target_of` and `check` raise."""
    made_at = manifest.made_at
    target = target_of(request, found, administration)
    delivery = delivery_of(request, manifest, found, target, kit)
    placement = placement_of(delivery)
    placement.check()
    fates, whole = fates_of(delivery, found), delivery.chosen.whole or found.content.single_file
    newer = sum(1 for _ in _written_after(target, made_at)) if whole else 0
    changed = _changed(target, found, kit) if whole else _any_lost(fates)
    then = found.content.counts if delivery.chosen.complete else Counts()
    now = _counts_now(target, found, kit, changed=changed) if whole else Counts()
    return RestorePlan(
        content=delivery.found.content,
        made_at=made_at,
        mode=request.mode,
        target=target.place,
        loose=target.loose,
        server=_server(request, target),
        overwrites=target.replaces,
        changed_since=changed,
        files_newer=newer,
        safety_copy=target.replaces is not None and placement.there(),
        warnings=(
            *guard.warnings(found, target.replaces, kit, administration),
            *_warnings(target, found, kit, whole=whole),
            *naming.told(request, delivery.found),
        ),
        transactions_now=now.transactions,
        transactions_then=then.transactions,
        documents_now=now.documents,
        documents_then=then.documents,
        newest_now=now.newest,
        newest_then=then.newest,
        afterwards=guard.afterwards(found.content.program, kit),
        fates=fates,
        whole=whole,
        extras=bool(delivery.chosen.extras),
    )


def _server(request: RestoreRequest, target: Target) -> Connection | None:
    if not target.on_server:
        return None
    return load(target.place if target.replaces else request.into or target.place)


def _any_lost(fates: Iterable[PartFate]) -> bool | None:
    """Whether anything there differs from the parts that come; None when that cannot be told."""
    lost = [fate.lost for fate in fates if fate.comes and not is_extra(fate.name)]
    return None if None in lost else any(lost)


def _more(now: int | None, then: int | None) -> int | None:
    return None if now is None or then is None else now - then


def _changed(target: Target, found: ManifestAdministration, kit: Kit) -> bool | None:
    """Whether the live books differ from the backup's; None when that cannot be told."""
    if target.replaces is None or not found.content.fingerprint:
        return None
    storage, source = kit.storage(target.replaces), kit.source(target.replaces)
    try:
        return storage.fingerprint(source) != found.content.fingerprint
    except BewaarError:
        return None


def _counts_now(
    target: Target, found: ManifestAdministration, kit: Kit, *, changed: bool | None
) -> Counts:
    """Count the books there in a copy of them; unknown when they are large, open or busy."""
    then = found.content.counts
    if target.replaces is None or not then.rule or changed is None:
        return Counts()
    if not changed:
        return then
    storage, source = kit.storage(target.replaces), kit.source(target.replaces)
    try:
        if storage.is_open(source).openness is Openness.OPEN:
            return Counts()
        if storage.extent(source).size > _COUNTED:
            return Counts()
        with scratch_folder(kit.home.snapshots) as folder:
            now = storage.snapshot(source, folder).counts
    except BewaarError:
        return Counts()
    return now if now.rule == then.rule else Counts()


def _written_after(target: Target, made_at: datetime) -> Iterator[Path]:
    if target.replaces is None or target.on_server:
        return
    for file in _files(target.place):
        try:
            written = file.stat().st_mtime
        except OSError:
            continue
        if written > made_at.timestamp():
            yield file


def _files(place: Path) -> Iterator[Path]:
    if os.path.isfile(place):  # noqa: PTH113 - answers where we may not look
        yield place
        return
    for folder, _, names in os.walk(place):
        yield from (Path(folder, name) for name in names)


def _warnings(
    target: Target, found: ManifestAdministration, kit: Kit, *, whole: bool
) -> Iterator[Note]:
    if target.replaces is None:
        return
    name = target.replaces.name
    state = kit.storage(target.replaces).is_open(kit.source(target.replaces))
    if state.openness is Openness.OPEN:
        evidence = ", ".join(state.evidence)
        yield Note(code="program.open", params={"name": name, "evidence": evidence})
    if state.openness is Openness.UNKNOWN:
        yield Note(code="program.unknown", params={"name": name})
    if found.content.program != target.replaces.program:
        yield Note(code="restore.program", params={"name": name})
    if not found.content.documents and whole:
        yield Note(code="restore.documents", params={"name": name})
