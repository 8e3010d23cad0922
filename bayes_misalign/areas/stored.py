"""Several problem areas on disk: a file that says what they are, and a posterior of each part."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_misalign.areas.answers import JointAnswers
from bayes_misalign.areas.choices import AreaChoices
from bayes_misalign.areas.study import AreaPart, AreasStudy
from bayes_misalign.errors import ResultError
from bayes_misalign.inference.groups import AREAS_FILE, PRIOR, write_netcdf
from bayes_misalign.reading.typed_fields import as_path
from bayes_misalign.report.manifest import MANIFEST, problems_of
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.report.results import loaded
from bayes_misalign.study.union import UnionShares

if TYPE_CHECKING:
    from bayes_misalign.areas.posterior import AreasPosterior

ANSWERS_FILE = "answers.npz"
SCHEMA = 1


def write_parts(result: AreasPosterior, folder: Path) -> None:
    """Write the posterior of each part, and what they are of."""
    study = result.study
    names = [f"posteriors/{number}.nc" for number in range(1, len(result.parts) + 1)]
    (folder / "posteriors").mkdir()
    for name, (_, posterior) in zip(names, result.parts, strict=True):
        # the prior of every area and population, of which nobody asks here, is half of a file
        own, groups = posterior.groups, dict(posterior.groups.groups)
        groups[PRIOR] = {key: (dims, x[:, :1]) for key, (dims, x) in groups[PRIOR].items()}
        write_netcdf(replace(own, groups=groups), folder / name)
    content = {
        "schema": SCHEMA,
        "areas": study.areas,
        "populations": study.populations,
        "shares": None if study.shares is None else dict(study.shares),
        "unions": {area: asdict(union) for area, union in study.unions.items()},
        "people": study.people,
        "weights": study.choices.weights,
        "opposed": study.choices.opposed,
        "agreed": study.choices.agreed,
        "relative": study.choices.relative,
        "together": study.choices.together,
        "name": study.name,
        "title": study.title,
        "text": study.text,
        "before": result.before,
        "parts": [
            {
                "file": name,
                "areas": part.areas,
                "populations": part.populations,
                "places": part.places.tolist(),
            }
            for name, part in zip(names, study.parts, strict=True)
        ],
    }
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    (folder / AREAS_FILE).write_text(text, encoding="utf-8")
    if study.answers is not None:
        file = io.BytesIO()
        held = study.answers
        np.savez_compressed(file, **asdict(held))
        (folder / ANSWERS_FILE).write_bytes(file.getvalue())


def is_folder(path: Path) -> bool:
    """Tell whether a folder holds results of several areas."""
    return (path / AREAS_FILE).is_file()


def read_folder(folder: str | Path) -> tuple[AreasStudy, list[Posterior], list[list[str]]]:
    """Read results back, if they are as they were written, with P(ma) before the data.

    Raises
    ------
    ResultError
        When the folder holds none, they are damaged, or a newer version wrote them.
    """
    folder = as_path(folder, "a folder of results")
    if not is_folder(folder):
        raise ResultError(f"{folder} holds no results of several problem areas")
    if not (folder / MANIFEST).exists():
        raise ResultError(f"{folder / MANIFEST} is missing, and nobody knows whether all is there")
    if problems := problems_of(folder):
        raise ResultError(*problems)
    try:
        held: dict[str, Any] = json.loads((folder / AREAS_FILE).read_text(encoding="utf-8"))
        if held["schema"] > SCHEMA:
            raise ResultError(f"{folder} was written by a newer version. Fix: upgrade")
        posteriors = [loaded(folder / part["file"]) for part in held["parts"]]
        parts = tuple(
            AreaPart(
                posterior.study,
                tuple(part["areas"]),
                tuple(part["populations"]),
                np.array(part["places"], np.intp),
            )
            for part, posterior in zip(held["parts"], posteriors, strict=True)
        )
        answers = None
        if (folder / ANSWERS_FILE).is_file():
            with np.load(folder / ANSWERS_FILE) as arrays:
                names = ("population", "goals", "agents", "counts")
                # numbers of agents are newer than what they are worth
                held_in = (arrays[name if name in arrays else "agents"] for name in names)
                answers = JointAnswers(*held_in)
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise ResultError(f"{folder} is damaged ({error})") from error
    keys = ("weights", "opposed", "agreed", "relative", "together")
    choices = AreaChoices(*(held[key] for key in keys))
    named = (held["name"], held["title"], held["text"])
    areas, populations = tuple(held["areas"]), tuple(held["populations"])
    study = AreasStudy(parts, areas, populations, choices, held["shares"], answers, *named)
    # these are newer than the first
    unions = {area: UnionShares.from_plain(x) for area, x in held.get("unions", {}).items()}
    study = replace(study, people=tuple(held.get("people", ())), unions=unions)
    return study, posteriors, held.get("before", [])
