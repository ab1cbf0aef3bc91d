"""A backup copied to one more destination, byte for byte, where it counts once it is proven.

The file it is copied from is only read. What goes wrong on the way leaves nothing there.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass, field, replace
from os import SEEK_END

from blake3 import blake3

from bewaar.archive import SIDECAR_SUFFIX, Info, info_of, open_archive
from bewaar.backup.run import free_name, possible_name
from bewaar.destinations.base import PART, OpenDestination
from bewaar.destinations.preflight import preflight
from bewaar.errors import BackupDamaged, BackupThere, BewaarError, ProofFailed
from bewaar.files import CHUNK, hash_stream
from bewaar.kit import Kit
from bewaar.locate import Located
from bewaar.model import Backup, BackupId
from bewaar.progress import Progress, Stage
from bewaar.verify import Reading

LOG = logging.getLogger(__name__)


def copy_backup(
    located: Located, to: OpenDestination, kit: Kit, *, password: str | None, progress: Progress
) -> Backup:
    """Copy a backup and return its proven copy.

    Raises what `open_archive` raises, BackupThere, ProofFailed, and the destination's errors.
    """
    copying = _Copying(located=located, to=to, kit=kit, password=password, progress=progress)
    id = copying.identify()
    copying.refuse_again(id)
    size = located.stream.seek(0, SEEK_END)
    preflight(to, size, ())
    file = free_name(possible_name(located.name, to), to)
    digest = copying.write(file, size, id)
    try:
        reading = copying.read_back(file, digest)
        progress.stage(Stage.FINISHING, to.destination.name)
        to.promote(file)
    except BaseException:
        with suppress(BewaarError):
            to.remove(file + PART)
        raise
    return copying.enter(file, size, reading)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copying:
    """A backup on its way from one place to another."""

    located: Located
    to: OpenDestination
    kit: Kit
    password: str | None = field(repr=False)
    progress: Progress

    def identify(self) -> BackupId:
        """Open the backup as far as its list of contents."""
        located = self.located
        self.progress.stage(Stage.CHECKING, located.name)
        with open_archive(
            located.stream,
            file=located.name,
            password=self.password,
            blake3=located.blake3,
            of=located.of,
            progress=self.progress,
        ) as archive:
            located.check(archive.manifest.id)
            return archive.manifest.id

    def refuse_again(self, id: BackupId) -> None:
        """Raise BackupThere when the same backup lies at the destination already."""
        there = self.to.destination
        known = self.kit.catalogue.backups.copy_at(id, there.id)
        if known and any((e.name, e.size) == (known.file, known.size) for e in self.to.entries()):
            raise BackupThere(name=there.name, file=known.file)

    def write(self, file: str, size: int, id: BackupId) -> str:
        """Write the `.part` and return its BLAKE3. Raises BackupDamaged for another than known."""
        located = self.located
        self.progress.stage(Stage.WRITING, self.to.destination.name)
        located.stream.seek(0)
        hashed, done = blake3(), 0
        with self.to.write(file) as sink:
            while piece := located.stream.read(CHUNK):
                self.progress.check()
                hashed.update(piece)
                sink.write(piece)
                done += len(piece)
                self.progress.step(done, size, located.name)
            digest = hashed.hexdigest()
            if located.blake3 not in {None, digest} and located.of in {None, id}:
                raise BackupDamaged(file=located.name, detail="not the file that was written")
        return digest

    def read_back(self, file: str, digest: str) -> Reading:
        """Prove the `.part`; what is wrong with it was so in the original, or is the medium's."""
        self.progress.stage(Stage.PROVING, self.to.destination.name)
        with self.to.read(file + PART) as stream:
            try:
                return self.kit.prover.prove(
                    stream,
                    file=self.located.name,
                    password=self.password,
                    blake3=digest,
                    past_cache=self.to.reads_past_cache,
                    progress=self.progress,
                )
            except BackupDamaged as error:
                stream.seek(0)
                if hash_stream(stream, self.progress) == digest:
                    raise
                raise ProofFailed(file=file, detail=str(error)) from error

    def enter(self, file: str, size: int, reading: Reading) -> Backup:
        """Leave the small file beside the copy, and keep it in the catalogue."""
        manifest, proof, known = reading.manifest, reading.proof, self.located.backup
        copied = Backup(
            id=manifest.id,
            destination=self.to.destination.id,
            file=file,
            made_at=manifest.made_at,
            size=size,
            encrypted=reading.encrypted,
            contents=tuple(each.content for each in manifest.administrations),
            proof=proof,
            locked=known is not None and known.locked,
        )
        info = info_of(manifest, size=size, blake3=proof.blake3, encrypted=reading.encrypted)
        self._leave_sidecar(file, replace(info, locked=copied.locked))
        backups = self.kit.catalogue.backups
        backups.add(copied, signatures=backups.signatures(copied.id))
        return copied

    def _leave_sidecar(self, file: str, info: Info) -> None:
        try:
            self.to.put(file + SIDECAR_SUFFIX, info.to_bytes())
        except BewaarError as error:
            LOG.warning("no sidecar for %s: %s", file, error)
            self.progress.note("sidecar.missing", file=file)
