"""The words of Bewaar, one per thing: administrations, backups, proofs, destinations, policies.

Plain frozen data that touches no disk. Times are aware UTC, sizes are bytes, paths inside an
administration are relative with `/` between the names.
"""

from bewaar.model.backups import (
    Backup,
    Content,
    Part,
    PartFate,
    Proof,
    UnitTold,
    Vault,
    moment_of,
)
from bewaar.model.books import (
    Administration,
    Counts,
    InUse,
    Layout,
    Openness,
    OpenState,
    Plea,
    Policy,
    Snapshot,
    SnapshotFile,
    Source,
    StillOpen,
    Stored,
    Took,
)
from bewaar.model.destinations import Destination, DestinationKind, Room, Volume
from bewaar.model.jobs import Failure, Job, JobKind, JobState, Note
from bewaar.model.names import SAFETY, VENDOR, Account, BackupId, Code, DestinationId, JobId
from bewaar.model.standing import (
    Check,
    Checklist,
    Drop,
    Observation,
    Recovery,
    Standing,
    State,
)

__all__ = [
    "SAFETY",
    "VENDOR",
    "Account",
    "Administration",
    "Backup",
    "BackupId",
    "Check",
    "Checklist",
    "Code",
    "Content",
    "Counts",
    "Destination",
    "DestinationId",
    "DestinationKind",
    "Drop",
    "Failure",
    "InUse",
    "Job",
    "JobId",
    "JobKind",
    "JobState",
    "Layout",
    "Note",
    "Observation",
    "OpenState",
    "Openness",
    "Part",
    "PartFate",
    "Plea",
    "Policy",
    "Proof",
    "Recovery",
    "Room",
    "Snapshot",
    "SnapshotFile",
    "Source",
    "Standing",
    "State",
    "StillOpen",
    "Stored",
    "Took",
    "UnitTold",
    "Vault",
    "Volume",
    "moment_of",
]
