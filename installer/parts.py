"""The parts of the environment, and the record of which are in.

A part is in when its record equals its key: the environment it was installed into, and the
content of the files it was installed from. Comparing takes milliseconds, so a second start is
immediate. While a part is worked on its record says so; one that still says so afterwards was
killed, and then the environment is made anew, because nobody knows what pip had done by then.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from installer.environment import RECORD, Environment
from installer.terminal import Failed, say
from installer.turns import turn

LOCKS = Path("installer/locks")
AT_WORK = "at work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some locked packages that are wanted together."""

    name: str
    locks: tuple[str, ...]  # names of lock files, installed in this order
    without: str = ""  # what is said when it cannot be had; "": then nothing works


BUILD = Part(name="build", locks=("build",))
RUN = Part(name="run", locks=("run",))
GTK = Part(
    name="gtk",
    locks=("gtk-build", "gtk"),  # PyGObject finds pycairo while it is compiled
    without="The window will open in the browser, because PyGObject could not be compiled; "
    "`python3 installer setup` tries again and shows why.",
)
DEV = Part(name="dev", locks=("dev",))
LOCK = Part(name="lock", locks=("lock",))
FUZZ = Part(name="fuzz", locks=("fuzz",))

TO_RUN = (BUILD, RUN, GTK) if sys.platform == "linux" else (BUILD, RUN)
TO_DEVELOP = (*TO_RUN, DEV)


class Parts:
    """The parts of one checkout's environment."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.root = environment.root
        self.record_file = environment.folder / RECORD

    def has(self, *parts: Part) -> bool:
        """Whether these parts are in as they should be; one that failed is not."""
        record = self._record()
        return all(record.get(part.name) == self._key(part) for part in parts)

    def provide(self, *parts: Part, lacking: Sequence[str] = (), retry: bool = False) -> None:
        """Make the environment hold these parts; the project itself comes with `RUN`.

        A part that can be done without and failed is tried again on `retry`, or when other
        system packages are `lacking` than then.
        """
        failed = " ".join(["failed without", *lacking])
        if self._is_settled(parts, failed) and not retry:
            return
        with turn(self.root / ".venv.lock"):
            self.environment.mend(spoilt=AT_WORK in self._record().values())
            for part in parts:
                if retry or not self._is_decided(part, failed):
                    self._provide(part, failed, quiet=not retry)
            if RUN in parts:
                self._keep("project", self._project_key(), self.environment.install_project)
                self._keep("texts", self._texts_key(), self.environment.compile_texts)

    def _is_settled(self, parts: tuple[Part, ...], failed: str) -> bool:
        if not all(self._is_decided(part, failed) for part in parts):
            return False
        keys = {"project": self._project_key(), "texts": self._texts_key()}
        return RUN not in parts or keys.items() <= self._record().items()

    def _is_decided(self, part: Part, failed: str) -> bool:
        """Whether it is in, or is one to do without and failed under the same circumstances."""
        key, was = self._key(part), self._record().get(part.name)
        return was == key or (bool(part.without) and was == f"{key} {failed}")

    def _provide(self, part: Part, failed: str, *, quiet: bool) -> None:
        def install() -> None:
            say(f"Installing the packages of “{part.name}”.")
            for name in part.locks:
                self.environment.install(self._lock(name), quiet=quiet and bool(part.without))

        try:
            self._keep(part.name, self._key(part), install)
        except Failed:
            if not part.without:
                raise
            say(part.without)
            self._note(part.name, f"{self._key(part)} {failed}")

    def _keep(self, name: str, key: str, renew: Callable[[], None]) -> None:
        """Renew something when its record does not fit, and record that."""
        if self._record().get(name) == key:
            return
        self._note(name, AT_WORK)
        try:
            renew()
        except Failed:
            self._note(name, "failed")
            raise
        self._note(name, key)

    def _key(self, part: Part) -> str:
        return self._digest([self._lock(name) for name in part.locks])

    def _project_key(self) -> str:
        return self._digest([self.root / "pyproject.toml"])

    def _texts_key(self) -> str:
        return self._digest(sorted(self.root.glob("app/bewaar/locale/*/LC_MESSAGES/*.po")))

    def _digest(self, files: list[Path]) -> str:
        digest = hashlib.sha256(self.environment.identity().encode())
        for file in files:
            digest.update(file.read_bytes())
        return digest.hexdigest()

    def _lock(self, name: str) -> Path:
        return self.root / LOCKS / f"{name}.txt"

    def _record(self) -> dict[str, str]:
        try:
            record = json.loads(self.record_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    def _note(self, name: str, key: str) -> None:
        record = {**self._record(), name: key}
        fresh = self.record_file.with_suffix(".new")
        fresh.write_text(json.dumps(record, indent=1), encoding="utf-8")
        fresh.replace(self.record_file)
