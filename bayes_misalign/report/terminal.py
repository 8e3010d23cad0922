"""What a terminal shows of a result, and of a study that is not fitted yet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bayes_misalign.families.reports.identification import count_rule
from bayes_misalign.families.reports.identification_checks import overdispersed
from bayes_misalign.families.reports.report_patterns import ReportPatterns
from bayes_misalign.inference.result import Result
from bayes_misalign.models.independent.priors import shares_prior
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import (
    NOTHING,
    count,
    effective,
    estimate_text,
    exceeding,
    interval_text,
    mean_text,
    ratio,
)
from bayes_misalign.page.safe_text import plain, short
from bayes_misalign.report.findings import Findings, gather
from bayes_misalign.report.judged import Judged
from bayes_misalign.report.methods import listed_words
from bayes_misalign.report.noisy import Noisy
from bayes_misalign.report.rated import Rated
from bayes_misalign.report.words import banner, headline, prior_only
from bayes_misalign.report.words_noisy import against_words, percent, verdict_sentence
from bayes_misalign.report.words_spatial import length_sentence, placed_sentence
from bayes_misalign.study.study import Study

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDTH = 80
LABEL = 24
MOST_SHARES = 24
MOST_CONTRASTS = 12
MOST_RATERS = 12
MOST_SIDES = 6


def as_text(result: Result) -> str:
    """Return what a terminal of 80 columns shows of a result, without colours.

    Parameters
    ----------
    result : Result
        A posterior.

    Returns
    -------
    str
    """
    from rich.console import Console

    file = io.StringIO()
    print_result(result, Console(file=file, width=WIDTH, highlight=False, color_system=None))
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def print_result(result: Result, console: Console) -> None:
    """Print P(ma) by population and of the union, contrasts and goal shares; the state first.

    Parameters
    ----------
    result : Result
        A posterior.
    console : rich.console.Console
        Where to print.
    """
    findings = gather(result)
    if prior_only(findings) and not findings.withheld:
        # that a number rests on the prior comes before the number, and before everything else
        _line(console, headline(findings))
        console.print()
    if findings.diagnosis.state != "ok":
        _print_state(findings, console)
    if not prior_only(findings) or findings.withheld:
        _line(console, headline(findings))
    if findings.noisy is not None and not findings.noisy.prior_only:
        _line(console, verdict_sentence(findings.noisy))
    console.print()
    if findings.noisy is not None and findings.noisy.assumed and not findings.withheld:
        console.print(_assumed(findings, findings.noisy))
        if any(map(findings.noisy.contradicted, findings.noisy.assumed)):
            _line(console, f"* {against_words(findings.noisy)}, whatever the goal shares are")
    else:
        console.print(_misalignment(findings))
    if findings.overall is not None and findings.study.union is not None:
        _line(console, f"Shares in the union: {plain(findings.study.union.origin)}.")
    if not findings.withheld:
        _print_details(findings, console)
    console.print()
    fitting = findings.study.fitting
    how = "exact draws" if findings.diagnosis.method == "exact" else "NUTS"
    _line(console, f"{how}, {fitting.chains} × {fitting.draws}, seed {fitting.seed}")


def _print_details(findings: Findings, console: Console) -> None:
    if 0 < len(findings.contrasts) <= MOST_CONTRASTS:
        console.print()
        console.print(_contrasts(findings))
    if findings.rated is not None:
        _print_rated(findings, findings.rated, console)
    if findings.judged is not None:
        _print_judged(findings, findings.judged, console)
    for met in findings.encounters:
        if met.background is not None and len(met.background) <= MOST_RATERS:
            console.print()
            columns = ["holders of", "in conflict with each other", _interval_name(findings)]
            table = _table(columns, 1, "Conflict over something else than these goals")
            for goal, estimate in met.background.items():
                _add(table, [goal, *_pair(estimate)], 1, LABEL)
            console.print(table)
    for found in findings.spatial:
        console.print()
        _line(console, placed_sentence(found))
        _line(console, length_sentence(found))
    if findings.noisy is not None:
        console.print()
        console.print(_naive(findings, findings.noisy))
        if findings.noisy.accuracies is not None and len(findings.noisy.accuracies) <= MOST_RATERS:
            console.print()
            console.print(_raters(findings, findings.noisy))
    console.print()
    if sum(map(len, findings.proportions.values())) <= MOST_SHARES:
        console.print(_shares(findings))
    else:
        _line(console, "Goal shares: see tables/proportions.csv or `proportions()`.")


def _print_rated(findings: Findings, rated: Rated, console: Console) -> None:
    if rated.raw is not None and len(rated.raw) == 1:
        console.print()
        raw = estimate_text(next(iter(rated.raw.values())))
        _line(console, f"With raw means of the ratings P(ma) would be {raw}.")
    for found in rated.sources:
        if unrated := found.source.unrated:
            were = (
                "was never rated, and borrows"
                if len(unrated) == 1
                else "were never rated, and borrow"
            )
            console.print()
            _line(
                console,
                f"{len(unrated)} of {len(found.source.pairs)} pairs {were} from the others.",
            )
        if found.severity is not None and len(found.severity) <= MOST_RATERS:
            console.print()
            columns = ["rater", "ratings", "severity", _interval_name(findings)]
            table = _table(columns, 1, "Raters: more or less conflict than the average sees")
            for rater, estimate in found.severity.items():
                row = [rater, count(found.ratings[rater]), *_pair(estimate)]
                _add(table, row, 1, LABEL)
            console.print(table)
        if 0 < len(found.sides) <= MOST_SIDES:
            console.print()
            columns = ["", "holders of", "about", "level", _interval_name(findings)]
            table = _table(columns, 3, "How holders of two goals rate each other")
            for side in found.sides:
                one, other = side.pair
                _add(table, [side.population, one, other, *_pair(side.first)], 3, 20)
                _add(table, [side.population, other, one, *_pair(side.second)], 3, 20)
            console.print(table)


def _print_judged(findings: Findings, judged: Judged, console: Console) -> None:
    if judged.alike is not None and len(judged.alike) == 1:
        console.print()
        alike = estimate_text(next(iter(judged.alike.values())))
        _line(console, f"Were all raters alike, P(ma) would be {alike}.")
    for found in judged.sources:
        parts = [
            (word, part)
            for word, part in (("severity", found.severity), ("lapses", found.lapse))
            if part is not None
        ]
        if not parts or len(found.source.raters) > MOST_RATERS:
            continue
        console.print()
        columns = ["rater", "yes", "no"]
        for word, _ in parts:
            columns += [word, _interval_name(findings)]
        table = _table(columns, 1, "Raters: severity and lapses")
        for rater, numbers in found.judgements.items():
            row = [rater, *map(count, numbers)]
            row += [cell for _, part in parts for cell in _pair(part[rater])]
            _add(table, row, 1, LABEL)
        console.print(table)


def _line(console: Console, text: str) -> None:
    console.print(text, markup=False)


def _print_state(findings: Findings, console: Console) -> None:
    text, reasons = banner(findings)
    _line(console, text)
    for reason in reasons:
        _line(console, f"  - {reason}")
    console.print()


def _table(console_columns: Sequence[str], labels: int, title: str = "") -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), title=title or None)
    table.title_justify = "left"
    table.title_style = ""
    for i, name in enumerate(console_columns):
        table.add_column(
            Text(name),
            justify="left" if i < labels else "right",
            overflow="ellipsis" if i < labels else "fold",
        )
    return table


def _add(table: Table, cells: Sequence[str], labels: int, width: int) -> None:
    from rich.text import Text

    # Text is never read as markup, whatever the label
    table.add_row(*(Text(short(c, width) if i < labels else c) for i, c in enumerate(cells)))


def _interval_name(findings: Findings) -> str:
    return f"{100 * findings.interval.mass:g} % {findings.interval.kind}"


def _pair(estimate: Estimate) -> list[str]:
    return [mean_text(estimate), interval_text(estimate)]


def _misalignment(findings: Findings) -> Table:
    goals, threshold = findings.study.goals, findings.study.reporting.threshold
    columns = ["population", "P(ma)", _interval_name(findings)]
    columns += [] if threshold is None else [f"P(> {threshold:g})"]
    table = _table([*columns, "n", "n_eff", "deff"], 1)

    def add(name: str, estimate: Estimate, n: float, n_effective: float) -> None:
        row = [name, *_pair(estimate)]
        if threshold is not None:
            row.append(_above(estimate, threshold))
        deff = ratio(n / n_effective) if n_effective > 0 else NOTHING
        _add(table, [*row, count(n), effective(n_effective), deff], 1, LABEL)

    for i, (name, estimate) in enumerate(findings.misalignment.items()):
        add(name, estimate, goals.n[i], goals.n_effective[i])
    if findings.overall is not None:
        whole = findings.study.union_effective
        add("all populations together", findings.overall, goals.n.sum(), whole)
    return table


def _above(estimate: Estimate, level: float) -> str:
    return exceeding(estimate, level).replace("less than", "<").replace("more than", ">")


def _contrasts(findings: Findings) -> Table:
    columns = ["first", "second", "difference", _interval_name(findings), "P(> 0)"]
    table = _table(columns, 2, "P(ma) of the first minus that of the second")
    for contrast in findings.contrasts:
        row = [contrast.one, contrast.other, *_pair(contrast.difference)]
        row.append(_above(contrast.difference, 0.0))
        _add(table, row, 2, 20)
        for cause, part in contrast.parts.items():
            _add(table, ["of it due to", cause, *_pair(part), _above(part, 0.0)], 2, 20)
    return table


def _assumed(findings: Findings, noisy: Noisy) -> Table:
    columns = ["population", "reports wrong", "P(ma)", _interval_name(findings)]
    table = _table(columns, 1, "P(ma) for a row of assumed error rates")
    for population in findings.populations:
        for rate, found in noisy.assumed.items():
            mark = " *" * noisy.contradicted(rate)
            _add(table, [population, percent(rate) + mark, *_pair(found[population])], 1, LABEL)
    return table


def _naive(findings: Findings, noisy: Noisy) -> Table:
    columns = ["population", "how", "P(ma)", _interval_name(findings)]
    table = _table(columns, 2, "Without correcting for errors")
    for population in findings.populations:
        for how, found in noisy.naive.items():
            _add(table, [population, how, *_pair(found[population])], 2, 28)
    return table


def _raters(findings: Findings, noisy: Noisy) -> Table:
    columns = ["rater", "confuses most", "accuracy", _interval_name(findings)]
    table = _table(columns, 2, "Raters")
    for rater, estimate in (noisy.accuracies or {}).items():
        goal, label, _ = noisy.confusions.get(rater, ("", "", None))
        words = f"{short(goal, 14)} as {short(label, 14)}" if goal else "nothing"
        _add(table, [rater, words, *_pair(estimate)], 2, 32)
    return table


def _shares(findings: Findings) -> Table:
    table = _table(["population", "goal", "share", _interval_name(findings)], 2)
    for population, estimates in findings.proportions.items():
        for goal, estimate in estimates.items():
            _add(table, [population, goal, *_pair(estimate)], 2, LABEL)
    return table


def print_study(study: Study, console: Console) -> None:
    """Print what a study is about and what its evidence is; nothing is fitted.

    Parameters
    ----------
    study : Study
        A study that was read and found sound.
    console : rich.console.Console
        Where to print.
    """
    goals, area = study.goals, study.area
    _line(console, f"{plain(study.title or area.name)}: the study is sound, nothing was fitted.")
    _line(console, f"problem area: {plain(area.name)}")
    _line(console, f"goals: {', '.join(plain(goal) for goal in listed_words(area.goals, 20))}")
    if area.has_no_goal:
        _line(console, f"no goal: {', '.join(map(plain, area.no_goal))}")
    _line(console, f"goal shares: {goals.model}, prior {_prior(study)}, from {plain(goals.source)}")
    console.print()
    table = _table(["population", "n", "n_eff", "deff", "no answer", "not asked"], 1)
    refused = sum(goals.not_answers.values(), 0 * goals.n)
    for i, name in enumerate(goals.populations):
        numbers = [count(goals.n[i]), effective(goals.n_effective[i])]
        numbers += [ratio(goals.design_effect[i]), count(refused[i]), count(goals.not_asked[i])]
        _add(table, [name, *numbers], 1, LABEL)
    console.print(table)
    console.print()
    if isinstance(goals, ReportPatterns):
        what = "raters" if goals.model == "noisy-labels" else "situations"
        reports = float(goals.agents @ goals.per_source.sum(axis=1))
        patterns = f"{count(len(goals.agents))} distinct patterns"
        _line(console, f"{count(reports)} reports of {len(goals.sources)} {what}, {patterns}")
        basis, why = count_rule(goals, overdispersed(study))
        _line(console, f"identified by {basis}: {plain(why)}")
        console.print()
    for source in study.conflict.sources:
        if source.pairs:
            pairs = f"{len(source.pairs)} pair" + ("s" if len(source.pairs) > 1 else "")
            where = len(getattr(source, "populations", ()))
            pairs += f" in each of {where} populations" if where > 1 else ""
            _line(console, f"conflict: {source.model}, {pairs}, {plain(source.origin)}")
    union = "not stated" if study.union is None else plain(study.union.origin)
    if len(goals.populations) > 1:
        _line(console, f"shares in the union: {union}")
    fitting = study.fitting
    _line(
        console,
        f"fit: {fitting.method}, {fitting.chains} × {fitting.draws} draws, seed {fitting.seed}; "
        f"{study.reporting.interval}",
    )
    for note in (*goals.notes, *study.conflict.notes):
        _line(console, f"note: {plain(note)}")


def _prior(study: Study) -> str:
    prior = shares_prior(study.goal_prior)
    if prior.kind == "concentration":
        return f"concentration {prior.concentration:g}"
    return str(prior.kind)
