"""What a reader of references finds."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The files that books name."""

    files: tuple[Path, ...] = ()  # by their whole paths, whether they are there or not
    unclear: int = 0  # named in a way that does not say where they lie
