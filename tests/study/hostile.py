"""Every key that a study file may have, and values that nobody should write there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from bayes_misalign.contract.registry import declaration, defaults, names_of
from bayes_misalign.study.options import Fitting, Populations, Reporting

HOSTILE: tuple[Any, ...] = (
    3,
    -1,
    True,
    0.5,
    float("nan"),
    float("inf"),
    9_999_999_999_999,
    10**400,
    "",
    "x",
    "~nosuchuser",
    "\x1b[2J\u202e",
    "x" * 5_000,
    [],
    [1, 2],
    ["a", []],
    {},
    {"concentration": []},
    {"a": {"b": {"c": 1}}},
    [{"between": ["a", "b"], "range": "x"}],
)

AREA = {"name": "vote", "goals": ["a", "b"], "no_goal": ["n"]}
# a small sound study of each model, as a table of the file
GOALS: dict[str, dict[str, Any]] = {
    "single-choice": {"data": "choices.csv", "goal": "goal", "population": "group"},
    "multi-select": {"data": "choices.csv", "goal": "goal", "population": "group"},
    "endorsement": {
        "data": "strengths.csv",
        "columns": {"x": "a", "y": "b"},
        "population": "group",
    },
    "ranked": {"data": "choices.csv", "order": "goal", "population": "group"},
    "clustered": {
        "data": "runs.csv",
        "goal": "goal",
        "cluster": "prompt",
        "population": "group",
    },
    "published": {
        "data": "shown.csv",
        "goal": "goal",
        "percent": "percent",
        "population": "group",
        "n": {"x": 400},
    },
    "poststratified": {
        "data": "choices.csv",
        "goal": "goal",
        "covariates": ["group"],
        "table": "people.csv",
        "size": "people",
    },
    "noisy-labels": {
        "data": "labels.csv",
        "agent": "agent",
        "rater": "rater",
        "label": "label",
    },
    "behaviour": {
        "data": "labels.csv",
        "agent": "agent",
        "action": "label",
        "expected": {"a": {"a": 0.8, "b": 0.2}, "b": {"a": 0.3, "b": 0.7}},
    },
    "choices": {
        "data": "labels.csv",
        "agent": "agent",
        "action": "label",
        "payoffs": {"a": {"a": 1, "b": 0}, "b": {"a": 0, "b": 1}, "n": {"a": 0, "b": 0}},
    },
    "drawn-shares": {"data": "shares.csv"},
}
CONFLICT: dict[str, dict[str, Any]] = {
    "mutually-exclusive": {},
    "fixed": {"pairs": [{"between": ["a", "b"], "conflict": 0.3}]},
    "ordinal": {"order": ["a", "b"]},
    "elicited": {"pairs": [{"between": ["a", "b"], "range": [0.2, 0.9]}]},
    "judged": {"pairs": [{"between": ["a", "b"], "yes": 3, "no": 1}]},
    "experts": {"pairs": [{"between": ["a", "b"], "expert": "x", "range": [0.2, 0.9]}]},
    "rated": {"data": "ratings.csv", "scale": [1, 5]},
    "encounters": {"data": "met.csv"},
    "spatial": {"data": "placed.csv", "ends": [0, 10], "error": 1.0},
    "drawn-conflict": {"data": "levels.csv"},
}
FILES = {
    "choices.csv": "goal,group\na,x\nb,x\nn,y\na,y\n",
    "strengths.csv": "x,y,group\n1,0.5,x\n0,1,x\n0,0,y\n0.3,0,y\n",
    "runs.csv": "goal,prompt,group\na,1,x\nb,1,x\nn,2,x\na,1,y\n",
    "shown.csv": "goal,percent,group\na,43.5,x\nb,38,x\nn,18.5,x\n",
    "polls.csv": "goal,percent,group,land\na,60,x,l\nb,40,x,l\na,30,y,l\nb,70,y,l\n"
    "a,50,z,m\nb,50,z,m\n",
    "people.csv": "group,people\nx,50\ny,70\n",
    "labels.csv": "agent,rater,label\n1,r,a\n1,s,a\n2,r,b\n2,s,a\n",
    "shares.csv": "draw,a,b,n\n1,0.5,0.4,0.1\n2,0.6,0.3,0.1\n",
    "ratings.csv": "goal,goal_other,rating\na,b,2\na,b,4\n",
    "met.csv": "goal,goal_other,conflict\na,b,yes\na,b,no\n",
    "placed.csv": "goal,position\na,2\nb,7\n",
    "levels.csv": "draw,goal,goal_other,conflict\n1,a,b,0.5\n2,a,b,0.6\n",
}
# percentages of populations within groups, which borrow from each other
POOLED = {
    "goals": {
        "model": "published",
        "data": "polls.csv",
        "goal": "goal",
        "percent": "percent",
        "population": "group",
        "n": 50,
    },
    "shares": {"model": "pooled", "within": "land", "prior": {"alike": 1.0, "alike_groups": 1.0}},
}
CHOICES = {"populations": Populations, "fit": Fitting, "report": Reporting}


def sound(goals: str = "single-choice", conflict: str = "mutually-exclusive") -> dict[str, Any]:
    """Return the tables of a sound study."""
    return {
        "name": "study",
        "title": "A study",
        "problem_area": dict(AREA),
        "goals": {"model": goals, **GOALS[goals]},
        "conflict": {"model": conflict, **CONFLICT[conflict]},
        "fit": {"draws": 10},
    }


def places() -> Iterator[tuple[str, dict[str, Any], tuple[str, ...]]]:
    """Iterate over every key: its name, the tables of a sound study, and where it stands."""
    for key in ("name", "title", "problem_area", "goals", "conflict", "shares"):
        yield key, sound(), (key,)
    for key in ("populations", "fit", "report"):
        yield key, sound(), (key,)
        for one in fields(CHOICES[key]):
            yield f"{key}.{one.name}", sound(), (key, one.name)
    for key in ("name", "goals", "no_goal", "not_answers"):
        yield f"problem_area.{key}", sound(), ("problem_area", key)
    for kind, models in (("goals", GOALS), ("conflict", CONFLICT)):
        assert set(models) == set(names_of(kind)), "a model without a sound study here"
        for name in models:
            study = sound(goals=name) if kind == "goals" else sound(conflict=name)
            for one in ("model", "prior", *(f.name for f in fields(declaration(name)))):
                yield f"{name}.{one}", study, (kind, one)
            for one in defaults(name).get("priors", {}):
                yield f"{name}.prior.{one}", study, (kind, "prior", one)
    for one in ("model", "prior", "kind", "concentration", "dirichlet"):
        yield f"shares.{one}", sound(), ("shares", one)
        yield f"single-choice.prior.{one}", sound(), ("goals", "prior", one)
    for one in ("model", "within", "prior"):
        yield f"pooled.{one}", sound() | POOLED, ("shares", one)
    for one in ("alike", "even", "alike_groups"):
        yield f"pooled.prior.{one}", sound() | POOLED, ("shares", "prior", one)


def with_value(study: dict[str, Any], place: tuple[str, ...], value: Any) -> Any:
    """Return the tables with one value put in its place."""
    if not place:
        return value
    key, *rest = place
    inner = study.get(key, {})
    table = inner if isinstance(inner, dict) else {}
    return {**study, key: with_value(table, tuple(rest), value)}


def write_files(folder: Path) -> None:
    """Write the tables that the studies read."""
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
