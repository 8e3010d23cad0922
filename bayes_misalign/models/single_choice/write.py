"""Answers to a table of counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bayes_misalign.contract.shares import prior_table
from bayes_misalign.models.single_choice.doubts import percentages
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.reading.populations import stated_of_populations
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.write import write_table

ANSWERS = "answers.csv"


def write(evidence: ChoiceCounts, priors: Any, area: ProblemArea, folder: Path) -> dict[str, Any]:
    """Write counts of answers, with the sums of their weights; return the table `[goals]`."""
    labels = [*area.goals, *area.no_goal[:1]]
    figures = {"count": evidence.counts.astype(int)}
    if evidence.weighted:
        figures |= {"weight_sum": evidence.weight_sum, "weight_sq_sum": evidence.weight_sq_sum}
    rows = [
        (population, label, *(values[s, i].item() for values in figures.values()))
        for s, population in enumerate(evidence.populations)
        for i, label in enumerate(labels)
    ]
    write_table(folder / ANSWERS, ("population", "goal", *figures), rows)
    # figures that sum to 100 and are agents: without their number they would look like percentages
    zeros = int((evidence.counts == 0).sum())
    alike = [] if evidence.weighted else [*percentages(evidence.n, evidence.n, zeros, "")]
    stated = alike and not evidence.doubts
    agents = {name: int(n) for name, n in zip(evidence.populations, evidence.n, strict=True)}
    return {
        "model": evidence.model,
        "data": ANSWERS,
        "goal": "goal",
        "population": "population",
        **{name: name for name in figures},
        **stated_of_populations(evidence),
        **({"n": agents} if stated else {}),
        "prior": prior_table(priors),
    }
