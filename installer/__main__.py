"""The command `python3 installer VERB`, for a bare Python.

This file alone must be readable by old Pythons, so that they can say what is missing.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

if sys.version_info < (3, 11):  # noqa: UP036  (here an old Python is the expected visitor)
    sys.exit("Bewaar needs Python 3.11 or newer; this is Python " + sys.version.split()[0] + ".")

sys.path[0] = str(ROOT)  # instead of this folder, whose rooms are no top-level modules

from installer.verbs import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
