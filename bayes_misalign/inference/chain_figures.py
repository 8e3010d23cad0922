"""R-hat, effective draws and Monte Carlo errors of thousands of quantities at once.

ArviZ works through them one by one, ranking the draws anew for each figure; a panel of 400 raters
has 7,200. These are its figures (Vehtari, Gelman, Simpson, Carpenter and Buerkner, Bayesian
Analysis 16, 2021) for blocks of quantities, equal to it but for the last digits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
BLOCK = 128  # quantities at a time, so that arrays stay in memory
LEAST_DRAWS = 4  # of a chain, with fewer of which ArviZ tells nothing
CONSTANT = 1e-15  # a range below this is none


def able(draws: Array) -> bool:
    """Return whether the figures of these draws, (chain, draw, quantity), are worked out here."""
    chains, length, _ = draws.shape
    return chains > 1 and length >= LEAST_DRAWS and bool(np.isfinite(draws).all())


def chain_figures(draws: Array) -> dict[str, Array]:
    """Return figures of each quantity by the name that a diagnosis has for the extreme one.

    Draws are (chain, draw, quantity), finite.
    """
    blocks = [
        _of_block(np.ascontiguousarray(np.moveaxis(draws[..., i : i + BLOCK], -1, 0)))
        for i in range(0, draws.shape[-1], BLOCK)
    ]
    return {name: np.concatenate([one[name] for one in blocks]) for name in blocks[0]}


def _of_block(x: Array) -> dict[str, Array]:
    """Return the figures of draws, (quantity, chain, draw)."""
    from arviz_base import rcParams

    split = _split(x)
    ranked = _normal_scores(split)
    folded = np.abs(split - np.median(split, axis=(1, 2), keepdims=True))
    prob = rcParams["stats.ci_prob"]  # of which ArviZ makes the tails
    low, high = np.quantile(x.reshape(len(x), -1), sorted((prob, 1 - prob)), axis=1)
    tails = [_effective(_split(x <= q[:, None, None]).astype(float)) for q in (low, high)]
    flat = x.reshape(len(x), -1)
    error = flat.std(axis=1, ddof=1) / np.sqrt(_effective(split))
    return {
        "rhat_max": np.maximum(_rhat(ranked), _rhat(_normal_scores(folded))),
        "ess_bulk_min": _effective(ranked),
        "ess_tail_min": np.minimum(*tails),
        "mcse_per_sd_max": error / flat.std(axis=1),
    }


def _split(x: NDArray[Any]) -> NDArray[Any]:
    """Return halves of chains as chains."""
    half = x.shape[-1] // 2
    return np.concatenate([x[..., :half], x[..., -half:]], axis=1)


def _normal_scores(x: Array) -> Array:
    """Return normal quantiles of ranks among all draws of a quantity; equal draws share theirs."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    flat = x.reshape(len(x), -1)
    n = flat.shape[1]
    order = np.argsort(flat, axis=1)
    scores = np.empty_like(flat)
    every = ndtri((np.arange(1.0, n + 1) - 3 / 8) / (n + 1 / 4))
    np.put_along_axis(scores, order, np.broadcast_to(every, flat.shape), axis=1)
    ordered = np.take_along_axis(flat, order, axis=1)
    for i in np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1)):
        scores[i] = ndtri((rankdata(flat[i]) - 3 / 8) / (n + 1 / 4))
    return scores.reshape(x.shape)


def _rhat(x: Array) -> Array:
    n = x.shape[-1]
    between = n * x.mean(axis=-1).var(axis=-1, ddof=1)
    within = x.var(axis=-1, ddof=1).mean(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):  # of chains that do not move
        return np.asarray(np.sqrt((between / within + n - 1) / n))


def _effective(x: Array) -> Array:
    """Return effective draws of each quantity, by Geyer's initial monotone sequence."""
    from scipy.fft import next_fast_len

    chains, n = x.shape[1:]
    centred = x - x.mean(axis=-1, keepdims=True)
    size = next_fast_len(2 * n)
    spectrum = np.fft.rfft(centred, n=size, axis=-1)
    spectrum *= np.conjugate(spectrum)
    covariance = np.fft.irfft(spectrum, n=size, axis=-1)[..., :n].mean(axis=1) / n
    mean_var = covariance[:, 0] * n / (n - 1.0)
    var_plus = mean_var * (n - 1.0) / n + x.mean(axis=-1).var(axis=-1, ddof=1)
    moves = np.ptp(x, axis=(1, 2)) >= CONSTANT
    safe = np.where(moves, var_plus, 1.0)[:, None]
    rho = 1.0 - (mean_var[:, None] - covariance) / safe
    total = chains * n
    each = [
        _autocorrelation_time(row, total) if some else 1.0
        for row, some in zip(rho, moves, strict=True)
    ]
    return np.asarray(total / np.array(each))


def _autocorrelation_time(rho: Array, total: int) -> float:
    """Return the autocorrelation time of one quantity, by its autocorrelations at all lags."""
    n = len(rho)
    kept, even, odd = np.zeros(n), 1.0, float(rho[1])
    kept[:2] = even, odd
    t = 1
    while t < n - 3 and even + odd > 0:  # the initial positive sequence
        even, odd = float(rho[t + 1]), float(rho[t + 2])
        if even + odd >= 0:
            kept[t + 1 : t + 3] = even, odd
        t += 2
    last = t - 2
    if even > 0:
        kept[last + 1] = even
    for t in range(1, last - 1, 2):  # the initial monotone sequence
        if kept[t + 1] + kept[t + 2] > kept[t - 1] + kept[t]:
            kept[t + 1 : t + 3] = (kept[t - 1] + kept[t]) / 2
    time = -1 + 2 * kept[: last + 1].sum() + kept[last + 1 : last + 2].sum()
    return float(max(time, 1 / np.log10(total)))
