"""A folder zipped with AES by pyzipper as it is shipped, the way its own documentation shows.

Takes the folder, the new file and the password.
"""

import sys
from pathlib import Path

import pyzipper


def main(folder: Path, file: Path, password: str) -> None:
    """Write everything below `folder` into `file`."""
    how = {"compression": pyzipper.ZIP_DEFLATED, "encryption": pyzipper.WZ_AES}
    with pyzipper.AESZipFile(file, "w", **how) as zipped:
        zipped.setpassword(password.encode())
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                zipped.write(path, path.relative_to(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
