"""The sections of a report that say what the findings rest on."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayes_misalign.page.blocks import (
    Attachment,
    Block,
    Bullets,
    Commands,
    Formulas,
    Paragraph,
    Section,
    Table,
)
from bayes_misalign.page.columns import CSV, Count, Label, Number, Shown, Text
from bayes_misalign.page.number_text import count
from bayes_misalign.page.safe_text import named, sentence
from bayes_misalign.report import methods
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import Place
from bayes_misalign.study.agents_again import design_sentence

MOST_OF_STUDY = 100_000  # characters of a study file
MOST_COLUMNS = 20  # goals with a column of their own
FIGURE_NAMES = {
    "chains": "chains",
    "draws": "draws in each chain",
    "rhat_max": "largest R-hat",
    "ess_bulk_min": "smallest bulk effective sample size",
    "ess_tail_min": "smallest tail effective sample size",
    "mcse_per_sd_max": "largest Monte Carlo error of a mean, in posterior sd",
    "divergences": "divergent transitions",
    "divergent_share": "part of transitions that diverged",
    "bfmi_min": "smallest E-BFMI",
    "depth_hits": "trajectories that hit the tree depth",
}


def counted(findings: Findings) -> Section:
    """Return what was counted, and what was left out and why."""
    goals, conflict = findings.study.goals, findings.study.conflict
    refusals, asked = list(goals.not_answers), not goals.not_asked.any()
    shown, others = _shown_goals(goals.counts)
    names = [*(named(goals.categories[k]) for k in shown)]
    names += [f"{len(others)} other goals"] if len(others) else []
    names += ["answers"]
    names += [f"no answer: {named(label)}" for label in refusals]
    names += [] if asked else ["not asked"]
    names += [] if goals.population_size is None else ["population size"]
    counts, n = goals.counts, goals.n
    rows = [
        [
            population,
            *counts[i, shown],
            *([counts[i, others].sum()] if len(others) else []),
            n[i],
            *(goals.not_answers[label][i] for label in refusals),
            *([] if asked else [goals.not_asked[i]]),
            *([] if goals.population_size is None else [goals.population_size[i]]),
        ]
        for i, population in enumerate(goals.populations)
    ]
    of_goals = findings.goals_headline
    caption = "Agents by answer" if of_goals is None else of_goals.counted
    if others:
        caption += f" (the {len(shown)} most frequent of {len(goals.categories)})"
    notes: list[str] = []  # what a column of the table holds is not said again
    if goals.zero_weights:
        notes.append(f"Answers with weight zero, which count for nothing: {goals.zero_weights}.")
    if design := design_sentence(goals):
        notes.append(f"Design: {design}.")
    notes += [sentence(note) for note in (*goals.notes, *conflict.notes)]
    notes += findings.notes
    here = "goals" not in findings.given
    blocks: list[Block] = [
        Paragraph(methods.data_paragraph(findings)),
        *([Table([Label("population"), *map(Count, names)], rows, caption)] * here),
        *([Bullets(notes)] if notes else []),
        _counts(findings),
    ]
    summary = {
        "zero_weights": goals.zero_weights,
        "notes": [*goals.notes, *conflict.notes, *findings.notes],
        **({"design": design} if design else {}),
    }
    title = "What was counted, and what was left out"
    return Section("counted", title, blocks, Place.COUNTED, summary=summary)


def _shown_goals(counts: Any) -> tuple[list[int], list[int]]:
    """Return the goals that have a column of their own, those that most agents hold, and others."""
    every = range(counts.shape[1])
    if len(every) <= MOST_COLUMNS:
        return list(every), []
    most = set(np.argsort(-counts.sum(axis=0), kind="stable")[: MOST_COLUMNS - 1].tolist())
    return [k for k in every if k in most], [k for k in every if k not in most]


def _counts(findings: Findings) -> Table:
    goals, area = findings.study.goals, findings.study.area
    counts, weights = goals.counts, goals.weight_sum
    rows: list[list[Any]] = []
    for i, population in enumerate(goals.populations):
        for j, category in enumerate(goals.categories):
            kind = "no goal" if j >= len(area.goals) else "goal"
            weight = weights[i, j] if goals.weighted else None
            rows.append([population, kind, category, counts[i, j], weight])
        for label, values in goals.not_answers.items():
            rows.append([population, "not an answer", label, values[i], None])
        rows.append([population, "not asked", "", goals.not_asked[i], None])
    columns = [Label("population"), Text("kind"), Label("label"), Count("n"), Number("weight_sum")]
    return Table(columns, rows, faces=CSV, name="counts")


def diagnostics(findings: Findings) -> Section:
    """Return the state of the fit and the figures behind it."""
    blocks: list[Block] = []
    figures = findings.diagnosis.figures
    if figures:
        rows = [(FIGURE_NAMES.get(key, key), value) for key, value in figures.items()]
        columns = [Label("figure"), Number("value", form=".4g")]
        blocks.append(Table(columns, rows, "Diagnostics"))
    elif not findings.withheld:
        largest = max(estimate.mcse for estimate in findings.misalignment.values())
        text = f"The {count(findings.draws)} draws are independent. "
        if findings.given:
            text = "The draws are independent as far as the given ones are. "
        text += "The Monte Carlo standard error of the posterior mean of P(ma) is at most "
        blocks.append(Paragraph(f"{text}{largest:.1g}."))
    return Section("diagnostics", "Diagnostics", blocks, Place.DIAGNOSTICS)


def model(findings: Findings) -> Section:
    """Return the model and its priors in words and formulas."""
    blocks: list[Block] = [
        Paragraph(
            "Each agent of a population holds one of several goals, or none. Two goals conflict "
            "with a level between 0 and 1. P(ma) is the probability that two agents drawn at "
            "random hold conflicting goals."
        ),
        Formulas([_quantity(findings), *_agents(findings)]),
    ]
    for description in methods.descriptions(findings):
        blocks.append(Paragraph(description.words))
        blocks.append(Formulas(description.formulas))
        blocks.append(
            Bullets([sentence(text) for text in methods.listed_words(description.priors)])
        )
    return Section("model", "Model and priors", blocks, Place.MODEL)


def _quantity(findings: Findings) -> str:
    if findings.by_population:
        return "P(ma) of population s = p_s'C_s p_s = Σ p_si p_sj c_sij"
    return "P(ma) = p'Cp = Σ p_i p_j c_ij"


def _agents(findings: Findings) -> list[str]:
    if findings.study.reporting.agents == "different":
        return ["P(ma) of two different agents of N = p'Cp N / (N - 1)"]
    return []


def methods_section(findings: Findings) -> Section:
    """Return paragraphs to paste into a paper."""
    texts = (methods.methods_paragraph(findings), methods.data_paragraph(findings))
    blocks = [Paragraph(text) for text in texts]
    return Section("methods", "Methods, to paste", blocks, Place.METHODS)


def citations(findings: Findings) -> Section:
    """Return what to cite."""
    blocks = [Bullets(methods.citations(findings))]
    return Section("citations", "Please cite", blocks, Place.CITATIONS)


def _study_file(findings: Findings) -> list[Block]:
    text = findings.study.text
    if not text or len(text) > MOST_OF_STUDY:
        return []
    return [Attachment("study.toml", text, "The study file, as it was read:")]


def provenance(findings: Findings) -> Section:
    """Return seed, versions, and how to run it again."""
    caption = "Settings and versions"
    return Section(
        "provenance",
        "Seed, versions, and how to run it again",
        [
            Paragraph("The same study, seed and versions give the same digits."),
            Commands(methods.rerun(findings)),
            *_study_file(findings),
            Table([Text("what"), Shown("value")], methods.provenance(findings), caption),
        ],
        Place.PROVENANCE,
    )
