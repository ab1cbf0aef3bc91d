"""A tiny checkout: the real installer, around a project and packages of a few lines.

Nothing comes from a network, and no system package is asked for.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

INSTALLER = Path(__file__).parents[2] / "installer"
BARE_PYTHON = str(getattr(sys, "_base_executable", sys.executable))
LOCKS = ("build", "run", "gtk-build", "gtk", "dev", "lock")

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "bewaar"
version = "1.0"
dependencies = ["bewaar-run"]
"""

# A build back-end of its own, because a real one would come from a network
BACKEND = """
import zipfile
from pathlib import Path

INFO = "bewaar-1.0.dist-info"

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "bewaar-1.0-py3-none-any.whl"
    with zipfile.ZipFile(Path(folder) / name, "w") as wheel:
        wheel.writestr("bewaar.pth", str(Path.cwd()))
        wheel.writestr(f"{INFO}/METADATA",
            "Metadata-Version: 2.1\\nName: bewaar\\nVersion: 1.0\\nRequires-Dist: bewaar-run\\n")
        wheel.writestr(f"{INFO}/WHEEL",
            "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{INFO}/entry_points.txt", "[console_scripts]\\nbewaar = program:main\\n")
        wheel.writestr(f"{INFO}/RECORD", "")
    return name
"""

PROGRAM = """
import sys, time

def main():
    try:
        print("started with", *sys.argv[1:], flush=True)
        time.sleep(60 if "--wait" in sys.argv else 0)
    except KeyboardInterrupt:
        print("ended cleanly", flush=True)
        sys.exit(7)
"""


class Checkout:
    """A tiny checkout, and what a person does with it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.wheels = root.with_name("wheels")

    def make(self) -> None:
        """Lay out the files; no environment yet."""
        shutil.copytree(INSTALLER, self.root / "installer")
        (self.root / "installer/build_hook.py").write_text("print('texts compiled')")  # no Babel
        (self.root / "pyproject.toml").write_text(PYPROJECT)
        (self.root / "backend.py").write_text(BACKEND)
        (self.root / "program.py").write_text(PROGRAM)
        self.wheels.mkdir()
        for name in LOCKS:
            self.lock(name, "1.0")

    def lock(self, name: str, version: str, *, sha256: str | None = None) -> None:
        """Make the lock file of this name ask for this version of its one package."""
        wheel = self._wheel(f"bewaar_{name.replace('-', '_')}", version)
        digest = sha256 or hashlib.sha256(wheel.read_bytes()).hexdigest()
        (self.root / "installer" / "locks" / f"{name}.txt").write_text(
            f"bewaar-{name}=={version} \\\n    --hash=sha256:{digest}\n"
        )

    def version(self, name: str) -> str:
        """Return the version of a package in the environment, as its Python sees it."""
        code = f"from importlib.metadata import version; print(version('bewaar-{name}'))"
        return subprocess.check_output([self.venv / "bin/python", "-c", code], text=True).strip()

    def installed(self, name: str) -> Path:
        """Return what pip noted about a package in the environment."""
        (info,) = self.venv.glob(f"lib/python*/site-packages/bewaar_{name}-*.dist-info")
        return info

    def start(self, *words: str, **environ: str) -> subprocess.Popen[str]:
        """Start the installer as a person would, in a process group of its own."""
        return subprocess.Popen(
            [BARE_PYTHON, self.root / "installer", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env={
                **os.environ,
                "PATH": "/nowhere",  # so no apt-get, no dpkg
                "PIP_NO_INDEX": "1",
                "PIP_FIND_LINKS": self.wheels.as_uri(),
                **environ,
            },
        )

    def install(self, *words: str, **environ: str) -> tuple[int, str]:
        """Run the installer to its end; return its exit code and what it said."""
        with self.start(*words, **environ) as process:
            said, _ = process.communicate(timeout=100)
        return process.returncode, said

    def _wheel(self, name: str, version: str) -> Path:
        info = f"{name}-{version}.dist-info"
        files = {
            f"{name}.py": f"VERSION = {version!r}\n",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = [f"{file},{_record_hash(text)},{len(text)}" for file, text in files.items()]
        files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
        wheel = self.wheels / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for file, text in files.items():
                archive.writestr(zipfile.ZipInfo(file), text)
        return wheel


def _record_hash(text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
    return "sha256=" + digest.decode().rstrip("=")


@pytest.fixture
def bare(tmp_path: Path) -> Checkout:
    """Return a checkout nothing was done with yet; its path has a blank and an accent."""
    checkout = Checkout(tmp_path / "Mijn boeken é" / "checkout")
    checkout.root.parent.mkdir()
    checkout.make()
    return checkout


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """Set up once for all tests that begin with that: one command, in a home nobody can write."""
    place = tmp_path_factory.mktemp("ready") / "checkout place"
    place.mkdir()
    checkout = Checkout(place / "checkout")
    checkout.make()
    unwritable = {"HOME": "/proc/no-home", "XDG_CACHE_HOME": "/proc/no-cache"}
    code, said = checkout.install("run", "--demo", **unwritable)
    assert code == 0, said
    assert said.splitlines()[-1] == "started with tray --demo"
    kept = place.with_name("kept")
    shutil.copytree(place, kept, symlinks=True)
    yield place, kept
    shutil.rmtree(place.parent)


@pytest.fixture
def ready(_made: tuple[Path, Path]) -> Checkout:
    """Return a checkout that is set up, always at the same path (moving would break it)."""
    place, kept = _made
    shutil.rmtree(place)
    shutil.copytree(kept, place, symlinks=True)
    return Checkout(place / "checkout")
