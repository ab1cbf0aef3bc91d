"""What happened, in a few small files for support.

Windowed programs have no terminal, so everything goes to a file; faults of threads too. Entry
addresses, passwords and secrets are never handed to a log.
"""

import logging
import sys
import threading
from logging.handlers import RotatingFileHandler

from bewaar.paths import Home

LARGEST = 500_000  # bytes of one file
KEPT = 3  # older files
LINE = "%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"

LOG = logging.getLogger(__name__)


def start(home: Home, name: str = "bewaar") -> None:
    """Write what is told from now on to the home's logs; without room for them, nowhere."""
    try:
        home.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler: logging.Handler = RotatingFileHandler(
            home.logs / f"{name}.log", maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter(LINE))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("waitress").setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    threading.excepthook = _note_thread
    sys.excepthook = _note


def _note_thread(fault: threading.ExceptHookArgs) -> None:
    if fault.exc_value is not None:
        name = fault.thread.name if fault.thread else "?"
        LOG.error("thread %s ended", name, exc_info=fault.exc_value)


def _note(kind: type[BaseException], fault: BaseException, _trace: object) -> None:
    LOG.error("Bewaar ended", exc_info=fault)
    if sys.stderr is not None:
        sys.__excepthook__(kind, fault, fault.__traceback__)
