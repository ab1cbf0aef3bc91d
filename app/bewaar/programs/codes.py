"""The codes a profile may use; `messages` has a sentence in every language for each.

A profile holds no sentence of its own, so whatever it says is said in the user's language.
"""

CAVEATS = frozenset(
    {
        "elsewhere.suite",
        "exclusive",
        "exclusive.services",
        "large.hours",
        "never.automatic",
        "restore.accountant",
        "restore.bankieren",
        "restore.inorde",
        "restore.overwrites",
        "restore.wholefolders",
        "web.desktoponly",
    }
)

# What to do after a restore. One that names a bank is written "bank.apply: ING".
CHECKS = frozenset(
    {
        "api",
        "bank",
        "bank.apply",
        "bank.relink",
        "database",
        "documents",
        "licence",
        "mailbox",
        "open",
        "readback",
        "reindex",
        "repair",
        "rights",
    }
)
NAMING_CHECKS = frozenset({"bank.apply", "bank.relink"})

GATES = frozenset({"gate.ssb"})

LIMITS = frozenset(
    {
        "documents.beside",
        "documents.inside",
        "documents.none",
        "documents.opaque",
        "documents.uncounted",
        "drafts",
        "encrypted",
        "hand",
        "lines",
        "server.hand",
        "server.later",
        "transfers.twice",
        "untried",
        "years.assumed",
    }
)


def check_of(item: str) -> tuple[str, str]:
    """Return the code of a checklist's item and what it names: a bank, or ""."""
    code, _, named = item.partition(":")
    return code.strip(), named.strip()
