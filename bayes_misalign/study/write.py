"""`Study` to study.toml, with its evidence in tables of counts beside it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from bayes_misalign.contract.registry import conflict_model, goals_model
from bayes_misalign.study.contact import written_contact
from bayes_misalign.study.study import Study


def write_study(study: Study, folder: Path) -> Path:
    """Write a study and its counts into an existing folder."""
    import tomli_w

    area: dict[str, Any] = {"name": study.area.name, "goals": list(study.area.goals)}
    if study.area.has_no_goal:
        area["no_goal"] = list(study.area.no_goal)
    if study.goals.left_out is not None:
        area["not_answers"] = list(study.area.not_answers)
    sources = [
        table
        for source, prior in zip(study.conflict.sources, study.conflict_priors, strict=True)
        if source.pairs
        and (table := conflict_model(source.model).write(source, prior, study.area, folder))
        is not None
    ]
    goals = goals_model(study.goals.model).write(study.goals, study.goal_prior, study.area, folder)
    tables = {
        "name": study.name,
        "title": study.title,
        "problem_area": area,
        "goals": _without_none(goals or {}),
        "conflict": sources,
        "populations": _without_none(asdict(study.populations)),
        "report": _without_none(asdict(study.reporting)),
        "fit": _without_none(asdict(study.fitting)),
    }
    if study.refusals is not None:
        tables["refusals"] = _without_none(asdict(study.refusals))
    if study.contact is not None:
        tables["contact"] = written_contact(study.contact)
    path = folder / "study.toml"
    path.write_text(tomli_w.dumps(tables), encoding="utf-8")
    return path


def _without_none(table: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _without_none(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if value is not None
    }
