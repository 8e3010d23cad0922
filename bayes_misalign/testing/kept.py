"""Evidence and priors that are stored and written, and are the same when they are read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from bayes_misalign.errors import BayesMisalignError, StudyError
from bayes_misalign.study.stored import from_plain, to_plain
from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import read_study
from bayes_misalign.study.write import write_study
from bayes_misalign.testing.cases import Case, study_of

ROUNDING = 1e-9  # a figure may be worked out anew from what is written


def kept_problems(case: Case) -> Iterator[str]:
    """Find what does not come back from JSON, or from a study that was written."""
    if not case.in_a_study:
        return
    if from_plain(json.loads(json.dumps(to_plain(case.evidence)))) != case.evidence:
        yield "evidence that was stored as JSON is not the same when it is read back"
    stated = {"its own priors": case.priors}
    stated |= case.model.alternatives(case.priors, case.evidence)
    for name, priors in stated.items():
        study = study_of(case, priors=priors)
        if Study.from_plain(json.loads(json.dumps(study.to_plain()))) != study:
            yield f"a study with {name!r} that was stored as JSON is not the same when read back"
        yield from _written(study, name, case)


def _written(study: Study, name: str, case: Case) -> Iterator[str]:
    with TemporaryDirectory() as folder:
        try:
            path = write_study(study, Path(folder))
        except StudyError:
            if case.design is next(iter(case.model.designs().values()), case.design):
                raise
            return  # evidence of this design cannot be written, and says so
        try:
            again = read_study(path)
        except BayesMisalignError as error:
            yield f"a study that was written cannot be read: {error}"
            return
    before, after = _own(study, case), _own(again, case)
    if lost := _different(before[0], after[0]):
        yield f"evidence that was written and read has another {', '.join(lost)}"
    if before[1] != after[1]:
        yield f"priors that were written and read are not the same ({name!r})"


def _own(study: Study, case: Case) -> tuple[Any, Any]:
    """Return what the study holds of the model: its evidence and its priors."""
    if study.goals.model == case.model.name:
        return study.goals, study.goal_prior
    for source, priors in zip(study.conflict.sources, study.conflict_priors, strict=True):
        if source.model == case.model.name and source.pairs == case.evidence.pairs:
            return source, priors
    return None, None


def _different(one: Any, other: Any) -> list[str]:
    """Return which figures of evidence differ by more than rounding, wherever they come from."""
    if type(one) is not type(other):
        return ["class"]
    origins = [getattr(one, name, None) for name in ("origin", "source")]
    found = []
    for name in (f.name for f in fields(one) if f.name != "notes"):
        first, second = getattr(one, name), getattr(other, name)
        if isinstance(first, str) and first in origins:
            continue  # it names a table, which is another now
        if isinstance(first, np.ndarray) and first.dtype.kind == "f":
            same = np.shape(first) == np.shape(second) and np.allclose(
                first, second, rtol=ROUNDING, atol=0, equal_nan=True
            )
        else:
            same = _plain(first) == _plain(second)
        if not same:
            found.append(name)
    return found


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value
