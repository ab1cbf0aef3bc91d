"""What scripts get: plain values with names that stay, times in UTC, sizes in bytes."""

from datetime import UTC, datetime
from typing import Any

from bewaar.model import (
    Administration,
    Backup,
    Checklist,
    Content,
    Counts,
    Destination,
    Drop,
    Job,
    Note,
    OpenState,
    State,
    moment_of,
)
from bewaar.parts import word
from bewaar.servers.search import Answer

Plain = dict[str, Any]


def moment(at: datetime | None) -> str | None:
    """Return "2026-11-16T17:02:00Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def administration(one: Administration) -> Plain:
    """Return an administration."""
    return {
        "code": one.code,
        "name": one.name,
        "place": str(one.place),
        "program": one.program,
        "marked": one.marked,
        "documents": one.documents,
        "vault": one.vault,
    }


def vault(one: State) -> Plain | None:
    """Return what lies where a program puts its own backups; None for other books."""
    seen = one.observation
    if seen is None or seen.vault is None:
        return None
    found = seen.vault
    return {
        "newest": found.newest or None,
        "newest_at": moment(found.newest_at),
        "stored": one.last is not None and seen.changed_since is None,
        "waiting": [{"file": each.file, "reason": each.reason} for each in found.waiting],
        "damaged": [{"file": each.file, "reason": each.reason} for each in found.damaged],
        "others": found.others,
        "fresh": found.fresh,
        "left": {"count": found.left, "size": found.left_size},
    }


def drop(one: Drop) -> Plain:
    """Return between which two backups transactions became fewer."""
    return {
        "before": one.transactions_before,
        "now": one.transactions_now,
        "backup_before": one.before.file,
        "backup_now": one.now.file,
    }


def state(one: State) -> Plain:
    """Return how an administration stands."""
    seen = one.observation
    return {
        **administration(one.administration),
        "standing": one.standing.value,
        "changed_since": moment(seen.changed_since) if seen else None,
        "overdue_since": moment(one.overdue_since),
        "last_backup": backup(one.last) if one.last else None,
        "failure": one.failure.code if one.failure else None,
    }


def destination(one: Destination) -> Plain:
    """Return a destination."""
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind.value,
        "folder": str(one.folder),
        "occasional": one.occasional,
    }


def server(one: Answer) -> Plain:
    """Return a server that answered."""
    return {
        "kind": one.kind.value,
        "maker": one.maker,
        "version": one.version or None,
        "host": one.host,
        "port": one.port,
        "address": one.address,
    }


def backup(one: Backup) -> Plain:
    """Return a backup."""
    return {
        "id": one.id,
        "destination": one.destination,
        "file": one.file,
        "made_at": moment(one.made_at),
        "size": one.size,
        "encrypted": one.encrypted,
        "locked": one.locked,
        "proven_at": moment(one.proof.proven_at) if one.proof else None,
        "administrations": [content(each) for each in one.contents],
    }


def content(one: Content) -> Plain:
    """Return what a backup holds of one administration."""
    return {
        "code": one.code,
        "name": one.name,
        "place": one.place,
        "program": one.program,
        "program_version": one.program_version or None,
        "files": one.files,
        "size": one.size,
        **counts(one.counts),
        "open": one.openness.value if one.openness else None,
        "made_by_program": [
            {"file": each.path, "written_at": moment(moment_of(each.mtime_ns))}
            for each in one.took
            if each.new
        ],
        "parts": [
            {"part": word(each.name), "files": each.files, "size": each.size} for each in one.parts
        ],
    }


def counts(one: Counts) -> Plain:
    """Return what was counted; null is unknown."""
    return {"transactions": one.transactions, "documents": one.documents}


def open_state(one: OpenState) -> Plain:
    """Return whether an administration is open, and who has it open or may have."""
    return {
        "open": one.openness.value,
        "since": moment(one.since),
        "users": [
            {
                "program": each.program or None,
                "computer": each.computer or None,
                "person": each.person or None,
                "since": moment(each.since),
                "running_since": moment(each.running_since),
                "sure": each.sure,
                "evidence": list(each.evidence),
            }
            for each in one.users
        ],
    }


def checklist(one: Checklist) -> Plain:
    """Return what is to be done after a restore; an item's number is what `--done` takes."""
    return {
        "number": one.number,
        "administration": one.administration,
        "restored_at": moment(one.restored_at),
        "backup_made_at": moment(one.made_at),
        "left": one.left,
        "checks": [
            {"nr": nr, "code": each.code, "named": each.named, "done_at": moment(each.done_at)}
            for nr, each in enumerate(one.checks, 1)
        ],
    }


def job(one: Job) -> Plain:
    """Return a job that is over."""
    return {
        "id": one.id,
        "kind": one.kind.value,
        "state": one.state.value,
        "started_at": moment(one.started_at),
        "ended_at": moment(one.ended_at),
        "notes": [note(each) for each in one.notes],
        "result": dict(one.result),
    }


def note(one: Note) -> Plain:
    """Return a note."""
    return {"code": one.code, "params": dict(one.params)}
