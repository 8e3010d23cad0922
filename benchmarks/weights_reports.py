"""How often intervals hold the truth where weighted agents are seen through their reports."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from common import publish, table, verdict
from numpy.typing import NDArray

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.families.reports.distinct_reports import UNKNOWN, compress
from bayes_misalign.inference.calibrate_sampled import SampledPosterior
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.study.options import Fitting

Array = NDArray[np.float64]

AGENTS, SAMPLES, SEED = 400, 150, 20_261_129
FITTING = Fitting(draws=500, tune=400, chains=2, target_accept=0.9)
MASS = 0.9
TAILS = [(1 - MASS) / 2, (1 + MASS) / 2]
LOWEST, HIGHEST = 0.84, 0.96
SPREAD = 0.5  # sd of log weights among the holders of a goal


@dataclass(frozen=True)
class Row:
    """Reports of a population whose goals have to do with the weights.

    Parameters
    ----------
    name : str
        What is reported, and by whom.
    shares, mean_weight : (K,) ndarray
        Goal shares of the population, and mean weights of the sampled holders.
    chance : (C, K) ndarray
        P(report | goal) of each source below the other, in columns by goal.
    design : DistinctReports
        Evidence of this kind.
    priors : dict
        What the model's priors are overridden with.
    """

    name: str
    shares: Array
    mean_weight: Array
    chance: Array
    design: Any
    priors: dict[str, Any]

    def simulate(self, rng: np.random.Generator) -> Any:
        """Return weighted reports of sampled agents."""
        k = len(self.shares)
        sampled = self.shares / self.mean_weight
        goal = rng.choice(k, size=AGENTS, p=sampled / sampled.sum())
        weight = self.mean_weight[goal] * np.exp(
            SPREAD * rng.standard_normal(AGENTS) - SPREAD**2 / 2
        )
        reports = np.zeros((AGENTS, self.design.cells), dtype=np.int64)
        for span in self.design.spans:
            reports[:, span] = rng.multinomial(1, self.chance[span][:, goal].T)
        first, pattern = compress(reports)
        ones = np.ones(AGENTS)
        number, sums, squares = (np.bincount(pattern, x) for x in (ones, weight, weight**2))
        return replace(
            self.design,
            reports=reports[first],
            population=np.zeros(len(first), np.int64),
            gold=np.full(len(first), UNKNOWN),
            agents=number,
            row_weight=sums,
            row_weight_sq=squares,
            weighted=True,
        )

    def as_kish(self, evidence: Any) -> Any:
        """Return evidence whose weighted reports count for Kish's effective sample."""
        deff = evidence.n * evidence.weight_sq_total / evidence.weight_total**2
        return replace(evidence, stated_deff=deff)

    def covered(self, rng: np.random.Generator) -> list[float]:
        """Return how often intervals hold the truth: by the rule, and by Kish's."""
        model = evidence_model(self.design.model)
        priors = model.priors(self.priors)
        truth = float(misalignment(self.shares, exclusive_conflict(len(self.shares))))
        samples = [self.simulate(rng) for _ in range(SAMPLES)]
        rates = []
        for change in (lambda one: one, self.as_kish):
            sampler = SampledPosterior(model.name, change(samples[0]), priors, FITTING)
            held = 0
            for one in samples:
                drawn = sampler(change(one), priors, FITTING.draws, rng)["proportion"][:, 0]
                conflict = exclusive_conflict(len(self.shares))
                low, high = np.quantile(misalignment(drawn, conflict), TAILS)
                held += int(low <= truth <= high)
            rates.append(held / SAMPLES)
        return rates


def _nothing(cells: int) -> dict[str, Any]:
    one = np.ones(1)
    return {
        "populations": ("all",),
        "reports": np.eye(1, cells, dtype=np.int64),
        "population": [0],
        "gold": [UNKNOWN],
        "agents": one,
        "row_weight": one,
        "row_weight_sq": one,
    }


def raters(name: str, shares: list[float], accuracy: list[float], *, known: bool) -> Row:
    """Return labels by raters of these accuracies."""
    k = len(shares)
    goals = tuple(f"goal {i + 1}" for i in range(k))
    emission = np.stack([a * np.eye(k) + (1 - a) / (k - 1) * (1 - np.eye(k)) for a in accuracy])
    design = DistinctLabels(
        categories=goals,
        raters=tuple(f"rater {r + 1}" for r in range(len(accuracy))),
        labels=goals,
        emission=emission if known else np.full(emission.shape, np.nan),
        **_nothing(k * len(accuracy)),
    )
    mean = np.ones(k)
    mean[0] = 4.0
    chance = emission.transpose(0, 2, 1).reshape(-1, k)
    return Row(name, np.array(shares), mean, chance, design, {})


def choices(name: str) -> Row:
    """Return choices of which the study knows what to expect."""
    chance = np.array([[0.85, 0.2], [0.15, 0.8], [0.6, 0.1], [0.3, 0.3], [0.1, 0.6]])
    design = DistinctActions(
        categories=("goal 1", "goal 2"),
        situations=("first", "second"),
        actions=(("a", "b"), ("a", "b", "c")),
        expected=chance.T,
        **_nothing(5),
    )
    mean = np.array([0.25, 1.0])
    return Row(name, np.array([0.65, 0.35]), mean, chance, design, {"overdispersion": False})


ROWS = (
    raters("one rater of known errors, 85 % right", [0.7, 0.3], [0.85], known=True),
    raters("three raters of unknown errors, 80 % right", [0.7, 0.3], [0.8, 0.8, 0.8], known=False),
    raters("two raters of known errors, three goals", [0.6, 0.3, 0.1], [0.8, 0.7], known=True),
    choices("choices in two situations, errors expected"),
)


def main() -> None:
    rng = np.random.default_rng(SEED)
    lines = []
    for row in ROWS:
        here, kish = row.covered(rng)
        aim = verdict(LOWEST <= here <= HIGHEST)
        lines.append([row.name, f"{here:.3f}", f"{kish:.3f}", aim])
        print(*lines[-1], sep=" | ", flush=True)
    publish(
        "weights_reports",
        f"How often the {100 * MASS:g} % interval of P(ma) holds the truth where agents are seen "
        f"through reports and holders of one goal were sampled a fourth or four times as often: "
        f"{AGENTS} agents, weights lognormal (sd {SPREAD:g}) within goals, {SAMPLES} samples a "
        f"line, standard error {np.sqrt(MASS * (1 - MASS) / SAMPLES):.3f}. Aim: {LOWEST:.2f} to "
        f"{HIGHEST:.2f}. `Kish` tempers all agents to Kish's effective sample size.",
        table(["reports", "here", "Kish", "aim"], lines),
    )


if __name__ == "__main__":
    if "--quick" in sys.argv:
        SAMPLES = 40
    main()
