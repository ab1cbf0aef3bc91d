"""The style checks: every tool runs, then one line says which of them found something."""

from pathlib import Path

from installer.environment import Environment
from installer.terminal import say, succeeds


def check(environment: Environment) -> int:
    """Run all checks on the whole checkout; 0 when none found anything."""
    found = []
    for name, command in _checks(environment).items():
        say(f"── {name}")
        if not succeeds(command, cwd=environment.root):
            found.append(name)
    say(f"Found something: {', '.join(found)}." if found else "All checks passed.")
    return 1 if found else 0


def _checks(environment: Environment) -> dict[str, list[str | Path]]:
    ruff, mypy = environment.script("ruff"), environment.script("mypy")
    return {
        "style": [ruff, "check"],
        "format": [ruff, "format", "--check"],
        "types": [mypy, "--platform", "linux"],
        "types on Windows": [mypy, *_as_on("win32")],
        "types on macOS": [mypy, *_as_on("darwin")],
        "directions": [environment.script("lint-imports"), "--no-logo"],
        "texts": [environment.python, "-m", "installer.strings", "--check"],
    }


def _as_on(platform: str) -> list[str | Path]:
    """Let mypy see the sources as on another system: what does not exist there shows here."""
    apart = ["--cache-dir", f".mypy_cache/{platform}", "--no-warn-unreachable"]
    apart += ["--exclude", "installer/(bench|faults|load)"]  # they run on Linux alone
    return ["--platform", platform, *apart, "app", "web", "tray", "installer"]
