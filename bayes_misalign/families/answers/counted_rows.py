"""From the rows of a table to counts of agents by what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.counted import CountedAgents
from bayes_misalign.reading.columns import (
    Column,
    count_column,
    id_column,
    number_column,
    population_column,
)
from bayes_misalign.reading.declared import Contradiction
from bayes_misalign.reading.declared_design import design_contradictions
from bayes_misalign.reading.design_columns import DesignOptions, design_columns
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.pairing import ABSENT
from bayes_misalign.reading.populations import settle_deff, settle_sizes
from bayes_misalign.reading.sampled_units import who_count
from bayes_misalign.reading.survey_design import settle_design
from bayes_misalign.settings import EVERYONE
from bayes_misalign.tables.labels import show

OF_DESIGN = ("cluster", "strata", "fpc", "cluster2", "fpc2")
ROLES = ("population", "weight", "count", "weight_sum", "weight_sq_sum", "respondent", *OF_DESIGN)
# numbers of a variance matrix of all populations, which is kept in a result
MOST_NUMBERS = 500_000
NOT_ASKED = ""  # in place of the label of a non-answer


def agent_columns(weight_needed: Any = True) -> tuple[Column, ...]:
    """Return what the columns beside the answers hold."""
    return (
        population_column(),
        id_column(
            "respondent", what="respondent's id", valid="an id of the respondent in every row"
        ),
        *design_columns(weight_needed or True),
        count_column("count"),
        number_column("weight", needed=weight_needed),
        number_column("weight_sum"),
        number_column("weight_sq_sum"),
    )


def count_contradictions(declared: Any) -> Iterator[Contradiction]:
    """Yield columns of counts and weights that do not go together."""
    yield (
        (declared.weight_sum is None) != (declared.weight_sq_sum is None),
        "only one of weight_sum and weight_sq_sum is stated",
        "both; without the squares the effective sample size is not known",
    )
    yield (
        declared.weight_sum is not None and declared.count is None,
        "weight_sum is stated without count",
        'the column of the number of agents too, as in `count = "n"`',
    )
    yield (
        declared.weight_sum is not None and declared.weight is not None,
        "weight and weight_sum are both stated",
        "weight for one weight a row, weight_sum for sums of weights",
    )
    yield from design_contradictions(declared)
    yield (
        None not in (declared.respondent, declared.count),
        "respondent and count are both stated",
        "respondent where a row is one agent, count where it is several",
    )


@dataclass
class Alike:
    """Agents who are alike, one entry for all of them, as a table tells them.

    Parameters
    ----------
    populations : sequence of str
        The population of each entry.
    figures : (4, entries) ndarray of float
        Agents, sums of their weights and of the squares, and agents of weight 0; under equal
        weights the first three are the same.
    weighted : bool
        Whether they have weights.
    """

    populations: Sequence[str]
    figures: FloatArray
    weighted: bool

    @classmethod
    def of_rows(cls, found: DistinctRows) -> Alike:
        """Return the agents of the distinct rows of a table."""
        weighted = "weight" in found.roles or "weight_sum" in found.roles
        roles = ("n", "weight_sum", "weight_sq_sum", "zero_weights") if weighted else ("n",) * 3
        sums = [found.sum(role) for role in roles]
        if not weighted:
            sums.append(np.zeros(len(found)))
        names = (
            found.cells("population") if "population" in found.roles else [EVERYONE] * len(found)
        )
        return cls(names, np.array(sums).reshape(4, len(found)), weighted)

    def counts(
        self,
        category: Sequence[int | None],
        left: Sequence[str | None],
        populations: Sequence[str],
        categories: int,
        not_answers: Sequence[str],
    ) -> dict[str, Any]:
        """Return the fields of evidence that count them.

        Parameters
        ----------
        category : sequence of int or None
            Place of what each entry holds; None where it tells nothing.
        left : sequence of str or None
            There the label of its non-answer, or `NOT_ASKED`.
        populations : sequence of str
            In their order.
        categories : int
            How many there are.
        not_answers : sequence of str
            Labels of non-answers.
        """
        row_of = {name: s for s, name in enumerate(populations)}
        of = np.array([row_of[name] for name in self.populations], np.intp)
        totals = np.zeros((4, len(populations), categories))
        without = {label: np.zeros(len(populations)) for label in not_answers}
        not_asked = np.zeros(len(populations))
        for i, (m, label) in enumerate(zip(category, left, strict=True)):
            if m is not None:
                totals[:, of[i], m] += self.figures[:, i]
            elif label == NOT_ASKED:
                not_asked[of[i]] += self.figures[0, i]
            elif label is not None:
                without[label][of[i]] += self.figures[0, i]
        return {
            "populations": tuple(populations),
            "counts": who_count(totals[0], totals[3], totals[1]),
            "weight_sum": totals[1],
            "weight_sq_sum": totals[2],
            "weighted": self.weighted,
            "population_size": None,
            "not_answers": without,
            "not_asked": not_asked,
            "zero_weights": int(totals[3].sum()),
        }


def settled[Counted: CountedAgents](
    evidence: Counted, declared: Any, place: str, answers: str, problems: Problems
) -> Counted:
    """Return evidence with stated sizes and design effects; note populations without any weight.

    `answers` is what they gave, in the plural.
    """
    made: Any = evidence
    populations = evidence.populations
    found: Counted = replace(
        made,
        population_size=settle_sizes(declared.population_size, populations, evidence.n, problems),
        stated_deff=settle_deff(declared.deff, populations, problems),
    )
    for name, n, total in zip(populations, evidence.n, evidence.weight_total, strict=True):
        if n and not total and not problems:
            problems.add(
                f"all {n:g} {answers} of population {show(name)} have weight 0",
                where=place,
                valid=f"at least one {answers.removesuffix('s')} with a weight above 0",
            )
    return found


def with_design[Counted: CountedAgents](
    evidence: Counted, found: DistinctRows, category: Sequence[int | None], declared: Any
) -> Counted:
    """Return evidence with the variance of its shares by the strata and clusters that are stated.

    `category` is what the agents of each distinct row hold, None where they tell nothing.
    """
    if not set(OF_DESIGN) & set(found.roles):
        return evidence
    number, kinds = evidence.counts.shape
    if number * kinds**2 > MOST_NUMBERS:
        most = int((MOST_NUMBERS / number) ** 0.5)
        found.problems.add(
            f"agents of {kinds:,} kinds were drawn in strata or clusters, and each two kinds have "
            "a covariance",
            where=found.table.source,
            valid=f"at most {most:,} kinds for {number:,} population{'s' * (number != 1)}",
            fix="put goals or points of a scale together; or leave the design out and state its "
            "design effect, as in `deff = 2.0`",
        )
        return evidence
    at = {name: s for s, name in enumerate(evidence.populations)}
    names = found.cells("population") if "population" in found.roles else [EVERYONE] * len(found)
    design = settle_design(
        found,
        np.array([at[name] for name in names], np.intp),
        np.array([ABSENT if m is None else m for m in category], np.intp),
        (number, kinds),
        DesignOptions(declared.nest, declared.lonely),
    )
    made: Any = evidence
    clusters = None if design is None or "cluster" not in found.roles else design.clusters
    designed: Counted = replace(made, design=design, clusters=clusters)
    return designed


def figures_to_write(evidence: CountedAgents) -> dict[str, NDArray[Any]]:
    """Return the columns of numbers of a table of counts."""
    figures: dict[str, NDArray[Any]] = {"count": evidence.counts.astype(int)}
    if evidence.weighted:
        figures |= {"weight_sum": evidence.weight_sum, "weight_sq_sum": evidence.weight_sq_sum}
    return figures


def rows_to_write(evidence: CountedAgents, cells: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Return the rows of a table of counts; `cells` tell what each category is, in some columns.

    A non-answer stands in the first of these columns.
    """
    figures = figures_to_write(evidence)
    rows: list[tuple[Any, ...]] = [
        (population, *cell, *(values[s, m].item() for values in figures.values()))
        for s, population in enumerate(evidence.populations)
        for m, cell in enumerate(cells)
    ]
    nothing, blank = [0.0] * (len(figures) - 1), [""] * (len(cells[0]) - 1)
    left = {**evidence.not_answers, "": evidence.not_asked}
    rows += [
        (population, label, *blank, int(number[s]), *nothing)
        for s, population in enumerate(evidence.populations)
        for label, number in left.items()
        if number[s]
    ]
    return rows
