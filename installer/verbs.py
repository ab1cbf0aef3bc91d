"""The verbs: what one can ask of `python3 installer`."""

from collections.abc import Callable, Sequence
from pathlib import Path

from installer import lint, locks, system_packages
from installer.environment import Environment
from installer.parts import BUILD, DEV, FUZZ, LOCK, RUN, TO_DEVELOP, TO_RUN, Part, Parts
from installer.terminal import Failed, become, say

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = Environment(ROOT)
PARTS = Parts(ENVIRONMENT)

# More than a small machine has cores: half of the time tests wait for processes, pages, clocks.
SIDE_BY_SIDE = ("-n", "4", "--dist", "worksteal")


def main(arguments: Sequence[str]) -> int:
    """Do what the first word asks with the words after it, and return the exit code."""
    verb = VERBS.get(arguments[0]) if arguments else None
    if verb is None:
        say(_usage())
        return 0 if set(arguments[:1]) & {"help", "-h", "--help"} else 2
    try:
        return verb(list(arguments[1:]))
    except Failed as failure:
        say(str(failure))
    except OSError as failure:
        say(f"The installer had to stop: {failure}. The same command goes on.")
    except KeyboardInterrupt:
        say("Stopped. The same command goes on.")
        return 130
    return 1


def setup(_arguments: list[str]) -> int:
    """Make the environment, with what is needed to run Bewaar."""
    _make_ready(TO_RUN, groups=("window",), retry=True)
    say("Bewaar is set up; `python3 installer run` starts it.")
    return 0


def run(arguments: list[str]) -> int:
    """Set up and start Bewaar; --demo: with sample administrations, in a temporary home."""
    _make_ready(TO_RUN, groups=("window",))
    return become([ENVIRONMENT.script("bewaar"), "tray", *arguments], cwd=Path.cwd())


def test(arguments: list[str]) -> int:
    """Set up and run the test-suite, four at a time; with words after it pytest, as they say."""
    system_packages.provide("tests")
    _make_ready(TO_DEVELOP, groups=("window",))
    return _become_python("-m", "pytest", *(arguments or SIDE_BY_SIDE))


def check_style(_arguments: list[str]) -> int:
    """Check style, types, the directions between rooms, and the texts."""
    _make_ready((BUILD, RUN, DEV))
    return lint.check(ENVIRONMENT)


def strings(arguments: list[str]) -> int:
    """Bring the texts to translate up to date; --check: only say whether they are."""
    _make_ready((BUILD, RUN))
    return _become_python("-m", "installer.strings", *arguments)


def screenshots(arguments: list[str]) -> int:
    """Take the pictures of the README from the running app."""
    return _on_the_running_app("installer.screenshots", arguments)


def idle(arguments: list[str]) -> int:
    """Measure memory and processor time while nothing happens."""
    return _on_the_running_app("installer.idle", arguments)


def bench(arguments: list[str]) -> int:
    """Race Bewaar against 7-Zip, zip, restic and borg; --quick: only to see that it runs."""
    system_packages.provide("bench")
    _make_ready((BUILD, RUN))
    return _become_python("-m", "installer.bench", *arguments)


def faults(arguments: list[str]) -> int:
    """Make real faults, --runs N of them, and check every promise after each."""
    system_packages.provide("tests")
    _make_ready(TO_DEVELOP, groups=("window",))
    return _become_python("-m", "installer.faults", *arguments)


def load(arguments: list[str]) -> int:
    """Back books up while a program writes to them, --runs N times for each storage."""
    system_packages.provide("tests")
    _make_ready(TO_DEVELOP, groups=("window",))
    return _become_python("-m", "installer.load", *arguments)


def fuzz(arguments: list[str]) -> int:
    """Offer the reader broken backups of all kinds; --minutes N: for so long (60)."""
    _make_ready((BUILD, RUN, DEV, FUZZ))
    return _become_python("-m", "installer.fuzz", *arguments)


def build(_arguments: list[str]) -> int:
    """Build the wheel and the source archive into dist/."""
    _make_ready((BUILD,))
    return _become_python("-m", "hatchling", "build")


def lock(arguments: list[str]) -> int:
    """Renew the lock files after a change of pyproject.toml; --upgrade: take newer packages."""
    _make_ready((BUILD, LOCK))
    return locks.renew(ENVIRONMENT, arguments)


VERBS: dict[str, Callable[[list[str]], int]] = {
    "setup": setup,
    "run": run,
    "test": test,
    "lint": check_style,
    "strings": strings,
    "screenshots": screenshots,
    "idle": idle,
    "faults": faults,
    "load": load,
    "fuzz": fuzz,
    "bench": bench,
    "build": build,
    "lock": lock,
}


def _make_ready(
    parts: tuple[Part, ...], *, groups: tuple[str, ...] = (), retry: bool = False
) -> None:
    whole = PARTS.has(*parts)
    lacking = [] if whole else system_packages.provide("python", *groups)
    PARTS.provide(*parts, lacking=lacking, retry=retry)


def _on_the_running_app(module: str, arguments: list[str]) -> int:
    system_packages.provide("tests")
    _make_ready(TO_DEVELOP, groups=("window",))
    return _become_python("-m", module, *arguments)


def _become_python(*arguments: str) -> int:
    return become([ENVIRONMENT.python, *arguments], cwd=ROOT)


def _usage() -> str:
    lines = [f"  {name:<12} {verb.__doc__}" for name, verb in VERBS.items()]
    return "\n".join(["python3 installer VERB", "", *lines])
