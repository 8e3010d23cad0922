"""Public surveys whose variances R's survey tells, and how a test reads them."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from bayes_misalign.errors import Problems
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.reading.problem_area import ProblemArea

SURVEYS = Path(__file__).parents[1] / "data" / "surveys"
EXPECTED = json.loads((SURVEYS / "expected.json").read_text())
GROUPED = {"count": "n", "weight_sum": "w", "weight_sq_sum": "w2"}
SCHOOLS, LEVELS, RACES = ["E", "H", "M"], ["0", "1", "2"], ["1", "2", "3", "4"]
NHANES = {"goal": "race", "strata": "SDMVSTRA", "cluster": "SDMVPSU", "nest": True, **GROUPED}
CLUS1 = {"goal": "stype", "cluster": "dnum", "fpc": "fpc", **GROUPED}
CLUS2 = {
    **{"goal": "stype", "cluster": "dnum", "fpc": "fpc1", "cluster2": "snum", "fpc2": "fpc2"},
    "weight": "pw",
}
MU284 = {
    **{"goal": "size", "cluster": "id1", "fpc": "n1", "cluster2": "id2", "fpc2": "n2"},
    "weight": "w",
}
FPC = {"goal": "level", "strata": "stratid", "cluster": "psuid", "nest": True, "weight": "weight"}
CROWD = {"goal": "large", "strata": "stratum", "cluster": "cluster", "weight": "weight"}


def by(method: str, goal: str = "many", **more: Any) -> dict[str, Any]:
    """Replicate weights of this method."""
    return {
        "goal": goal,
        "weight": "w",
        "replicates": {"columns": "rep_*", "method": method, **more},
    }


# tests/data/surveys/expected.R has the commands
CASES: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "apistrat": (
        "apistrat",
        ["No", "Yes"],
        {"goal": "awards", "strata": "stype", "fpc": "fpc", **GROUPED},
    ),
    "apiclus1": ("apiclus1", SCHOOLS, CLUS1),
    "apiclus1 yes": (
        "apiclus1",
        SCHOOLS,
        {**CLUS1, "population": "both", "populations": ["Yes", "No"]},
    ),
    "apiclus2": ("apiclus2", SCHOOLS, {**CLUS1, "fpc": "fpc1"}),
    "apiclus2 stages": ("apiclus2_stages", SCHOOLS, CLUS2),
    "apiclus2 stages yes": (
        "apiclus2_stages",
        SCHOOLS,
        {**CLUS2, "population": "both", "populations": ["Yes", "No"]},
    ),
    "apisrs": ("apisrs", SCHOOLS, {"goal": "stype", "fpc": "fpc", "count": "n"}),
    "nhanes": ("nhanes", RACES, NHANES),
    "nhanes 1": ("nhanes", RACES, {**NHANES, "population": "RIAGENDR"}),
    "nhanes 2": ("nhanes", RACES, {**NHANES, "population": "RIAGENDR", "populations": ["2", "1"]}),
    "yrbs": (
        "yrbs",
        ["1", "2"],
        {"goal": "qn8", "strata": "stratum", "cluster": "psu", "missing": ["NA"], **GROUPED},
    ),
    "hospital": (
        "hospital",
        ["0", "1"],
        {
            "goal": "many",
            "strata": "oblevel",
            "cluster": "hospno",
            "fpc": "tothosp",
            "weight": "weighta",
        },
    ),
    "mu284": ("mu284", LEVELS, {"goal": "size", "cluster": "id1", "fpc": "n1", "weight": "w"}),
    "mu284 stages": ("mu284", LEVELS, MU284),
    **{
        f"mu284 lonely {how}": ("mu284_lonely", LEVELS, {**MU284, "lonely": how})
        for how in ("adjust", "remove")
    },
    "mu284 strata": (
        "mu284_strata",
        LEVELS,
        {
            **{"goal": "size", "strata": "half", "cluster": "id1", "cluster2": "unit"},
            **{"fpc": "f1", "fpc2": "f2", "weight": "w2"},
        },
    ),
    "fpc without": ("fpc", LEVELS, FPC),
    "fpc": ("fpc", LEVELS, {**FPC, "fpc": "Nh"}),
    "election": ("election", LEVELS, {"goal": "won", "weight": "wt", "cluster": "county"}),
    **{
        f"crowd {how}": ("crowd", ["0", "1"], {**CROWD, "lonely": how})
        for how in ("adjust", "average", "remove", "certainty")
    },
    "scd brr": ("scd_brr", LEVELS, by("brr")),
    "scd brr mse": ("scd_brr", LEVELS, by("brr", mse=True)),
    "scd fay": ("scd_fay", LEVELS, by("fay", fay=0.3)),
    "mu284 jk1": ("mu284_jk1", LEVELS, by("jackknife", "size")),
    "fpc jkn": ("fpc_jkn", LEVELS, by("jkn", "level", rscales=[0.8] * 5 + [2 / 3] * 3)),
    "mu284 bootstrap": (
        "mu284_bootstrap",
        LEVELS,
        by("bootstrap", "size", scale=5 / 4 / 11),
    ),
    **{
        f"mu284 {name}": ("mu284_bootstrap", LEVELS, by(method, "size", **stated))
        for name, method, stated in (
            ("successive", "successive-difference", {}),
            ("acs", "acs", {"mse": True}),
            ("jk2", "jk2", {}),
            ("fay", "fay", {"fay": 0.5}),
            ("jkn", "jkn", {"scale": 1, "rscales": [r / 13 for r in range(1, 13)]}),
            ("other", "other", {"scale": 0.3, "rscales": [r / 12 for r in range(12)]}),
        )
    },
    "scd factors": ("scd_factors", LEVELS, by("brr", combined=False)),
    "scd bootstrap": ("scd_bootstrap", LEVELS, by("bootstrap")),
}


def table(name: str) -> pd.DataFrame:
    """A table as texts, each county of the election a cluster."""
    found = pd.read_csv(SURVEYS / f"{name}.csv", dtype=str, keep_default_na=False)
    if name == "election":
        found["county"] = [str(i) for i in range(len(found))]
    return found


def evidence(data: Any, goals: list[str], **stated: Any) -> ChoiceCounts:
    """What a study reads."""
    problems = Problems()
    codes = None if goals[0].isalpha() else {goal: goal for goal in goals}
    found = SingleChoice(data, codes=codes, **stated).read(ProblemArea("x", goals), problems)
    assert found is not None, str(list(problems))
    return found


def refused(data: Any, goals: list[str], **stated: Any) -> str:
    """What is said of a table that is not read."""
    problems = Problems()
    codes = None if goals[0].isalpha() else {goal: goal for goal in goals}
    SingleChoice(data, codes=codes, **stated).read(ProblemArea("x", goals), problems)
    assert problems
    return "\n".join(map(str, problems))
