"""What a report says of P(ma) by the design of the gold sample, beside the model's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bayes_misalign.families.reports.design_check import FEW_WRONG, POWER, Beside, DesignCheck
from bayes_misalign.page.blocks import Block, Paragraph, Section, Table
from bayes_misalign.page.columns import (
    CSV,
    PAGE,
    TERMINAL,
    Column,
    Count,
    Label,
    Number,
    Shown,
)
from bayes_misalign.page.number_text import count
from bayes_misalign.page.safe_text import few_of
from bayes_misalign.report.compared import MOST_ROWS
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import Place

WHAT = (
    "Agents of known goal are a random sample, as the study says. From that alone follows an "
    "estimate of P(ma), whatever errors the labels have: the labels of all agents, corrected by "
    "how they err among those of known goal (prediction-powered inference). It has no prior, and "
    "its interval is a confidence interval: of many samples drawn so, 95 % would have an interval "
    "that holds P(ma). "
)


def design_section(found: DesignCheck, findings: Findings) -> Sequence[Section]:
    """Return the estimates by the design beside those of the model, and what they say of it."""
    blocks: list[Block] = [
        Paragraph(WHAT.replace("95", f"{100 * _mass(found):g}") + _verdict(found, findings))
    ]
    if rough := [s for s, one in found.populations.items() if one.wrong < FEW_WRONG]:
        where = "" if findings.nameless else f" of {few_of(rough, 5)}"
        blocks.append(
            Paragraph(
                f"Fewer than {FEW_WRONG} known goals{where} are other than the labels say: the "
                "interval is rough, although two more are counted as wrong."
            )
        )
    rows = [(s, *_row(one, found.level)) for s, one in found.populations.items()]
    mass = f"{100 * _mass(found):g} %"
    columns: list[Column] = [
        Label("population"),
        Number("model", "by the model"),
        Number("model_sd", "posterior sd", faces=CSV),
        Number("design", "by the design"),
        Number("standard_error", "standard error"),
        Shown("interval", f"{mass} confidence", faces=PAGE | TERMINAL),
        Number("lower", faces=CSV),
        Number("upper", faces=CSV),
        Number("difference"),
        Number("difference_se", "its standard error", faces=PAGE | CSV),
        Number("p_value", faces=CSV),
        Number("detectable", faces=CSV),
        Count("known_goals", "known goals", faces=PAGE | CSV),
        Count("wrong", faces=CSV),
        Number("worth_of_labels", faces=CSV),
    ]
    caption = "P(ma) by the model, and by the design of the sample of known goals"
    title = "Design-based check"
    blocks.append(
        Table(
            columns,
            rows,
            caption,
            PAGE | TERMINAL | CSV,
            "design_based",
            most=MOST_ROWS,
            title=title,
        )
    )
    return [Section("design_based", title, blocks, Place.REPORTS, Place.DRIVERS)]


def design_summary(found: DesignCheck) -> list[dict[str, Any]]:
    """Return the estimates for machines, by population."""
    odd = set(found.odd())
    return [
        {
            "population": s,
            **one.design.as_dict(),
            "difference": one.difference,
            "difference_standard_error": one.standard_error,
            "p_value": one.p_value,
            "detectable_difference": one.detectable(found.level),
            "model_contradicted": s in odd,
        }
        for s, one in found.populations.items()
    ]


def _row(one: Beside, level: float) -> tuple[Any, ...]:
    low, high = one.design.interval
    return (
        one.mean,
        one.sd,
        one.design.estimate,
        one.design.standard_error,
        f"{low:.3f} to {high:.3f}",
        low,
        high,
        one.difference,
        one.standard_error,
        one.p_value,
        one.detectable(level),
        one.gold,
        one.wrong,
        one.worth,
    )


def _mass(found: DesignCheck) -> float:
    return next(iter(found.populations.values())).design.mass


def _verdict(found: DesignCheck, findings: Findings) -> str:
    """Return whether the two agree, and what follows."""
    if odd := found.odd():
        where = "" if findings.nameless else f" of {few_of(odd, 5)}"
        return (
            f"The model's P(ma){where} differs from it by more than chance allows (p < 0.01, for "
            "all populations together): errors depend on something that the model leaves out. Rely "
            "on the design-based estimate."
        )
    known = count(sum(one.gold for one in found.populations.values()))
    least = sorted(one.detectable(found.level) for one in found.populations.values())
    several = (
        f" to {least[-1]:.2f}, by population," if f"{least[0]:.2f}" != f"{least[-1]:.2f}" else ""
    )
    return (
        "The model's P(ma) differs from it by no more than chance allows. That is no proof of the "
        f"model: with {known} known goals one whose P(ma) is wrong by {least[0]:.2f}{several} is "
        f"found out about {100 * POWER:g} % of the time, and one that is wrong by less mostly is "
        "not. To find half of that takes about four times as many known goals."
    )
