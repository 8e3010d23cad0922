"""How the posterior came about: methods and data paragraphs to paste, models, citations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.inference.draw_blocks import in_common
from bayes_misalign.page.estimate import extended_to
from bayes_misalign.page.limits import PILED_UP
from bayes_misalign.page.number_text import count, effective, ratio
from bayes_misalign.page.safe_text import named
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.report.findings import Findings

MOST_LISTED = 12
PACKAGES = {"pymc": "PyMC", "nutpie": "nutpie", "numpy": "NumPy", "python": "Python"}


def descriptions(findings: Findings) -> list[Description]:
    """Return the model of the goals and each source of conflict in words and formulas."""
    study = findings.study
    parts: list[tuple[Any, Any]] = [(study.goals, study.goal_prior)]
    parts += list(zip(study.conflict.sources, study.conflict_priors, strict=True))
    return [
        evidence_model(evidence.model).describe(evidence, prior)
        for evidence, prior in parts
        if getattr(evidence, "pairs", True)
    ]


def listed_words(items: Iterable[str], most: int = MOST_LISTED) -> list[str]:
    """Return the first items, and how many more there are."""
    every = list(items)
    if len(every) <= most:
        return every
    return [*every[:most], f"and {len(every) - most} more"]


def version(findings: Findings, package: str) -> str:
    """Return a package's version when the posterior was drawn."""
    return str(findings.metadata.get("versions", {}).get(package, "of unknown version"))


def methods_paragraph(findings: Findings) -> str:
    """Return the methods in one paragraph: quantity, models, priors, sampling, interval, seed."""
    study = findings.study
    models = list(dict.fromkeys(description.words for description in descriptions(findings)))
    agents = "two different agents" if study.reporting.agents == "different" else "two agents"
    return " ".join(
        [
            f"We estimated P(ma | Ω, PA), the probability that {agents} drawn at random from a "
            f"population Ω hold conflicting goals in the problem area PA “{named(study.area.name)}”"
            " (Kierans, Hazan and Dori-Hacohen, 2022), with bayes-misalign "
            f"{version(findings, 'bayes-misalign')}.",
            "With goal shares p and conflict levels C"
            + (", measured in each population," if findings.by_population else "")
            + " it is p'Cp"
            + (" N/(N - 1)." if study.reporting.agents == "different" else "."),
            *models,
            "Priors: " + prior_in_brief(findings) + ".",
            _drawing(findings),
            f"Estimates are posterior means with {findings.interval}s{_extended(findings)}. "
            f"Random seed {study.fitting.seed}.",
        ]
    )


def _extended(findings: Findings) -> str:
    """Return that intervals of P(ma) are extended to a limit, where some are."""
    overall = [] if findings.overall is None else [findings.overall]
    ends = extended_to([*findings.misalignment.values(), *overall])
    if not ends:
        return ""
    return (
        f", those of P(ma) extended to the {ends} where the mean distance of the draws from it is "
        f"less than {PILED_UP} of its standard deviation"
    )


def prior_in_brief(findings: Findings) -> str:
    """Return the priors in a few words."""
    study = findings.study
    parts: list[tuple[Any, Any]] = [(study.goals, study.goal_prior)]
    parts += zip(study.conflict.sources, study.conflict_priors, strict=True)
    briefs = [evidence_model(e.model).prior_in_brief(prior, e) for e, prior in parts]
    return "; ".join(dict.fromkeys(filter(None, briefs)))


def _drawing(findings: Findings) -> str:
    fitting, draws = findings.study.fitting, count(findings.draws)
    if findings.diagnosis.method == "exact" and findings.given:
        return (
            f"The posterior consists of {draws} draws: those given, and exact ones of whatever "
            "else is uncertain."
        )
    if findings.diagnosis.method == "exact":
        return f"The posterior was drawn exactly ({draws} independent draws)."
    figures = findings.diagnosis.figures
    what = "The posterior"
    if common := in_common(findings.study):
        what = (
            f"What populations have in common ({', '.join(common)}), the goal shares integrated "
            "out, and whatever of the conflict is not drawn exactly"
        )
    divergent = round(figures.get("divergences", 0))
    then = "" if not common else " Given each of these draws the goal shares were drawn exactly."
    return (
        f"{what} was sampled with NUTS (PyMC {version(findings, 'pymc')}, nutpie "
        f"{version(findings, 'nutpie')}): {fitting.chains} chains of {count(fitting.draws)} draws "
        f"after {count(fitting.tune)} of warm-up; the largest R-hat was "
        f"{figures.get('rhat_max', float('nan')):.3f}, the smallest bulk and tail effective sample "
        f"sizes {figures.get('ess_bulk_min', 0):.0f} and {figures.get('ess_tail_min', 0):.0f}, "
        f"with {divergent} divergent {'transition' if divergent == 1 else 'transitions'}.{then}"
    )


def data_paragraph(findings: Findings) -> str:
    """Return what the evidence is, in one paragraph."""
    goals, area = findings.study.goals, findings.study.area
    where = "" if len(goals.populations) == 1 else f" in {len(goals.populations)} populations"
    none = " or that they hold none" if area.has_no_goal else ""
    text = [
        f"{count(goals.n.sum())} agents{where} {_what_they_gave(findings)}{none} (source: "
        f"{named(goals.source)})."
    ]
    if "goals" in findings.given:
        text = [
            f"Posterior draws of the shares of agents{where} who hold one of {len(area.goals)} "
            f"goals{none.replace('that they hold ', '')} were given (source: "
            f"{named(goals.source)}); how many agents they rest on is not known here."
        ]
    if goals.weighted or goals.stated.any() or goals.designed.any():
        text.append(_worth(findings))
    refused = sum(float(values.sum()) for values in goals.not_answers.values())
    if refused or goals.not_asked.sum():
        left = {"gave no answer": refused, "were not asked": float(goals.not_asked.sum())}
        said = " and ".join(f"{count(n)} who {what}" for what, n in left.items() if n)
        text.append(f"Left out: {said}.")
    if area.has_no_goal:
        text.append(
            f"Answers that stand for no goal: {', '.join(map(named, listed_words(area.no_goal)))}."
        )
    return " ".join(text)


def _worth(findings: Findings) -> str:
    """Return what weighted answers are worth for P(ma), and who says so."""
    goals, result = findings.study.goals, findings.result
    seen = goals.n > 0
    deff, stated = result.design_effect[seen], goals.stated[seen]
    by_design = goals.design is not None
    how = "Answers are weighted" if goals.weighted else "Answers are not weighted"
    if not len(deff):
        return f"{how}."
    source = (
        "as the study states it"
        if stated.all()
        else (
            f"by {_design_named(goals)}"
            if by_design
            else "by the delta method, from the weights of the holders of each goal"
        )
        + ", at the posterior mean of the conflict levels"
        + (", where the study does not state it" if stated.any() else "")
    )
    if len(deff) == 1:
        worth = effective(result.n_effective[seen][0])
        return (
            f"{how}; for P(ma) they are worth {worth} answers of a simple random sample, a design "
            f"effect of {ratio(deff[0])} ({source})."
        )
    return (
        f"{how}. The design effect of P(ma), the factor by which its variance exceeds that of a "
        f"simple random sample of the same size, is {ratio(min(deff))} to {ratio(max(deff))} by "
        f"population ({source})."
    )


def _design_named(goals: GoalEvidence) -> str:
    """Return the method of a design's variance in the middle of a sentence, with its units."""
    design = goals.design
    if design is None:
        return ""
    unit = {"clusters": " of clusters", "agents": " of strata"}.get(design.units, "")
    head, *more = design.method.split(" with ", 1)
    return f"{head}{unit}{''.join(f' with {x}' for x in more)}"


def _what_they_gave(findings: Findings) -> str:
    k = len(findings.study.area.goals)
    if (of_goals := findings.goals_headline) is None:
        return f"stated one of {k} goals"
    return of_goals.gave


def citations(findings: Findings) -> list[str]:
    """Return what to cite for what was done."""
    cited = [
        "Kierans, A., Hazan, H. and Dori-Hacohen, S. (2022). Quantifying Misalignment Between "
        "Agents. NeurIPS ML Safety Workshop.",
        "Jang, M., Dori-Hacohen, S. and Allan, J. (2017). Modeling Controversy Within Populations. "
        "ICTIR 2017.",
        "Kierans, A., Ghosh, A., Hazan, H. and Dori-Hacohen, S. (2024). Quantifying Misalignment "
        "Between Agents: Towards a Sociotechnical Understanding of Alignment. arXiv:2406.04231.",
    ]
    goals = findings.study.goals
    if goals.weighted:
        cited += [
            "Kish, L. (1965). Survey Sampling. Wiley.",
            "Binder, D. A. (1983). On the Variances of Asymptotically Normal Estimators from "
            "Complex Surveys. International Statistical Review 51(3), 279–292.",
        ]
    if goals.designed.any():
        cited.append("Lumley, T. (2010). Complex Surveys: A Guide to Analysis Using R. Wiley.")
        cited.append("Wolter, K. M. (2007). Introduction to Variance Estimation. 2nd ed. Springer.")
    if goals.of_unseen.any():
        cited.append(
            "Strief, J. and Meeden, G. (2013). Objective Stepwise Bayes Weights in Survey "
            "Sampling. Survey Methodology 39(1), 1–27."
        )
    study = findings.study
    if (met := study.contact) is not None:
        cited.append(
            "Newman, M. E. J. (2003). Mixing Patterns in Networks. Physical Review E 67, 026126."
        )
        if met.agents and not met.known:
            cited.append("Rubin, D. B. (1981). The Bayesian Bootstrap. Annals of Statistics 9(1).")
    for evidence in (study.goals, *study.conflict.sources):
        cited += evidence_model(evidence.model).citations(evidence)
    if any(contrast.parts for contrast in findings.contrasts):
        cited.append(
            "Kitagawa, E. M. (1955). Components of a Difference Between Two Rates. Journal of the "
            "American Statistical Association 50(272), 1168–1194."
        )
    if findings.diagnosis.method == "nuts":
        cited += [
            "Vehtari, A., Gelman, A., Simpson, D., Carpenter, B. and Bürkner, P.-C. (2021). "
            "Rank-Normalization, Folding, and Localization: An Improved R-hat for Assessing "
            "Convergence of MCMC. Bayesian Analysis 16(2), 667–718.",
            "Abril-Pla, O. et al. (2023). PyMC: a modern and comprehensive probabilistic "
            "programming framework in Python. PeerJ Computer Science 9, e1516.",
            f"nutpie {version(findings, 'nutpie')}, a sampler for PyMC and Stan models (software).",
        ]
    cited.append(f"bayes-misalign {version(findings, 'bayes-misalign')} (software).")
    return cited


def provenance(findings: Findings) -> list[tuple[str, str]]:
    """Return seed, settings, versions and date as rows of a table."""
    fitting = findings.study.fitting
    rows = [
        ("random seed", str(fitting.seed)),
        ("method", findings.diagnosis.method),
        ("chains × draws", f"{fitting.chains} × {count(fitting.draws)}"),
    ]
    if findings.diagnosis.method == "nuts":
        rows.append(("warm-up", count(fitting.tune)))
        rows.append(("target acceptance", f"{fitting.target_accept:g}"))
    versions = findings.metadata.get("versions", {})
    rows += [(name, str(value)) for name, value in versions.items()]
    rows.append(("drawn", str(findings.metadata.get("created", "at an unknown time"))))
    return rows


def rerun(findings: Findings) -> list[str]:
    """Return how to get the same numbers again."""
    fitting = findings.study.fitting
    return [
        f"bayes-misalign fit study.toml --seed {fitting.seed} --draws {fitting.draws} "
        f"--method {fitting.method}",
        "bayes-misalign report posterior.nc",
    ]
