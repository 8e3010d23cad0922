"""Independent draws of the posterior of a panel, by rejection in four dimensions.

Only pair_sd, leaning_sd, tau and rho depend on what was stated in another way than a normal
distribution does: all else is integrated out of the likelihood of these four, and drawn afterwards
from its exact conditional distribution. Proposals are a mixture of Student t distributions, fitted
to weighted proposals of earlier rounds, and of the prior. As the likelihood has a bound, so have
the weights; it is taken to be the largest weight of all proposals (Caffo, Booth and Davis,
"Empirical supremum rejection sampling", Biometrika 89, 2002). Of twelve panels, of one expert to
forty on one to three pairs, at most 3e-5 of the posterior lay above the largest of 20,000; with
proposals of which one in twenty was taken, 2e-4. Where fewer are taken, the sampler has to do it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, lgamma, log, pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.experts.generative_levels import own_variance

Array = NDArray[np.float64]
SCALES = ("pair_sd", "leaning_sd", "disagreement", "shared")
LEAST, MOST = 20_000, 1_000_000  # proposals
MOST_WORK = 1e11  # multiplications, from where on NUTS is no slower
FEWEST = 0.05  # part of the proposals that is taken, below which the bound is not to be trusted
HOPELESS = 0.5  # part of the draws that all proposals would give, below which it is left at once
AT_ONCE = 2_000_000  # numbers that are worked out at once
FAR = 30.0  # a probit beyond which there is nothing: of the prior 1e-197
# rounds in which the proposal is found: how many proposals in each, how many effective ones will
# do, rounds at most, and how many with them are put together in the end
PILOT, ENOUGH, ROUNDS, SETTLED = 2_000, 200, 30, 3
SMALLEST_POWER, HALVINGS = 1e-6, 20
OF_PRIOR, PART_OF_ONE, COMPONENTS = 0.1, 0.2, 4  # parts of the prior and of one t; the other t's
FREEDOM, WIDER = 5.0, 1.2  # of each t, and how much wider it is than what it was fitted to
STEPS, SMALLEST_PART, OF_WHOLE, JITTER = 15, 0.01, 0.02, 1e-9  # of its fit


@dataclass(frozen=True, eq=False)
class Panel:
    """What experts stated, on the logit scale, and the priors.

    Parameters
    ----------
    spoke, stated, sd : (E, P) ndarray
        Whether an expert spoke about a pair; mean and sd of the logit in the statement.
    common : (P,) ndarray
        Variance of a pair of which a part is shared.
    prior : ExpertsPriors
        Priors.
    """

    spoke: Array
    stated: Array
    sd: Array
    common: Array
    prior: Any

    def scales(self, place: Array) -> tuple[Array, Array, Array, Array]:
        """Return pair_sd, leaning_sd, tau and rho at places (n, 4): three probits and a logit."""
        from scipy.special import expit, ndtr, ndtri

        prior = self.prior
        of_prior = np.array([prior.pair_sd, prior.leaning_sd, prior.disagreement])
        # a half-normal quantile without the loss of digits near one
        pair_sd, leaning_sd, disagreement = (-of_prior * ndtri(ndtr(-place[:, :3]) / 2)).T
        return pair_sd, leaning_sd, disagreement, expit(place[:, 3])

    def log_prior(self, place: Array) -> Array:
        """Return the log density of the prior at places."""
        from scipy.special import betaln, log_expit

        a, b = self.prior.shared_beta
        normal = -0.5 * (place[:, :3] ** 2).sum(axis=1) - 1.5 * log(2 * pi)
        of_shared = a * log_expit(place[:, 3]) + b * log_expit(-place[:, 3]) - betaln(a, b)
        return np.asarray(normal + of_shared)

    def from_prior(self, number: int, rng: np.random.Generator) -> Array:
        """Return places drawn from the prior."""
        from scipy.special import logit

        a, b = self.prior.shared_beta
        shared = rng.beta(a, b, size=number)
        return np.column_stack([rng.normal(size=(number, 3)), logit(shared)])

    @property
    def work(self) -> float:
        """Multiplications for the likelihood at one place."""
        experts, pairs = self.spoke.shape
        size = min(experts, pairs) + 1
        return float(experts * pairs * (size + 20) + size**3)

    def log_likelihood(self, place: Array) -> Array:
        """Return the log-likelihood at places, all else integrated out."""
        size = self.spoke.size + (min(self.spoke.shape) + 1) ** 2
        rows = max(1, AT_ONCE // size)
        found = np.full(len(place), -np.inf)
        near = np.flatnonzero((place[:, :3] < FAR).all(axis=1))
        for start in range(0, len(near), rows):
            some = near[start : start + rows]
            found[some] = self.likelihood_of(*self.scales(place[some]))
        return found

    def likelihood_of(
        self, pair_sd: Array, leaning_sd: Array, disagreement: Array, shared: Array
    ) -> Array:
        """Return the log-likelihood of scales, each (n,)."""
        of_pair = pair_sd[:, None] ** 2 + shared[:, None] * self.common
        of_expert = np.broadcast_to(leaning_sd[:, None], (len(shared), len(self.spoke)))
        variance = own_variance(self.sd, shared[:, None, None], disagreement[:, None, None])
        precision = self.spoke / variance
        size = (self.spoke * np.log(variance)).sum(axis=(1, 2))
        if len(self.spoke) <= self.spoke.shape[1]:
            found = Integrated(precision, self.stated, of_pair, of_expert, self.prior.centre_sd)
        else:  # pairs and experts in each other's place: what is left to solve is smaller
            turned = np.swapaxes(precision, 1, 2), self.stated.T, of_expert**2, np.sqrt(of_pair)
            found = Integrated(*turned, self.prior.centre_sd)
        return np.asarray(-0.5 * (size + found.size_and_square))


class Integrated:
    """Statements whose centre, rows and columns have normal effects, which are integrated out.

    Parameters
    ----------
    precision : (n, A, W) ndarray
        One over the variance of each statement; zero where there is none.
    stated : (A, W) ndarray
        The statements.
    between : (n, W) ndarray
        Variances of the effects of columns, integrated out one by one (Sherman and Morrison).
    scale : (n, A) ndarray
        Standard deviations of the effects of rows, which are then of low rank (Woodbury).
    centre_sd : float
        Standard deviation of the centre.
    """

    def __init__(
        self, precision: Array, stated: Array, between: Array, scale: Array, centre_sd: float
    ) -> None:
        weighted = precision * stated
        self.known, self.total = precision.sum(axis=1), weighted.sum(axis=1)
        self.grown = 1 + between * self.known
        shrunk = between / self.grown
        rows = np.concatenate([self.known[:, None], precision], axis=1)
        own = precision.sum(axis=2)
        corner = np.concatenate([own.sum(axis=1)[:, None], own], axis=1)
        gram = corner[:, :, None] * np.eye(corner.shape[1])
        gram[:, 0, 1:] = gram[:, 1:, 0] = own
        gram -= (rows * shrunk[:, None]) @ np.swapaxes(rows, 1, 2)
        pull = np.concatenate([self.total.sum(axis=1)[:, None], weighted.sum(axis=2)], axis=1)
        pull -= (rows @ (shrunk * self.total)[..., None])[..., 0]
        self.scale = np.concatenate([np.full((len(scale), 1), centre_sd), scale], axis=1)
        inner = self.scale[:, :, None] * gram * self.scale[:, None] + np.eye(corner.shape[1])
        self.lower = np.linalg.cholesky(inner)
        self.half = np.linalg.solve(self.lower, (self.scale * pull)[..., None])[..., 0]
        diagonal = np.diagonal(self.lower, axis1=1, axis2=2)
        size = np.log(self.grown).sum(axis=1) + 2 * np.log(diagonal).sum(axis=1)
        square = (weighted * stated).sum(axis=(1, 2)) - (shrunk * self.total**2).sum(axis=1)
        self.size_and_square = size + square - (self.half**2).sum(axis=1)

    def drawn(self, z: Array) -> Array:
        """Return centre and effects of rows (n, 1 + A) at standard normal numbers."""
        upper = np.swapaxes(self.lower, 1, 2)
        return self.scale * np.linalg.solve(upper, (self.half + z)[..., None])[..., 0]


@dataclass(frozen=True, eq=False)
class Proposal:
    """A mixture of the prior and of Student t distributions, or the prior alone.

    Parameters
    ----------
    panel : Panel
        Whose prior it is.
    part : (C,) ndarray
        Parts of the t distributions in what is not the prior.
    middle, root : (C, 4) and (C, 4, 4) ndarray
        Their places, and Cholesky factors of their scale matrices.
    """

    panel: Panel
    part: Array
    middle: Array
    root: Array

    @classmethod
    def of_prior(cls, panel: Panel) -> Proposal:
        """Return the prior."""
        return cls(panel, np.zeros(0), np.zeros((0, 4)), np.zeros((0, 4, 4)))

    def draw(self, number: int, rng: np.random.Generator) -> Array:
        """Return places (n, 4)."""
        found = self.panel.from_prior(number, rng)
        if not len(self.part):
            return found
        which = rng.choice(len(self.part), size=number, p=self.part)
        shrink = np.sqrt(rng.chisquare(FREEDOM, size=(number, 1)) / FREEDOM)
        step = rng.normal(size=(number, 4)) / shrink
        other = self.middle[which] + np.einsum("nij,nj->ni", self.root[which], step)
        return np.where(rng.uniform(size=(number, 1)) < OF_PRIOR, found, other)

    def log_weight(self, place: Array, log_likelihood: Array) -> Array:
        """Return the log of posterior over proposal."""
        if not len(self.part):
            return log_likelihood
        prior = self.panel.log_prior(place)
        mixed = prior + log(OF_PRIOR)
        for part, middle, root in zip(self.part, self.middle, self.root, strict=True):
            of_t = log(part * (1 - OF_PRIOR)) + _log_t(place, middle, root)
            mixed = np.logaddexp(mixed, of_t)
        return np.asarray(log_likelihood + prior - mixed)


def _squares(place: Array, middle: Array, root: Array) -> Array:
    return np.asarray((np.linalg.solve(root, (place - middle).T) ** 2).sum(axis=0))


def _log_t(place: Array, middle: Array, root: Array) -> Array:
    found = -0.5 * (FREEDOM + 4) * np.log1p(_squares(place, middle, root) / FREEDOM)
    found += lgamma((FREEDOM + 4) / 2) - lgamma(FREEDOM / 2) - 2 * log(FREEDOM * pi)
    return np.asarray(found - np.log(np.diag(root)).sum())


def _moments(place: Array, weight: Array) -> tuple[Array, Array]:
    middle = weight @ place / weight.sum()
    gap = place - middle
    return middle, (weight[:, None] * gap).T @ gap / weight.sum() + JITTER * np.eye(4)


def fitted(panel: Panel, place: Array, weight: Array, rng: np.random.Generator) -> Proposal:
    """Return a proposal that follows weighted places, which may lie along a curve.

    Notes
    -----
    One t has their mean and covariance; the others are a mixture of normal distributions, fitted
    by expectation and maximisation, with heavier tails.
    """
    whole, spread = _moments(place, weight)
    middle = place[rng.choice(len(place), size=COMPONENTS, p=weight / weight.sum())]
    covariance = np.tile(spread, (COMPONENTS, 1, 1))
    part = np.full(COMPONENTS, 1 / COMPONENTS)
    for _ in range(STEPS):
        roots = np.linalg.cholesky(covariance)
        size = np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
        logs = np.array([_squares(place, m, r) for m, r in zip(middle, roots, strict=True)])
        logs = np.log(part)[:, None] - 0.5 * logs - size[:, None]
        own = np.exp(logs - logs.max(axis=0))
        own *= weight / own.sum(axis=0)
        part = own.sum(axis=1) / weight.sum() + SMALLEST_PART
        part /= part.sum()
        for i, of_own in enumerate(own + SMALLEST_PART * weight):
            middle[i], near = _moments(place, of_own)
            # of few effective places a component has the spread of all
            few = min(1.0, OF_WHOLE + float((of_own**2).sum() / of_own.sum() ** 2))
            covariance[i] = (1 - few) * near + few * spread
    every = np.concatenate([[spread], covariance])
    return Proposal(
        panel,
        np.concatenate([[PART_OF_ONE], (1 - PART_OF_ONE) * part]),
        np.concatenate([[whole], middle]),
        WIDER * np.linalg.cholesky(every),
    )


def _effective(log_weight: Array, power: float) -> float:
    weight = np.exp(power * (log_weight - log_weight.max()))
    return float(weight.sum() ** 2 / (weight**2).sum())


def adapted(panel: Panel, rng: np.random.Generator) -> Proposal | None:
    """Return a proposal that is close to the posterior; None where none was found.

    Weights of early rounds are raised to a power below one, as high as leaves enough effective
    proposals. Rounds that need no power are put together.
    """
    proposal = Proposal.of_prior(panel)
    settled: list[tuple[Array, Array]] = []
    for _ in range(ROUNDS):
        place = proposal.draw(PILOT, rng)
        found = proposal.log_weight(place, panel.log_likelihood(place))
        power = 1.0
        if needed := _effective(found, 1.0) < ENOUGH:
            low, high = SMALLEST_POWER, 1.0
            for _ in range(HALVINGS):
                power = (low + high) / 2
                low, high = (power, high) if _effective(found, power) > ENOUGH else (low, power)
            power = low
        weight = np.exp(power * (found - found.max()))
        settled = [] if needed else [*settled, (place, weight / weight.sum())]
        some = settled or [(place, weight)]
        places, weights = (np.concatenate(x) for x in zip(*some, strict=True))
        proposal = fitted(panel, places, weights, rng)
        if len(settled) == SETTLED:
            return proposal
    return None


def draw_scales(panel: Panel, draws: int, rng: np.random.Generator) -> Array | None:
    """Return independent places (draws, 4) of the posterior; None where that would take long.

    Notes
    -----
    Where a weight is above the bound, the density of what is returned is too low by that part. A
    bound that is the largest of n weights is exceeded by the next one with probability 1 / (n + 1).
    """
    most = min(MOST, MOST_WORK / panel.work)
    if most < LEAST or (proposal := adapted(panel, rng)) is None:
        return None
    place, weight, height = np.zeros((0, 4)), np.zeros(0), np.zeros(0)
    more = LEAST
    while len(place) + more <= most:
        new = proposal.draw(more, rng)
        place = np.concatenate([place, new])
        found = proposal.log_weight(new, panel.log_likelihood(new))
        weight = np.concatenate([weight, found])
        height = np.concatenate([height, np.log(1 - rng.uniform(size=more))])
        taken = np.flatnonzero(height < weight - weight.max())
        if len(taken) < FEWEST * len(place):
            return None
        if len(taken) >= draws:
            return np.asarray(place[taken[:draws]])
        if len(taken) * most < HOPELESS * draws * len(place):
            return None
        lacking = (draws - len(taken) + 10) * len(place) / max(len(taken), 1)
        more = max(LEAST // 4, ceil(1.05 * lacking))
    return None


def draw_panel(panel: Panel, draws: int, rng: np.random.Generator) -> dict[str, Array] | None:
    """Return independent draws of all that a panel knows, and of what is normal underneath."""
    place = draw_scales(panel, draws, rng)
    if place is None:
        return None
    experts, pairs = panel.spoke.shape
    z = {
        "z_centre": rng.normal(size=draws),
        "z_leaning": rng.normal(size=(draws, experts)),
        "z_typical": rng.normal(size=(draws, pairs)),
        "z_other_leaning": rng.normal(size=draws),
        "z_other": rng.normal(size=(draws, pairs)),
    }
    scales = dict(zip(SCALES, panel.scales(place), strict=True))
    rows = max(1, AT_ONCE // (panel.spoke.size + (experts + 1) ** 2))
    parts = [
        levels_at(
            panel,
            {key: x[i : i + rows] for key, x in scales.items()},
            {key: x[i : i + rows] for key, x in z.items()},
        )
        for i in range(0, draws, rows)
    ]
    found = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    return {**found, **scales, **z}


def levels_at(panel: Panel, scales: dict[str, Array], z: dict[str, Array]) -> dict[str, Array]:
    """Return levels and leanings, as the PyMC model makes them of its free variables."""
    from scipy.special import expit

    pair_sd, leaning_sd, disagreement, shared = (scales[key][:, None] for key in SCALES)
    variance = own_variance(panel.sd, shared[..., None], disagreement[..., None])
    precision, of_group = panel.spoke / variance, shared * panel.common
    of_expert = np.broadcast_to(leaning_sd, (len(pair_sd), len(panel.spoke)))
    between = pair_sd**2 + of_group
    found = Integrated(precision, panel.stated, between, of_expert, panel.prior.centre_sd)
    effects = found.drawn(np.column_stack([z["z_centre"], z["z_leaning"]]))
    centre, leaning = effects[:, :1], effects[:, 1:]
    rest = found.total - (precision * leaning[:, :, None]).sum(axis=1) - found.known * centre
    typical = centre + pair_sd**2 * rest / found.grown
    own = np.sqrt((1 + of_group * found.known) / found.grown)
    typical = typical + pair_sd * own * z["z_typical"]
    other = typical + leaning_sd * z["z_other_leaning"][:, None] + disagreement * z["z_other"]
    return {
        "conflict_level": expit(other),
        "typical_level": expit(typical),
        "leaning": leaning,
    }
