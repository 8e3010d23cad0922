"""What a report says of poststratified answers: who was asked, and who lives there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.inference.draw_blocks import stream
from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.models.poststratified.effects import (
    NO_REACH,
    Term,
    drawn_slopes,
    starts,
    terms_of,
)
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.models.poststratified.words import KINDS
from bayes_misalign.page.blocks import Block, Paragraph, Section, Table
from bayes_misalign.page.columns import CSV, PAGE, Count, Label, Mean, Number, Text
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import count
from bayes_misalign.page.safe_text import named
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import ModelReport, Place
from bayes_misalign.report.posterior import Posterior

MOST_ROWS = 40
SLOPES = 403  # stream of random numbers
Array = NDArray[np.float64]


@dataclass(frozen=True)
class OfCells:
    """The evidence, its terms, how far the effects of each spread, and slopes by goal."""

    evidence: CellCounts
    terms: tuple[Term, ...]
    spread: tuple[Estimate | None, ...]
    slopes: tuple[tuple[str, str, Estimate], ...]


class CellsReport(ModelReport):
    """What a report says of poststratified answers."""

    def results(self, result: Posterior) -> OfCells:
        """Return the terms with what the posterior says of their effects."""
        evidence = result.study.goals
        assert isinstance(evidence, CellCounts)
        terms, drawn = terms_of(evidence), None
        if result.groups.has(POSTERIOR, "sd"):
            drawn = np.asarray(result.groups.values(POSTERIOR, "sd")).reshape(-1, len(terms))
        return OfCells(
            evidence,
            terms,
            tuple(
                None if drawn is None else result.estimate(term.name, drawn[:, i])
                for i, term in enumerate(terms)
            ),
            () if drawn is None else self._slopes(result, evidence, terms, drawn),
        )

    def _slopes(
        self, result: Posterior, evidence: CellCounts, terms: tuple[Term, ...], sd: Array
    ) -> tuple[tuple[str, str, Estimate], ...]:
        """Return slopes on how far categories were reached: covariate, goal and estimate."""
        priors: Any = result.study.goal_prior
        if not priors.reached or not result.groups.has(POSTERIOR, "effect"):
            return ()
        rng = stream(result.study.fitting.seed, SLOPES)
        drawn = np.asarray(result.groups.values(POSTERIOR, "effect"))
        drawn = drawn.reshape(-1, *drawn.shape[-2:])
        found = []
        for i, (term, start) in enumerate(zip(terms, starts(terms), strict=False)):
            if term.reach < NO_REACH:
                continue
            effect = drawn[:, start : start + len(term.labels)]
            own = drawn_slopes(term, effect, sd[:, i], priors.reached, rng)
            found += [
                (term.name, goal, result.estimate(f"{term.name}, {goal}", own[:, k]))
                for k, goal in enumerate(evidence.categories)
            ]
        return tuple(found)

    def sections(self, found: OfCells, findings: Findings) -> Sequence[Section]:
        """Return who was asked, who lives there, and what covariates tell."""
        del findings
        evidence = found.evidence
        cells = _cells(evidence)
        empty = ~evidence.answered
        share = float(evidence.sizes[empty].sum() / evidence.sizes.sum())
        text = (
            f"{count(float(evidence.cell_n.sum()))} agents answered in {len(evidence.cells):,} "
            f"cells of {', '.join(map(named, evidence.covariates))}. The population has "
            f"{len(evidence.table):,} cells; in "
            f"{int(empty.sum()):,} of them, {100 * share:.1f} % of it, nobody answered, and the "
            "model fills them from agents who are like them in single covariates. Every number of "
            "this report is about the population, not about those who were asked."
        )
        covariates = Table(
            [
                Label("covariate"),
                Text("categories_are", "categories"),
                Count("categories", "number"),
                Mean("sd", "sd of effects"),
            ],
            [
                (term.name, KINDS[term.kind], float(len(term.labels)), spread)
                for term, spread in zip(found.terms, found.spread, strict=True)
            ],
            "What covariates tell of goals: standard deviation of their effects on log odds",
            PAGE | CSV,
            "covariates",
            most=MOST_ROWS,
        )
        levels = Table(
            [
                Label("covariate"),
                Label("category"),
                Count("answers"),
                Number("share_of_answers", "% of answers", form=".1f"),
                Number("share_of_population", "% of population", form=".1f"),
            ],
            list(_levels(evidence)),
            "Who was asked, and who lives there",
            PAGE | CSV,
            "categories",
            most=MOST_ROWS,
        )
        reached = Table(
            [Label("covariate"), Label("goal"), Mean("slope")],
            list(found.slopes),
            "Whether goals go with being asked: slope of log odds of a goal on log odds of a "
            "category's being reached. Above zero: those who were reached more often hold it more "
            "often",
            PAGE | CSV,
            "slopes",
            most=MOST_ROWS,
        )
        blocks: list[Block] = [Paragraph(text), covariates, levels, reached, cells]
        summary = {
            "answers": float(evidence.cell_n.sum()),
            "cells_with_answers": len(evidence.cells),
            "cells_of_the_population": len(evidence.table),
            "cells_nobody_answered_in": int(empty.sum()),
            "share_of_the_population_in_them": share,
            "covariates": covariates,
            "categories": levels,
            "slopes": reached,
        }
        title, place = "From those who were asked to the population", Place.SHARES + 0.1
        return [
            Section(
                "poststratification", title, blocks, place, summary={"poststratification": summary}
            )
        ]


def _levels(evidence: CellCounts) -> list[tuple[object, ...]]:
    total = max(float(evidence.cell_n.sum()), 1.0)
    return [
        (name, label, float(n), 100 * float(n) / total, 100 * float(share))
        for v, name in enumerate(evidence.covariates)
        for label, n, share in zip(evidence.levels[v], *evidence.shares_of_levels(v), strict=True)
    ]


def _cells(evidence: CellCounts) -> Table:
    """Return the cells of the population in which nobody answered, the largest first."""
    empty = np.flatnonzero(~evidence.answered)
    empty = empty[np.argsort(-evidence.sizes[empty], kind="stable")]
    total = evidence.sizes.sum()
    return Table(
        [
            *(Label(f"covariate_{v + 1}", name) for v, name in enumerate(evidence.covariates)),
            Number("share_of_population", "% of population", form=".2f"),
        ],
        [
            (
                *(own[i] for own, i in zip(evidence.levels, evidence.table[c], strict=True)),
                100 * float(evidence.sizes[c] / total),
            )
            for c in empty.tolist()
        ],
        "Cells of the population in which nobody answered, the largest first",
        PAGE | CSV,
        "unanswered_cells",
        most=MOST_ROWS,
    )


REPORT = CellsReport()
