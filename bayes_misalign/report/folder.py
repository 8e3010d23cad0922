"""A folder of results that is there whole, or not at all.

Everything is written into a hidden folder beside the target and brought to disk; then two renames
put it in place. A lock beside the target keeps a second writer out. What a killed run left behind
is put right by the next one. Nothing is ever deleted but what this package wrote and nobody
changed: what else was in the folder goes, with the folder, to NAME.replaced.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bayes_misalign.errors import Busy, CannotWrite, ResultError, listed
from bayes_misalign.report.manifest import (
    WRITTEN_BY,
    foreign_files,
    found_files,
    is_whole,
    own_files,
    write_manifest,
)

# what a run that was killed may have left in its hidden folder, before it listed its files
_UNFINISHED = re.compile(
    r"manifest\.json|posterior\.nc|summary\.json|report\.(html|md)|study\.toml|truth\.json"
    r"|(tables/)?[^/]+\.csv|figures/[^/]+\.svg"
)
_MOUNTS = Path("/proc/self/mountinfo")


def check_target(folder: str | Path, force: bool = False) -> None:
    """Refuse a folder that results must not or cannot be written to; change nothing."""
    try:
        _check_target(Path(folder), force)
    except (OSError, ValueError) as error:
        if isinstance(error, ResultError):
            raise
        why = getattr(error, "strerror", None) or error
        raise CannotWrite(f"{str(folder)[:300]} cannot be written ({why})") from error


def _check_target(target: Path, force: bool) -> None:
    if target.is_symlink():
        raise ResultError(f"{target} is a symbolic link. Fix: name the folder itself")
    target = _absolute(target)
    if target.exists() and not target.is_dir():
        raise ResultError(f"{target} is a file. Fix: name a folder for the results")
    if target == Path(target.anchor) or target in (Path.home(), *_here()):
        raise ResultError(f"{target} cannot be replaced. Fix: name a new folder for the results")
    if _is_mounted(target):
        raise ResultError(
            f"{target} is a mount point, which cannot be renamed. Fix: name a folder in it, "
            f"as in {target / 'results'}"
        )
    if target.is_dir() and not force and (foreign := foreign_files(target)):
        raise ResultError(
            f"{target} holds what this package did not write, or what was changed since: "
            f"{listed(foreign, 5)}. "
            "Fix: name another folder, or --force (force=True) to set it aside"
        )
    parent = next(p for p in target.parents if p.exists())
    if not parent.is_dir():
        raise CannotWrite(f"{parent} is a file, so that {target} cannot be made")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise CannotWrite(f"{parent} is not writable. Fix: name another folder with --out")
    most = os.pathconf(parent, "PC_NAME_MAX") if hasattr(os, "pathconf") else 255
    for name in (*target.relative_to(parent).parts, _lock(target).name):
        if len(os.fsencode(name)) > most:
            raise CannotWrite(f"{target} has too long a name. Fix: name another folder")


def _absolute(target: Path) -> Path:
    return Path(os.path.abspath(target))


def _here() -> tuple[Path, ...]:
    here = Path.cwd()
    return (here, *here.parents)


def _is_mounted(target: Path) -> bool:
    if os.path.ismount(target):
        return True
    # a folder of the same file system that is bound to another place looks like any other
    with suppress(OSError):
        name = os.fsencode(os.path.realpath(target))
        fields = (line.split(b" ") for line in _MOUNTS.read_bytes().splitlines())
        octal = re.compile(rb"\\([0-7]{3})")
        places = (octal.sub(lambda o: bytes([int(o[1], 8)]), f[4]) for f in fields if len(f) > 4)
        return name in places
    return False


@contextmanager
def replaced_folder(
    folder: str | Path, *, force: bool = False, about: Mapping[str, Any] | None = None
) -> Iterator[Path]:
    """Offer an empty folder that becomes the target when the block ends without an error."""
    check_target(folder, force)
    target = _absolute(Path(folder))
    fresh = _fresh(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target):
            _recover(target)
            check_target(target, force)
            fresh.mkdir()
            try:
                yield fresh
                write_manifest(fresh, about or {})
                _to_disk(fresh)
                _swap(fresh, target)
            finally:
                _remove(fresh)
    except OSError as error:
        raise CannotWrite(
            f"{target} cannot be written ({error.strerror or error}); what was there before stays"
        ) from error


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(_lock(target))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Busy(f"another run is writing {target}. Fix: wait for it") from error
    try:
        yield
    finally:
        # removed while it is held: who waits on the old file sees that it is gone, and tries again
        with suppress(OSError):
            Path(lock.lock_file).unlink()
        lock.release()


def _fresh(target: Path) -> Path:
    return target.with_name(f".{target.name}.{WRITTEN_BY}-new")


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}.{WRITTEN_BY}-old")


def _lock(target: Path) -> Path:
    return target.with_name(f".{target.name}.{WRITTEN_BY}-lock")


def _recover(target: Path) -> None:
    """Put right what a run that was killed left behind: the old result or the new one, whole."""
    old, fresh = _old(target), _fresh(target)
    if not os.path.lexists(old) and not os.path.lexists(fresh):
        return
    if not os.path.lexists(target):
        for found in (old, fresh):
            if is_whole(found):
                found.rename(target)
                break
    if is_whole(target):
        _discard(old, target, own_files(old))
    else:
        _set_aside(old, target)
    unfinished = [path for name, path in found_files(fresh) if _UNFINISHED.fullmatch(name)]
    _discard(fresh, target, own_files(fresh) or unfinished)


def _swap(fresh: Path, target: Path) -> None:
    if not os.path.lexists(target):
        fresh.rename(target)
        _sync(target.parent)
        return
    old = _free_name(target) if foreign_files(target) else _old(target)
    target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        old.rename(target)
        raise
    _sync(target.parent)
    _discard(_old(target), target, own_files(_old(target)))


def _discard(folder: Path, target: Path, own: list[Path]) -> None:
    """Delete files of our own, and the folder with them; what somebody else put there is kept."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in own[:-1]:
        path.unlink()
    _prune(folder)
    # the list of files goes last, so that a run that is killed here still leaves it
    if [path for _, path in found_files(folder)] == own[-1:]:
        for path in own[-1:]:
            path.unlink()
    _prune(folder)
    _set_aside(folder, target)


def _prune(folder: Path) -> None:
    """Remove folders without a file."""
    inner = sorted((path for path in folder.rglob("*") if _is_folder(path)), reverse=True)
    for path in (*inner, folder):
        with suppress(OSError):
            path.rmdir()


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _set_aside(folder: Path, target: Path) -> None:
    if _is_folder(folder):
        folder.rename(_free_name(target))


def _free_name(target: Path) -> Path:
    names = (f"{target.name}.replaced{f'-{i}' if i else ''}" for i in range(10_000))
    return next(p for name in names if not os.path.lexists(p := target.with_name(name)))


def _remove(folder: Path) -> None:
    if _is_folder(folder):
        shutil.rmtree(folder)


def _to_disk(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        _sync(path)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    number = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)
