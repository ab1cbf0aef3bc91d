"""Restores as a job makes them, with the safety backup before and the new entry after."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from bewaar import restore as restoring
from bewaar.archive import Archive, Manifest, ManifestAdministration, open_archive
from bewaar.backup import Order, back_up
from bewaar.books import Books
from bewaar.errors import BackupDamaged
from bewaar.jobs import Outcome
from bewaar.kit import Kit
from bewaar.locate import Located
from bewaar.model import SAFETY, Administration, Backup, Checklist, Code
from bewaar.observe import Observer
from bewaar.operations.archives import ArchiveWork, Inside
from bewaar.places import Places
from bewaar.progress import Progress, Stage
from bewaar.requests import RestoreMode, RestoreRequest
from bewaar.restore import Kept, Ready, Restored, RestorePlan, Store
from bewaar.restore.guard import afterwards
from bewaar.restore.target import Target, check_typed, target_of
from bewaar.servers.connection import shown as shown_place
from bewaar.settings import render_name
from bewaar.verify import administration_in


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreWork:
    """Restores, with the rooms they need."""

    kit: Kit
    books: Books
    places: Places
    observer: Observer
    archives: ArchiveWork

    def plan(self, request: RestoreRequest, inside: Inside | None = None) -> RestorePlan:
        """Return what a restore would do. Raises what opening and `restore.plan` raise.

        `inside` is what the backup was just found to hold, when it was looked into already.
        """
        inside = inside or self.archives.look_inside(request.file, request.password)
        found = _asked_for(request, inside.file, inside.manifest)
        self._check_new(request, found)
        return restoring.plan(request, inside.manifest, found, self.kit, self.books.get)

    def check(self, request: RestoreRequest, inside: Inside | None = None) -> None:
        """Raise at once what opening, the target and the typed name would raise in the job."""
        inside = inside or self.archives.look_inside(request.file, request.password)
        found = _asked_for(request, inside.file, inside.manifest)
        self._check_new(request, found)
        check_typed(request, target_of(request, found, self.books.get))

    def restore(self, request: RestoreRequest, progress: Progress) -> Outcome:
        """Give the books of a request back; what they replace is backed up first.

        The backup that is given back is not open meanwhile: both together would fill the memory.
        """
        progress.stage(Stage.CHECKING, request.file.name)
        replaced = self._to_be_replaced(request, progress)
        kept = self._keep(*replaced, progress) if replaced else None
        with self._opened(request, progress) as (located, archive):
            ready = self._ready(request, located, archive)
            done = restoring.restore(ready, archive, kept, progress)
        if done.loose:
            if done.found.files:
                progress.note("restore.loose", place=str(done.place))
            return Outcome(result={"code": "", "place": str(done.place), "files": 1})
        code = self._enter(request, done)
        name, shown = self.books.get(code).name, shown_place(done.place)
        progress.note("restore.placed", name=name, place=shown)
        self.observer.look(self.books.get(code))
        checklist = self._checklist(code, done, archive.manifest.made_at)
        return Outcome(
            result={
                "code": code,
                "place": str(done.place),
                "files": len(done.found.files),
                "safety": done.safety.file if done.safety else "",
                "replaced": done.replaced is not None,
                "checklist": checklist,
            }
        )

    def undo(self, code: Code, progress: Progress) -> Outcome:
        """Put back what the last restore of an administration replaced."""
        administration = self.books.get(code)
        swap = restoring.undo_last(administration, self.kit, progress)
        self.observer.look(administration)
        self.kit.catalogue.checklists.put_away_since(code, swap.made_at)
        return Outcome(
            result={"code": code, "place": str(swap.place), "kept": str(swap.folder(Store.UNDONE))}
        )

    def _ready(self, request: RestoreRequest, located: Located, archive: Archive) -> Ready:
        self._check_new(request, _asked_for(request, located.name, archive.manifest))
        return restoring.prepare(request, archive.manifest, self.kit, self.books.get)

    def _to_be_replaced(
        self, request: RestoreRequest, progress: Progress
    ) -> tuple[Target, bool] | None:
        """Return where the books go that replace others, and whether any are there now."""
        if request.mode is RestoreMode.NEW:
            return None
        with self._opened(request, progress) as (located, archive):
            ready = self._ready(request, located, archive)
            return ready.delivery.target, ready.placement.there()

    def _keep(self, target: Target, there: bool, progress: Progress) -> Kept:  # noqa: FBT001
        safety = None
        if there and target.replaces:
            safety = restoring.keep(target.replaces, self._safety_backup, progress)
        return Kept(safety=safety, device=target.device)

    def _checklist(self, code: Code, done: Restored, made_at: datetime) -> int | None:
        """Keep what is to be done now, and return its number; None when nothing is."""
        program = done.found.content.program
        checks = afterwards(program, self.kit)
        if not checks:
            return None
        checklist = Checklist(
            number=0,
            administration=code,
            program=program,
            restored_at=self.kit.clock.now(),
            made_at=made_at,
            checks=checks,
        )
        return self.kit.catalogue.checklists.add(checklist).number

    def _check_new(self, request: RestoreRequest, found: ManifestAdministration) -> None:
        """Refuse a new administration that could not be kept once its books are there."""
        if request.mode is RestoreMode.NEW:
            target = target_of(request, found, self.books.get)
            self.books.check_new(target.place, request.new_name.strip())

    def _enter(self, request: RestoreRequest, done: Restored) -> Code:
        """Keep a new administration from now on; a replaced one is kept already."""
        if done.replaced is not None:
            return done.replaced.code
        known = {profile.id for profile in self.books.profiles()}
        program = done.found.content.program
        added = self.books.add(
            done.place,
            name=request.new_name.strip(),
            code=None,
            program=program if program in known else None,
        )
        return added.code

    def _safety_backup(self, administration: Administration, progress: Progress) -> Backup:
        """Keep today's books, proven, in Bewaar's own folder."""
        whole = replace(administration, documents=True, extras=())
        order = Order(
            administrations=(whole,),
            file=render_name(
                "{name} {date} {time}",
                name=administration.name,
                code=administration.code,
                program=administration.program,
                at=self.kit.clock.now(),
            )
            + ".zip",
            accept_fewer=True,
        )
        return back_up(order, self.places.open(SAFETY), self.kit, progress)

    @contextmanager
    def _opened(
        self, request: RestoreRequest, progress: Progress
    ) -> Iterator[tuple[Located, Archive]]:
        with self.archives.locator.open(request.file) as located:
            password = self.archives.password_for(located, request.password)
            with open_archive(
                located.stream,
                file=located.name,
                password=password,
                blake3=located.blake3,
                of=located.of,
                progress=progress,
            ) as archive:
                located.check(archive.manifest.id)
                yield located, archive


def _asked_for(request: RestoreRequest, file: str, manifest: Manifest) -> ManifestAdministration:
    found = administration_in(manifest, request.code)
    if found is None:
        raise BackupDamaged(file=file, detail=f"holds no {request.code}")
    return found
