"""Machine code of compiled models on disk: a file for each shape, that only its owner may write.

A file is a line with the SHA-256 of all below it, a line of JSON, and the object files. The digest
is compared before a byte is loaded. It tells damage, not forgery: whoever may write the folder is
trusted as with any other program, so the folder must be the user's own.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from bayes_misalign.inference import upstream
from bayes_misalign.inference.machine_code import KINDS, Loaded, Machine, Unloadable

SWITCH = "BAYES_MISALIGN_CACHE"  # a folder, or "off"
FORMAT = 1  # raised when the meaning of a file changes
MOST_BYTES = 500_000_000
ENDING, TIMES = ".code", "seconds.json"
_TEXTS = tuple(one.name for one in fields(Machine) if one.name != "code")


def folder() -> Path | None:
    """Return the folder of the files, which may not be there; None if nothing is to be kept."""
    stated = os.environ.get(SWITCH)
    if stated is not None:
        return None if stated.strip().lower() in ("off", "0", "") else Path(stated)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(home) / "bayes-misalign" / "compiled"


def _own(place: Path) -> None:
    """Make the folder if need be, and see that nobody else can write it."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = place.stat()
    if found.st_uid != os.getuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Unloadable(f"others may write {place}")


def read(key: str) -> Loaded | None:
    """Return machine code in memory, checked; None where there is none.

    Raises
    ------
    Unloadable, OSError
        When there is some that cannot be used; it is removed if it is damaged.
    """
    place = folder()
    if place is None or not (path := place / f"{key}{ENDING}").is_file():
        return None
    _own(place)
    try:
        loaded = _loaded(path.read_bytes(), key)
    except Unloadable:
        path.unlink(missing_ok=True)
        raise
    os.utime(path)  # what was used last is kept longest
    return loaded


def _loaded(content: bytes, key: str) -> Loaded:
    said, _, rest = content.partition(b"\n")
    if said != sha256(rest).hexdigest().encode():
        raise Unloadable("the file is damaged")
    line, _, code = rest.partition(b"\n")
    header = json.loads(line)
    if header["format"] != FORMAT or header["key"] != key:
        raise Unloadable("the file is another's")
    parts, at = {}, 0
    for kind in KINDS:
        parts[kind] = code[at : at + header["lengths"][kind]]
        at += header["lengths"][kind]
    values: dict[str, Any] = {name: _frozen(header["machine"][name]) for name in _TEXTS}
    loaded = upstream.load(Machine(code=parts, **values))
    if _digests(loaded) != header["outcomes"]:
        raise Unloadable("it does not compute what it did")
    return loaded


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _digests(loaded: Loaded) -> list[list[str]]:
    """Return what the functions make of made-up data, as JSON can hold it."""
    return [[sha256(part).hexdigest() for part in one] for one in loaded.outcomes()]


def write(key: str, loaded: Loaded) -> None:
    """Keep machine code that is in memory."""
    place = folder()
    if place is None:
        return
    _own(place)
    machine = loaded.machine
    header = {
        "format": FORMAT,
        "key": key,
        "lengths": {kind: len(machine.code[kind]) for kind in KINDS},
        "machine": {name: getattr(machine, name) for name in _TEXTS},
        "outcomes": _digests(loaded),
    }
    rest = b"\n".join([json.dumps(header).encode(), b"".join(machine.code[k] for k in KINDS)])
    _write_whole(place / f"{key}{ENDING}", sha256(rest).hexdigest().encode() + b"\n" + rest)
    _trim(place)


def _write_whole(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _files(place: Path) -> list[tuple[float, int, Path]]:
    """Return files with their times and sizes, the one used last first."""
    found = []
    for path in place.glob(f"*{ENDING}"):
        try:
            seen = path.stat()
        except OSError:  # another process removed it
            continue
        found.append((seen.st_mtime, seen.st_size, path))
    return sorted(found, reverse=True)


def _trim(place: Path) -> None:
    total = 0
    for _, size, path in _files(place):
        total += size
        if total > MOST_BYTES:
            path.unlink(missing_ok=True)


def size() -> tuple[int, int]:
    """Return how many compiled models are kept, and their bytes."""
    place = folder()
    found = [] if place is None else _files(place)
    return len(found), sum(one for _, one, _ in found)


def clear() -> int:
    """Remove all that is kept; return how many compiled models that were."""
    place = folder()
    found: Sequence[Any] = [] if place is None else _files(place)
    for _, _, path in found:
        path.unlink(missing_ok=True)
    if place is not None:
        (place / TIMES).unlink(missing_ok=True)
    return len(found)


def seconds(what: str) -> float | None:
    """Return how long compiling such a model took the last time on this machine, if it is known."""
    found = _times().get(what)
    return float(found) if isinstance(found, int | float) else None


def remember(what: str, took: float) -> None:
    """Remember how long compiling a model took."""
    place = folder()
    if place is not None and what:
        _own(place)
        _write_whole(place / TIMES, json.dumps(_times() | {what: round(took, 1)}).encode())


def _times() -> dict[str, Any]:
    place = folder()
    try:
        found = {} if place is None else json.loads((place / TIMES).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
