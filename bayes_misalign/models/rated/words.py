"""The model of ratings in words and formulas."""

from __future__ import annotations

from bayes_misalign.contract.description import Description
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.generative_cells import RatedCells
from bayes_misalign.models.rated.priors import RatedPriors


def describe_ratings(evidence: RatedConflict, prior: RatedPriors) -> Description:
    """Return the model and its priors in words and formulas."""
    cells = RatedCells(evidence, prior)
    eta = ["eta_ij = m"]
    normal = [f"m ~ Normal(0, {prior.location:g}^2)"]
    half: list[str] = []
    if cells.has_member_effects:
        of_pair = "u_i + u_j"
        normal.append("u_i ~ Normal(0, a^2)")
        half += [f"a ~ HalfNormal({prior.goal:g})", f"b ~ HalfNormal({prior.pair:g})"]
        if cells.has_pair_effects:
            of_pair += " + e_ij"
            normal.append("e_ij ~ Normal(0, b^2)")
        eta.append(f"({of_pair}, less its mean over rated pairs)")
    if cells.sides == 2:
        eta.append("d_ij")
        scale = "g" if cells.has_side_scale else f"{prior.side:g}"
        normal.append(f"d_ij = -d_ji ~ Normal(0, {scale}^2)")
        if cells.has_side_scale:
            half.append(f"g ~ HalfNormal({prior.side:g})")
    if cells.places is not None:
        eta.append("x_ij,wave")
        normal.append(
            "x_ij,t - x_ij,s ~ Normal(0, W^2 |t - s|), a random walk less its mean over waves; "
            "t = 0 at the first wave, 1 at the last"
        )
        half.append(f"W ~ HalfNormal({prior.drift:g})")
    if cells.differing > 1:
        of = "population" if cells.places is None else "series"
        eta.append(f"t_ij,{of}")
        normal.append(f"t_ij,{of} ~ Normal(0, h^2), summing to zero")
        half.append(f"h ~ HalfNormal({prior.population:g})")
    latent, cut = "eta_ij", "kappa_l"
    if evidence.kinds:
        latent, cut = _of_kinds(cells, normal, half)
    elif cells.has_raters:
        latent += " - s_r"
        normal.append("s_r ~ Normal(0, sigma^2)")
        half.append(f"sigma ~ HalfNormal({prior.severity:g})")
    if cells.units and not evidence.kinds:
        cut = "kappa_l exp(-w_r)" if cells.has_raters else "kappa_l exp(-w_group)"
        normal.append(
            f"w ~ Normal(0, tau^2), summing to zero, tau ~ HalfNormal({prior.scale_use:g})"
        )
    if cells.again and not evidence.kinds:
        latent += " - v_r,ij"
        normal.append("v_r,ij ~ Normal(0, q^2)")
        half.append(f"q ~ HalfNormal({prior.again:g})")
    formulas = [
        f"P(rating of ij by r <= level l) = logistic({cut} - {latent})"
        if not evidence.kinds
        else f"P(rating of ij by r <= level l) = logistic(({cut} - {latent}) / exp(n_k))",
        " + ".join(eta),
        *normal,
        *half,
    ]
    if cells.levels > 2:
        formulas.append(
            f"kappa_l+1 - kappa_l ~ LogNormal(log({prior.spread / (cells.levels - 1):.3g}), "
            f"{prior.gap:g}^2)"
        )
    of_whom = f" of kind {evidence.kinds[0]!r}" if evidence.kinds else ""
    formulas.append(f"c_ij = E[value of a rating of ij], averaged over raters{of_whom}")
    number = int(evidence.counts.sum())
    who = f"{len(evidence.raters)} raters" if evidence.raters else "as many raters"
    rated = len(evidence.pairs) - len(evidence.unrated)
    words = (
        f"{number:,} ratings of {rated} pair{'s' * (rated != 1)} of goals by "
        f"{who}, on {cells.levels} levels, were modelled by proportional odds. The conflict level "
        "of a pair is the rating, from 0 to 1, that a rater drawn at random is expected to give"
    )
    if evidence.directed:
        words += ", the mean of what holders of each goal say of the other"
    words += "."
    if evidence.kinds:
        words += _told_of_kinds(evidence)
    if cells.places is not None:
        words += (
            " Conflict goes from one wave to the next by a random walk of latent levels, whose "
            "size, the drift W, is learnt from all pairs and waves."
        )
    if evidence.unrated:
        words += (
            f" {len(evidence.unrated)} pairs that nobody rated are known by what their goals "
            "bring to other pairs."
        )
    return Description(
        words,
        tuple(formulas),
        (
            f"Rated conflict: the average level has a normal prior with standard deviation "
            f"{prior.location:g} on the logistic scale, close to uniform between 0 and 1.",
        ),
        (
            (f"Raters of kind {evidence.kinds[0]!r} are" if evidence.kinds else "Raters are")
            + " a random sample of those whose judgement counts",
        ),
    )


def _of_kinds(cells: RatedCells, normal: list[str], half: list[str]) -> tuple[str, str]:
    """Return what is taken from the cut points, and these; add formulas of kinds of raters."""
    prior, several = cells.prior, cells.has_member_effects
    seen = "m_k + b_k (eta_ij - m) + d_k,ij" if several else "m_k"
    normal.insert(0, f"eta_k,ij = eta_ij for the first kind of rater, {seen} for another")
    normal.append(f"m_k ~ Normal(0, {prior.location:g}^2)")
    if several:
        normal.append(f"b_k ~ Normal(1, {prior.slope:g}^2)")
        normal.append("d_k,ij = g_k,i + g_k,j + e_k,ij, less its mean over pairs")
        normal.append("g_k,i ~ Normal(0, D_k^2 / 4), e_k,ij ~ Normal(0, D_k^2 / 2)")
        half.append(f"D_k ~ HalfNormal({prior.disagreement:g})")
    if cells.levels > 2:
        normal.append(f"n_k ~ Normal(0, {prior.noise:g}^2), 0 for the first kind")
    normal.append("s_r ~ Normal(0, sigma_k^2), summing to zero over the raters of a kind")
    half.append(f"sigma_k ~ HalfNormal({prior.severity:g})")
    latent, cut = "eta_k,ij - s_r", "kappa_l"
    if cells.has_widths:
        cut = "kappa_l exp(-w_r)"
        normal.append("w_r ~ Normal(0, tau_k^2), summing to zero over the raters of a kind")
        half.append(f"tau_k ~ HalfNormal({prior.scale_use:g})")
    if cells.again:
        latent += " - v_r,ij"
        normal.append("v_r,ij ~ Normal(0, q_k^2)")
        half.append(f"q_k ~ HalfNormal({prior.again:g})")
    return latent, cut


def _told_of_kinds(evidence: RatedConflict) -> str:
    """Return what kinds of raters there are, and which of them defines the level."""
    first, *others = map(repr, evidence.kinds)
    given = evidence.ratings_by_kind.sum(axis=1)
    return (
        f" Raters are of {len(evidence.kinds)} kinds. Those of kind {first}, with {given[0]:,.0f} "
        f"ratings, define the level. {', '.join(others)} "
        f"{'have' if len(others) > 1 else 'has'} a bias and a slope of "
        f"{'their' if len(others) > 1 else 'its'} own."
    )
