"""The search for administrations: in the programs' usual folders and where the user says.

Bounded in depth and time; links are never followed; hidden, system and huge folders are left
alone. What is found once is found once, by the program that knows most about it.
"""

import os
import re
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_desktop_path, user_documents_path, user_downloads_path

from bewaar.errors import ProgramUnknown
from bewaar.programs.naming import name_of
from bewaar.programs.profile import Profile, Rule
from bewaar.programs.recognise import is_file_of, is_folder_of, names_in
from bewaar.progress import SILENT, Progress
from bewaar.storage.edges import shown
from bewaar.storage.kinds import best_for, by_kind
from bewaar.storage.patterns import matches

DEPTH = 6  # folders below a place where the search begins
SECONDS = 10.0  # of searching, all together
HUGE = 5000  # names in one folder: a mail store, a cache, no books

_SYSTEMS = {"win32": "windows", "darwin": "macos"}
_LEFT_ALONE = (
    *(".*", "$*", "~*", "node_modules", "site-packages", "__pycache__", "venv", "snap"),
    *("appdata", "library", "program files*", "programdata", "system volume information"),
    *("windows", "windows.old", "proc", "sys", "dev", "run", "boot", "lost+found"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Books that were found."""

    place: Path
    name: str
    program: str  # id of its profile
    storage: str
    evidence: tuple[str, ...]  # what gave it away: tables, words, names
    sure: bool  # False: other programs make such files too


def find(
    roots: Sequence[Path],
    profiles: Sequence[Profile],
    *,
    progress: Progress = SILENT,
    seconds: float = SECONDS,
) -> list[Found]:
    """Return the administrations below the roots and in the programs' usual folders.

    What cannot be read is passed over. Raises Cancelled.
    """
    search = _Search(profiles=profiles, progress=progress, until=time.monotonic() + seconds)
    for root in (*roots, *usual_folders(profiles)):
        search.below(root)
    return list(search.found.values())


def program_for(place: Path, profiles: Sequence[Profile]) -> Profile:
    """Return the program whose books certainly lie at a place, else the general one that fits.

    Raises ProgramUnknown when nothing there can be read.
    """
    certain = [(rule, profile) for rule, profile in _fitting(place, profiles) if rule.sure]
    if certain:
        return _weightiest(certain)[1]
    for profile in profiles:
        if profile.general and _storage(place, profile) == best_for(place) is not None:
            return profile
    raise ProgramUnknown(program=shown(place))


def usual_folders(profiles: Sequence[Profile]) -> list[Path]:
    """Return the folders of this system in which the programs keep books; each exists."""
    system = _SYSTEMS.get(sys.platform, "linux")
    named = [folder for profile in profiles for folder in profile.folders.get(system, ())]
    places = [expanded(folder) for folder in dict.fromkeys(named)]
    return [place for place in places if place and place.is_dir()]


def expanded(folder: str) -> Path | None:
    """Return a folder of a profile on this computer; None when a part of it is not known here."""
    folder = folder.replace("{documents}", str(user_documents_path()))
    for name in re.findall(r"%(\w+)%", folder):
        if name not in os.environ:
            return None
        folder = folder.replace(f"%{name}%", os.environ[name])
    return Path(folder).expanduser()


@dataclass(kw_only=True, slots=True)
class _Search:
    """One search: what was looked through, and what was found."""

    profiles: Sequence[Profile]
    progress: Progress
    until: float
    found: dict[str, Found] = field(default_factory=dict)  # by their real place
    seen: set[str] = field(default_factory=set)

    def below(self, root: Path) -> None:
        """Look through a folder, the nearer ones first."""
        waiting = deque([(root, 0)])
        while waiting and time.monotonic() < self.until:
            self.progress.check()
            folder, depth = waiting.popleft()
            inner = self._look(folder)
            if depth < DEPTH:
                waiting += [(each, depth + 1) for each in inner]

    def _look(self, folder: Path) -> list[Path]:
        """Take what a folder holds, and return the folders worth looking into."""
        real = os.path.realpath(folder)
        if real in self.seen:
            return []
        self.seen.add(real)
        try:
            files, folders = names_in(folder)
        except OSError:
            return []
        if len(files) + len(folders) > HUGE or self._take(folder):
            return []
        for file in files:
            self._take(folder / file)
        return [folder / name for name in folders if not matches(name, _LEFT_ALONE)]

    def _take(self, place: Path) -> bool:
        """Keep a place as found when it is an administration, and say whether it is."""
        fitting = _fitting(place, self.profiles, by_name=True)
        if not fitting or shown(place) != str(place):
            return False  # a place that cannot be written as text cannot be kept in the settings
        rule, profile = _weightiest(fitting)
        storage = _storage(place, profile)
        if storage is None:
            return False
        found = Found(
            place=place,
            name=name_of(place, profile),
            program=profile.id,
            storage=storage,
            evidence=rule.evidence,
            sure=rule.sure,
        )
        self.found.setdefault(os.path.realpath(place), found)
        return True


def _fitting(
    place: Path, profiles: Sequence[Profile], *, by_name: bool = False
) -> list[tuple[Rule, Profile]]:
    rules = ((rule, profile) for profile in profiles for rule in profile.rules)
    if not place.is_dir():
        return [(r, p) for r, p in rules if is_file_of(r, place, by_name=by_name)]
    if _is_wide(place):
        return []
    try:
        files, folders = names_in(place)
    except OSError:
        return []
    return [(r, p) for r, p in rules if is_folder_of(r, place.name, files, folders)]


def _weightiest(fitting: list[tuple[Rule, Profile]]) -> tuple[Rule, Profile]:
    return max(fitting, key=lambda each: each[0].weight)


def _storage(place: Path, profile: Profile) -> str | None:
    return next((kind for kind in profile.storages if by_kind(kind).fits(place)), None)


def _is_wide(folder: Path) -> bool:
    """Return whether a folder holds all sorts of a person's things, never one administration."""
    wide = (Path.home(), user_documents_path(), user_downloads_path(), user_desktop_path())
    return folder.parent == folder or folder in wide
