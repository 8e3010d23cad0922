"""The user's folder of what is made once: machine code of compiled models, and templates of pages.

Each is below a line with the SHA-256 of it, which tells damage, not forgery: whoever may write the
folder is trusted as with any other program, so it must be the user's own.
"""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from pathlib import Path

SWITCH = "BAYES_MISALIGN_CACHE"  # a folder, or "off"


def folder() -> Path | None:
    """Return the folder of the files, which may not be there; None if nothing is to be kept."""
    stated = os.environ.get(SWITCH)
    if stated is not None:
        return None if stated.strip().lower() in ("off", "0", "") else Path(stated)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(home) / "bayes-misalign" / "compiled"


def made_own(place: Path) -> bool:
    """Make the folder if need be, and return whether nobody else can write it."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = place.stat()
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def read_whole(path: Path) -> bytes | None:
    """Return what was written to a file; None where it is damaged."""
    said, _, rest = path.read_bytes().partition(b"\n")
    return rest if said == sha256(rest).hexdigest().encode() else None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all, below the SHA-256 of it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(sha256(content).hexdigest().encode() + b"\n" + content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
