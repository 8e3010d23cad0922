"""Goals of agents in cells of covariates, multinomial, with effects of each covariate.

Cells that are alike are one, so that the cost does not depend on the number of agents; and the part
of the likelihood that is linear in the effects needs no cells at all, only the answers by the
categories of each covariate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.observed import FreeVariables, Observed, Outcomes
from bayes_misalign.models.poststratified.effects import (
    Term,
    category_labels,
    of_parameters,
    part_weights,
    prior_draws,
    prior_scales,
    starts,
    terms_of,
    zero_sum,
)
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.models.poststratified.priors import CellPriors

if TYPE_CHECKING:
    import pymc as pm

Array = NDArray[np.float64]
ANSWERS = "answers"
LOG_SMALLEST = -690.0  # exp of it is still a normal number


def dims_of(evidence: CellCounts) -> dict[str, tuple[str, ...]]:
    """Return the labels of the model's own dimensions."""
    terms, goals = terms_of(evidence), len(evidence.categories)
    found = {
        "term": tuple(term.name for term in terms),
        "category": category_labels(terms),
        "cell": tuple(", ".join(words_of(evidence, row)) for row in evidence.cells.tolist()),
        "contrast_of_goals": _contrasts(goals - 1),
    }
    for i, term in enumerate(terms):
        found[f"contrast_{i + 1}"] = _contrasts(term.basis.shape[1])
    return found


def _contrasts(number: int) -> tuple[str, ...]:
    return tuple(f"contrast {j + 1}" for j in range(number))


def words_of(evidence: CellCounts, row: Sequence[int]) -> list[str]:
    """Return the categories of a cell."""
    return [own[i] for own, i in zip(evidence.levels, row, strict=True)]


def tables_of(evidence: CellCounts, terms: tuple[Term, ...]) -> dict[str, Array]:
    """Return the data that the likelihood needs, by container."""
    table = np.zeros((starts(terms)[-1], len(evidence.categories)))
    for term, start in zip(terms, starts(terms), strict=False):
        np.add.at(table, start + term.of_cells, evidence.cell_counts)
    turns = {f"turn_{i + 1}": term.turn for i, term in enumerate(terms)}
    return {
        "agents_of_cell": evidence.cell_n,
        "answers_of_all": evidence.cell_counts.sum(axis=0),
        "answers_of_category": table,
        "reach": np.array([term.reach for term in terms]),
        **turns,
    }


def data(evidence: CellCounts, priors: CellPriors) -> dict[str, NDArray[Any]]:
    """Return what a compiled model needs of other answers in the same cells."""
    del priors
    return dict(tables_of(evidence, terms_of(evidence)))


def declare(evidence: CellCounts, priors: CellPriors, name: str = "proportion") -> Any:
    """Add effects and answers to the open model; return the parts' shares (population, goal)."""
    import pymc as pm
    import pytensor.tensor as pt

    from bayes_misalign.families.observed.observed_pymc import declare_observed

    terms = terms_of(evidence)
    pm.modelcontext(None).add_coords(dims_of(evidence))
    goals = zero_sum(len(evidence.categories))
    dims = {"agents_of_cell": ("cell",), "answers_of_all": ("goal",), "reach": ("term",)}
    dims |= {f"turn_{i + 1}": (f"contrast_{i + 1}",) for i in range(len(terms))}
    tables = {
        key: pm.Data(key, values, dims=dims.get(key, ("category", "goal")))
        for key, values in tables_of(evidence, terms).items()
    }
    contrasts = pm.Normal("intercept_contrasts", 0.0, priors.intercept, dims="contrast_of_goals")
    intercept = pm.Deterministic("intercept", pt.dot(goals, contrasts), dims="goal")
    sd = pm.HalfNormal("sd", prior_scales(terms, priors), dims="term")
    effects = []
    for i, term in enumerate(terms):
        own = (f"contrast_{i + 1}", "contrast_of_goals")
        first = np.eye(1, term.basis.shape[1])[0]
        along = first * (priors.reached * tables["reach"][i]) ** 2
        scale = pt.sqrt(sd[i] ** 2 + along)[:, None]
        z = pm.Normal(f"effect_{i + 1}_z", 0.0, scale**term.centred, dims=own)
        x, turn = scale ** (1 - term.centred) * z, tables[f"turn_{i + 1}"]
        x = x - 2 * turn[:, None] * pt.dot(turn, x)[None, :]
        effects.append(pt.dot(pt.dot(term.basis, x), goals.T))
    eta = _summed(intercept, effects, [term.of_cells for term in terms])
    effect = pm.Deterministic("effect", pt.concatenate(effects), dims=("category", "goal"))
    linear = (tables["answers_of_all"] * intercept).sum()
    linear = linear + (tables["answers_of_category"] * effect).sum()
    likelihood = linear - (tables["agents_of_cell"] * _log_sum_exp(eta)).sum()
    declare_observed(
        observed(evidence),
        {ANSWERS: likelihood},
        {"intercept": intercept, "effect": effect},
        lambda parameters, rng: replicated(parameters, evidence, rng),
    )
    of_table = _summed(intercept, effects, [term.of_table for term in terms])
    share = pt.exp(of_table - _log_sum_exp(of_table)[:, None])
    return pm.Deterministic(
        name, pt.dot(part_weights(evidence), share), dims=("population", "goal")
    )


def _summed(intercept: Any, effects: list[Any], places: list[NDArray[np.intp]]) -> Any:
    eta = intercept[None, :]
    for effect, place in zip(effects, places, strict=True):
        eta = eta + effect[place]
    return eta


def _log_sum_exp(eta: Any) -> Any:
    """Return log sum exp over goals; the largest is taken out without a gradient of its own."""
    import pytensor.tensor as pt
    from pytensor.gradient import disconnected_grad

    top = disconnected_grad(eta.max(axis=-1, keepdims=True))
    return pt.log(pt.exp(eta - top).sum(axis=-1)) + top[:, 0]


def build(evidence: CellCounts, priors: CellPriors) -> pm.Model:
    """Return the model alone, with coords population and goal."""
    import pymc as pm

    coords = {"population": evidence.populations, "goal": evidence.categories}
    with pm.Model(coords=coords) as model:
        declare(evidence, priors)
    return model


def draw_prior(
    evidence: CellCounts, priors: CellPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of shares, intercepts, standard deviations and effects."""
    return prior_draws(evidence, priors, draws, rng)


def free_variables(
    evidence: CellCounts, priors: CellPriors, name: str, drawn: Mapping[str, Array]
) -> FreeVariables:
    """Return nothing more: what NUTS sampled is kept as it is."""
    del evidence, priors, name, drawn
    return FreeVariables()


def held(evidence: CellCounts, drawn: Mapping[str, Array], rng: np.random.Generator) -> Array:
    """Return how many of those who answered hold each goal, (population, goal): it is known."""
    del drawn, rng
    return evidence.counts


def sized(
    evidence: CellCounts, agents: int | NDArray[np.int64], rng: np.random.Generator
) -> CellCounts:
    """Return a design with so many answers in each part, spread over its cells by their size."""
    number = rng.multinomial(agents, part_weights(evidence)).sum(axis=0)
    there = number > 0
    counts = np.zeros((int(there.sum()), len(evidence.categories)))
    counts[:, 0] = number[there]  # how many, not what they answer
    return replace(evidence, cells=evidence.table[there], cell_counts=counts)


def simulate(
    parameters: Mapping[str, Array], design: CellCounts, rng: np.random.Generator
) -> CellCounts:
    """Return answers of as many agents in each cell as the design has there."""
    return replace(
        design,
        cell_counts=_answers(parameters, design, rng),
        not_answers={},
        not_asked=np.zeros(len(design.populations)),
        notes=("simulated data",),
        source="simulated",
    )


def _answers(
    parameters: Mapping[str, Array], design: CellCounts, rng: np.random.Generator
) -> Array:
    one = {key: values[None] for key, values in parameters.items()}
    [(_, logs)] = of_parameters(design, one)
    shares = np.exp(logs[0])
    shares /= shares.sum(axis=-1, keepdims=True)
    return np.asarray(rng.multinomial(design.cell_n.astype(int), shares), dtype=float)


def observed(evidence: CellCounts, name: str = "") -> dict[str, Observed]:
    """Return answers by part and goal."""
    del name
    return {ANSWERS: _by_part(evidence)}


def _by_part(evidence: CellCounts) -> Observed:
    counts = evidence.counts
    total = counts.sum(axis=1, keepdims=True)
    return Observed("answers", ("population", "goal"), counts, totals=total)


def replicated(
    parameters: Mapping[str, Array],
    evidence: CellCounts,
    rng: np.random.Generator,
    name: str = "",
) -> dict[str, Observed]:
    """Return answers by part and goal, of as many agents in each cell."""
    del name
    return {ANSWERS: _by_part(replace(evidence, cell_counts=_answers(parameters, evidence, rng)))}


def outcomes(evidence: CellCounts, parameters: Mapping[str, Array]) -> tuple[Outcomes, ...]:
    """Return how likely each answer was in each cell."""
    cells, goals = evidence.cell_counts.shape
    found = np.empty((len(parameters["intercept"]), cells * goals))
    for some, logs in of_parameters(evidence, parameters):
        found[some] = np.maximum(logs, LOG_SMALLEST).reshape(len(logs), -1)
    labels = dims_of(evidence)["cell"]
    return (
        Outcomes(
            "answer",
            tuple(f"{cell}: {goal}" for cell in labels for goal in evidence.categories),
            found,
            evidence.cell_counts.ravel(),
            np.repeat(np.arange(cells), goals),
            np.tile(np.arange(float(goals)), cells),
        ),
    )
