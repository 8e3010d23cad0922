"""Small studies of goals behind reports that several tests share."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from pytensor.compile.mode import Mode

import bayes_misalign as bm
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, compress
from bayes_misalign.inference import fit
from bayes_misalign.inference import groups as tree
from bayes_misalign.inference.conflict_draws import as_variables, parted
from bayes_misalign.inference.fit_findings import FitView
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.study.study import Study

PLAIN = Mode(linker="py", optimizer="fast_compile")  # nothing to compile for a few evaluations
HOSTILE = ("<script>alert(1)</script>", "=cmd|' /C calc'!A0")
# Dawid and Skene, Applied Statistics 28 (1979), Table 1: three labels by the first anaesthetist,
# then one by each of four others
TABLE = """
1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343
1111111 2223212 1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222
1111111 1111111 2322222 1111111 1111111 1121121 1111111 3333233 1111111 2222222 2223232 4334343
2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
"""
ANAESTHETISTS = TABLE.split()


def pooled(reports: ArrayLike, **columns: ArrayLike) -> dict[str, Any]:
    """Return fields of patterns from an agent a row: its reports, population, gold and weight."""
    reports = np.asarray(reports)
    n = len(reports)
    population = np.asarray(columns.get("population", np.zeros(n, int)))
    gold = np.asarray(columns.get("gold", np.full(n, UNKNOWN)))
    weight = np.asarray(columns.get("weight", np.ones(n)), dtype=float)
    first, pattern = compress(population, gold, reports.reshape(n, -1))
    sums = [np.bincount(pattern, weights=weight**power) for power in range(3)]
    return {
        "reports": reports.reshape(n, -1)[first],
        "population": population[first],
        "gold": gold[first],
        **dict(zip(("agents", "row_weight", "row_weight_sq"), sums, strict=True)),
        "weighted": "weight" in columns,
    }


def labelled(
    reports: ArrayLike,
    categories: str = "ab",
    labels: str | None = None,
    populations: str = "p",
    columns: dict[str, ArrayLike] | None = None,
    **more: Any,
) -> DistinctLabels:
    """Return labels from how often each agent got each: (agent, rater, label)."""
    return DistinctLabels(
        categories=tuple(categories),
        populations=tuple(populations),
        raters=more.pop("raters", tuple(f"r{r + 1}" for r in range(np.shape(reports)[1]))),
        labels=tuple(labels or categories),
        **pooled(reports, **(columns or {})),
        **more,
    )


def acted(
    reports: ArrayLike,
    actions: tuple[tuple[str, ...], ...],
    categories: str = "ab",
    populations: str = "p",
    columns: dict[str, ArrayLike] | None = None,
    **more: Any,
) -> DistinctActions:
    """Return actions from how often each agent took each: (agent, action of a situation)."""
    return DistinctActions(
        categories=tuple(categories),
        populations=tuple(populations),
        situations=tuple(f"q{q + 1}" for q in range(len(actions))),
        actions=actions,
        **pooled(reports, **(columns or {})),
        **more,
    )


def ones(labels: ArrayLike, number: int) -> np.ndarray:
    """Return labels as counts, (..., label); -1 is none."""
    return (np.asarray(labels)[..., None] == np.arange(number)).astype(int)


def symmetric(k: int, error: float) -> np.ndarray:
    """Return P(label | goal) of a rater who takes all wrong labels equally often."""
    return np.where(np.eye(k, dtype=bool), 1 - error, error / (k - 1))


def anaesthetists() -> DistinctLabels:
    """Return the labels that five anaesthetists gave to 45 patients."""
    digits = ones([[int(d) - 1 for d in row] for row in ANAESTHETISTS], 4)
    return labelled(np.concatenate([digits[:, :3].sum(axis=1)[:, None], digits[:, 3:]], 1), "1234")


def study_of(goals: Any, **more: Any) -> Study:
    """Return a study of goals that exclude each other."""
    area = bm.ProblemArea("area", goals=list(goals.categories))
    return Study.of(area, goals, bm.MutuallyExclusive(), **more)


def prior_group(study: Study, draws: int) -> dict[str, tree.Variable]:
    """Return draws from the prior, with known levels of conflict beside them."""
    goals, conflict = fit._prior_draws(study, draws)
    found = fit._variables(study, goals, conflict, prior=True)
    return found | as_variables(conflict, *found["proportion"][1].shape[:2])


def made_up(study: Study, draws: int = 500) -> bm.Posterior:
    """Return a posterior whose draws are those of the prior: nothing has to be sampled."""
    before = prior_group(study, study.fitting.chains * draws)
    ratio = dict.fromkeys(study.goals.populations, 1.0)
    view = FitView(study, before, before, ratio, converged=False)
    behind = fit.goals_model(study.goals.model).check_fit(view)
    diagnosis = fit.diagnose(study, {}, found=behind.reasons)
    observed = {**fit._observed(study), **behind.groups.get(tree.OBSERVED, {})}
    groups = {**parted(before, before), **behind.groups, tree.OBSERVED: observed}
    coords = {
        **fit.goals_model(study.goals.model).coords(study.goals),
        **behind.coords,
        "population": study.goals.populations,
        "goal": study.goals.categories,
        "goal_other": study.goals.categories,
    }
    stored = {"study": study.to_plain(), "diagnosis": diagnosis.to_plain(), **behind.metadata}
    return bm.Posterior(tree.Groups(groups, coords, {"schema": tree.SCHEMA, **stored}))


# two raters, three agents of one goal known: nothing but the prior tells goals from errors
TWO_RATERS = {
    "id": [f"x{i}" for i in range(40)],
    HOSTILE[0]: ["a"] * 24 + ["b"] * 16,
    HOSTILE[1]: ["a"] * 20 + ["b"] * 4 + ["a"] * 4 + ["b"] * 12,
    "truth": ["a"] * 3 + [""] * 37,
}


def two_raters() -> bm.NoisyLabels:
    """Return the declaration of the study that only its prior identifies."""
    return bm.NoisyLabels(TWO_RATERS, agent="id", raters=HOSTILE, gold="truth")


PRIOR_ONLY = Path(__file__).parent / "report" / "prior_only.nc"


@cache
def prior_only_posterior() -> bm.Posterior:
    """Return a few draws of the fit of that study, which is compiled twice and takes a minute."""
    return bm.load(PRIOR_ONLY)


def fitted_prior_only() -> bm.Posterior:
    """Return the fit itself; `python -m tests.golden.renew --prior-only` stores it."""
    area = bm.ProblemArea("area", goals=["a", "b"])
    # uniform shares are compiled in half the time of the default prior's
    prior = {"shares": {"concentration": 2.0}}
    exclusive = bm.MutuallyExclusive()
    return bm.fit(area, two_raters(), exclusive, prior=prior, draws=500, tune=500)
