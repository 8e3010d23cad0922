"""Whether saved results are as they were written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bayes_misalign.errors import ResultError, listed
from bayes_misalign.inference.groups import POSTERIOR_FILE
from bayes_misalign.report.manifest import (
    MANIFEST,
    foreign_files,
    problems_of,
    read_manifest,
    sha256,
)
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.report.results import loaded

UNCHECKED = (
    "it has no checksums of its own, because an older version or another program wrote it: a "
    "damaged number in it would not be noticed"
)


@dataclass(frozen=True)
class Verified:
    """What was found to be as it was written, and what a reader should know beside it."""

    said: str
    notes: tuple[str, ...] = ()


def verify(path: str | Path) -> Verified:
    """Check a folder of results or a saved posterior against its checksums.

    Raises
    ------
    ResultError
        Which names all that is missing, damaged or changed.
    """
    path = Path(path)
    try:
        return _verify_folder(path) if path.is_dir() else _verify_file(path)
    except OSError as error:
        raise ResultError(f"{path} cannot be read ({error.strerror or error})") from error


def _verify_folder(folder: Path) -> Verified:
    problems = problems_of(folder)
    notes: tuple[str, ...] = ()
    names = read_manifest(folder)["files"]
    if not problems and POSTERIOR_FILE in names:
        notes = _noted(loaded(folder / POSTERIOR_FILE), folder / POSTERIOR_FILE)
    if problems:
        raise ResultError(*problems)
    changed_later = [name for name in foreign_files(folder) if name not in names]
    if changed_later:
        notes += (f"not of this package, and not checked: {listed(changed_later, 5)}",)
    return Verified(f"{folder}: {len(names)} files are as they were written", notes)


def _verify_file(path: Path) -> Verified:
    posterior = loaded(path)
    groups = posterior.groups.groups
    arrays = sum(len(variables) for variables in groups.values())
    notes = _noted(posterior, path)
    beside = ""
    # a list that is there and cannot be read says that something happened to this folder
    if (path.parent / MANIFEST).exists():
        names = read_manifest(path.parent)["files"]
        if path.name in names:
            if sha256(path) != names[path.name]:
                raise ResultError(f"{path} is damaged, or was changed: it differs from {MANIFEST}")
            beside = f", and the file is the one in {MANIFEST}"
        elif path.name == POSTERIOR_FILE:
            raise ResultError(f"{path} is not in the {MANIFEST} of its folder")
    said = f"{arrays} arrays can be read" if notes else f"{arrays} arrays have their SHA-256"
    return Verified(f"{path}: {said}{beside}", notes)


def _noted(posterior: Posterior, path: Path) -> tuple[str, ...]:
    return () if posterior.groups.checked else (f"{path}: {UNCHECKED}",)
