"""The model of judgements in words and formulas."""

from __future__ import annotations

from bayes_misalign.contract.description import Description
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.priors import JudgedPriors


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
    saying, normal, spread = "eta_ij", [], []
    if prior.severity > 0:
        saying += " + s_r"
        normal.append("s_r ~ Normal(0, sigma^2)")
        normal.append(f"sigma ~ HalfNormal({prior.severity:g})")
        spread.append("s")
    if evidence.repeated:
        saying += " + v_r,ij"
        normal.append("v_r,ij ~ Normal(0, q^2)")
        normal.append(f"q ~ HalfNormal({prior.again:g})")
        spread.append("v")
    chance = f"logistic({saying})"
    if prior.lapse > 0:
        chance = f"lapse_r / 2 + (1 - lapse_r) {chance}"
        normal.append(
            f"logit(lapse_r) ~ Normal(m, tau^2), m ~ Normal(logit({prior.lapse:g}), "
            f"{prior.lapse_common:g}^2), tau ~ HalfNormal({prior.lapse_spread:g})"
        )
    averaged = f"E[{chance.partition(') ')[2] or chance}], averaged over " + " and ".join(spread)
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
    if evidence.repeated:
        words += "Raters who judged a pair again may see something in it that others do not. "
    if prior.lapse > 0:
        words += "Each lapses now and then, and a lapse is a coin flip. "
    words += (
        "The conflict level of a pair is the probability that a rater drawn at random, who pays "
        "attention, says yes."
    )
    priors = [
        f"Judged conflict: Beta({prior.yes:g}, {prior.no:g}) for the probability that the average "
        "rater says yes to a pair, independent; the level, averaged over raters, is not exactly "
        "Beta."
    ]
    if prior.severity > 0:
        priors.append(
            "Severities of raters: normal, with a half-normal standard deviation of scale "
            f"{prior.severity:g} in log-odds."
        )
    if prior.lapse > 0:
        priors.append(f"Lapses of raters: rates with median {prior.lapse:g}.")
    rests = ("Raters are a random sample of those whose judgement counts",)
    return Description(words, tuple(formulas), tuple(priors), rests)
