"""Where Bewaar keeps its own things: settings, catalogue, logs, locks.

`BEWAAR_HOME` moves everything to one folder; without it the folders are the ones the operating
system means for such files. Nothing is created by asking.
"""

import os
import shutil
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from pathlib import Path

from bewaar.errors import HomeFull, HomeUnwritable

APP = "Bewaar"
NO_ROOM = 32 << 10  # bytes free; whatever the system says then, the reason is the full disk


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The folders that belong to one user's Bewaar."""

    config: Path  # what the user chose
    data: Path  # the catalogue, the journal of restores
    state: Path  # logs, locks
    cache: Path  # snapshots in the making; may be emptied at any time

    @property
    def settings_file(self) -> Path:
        """The user's choices, readable TOML."""
        return self.config / "settings.toml"

    @property
    def programs(self) -> Path:
        """The user's own profiles of programs, where there are any."""
        return self.config / "programs"

    @property
    def servers(self) -> Path:
        """One file for each administration that is a database: how its server is reached."""
        return self.config / "servers"

    @property
    def catalogue_file(self) -> Path:
        """The rebuildable index."""
        return self.data / "catalogue.sqlite"

    @property
    def journal(self) -> Path:
        """One file for each restore that is swapping folders, or can be undone."""
        return self.data / "journal"

    @property
    def safety(self) -> Path:
        """Safety backups made just before a restore overwrites something."""
        return self.data / "safety"

    @property
    def logs(self) -> Path:
        """What happened, for support."""
        return self.state / "logs"

    @property
    def locks(self) -> Path:
        """One file for each thing that only one process may do at a time."""
        return self.state / "locks"

    @property
    def snapshots(self) -> Path:
        """Consistent copies, each alive only while its backup is made."""
        return self.cache / "snapshots"

    @property
    def looked_at(self) -> Path:
        """Documents that were taken out of a backup to be looked at, for a day at most."""
        return self.cache / "looked-at"

    def create(self) -> None:
        """Make the folders, readable by this user only where the system knows such rights."""
        for folder in (self.config, self.data, self.state, self.cache):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def unwritable(
    error: OSError | None, folder: Path, *, needed: int | None = None, reason: str = ""
) -> HomeFull | HomeUnwritable:
    """Return what it means to the user that nothing can be written in a folder of ours."""
    free = _free(folder)
    reason = reason or (error.strerror if error else "") or type(error).__name__
    full = free is not None and free < NO_ROOM
    if full or (error and error.errno in {ENOSPC, EDQUOT}):
        return HomeFull(folder=str(folder), needed=needed, free=free)
    return HomeUnwritable(folder=str(folder), reason=reason)


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def home() -> Home:
    """Return this user's folders, all below `BEWAAR_HOME` when that is set."""
    moved = os.environ.get("BEWAAR_HOME")
    if moved:
        root = Path(moved).absolute()
        return Home(config=root, data=root / "data", state=root / "state", cache=root / "cache")
    from platformdirs import PlatformDirs

    dirs = PlatformDirs(APP, appauthor=False)
    return Home(
        config=dirs.user_config_path,
        data=dirs.user_data_path,
        state=dirs.user_state_path,
        cache=dirs.user_cache_path,
    )
