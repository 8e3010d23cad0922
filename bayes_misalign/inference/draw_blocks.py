"""Draws of a study's blocks: exact where the model is conjugate, NUTS where it is not.

Evidence about shares and evidence about conflict are separate data, so their posteriors are
independent; each block is drawn on its own and the draws are paired. Where agents of uncertain
goals met, the two are one block, and sampled as one model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.base import Draws, EvidenceModel
from bayes_misalign.contract.registry import conflict_model, goals_model
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.inference.conflict_draws import assemble_draws
from bayes_misalign.inference.groups import SAMPLE_DIMS
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.study.joint import source_names
from bayes_misalign.study.stored import to_plain
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]
GOALS, UNSEEN, CONFLICT = 0, 1, 2  # streams of random numbers, so that blocks do not disturb others
FROM_POSTERIOR, FROM_PRIOR = 0, 1
UNION = 1_000_000  # a stream after those of all sources of conflict
HELD = 1  # beside the unseen agents, the goals of those who are seen through reports


def stream(seed: int, *key: int) -> np.random.Generator:
    """Return the random numbers of one block: they depend on the seed and the block alone."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


@dataclass(eq=False)
class KeptGoals:
    """Draws of the goals of one study under the few priors that it asks for.

    They do not depend on conflict but for the classes of goals, which are part of the prior.
    """

    drawn: list[tuple[GoalEvidence, tuple[Any, ...], dict[str, Array] | None]] = field(
        default_factory=list
    )
    most: ClassVar[int] = 24

    def once(
        self, evidence: GoalEvidence, key: tuple[Any, ...], draw: Callable[[], Draws | None]
    ) -> Draws | None:
        """Return what was drawn from this evidence by this key, or draw it."""
        plain = None
        for kept, its_key, draws in self.drawn:
            if its_key != key:
                continue
            plain = plain or to_plain(evidence)  # a result holds a copy of what was fitted
            if kept is evidence or to_plain(kept) == plain:
                return None if draws is None else dict(draws)
        found = draw()
        for values in (found or {}).values():
            values.setflags(write=False)
        self.drawn = [*self.drawn[-self.most + 1 :], (evidence, key, found)]
        return None if found is None else dict(found)


_KEPT: ContextVar[KeptGoals | None] = ContextVar("kept goals", default=None)


@contextmanager
def goals_kept(kept: KeptGoals) -> Iterator[None]:
    """Draw the same goals once: where only conflict is moved, they are what they were."""
    before = _KEPT.set(kept)
    try:
        yield
    finally:
        _KEPT.reset(before)


def draw_goals(study: Study, draws: int, *, prior: bool = False) -> dict[str, Array] | None:
    """Return draws of the goals block, or None where the posterior is not conjugate."""
    if (kept := _KEPT.get()) is None:
        return _draw_goals(study, draws, prior=prior)
    key = (study.goal_prior, study.fitting.seed, draws, prior)
    return kept.once(study.goals, key, lambda: _draw_goals(study, draws, prior=prior))


def _draw_goals(study: Study, draws: int, *, prior: bool) -> dict[str, Array] | None:
    model = goals_model(study.goals.model)
    rng = stream(study.fitting.seed, GOALS, FROM_PRIOR if prior else FROM_POSTERIOR)
    draw = model.draw_prior if prior else model.draw
    return draw(study.goals, study.goal_prior, draws, rng)


def in_common(study: Study) -> tuple[str, ...]:
    """Return what populations have in common and is sampled with their shares integrated out.

    By name; empty where shares are drawn in another way: independent populations, goals that are
    seen through reports, weights by which goals were sampled unevenly where it is the shares of
    the populations that are related, or NUTS on all of it, if that was asked for.
    """
    model = goals_model(study.goals.model)
    shares = model.shares_prior(study.goal_prior)
    whole = study.fitting.method == "nuts" or study.conflict.joint
    if shares is None or whole or model.counted(study.goals) is None:
        return ()
    related = shares_of(shares)
    apart = related.of_population and study.goals.tilt is not None
    return () if apart else related.common_of(shares)


def draw_given(study: Study, common: Mapping[str, Array]) -> dict[str, Array]:
    """Return draws of the goals block, one for each draw of what populations have in common."""
    model = goals_model(study.goals.model)
    rng = stream(study.fitting.seed, GOALS, FROM_POSTERIOR)
    return model.draw_given(study.goals, study.goal_prior, common, rng)


def draw_quickly(study: Study, common: Mapping[str, Array]) -> NDArray[np.float32] | None:
    """Return the same shares in single precision, (draw, S, K), of rows (S, K, draw) in memory.

    None where there is no quicker way, or unseen agents are to be added.
    """
    model = goals_model(study.goals.model)
    prior, counts = model.shares_prior(study.goal_prior), model.counted(study.goals)
    if study.goals.population_size is not None or study.goals.tilt is not None or counts is None:
        return None
    rng = stream(study.fitting.seed, GOALS, FROM_POSTERIOR)
    rows = shares_of(prior).draw_quickly(prior, counts, common, rng)
    return None if rows is None else np.asarray(rows).transpose(2, 0, 1)


def in_double(shares: NDArray[Any]) -> Array:
    """Return shares in double precision, of which those of an agent sum to one."""
    if shares.dtype == np.float64:
        return shares
    found = np.array(shares, dtype=np.float64, order="C")
    return np.asarray(found / found.sum(axis=-1, keepdims=True))


def draw_prior_given(
    study: Study, common: Mapping[str, Array], rng: np.random.Generator
) -> dict[str, Array]:
    """Return prior draws of the shares, one for each prior draw of what is in common."""
    goals = study.goals
    prior = goals_model(goals.model).shares_prior(study.goal_prior)
    nothing = np.zeros((len(goals.populations), len(goals.categories)))
    return shares_of(prior).draw_given(prior, nothing, goals.categories, common, rng)


@dataclass(eq=False)
class ExtraVariables:
    """What exact draws of conflict levels rest on, such as positions, by name of its variable.

    Dims come after the leading axis of draws, of which there is one where all is known.
    """

    variables: dict[str, tuple[tuple[str, ...], Array]] = field(default_factory=dict)
    coords: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, model: EvidenceModel, source: Any, name: str, drawn: Mapping[str, Array]) -> None:
        """Keep what a model names in `dims`, under the names that it has in PyMC."""
        for key, values in drawn.items():
            if key in model.dims:
                dims = tuple(f"{dim}_{name}" for dim in model.dims[key])
                self.variables[f"{key}_{name}"] = (dims, values)
        if model.dims:
            self.coords |= {f"{dim}_{name}": x for dim, x in model.coords(source).items()}

    def in_chains(self, draws: int, chains: int) -> dict[str, Any]:
        """Return the variables with axes chain and draw in front."""
        return {
            name: (
                (*SAMPLE_DIMS, *dims),
                in_chains(np.broadcast_to(values, (draws, *values.shape[1:])), chains),
            )
            for name, (dims, values) in self.variables.items()
        }


def draw_conflict(
    study: Study, draws: int, *, prior: bool = False, extra: ExtraVariables | None = None
) -> PartlyKnown | None:
    """Return draws of the conflict matrix, the levels of sources that are known once."""
    parts = []
    which = FROM_PRIOR if prior else FROM_POSTERIOR
    names = source_names(study.conflict)
    for i, (source, priors) in enumerate(
        zip(study.conflict.sources, study.conflict_priors, strict=True)
    ):
        model = conflict_model(source.model)
        rng = stream(study.fitting.seed, CONFLICT + i, which)
        drawn = (model.draw_prior if prior else model.draw)(source, priors, draws, rng)
        if drawn is None:
            return None
        parts.append((source.pairs, drawn["conflict_level"]))
        if extra is not None:
            extra.add(model, source, names[i], drawn)
    return assemble_draws(study.conflict.categories, parts)


def add_unseen(
    shares: Array, goals: GoalEvidence, held: Array | None, rng: np.random.Generator
) -> Array:
    """Return the shares in finite populations, the unseen agents drawn from their predictive.

    Notes
    -----
    With N agents of whom n answered, share = (n_i + unseen_i) / N with unseen ~ Multinomial(N - n,
    p): a census leaves nothing to draw. Under a stated design effect the answers are worth n_eff,
    and the unseen agents are scaled alike, which gives the variance p (1 - p) / n_eff times the
    classical correction 1 - n/N (Cochran, Sampling Techniques, 1977, section 2.6). Where weights
    differ and sum to N, `shares` are those of the unseen (`GoalEvidence.completed`), whose number
    is as uncertain as the sum of the weights; where they differ and do not, nothing is completed.
    """
    if goals.population_size is None:
        return shares
    size = goals.population_size.astype(float)
    open_ended = np.array([how == "left out" for how in goals.completed])[:, None]
    if held is None:
        whole = np.asarray(rng.multinomial(goals.population_size, shares) / size[:, None])
        return np.where(open_ended, shares, whole) if open_ended.any() else whole
    effect = np.ones_like(size)
    if goals.stated_deff is not None:
        effect = np.where(goals.stated & (goals.n > 0), goals.stated_deff, effect)
    # rounded up, so that whoever is unseen stays uncertain, whatever the design effect
    unseen = np.ceil((size - goals.n) / effect).astype(int)
    counts = held + rng.multinomial(unseen, shares)
    if (apart := goals.of_unseen).any():
        counts = np.where(apart[:, None], held + _unlike_the_seen(shares, goals, rng), counts)
    whole = np.asarray(counts / counts.sum(axis=-1, keepdims=True))
    return np.where(open_ended, shares, whole) if open_ended.any() else whole


def _unlike_the_seen(shares: Array, goals: GoalEvidence, rng: np.random.Generator) -> Array:
    """Return numbers of unseen agents by goal, (draw, S, K), given their shares.

    Notes
    -----
    With n*_i and s_i of `GoalEvidence.effective`, from weights less one, unseen agents of goal i
    are Poisson with the mean T q_i s_i, T ~ Gamma(n*), q their shares before they are tilted. Their
    variance is sum w (w - 1) over the agents seen, that of Poisson sampling (Sarndal, Swensson and
    Wretman, Model Assisted Survey Sampling, 1992, section 3.5); after division by the total, that
    of the weighted shares.
    """
    counts, scale = goals.effective
    one = 1 / (shares / np.where(scale > 0, scale, 1.0)).sum(axis=-1, keepdims=True)
    total = rng.standard_gamma(counts.sum(axis=-1), size=shares.shape[:-1])
    mean = np.where(goals.of_unseen[:, None], total[..., None] * one * shares, 0.0)
    return np.asarray(rng.poisson(mean), dtype=float)


def finite_shares(study: Study, drawn: Mapping[str, Array], *, prior: bool) -> Array:
    """Return shares in the populations at hand, finite ones completed by their unseen agents."""
    shares, held = drawn["proportion"], None
    if study.goals.population_size is None:
        return shares
    rng = stream(study.fitting.seed, UNSEEN, FROM_PRIOR if prior else FROM_POSTERIOR)
    if not prior:
        # a stream of its own: where goals are known, the unseen agents are those of single-choice
        own = stream(study.fitting.seed, UNSEEN, FROM_POSTERIOR, HELD)
        held = goals_model(study.goals.model).held(study.goals, drawn, own)
    return add_unseen(shares, study.goals, held, rng)


def in_chains(draws: Array, chains: int) -> Array:
    """Return draws (chains * n, ...) as (chains, n, ...)."""
    return draws.reshape(chains, -1, *draws.shape[1:])


def draw_union(study: Study, draws: int) -> Array | None:
    """Return draws (draw, population) of shares in the union that were estimated, else None."""
    if study.union is None or not study.union.estimated:
        return None
    return study.union.draw(draws, stream(study.fitting.seed, UNION))
