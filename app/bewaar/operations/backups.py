"""Backups as a job makes them: one after the other, each proven before the next.

One administration that fails does not stop the others.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from bewaar.backup import BackupPlan, Order, await_program, back_up, is_unchanged, plan, tidy
from bewaar.books import Books
from bewaar.destinations.base import OpenDestination
from bewaar.errors import (
    BewaarError,
    Cancelled,
    NothingChosen,
    PasswordEmpty,
)
from bewaar.jobs import Outcome
from bewaar.kit import Kit, with_documents
from bewaar.model import Administration, Backup, Code, DestinationKind, Openness
from bewaar.observe import Observer
from bewaar.operations.arrivals import each_in_turn, put_off
from bewaar.operations.opened import opened_note
from bewaar.operations.references import ReferenceWork
from bewaar.places import Places
from bewaar.policy import policy_of
from bewaar.progress import Progress, Stage
from bewaar.requests import BackupRequest, Protection
from bewaar.settings import SettingsFile, check_template, render_name
from bewaar.today import in_doubt

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupWork:
    """Backups, with the rooms they are made in."""

    kit: Kit
    books: Books
    places: Places
    settings: SettingsFile
    observer: Observer
    references: ReferenceWork
    kept_password: Callable[[], str | None]

    def check(self, request: BackupRequest) -> None:
        """Refuse at once what cannot be done.

        Raises NothingChosen, InvalidValue, PasswordEmpty, the unknown.
        """
        if not self.chosen(request):
            raise NothingChosen
        if request.name:
            check_template(request.name)
        self.places.get(request.destination)
        self.password(request)

    def plan(self, request: BackupRequest) -> BackupPlan:
        """Return the summary of what a request would do. Raises what preflight raises."""
        self.check(request)
        chosen, password = self.chosen(request), self.password(request)
        return plan(
            chosen,
            lambda administrations: self.orders(administrations, request, password),
            self.places.open(request.destination),
            self.kit,
            encrypted=password is not None,
            even_unchanged=request.even_unchanged,
        )

    def back_up(self, request: BackupRequest, progress: Progress) -> Outcome:
        """Make the backups of a request one after the other, each proven before the next."""
        to = self.places.open(request.destination)
        password = self.password(request)
        changed = self._changed(request, to, password, progress)
        ordered = partial(self.orders, request=request, password=password)
        try:
            orders = each_in_turn(changed, ordered, to, self.kit, progress)
            proven, failures = self._each(orders, to, progress)
        finally:
            self.places.look_for_unfinished(to)
        if proven and to.destination.kind is DestinationKind.DRIVE and not failures:
            progress.note("drive.unpluggable", name=to.destination.name)
        return Outcome(
            backups=tuple(backup.id for backup in proven),
            failures=tuple(failures),
            result={"size": sum(b.size for b in proven), "backups": len(proven)},
        )

    def _each(
        self, orders: Iterable[Order], to: OpenDestination, progress: Progress
    ) -> tuple[list[Backup], list[tuple[Code | None, BewaarError]]]:
        """Make them; one that fails does not stop the others."""
        proven: list[Backup] = []
        failures: list[tuple[Code | None, BewaarError]] = []
        for order in orders:
            try:
                proven.append(self._one(order, to, progress))
            except Cancelled:
                raise
            except BewaarError as error:
                put_off(order, error, to, self.kit)
                failures += [(each.code, error) for each in order.administrations]
                progress.note("backup.failed", name=_names(order), code=error.code)
        return proven, failures

    def orders(
        self,
        administrations: tuple[Administration, ...],
        request: BackupRequest,
        password: str | None,
    ) -> tuple[Order, ...]:
        """Return the archives a request makes: one for each administration, or one for all."""
        groups = [administrations] if request.one_file else [(a,) for a in administrations]
        small = self.settings.current().small if request.small is None else request.small
        return tuple(
            Order(
                administrations=group,
                file=self._file_name(group, request),
                password=password,
                small=small,
                accept_fewer=request.accept_fewer,
            )
            for group in groups
            if group
        )

    def password(self, request: BackupRequest) -> str | None:
        """Return the password of a request. Raises PasswordEmpty, KeyringUnavailable."""
        if request.protection is Protection.NONE:
            return None
        given = request.password
        password = given if request.protection is Protection.GIVEN else self.kept_password()
        if not password:
            raise PasswordEmpty
        return password

    def chosen(self, request: BackupRequest) -> tuple[Administration, ...]:
        """Return the administrations of a request, with document copies in or out as it says."""
        return tuple(
            with_documents(self.books.get(code), request.documents)
            for code in dict.fromkeys(request.codes)
        )

    def _changed(
        self,
        request: BackupRequest,
        to: OpenDestination,
        password: str | None,
        progress: Progress,
    ) -> tuple[Administration, ...]:
        wanted = []
        for each in self.chosen(request):
            progress.stage(Stage.CHECKING, each.name)
            await_program(each, self.kit, progress)
            if not request.even_unchanged and self._is_unchanged(each, to, password, progress):
                progress.note("backup.unchanged", name=each.name)
                self._settle_unchanged(each)
            else:
                wanted.append(each)
        return tuple(wanted)

    def _is_unchanged(
        self, each: Administration, to: OpenDestination, password: str | None, progress: Progress
    ) -> bool:
        """Whether nothing is to be done; what cannot be read now fails in its own backup."""
        encrypted = password is not None
        try:
            return is_unchanged(each, to, self.kit, encrypted=encrypted, progress=progress)
        except Cancelled:
            raise
        except BewaarError:
            return False

    def _settle_unchanged(self, each: Administration) -> None:
        """Look at the books anew: what was found as it is stored counts as looked after."""
        if self.observer.look(self.books.get(each.code)).changed_since is None:
            self.kit.catalogue.attempts.settle(each.code)

    def _one(self, order: Order, to: OpenDestination, progress: Progress) -> Backup:
        doubtful = in_doubt(self.kit)
        self._tell_open(order, progress)
        backup = back_up(order, to, self.kit, progress)
        progress.note("backup.proven", name=_names(order), file=backup.file, size=backup.size)
        try:
            self._tell_uncovered(order, progress)
            self._follow_up(order, backup, to, progress, clock_doubtful=doubtful)
        except BewaarError as error:  # it is proven, whatever becomes of the rest
            LOG.warning("after the backup of %s: %s", _names(order), error)
        return backup

    def _tell_uncovered(self, order: Order, progress: Progress) -> None:
        """Tell of files that the books name and the backup does not hold."""
        for each in order.administrations:
            outside = self.references.outside(each.code)
            for folder, n in outside.uncovered if outside else ():
                progress.note("references.uncovered", name=each.name, folder=str(folder), n=n)

    def _tell_open(self, order: Order, progress: Progress) -> None:
        """Tell which books are open while they are backed up, and what that means for the copy."""
        for each in order.administrations:
            storage = self.kit.storage(each)
            if storage.is_open(self.kit.source(each)).openness is Openness.OPEN:
                progress.note(opened_note(self.kit, each).code, name=each.name)

    def _follow_up(
        self,
        order: Order,
        backup: Backup,
        to: OpenDestination,
        progress: Progress,
        *,
        clock_doubtful: bool,
    ) -> None:
        """Remove what may go now, forget old failures, and look at the books again."""
        for each in order.administrations:
            self.kit.catalogue.failures.settle(each.code)
            self.kit.catalogue.attempts.settle(each.code)
        general = self.settings.current().policy
        keep = {each.code: policy_of(each, general).keep for each in self.books.all()}
        tidy(backup, to, self.kit, keep=keep, clock_doubtful=clock_doubtful, progress=progress)
        for each in order.administrations:
            self.observer.look(self.books.get(each.code))

    def _file_name(self, group: tuple[Administration, ...], request: BackupRequest) -> str:
        template = request.name or self.settings.current().name_template
        first = group[0]
        stem = render_name(
            template,
            name=first.name if len(group) == 1 else "Bewaar",
            code=first.code,
            program=first.program,
            at=self.kit.clock.now(),
        )
        return f"{stem.removesuffix('.zip')}.zip"


def _names(order: Order) -> str:
    return ", ".join(administration.name for administration in order.administrations)
