"""The result as CSV tables, a number a row, for spreadsheets and statistics programs."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.safe_text import cell
from bayes_misalign.report.findings import Findings, Group
from bayes_misalign.report.judged import Judged
from bayes_misalign.report.noisy import Noisy
from bayes_misalign.report.rated import Rated
from bayes_misalign.report.spatial import spatial_rows

NUMBERS = ("mean", "sd", "median", "lower", "upper", "mass", "kind", "mcse")


def csv_tables(findings: Findings) -> dict[str, str]:
    """Return every table as CSV text.

    Parameters
    ----------
    findings : Findings
        What `gather` returns.

    Returns
    -------
    dict of str to str
        By file name. Cells of numbers that are withheld are empty.
    """
    return {
        "misalignment.csv": _misalignment(findings),
        "proportions.csv": _proportions(findings),
        "conflict.csv": _conflict(findings),
        "between.csv": _between(findings),
        "contrasts.csv": _contrasts(findings),
        "contributions.csv": _contributions(findings),
        "attribution.csv": _attribution(findings),
        "counts.csv": _counts(findings),
        **({} if findings.noisy is None else noisy_tables(findings.noisy)),
        **({} if findings.rated is None else rated_tables(findings.rated)),
        **({} if findings.judged is None else judged_tables(findings.judged)),
        **({"encounters.csv": _encounters(findings)} if findings.encounters else {}),
        **({"positions.csv": _positions(findings)} if findings.spatial else {}),
    }


def _positions(findings: Findings) -> str:
    rows = [
        [found.source.origin, *labels, *_numbers(estimate)]
        for found in findings.spatial
        for *labels, estimate in spatial_rows(found)
    ]
    return _table(["source", "quantity", "dimension", "goal", *NUMBERS], rows)


def _encounters(findings: Findings) -> str:
    rows: list[list[Any]] = []
    for found in findings.encounters:
        source = found.source
        for i, one in enumerate(source.categories):
            for j in range(i, len(source.categories)):
                seen = (source.seen_yes[i, j], source.seen_no[i, j])
                rows.append([source.origin, one, source.categories[j], *map(float, seen)])
    return _table(["source", "goal", "goal_other", "with_conflict", "without_conflict"], rows)


def rated_tables(rated: Rated) -> dict[str, str]:
    """Return raters, sides, and P(ma) of raw means, as CSV texts.

    Parameters
    ----------
    rated : Rated
        What ratings of conflict add to a report.

    Returns
    -------
    dict of str to str
        By file name.
    """
    tables = {}
    raters = [
        [found.source.origin, rater, found.ratings[rater], *_numbers(estimate)]
        for found in rated.sources
        for rater, estimate in (found.severity or {}).items()
    ]
    if raters:
        columns = ["source", "rater", "ratings", *NUMBERS]
        tables["severity.csv"] = _table(columns, raters)
    sides = [
        [side.population, one, other, what, *_numbers(estimate)]
        for found in rated.sources
        for side in found.sides
        for one, other, what, estimate in (
            (*side.pair, "level", side.first),
            (*side.pair[::-1], "level", side.second),
            (*side.pair, "difference to the other way round", side.difference),
        )
    ]
    if sides:
        columns = ["population", "holders_of", "about", "quantity", *NUMBERS]
        tables["sides.csv"] = _table(columns, sides)
    if rated.raw is not None:
        rows: list[list[Any]] = [
            [population, *_numbers(estimate)] for population, estimate in rated.raw.items()
        ]
        tables["raw_means.csv"] = _table(["population", *NUMBERS], rows)
    return tables


def judged_tables(judged: Judged) -> dict[str, str]:
    """Return who judged which pair, raters, and P(ma) of raters alike, as CSV texts.

    Parameters
    ----------
    judged : Judged
        What named raters add to a report.

    Returns
    -------
    dict of str to str
        By file name.
    """
    pairs = [
        [found.source.origin, *pair, float(yes), float(no), int(raters)]
        for found in judged.sources
        for pair, yes, no, raters in zip(
            found.source.pairs,
            found.source.yes,
            found.source.no,
            found.source.raters_of_pair,
            strict=True,
        )
    ]
    rows = [
        [found.source.origin, rater, *found.judgements[rater], what, *_numbers(estimates[rater])]
        for found in judged.sources
        for what, estimates in (("severity", found.severity), ("lapse", found.lapse))
        if estimates is not None
        for rater in found.source.raters
    ]
    columns = ["source", "rater", "yes", "no", "quantity", *NUMBERS]
    tables = {
        "judgements.csv": _table(["source", "goal", "goal_other", "yes", "no", "raters"], pairs),
        "judges.csv": _table(columns, rows),
    }
    if judged.alike is not None:
        found_alike: list[list[Any]] = [
            [population, *_numbers(estimate)] for population, estimate in judged.alike.items()
        ]
        tables["raters_alike.csv"] = _table(["population", *NUMBERS], found_alike)
    return tables


def noisy_tables(noisy: Noisy) -> dict[str, str]:
    """Return raters, agreement, and P(ma) without correction or under assumptions, as CSV texts.

    Parameters
    ----------
    noisy : Noisy
        What noisy reports add to a report.

    Returns
    -------
    dict of str to str
        By file name.
    """
    tried = {**noisy.naive, **{f"{rate} of reports wrong": e for rate, e in noisy.assumed.items()}}
    rows: list[list[Any]] = [
        [how, population, *_numbers(estimate)]
        for how, found in tried.items()
        for population, estimate in found.items()
    ]
    tables = {"other_readings.csv": _table(["reading", "population", *NUMBERS], rows)}
    if noisy.accuracies is not None:
        rows = []
        for rater, estimate in noisy.accuracies.items():
            goal, label, often = noisy.confusions.get(rater, ("", "", None))
            ends = [None] * len(NUMBERS) if often is None else _numbers(often)
            rows.append([rater, "accuracy", "", "", *_numbers(estimate)])
            rows.append([rater, "most common confusion", goal, label, *ends])
        columns = ["rater", "quantity", "goal", "label", *NUMBERS]
        tables["raters.csv"] = _table(columns, rows)
    if (found := noisy.agreement) is not None:
        rows = [
            [pair, found.observed[i], found.replicated[:, i].mean(), found.z[i]]
            for i, pair in enumerate(found.pairs)
        ]
        columns = ["reports", "observed", "replicated_mean", "difference_in_sd"]
        tables["agreement.csv"] = _table(columns, rows)
    return tables


def agents_table(agents: Mapping[str, Mapping[str, float]]) -> str:
    """Return the posterior probability of each goal of each agent as CSV text.

    Parameters
    ----------
    agents : mapping of str to mapping of str to float
        By agent and goal.

    Returns
    -------
    str
    """
    goals = list(next(iter(agents.values()), {}))
    rows = [[agent, *(found[goal] for goal in goals)] for agent, found in agents.items()]
    return _table(["agent", *(f"P({goal})" for goal in goals)], rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return cell(value)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    # shortest text that reads back as the same number, also for numpy's own kinds
    return value if isinstance(value, int) else repr(float(value)).removesuffix(".0")


def _numbers(estimate: Estimate) -> list[Any]:
    row = estimate.as_dict()
    row["lower"], row["upper"] = row.pop("interval") or (None, None)
    return [row[name] for name in NUMBERS]


def _scope(group: Group) -> list[str]:
    return ["union", ""] if group is None else ["population", group]


def _misalignment(findings: Findings) -> str:
    goals, threshold = findings.study.goals, findings.study.reporting.threshold

    def above(estimate: Estimate) -> list[Any]:
        hidden = findings.withheld or threshold is None
        return [threshold, None if hidden else estimate.probability_above(threshold or 0.0)]

    rows: list[list[Any]] = []
    for i, (name, estimate) in enumerate(findings.misalignment.items()):
        size = None if goals.population_size is None else goals.population_size[i]
        evidence = [goals.n[i], goals.n_effective[i], goals.design_effect[i], size]
        rest = [findings.prior[name].mean, *above(estimate)]
        rest.append(_mean(findings.normalised[name]))
        rows.append(["population", name, *_numbers(estimate), *evidence, *rest])
    if findings.overall is not None:
        before = None if findings.overall_prior is None else findings.overall_prior.mean
        size = None if goals.population_size is None else goals.population_size.sum()
        evidence = [goals.n.sum(), findings.study.union_effective, None, size]
        rest = [before, *above(findings.overall), None]
        rows.append(["union", "", *_numbers(findings.overall), *evidence, *rest])
    columns = ["scope", "population", *NUMBERS, "n", "n_effective", "design_effect"]
    columns += ["population_size", "prior_mean", "threshold", "probability_above"]
    return _table([*columns, "normalised_mean"], rows)


def _mean(estimate: Estimate) -> float | None:
    return None if estimate.withheld else estimate.mean


def _proportions(findings: Findings) -> str:
    rows = [
        [population, goal, *_numbers(estimate)]
        for population, estimates in findings.proportions.items()
        for goal, estimate in estimates.items()
    ]
    return _table(["population", "goal", *NUMBERS], rows)


def _conflict(findings: Findings) -> str:
    rows = []
    for (a, b), levels in findings.conflict.items():
        source = findings.study.conflict.source_of(a, b)
        for group, estimate in levels.items():
            start = [] if group is None else [group]
            rows.append([*start, a, b, *_numbers(estimate), source.model, source.origin])
    columns = ["population"] if findings.by_population else []
    return _table([*columns, "goal", "goal_other", *NUMBERS, "model", "source"], rows)


def _between(findings: Findings) -> str:
    rows = [[a, b, *_numbers(estimate)] for (a, b), estimate in findings.between.items()]
    return _table(["population", "population_other", *NUMBERS], rows)


def _contrasts(findings: Findings) -> str:
    rows: list[list[Any]] = []
    for contrast in findings.contrasts:
        above = contrast.as_dict()["probability_greater"]
        rows.append(
            [contrast.one, contrast.other, "difference", *_numbers(contrast.difference), above]
        )
        if contrast.ratio is not None:
            rows.append([contrast.one, contrast.other, "ratio", *_numbers(contrast.ratio), None])
        for cause, part in contrast.parts.items():
            above = None if part.withheld else part.probability_above(0.0)
            due = f"difference due to {cause}"
            rows.append([contrast.one, contrast.other, due, *_numbers(part), above])
        if contrast.conflict_share is not None:
            name = "part of the difference due to conflict levels"
            numbers = _numbers(contrast.conflict_share)
            rows.append([contrast.one, contrast.other, name, *numbers, None])
    columns = ["population", "population_other", "quantity", *NUMBERS, "probability_above_0"]
    return _table(columns, rows)


def _contributions(findings: Findings) -> str:
    rows = [
        [*_scope(group), a, b, *_numbers(estimate)]
        for group, parts in findings.contributions.items()
        for (a, b), estimate in parts.items()
    ]
    return _table(["scope", "population", "goal", "goal_other", *NUMBERS], rows)


def _attribution(findings: Findings) -> str:
    rows: list[list[Any]] = []
    for group, found in findings.attribution.items():
        for name, value in (
            ("goal shares", found.shares),
            ("conflict levels", found.conflict),
            ("both together", found.interaction),
        ):
            rows.append([*_scope(group), name, "", "", value])
        rows += [
            [*_scope(group), "conflict level", a, b, found.pairs[f"{a} | {b}"]]
            for a, b in findings.conflict
            if f"{a} | {b}" in found.pairs
        ]
    columns = ["scope", "population", "part", "goal", "goal_other", "part_of_variance"]
    return _table(columns, rows)


def _counts(findings: Findings) -> str:
    goals, area = findings.study.goals, findings.study.area
    rows: list[list[Any]] = []
    for i, population in enumerate(goals.populations):
        for j, category in enumerate(goals.categories):
            kind = "no goal" if j >= len(area.goals) else "goal"
            weight = goals.weight_sum[i, j] if goals.weighted else None
            rows.append([population, kind, category, goals.counts[i, j], weight])
        for label, values in goals.not_answers.items():
            rows.append([population, "not an answer", label, values[i], None])
        rows.append([population, "not asked", "", goals.not_asked[i], None])
    return _table(["population", "kind", "label", "n", "weight_sum"], rows)
