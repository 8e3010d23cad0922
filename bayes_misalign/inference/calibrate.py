"""Simulation-based calibration: whether a model's posterior means what it says.

Draw parameters from the prior, evidence from the parameters, and posterior draws from the evidence.
If everything is right, the true value of any quantity is equally likely to take each place among
its posterior draws (Talts, Betancourt, Simpson, Vehtari and Gelman, arXiv 1804.06788; with
quantities of data and parameters after Modrák et al., Bayesian Analysis 20, 2025).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import entry, generative_model
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.calibration_designs import SAMPLED_DESIGNS
from bayes_misalign.inference.draw_blocks import assemble, stream
from bayes_misalign.inference.quantities import against_statements, with_data
from bayes_misalign.inference.uniformity import ALPHA, RANKS, holm, rank_among, uniform_p_value
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.behaviour.evidence import ActionPatterns
from bayes_misalign.models.elicited.declaration import ElicitedConflict
from bayes_misalign.models.encounters import reports_and_encounters as joint_encounters
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.generative import conflict_matrix
from bayes_misalign.models.encounters.reports_and_encounters import ReportsAndEncounters
from bayes_misalign.models.experts.declaration import ExpertConflict
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.noisy_labels.evidence import LabelPatterns
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.reading.pair_labels import pair_labels
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
Draws = Mapping[str, Array]
DrawPosterior = Callable[[Any, Any, int, np.random.Generator], Draws | None]
CALIBRATION = 200  # streams of random numbers, apart from those of fits and simulated studies
DRAWS = RANKS - 1


@dataclass(frozen=True, eq=False)
class Calibration:
    """Ranks of true values among posterior draws, and whether they are uniform.

    Parameters
    ----------
    model : str
        Name of the model.
    simulations, draws, seed : int
        Settings of the calibration.
    ranks : dict of str to ndarray of int, shape (simulation,)
        Rank of the truth, 0 to `draws`, for each quantity.
    p_values : dict of str to float
        Of uniform ranks, and of statements that the draws should keep, for each quantity.
    """

    model: str
    simulations: int
    draws: int
    seed: int
    ranks: dict[str, NDArray[np.int64]]
    p_values: dict[str, float]

    @property
    def adjusted(self) -> dict[str, float]:
        """P-values corrected for the number of quantities."""
        return holm(self.p_values)

    @property
    def worst(self) -> str:
        """The quantity with the smallest p-value."""
        return min(self.p_values, key=lambda name: self.p_values[name])

    @property
    def passed(self) -> bool:
        """Whether no corrected p-value falls below the gate's alpha."""
        return self.adjusted[self.worst] >= ALPHA

    def to_plain(self) -> dict[str, Any]:
        """Return settings and p-values, without the ranks, as JSON can hold them."""
        return {
            "model": self.model,
            "simulations": self.simulations,
            "draws": self.draws,
            "seed": self.seed,
            "p_values": {name: float(f"{p:.4g}") for name, p in self.p_values.items()},
            "worst": self.worst,
            "adjusted_p_value_of_worst": float(f"{self.adjusted[self.worst]:.4g}"),
            "alpha": ALPHA,
            "passed": self.passed,
        }


def calibrate(
    name: str,
    simulations: int,
    seed: int,
    *,
    design: Any = None,
    prior: Any = None,
    posterior: DrawPosterior | None = None,
) -> Calibration:
    """Calibrate a model of the catalogue by simulation.

    Parameters
    ----------
    name : str
        Name of a model that has something uncertain.
    simulations : int
        How many data sets to simulate. 100 find a wrong likelihood, 1,000 a row or a weight gone
        wrong, 5,000 and more a posterior that is a twentieth too narrow.
    seed : int
        Seed of every random number.
    design : evidence, optional
        Populations, goals, pairs and sizes of the simulated data; a small one by default.
    prior : object, optional
        What the model's `priors` returns; its default by default.
    posterior : callable, optional
        Draws from the posterior in place of the model's `draw`: takes evidence, prior, number of
        independent draws and a generator. A model without exact draws needs it.

    Returns
    -------
    Calibration

    Raises
    ------
    StudyError
        When the model has nothing uncertain, or no way to draw from its posterior.

    Notes
    -----
    P(ma) is that of mutually exclusive goals for a model of goals, and that of a population with
    known unequal shares for a model of conflict. The gate is an exact simultaneous test of 100
    ranks, corrected over all quantities.

    Examples
    --------
    >>> found = calibrate("judged", 100, seed=1)
    >>> found.passed, "log_likelihood" in found.p_values
    (True, True)
    """
    design = default_design(name) if design is None else design
    model = model_of(name, design)
    prior = model.priors() if prior is None else prior
    draw: DrawPosterior = model.draw if posterior is None else posterior
    quantities = quantities_of(name, design)
    ranks, levels = [], []
    names: list[str] = []
    for simulation in range(simulations):
        rng = stream(seed, CALIBRATION, simulation)
        truth = model.draw_prior(design, prior, 1, rng)
        evidence = model.simulate({key: value[0] for key, value in truth.items()}, design, rng)
        drawn = draw(evidence, prior, DRAWS, rng)
        if drawn is None:
            raise StudyError(f"{name!r} has no exact draws: state `posterior`, which samples it")
        both = {key: np.concatenate([truth[key], drawn[key]]) for key in truth}
        found = {**quantities(evidence, both), **with_data(evidence, both)}
        names = list(found)
        values = np.stack(list(found.values()), axis=1)
        ranks.append(rank_among(values[0], values[1:], rng))
        if "conflict_level" in drawn:
            levels.append(drawn["conflict_level"][0])
    by_name = dict(zip(names, np.array(ranks).T, strict=True))
    p_values = {key: uniform_p_value(rank) for key, rank in by_name.items()}
    if levels:
        p_values.update(against_statements(design, prior, np.array(levels)))
    return Calibration(name, simulations, DRAWS, seed, by_name, p_values)


def model_of(name: str, design: Any) -> Any:
    """Return the model that a design is of: the named one, or it together with a model of goals."""
    return joint_encounters if isinstance(design, ReportsAndEncounters) else generative_model(name)


def quantities_of(name: str, design: Any) -> Callable[[Any, Draws], dict[str, Array]]:
    """Return what a calibration of a design looks at."""
    if isinstance(design, ReportsAndEncounters):
        return joint_quantities
    return goal_quantities if entry(name).kind == "goals" else conflict_quantities


def joint_quantities(evidence: ReportsAndEncounters, parameters: Draws) -> dict[str, Array]:
    """Return P(ma) with shares and conflict both uncertain, and the quantities of either.

    Parameters
    ----------
    evidence : ReportsAndEncounters
        Reports of agents, and whom they met.
    parameters : mapping
        Quantities of both models, leading axis draw.

    Returns
    -------
    dict of str to ndarray, shape (draw,)
    """
    found = goal_quantities(evidence.goals, parameters)
    matrix = conflict_matrix(evidence.met, parameters["conflict_level"])
    pma = misalignment(parameters["proportion"], matrix[:, None])
    for s, population in enumerate(evidence.goals.populations):
        found[f"misalignment[{population}]"] = pma[:, s]
    for i, label in enumerate(pair_labels(evidence.met.pairs)):
        found[f"conflict_level[{label}]"] = parameters["conflict_level"][:, i]
    for i, label in enumerate(evidence.met.categories):
        found[f"background[{label}]"] = parameters["background"][:, i]
    return found


def goal_quantities(evidence: Any, parameters: Draws) -> dict[str, Array]:
    """Return P(ma) of mutually exclusive goals and each parameter, by population.

    Parameters
    ----------
    evidence : goal evidence
        With `populations` and `categories`.
    parameters : mapping
        `proportion` (draw, population, goal), and others (draw, population).

    Returns
    -------
    dict of str to ndarray, shape (draw,)
    """
    goals = [label for label in evidence.categories if label != NO_GOAL]
    matrix = exclusive_conflict(len(goals), no_goal=NO_GOAL in evidence.categories)
    pma = misalignment(parameters["proportion"], matrix)
    found: dict[str, Array] = {}
    for s, population in enumerate(evidence.populations):
        found[f"misalignment[{population}]"] = pma[:, s]
        for i, label in enumerate(evidence.categories):
            found[f"proportion[{population}, {label}]"] = parameters["proportion"][:, s, i]
        if "index" in parameters:
            found[f"index[{population}]"] = parameters["index"][:, s]
    return found | _report_quantities(evidence, parameters)


def _report_quantities(evidence: Any, parameters: Draws) -> dict[str, Array]:
    """Return what is not about shares: accuracy of raters, action probabilities, single numbers."""
    found = {name: x for name, x in parameters.items() if x.ndim == 1}
    if isinstance(evidence, LabelPatterns):
        own = evidence.own_label
        for k in map(int, np.flatnonzero(own >= 0)):
            goal = evidence.categories[k]
            for r in np.flatnonzero(~evidence.is_known):
                right = parameters["emission"][:, r, k, own[k]]
                found[f"accuracy[{evidence.raters[r]}, {goal}]"] = right
            if "mean_emission" in parameters:
                found[f"mean_accuracy[{goal}]"] = parameters["mean_emission"][:, k, own[k]]
    if isinstance(evidence, ActionPatterns):
        for j, goal in enumerate(evidence.categories):
            for c, choice in enumerate(evidence.cell_names):
                found[f"action[{goal}, {choice}]"] = parameters["action"][:, j, c]
    return found


def conflict_quantities(evidence: Any, parameters: Draws) -> dict[str, Array]:
    """Return P(ma) of a population with known unequal shares, and each conflict level.

    Parameters
    ----------
    evidence : conflict evidence
        With `pairs`.
    parameters : mapping
        `conflict_level` (draw, pair) or (draw, population, pair), and what belongs to ratings.

    Returns
    -------
    dict of str to ndarray, shape (draw,)
    """
    level = parameters["conflict_level"]
    categories = tuple(dict.fromkeys(label for pair in evidence.pairs for label in pair))
    shares = np.arange(len(categories), 0.0, -1.0)
    shares /= shares.sum()
    places = getattr(evidence, "populations", ()) or ("",)
    found: dict[str, Array] = {}
    for s, place in enumerate(places):
        own = level if level.ndim == 2 else level[:, s]
        of = f"[{place}]" if place else ""
        matrix = assemble(categories, [(evidence.pairs, own)])
        found[f"misalignment{of}"] = misalignment(shares, matrix)
        for i, label in enumerate(pair_labels(evidence.pairs)):
            found[f"conflict_level[{', '.join(filter(None, (place, label)))}]"] = own[:, i]
    if isinstance(evidence, EncounterConflict) and "background" in parameters:
        for i, label in enumerate(evidence.categories):
            found[f"background[{label}]"] = parameters["background"][:, i]
    if isinstance(evidence, RatedConflict | JudgedConflict):
        found |= {name: x for name, x in parameters.items() if x.ndim == 1}
        for name in ("gap", "severity", "width", "side_effect", "lapse"):
            if name in parameters:
                found[f"{name}[first]"] = parameters[name][:, 0]
    return found | _expert_quantities(evidence, parameters) | _positions(evidence, parameters)


def _expert_quantities(evidence: Any, parameters: Draws) -> dict[str, Array]:
    """Return what the hierarchical model of experts knows beside the levels."""
    if not isinstance(evidence, ExpertConflict) or "leaning" not in parameters:
        return {}
    found = {name: x for name, x in parameters.items() if x.ndim == 1}
    for i, label in enumerate(pair_labels(evidence.pairs)):
        found[f"typical_level[{label}]"] = parameters["typical_level"][:, i]
    for i, name in enumerate(evidence.experts):
        found[f"leaning[{name}]"] = parameters["leaning"][:, i]
    return found


def _positions(evidence: Any, parameters: Draws) -> dict[str, Array]:
    """Return what positions and their ratings know beside the levels."""
    if not isinstance(evidence, SpatialConflict):
        return {}
    found = {name: x for name, x in parameters.items() if x.ndim == 1}
    for d, dimension in enumerate(evidence.dimensions):
        if "noise" in parameters:
            found[f"noise[{dimension}]"] = parameters["noise"][:, d]
        for g, goal in enumerate(() if evidence.is_exact else evidence.goals):
            found[f"position[{goal}, {dimension}]"] = parameters["position"][:, g, d]
    return found


def default_design(name: str) -> Any:
    """Return a small design: its sizes count, its answers do not.

    Parameters
    ----------
    name : str
        Name of a model.

    Returns
    -------
    evidence

    Raises
    ------
    StudyError
        When the model has nothing uncertain, or no default design.
    """
    pairs = (("a", "b"), ("a", "c"), ("b", "c"))
    n = np.nan
    if name in SAMPLED_DESIGNS:
        return SAMPLED_DESIGNS[name]()
    if name == "single-choice":
        counts = [[15, 0, 0, 0], [60, 0, 0, 0]]
        return ChoiceCounts.from_counts(("a", "b", "c", NO_GOAL), ("small", "large"), counts)
    if name == "judged":
        return JudgedConflict(pairs, np.array([20.0, 5.0, 0.0]), np.zeros(3), origin="a design")
    if name == "elicited":
        low, high, probability = np.array([[0.7, 0.2, n], [1.0, 0.4, n], [n, 0.8, n]])
        mean, strength = np.array([[n, n, 0.6], [n, n, 10.0]])
        return ElicitedConflict(pairs, low, high, probability, mean, strength, origin="a design")
    if name in ("fixed", "mutually-exclusive"):
        raise StudyError(f"{name!r} has nothing uncertain to calibrate")
    entry(name)
    raise StudyError(f"{name!r} has no default design: state `design`")
