"""The lock files: which version of every package, with the hashes of its files.

Each is resolved from what pyproject.toml asks, for all systems and Python versions at once, and
agrees with the ones before it. They name no index: where packages come from is the user's choice.
"""

import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path

from installer.environment import Environment
from installer.terminal import Failed, say

HERE = Path("installer/locks")
ORDER = ("run", "build", "gtk-build", "gtk", "dev", "lock", "fuzz")
OPTIONS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-config"]
LAYOUT = ["--no-header", "--no-annotate"]


def renew(environment: Environment, options: Sequence[str]) -> int:
    """Write all lock files anew; what is pinned and still fits stays, unless `--upgrade`."""
    asked = requirements(environment.root)
    for number, name in enumerate(ORDER):
        say(f"Locking {name}.")
        constraints = [f"--constraint={HERE / earlier}.txt" for earlier in ORDER[:number]]
        file = HERE / f"{name}.txt"
        command = [str(environment.script("uv")), "pip", "compile", "--quiet", *OPTIONS, *LAYOUT]
        ended = subprocess.run(
            [*command, *options, *constraints, f"--output-file={file}", "-"],
            check=False,
            input="\n".join(asked[name]),
            text=True,
            cwd=environment.root,
        )
        if ended.returncode:
            raise Failed(f"{file} could not be renewed; the reason is above.")
    return 0


def requirements(root: Path) -> dict[str, list[str]]:
    """Return what pyproject.toml asks, for each lock file."""
    table = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    project, groups = table["project"], table["dependency-groups"]
    return {
        "run": project["dependencies"],
        "build": [*table["build-system"]["requires"], *groups["build"]],
        "gtk-build": groups["gtk-build"],
        "gtk": project["optional-dependencies"]["gtk"],
        "dev": [*groups["test"], *groups["lint"]],
        "lock": groups["lock"],
        "fuzz": groups["fuzz"],
    }
