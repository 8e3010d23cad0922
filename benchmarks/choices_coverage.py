"""How often 90 % intervals hold the truth when goals are told from choices with stated payoffs.

    uv run python benchmarks/choices_coverage.py ["ROW" ...]

With names of rows, only these are run; the others are kept as the table has them.
"""

from __future__ import annotations

import json
import os
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from choices_posterior import posterior
from common import RESULTS, publish, table
from numpy.typing import NDArray

from bayes_misalign.families.reports.distinct_reports import UNKNOWN, compress
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.choices.fit_of_choices import FitOfChoices, check_fit_of_choices
from bayes_misalign.models.choices.found_in_fit import apart, reasons_of
from bayes_misalign.models.choices.mixtures import nearest
from bayes_misalign.models.choices.model import MODEL

Array = NDArray[np.float64]
Chance = Callable[[np.random.Generator, Array], Array]

SAMPLES = 60
MASS, SEED = 0.9, 20_220_601
ENDS = (0.05, 0.95)
LOOKED = 0.5  # of samples, where data are not as the model has them, how choices fit
SITUATIONS, ACTIONS = 5, 3
CORRELATION = 0.1  # of two choices of an agent in one situation
SHARES = {
    2: [0.7, 0.3],
    3: [0.6, 0.3, 0.1],
    4: [0.5, 0.25, 0.1, 0.15],
    5: [0.4, 0.25, 0.2, 0.1, 0.05],
}
LOG = os.environ.get("CHOICES_COVERAGE_LOG", "")  # a file for what was seen in each sample


@dataclass(frozen=True)
class Row:
    """A truth, and how many agents choose how often.

    Parameters
    ----------
    goals, agents, choices : int
        How many goals there are, agents, and choices of each.
    rationality : float
        True rationality.
    wrong : {"", "mixed", "spread", "unlisted"}
        In what the data are not as the model has them.
    payoffs : int
        Number of the table of payoffs.
    looked : bool
        Whether it is looked at how choices fit.
    """

    goals: int
    agents: int
    choices: int
    rationality: float
    wrong: str = ""
    payoffs: int = 0
    looked: bool = False

    @property
    def name(self) -> str:
        """What the row is called."""
        words = f"{self.goals} goals, {self.agents} agents x {self.choices}, {self.rationality:g}"
        more = [w for w in (self.wrong, f"payoffs {self.payoffs}" if self.payoffs else "") if w]
        return ", ".join([words, *more])


ROWS = (
    Row(2, 30, 5, 1.0),
    Row(2, 150, 1, 1.0),
    Row(2, 150, 5, 0.3),
    Row(2, 600, 5, 1.0),
    Row(3, 30, 5, 3.0),
    Row(3, 30, 20, 1.0),
    Row(3, 150, 1, 3.0),
    Row(3, 150, 5, 0.3),
    Row(3, 150, 5, 1.0),
    Row(3, 150, 5, 3.0, looked=True),
    Row(3, 150, 20, 1.0),
    Row(3, 600, 1, 1.0),
    Row(5, 30, 5, 3.0),
    Row(5, 150, 5, 1.0),
    Row(5, 600, 1, 3.0),
    Row(3, 150, 5, 3.0, "mixed", looked=True),
    Row(3, 150, 5, 3.0, "spread", looked=True),
    Row(3, 150, 5, 3.0, "unlisted", looked=True),
    Row(3, 600, 5, 3.0, "unlisted", looked=True),
)


def payoffs_of(goals: int, number: int) -> Array:
    """Return payoffs of goals, (goal, action of a situation); those of more goals come after."""
    rng = np.random.default_rng([SEED, number])
    return rng.random((6, SITUATIONS * ACTIONS)).round(2)[:goals]


def design_of(row: Row) -> DistinctChoices:
    """Return a design of agents who all choose in every situation, or each in one of them."""
    often = row.choices // SITUATIONS
    first = np.arange(SITUATIONS) * ACTIONS
    if often:
        asked = np.zeros((1, SITUATIONS * ACTIONS), np.int64)
        asked[0, first] = often
    else:
        asked = np.zeros((SITUATIONS, SITUATIONS * ACTIONS), np.int64)
        asked[np.arange(SITUATIONS), first] = row.choices
    number = np.full(len(asked), row.agents / len(asked))
    return DistinctChoices(
        categories=tuple(f"goal {i + 1}" for i in range(row.goals)),
        populations=("all",),
        situations=tuple(f"situation {i + 1}" for i in range(SITUATIONS)),
        actions=(tuple("abc"),) * SITUATIONS,
        payoffs=payoffs_of(row.goals, row.payoffs),
        reports=asked,
        population=np.zeros(len(asked), int),
        gold=np.full(len(asked), UNKNOWN),
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )


def simulate(row: Row, design: DistinctChoices, rng: np.random.Generator) -> DistinctChoices:
    """Return simulated choices of the row's agents."""
    held = 4 if row.wrong == "unlisted" else row.goals
    shares = np.array(SHARES[held])
    every = replace(
        design,
        categories=tuple(f"goal {i + 1}" for i in range(held)),
        payoffs=payoffs_of(held, row.payoffs),
    )
    goal = rng.choice(held, row.agents, p=shares)
    beta = np.full(row.agents, row.rationality)
    if row.wrong == "spread":
        beta = row.rationality * np.exp(0.7 * rng.normal(size=row.agents))
    chance = np.exp(every.log_action(beta[:, None]))[np.arange(row.agents), goal]
    if row.wrong == "mixed":  # a third of agents want two goals alike
        other = (goal + rng.integers(1, held, row.agents)) % held
        utility = (every.utility[goal] + every.utility[other]) / 2
        mixed = np.concatenate(
            [_softmax(row.rationality * utility[:, span]) for span in design.spans], axis=1
        )
        chance = np.where((rng.random(row.agents) < 1 / 3)[:, None], mixed, chance)
    asked = np.repeat(design.per_source, design.agents.astype(int), axis=0)
    made = np.zeros((row.agents, design.cells), np.int64)
    for q, span in enumerate(design.spans):
        own = chance[:, span] / chance[:, span].sum(axis=1, keepdims=True)
        if row.choices > SITUATIONS:
            own = rng.standard_gamma(own * (1 - CORRELATION) / CORRELATION) + 1e-100
            own /= own.sum(axis=1, keepdims=True)
        made[:, span] = rng.multinomial(asked[:, q].astype(np.int64), own)
    nobody = np.full(row.agents, UNKNOWN)
    first, pattern = compress(np.zeros(row.agents, int), nobody, made)
    number = np.bincount(pattern).astype(float)
    return replace(
        design,
        reports=made[first],
        population=np.zeros(len(first), int),
        gold=nobody[first],
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )


def _softmax(score: Array) -> Array:
    found = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def truth_of(row: Row) -> tuple[Array, float]:
    """Return true shares of the goals that are listed, and P(ma) of all agents."""
    held = 4 if row.wrong == "unlisted" else row.goals
    shares = np.array(SHARES[held])
    if row.wrong == "mixed":  # half of a goal each, for who wants two
        shares = 5 / 6 * shares + 1 / 6 * (1 - shares) / (held - 1)
    return shares[: row.goals], float(1 - (shares**2).sum())


@dataclass
class Tally:
    """What was seen in the samples of a row."""

    inside: list[bool] = field(default_factory=list)
    above: list[bool] = field(default_factory=list)
    shares: list[Any] = field(default_factory=list)
    error: list[float] = field(default_factory=list)
    width: list[float] = field(default_factory=list)
    cautions: list[set[str]] = field(default_factory=list)
    misfit: list[bool] = field(default_factory=list)


def run(row: Row, samples: int = SAMPLES) -> list[str]:
    """Return the line of the table for one row, and say how sampling went."""
    rng = np.random.default_rng([SEED, zlib.crc32(row.name.encode())])
    prior, design = MODEL.priors(), design_of(row)
    conflict = exclusive_conflict(row.goals)
    shares, truth = truth_of(row)
    before = MODEL.draw_prior(design, prior, 4000, np.random.default_rng(SEED))
    prior_sd = float(misalignment(before["proportion"][:, 0], conflict).std())
    found, taken, log = Tally(), time.process_time(), []
    for _ in range(samples):
        seen = simulate(row, design, rng)
        drawn = posterior(seen, prior, rng)
        each = drawn["proportion"][:, 0]
        pma = misalignment(each, conflict)
        low, high = np.quantile(pma, ENDS)
        ends = np.quantile(each, ENDS, axis=0)
        found.inside.append(bool(low <= truth <= high))
        found.above.append(bool(low > truth))
        found.shares.append((ends[0] <= shares) & (shares <= ends[1]))
        found.error.append(float(pma.mean() - truth))
        found.width.append(float(high - low))
        fit = _fit(row, seen, drawn, rng)
        if not np.isnan(fit.p_value).all():
            found.misfit.append(bool(fit.odd.any()) or fit.odd_pairs)
        said = {kind for kind, of in reasons_of(seen, drawn, fit).items() if of}
        found.cautions.append(said)
        log.append(
            {
                "inside": found.inside[-1], "above": found.above[-1],
                "shares": found.shares[-1].tolist(), "low": low, "high": high, "truth": truth,
                "ratio": float(pma.std() / prior_sd), "said": sorted(said), "sd": float(pma.std()),
                "beta": np.quantile(drawn["rationality"], [0.05, 0.5, 0.95]).tolist(),
                "weak": float((drawn["rationality"] < np.log(1.5)).mean()),
                "p": np.nan_to_num(fit.p_value, nan=1.0).tolist(), "mean": float(pma.mean()),
                "near": [m.distance for m in nearest(seen, drawn)[0][:3]],
                "apart": {f"{i}{j}": float(np.median(x))
                          for (i, j), x in apart(seen, drawn["rationality"]).items()},
            }
        )  # fmt: skip
    if LOG:
        with Path(LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"row": row.name, "samples": log}) + "\n")
    taken = (time.process_time() - taken) / samples
    cautioned = np.array([bool(said) for said in found.cautions])
    counts = {k: sum(k in s for s in found.cautions) for s in found.cautions for k in s}
    print(f"{row.name}: {taken:.2f} s each, held {np.mean(found.inside):.3f}", counts, flush=True)
    return [
        row.name,
        f"{truth:.3f}",
        f"{np.mean(found.inside):.3f}",
        f"{np.mean(found.above):.3f}",
        f"{np.mean(found.shares):.3f}",
        f"{np.min(np.mean(found.shares, axis=0)):.3f}",
        f"{np.mean(found.error):+.3f}",
        f"{np.mean(found.width):.3f}",
        f"{cautioned.mean():.2f}",
        f"{np.mean(found.misfit):.2f}" if found.misfit else "",
    ]


HEAD = [
    "row",
    "true P(ma)",
    "held",
    "too high",
    "shares held",
    "least of a share",
    "mean error",
    "width",
    "cautioned",
    "misfit",
]


def _fit(
    row: Row, seen: DistinctChoices, drawn: dict[str, Array], rng: np.random.Generator
) -> FitOfChoices:
    """Return how choices fit, which takes as long as the posterior: in some of the samples."""
    if row.looked and rng.random() < LOOKED:
        return check_fit_of_choices(seen, drawn, rng)
    nothing = np.full((1, seen.cells), np.nan)
    return FitOfChoices(nothing, np.full((3, *nothing.shape), np.nan), np.full(SITUATIONS, np.nan))


def main() -> None:
    wanted = sys.argv[1:]
    if unknown := set(wanted) - {row.name for row in ROWS}:
        raise SystemExit(f"no row is called {', '.join(sorted(unknown))}")
    done = earlier() if wanted else {}
    for row in ROWS:
        if wanted and row.name not in wanted:
            continue
        done[row.name] = run(row)
        write(done)


def earlier() -> dict[str, list[str]]:
    """Return the lines of the table that was written last, by row."""
    file = RESULTS / "choices_coverage.md"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    names = {row.name for row in ROWS}
    # a last cell that is empty is lost with the bars around it
    return {c[0]: [*c, ""][: len(HEAD)] for c in cells if c[0] in names}


def write(done: dict[str, list[str]]) -> None:
    """Publish the rows that there are."""
    error = np.sqrt(MASS * (1 - MASS) / SAMPLES)
    publish(
        "choices_coverage",
        f"How often the {100 * MASS:g} % equal-tailed interval of P(ma) holds the truth, goals "
        f"exclusive: {SAMPLES} simulated samples a line, standard error {error:.3f} at {MASS:g}. "
        "A row is named by its goals, agents x choices of each, and the rationality. The truth is "
        "fixed, not drawn from the prior: shares are "
        + "; ".join(" ".join(f"{x:g}" for x in SHARES[k]) for k in (2, 3, 5))
        + f". There are {SITUATIONS} situations of {ACTIONS} actions, whose payoffs to each goal "
        "are uniform random numbers, the same in all samples. Who chooses once does so in one of "
        "the situations, others in each of them; of 20 choices two in one situation have a "
        f"correlation of {CORRELATION:g}. Nobody's goal is known. `mixed`: a third of the agents "
        "want two goals alike, and count as half of each. `spread`: each agent has a rationality "
        "of its own, the sd of its logarithm is 0.7. `unlisted`: 0.15 of the agents hold a fourth "
        "goal that is not among those stated; P(ma) is that of all agents.",
        table(HEAD, [done[row.name] for row in ROWS if row.name in done]),
        "`too high`: how often the interval lies wholly above the truth. `shares held`: how often "
        "intervals of shares hold theirs, on average, and of the goal where that is least. `mean "
        "error`: posterior mean of P(ma) less the truth, on average. `cautioned`: how often "
        "something was said of choices: that they hardly go with goals, that goals choose alike or "
        "as a mixture, or, where it was looked at, that shares of actions or pairs of choices do "
        f"not fit. `misfit`: how often one of these two was said, in {100 * LOOKED:g} % of the "
        "samples. Posteriors are by sequential Monte Carlo "
        "(`benchmarks/choices_posterior.py`).",
    )


if __name__ == "__main__":
    main()
