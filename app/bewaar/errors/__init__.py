"""Every failure a user can meet: one class per situation.

Each has a stable `code` that never changes and plain `params`; the sentences live in `messages`.
`Mendable` is what the user can do something about, `Fault` is ours. Operating system errors
become one of these at an adapter's edge.
"""

from bewaar.errors.backups import (
    BackupDamaged,
    BackupGone,
    BackupHostile,
    BackupLocked,
    BackupNewer,
    BackupThere,
    BackupUnknown,
    KeyringUnavailable,
    NotABackup,
    NothingSaved,
    PasswordEmpty,
    PasswordMismatch,
    PasswordNeeded,
    PasswordOrDamage,
    PasswordWrong,
    ProofFailed,
)
from bewaar.errors.base import (
    BewaarError,
    Cancelled,
    Fault,
    Mendable,
    Value,
)
from bewaar.errors.books import (
    AdministrationExists,
    NothingChosen,
    PairBroken,
    ProgramUnknown,
    SourceBusy,
    SourceDamaged,
    SourceEmpty,
    SourceGone,
    SourceShrunk,
    SourceTooDeep,
    SourceUnreadable,
    UnknownAdministration,
    VaultStays,
    VaultUnfit,
    VendorDamaged,
)
from bewaar.errors.destinations import (
    DestinationBusy,
    DestinationExists,
    DestinationFault,
    DestinationFull,
    DestinationGone,
    DestinationInside,
    DestinationMissing,
    DestinationOther,
    DestinationPulled,
    DestinationReadOnly,
    DestinationSlow,
    DestinationUnknown,
    FileTooLarge,
    NameTaken,
)
from bewaar.errors.documents import DocumentUnknown, DocumentUnshown, NoViewer
from bewaar.errors.itself import (
    CatalogueBusy,
    CatalogueDamaged,
    CatalogueNewer,
    HomeFull,
    HomeUnwritable,
    InvalidValue,
    JobUnknown,
    SettingsDamaged,
)
from bewaar.errors.restores import (
    ChecklistUnknown,
    CodesDiffer,
    NameNotTyped,
    NothingToUndo,
    PartUnknown,
    RestoreInterrupted,
    TargetExists,
    TargetFull,
    TargetInside,
    TargetMoved,
    TargetOpen,
    TargetTooDeep,
    TargetUnfit,
    TargetUnwritable,
    UndoBlocked,
    UnsafeName,
)
from bewaar.errors.servers import (
    DatabaseInUse,
    DatabaseMissing,
    DatabaseTaken,
    DatabaseUnmovable,
    DumpIncomplete,
    ServerAway,
    ServerFailed,
    ServerPasswordNeeded,
    ServerRefused,
    ServerRights,
    ToolMissing,
    ToolTooOld,
)

__all__ = [
    "AdministrationExists",
    "BackupDamaged",
    "BackupGone",
    "BackupHostile",
    "BackupLocked",
    "BackupNewer",
    "BackupThere",
    "BackupUnknown",
    "BewaarError",
    "Cancelled",
    "CatalogueBusy",
    "CatalogueDamaged",
    "CatalogueNewer",
    "ChecklistUnknown",
    "CodesDiffer",
    "DatabaseInUse",
    "DatabaseMissing",
    "DatabaseTaken",
    "DatabaseUnmovable",
    "DestinationBusy",
    "DestinationExists",
    "DestinationFault",
    "DestinationFull",
    "DestinationGone",
    "DestinationInside",
    "DestinationMissing",
    "DestinationOther",
    "DestinationPulled",
    "DestinationReadOnly",
    "DestinationSlow",
    "DestinationUnknown",
    "DocumentUnknown",
    "DocumentUnshown",
    "DumpIncomplete",
    "Fault",
    "FileTooLarge",
    "HomeFull",
    "HomeUnwritable",
    "InvalidValue",
    "JobUnknown",
    "KeyringUnavailable",
    "Mendable",
    "NameNotTyped",
    "NameTaken",
    "NoViewer",
    "NotABackup",
    "NothingChosen",
    "NothingSaved",
    "NothingToUndo",
    "PairBroken",
    "PartUnknown",
    "PasswordEmpty",
    "PasswordMismatch",
    "PasswordNeeded",
    "PasswordOrDamage",
    "PasswordWrong",
    "ProgramUnknown",
    "ProofFailed",
    "RestoreInterrupted",
    "ServerAway",
    "ServerFailed",
    "ServerPasswordNeeded",
    "ServerRefused",
    "ServerRights",
    "SettingsDamaged",
    "SourceBusy",
    "SourceDamaged",
    "SourceEmpty",
    "SourceGone",
    "SourceShrunk",
    "SourceTooDeep",
    "SourceUnreadable",
    "TargetExists",
    "TargetFull",
    "TargetInside",
    "TargetMoved",
    "TargetOpen",
    "TargetTooDeep",
    "TargetUnfit",
    "TargetUnwritable",
    "ToolMissing",
    "ToolTooOld",
    "UndoBlocked",
    "UnknownAdministration",
    "UnsafeName",
    "Value",
    "VaultStays",
    "VaultUnfit",
    "VendorDamaged",
    "all_errors",
    "by_code",
]


def all_errors() -> list[type[BewaarError]]:
    """Return every class a user can meet, so a test can ask each for its sentences."""
    found: list[type[BewaarError]] = []
    waiting: list[type[BewaarError]] = [BewaarError]
    while waiting:
        children = waiting.pop().__subclasses__()
        found += children
        waiting += children
    return [cls for cls in found if cls is not Mendable]


def by_code(code: str, params: dict[str, Value]) -> BewaarError:
    """Return the error that a stored code and its parameters stand for."""
    for cls in all_errors():
        if cls.code == code:
            return cls(**params)
    return Fault(kind=code, detail=str(params))
