"""Machine code of compiled models on disk: a file for each shape, that only its owner may write.

A file is a line of JSON, and the object files, below their digest, which is compared before a byte
is loaded.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from bayes_misalign.inference import upstream
from bayes_misalign.inference.machine_code import KINDS, Loaded, Machine, Unloadable
from bayes_misalign.kept_folder import folder, made_own, read_whole, write_whole

FORMAT = 1  # raised when the meaning of a file changes
MOST_BYTES = 500_000_000
ENDING, TIMES = ".code", "seconds.json"
_TEXTS = tuple(one.name for one in fields(Machine) if one.name != "code")


def _own(place: Path) -> None:
    """Make the folder if need be, and see that nobody else can write it."""
    if not made_own(place):
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
        loaded = _loaded(read_whole(path), key)
    except Unloadable:
        path.unlink(missing_ok=True)
        raise
    os.utime(path)  # what was used last is kept longest
    return loaded


def _loaded(content: bytes | None, key: str) -> Loaded:
    if content is None:
        raise Unloadable("the file is damaged")
    line, _, code = content.partition(b"\n")
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
    content = b"\n".join([json.dumps(header).encode(), b"".join(machine.code[k] for k in KINDS)])
    write_whole(place / f"{key}{ENDING}", content)
    _trim(place)


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
        write_whole(place / TIMES, json.dumps(_times() | {what: round(took, 1)}).encode())


def _times() -> dict[str, Any]:
    place = folder()
    try:
        found = {} if place is None else json.loads(read_whole(place / TIMES) or b"{}")
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
