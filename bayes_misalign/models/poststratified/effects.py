"""Effects of covariates on goals, without PyMC: coordinates, shares of cells, prior draws.

The log share of goal k in a cell is, up to a constant of the cell, an intercept of the goal plus an
effect of the cell's category of each covariate. Intercepts and effects sum to zero over goals, so
that no goal is the reference; effects of a covariate also sum to zero over its categories. Effects
of a covariate scatter about a line in how far its categories were reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.models.poststratified.priors import CellPriors

Array = NDArray[np.float64]
Places = NDArray[np.intp]
BETWEEN = " x "  # between the covariates, and the categories, of an interaction
NO_REACH = 1e-9  # of categories that were all reached alike
AT_ONCE = 4_000_000  # numbers of an array of cells and goals
# Answers of which an effect takes half of its coordinate. Of 40,000 transitions on `data.json` 14
# diverged with 40, 3 with no such coordinates, and none with this.
LIKE_PRIOR = 160.0


@dataclass(frozen=True, eq=False)
class Term:
    """A covariate, or several together, whose categories have effects on goals.

    Parameters
    ----------
    name : str
        The covariate, or the covariates of an interaction.
    labels : tuple of str, length L
        Its categories.
    kind : {"exchangeable", "ordered", "interaction"}
        What is assumed of the effects.
    of_cells, of_table : (C,), (T,) ndarray of int
        The category of each cell with answers, and of each cell of the population.
    basis : (L, F) ndarray
        Effects without a slope are the basis times normal numbers with the standard deviation.
    reached : (L,) ndarray
        How far each category was reached; zero where effects have no slope on it.
    turn : (F,) ndarray
        What `turned` reflects contrasts by, so that the first of them is along `reached`.
    reach : float
        Length of `reached` in these contrasts.
    centred : float
        How far the coordinates of NUTS are the effects themselves, 0 to 1.
    """

    name: str
    labels: tuple[str, ...]
    kind: str
    of_cells: Places
    of_table: Places
    basis: Array = field(repr=False)
    reached: Array = field(repr=False)
    turn: Array = field(repr=False)
    reach: float
    centred: float


def zero_sum(number: int) -> Array:
    """Return a basis (n, n - 1) of effects that sum to zero, each with variance one.

    The columns are those of Helmert, scaled: before that, effects have variance 1 - 1/n.
    """
    basis = np.zeros((number, number - 1))
    for j in range(1, number):
        basis[:j, j - 1], basis[j, j - 1] = 1.0, -j
        basis[:, j - 1] /= np.sqrt(j * (j + 1))
    return np.asarray(basis * np.sqrt(number / max(number - 1, 1)))


def random_walk(number: int) -> Array:
    """Return a basis (n, n - 1) of a random walk that sums to zero, with mean variance one.

    Notes
    -----
    Scaled so that its standard deviation means what that of unordered effects does (Sorbye and Rue,
    Spatial Statistics 8, 2014).
    """
    steps = np.tril(np.ones((number, number)), -1)[:, : number - 1]
    steps = steps - steps.mean(axis=0)
    return np.asarray(steps / np.sqrt((steps**2).sum(axis=1).mean()))


def contrasts_of(effects: Array, basis: Array, kind: str) -> Array:
    """Return the contrasts (F,) of which effects (L,) that sum to zero are made by a basis."""
    if kind == "ordered":
        return np.asarray(np.diff(effects) / (basis[1, 0] - basis[0, 0]))
    number = len(effects)
    return np.asarray(basis.T @ effects * (1.0 if kind == "interaction" else 1 - 1 / number))


def towards(contrasts: Array) -> tuple[Array, float]:
    """Return what contrasts are reflected by to have the first along these, and their length.

    Notes
    -----
    With slope b on `reached` = B c effects are B (sd z + c b). Over b ~ Normal(0, r^2) their
    contrasts are Normal(0, sd^2 I + r^2 c c'): independent once they are reflected (Householder),
    the first with variance sd^2 + r^2 c'c and all others with sd^2. So b needs no coordinate.
    """
    length = float(np.linalg.norm(contrasts))
    turn = np.zeros(len(contrasts))
    if length > NO_REACH:
        turn = -contrasts / length
        turn[0] += 1.0
        turn /= max(float(np.linalg.norm(turn)), NO_REACH)
    return turn, length


def slopes(term: Term, effect: Array) -> Array:
    """Return the slopes (..., goal) of effects (..., L, goal) on how far they were reached."""
    square = float((term.reached**2).sum())
    if square < NO_REACH:
        return np.zeros((*effect.shape[:-2], effect.shape[-1]))
    return np.asarray(np.einsum("l,...lk->...k", term.reached, effect) / square)


def drawn_slopes(
    term: Term, effect: Array, sd: Array, reached: float, rng: np.random.Generator
) -> Array:
    """Return slopes (draw, goal) on how far categories were reached, drawn given the effects.

    Notes
    -----
    Contrasts of effects are w = c b + sd z. Given them b is normal, with the precision
    c'c / sd^2 + 1 / reached^2 and the mean c'w / sd^2 over that; of a covariate that was reached
    nearly evenly it is near its prior.
    """
    each = np.column_stack(
        [contrasts_of(one, term.basis, term.kind) for one in np.eye(len(term.labels))]
    )
    along = each @ term.reached
    found = np.einsum("f,fl,dlk->dk", along, each, effect)
    total = (reached**2 * (along @ along) + sd**2)[:, None]
    goals = zero_sum(effect.shape[-1])
    noise = rng.normal(size=(len(effect), goals.shape[1])) @ goals.T
    return np.asarray((reached**2 / total) * found + reached * sd[:, None] / np.sqrt(total) * noise)


def terms_of(evidence: CellCounts) -> tuple[Term, ...]:
    """Return the covariates of the evidence, then its interactions."""
    found, goals = [], max(len(evidence.categories), 2)
    for v, name in enumerate(evidence.covariates):
        labels = evidence.levels[v]
        walks = name in evidence.ordered
        basis = (random_walk if walks else zero_sum)(len(labels))
        own = evidence.cells[:, v], evidence.table[:, v]
        kind = "ordered" if walks else "exchangeable"
        reached = evidence.reached(v)
        found.append(_term(name, labels, kind, own, basis, reached, evidence, goals))
    for names in evidence.interactions:
        at = [evidence.covariates.index(name) for name in names]
        both = np.concatenate([evidence.cells[:, at], evidence.table[:, at]])
        rows, place = np.unique(both, axis=0, return_inverse=True)
        place = place.reshape(-1)
        labels = tuple(
            BETWEEN.join(evidence.levels[v][i] for v, i in zip(at, row, strict=True))
            for row in rows.tolist()
        )
        own = place[: len(evidence.cells)], place[len(evidence.cells) :]
        basis = np.eye(len(labels))
        none = np.zeros(len(labels))
        found.append(
            _term(BETWEEN.join(names), labels, "interaction", own, basis, none, evidence, goals)
        )
    return tuple(found)


def _term(
    name: str,
    labels: tuple[str, ...],
    kind: str,
    places: tuple[NDArray[np.int64], NDArray[np.int64]],
    basis: Array,
    reached: Array,
    evidence: CellCounts,
    goals: int,
) -> Term:
    of_cells, of_table = (np.asarray(place, np.intp) for place in places)
    # of an effect the data say n p (1 - p) / sd^2: much, and the effect is known whatever the sd
    answers = np.bincount(of_cells, evidence.cell_n, len(labels)).mean() / goals
    centred = float(answers / (answers + LIKE_PRIOR))
    turn, reach = towards(contrasts_of(reached, basis, kind))
    return Term(name, labels, kind, of_cells, of_table, basis, reached, turn, reach, centred)


def prior_scales(terms: Sequence[Term], priors: CellPriors) -> Array:
    """Return the scale of the prior of each term's standard deviation, (term,)."""
    own = {"interaction": priors.interaction_sd}
    return np.array([own.get(term.kind, priors.sd) for term in terms])


def category_labels(terms: Sequence[Term]) -> tuple[str, ...]:
    """Return a label for the category of each effect, all terms one after another."""
    return tuple(f"{term.name}: {label}" for term in terms for label in term.labels)


def starts(terms: Sequence[Term]) -> list[int]:
    """Return the row of each term's first effect among those of all, and their number."""
    return [0, *np.cumsum([len(term.labels) for term in terms]).tolist()]


def log_shares(intercept: Array, effect: Array, rows: Sequence[Places]) -> Array:
    """Return log shares of cells (..., cell, goal) from intercepts (..., goal) and effects."""
    eta = intercept[..., None, :]
    for row in rows:
        eta = eta + effect[..., row, :]
    eta = eta - eta.max(axis=-1, keepdims=True)
    return np.asarray(eta - np.log(np.exp(eta).sum(axis=-1, keepdims=True)))


def of_parameters(
    evidence: CellCounts, parameters: Mapping[str, Array], *, table: bool = False
) -> Iterator[tuple[slice, Array]]:
    """Yield log shares of cells for some draws at a time: which draws, (draw, cell, goal)."""
    terms = terms_of(evidence)
    each = zip(terms, starts(terms), strict=False)
    rows = [start + (term.of_table if table else term.of_cells) for term, start in each]
    draws, goals = parameters["intercept"].shape
    cells = len(evidence.table if table else evidence.cells)
    step = max(1, AT_ONCE // max(cells * goals, 1))
    for start in range(0, draws, step):
        some = slice(start, start + step)
        yield some, log_shares(parameters["intercept"][some], parameters["effect"][some], rows)


def poststratified(evidence: CellCounts, parameters: Mapping[str, Array]) -> Array:
    """Return goal shares of the parts (draw, S, K): those of their cells, weighted by size."""
    weights = part_weights(evidence)
    found = np.empty((*parameters["intercept"].shape[:1], *evidence.counts.shape))
    for some, logs in of_parameters(evidence, parameters, table=True):
        found[some] = weights @ np.exp(logs)
    return found / found.sum(axis=-1, keepdims=True)


def part_weights(evidence: CellCounts) -> Array:
    """Return the share of each cell in its part, (S, T)."""
    weights = np.zeros((len(evidence.populations), len(evidence.table)))
    weights[evidence.part, np.arange(len(evidence.table))] = evidence.sizes
    return weights / weights.sum(axis=1, keepdims=True)


def prior_draws(
    evidence: CellCounts, priors: CellPriors, draws: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of intercepts, standard deviations, effects and shares of the parts."""
    terms, k = terms_of(evidence), len(evidence.categories)
    goals = zero_sum(k)
    sd = np.abs(rng.normal(size=(draws, len(terms)))) * prior_scales(terms, priors)
    found = {"intercept": priors.intercept * rng.normal(size=(draws, k - 1)) @ goals.T, "sd": sd}
    effects = []
    for i, term in enumerate(terms):
        z = rng.normal(size=(draws, term.basis.shape[1], k - 1))
        slope = priors.reached * rng.normal(size=(draws, 1, k - 1))
        own = sd[:, i, None, None] * (term.basis @ z) + term.reached[:, None] * slope
        effects.append(own @ goals.T)
    found["effect"] = np.concatenate(effects, axis=1)
    return {"proportion": poststratified(evidence, found), **found}
