"""System packages: what Debian or Ubuntu must have, found and installed.

With root, or sudo that asks no password, what is missing is installed. Otherwise the exact
command is shown. Nothing here stops a set-up: what stays missing is only told to the caller.
On other systems there is nothing to do here.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from installer.terminal import say, succeeds

LIST = Path(__file__).with_name("system_packages.toml")
APT = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]
INSTALL = ["install", "--yes", "--no-install-recommends"]


def provide(*groups: str) -> list[str]:
    """Install what these groups lack, and return what stays missing."""
    packages = missing(groups)
    if not packages:
        return []
    rights = _rights()
    if rights is None:
        command = " ".join(["sudo apt-get", *INSTALL, *packages])
        say(f"Some system packages are missing; this installs them:\n    {command}")
        return packages
    say(f"Installing {len(packages)} system packages: {' '.join(packages)}")
    _install(rights, packages)
    return missing(groups)


def missing(groups: Sequence[str]) -> list[str]:
    """Return the packages of these groups that are not installed, [] where there is no dpkg."""
    if not shutil.which("dpkg-query"):
        return []
    wanted = packages_of(groups)
    answer = _ask("dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *wanted)
    states = dict(line.split(" ", 1) for line in answer.splitlines())
    return [package for package in wanted if states.get(package) != "installed"]


def packages_of(groups: Sequence[str]) -> list[str]:
    """Return the names in these groups of the list, for the Python that runs this."""
    table: dict[str, dict[str, str]] = tomllib.loads(LIST.read_text(encoding="utf-8"))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    asked = [group for group in groups if group != "python" or python_is_debians()]
    return [name.format(version=version) for group in asked for name in table[group]]


def python_is_debians() -> bool:
    """Whether the running Python came as a system package, so that its parts do too."""
    return sys.base_prefix == "/usr"


def _install(rights: list[str], packages: list[str]) -> None:
    if _apt(rights, *INSTALL, *packages).returncode == 0:
        return
    _apt(rights, "update")  # the lists were empty or old
    known = [package for package in packages if _is_known(package)]
    if unknown := [package for package in packages if package not in known]:
        say(f"This system has no package called: {' '.join(unknown)}")
    ended = _apt(rights, *INSTALL, *known)
    if ended.returncode:
        say(f"They could not be installed:\n{ended.stdout.strip()}")


def _apt(rights: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*rights, *APT, *arguments],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _is_known(package: str) -> bool:
    policy = _ask("apt-cache", "policy", package)
    return "Candidate:" in policy and "Candidate: (none)" not in policy


def _rights() -> list[str] | None:
    """Return what a command must begin with to install packages, None when it may not."""
    if sys.platform == "win32" or not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and succeeds([sudo, "-n", "true"], quiet=True):
        return [sudo, "-n"]
    return None


def _ask(*command: str) -> str:
    plain = {**os.environ, "LC_ALL": "C.UTF-8"}
    ended = subprocess.run(
        command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=plain
    )
    return ended.stdout
