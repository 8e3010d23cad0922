"""Posteriors that the tests of reports share."""

from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np

import bayes_misalign as bm
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.page.blocks import Section
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.sections import document
from bayes_misalign.study.options import Populations, Reporting
from bayes_misalign.study.study import Study
from tests.studies import AREA, COUNTS, counts, elicited, study

HOSTILE = (
    "<script>alert(1)</script>",
    "\"quoted\" & 'single'",
    "=cmd|' /C calc'!A0",
    "two\nlines",
    "😀 emoji",
    "$x_1$ and $\\frac{",
    "L" * 300,
    "שלום עולם",
    "| pipe `code` *b*",
    "[red]bold[/red]",
)


def section_of(findings: Findings, key: str) -> Section:
    """Return one section as pages show it."""
    (found,) = [section for section in document(findings).sections if section.key == key]
    return found


@cache
def elicited_posterior() -> bm.Posterior:
    made = study(elicited(), threshold=0.3)
    mix = replace(made.populations, mix=("always", "rarely/never"))
    return bm.fit(replace(made, populations=mix))


def with_state(posterior: bm.Posterior, state: str, *, allow: bool = False) -> bm.Posterior:
    """Return the same draws as if NUTS had drawn them and ended in this state."""
    reason = {"what": "R-hat reaches 1.200", "remedy": "sample longer", "state": state}
    figures = {"rhat_max": 1.2, "ess_bulk_min": 20.0, "ess_tail_min": 30.0, "divergences": 3.0}
    diagnosis = {
        "state": state,
        "method": "nuts",
        "reasons": [reason],
        "figures": figures,
    }
    metadata = {**posterior.groups.metadata, "diagnosis": diagnosis}
    return bm.Posterior(replace(posterior.groups, metadata=metadata), allow_unconverged=allow)


@cache
def withheld_posterior() -> bm.Posterior:
    return with_state(elicited_posterior(), "not_converged")


@cache
def hostile_posterior() -> bm.Posterior:
    area = bm.ProblemArea(HOSTILE[0], HOSTILE, ["None\t"], ["@SUM(A1)"])
    names = (HOSTILE[0], HOSTILE[2], HOSTILE[5], HOSTILE[9])
    size = len(area.categories)
    drawn = np.random.default_rng(3).multinomial(40, np.full(size, 1 / size), len(names))
    goals = replace(
        ChoiceCounts.from_counts(area.categories, names, drawn),
        not_answers={"@SUM(A1)": np.arange(4.0)},
        not_asked=np.arange(4.0),
        zero_weights=3,
        notes=("<b>a note</b>",),
    )
    pairs = tuple(combinations(area.categories, 2))
    judges = JudgedConflict(pairs, [4.0] * len(pairs), [2.0] * len(pairs), origin="<i>j</i>.csv")
    made = Study.of(
        area,
        goals,
        ConflictEvidence(area.categories, (judges,)),
        populations=Populations(mix=(names[0], names[3])),
        reporting=Reporting(threshold=0.3),
        title="<h1>" + HOSTILE[1],
    )
    return bm.fit(made, draws=250)


@cache
def census_posterior() -> bm.Posterior:
    return bm.fit(study(goals=counts(False, [sum(row) for row in COUNTS]), shares="sizes"))


@cache
def single_posterior() -> bm.Posterior:
    return bm.fit(study(goals=ChoiceCounts.from_counts(AREA.categories, ["all"], [[3, 4, 5]])))


@cache
def many_posterior(populations: int = 60, goals: int = 5) -> bm.Posterior:
    labels = [f"goal {i}" for i in range(goals)]
    names = [f"population {i}" for i in range(populations)]
    rng = np.random.default_rng(1)
    drawn = rng.multinomial(50, rng.dirichlet(np.ones(goals), populations))
    evidence = ChoiceCounts.from_counts(labels, names, drawn)
    return bm.fit(bm.ProblemArea("many", labels), evidence, bm.MutuallyExclusive(), draws=250)
