"""A simulated study of behaviour: the truth that made the data, beside the posterior.

Run it from the repository: `python examples/simulated_behaviour.py`. Nothing in it was observed.
With `--write` it makes examples/simulated-behaviour/choices.csv anew.
"""

import csv
import sys
from pathlib import Path

import numpy as np

import bayes_misalign as bm
from bayes_misalign.page.estimate import Estimate

FOLDER = Path(__file__).parent / "simulated-behaviour"
GOALS = ("share", "seem to share", "keep")
ACTIONS = ("all", "half", "nothing")
AGENTS = {"people": 180, "AI agents": 120}
SHARES = {"people": [0.55, 0.15, 0.30], "AI agents": [0.80, 0.17, 0.03]}
# Near what study.toml expects, but not the same: nobody expects exactly what agents do.
DOES = {
    "watched": [[0.63, 0.30, 0.07], [0.70, 0.24, 0.06], [0.14, 0.26, 0.60]],
    "not watched": [[0.55, 0.31, 0.14], [0.14, 0.29, 0.57], [0.04, 0.20, 0.76]],
}
CHOICES = 4  # of each agent in each situation
CORRELATION = 0.15  # of two of them, beyond the goal
KNOWN = 0.1  # part of the agents whose goal is known, drawn at random


def simulate(seed: int = 20220601) -> list[list[object]]:
    """Return rows of agent, population, situation, action, n and known goal."""
    rng = np.random.default_rng(seed)
    rows: list[list[object]] = []
    for population, number in AGENTS.items():
        for i in range(number):
            goal = rng.choice(len(GOALS), p=SHARES[population])
            known = GOALS[goal] if rng.random() < KNOWN else ""
            for situation, chance in DOES.items():
                spread = (1 - CORRELATION) / CORRELATION
                own = rng.dirichlet(spread * np.array(chance[goal]))
                for action, n in zip(ACTIONS, rng.multinomial(CHOICES, own), strict=True):
                    if n:
                        agent = f"{population} {i + 1}"
                        rows.append([agent, population, situation, action, n, known])
    return rows


def write() -> None:
    """Write the table that study.toml reads."""
    header = ["agent", "population", "situation", "action", "n", "known_goal"]
    with (FOLDER / "choices.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *simulate()])


def compare() -> None:
    """Fit the study, and print the truth beside the posterior."""
    posterior = bm.fit(bm.read_study(FOLDER / "study.toml"))
    at_face_value = posterior.naive()["likeliest goal of each agent"]
    print("SIMULATED data: the truth beside the posterior mean and its 95 % interval")
    print(f"{'':28}truth   mean    95 % eti         naive")
    for population, truth in SHARES.items():
        found = posterior.misalignment()[population]
        naive = at_face_value[population].mean
        line(f"P(ma), {population}", 1 - sum(p * p for p in truth), found, f"{naive:.3f}")
        for goal, share in zip(GOALS, truth, strict=True):
            line(f"  {goal}", share, posterior.proportions()[population][goal])
    line("correlation", CORRELATION, posterior.estimate("", posterior.drawn()["correlation"]))
    print("naive: each agent counted for the goal under which its choices are likeliest")


def line(name: str, truth: float, found: Estimate, naive: str = "") -> None:
    """Print one row of the table."""
    low, high = found.interval
    text = f"{name:28}{truth:.3f}   {found.mean:.3f}   {low:.3f} to {high:.3f}   {naive}"
    print(text.rstrip())


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        compare()
