"""What a restore would do and what would be lost, said before anything happens (Z03)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bewaar.archive import Manifest, ManifestAdministration
from bewaar.kit import Kit
from bewaar.model import Administration, Check, Code, Content, Counts, Note, Openness, PartFate
from bewaar.parts import is_extra
from bewaar.requests import RestoreMode, RestoreRequest
from bewaar.restore import guard, naming
from bewaar.restore.fate import fates_of
from bewaar.restore.loss import Loss, loss_of
from bewaar.restore.placement import delivery_of
from bewaar.restore.placing import placement_of
from bewaar.restore.target import Target, target_of
from bewaar.servers.connection import Connection, ServerKind, load


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
    then = found.content.counts if delivery.chosen.complete else Counts()
    loss = loss_of(target, found, made_at, kit) if whole else Loss(changed=_any_lost(fates))
    now = loss.counts
    return RestorePlan(
        content=delivery.found.content,
        made_at=made_at,
        mode=request.mode,
        target=target.place,
        loose=target.loose,
        server=_server(request, target),
        overwrites=target.replaces,
        changed_since=loss.changed,
        files_newer=loss.newer,
        safety_copy=target.replaces is not None and placement.there(),
        warnings=(
            *guard.warnings(found, target.replaces, kit, administration),
            *_warnings(target, found, kit, whole=whole),
            *naming.told(request, delivery.found),
            *_untried(_server(request, target)),
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


def _untried(server: Connection | None) -> Iterator[Note]:
    if server and server.kind is ServerKind.SQLSERVER:
        yield Note(code="server.untried", params={})


def _any_lost(fates: Iterable[PartFate]) -> bool | None:
    """Whether anything there differs from the parts that come; None when that cannot be told."""
    lost = [fate.lost for fate in fates if fate.comes and not is_extra(fate.name)]
    return None if None in lost else any(lost)


def _more(now: int | None, then: int | None) -> int | None:
    return None if now is None or then is None else now - then


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
