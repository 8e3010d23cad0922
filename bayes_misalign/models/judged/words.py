"""The model of judgements in words and formulas."""

from __future__ import annotations

from bayes_misalign.contract.description import Description
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.kinds import again_by_kind, has_slopes
from bayes_misalign.models.judged.priors import JudgedPriors

_SEEN = {"s": "s_r", "v": "v_r,ij"}


def describe_judgements(evidence: JudgedConflict, prior: JudgedPriors) -> Description:
    """Return the model and its prior in words and formulas."""
    if prior.has_raters(evidence):
        return _by_raters(evidence, prior)
    total = int(evidence.judgements.sum())
    return Description(
        f"The conflict level of a judged pair is the probability that a judge calls it a conflict; "
        f"{total} yes or no judgements were modelled as binomial, each pair on its own.",
        (
            "yes_ij ~ Binomial(judgements_ij, c_ij)",
            f"c_ij ~ Beta({prior.yes:g}, {prior.no:g}) for each judged pair",
        ),
        (f"Judged conflict: Beta({prior.yes:g}, {prior.no:g}) for every pair, independent.",),
        ("Judges are exchangeable: nobody is stricter than the others",),
    )


def _by_raters(evidence: JudgedConflict, prior: JudgedPriors) -> Description:
    saying, normal, spread = "eta_ij", list[str](), list[str]()
    kinds, of, within = evidence.kinds, "", ""
    again, counts = evidence.repeated, evidence.repeated
    if kinds:
        saying, of, within = "eta_k,ij", "_k", ", summing to zero over the raters of a kind"
        again, counts = bool(again_by_kind(evidence).any()), bool(again_by_kind(evidence)[0])
        normal += _of_kinds(evidence, prior)
    if prior.severity > 0:
        saying += " + s_r"
        normal.append(f"s_r ~ Normal(0, sigma{of}^2){within}")
        normal.append(f"sigma{of} ~ HalfNormal({prior.severity:g})")
        spread.append("s")
    if again:
        saying += " + v_r,ij"
        normal.append(f"v_r,ij ~ Normal(0, q{of}^2)")
        normal.append(f"q{of} ~ HalfNormal({prior.again:g})")
        spread += ["v"] * counts
    chance = f"logistic({saying})"
    if prior.lapse > 0:
        chance = f"lapse_r / 2 + (1 - lapse_r) {chance}"
        normal.append(
            f"logit(lapse_r) ~ Normal(m, tau^2), m ~ Normal(logit({prior.lapse:g}), "
            f"{prior.lapse_common:g}^2), tau ~ HalfNormal({prior.lapse_spread:g})"
        )
    whose = f" of kind {kinds[0]!r}" if kinds else ""
    attentive = "logistic(" + " + ".join(["eta_ij", *(_SEEN[one] for one in spread)]) + ")"
    averaged = f"E[{attentive}], averaged over {' and '.join(spread)}" + whose
    formulas = [
        f"P(r says yes to ij) = {chance}",
        f"logistic(eta_ij) ~ Beta({prior.yes:g}, {prior.no:g}) for each judged pair",
        *normal,
        f"c_ij = {averaged}" if spread else "c_ij = logistic(eta_ij)",
    ]
    total, raters = int(evidence.judgements.sum()), len(evidence.raters)
    pairs = len(evidence.pairs)
    words = (
        f"{total:,} yes or no judgements of {pairs} pair{'s' * (pairs != 1)} of goals by {raters} "
        f"named rater{'s' * (raters != 1)} were modelled. "
    )
    if prior.severity > 0:
        words += "Raters differ in how easily they say yes. "
    if again:
        words += "Raters who judged a pair again may see something in it that others do not. "
    if prior.lapse > 0:
        words += "Each lapses now and then, and a lapse is a coin flip. "
    words += (
        f"The conflict level of a pair is the probability that a rater{whose} drawn at random, who "
        "pays attention, says yes."
    )
    if kinds:
        words += _told_of_kinds(evidence)
    priors = [
        f"Judged conflict: Beta({prior.yes:g}, {prior.no:g}) for the probability that the average "
        f"rater{whose} says yes to a pair, independent; the level, averaged over raters, is not "
        "exactly Beta."
    ]
    if prior.severity > 0:
        priors.append(
            "Severities of raters: normal, with a half-normal standard deviation of scale "
            f"{prior.severity:g} in log-odds."
        )
    if prior.lapse > 0:
        priors.append(f"Lapses of raters: rates with median {prior.lapse:g}.")
    who = f"Raters{whose} are a random sample of those whose judgement counts"
    return Description(words, tuple(formulas), tuple(priors), (who,))


def _of_kinds(evidence: JudgedConflict, prior: JudgedPriors) -> list[str]:
    """Return formulas of how another kind of rater sees pairs."""
    several = has_slopes(evidence)
    seen = "m_k + b_k (eta_ij - mean of eta) + d_k,ij" if several else "m_k"
    found = [
        f"eta_k,ij = eta_ij for the first kind of rater, {seen} for another",
        f"m_k ~ Normal(0, {prior.location:g}^2)",
    ]
    if several:
        found += [
            f"b_k ~ Normal(1, {prior.slope:g}^2)",
            "d_k,ij = g_k,i + g_k,j + e_k,ij, less its mean over judged pairs",
            "g_k,i ~ Normal(0, D_k^2 / 4), e_k,ij ~ Normal(0, D_k^2 / 2)",
            f"D_k ~ HalfNormal({prior.disagreement:g})",
        ]
    return found


def _told_of_kinds(evidence: JudgedConflict) -> str:
    """Return what kinds of raters there are, and which of them defines the level."""
    first, *others = map(repr, evidence.kinds)
    given = evidence.judgements_by_kind.sum(axis=1).tolist()
    several = len(others) > 1
    return (
        f" Raters are of {len(evidence.kinds)} kinds. Those of kind {first}, with {given[0]:,.0f} "
        f"judgement{'s' * (given[0] != 1)}, define the level. {', '.join(others)} "
        f"{'have' if several else 'has'} a bias and a slope of {'their' if several else 'its'} own."
    )
