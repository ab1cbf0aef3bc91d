"""The manifest as it stands in the backup: JSON, one line for each file."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC
from io import BytesIO

from bewaar.archive.fields import Fields, json_bytes, judged
from bewaar.archive.manifest import FORMAT, Manifest, ManifestAdministration, ManifestFile
from bewaar.archive.parts import parts_of
from bewaar.model import BackupId, Code, Content, Counts, Openness, OpenState, Part, Took


def to_bytes(manifest: Manifest) -> bytes:
    """Write the manifest down; of many files it is large, and it is in memory once."""
    written = BytesIO()
    for text in _texts(manifest):
        written.write(json_bytes(text))
    return written.getvalue()


def _texts(manifest: Manifest) -> Iterator[str]:
    head = {
        "format": manifest.format,
        "id": manifest.id,
        "made_at": manifest.made_at.astimezone(UTC).isoformat(),
        "app": "Bewaar",
        "app_version": manifest.app_version,
    }
    inside = (_administration_texts(each) for each in manifest.administrations)
    yield from _with_lines(head, "administrations", inside)
    yield "\n"


def from_bytes(data: bytes, *, file: str) -> Manifest:
    """Read a manifest; `file` is the archive's name for errors. Raises BackupDamaged, …Newer."""
    with judged(file, "manifest"):
        fields = Fields.parse(data)
        return Manifest(
            format=fields.check_format(file=file, supported=FORMAT),
            id=BackupId(fields.id("id")),
            made_at=fields.moment("made_at"),
            app_version=fields.text("app_version"),
            administrations=tuple(map(_administration, fields.objects("administrations"))),
        )


def content_values(content: Content) -> dict[str, object]:
    """Return what is told of an administration, ready for JSON; its place and mark apart."""
    return {
        "code": content.code,
        "name": content.name,
        "program": content.program,
        "program_version": content.program_version,
        "storage": content.storage,
        "count": content.files,
        "size": content.size,
        "documents": content.documents,
        "single_file": content.single_file,
        "counts": {
            "transactions": content.counts.transactions,
            "documents": content.counts.documents,
            "rule": content.counts.rule,
            "tables": dict(content.counts.tables),
            "newest": content.counts.newest.isoformat() if content.counts.newest else None,
        },
        **({"took": [_took_values(took) for took in content.took]} if content.took else {}),
    }


def part_values(content: Content) -> list[dict[str, object]]:
    """Return what a list tells of the parts; a backup tells it with each of its files."""
    return [
        {"name": part.name, "count": part.files, "size": part.size, "newest_ns": part.newest_ns}
        for part in content.parts
    ]


def read_parts(fields: Fields) -> tuple[Part, ...]:
    """Read what `part_values` wrote, and older ones did not. Raises ValueError."""
    return tuple(
        Part(
            name=part.text("name"),
            files=part.size("count"),
            size=part.size("size"),
            newest_ns=part.number("newest_ns"),
        )
        for part in (fields.objects("parts") if "parts" in fields else ())
    )


def read_content(fields: Fields, *, place: str = "", fingerprint: str = "") -> Content:
    """Read what `content_values` wrote. Raises ValueError."""
    counts = fields.within("counts")
    return Content(
        code=Code(fields.text("code")),
        name=fields.text("name"),
        place=place,
        program=fields.text("program"),
        storage=fields.text("storage"),
        files=fields.size("count"),
        size=fields.size("size"),
        counts=Counts(
            transactions=counts.size_or_unknown("transactions"),
            documents=counts.size_or_unknown("documents"),
            rule=counts.text("rule"),
            tables=counts.size_map("tables"),
            newest=counts.date_or_unknown("newest"),
        ),
        fingerprint=fingerprint,
        documents=fields.truth("documents"),
        single_file=fields.truth("single_file"),
        program_version=fields.text_if_told("program_version"),
        took=tuple(map(_took, fields.objects("took") if "took" in fields else ())),
    )


def _took_values(took: Took) -> dict[str, object]:
    return {
        "path": took.path,
        "size": took.size,
        "mtime_ns": took.mtime_ns,
        "blake3": took.blake3,
        "new": took.new,
    }


def _took(fields: Fields) -> Took:
    return Took(
        path=fields.text("path"),
        size=fields.size("size"),
        mtime_ns=fields.number("mtime_ns"),
        blake3=fields.hash("blake3"),
        new=fields.truth("new"),
    )


# ── One administration ──────────────────────────────────────────────────────────────────────


def _administration_texts(inside: ManifestAdministration) -> Iterator[str]:
    state = inside.open_state
    values = content_values(inside.content) | {
        "place": inside.content.place,
        "fingerprint": inside.content.fingerprint,
        "method": inside.method,
        "open": {"state": state.openness, "evidence": state.evidence, "who": state.who},
        "folders": inside.folders,
        "renamed": dict(inside.renamed),
        **({"extras": inside.content.extras} if inside.content.extras else {}),
    }
    return _with_lines(values, "files", ((_text(_file_values(file)),) for file in inside.files))


def _administration(fields: Fields) -> ManifestAdministration:
    state, files = fields.within("open"), tuple(map(_file, fields.objects("files")))
    told = read_content(fields, place=fields.text("place"), fingerprint=fields.text("fingerprint"))
    extras = fields.texts("extras") if "extras" in fields else ()
    inside = ManifestAdministration(
        content=replace(
            told, parts=parts_of(files), extras=extras, openness=Openness(state.text("state"))
        ),
        method=fields.text("method"),
        open_state=OpenState(
            openness=Openness(state.text("state")),
            evidence=state.texts("evidence"),
            who=state.text("who"),
        ),
        folders=fields.texts("folders"),
        files=files,
        renamed=fields.text_map("renamed"),
    )
    size = sum(file.size for file in inside.files)
    if (len(inside.files), size) != (inside.content.files, inside.content.size):
        raise ValueError("the files do not add up")
    return inside


def _file_values(file: ManifestFile) -> dict[str, object]:
    return {
        "path": file.path,
        "size": file.size,
        "mtime_ns": file.mtime_ns,
        "part": file.part,
        "blake3": file.blake3,
        "database": file.database,
    }


def _file(fields: Fields) -> ManifestFile:
    return ManifestFile(
        path=fields.text("path"),
        size=fields.size("size"),
        mtime_ns=fields.number("mtime_ns"),
        part=fields.text("part"),
        blake3=fields.hash("blake3"),
        database=fields.truth("database"),
    )


# ── JSON ────────────────────────────────────────────────────────────────────────────────────


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _with_lines(
    values: Mapping[str, object], name: str, lines: Iterable[Iterable[str]]
) -> Iterator[str]:
    """Yield an object whose last value is a list with an element on each line."""
    yield f"{_text(values)[:-1]}, {_text(name)}: [\n"
    before = ""
    for line in lines:
        yield before
        yield from line
        before = ",\n"
    yield "\n]}"
