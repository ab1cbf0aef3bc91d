"""What a backup holds, folder by folder and page by page; from its manifest only.

Document copies come first: they are what people look for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bewaar.archive import ManifestAdministration, ManifestFile
from bewaar.model import moment_of
from bewaar.parts import DOCUMENTS

PER_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFolder:
    """A folder, with all below it."""

    path: str
    files: int
    size: int
    documents: bool  # whether document copies are in it

    @property
    def name(self) -> str:
        """Its name without those above."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """A file."""

    path: str
    size: int
    modified: datetime | None  # None: a time that no calendar has
    documents: bool  # whether it is a document copy

    @property
    def name(self) -> str:
        """Its name without the folders."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The folder it lies in; "" is the topmost one."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of one folder, or of what was found."""

    folder: str  # "" is the topmost one
    search: str  # what was looked for, in the whole backup; "" = nothing
    entries: tuple[ListedFolder | ListedFile, ...]
    total: int  # entries on all pages
    page: int  # from 1
    pages: int

    @property
    def trail(self) -> tuple[tuple[str, str], ...]:
        """The folders above this one, and itself: name and path of each."""
        names = self.folder.split("/") if self.folder else []
        return tuple((name, "/".join(names[: n + 1])) for n, name in enumerate(names))


def listing(
    found: ManifestAdministration, *, folder: str = "", search: str = "", page: int = 1
) -> Listing:
    """Return a page of what lies in a folder, or of the files whose paths hold the words sought.

    A page beyond the last one is the last one; a folder that is not there is empty.
    """
    entries = _hits(found.files, search) if search else _inside(found, folder)
    pages = max(1, -(-len(entries) // PER_PAGE))
    page = min(max(page, 1), pages)
    return Listing(
        folder="" if search else folder,
        search=search,
        entries=tuple(entries[(page - 1) * PER_PAGE : page * PER_PAGE]),
        total=len(entries),
        page=page,
        pages=pages,
    )


def _hits(files: Iterable[ManifestFile], search: str) -> list[ListedFolder | ListedFile]:
    words = search.casefold().split()
    hits = [f for f in files if all(word in f.path.casefold() for word in words)]
    return [*map(_file, sorted(hits, key=_file_order))]


def _inside(found: ManifestAdministration, folder: str) -> list[ListedFolder | ListedFile]:
    start = f"{folder}/" if folder else ""
    files: list[ManifestFile] = []
    below: dict[str, list[ManifestFile]] = {
        start + path[len(start) :].partition("/")[0]: []
        for path in found.folders
        if path.startswith(start)
    }
    for file in found.files:
        if not file.path.startswith(start):
            continue
        name, slash, _ = file.path[len(start) :].partition("/")
        if slash:
            below.setdefault(start + name, []).append(file)
        else:
            files.append(file)
    folders = [_folder(path, inner) for path, inner in below.items()]
    folders.sort(key=lambda each: (not each.documents, each.name.casefold()))
    return [*folders, *map(_file, sorted(files, key=_file_order))]


def _folder(path: str, files: Sequence[ManifestFile]) -> ListedFolder:
    return ListedFolder(
        path=path,
        files=len(files),
        size=sum(file.size for file in files),
        documents=any(file.part == DOCUMENTS for file in files),
    )


def _file(file: ManifestFile) -> ListedFile:
    return ListedFile(
        path=file.path,
        size=file.size,
        modified=moment_of(file.mtime_ns),
        documents=file.part == DOCUMENTS,
    )


def _file_order(file: ManifestFile) -> tuple[bool, str]:
    return file.part != DOCUMENTS, file.path.casefold()
