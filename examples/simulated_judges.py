"""A simulated study of yes or no judgements: the truth that made the data, beside the posterior.

Run it from the repository: `python examples/simulated_judges.py`. Nothing in it was observed.
With `--write` it makes examples/simulated-judges/judgements.csv anew.
"""

import csv
import sys
from itertools import combinations
from pathlib import Path

import numpy as np

import bayes_misalign as bm
from bayes_misalign.models.judged.results import alike_misalignment, judgement_results
from bayes_misalign.page.estimate import Estimate

FOLDER = Path(__file__).parent / "simulated-judges"
GOALS = ("market", "parking", "playground", "trees", "fountain", "cinema", "skating", "flower beds")
SHARES = (0.22, 0.17, 0.15, 0.17, 0.04, 0.08, 0.06, 0.05)  # the others do not mind
PAIRS = tuple(combinations(GOALS, 2))
# Log-odds by which the average of all judges there might be says yes to each pair.
LATENT = tuple(np.random.default_rng(7).normal(scale=2.5, size=len(PAIRS)).round(1).tolist())
SPREAD = 1.2  # standard deviation of how easily judges say yes
SEVERITY = (2.1, 1.3, 0.6, 0.2, -0.3, -0.7, -1.4, 0.0)  # of those who were asked
LAPSE = (0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.30)  # the last one is often elsewhere
JUDGES = tuple(f"judge {i + 1}" for i in range(len(SEVERITY)))
LEFT_OUT = 0.1  # part of the pairs that a judge was not asked about


def simulate(seed: int = 20240411) -> list[list[str]]:
    """Return rows of judge, two goals, and yes or no."""
    rng = np.random.default_rng(seed)
    rows = []
    for judge, severity, lapse in zip(JUDGES, SEVERITY, LAPSE, strict=True):
        for (one, other), latent in zip(PAIRS, LATENT, strict=True):
            asked, lapsed, coin, said = rng.random(4)
            if asked < LEFT_OUT:
                continue
            yes = coin < 0.5 if lapsed < lapse else said < 1 / (1 + np.exp(-latent - severity))
            rows.append([judge, one, other, "yes" if yes else "no"])
    return rows


def levels() -> np.ndarray:
    """Return the true level of each pair: P(yes) of a judge drawn at random, who reads."""
    severity = SPREAD * np.random.default_rng(1).normal(size=1_000_000)
    return np.array([(1 / (1 + np.exp(-latent - severity))).mean() for latent in LATENT])


def misalignment() -> float:
    """Return the true P(ma)."""
    share = dict(zip(GOALS, SHARES, strict=True))
    terms = [2 * share[a] * share[b] * c for (a, b), c in zip(PAIRS, levels(), strict=True)]
    return float(np.sum(terms))


def write() -> None:
    """Write the table that study.toml reads."""
    header = ["judge", "goal", "goal_other", "conflict"]
    with (FOLDER / "judgements.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *simulate()])


def compare() -> None:
    """Fit the study, and print the truth beside the posterior."""
    posterior = bm.fit(bm.read_study(FOLDER / "study.toml"))
    alike, (judged,) = alike_misalignment(posterior), judgement_results(posterior)
    assert alike is not None
    assert judged.lapse is not None
    print("SIMULATED data: the truth beside the posterior mean and its 95 % interval")
    line("P(ma)", misalignment(), posterior.misalignment()["all"])
    line("P(ma), judges taken alike", misalignment(), alike["all"])
    for (one, other), level in list(zip(PAIRS, levels(), strict=True))[:5]:
        line(f"{one} | {other}", level, posterior.conflict_levels()[f"{one} | {other}"])
    for judge, lapse in list(zip(JUDGES, LAPSE, strict=True))[-2:]:
        line(f"lapses of {judge}", lapse, judged.lapse[judge])


def line(name: str, truth: float, found: Estimate) -> None:
    """Print one row of the table."""
    low, high = found.interval
    print(f"{name:28}{truth:.3f}   {found.mean:.3f}   {low:.3f} to {high:.3f}")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        compare()
