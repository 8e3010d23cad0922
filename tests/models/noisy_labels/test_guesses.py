"""The example of guesses of votes: they are what its README says, and P(ma) by the design holds."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from bayes_misalign.families.reports.design_check import ByDesign
from bayes_misalign.measure import exclusive_conflict
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.study.toml import read_study

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "chile-1988"
VOTES = ("yes", "no", "undecided", "abstain")


def test_guesses_are_of_whom_they_say_and_known_votes_a_random_subset() -> None:
    with (ROOT / "benchmarks" / "chile_1988.csv").open(encoding="utf-8") as file:
        cells = list(csv.DictReader(file))
    of = defaultdict[tuple[str, ...], Counter[str]](Counter)
    for cell in cells:
        of[cell["region"], cell["sex"], cell["age"]].update({v: int(cell[v]) for v in VOTES})
    people = [
        (max(VOTES, key=lambda v: of[cell["region"], cell["sex"], cell["age"]][v]), vote)
        for cell in cells
        for vote in VOTES
        for _ in range(int(cell[vote]))
    ]
    asked = set(np.random.default_rng(1988).choice(len(people), 300, replace=False).tolist())
    made = Counter(
        (guess, vote if number in asked else "") for number, (guess, vote) in enumerate(people)
    )
    with (EXAMPLE / "guesses.csv").open(encoding="utf-8") as file:
        kept = {(row["guess"], row["known"]): int(row["n"]) for row in csv.DictReader(file)}
    assert kept == made
    assert round(np.mean([guess == vote for guess, vote in people]), 2) == 0.44


def test_the_design_finds_what_guesses_at_face_value_miss() -> None:
    goals = read_study(EXAMPLE / "guesses.toml").goals
    conflict = np.pad(exclusive_conflict(2), (0, 1))
    (found,) = ByDesign(goals, PartlyKnown(conflict, np.zeros((1, 0)))).within()[2].values()
    truth = 2 * (863 / 2521) * (887 / 2521)
    assert found.interval[0] < truth < found.interval[1]
    guessed = goals.agents @ goals.face_value / goals.agents.sum()
    assert abs(guessed @ conflict @ guessed - truth) > 5 * found.standard_error
