"""Whether a backup file is the one that was written, from its first byte to its last.

Two witnesses: the digest of the file, when it is known from elsewhere, and the authentication
code inside an encrypted one. What they say outranks what the content looks like: a damaged file
may look hostile, and a wrong password makes everything look damaged.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hmac import HMAC

from bewaar.archive.encryption import Unlocked
from bewaar.archive.sources import FileSource, Seal
from bewaar.errors import (
    BackupDamaged,
    BackupHostile,
    BewaarError,
    NotABackup,
    PasswordOrDamage,
    PasswordWrong,
)
from bewaar.model import BackupId
from bewaar.progress import Progress


class Wholeness:
    """Watches a backup file while it is read."""

    def __init__(
        self,
        whole: FileSource,
        unlocked: Unlocked | None,
        expected: str | None,
        of: BackupId | None,
    ) -> None:
        """Take the file, its decrypted inside, and the BLAKE3 noted for it or the backup `of`."""
        self._whole, self._unlocked, self._expected, self._of = whole, unlocked, expected, of
        self._code: HMAC | None = None
        self.password_fits = False  # something was understood with it
        self.proven = False  # every byte was seen, and all witnesses agree

    def understood(self, id: BackupId) -> None:
        """Hear which backup it is: a hash that was noted for another tells nothing of it."""
        self.password_fits = True
        if self._of is not None and self._of != id:
            self._expected = None

    def watch(self) -> None:
        """Start to look at everything that is read, from the first byte."""
        seal, self._code = self._unlocked.seal() if self._unlocked else (Seal(), None)
        self._whole.follow(seal)

    def read_on(self, progress: Progress) -> None:
        """Read what was not read yet; it is hashed meanwhile. Raises BackupDamaged."""
        self._whole.finish(progress)

    def finish(self, progress: Progress) -> str:
        """Read what was not read yet and return the digest of the whole file.

        Raises BackupDamaged, PasswordWrong, PasswordOrDamage.
        """
        digest = self._whole.finish(progress).blake3()
        if self._expected is not None and digest != self._expected:
            raise self._whole.damaged("not the file that was written")
        if self._unlocked and self._code and not self._unlocked.authentic(self._code):
            raise self._not_authentic()
        self.proven = True
        return digest

    @contextmanager
    def outranking(self, progress: Progress) -> Iterator[None]:
        """When the content looks wrong, ask the witnesses first."""
        try:
            yield
        except (NotABackup, BackupDamaged, BackupHostile):
            if self._unlocked or self._expected is not None:
                self.watch()
                self.finish(progress)
            raise

    def _not_authentic(self) -> BewaarError:
        if self.password_fits:
            return self._whole.damaged("authentication code")
        if self._expected is not None:
            return PasswordWrong(file=self._whole.file)
        return PasswordOrDamage(file=self._whole.file)
