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

from bayes_misalign.contract.base import EvidenceModel
from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.draw_blocks import stream
from bayes_misalign.inference.uniformity import ALPHA, RANKS, holm, rank_among, uniform_p_value

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

    Notes
    -----
    P(ma) is that of mutually exclusive goals for a model of goals, and that of a population with
    known unequal shares for a model of conflict. The gate is an exact simultaneous test of 100
    ranks, corrected over all quantities.
    """
    model = evidence_model(name)
    design = default_design(name) if design is None else design
    model = model.for_design(design)
    prior = model.priors() if prior is None else prior
    draw: DrawPosterior = model.draw if posterior is None else posterior
    ranks, levels = [], []
    names: list[str] = []
    for simulation in range(simulations):
        rng = stream(seed, CALIBRATION, simulation)
        truth = model.draw_prior(design, prior, 1, rng)
        evidence = model.simulate({key: value[0] for key, value in truth.items()}, design, rng)
        drawn = draw(evidence, prior, DRAWS, rng)
        if drawn is None:
            raise StudyError(f"{name!r} has no exact draws: state `posterior`, which samples it")
        # a sampled model may have summed a parameter out
        both = {key: np.concatenate([truth[key], drawn[key]]) for key in truth if key in drawn}
        found = {**model.quantities(evidence, both), **_with_data(model, evidence, both)}
        names = list(found)
        values = np.stack(list(found.values()), axis=1)
        ranks.append(rank_among(values[0], values[1:], rng))
        if "conflict_level" in drawn:
            levels.append(drawn["conflict_level"][0])
    by_name = dict(zip(names, np.array(ranks).T, strict=True))
    p_values = {key: uniform_p_value(rank) for key, rank in by_name.items()}
    if levels:
        p_values.update(model.against_statements(design, prior, np.array(levels)))
    return Calibration(name, simulations, DRAWS, seed, by_name, p_values)


def _with_data(model: EvidenceModel, evidence: Any, parameters: Draws) -> dict[str, Array]:
    """Return quantities in which the data take part; without them nothing would be calibrated."""
    found = model.with_data(evidence, parameters)
    if model.observes(evidence) and not {"log_likelihood", "residual"} <= set(found):
        raise StudyError(
            f"{model.name!r} gives no log-likelihood and no residual, so that draws which ignore "
            "the data would pass. Fix: return both from its with_data"
        )
    return found


def default_design(name: str) -> Any:
    """Return the first of a model's small designs: its sizes count, its answers do not."""
    designs = evidence_model(name).designs()
    if not designs:
        raise StudyError(f"{name!r} has nothing uncertain to calibrate")
    return next(iter(designs.values()))
