"""`Study` to study.toml, with its evidence in tables of counts beside it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bayes_misalign.families.reports.report_patterns import ReportPatterns
from bayes_misalign.models.elicited.declaration import ElicitedConflict
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.write import write_encounters
from bayes_misalign.models.experts.declaration import ExpertConflict
from bayes_misalign.models.fixed.declaration import FixedConflict
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.write import write_judgements
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.write import write_ratings
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.models.spatial.write import write_positions
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.study.study import Study
from bayes_misalign.study.write_reports import write_reports, write_table

ANSWERS = "answers.csv"


def write_study(study: Study, folder: Path) -> Path:
    """Write a study and its counts into an existing folder.

    Parameters
    ----------
    study : Study
        What to write. Weights are not written: its evidence must be unweighted.
    folder : path
        Receives `study.toml` and the tables of its evidence.

    Returns
    -------
    Path
        The study file.
    """
    import tomli_w

    area: dict[str, Any] = {"name": study.area.name, "goals": list(study.area.goals)}
    if study.area.has_no_goal:
        area["no_goal"] = list(study.area.no_goal)
    sources = [
        table
        for source, prior in zip(study.conflict.sources, study.conflict_priors, strict=True)
        if source.pairs and (table := _source(source, prior, study.area, folder)) is not None
    ]
    tables = {
        "name": study.name,
        "title": study.title,
        "problem_area": area,
        "goals": {**_goals(study, folder), "prior": _without_none(asdict(study.goal_prior))},
        "conflict": sources,
        "populations": _without_none(asdict(study.populations)),
        "report": _without_none(asdict(study.reporting)),
        "fit": _without_none(asdict(study.fitting)),
    }
    path = folder / "study.toml"
    path.write_text(tomli_w.dumps(tables), encoding="utf-8")
    return path


def _without_none(table: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _without_none(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if value is not None
    }


def _goals(study: Study, folder: Path) -> dict[str, Any]:
    if isinstance(study.goals, ReportPatterns):
        return write_reports(study.goals, study.area, folder)
    _write_answers(study, folder / ANSWERS)
    return {
        "model": study.goals.model,
        "data": ANSWERS,
        "goal": "goal",
        "population": "population",
        "count": "count",
    }


def _write_answers(study: Study, path: Path) -> None:
    labels = [*study.area.goals, *study.area.no_goal[:1]]
    rows = [
        (population, label, int(count))
        for population, counts in zip(study.goals.populations, study.goals.counts, strict=True)
        for label, count in zip(labels, counts, strict=True)
    ]
    write_table(path, ("population", "goal", "count"), rows)


def _source(source: Any, prior: Any, area: ProblemArea, folder: Path) -> dict[str, Any] | None:
    match source:
        case JudgedConflict():
            return write_judgements(source, prior, area, folder)
        case ElicitedConflict():
            pairs = [_statement(source, i) for i in range(len(source.pairs))]
            return {"model": source.model, "pairs": pairs, "prior": asdict(prior)}
        case ExpertConflict():
            return _experts(source, prior)
        case EncounterConflict():
            return write_encounters(source, prior, area, folder)
        case RatedConflict():
            return write_ratings(source, prior, area, folder)
        case SpatialConflict():
            return write_positions(source, prior, folder)
        case FixedConflict() if source.model == "mutually-exclusive":
            return {"model": source.model}
        case FixedConflict():
            pairs = [
                {"between": list(pair), "conflict": float(level)}
                for pair, level in zip(source.pairs, source.conflict, strict=True)
                if NO_GOAL not in pair or level > 0
            ]
            return {"model": source.model, "pairs": pairs} if pairs else None
    raise TypeError(f"no way is known to write {type(source).__name__}")


def _experts(source: ExpertConflict, prior: Any) -> dict[str, Any]:
    stated = [
        {"expert": source.experts[expert], **_statement(source, i, pair)}
        for i, (pair, expert) in enumerate(zip(source.pair, source.expert, strict=True))
    ]
    table: dict[str, Any] = {"model": source.model, "pairs": stated, "pooling": source.pooling}
    if source.pooling == "linear":
        table["weights"] = dict(zip(source.experts, map(float, source.weights), strict=True))
    return {**table, "prior": asdict(prior)}


def _statement(
    source: ElicitedConflict | ExpertConflict, i: int, pair: int | None = None
) -> dict[str, Any]:
    stated: dict[str, Any] = {"between": list(source.pairs[i if pair is None else pair])}
    if np.isnan(source.mean[i]):
        stated["range"] = [float(source.low[i]), float(source.high[i])]
        if not np.isnan(source.probability[i]):
            stated["probability"] = float(source.probability[i])
    else:
        stated["mean"] = float(source.mean[i])
        stated["strength"] = float(source.strength[i])
    return stated
