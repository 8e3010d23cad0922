"""The posterior of `choices` by sequential Monte Carlo, apart from NUTS and its coordinates.

Particles start as exact draws from the prior and go to the posterior by powers of the likelihood
(Del Moral, Doucet and Jasra, JRSS B 68, 2006), moved by differences of one another (ter Braak and
Vrugt, Statistics and Computing 18, 2008). One population, `matched` shares, goals without "no goal"
and one rationality. It needs no gradient and no compilation, so that a thousand data sets of many
shapes take minutes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.actions.repeats import choice_terms
from bayes_misalign.families.reports import latent
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.choices.model import MODEL
from bayes_misalign.models.choices.priors import ChoicePriors
from bayes_misalign.models.independent.matched import SYMMETRIC, log_prior

Array = NDArray[np.float64]
PARTICLES, KEPT, MOVES, LAST = 800, 0.5, 4, 12
LOG_A = np.arange(-35.0, 40.0, 0.2)
EVENNESS = np.linspace(-32.0, 9.5, 700)  # log of minus sum_i log(k r_i), of r that sum to one


@cache
def _table(k: int) -> Array:
    """Return the log density of Dirichlet(A/k, ...) shares, A integrated out, at `EVENNESS`."""
    from scipy.special import gammaln

    a = np.exp(LOG_A)
    # at large A the terms that cancel are left out, as sum_i log(k r_i) is of second order
    norm = gammaln(a) - k * gammaln(a / k) - a * np.log(k)
    each = LOG_A - np.log(k)
    large = 0.5 * (k * each - LOG_A) + 0.5 * (1 - k) * np.log(2 * np.pi) - (k * k - 1) / (12 * a)
    norm = np.where(a > 1e4, large, norm)
    terms = log_prior(LOG_A) + np.log(0.2) + norm - a / k * np.exp(EVENNESS)[:, None]
    top = terms.max(axis=1)
    return np.asarray(np.log(np.exp(terms - top[:, None]).sum(axis=1)) + top)


def _evenness(log_r: Array, k: int) -> Array:
    """Return log of minus sum_i log(k r_i), which loses no digit near equal shares."""
    e = log_r + np.log(k)
    return np.asarray(np.log(np.maximum((np.expm1(e) - e).sum(axis=-1), 1e-14)))


def log_share_prior(log_r: Array) -> Array:
    """Return the log density of log ratios of shares (..., K) under `matched`."""
    k = log_r.shape[-1]
    parts = [np.log(SYMMETRIC) + np.interp(_evenness(log_r, k), EVENNESS, _table(k))]
    for j in range(k):
        others = np.delete(log_r, j, axis=-1)
        log_rest = np.logaddexp.reduce(others, axis=-1)
        found = np.log((1 - SYMMETRIC) / k) + log_r[..., j] + log_rest
        if k > 2:
            own = _evenness(others - log_rest[..., None], k - 1)
            found = found + np.interp(own, EVENNESS, _table(k - 1))
        parts.append(found)
    return np.asarray(np.logaddexp.reduce(np.stack(parts), axis=0))


class _Target:
    """Log prior and log-likelihood at points (particle, coordinate)."""

    def __init__(self, seen: DistinctChoices, prior: ChoicePriors) -> None:
        self.seen, self.prior = seen, prior
        self.goals = len(seen.categories)
        self.over = prior.overdispersed(seen)
        self.median = prior.log_median(seen)

    def points(self, drawn: dict[str, Array]) -> Array:
        log_p = np.log(np.maximum(drawn["proportion"][:, 0], 1e-290))
        columns = [log_p[:, :-1] - log_p[:, -1:], np.log(drawn["rationality"])]
        if self.over:
            rho = np.clip(drawn["correlation"], 1e-12, 1 - 1e-12)
            columns.append(np.log(rho / (1 - rho))[:, None])
        return np.concatenate(columns, axis=1)

    def parts(self, x: Array) -> dict[str, Array]:
        ratios = np.concatenate([x[:, : self.goals - 1], np.zeros((len(x), 1))], axis=1)
        log_p = ratios - np.logaddexp.reduce(ratios, axis=1)[:, None]
        found = {"log_share": log_p, "rationality": np.exp(x[:, [self.goals - 1]])}
        if self.over:
            found["correlation"] = 1 / (1 + np.exp(-x[:, -1]))
        return found

    def log_prior(self, x: Array) -> Array:
        parts = self.parts(x)
        z = (x[:, self.goals - 1] - self.median) / self.prior.spread
        found = log_share_prior(parts["log_share"]) - z**2 / 2
        if self.over:
            a, b = self.prior.correlation_beta
            found += -a * np.logaddexp(0, -x[:, -1]) - b * np.logaddexp(0, x[:, -1])
        return np.asarray(found)

    def log_likelihood(self, x: Array) -> Array:
        parts = self.parts(x)
        log_action = self.seen.log_action(parts["rationality"])
        terms = choice_terms(self.seen, log_action, parts.get("correlation"))
        shares = np.exp(parts["log_share"])[:, None]
        return latent.log_likelihood(self.seen, latent.log_joint(self.seen, terms, shares))


def posterior(
    seen: DistinctChoices, prior: ChoicePriors, rng: np.random.Generator, particles: int = PARTICLES
) -> dict[str, Array]:
    """Return draws of shares, rationality, action probabilities and correlation."""
    target = _Target(seen, prior)
    x = target.points(MODEL.draw_prior(seen, prior, particles, rng))
    before, fit, power = target.log_prior(x), target.log_likelihood(x), 0.0
    while power < 1:
        step = _next(fit, power)
        weight = np.exp(step * (fit - fit.max()))
        power = min(power + step, 1.0)
        chosen = _systematic(weight / weight.sum(), rng)
        x, before, fit = x[chosen], before[chosen], fit[chosen]
        for _ in range(LAST if power == 1 else MOVES):
            x, before, fit = _move(target, x, before, fit, power, rng)
    parts = target.parts(x)
    found: dict[str, Any] = {
        "proportion": np.exp(parts["log_share"])[:, None],
        "rationality": parts["rationality"],
        "action": np.exp(seen.log_action(parts["rationality"])),
    }
    return found | ({"correlation": parts["correlation"]} if target.over else {})


def _next(fit: Array, power: float) -> float:
    """Return the step of the power that leaves half of the particles effective."""

    def effective(step: float) -> float:
        w = np.exp(step * (fit - fit.max()))
        return float(w.sum() ** 2 / (w**2).sum() / len(fit))

    low, high = 0.0, 1.0 - power
    if effective(high) >= KEPT:
        return high
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(middle) >= KEPT else (low, middle)
    return low


def _systematic(weight: Array, rng: np.random.Generator) -> NDArray[np.intp]:
    at = (np.arange(len(weight)) + rng.random()) / len(weight)
    return np.minimum(np.searchsorted(np.cumsum(weight), at), len(weight) - 1)


def _move(
    target: _Target, x: Array, before: Array, fit: Array, power: float, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Propose differences of two other particles, of all coordinates or of some."""
    n, d = x.shape
    a, b = rng.integers(n, size=(2, n))
    part: Array = np.asarray(rng.choice([0.35, 1.0], size=n))
    some = rng.random((n, d)) < part[:, None]
    some[np.arange(n), rng.integers(d, size=n)] = True
    size: Array = 2.38 / np.sqrt(2 * np.asarray(some.sum(axis=1))) * rng.choice([0.3, 1.0], size=n)
    size = np.where(rng.random(n) < 0.1, 1.0, size)
    noise = 1e-3 * rng.normal(size=(n, d))
    to = x + some * (size[:, None] * (x[a] - x[b]) + noise)
    to_before, to_fit = target.log_prior(to), target.log_likelihood(to)
    gain = to_before - before + power * (to_fit - fit)
    taken = np.log(rng.random(n)) < np.where(np.isfinite(gain), gain, -np.inf)
    return (
        np.where(taken[:, None], to, x),
        np.where(taken, to_before, before),
        np.where(taken, to_fit, fit),
    )
