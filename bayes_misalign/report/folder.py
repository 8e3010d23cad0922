"""A folder of results that is there whole, or not at all.

Everything is written into a hidden folder beside the target and brought to disk; then two renames
put it in place. A lock beside the target keeps a second writer out. What a killed run left behind
is put right by the next one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.errors import ResultError, listed

MANIFEST = "manifest.json"
WRITTEN_BY = "bayes-misalign"
# what `bayes-misalign report` adds by itself, and what file managers do
BY_THE_WAY = ("posterior-report.html", "posterior-report.md", ".DS_Store", "Thumbs.db")


class CannotWrite(ResultError):
    """The results cannot be written: no room, no permission, no such place."""

    exit_status: ClassVar[int] = 4


class Busy(ResultError):
    """Another run is writing the same results."""

    exit_status: ClassVar[int] = 5


def check_target(folder: str | Path, force: bool = False) -> None:
    """Refuse a folder that results must not or cannot be written to; change nothing."""
    target = Path(folder)
    if target.is_symlink():
        raise ResultError(f"{target} is a symbolic link. Fix: name the folder itself")
    target = _absolute(target)
    if target.exists() and not target.is_dir():
        raise ResultError(f"{target} is a file. Fix: name a folder for the results")
    if target == Path(target.anchor) or target in (Path.home(), *_here()):
        raise ResultError(f"{target} cannot be replaced. Fix: name a new folder for the results")
    if target.is_dir() and not force and (foreign := foreign_files(target)):
        raise ResultError(
            f"{target} holds what this package did not write: {listed(foreign, 5)}. "
            "Fix: name another folder, or --force (force=True) to set it aside"
        )
    parent = next(p for p in target.parents if p.exists())
    if not parent.is_dir():
        raise CannotWrite(f"{parent} is a file, so that {target} cannot be made")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise CannotWrite(f"{parent} is not writable. Fix: name another folder with --out")


def _absolute(target: Path) -> Path:
    return Path(os.path.abspath(target))


def _here() -> tuple[Path, ...]:
    here = Path.cwd()
    return (here, *here.parents)


def foreign_files(folder: Path) -> list[str]:
    """Return the files in a folder that this package did not write, as relative names."""
    with suppress(ResultError):
        known = set(read_manifest(folder)["files"]) | {MANIFEST, *BY_THE_WAY}
        found = (p for p in folder.rglob("*") if not p.is_dir() or p.is_symlink())
        return sorted(n for p in found if (n := p.relative_to(folder).as_posix()) not in known)
    return sorted(p.name for p in folder.iterdir())


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return a folder's manifest."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["written_by"] == WRITTEN_BY and isinstance(manifest["files"], dict):
            return dict(manifest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultError(f"{folder / MANIFEST} is missing or damaged ({error})") from error
    raise ResultError(f"{folder / MANIFEST} was not written by this package")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def replaced_folder(
    folder: str | Path, *, force: bool = False, about: Mapping[str, Any] | None = None
) -> Iterator[Path]:
    """Offer an empty folder that becomes the target when the block ends without an error."""
    check_target(folder, force)
    target = _absolute(Path(folder))
    fresh = target.with_name(f".{target.name}.{WRITTEN_BY}-new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target):
            _recover(target)
            check_target(target, force)
            _remove(fresh)
            fresh.mkdir()
            try:
                yield fresh
                _write_manifest(fresh, about or {})
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

    lock = FileLock(target.with_name(f".{target.name}.lock"))
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


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}.{WRITTEN_BY}-old")


def _recover(target: Path) -> None:
    """Put right what a run that was killed between two renames left behind."""
    old = _old(target)
    if old.is_dir():
        if target.exists():
            _remove(old)
        else:
            old.rename(target)


def _swap(fresh: Path, target: Path) -> None:
    old = _old(target)
    if not target.exists():
        fresh.rename(target)
    else:
        kept = bool(foreign_files(target))
        target.rename(old)
        try:
            fresh.rename(target)
        except OSError:
            old.rename(target)
            raise
        if kept:
            old.rename(_free_name(target))
        else:
            _remove(old)
    _sync(target.parent)


def _free_name(target: Path) -> Path:
    names = (f"{target.name}.replaced{f'-{i}' if i else ''}" for i in range(10_000))
    return next(path for name in names if not (path := target.with_name(name)).exists())


def _remove(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)


def _write_manifest(folder: Path, about: Mapping[str, Any]) -> None:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    content = {
        "written_by": WRITTEN_BY,
        **about,
        "files": {p.relative_to(folder).as_posix(): sha256(p) for p in files},
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


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
