"""The sidecar: what a list of backups needs without opening them.

Never needed to restore; a lost one is made again from the backup. Beside an encrypted backup it
tells no names, places or counts.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bewaar.archive.bounds import LARGEST, MOST_ADMINISTRATIONS, beyond, credible, fault_of_codes
from bewaar.archive.fields import Fields, json_bytes, judged
from bewaar.archive.manifest import FORMAT, Manifest
from bewaar.archive.manifest_json import content_values, part_values, read_content, read_parts
from bewaar.model import BackupId, Code, Content, Openness

SIDECAR_SUFFIX = ".info.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """A backup in short."""

    format: int
    id: BackupId
    made_at: datetime
    size: int  # of the archive
    blake3: str  # of the archive, hexadecimal
    encrypted: bool
    codes: tuple[Code, ...]
    contents: tuple[Content, ...]  # without places and fingerprints; empty when encrypted
    locked: bool = False  # the user locked it against removal

    def to_bytes(self) -> bytes:
        """Return the sidecar file's content."""
        values = {
            "format": self.format,
            "id": self.id,
            "made_at": self.made_at.astimezone(UTC).isoformat(),
            "size": self.size,
            "blake3": self.blake3,
            "encrypted": self.encrypted,
            "codes": self.codes,
            "contents": [_values(content) for content in self.contents],
            **({"locked": True} if self.locked else {}),
        }
        return json_bytes(json.dumps(values, ensure_ascii=False, indent=1) + "\n")

    @classmethod
    def from_bytes(cls, data: bytes, *, file: str = "") -> "Info":
        """Read a sidecar called `file`. Raises BackupDamaged, BackupNewer."""
        with judged(file, "sidecar"):
            fields = Fields.parse(data)
            return _believed(
                cls(
                    format=fields.check_format(file=file, supported=FORMAT),
                    id=BackupId(fields.id("id")),
                    made_at=fields.moment("made_at"),
                    size=fields.size("size"),
                    blake3=fields.hash("blake3"),
                    encrypted=fields.truth("encrypted"),
                    codes=tuple(map(Code, fields.texts("codes"))),
                    contents=tuple(map(_content, fields.objects("contents"))),
                    locked="locked" in fields and fields.truth("locked"),
                )
            )


def _values(content: Content) -> dict[str, object]:
    parts, openness = part_values(content), content.openness
    return (
        content_values(content)
        | ({"parts": parts} if parts else {})
        | ({"open": openness} if openness else {})
    )


def _content(fields: Fields) -> Content:
    told = fields.text_if_told("open")
    return replace(
        read_content(fields), parts=read_parts(fields), openness=Openness(told) if told else None
    )


def _believed(info: Info) -> Info:
    """Raise ValueError for what no backup can be."""
    codes = [*info.codes, *(content.code for content in info.contents)]
    if len(info.codes) > MOST_ADMINISTRATIONS or info.size > LARGEST:
        raise ValueError("too much")
    if not credible(info.made_at):
        raise ValueError("time")
    if fault_of_codes(info.codes) or not {*codes} <= {*info.codes}:
        raise ValueError("codes")
    if what := beyond(info.contents):
        raise ValueError(what)
    return info


def info_of(manifest: Manifest, *, size: int, blake3: str, encrypted: bool) -> Info:
    """Return what the sidecar of that archive says; `size` and `blake3` are the archive's."""
    contents = tuple(each.content for each in manifest.administrations)
    shown = () if encrypted else contents
    return Info(
        format=manifest.format,
        id=manifest.id,
        made_at=manifest.made_at,
        size=size,
        blake3=blake3,
        encrypted=encrypted,
        codes=tuple(content.code for content in contents),
        contents=tuple(replace(content, place="", fingerprint="", extras=()) for content in shown),
    )
