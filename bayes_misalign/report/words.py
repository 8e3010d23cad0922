"""What was found, in sentences: no verdicts, and no number without its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from bayes_misalign.contract.registry import conflict_model, goals_model
from bayes_misalign.inference.attribution import Attribution
from bayes_misalign.inference.contrast import Contrast
from bayes_misalign.inference.sensitivity import alternatives
from bayes_misalign.page.columns import UNION_NAME
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.page.number_text import (
    estimate_text,
    exceeding,
    falling_below,
    mean_text,
    part,
)
from bayes_misalign.page.safe_text import few_of, named, pair_name, sentence
from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.report.findings import Findings, Group, Pair
from bayes_misalign.report.headlines import Asked, asked_for
from bayes_misalign.settings import EVERYONE

ABOVE_ALL = 0.5  # of the variance that conflict levels give rise to, where one of them is named
FEW = 3  # populations that a headline names one by one
NOT_CONVERGED = "This fit has not converged"


def group_name(group: Group) -> str:
    """Return what a group is called: a population, or the union of all."""
    return UNION_NAME if group is None else named(group)


def of_group(group: Group) -> str:
    """Return " of" and what a group is called; nothing for one population without a name."""
    return "" if group == EVERYONE else f" of {group_name(group)}"


def two_agents(findings: Findings) -> str:
    """Return how the two agents are drawn, the start of every sentence about P(ma)."""
    different = findings.study.reporting.agents == "different"
    return f"Two {'different ' if different else ''}agents drawn at random"


def headline(findings: Findings) -> str:
    """Return the finding in plain words; that it is withheld, where the fit has not converged."""
    if findings.withheld:
        return (
            f"{NOT_CONVERGED}: the probability that two agents drawn at random hold conflicting "
            "goals is withheld."
        )
    if (of_goals := findings.goals_headline) is not None and of_goals.prior_only:
        return f"{of_goals.verdict} {of_goals.row}"
    if (asked := asked_for(findings)) is not None:
        return _asked_for(findings, asked)
    shown = dict(findings.misalignment.items())
    if findings.overall is not None:
        return _chance(findings, UNION_NAME, findings.overall)
    if len(shown) <= FEW:
        return " ".join(
            _chance(findings, name, estimate, first=i == 0)
            for i, (name, estimate) in enumerate(shown.items())
        )
    nothing = findings.unobserved
    shown = {name: one for name, one in shown.items() if name not in nothing} or shown
    low, high = (pick(shown, key=lambda name: shown[name].mean) for pick in (min, max))
    lowest, number = estimate_text(shown[low], in_full=True), findings.result.of_all or len(shown)
    return (
        f"{two_agents(findings)} from the same population hold conflicting goals with probability "
        f"{lowest} in {named(low)}, the lowest of {number:,} populations, and "
        f"{estimate_text(shown[high])} in {named(high)}, the highest." + _left_out(findings, shown)
    )


def _at_most(value: float) -> float:
    """Return a number of one digit that is no smaller."""
    digits = -math.floor(math.log10(value))
    return math.ceil(round(value * 10.0**digits, 9)) / 10.0**digits


def _asked_for(findings: Findings, asked: Asked) -> str:
    """Return the headline that the study names."""
    number = estimate_text(asked.estimate, in_full=True)
    why = findings.unobserved.get(findings.study.reporting.headline or "")
    number += "" if why is None else f", though {why} there"
    return f"{two_agents(findings)}{asked.whence} hold conflicting goals with probability {number}."


def _left_out(findings: Findings, shown: Mapping[str, Estimate]) -> str:
    """Return which populations a range leaves out, and what nobody did there."""
    parts = _by_what_nobody_did({n: w for n, w in findings.unobserved.items() if n not in shown})
    return f" Left out: {parts}." if parts else ""


def unobserved_sentence(findings: Findings) -> str:
    """Return of which populations something was not observed; empty where there are none."""
    parts = _by_what_nobody_did(findings.unobserved)
    return f"From the prior, or borrowed from other populations: {parts}." if parts else ""


def _by_what_nobody_did(unobserved: Mapping[str, str]) -> str:
    by_why: dict[str, list[str]] = {}
    for name, why in unobserved.items():
        by_why.setdefault(why, []).append(name)
    return "; ".join(f"{few_of(names)}, where {why}" for why, names in by_why.items())


def _chance(findings: Findings, name: str, estimate: Estimate, *, first: bool = True) -> str:
    where = named(name)
    whence = "" if findings.nameless else f" from {where}"
    number = estimate_text(estimate, in_full=first)
    if (why := findings.unobserved.get(name)) is not None:
        number += f", though {why} there"
    if not first:
        return f"From {where}: {number}."
    return f"{two_agents(findings)}{whence} hold conflicting goals with probability {number}."


def rests_sentences(findings: Findings) -> list[str]:
    """Return what the result rests on in place of its data, one sentence; none if data decide it.

    What is said holds numbers of the posterior, and is withheld with them.
    """
    rests = findings.diagnosis.rests_on
    if not rests or findings.withheld:
        return []
    shown = [sentence(one) for one in rests[:FEW]]
    more = len(rests) - len(shown)
    also = f"; and on {more} more, named with the state of the fit" if more else ""
    return [f"This rests on {'; on '.join(shown)}{also}."]


def threshold_sentences(findings: Findings) -> list[str]:
    """Return how probable it is that P(ma) exceeds the study's threshold, if it has one."""
    threshold = findings.study.reporting.threshold
    if threshold is None or findings.withheld:
        return []
    rows: list[tuple[str, Estimate]] = [
        (named(name), estimate) for name, estimate in findings.misalignment.items()
    ]
    if findings.overall is not None:
        rows.append((UNION_NAME, findings.overall))
    return [
        f"P(ma){'' if findings.nameless else f' of {name}'} exceeds {threshold:g} with posterior "
        f"probability {exceeding(estimate, threshold)}."
        for name, estimate in rows
    ]


def banner(findings: Findings) -> tuple[str, list[str]]:
    """Return the state of the fit as a sentence, and each reason with its remedy."""
    diagnosis = findings.diagnosis
    reasons = [f"{sentence(reason.what)}. Remedy: {reason.remedy}." for reason in diagnosis.reasons]
    how = "Drawn exactly" if diagnosis.method == "exact" else "Sampled with NUTS"
    if findings.given:
        how += ", apart from given draws, whose making cannot be checked here"
    match diagnosis.state:
        case "ok":
            return f"{how}; every check of the fit passed.", reasons
        case "caution":
            return f"{how}; read the result with these cautions.", reasons
    if findings.withheld:
        return f"{NOT_CONVERGED}: its numbers are withheld.", reasons
    return f"{NOT_CONVERGED}: its numbers are shown on request and may be wrong.", reasons


def contrast_sentence(contrast: Contrast) -> str:
    """Return a contrast in words."""
    one, other = named(contrast.one), named(contrast.other)
    if contrast.difference.withheld:
        return f"The difference between {one} and {other} is withheld."
    due = contrast.due_to_conflict
    part = "" if due is None else f", of which {estimate_text(due)} from conflict levels"
    return (
        f"P(ma) of {one} minus that of {other} is {estimate_text(contrast.difference, named=True)}"
        f"{part}{_side_of_zero(contrast.difference)}."
    )


def _side_of_zero(difference: Estimate) -> str:
    """Return how probably a difference is on its side of zero; nothing where it is known."""
    if difference.sd == 0:
        return ""
    below = difference.probability_above(0) < 0.5
    side, likely = ("less", falling_below) if below else ("greater", exceeding)
    return f"; it is {side} than zero with posterior probability {likely(difference, 0)}"


def union_sentence(findings: Findings) -> str:
    """Return where the shares of the populations in their union come from, or why there is none."""
    union = findings.study.union
    if len(findings.populations) == 1:
        return "The study has one population."
    if union is None:
        return (
            "The study does not say how large its populations are, so there is no number for all "
            "of them together."
        )
    how = (
        "They are estimates, and P(ma) of all populations together includes their uncertainty."
        if union.estimated
        else "They are taken as known."
    )
    return f"The shares of the populations come from {named(union.origin)}. {how}"


def parts_sentence(findings: Findings) -> str:
    """Return the union's P(ma) taken apart into within and between populations."""
    if findings.parts is None:
        return ""
    if findings.withheld:
        return "The parts of P(ma) within and between populations are withheld."
    within, between = findings.parts.values()
    return (
        "P(ma) of all populations together is the sum of two parts: "
        f"{estimate_text(within, named=True)} from pairs of agents of the same population, and "
        f"{estimate_text(between)} from pairs of agents of different populations"
        + (
            " (both agents drawn with replacement)."
            if findings.study.reporting.agents == "different"
            else "."
        )
    )


def attribution_sentence(findings: Findings, group: Group) -> str:
    """Return where the posterior variance of P(ma) comes from, and so what to measure next."""
    if findings.withheld:
        return "Where the uncertainty comes from is withheld."
    found = findings.attribution[group]
    if found.variance == 0:
        return f"P(ma){of_group(group)} is known: nothing is left to measure."
    study, draws = findings.study, findings.draws
    several, levels = _levels_at_fault(findings, found)
    them = "them" if several else "it"
    shares = goals_model(study.goals.model).advice(study.goals)
    advice = [
        (found.shares, "the goal shares", shares),
        (found.conflict, levels, _closer(study.conflict.sources, them)),
        (found.interaction, "both together", ""),
        (
            found.populations,
            "the shares of the populations",
            "state them, where they are known, or ask more agents",
        ),
    ]
    (share, first, remedy), *rest = sorted(advice, key=lambda item: -item[0])
    others = [f"{part(s, draws)} from {what}" for s, what, _ in rest if s > 0]
    return (
        f"{part(share, draws)} of the posterior variance of P(ma){of_group(group)} "
        f"(posterior sd {found.variance**0.5:.2g}) comes from {first}"
        + (f": {remedy}" if remedy else "")
        + (f". The rest: {', '.join(others)}." if others else ".")
    )


def _closer(sources: Sequence[ConflictSource], them: str) -> str:
    """Return how to know levels better: what the first model says that has advice of its own."""
    said = (conflict_model(source.model).advice(source, them) for source in sources)
    return next(filter(None, said), f"judge or elicit {them} more closely")


def _levels_at_fault(findings: Findings, found: Attribution) -> tuple[bool, str]:
    levels = {pair: found.pairs.get(f"{pair[0]} | {pair[1]}", 0.0) for pair in findings.conflict}
    uncertain = sorted((p for p in levels if levels[p] > 0), key=lambda p: -levels[p])
    if not uncertain:
        return True, "the conflict levels"
    largest = uncertain[0]
    if len(uncertain) == 1:
        return False, f"the conflict level of {pair_name(largest)}"
    if levels[largest] >= ABOVE_ALL * found.conflict:
        return True, f"the conflict levels, above all that of {pair_name(largest)}"
    most = part(levels[largest], findings.draws)
    of = f" of {len(uncertain)} pairs, none of which makes up more than {most}"
    return True, f"the conflict levels{of}"


def drivers_sentence(findings: Findings, group: Group) -> str:
    """Return which pair of goals makes up the largest part of P(ma)."""
    if findings.withheld:
        return f"Which pairs of goals drive P(ma){of_group(group)} is withheld."
    parts = findings.contributions[group]
    top = parts.largest(1)[0]
    if parts[top].mean <= 0:
        return f"No pair of goals conflicts{of_group(group).replace(' of ', ' in ', 1)}."
    return (
        f"The largest part of P(ma){of_group(group)} comes from {pair_name(top)}: "
        f"{estimate_text(parts[top], named=True)}."
    )


def source_text(findings: Findings, pair: Pair, group: Group = None) -> str:
    """Return where a conflict level comes from, that in one population if levels differ by them."""
    source = findings.study.conflict.source_of(*pair)
    model = conflict_model(source.model)
    if group is None:
        return model.source_text(source, pair)
    return model.source_text_in(source, pair, group)


def sensitivity_sentence(findings: Findings) -> str:
    """Return how far the posterior mean moves under other priors."""
    tried = findings.sensitivity
    if not alternatives(findings.study):
        return "The study has no prior that could be varied."
    if not tried:
        return "Other priors were not tried when this result was made. Fix: fit it again."
    if findings.withheld:
        return "How far P(ma) moves under other priors is withheld."
    if len(tried) == 1:
        return (
            "P(ma) under other priors cannot be worked out from these draws: the posteriors differ "
            "too much. Fix: posterior.sensitivity(refit=True) in Python, which fits again."
        )
    first, *rest = tried
    fitted, others = tried[first], {prior: tried[prior] for prior in rest}
    moves = [
        (abs(other[name].mean - fitted[name].mean), name, prior)
        for prior, other in others.items()
        for name in fitted
    ]
    moved, name, prior = max(moves, key=lambda move: move[0])
    where = "" if findings.nameless else f" of {named(name)}"
    before, after = estimate_text(fitted[name], named=True), estimate_text(tried[prior][name])
    if moved <= 3 * 2**0.5 * fitted[name].mcse:
        return (
            "Under the other priors that were tried, no posterior mean of P(ma) moves by more than "
            "the Monte Carlo error."
        )
    if mean_text(fitted[name]) == mean_text(tried[prior][name]):
        return (
            "Under the other priors that were tried, no posterior mean of P(ma) moves by more than "
            f"{_at_most(moved):g}."
        )
    return (
        f"Under the other priors that were tried, the posterior mean of P(ma){where} moves the "
        f"most: from {before} to {after} with {named(prior)}."
    )
