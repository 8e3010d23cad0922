"""The example studies, by name."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bayes_misalign.errors import ResultError, StudyError, fix_by_spelling, listed

if TYPE_CHECKING:
    from bayes_misalign.study.study import Study

_NOT_COPIED = shutil.ignore_patterns("*-results", "*-simulated", "*.replaced", ".*", "__pycache__")


def examples_root() -> Path:
    """Return the folder of examples: inside an installed wheel, else in the source tree."""
    package = Path(__file__).parents[1]
    installed = package / "_examples"
    return installed if installed.is_dir() else package.parent / "examples"


def example_titles() -> Mapping[str, str]:
    """Return the title of each example study by its name, NAME or NAME/STUDY."""
    found = {}
    for path in sorted(examples_root().glob("*/*.toml")):
        name = path.parent.name if path.stem == "study" else f"{path.parent.name}/{path.stem}"
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        found[name] = str(table.get("title") or table["problem_area"]["name"])
    return found


def example_path(name: str) -> Path:
    """Return the study file of an example; there is none but those listed."""
    names = list(example_titles())
    if name not in names:
        fix = fix_by_spelling(str(name), names)
        raise StudyError(f"there is no example {name!r}; there are {listed(names, 30)}{fix}")
    folder, _, study = name.partition("/")
    return examples_root() / folder / f"{study or 'study'}.toml"


def example(name: str) -> Study:
    """Return an example study, with real or simulated data that come with the package.

    Parameters
    ----------
    name : str
        Name of the example, such as "nonvoters", or of a further study of it, such as
        "nonvoters/experts". ``bayes-misalign example`` lists them.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        When there is no such example.

    Examples
    --------
    >>> example("nonvoters").goals.populations
    ('rarely/never', 'sporadic', 'always')
    """
    from bayes_misalign.study.toml import read_study

    return read_study(example_path(name))


def copy_example(name: str, folder: Path | None = None, *, force: bool = False) -> Path:
    """Copy the folder of an example, and return the path of the study in it.

    Files that are there are kept unless `force` is set; those of other names are never touched.
    """
    study = example_path(name)
    target = Path(study.parent.name) if folder is None else folder
    if target.exists() and not target.is_dir():
        raise ResultError(f"{target} is a file. Fix: name a folder with --out")
    if target.is_dir() and any(target.iterdir()) and not force:
        raise ResultError(
            f"{target} is there already. Fix: name another folder with --out, or --force to write "
            "over files of the same names"
        )
    shutil.copytree(study.parent, target, ignore=_NOT_COPIED, dirs_exist_ok=True)
    return target / study.name
