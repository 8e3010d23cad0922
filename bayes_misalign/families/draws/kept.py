"""Which of the given draws are kept and used, and whether their chains agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.draws.given import Array
from bayes_misalign.measure.chains import figures
from bayes_misalign.reading.evidence import Caution

MIDDLE = 0.5  # of the unit interval that stands for a draw
MOST_DRAWS = 4000  # that evidence keeps, since it is stored with every result
FEWEST = 400  # independent draws: fewer leave an interval rough (Vehtari et al., 2021)
RHAT = 1.01
STUCK = 1e6  # R-hat of chains that stand still at different places, so that files can hold it


@dataclass(frozen=True)
class Kept:
    """Draws (draw, ...) of all chains, one after the other, and what there is to know of them."""

    values: Array
    notes: tuple[str, ...]
    rhat: float | None
    ess: float | None


def keep(values: Array, what: str, source: str) -> Kept:
    """Return at most `MOST_DRAWS` of the draws (chain, draw, ...), evenly spaced in each chain."""
    chains, draws = values.shape[:2]
    total = chains * draws
    rhat, ess = convergence(values)
    notes = [
        f"The draws of {what} come from {source}, {total} of them; whether they have converged is "
        "for whoever made them to say."
    ]
    if rhat is not None and ess is not None:
        notes.append(
            f"The {chains} chains of the draws of {what} have an R-hat of at most {rhat:.3f} and "
            f"an effective sample size (bulk and tail) of at least {ess:.0f}."
        )
    if total > MOST_DRAWS:
        each = max(MOST_DRAWS // chains, 1)
        values = values[:, evenly(draws, each)]
        notes.append(
            f"Of the {total} draws of {what}, {chains * each} are used, evenly spaced in "
            + ("each chain." if chains > 1 else "their order.")
        )
    return Kept(values.reshape(-1, *values.shape[2:]), tuple(notes), rhat, ess)


def evenly(given: int, wanted: int) -> NDArray[np.int64]:
    """Return places of this many draws, in order and evenly spaced; each once if as many."""
    return ((np.arange(wanted) + 0.5) * given / wanted).astype(np.int64)


def taken(given: int, wanted: int, rng: np.random.Generator, *, ordered: bool) -> NDArray[np.int64]:
    """Return places of this many draws: in order, or each as often as the others in random order.

    Notes
    -----
    Whole permutations one after the other, the last cut off: no draw is favoured in expectation,
    and the mean over all is less noisy than under sampling with replacement.
    """
    if ordered:
        return evenly(given, wanted)
    blocks = [rng.permutation(given) for _ in range(-(-wanted // given))]
    return np.concatenate(blocks)[:wanted]


def convergence(values: Array) -> tuple[float | None, float | None]:
    """Return the largest R-hat and the smallest effective sample size; None without chains."""
    moving = values.reshape(*values.shape[:2], -1)
    moving = moving[..., np.ptp(moving, axis=(0, 1)) > 0]
    if values.shape[0] < 2 or values.shape[1] < 4 or not moving.shape[-1]:
        return None, None
    found = figures(moving)
    rhat = np.fmin(found.rhat, STUCK)  # also where it is no number
    return float(np.max(rhat)), float(np.min([found.ess_bulk, found.ess_tail]))


def doubts(draws: int, rhat: float | None, ess: float | None, what: str) -> tuple[Caution, ...]:
    """Return what lowers trust in given draws."""
    found = []
    if rhat is not None and not rhat <= RHAT:
        found.append(f"R-hat of the given draws of {what} reaches {rhat:.3f}")
    if ess is not None and not ess >= FEWEST:
        found.append(f"the effective sample size of the given draws of {what} falls to {ess:.0f}")
    if ess is None and draws < FEWEST:
        few = f"only {draws} draws of {what} were given"
        known = f"one draw of {what} was given, so that they count as known"
        found.append(known if draws == 1 else few)
    remedy = "draw more, or longer chains, where they were made"
    return tuple(Caution(said, remedy) for said in found)
