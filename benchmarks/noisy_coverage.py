"""How often 90 % intervals of P(ma) hold the truth when goals are seen through noisy reports.

    uv run python benchmarks/noisy_coverage.py ["ROW" ...]

With names of rows, only these are run; the others are kept as the table has them.
"""

from __future__ import annotations

import sys
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import arviz_stats as azs
import numpy as np
from common import RESULTS, publish, table
from numpy.typing import NDArray

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.inference.nuts import Compiled
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.behaviour import generative as behaviour
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.noisy_labels import generative as noisy_labels
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.study.options import Fitting

Array = NDArray[np.float64]

SAMPLES = 200
AGENTS = 500
GOLD = 100
GOLD_BEHAVIOUR = 60
VALIDATED = 200  # labels per goal in a validation study
CHOICES = 6  # of each agent in each situation
CHAINS, TUNE, DRAWS = 2, 400, 400
MASS = 0.9
LOWEST, HIGHEST = 0.85, 0.95
SEED = 20_220_601
POOR = 1.05  # R-hat of P(ma)

THREE = np.array([0.6, 0.3, 0.1])
TWO = np.array([0.9, 0.1])
NEAR_EQUAL = np.array([0.4, 1 / 3, 4 / 15])
STRONG, WEAK, MIXED = [0.9] * 5, [0.65] * 5, [0.85] * 4 + [0.15]

# actions in two situations, one with two actions and one with three: what a study states of each
# goal, and what is true
STATED = np.array([[0.8, 0.2, 0.6, 0.3, 0.1], [0.4, 0.6, 0.2, 0.3, 0.5]])
ACTING = np.array([[0.75, 0.25, 0.55, 0.3, 0.15], [0.45, 0.55, 0.25, 0.3, 0.45]])
TWO_ACTING = np.array([0.7, 0.3])
CORRELATION = 0.15

HEAD = [
    "row",
    "true P(ma)",
    "model",
    "too high",
    "too low",
    "reports pooled",
    "one vote an agent",
    "mean error: model",
    "pooled",
    "vote",
    "width: model",
    "target",
]


def even_errors(accuracies: Iterable[float], goals: int) -> Array:
    """Return P(label | goal) of raters whose wrong labels are equally likely, (R, K, K)."""
    right = np.array(list(accuracies))[:, None, None]
    own = np.eye(goals, dtype=bool)
    return np.where(own, right, (1 - right) / (goals - 1))


@dataclass(frozen=True)
class Row:
    """One configuration: a truth, a design of data, and a prior.

    Parameters
    ----------
    name : str
        Name of the row.
    module : module
        The generative model.
    truth : dict of str to ndarray
        Parameters of the model that are true.
    design : evidence
        Whose shape the samples have.
    prior : mapping
        What is put over the model's default priors.
    """

    name: str
    module: Any
    truth: dict[str, Any]
    design: Any
    prior: dict[str, Any] = field(default_factory=dict)
    has_target: bool = True

    @property
    def model(self) -> Any:
        """The model of the catalogue."""
        return evidence_model("noisy-labels" if self.module is noisy_labels else "behaviour")

    @property
    def shape(self) -> str:
        """Rows of equal shape share a compiled model."""
        fixed = {k: v for k, v in self.truth.items() if k == "emission" and self.known}
        validated = self.module is noisy_labels and bool(self.design.validation.any())
        sizes = (len(self.design.categories), self.design.cells, len(fixed), validated)
        return f"{self.module.__name__} {sizes} {self.prior}"

    @property
    def known(self) -> bool:
        """Whether the error rates are known."""
        return self.module is noisy_labels and bool(self.design.is_known.all())


def labels(
    name: str,
    accuracies: Iterable[float],
    shares: Array = THREE,
    *,
    pooling: str = "auto",
    times: int = 1,
    gold: int = 0,
    known: bool = False,
    validated: int = 0,
    has_target: bool = True,
) -> Row:
    """Return a configuration of `noisy-labels`.

    Parameters
    ----------
    name : str
        Name of the row.
    accuracies : iterable of float
        Probability of the own label, of each rater.
    shares : ndarray, shape (K,)
        True shares.
    pooling : str
        How raters are pooled.
    times : int
        How often each rater labels each agent.
    gold : int
        Number of agents, drawn like the others, whose goals are known.
    known : bool
        Whether the error rates are known.
    validated : int
        Labels of each goal in a validation study.
    has_target : bool
        Whether coverage has a target.
    """
    k = len(shares)
    emission = even_errors(accuracies, k)
    goals = tuple(f"goal {i + 1}" for i in range(k))
    validation = np.zeros(emission.shape)
    validation[:, :, 0] = validated
    once = np.tile(times * np.eye(k, dtype=int)[0], len(emission))
    design = DistinctLabels(
        categories=goals,
        raters=tuple(f"rater {r + 1}" for r in range(len(emission))),
        labels=goals,
        emission=emission if known else np.full(emission.shape, np.nan),
        validation=validation,
        **_agents(once, gold),
    )
    truth = {"proportion": shares[None], "emission": emission}
    return Row(name, noisy_labels, truth, design, {"pooling": pooling}, has_target)


def actions(name: str, correlation: float, *, overdispersion: bool, has_target: bool = True) -> Row:
    """Return a configuration of `behaviour`, with and without overdispersion."""
    once = np.array([CHOICES, 0, CHOICES, 0, 0])
    design = DistinctActions(
        categories=("goal 1", "goal 2"),
        situations=("first", "second"),
        actions=(("a", "b"), ("a", "b", "c")),
        expected=STATED,
        **_agents(once, GOLD_BEHAVIOUR),
    )
    truth: dict[str, Any] = {"proportion": TWO_ACTING[None], "action": ACTING}
    if correlation:
        truth["correlation"] = correlation
    return Row(name, behaviour, truth, design, {"overdispersion": overdispersion}, has_target)


def _agents(reports: NDArray[np.int64], gold: int) -> dict[str, Any]:
    number = np.array([gold, AGENTS - gold], dtype=float)
    return {
        "populations": ("all",),
        "reports": np.tile(reports, (2, 1)),
        "population": [0, 0],
        "gold": [0, UNKNOWN],
        "agents": number,
        "row_weight": number,
        "row_weight_sq": number,
    }


ROWS = (
    labels("known error rates, weak raters", WEAK, known=True),
    labels("known error rates, 2 goals 0.9/0.1, weak", WEAK, TWO, known=True),
    labels("100 gold agents, 2 strong raters", STRONG[:2], gold=GOLD),
    labels("100 gold agents, 2 weak raters", WEAK[:2], gold=GOLD),
    labels("hierarchical, strong raters", STRONG, pooling="hierarchical"),
    labels("hierarchical, weak raters", WEAK, pooling="hierarchical"),
    labels("hierarchical, one adversarial", MIXED, pooling="hierarchical"),
    labels("hierarchical, 2 goals 0.9/0.1, strong", STRONG, TWO, pooling="hierarchical"),
    labels("hierarchical, near-equal shares, strong", STRONG, NEAR_EQUAL, pooling="hierarchical"),
    labels("separate, strong raters", STRONG, pooling="separate"),
    labels("separate, weak raters", WEAK, pooling="separate"),
    labels("separate, one adversarial", MIXED, pooling="separate"),
    labels("common, strong raters", STRONG, pooling="common"),
    labels("common, weak raters", WEAK, pooling="common"),
    labels("test-retest, 1 strong rater 3 times", STRONG[:1], pooling="common", times=3),
    labels("test-retest, 1 weak rater 3 times", WEAK[:1], pooling="common", times=3),
    labels("validation study, 1 strong rater", STRONG[:1], validated=VALIDATED),
    labels("validation study, 1 weak rater", WEAK[:1], validated=VALIDATED),
    actions("behaviour, no overdispersion", 0.0, overdispersion=False),
    actions("behaviour, overdispersion 0.15", CORRELATION, overdispersion=True),
    actions("behaviour, none but allowed for", 0.0, overdispersion=True),
    actions(
        "behaviour, 0.15 but not allowed for", CORRELATION, overdispersion=False, has_target=False
    ),
)


def pooled(evidence: Any) -> Array:
    """Return reports by the goal that each names, or that is likeliest to act so, (1, K)."""
    if isinstance(evidence, DistinctLabels):
        return np.asarray(evidence.naive_counts["labels at face value"].counts)
    names = STATED.argmax(axis=0)[:, None] == np.arange(len(STATED))
    return np.asarray((evidence.agents @ evidence.reports) @ names)[None]


@dataclass
class Tally:
    """How intervals of one method fared in one row."""

    above: list[bool] = field(default_factory=list)
    below: list[bool] = field(default_factory=list)
    error: list[float] = field(default_factory=list)
    width: list[float] = field(default_factory=list)

    def add(self, draws: Array, truth: float) -> None:
        """Note the interval that draws of P(ma) amount to."""
        low, high = np.quantile(draws, [(1 - MASS) / 2, (1 + MASS) / 2])
        self.above.append(bool(low > truth))
        self.below.append(bool(high < truth))
        self.error.append(float(draws.mean() - truth))
        self.width.append(float(high - low))

    @property
    def coverage(self) -> float:
        """How often the interval held the truth."""
        return float(1 - np.mean(self.above) - np.mean(self.below))


def run(row: Row, compiled: Compiled, samples: int = SAMPLES) -> list[str]:
    """Return the line of the table for one row, and say how sampling went."""
    seed = zlib.crc32(row.name.encode())
    rng = np.random.default_rng([SEED, seed])
    prior = row.model.priors(row.prior)
    goals = row.design.categories
    conflict = exclusive_conflict(len(goals))
    truth = float(misalignment(row.truth["proportion"], conflict)[0])
    methods = {name: Tally() for name in ("model", "pooled", "vote")}
    rhat, ess, divergences, taken = [], [], 0, 0.0
    for _ in range(samples):
        seen = row.model.simulate(row.truth, row.design, rng)
        fitting = Fitting(draws=DRAWS, tune=TUNE, chains=CHAINS, seed=int(rng.integers(2**31)))
        start = time.perf_counter()
        tree = compiled.sample(row.module.data(seen, prior), fitting)
        taken += time.perf_counter() - start
        shares = tree["posterior"]["proportion"].values[:, :, 0]
        drawn = misalignment(shares, conflict)
        rhat.append(float(azs.rhat(drawn, chain_axis=0, draw_axis=1)))
        ess.append(float(azs.ess(drawn, chain_axis=0, draw_axis=1, method="bulk")))
        divergences += int(tree["sample_stats"]["diverging"].values.sum())
        methods["model"].add(drawn.ravel(), truth)
        for name, counts in (("pooled", pooled(seen)), ("vote", seen.counts)):
            each = SharePrior().draw(counts, goals, CHAINS * DRAWS, rng)["proportion"][:, 0]
            methods[name].add(misalignment(each, conflict), truth)
    print(
        f"{row.name}: {taken / samples:.2f} s a fit, effective draws {np.median(ess):.0f} "
        f"(least {min(ess):.0f}), R-hat above {POOR}: {np.mean(np.array(rhat) > POOR):.3f}, "
        f"divergences {divergences / (samples * CHAINS * DRAWS):.5f}",
        flush=True,
    )
    model = methods["model"]
    met = LOWEST <= round(model.coverage, 3) <= HIGHEST
    return [
        row.name,
        f"{truth:.4f}",
        f"{model.coverage:.3f}",
        f"{np.mean(model.above):.3f}",
        f"{np.mean(model.below):.3f}",
        *(f"{methods[name].coverage:.3f}" for name in ("pooled", "vote")),
        *(f"{np.mean(methods[name].error):+.3f}" for name in methods),
        f"{np.mean(model.width):.3f}",
        ("met" if met else "MISSED") if row.has_target else "",
    ]


def main() -> None:
    wanted = sys.argv[1:]
    if unknown := set(wanted) - {row.name for row in ROWS}:
        raise SystemExit(f"no row is called {', '.join(sorted(unknown))}")
    done = earlier() if wanted else {}
    models: dict[str, Compiled] = {}
    for row in ROWS:
        if wanted and row.name not in wanted:
            continue
        if row.shape not in models:
            seen = row.model.simulate(row.truth, row.design, np.random.default_rng(SEED))
            models[row.shape] = Compiled(row.module.build(seen, row.model.priors(row.prior)))
        done[row.name] = run(row, models[row.shape])
        write(done)


def earlier() -> dict[str, list[str]]:
    """Return the lines of the table that was written last, by row."""
    file = RESULTS / "noisy_coverage.md"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    names = {row.name for row in ROWS}
    # a last cell that is empty is lost with the bars around it
    return {c[0]: [*c, ""][: len(HEAD)] for c in cells if c[0] in names}


def write(done: dict[str, list[str]]) -> None:
    """Publish the rows that there are."""
    error = np.sqrt(MASS * (1 - MASS) / SAMPLES)
    publish(
        "noisy_coverage",
        f"How often the {100 * MASS:g} % equal-tailed interval of P(ma) holds the truth, goals "
        f"exclusive: {SAMPLES} simulated samples of {AGENTS} agents a line, standard error "
        f"{error:.3f} at {MASS:g}; {CHAINS} chains of {TUNE} + {DRAWS}. The truth is fixed, not "
        "drawn from the prior. Three goals with shares 0.6, 0.3 and 0.1 and one label by each of "
        "five raters, unless the row says otherwise. Strong raters are right with probability "
        "0.9, weak ones with 0.65, wrong labels equally likely; one adversarial: four with 0.85, "
        "the fifth with 0.15. Near-equal shares are 0.4, 0.33 and 0.27. A validation study has "
        f"{VALIDATED} labels per goal. Behaviour: two goals with shares 0.7 and 0.3, {CHOICES} "
        "choices in each of two situations with two and three actions, whose probabilities differ "
        f"by 0.05 from the stated ones; the goals of {GOLD_BEHAVIOUR} agents are known. The "
        f"target of the model is {LOWEST:.2f} to {HIGHEST:.2f}.",
        table(HEAD, [done[row.name] for row in ROWS if row.name in done]),
        "`too high` and `too low`: how often the model's interval lies wholly above, and wholly "
        "below, the truth. `reports pooled`: every label counted as an answer, single-choice with "
        "its default prior (of choices: as an answer of the goal that is stated to choose so most "
        "often). `one vote an agent`: the same with the majority of each agent's labels, ties "
        "shared (of choices: with the goal that fits best). `mean error`: posterior mean of P(ma) "
        "less the truth, on average. `width`: of the model's interval, on average. The row without "
        "a target fits a wrong model on purpose.",
    )


if __name__ == "__main__":
    main()
