"""The environment: the folder `.venv` in the checkout, with Bewaar and what it needs.

It is made with the Python that runs the installer, mended when it is broken, half made or was
moved, and never touched when it is something else. Only hash-locked packages come in.
"""

import importlib.util
import os
import re
import shutil
import sys
from pathlib import Path

from installer.terminal import Failed, say, succeeds

RECORD = "bewaar-parts.json"  # what was installed into it; kept by the room `parts`
BARE = {"bin", "include", "lib", "lib64", "scripts"}  # what a killed start of one may hold
# Settings of a user's pip or Python that would lead packages elsewhere
MISDIRECTING = {
    "PIP_CONSTRAINT",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_TARGET",
    "PIP_USER",
    "PYTHONHOME",
    "PYTHONPATH",
}


class Environment:
    """The environment of one checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.scripts = self.folder / ("Scripts" if sys.platform == "win32" else "bin")
        self.python = self.script("python")

    def script(self, name: str) -> Path:
        """Return where the program of this name is once it is installed."""
        return self.scripts / (f"{name}.exe" if sys.platform == "win32" else name)

    def identity(self) -> str:
        """Return what changes when it was moved, made anew, or lost its Python; "" when gone."""
        settings = self._settings()
        if not settings or not self.python.exists():
            return ""
        return f"{self.folder}\n{self.python.resolve()}\n{settings}"

    def mend(self, *, spoilt: bool) -> None:
        """Make it when it is missing, broken or known to be spoilt; afterwards its pip works."""
        if self._is_sound() and not spoilt:
            return
        if self.folder.exists() or self.folder.is_symlink():
            self._remove()
        if importlib.util.find_spec("ensurepip") is None:
            raise Failed(
                f"{sys.executable} cannot make environments: it came without ensurepip "
                "(on Debian and Ubuntu: the package python3-venv)."
            )
        base = getattr(sys, "_base_executable", sys.executable)  # also from inside an environment
        if not succeeds([base, "-m", "venv", self.folder]):
            raise Failed(f"The environment {self.folder} could not be made; the reason is above.")

    def install(self, lock: Path, *, quiet: bool = False) -> None:
        """Install exactly what a lock file lists."""
        locked = ("--require-hashes", "--no-build-isolation", "-r", lock)
        if not self._pip("install", *locked, quiet=quiet):
            raise Failed("The packages could not be installed; pip's reason is above.")

    def install_project(self) -> None:
        """Install the checkout itself, so that a changed source counts at once."""
        if not self._pip("install", "--no-deps", "--no-build-isolation", "-e", self.root):
            raise Failed("Bewaar itself could not be installed; pip's reason is above.")
        if not self._pip("check"):
            raise Failed(
                "The packages in the environment do not fit together; pip's findings are above. "
                "After a change of pyproject.toml, `python3 installer lock` renews the locks."
            )

    def compile_texts(self) -> None:
        """Compile the translated texts where the app reads them."""
        if not succeeds([self.python, "-m", "installer.build_hook"], cwd=self.root):
            raise Failed("The translated texts could not be compiled; the reason is above.")

    def _is_sound(self) -> bool:
        """Whether its Python is new enough, its pip works, and its scripts lead here."""
        return (
            bool(self.identity())
            and not self._was_moved()
            and succeeds([self.python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"])
            and succeeds([self.python, "-m", "pip", "--version"], quiet=True)
        )

    def _was_moved(self) -> bool:
        made_for = re.search(r"^command = .* -m venv (.+)$", self._settings(), re.MULTILINE)
        return made_for is not None and not made_for.group(1).endswith(str(self.folder))

    def _settings(self) -> str:
        try:
            return (self.folder / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def _remove(self) -> None:
        """Remove a broken environment, but no folder that may be anything else."""
        if not self._looks_like_a_venv():
            raise Failed(f"{self.folder} is not an environment; move it away and try again.")
        say(f"The environment {self.folder} is not usable; making it anew.")
        shutil.rmtree(self.folder)

    def _looks_like_a_venv(self) -> bool:
        if self.folder.is_symlink() or not self.folder.is_dir():
            return False
        names = {entry.name.lower() for entry in self.folder.iterdir()}
        return bool(names & {"pyvenv.cfg", RECORD}) or names <= BARE

    def _pip(self, *arguments: str | Path, quiet: bool = False) -> bool:
        env = {name: value for name, value in os.environ.items() if name not in MISDIRECTING}
        env["PATH"] = f"{self.scripts}{os.pathsep}{env.get('PATH', '')}"  # meson, ninja
        options = ["--disable-pip-version-check", "--no-input", "--quiet"]
        return succeeds([self.python, "-m", "pip", *options, *arguments], quiet=quiet, env=env)
