"""The list of what a folder of results holds, with a checksum of each file and of the list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from bayes_misalign.errors import ResultError
from bayes_misalign.report.seal import is_sealed

MANIFEST = "manifest.json"
WRITTEN_BY = "bayes-misalign"
# what `bayes-misalign report` adds by itself, and what file managers do
FIGURES = "-figures"  # what the folder of a report's figures is called after it
_REPORT = "posterior-report"
REPORTS = tuple(f"{_REPORT}.{kind}" for kind in ("html", "md", "docx", "pdf", "qmd"))
BY_THE_WAY = (".DS_Store", "Thumbs.db")
FORMAT = 2
_OWN_SUM = "sha256"  # of the list itself


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, about: Mapping[str, Any]) -> None:
    """List the files of a folder, with their checksums."""
    content = {
        "written_by": WRITTEN_BY,
        "format": FORMAT,
        **about,
        "files": {name: sha256(path) for name, path in found_files(folder)},
    }
    content[_OWN_SUM] = _digest(content)
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return a folder's manifest, if it is as it was written."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if manifest["written_by"] != WRITTEN_BY:
            raise ValueError("it was not written by this package")
        files = manifest["files"]
        if not all(isinstance(digest, str) and _inside(name) for name, digest in files.items()):
            raise ValueError("its list of files is damaged")
        # the first lists had neither a format nor a checksum of their own
        new = "format" in manifest or _OWN_SUM in manifest
        if new and manifest.get(_OWN_SUM) != _digest(manifest):
            raise ValueError("it differs from its own checksum")
    except FileNotFoundError as error:
        raise ResultError(f"{path} is missing") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ResultError(f"{path} is damaged, or was changed ({error})") from error
    return dict(manifest)


def listed_files(folder: Path) -> Mapping[str, str]:
    """Return the files that a folder's manifest names, and their checksums; none without one."""
    try:
        return dict(read_manifest(folder)["files"])
    except ResultError:
        return {}


def _digest(content: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in content.items() if key != _OWN_SUM}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\0" not in name


def found_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Iterate over the files in a folder and below it, by relative name; links are files."""
    for path in sorted(folder.rglob("*")):
        if not path.is_dir() or path.is_symlink():
            yield path.relative_to(folder).as_posix(), path


def problems_of(folder: Path) -> list[str]:
    """Return what is missing in a folder of results, or is not as it was written."""
    problems = []
    for name, expected in read_manifest(folder)["files"].items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{path} is missing")
        elif path.is_symlink() or sha256(path) != expected:
            problems.append(f"{path} is damaged, or was changed: it differs from {MANIFEST}")
    return problems


def is_whole(folder: Path) -> bool:
    """Return whether a folder holds a result of this package, the whole of it and unchanged."""
    try:
        return not folder.is_symlink() and not problems_of(folder)
    except (ResultError, OSError):
        return False


def own_files(folder: Path) -> list[Path]:
    """Return the files in a folder that this package wrote and nobody changed, the list last."""
    if not (listed := listed_files(folder)):
        return []
    found = [path for name, path in found_files(folder) if _is_own(name, path, listed)]
    return [*found, folder / MANIFEST]


def _is_own(name: str, path: Path, listed: Mapping[str, str]) -> bool:
    if name in REPORTS or name.startswith(f"{_REPORT}{FIGURES}/"):
        return is_sealed(path)
    if path.is_symlink() or not path.is_file():
        return False
    return path.name in BY_THE_WAY or (name in listed and sha256(path) == listed[name])


def foreign_files(folder: Path) -> list[str]:
    """Return the files in a folder that this package did not write, or somebody changed."""
    own = set(own_files(folder))
    return [name for name, path in found_files(folder) if path not in own]
