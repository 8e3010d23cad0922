"""The sections of a report that say what the findings rest on."""

from __future__ import annotations

from bayes_misalign.page.blocks import (
    Block,
    Bullets,
    Commands,
    Formulas,
    Grid,
    Paragraph,
    Section,
)
from bayes_misalign.page.number_text import count, interval_text, mean_text
from bayes_misalign.page.safe_text import named
from bayes_misalign.report import methods
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.words import banner, sensitivity_sentence

MOST_CELLS = 400
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
    goals = findings.study.goals
    labels = [*(named(c) for c in goals.categories)]
    refusals = list(goals.not_answers)
    columns = ["population", *labels, "answers"]
    columns += [f"no answer: {named(label)}" for label in refusals]
    columns += ["not asked"] if goals.not_asked.any() else []
    columns += ["population size"] if goals.population_size is not None else []
    rows = []
    for i, population in enumerate(goals.populations):
        row = [named(population), *map(count, goals.counts[i]), count(goals.n[i])]
        row += [count(goals.not_answers[label][i]) for label in refusals]
        row += [count(goals.not_asked[i])] if goals.not_asked.any() else []
        if goals.population_size is not None:
            row.append(count(float(goals.population_size[i])))
        rows.append(row)
    blocks: list[Block] = [
        Paragraph(methods.data_paragraph(findings)),
        Grid(
            "Agents by answer" if findings.noisy is None else "Agents by goal at face value",
            columns,
            rows,
        ),
    ]
    notes = []
    for label, values in goals.not_answers.items():
        notes.append(
            f"Left out, because it is not an answer: {named(label)} ({count(values.sum())})."
        )
    if goals.not_asked.any():
        notes.append(f"Left out, because the cell is empty: {count(goals.not_asked.sum())}.")
    if goals.zero_weights:
        notes.append(f"Answers with weight zero, which count for nothing: {goals.zero_weights}.")
    notes += [named(note) for note in (*goals.notes, *findings.study.conflict.notes)]
    notes += findings.notes
    blocks.append(Bullets(notes) if notes else Paragraph("Nothing was left out."))
    return Section("counted", "What was counted, and what was left out", blocks)


def sensitivity(findings: Findings) -> Section:
    """Return P(ma) under other priors."""
    blocks: list[Block] = [Paragraph(sensitivity_sentence(findings))]
    tried = findings.sensitivity
    if len(tried) > 1 and not findings.withheld:
        rows = [
            [named(prior), named(population), mean_text(estimate), interval_text(estimate)]
            for prior, estimates in tried.items()
            for population, estimate in estimates.items()
        ]
        note = ""
        if len(rows) > MOST_CELLS:
            rows, note = rows[:MOST_CELLS], f" (the first {MOST_CELLS} rows; all in summary.json)"
        columns = ["prior", "population", "P(ma)", str(findings.interval)]
        caption = f"P(ma) under other priors, agents drawn with replacement{note}"
        blocks.append(Grid(caption, columns, rows, labels=2))
    rows = [
        [named(name), mean_text(estimate), interval_text(estimate)]
        for name, estimate in findings.prior.items()
    ]
    columns = ["population", "P(ma)", str(findings.interval)]
    blocks.append(Grid("P(ma) before the data, from the prior alone", columns, rows))
    return Section("sensitivity", "What the prior says, and how much it matters", blocks)


def diagnostics(findings: Findings) -> Section:
    """Return the state of the fit and the figures behind it."""
    text, reasons = banner(findings)
    blocks: list[Block] = [Paragraph(text)]
    if reasons:
        blocks.append(Bullets(reasons))
    figures = findings.diagnosis.figures
    if figures:
        rows = [[FIGURE_NAMES.get(key, key), f"{value:.4g}"] for key, value in figures.items()]
        blocks.append(Grid("Diagnostics", ["figure", "value"], rows))
    elif not findings.withheld:
        largest = max(estimate.mcse for estimate in findings.misalignment.values())
        blocks.append(
            Paragraph(
                f"The {count(findings.draws)} draws are independent. The Monte Carlo standard "
                f"error of the posterior mean of P(ma) is at most {largest:.1g}."
            )
        )
    return Section("diagnostics", "Diagnostics", blocks)


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
        blocks.append(Bullets([named(text) for text in methods.listed_words(description.priors)]))
    return Section("model", "Model and priors", blocks)


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
    return Section("methods", "Methods, to paste", [Paragraph(text) for text in texts])


def citations(findings: Findings) -> Section:
    """Return what to cite."""
    return Section("citations", "Please cite", [Bullets(methods.citations(findings))])


def provenance(findings: Findings) -> Section:
    """Return seed, versions, and how to run it again."""
    rows = [[name, value] for name, value in methods.provenance(findings)]
    return Section(
        "provenance",
        "Seed, versions, and how to run it again",
        [
            Paragraph("The same study, seed and versions give the same digits."),
            Commands(methods.rerun(findings)),
            Grid("Settings and versions", ["what", "value"], rows),
        ],
    )
