"""What a result rests on beside its data: priors that decide it, and evidence that is not there.

Three questions are asked of every fit, and each yes is a caution. Does P(ma) move by more than its
own posterior sd when a number of a prior is halved or doubled? Is what a block of evidence says of
P(ma) about as vague after the data as before them? Was nothing observed where something is said?
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.other_priors import unscaled
from bayes_misalign.contract.registry import conflict_model, goals_model
from bayes_misalign.inference import draw_blocks
from bayes_misalign.inference.conflict_draws import (
    OF_CATEGORIES,
    OF_GOALS,
    facing_populations,
    goals_of_group,
    of_group,
)
from bayes_misalign.inference.diagnose import PRIOR_DOMINATES, Reason
from bayes_misalign.inference.groups import Variable
from bayes_misalign.inference.sensitivity import alternatives
from bayes_misalign.measure import misalignment
from bayes_misalign.measure.known_and_drawn import PartlyKnown, Places
from bayes_misalign.page.quantiles import quantile_of
from bayes_misalign.page.safe_text import few_of, named
from bayes_misalign.settings import EVERYONE
from bayes_misalign.study.lifted import lifts, of_categories
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]
Group = Mapping[str, Variable]

MOST_MOVED = 1.0  # posterior sd that P(ma) may move by when a prior is halved or doubled
# An untaught block is of weight where it would make up so much of the posterior variance of P(ma).
OF_WEIGHT = 0.5
DRAWS = 1000  # of each other prior: the error of a mean is then 0.03 sd
RESTS = 2  # beside draws from posterior and prior, in the streams of random numbers
MOST_NUMBERS = 1 << 22  # of shares that are multiplied at once
STEP = 1e-4  # by which a level of conflict is moved
ALIKE = 1e-9  # numbers that differ by less are the same but for rounding
OR_STATE = "or state a prior that you can defend"


def what_it_rests_on(
    study: Study, posterior: Group, prior: Group, others: Mapping[str, Array] | None = None
) -> list[Reason]:
    """Return a caution for every prior that decides the result, and for all that nobody observed.

    Draws of P(ma) (draw, population) under other priors are taken where they are known, by what
    `alternatives` calls them; those of conjugate blocks are drawn here.

    Notes
    -----
    Statements of the study itself, such as elicited ranges, are evidence and not priors: sources
    that observe nothing are left out, unless a prior number of their model is halved or doubled.
    """
    moved = list(_moved(study, posterior, others or {}))
    said = [found.source for found in moved]
    return [
        *(found.reason for found in moved),
        *_fixed_shares(study, posterior, prior),
        *_untaught_levels(study, posterior, prior, said),
        *_unobserved(study),
    ]


def sd_ratio(study: Study, posterior: Group, prior: Group) -> dict[str, float]:
    """Return sd of P(ma) over its prior sd by population, conflict held at its posterior mean.

    Not knowing the conflict is another matter, which more answers do not mend. Zero where the
    answers moved P(ma) out of the prior's central 95 %: they overruled it.
    """
    mean = of_group(posterior).averaged()
    mean_conflict = mean if mean.own else mean.whole()
    populations = len(study.goals.populations)
    after, before = (
        misalignment(group["proportion"][1], mean_conflict).reshape(-1, populations)
        for group in (posterior, prior)
    )
    return dict(zip(study.goals.populations, map(float, _ratio(after, before)), strict=True))


def unobserved(study: Study) -> dict[str, str]:
    """Return populations of which something was not observed, each with what nobody did there."""
    found = dict.fromkeys(study.goals.no_answer_populations, "nobody answered")
    for source in study.conflict.sources:
        model = conflict_model(source.model)
        number = model.observations(source)
        if not source.measured_in or number is None:
            continue
        for name, total in zip(source.measured_in, number.sum(axis=1), strict=True):
            if total == 0:
                also = f"{found[name]}, and " if name in found else ""
                found[name] = also + model.nothing_observed
    return found


def _ratio(after: Array, before: Array) -> Array:
    """Return sd after over sd before, (population,); 0 where data left the central 95 %."""
    return sd_against(after.mean(axis=0), after.std(axis=0), *prior_spread(before))


def prior_spread(before: Array) -> tuple[Array, Array, Array]:
    """Return the central 95 % of prior draws (draw, population), and their sd."""
    ordered = np.sort(before, axis=0)
    return quantile_of(ordered, 0.025), quantile_of(ordered, 0.975), before.std(axis=0)


def sd_against(mean: Array, sd: Array, low: Array, high: Array, spread: Array) -> Array:
    """Return a posterior sd over that of the prior; 0 where the mean left its central 95 %."""
    inside = (mean >= low) & (mean <= high) & (spread > ALIKE)
    return np.divide(sd, spread, out=np.zeros_like(spread), where=inside)


def _flat(group: Group, name: str) -> Array:
    values = np.asarray(group[name][1])
    return values.reshape(-1, *values.shape[2:])


def _thinned(group: Group, name: str) -> Array:
    """Return some draws of a variable, (draw, ...), spread over all chains."""
    every = _flat(group, name)
    kept = np.linspace(0, len(every) - 1, min(DRAWS, len(every))).astype(int)
    return np.asarray(every[kept])


def _of(names: list[str]) -> str:
    """Return of whom P(ma) is, nothing where there is one population without a name."""
    return "" if names == [EVERYONE] else f" of {few_of(names)}"


def _fixed_shares(study: Study, posterior: Group, prior: Group) -> Iterator[Reason]:
    """Yield that answers did not move the shares, where their prior is too firm to have a sd."""
    goals = study.goals
    if len(goals.categories) == 1 or "goals" in study.given:
        return
    size = goals.population_size
    before, after = _flat(prior, "proportion"), _flat(posterior, "proportion")
    still = (before.std(axis=0) < ALIKE).all(axis=-1)
    still &= np.isclose(before.mean(axis=0), after.mean(axis=0), rtol=0, atol=ALIKE).all(axis=-1)
    still &= goals.n > 0
    if size is not None:
        still &= goals.n < size
    if names := [name for name, yes in zip(goals.populations, still, strict=True) if yes]:
        yield Reason(
            f"the prior of the goal shares decides P(ma){_of(names)}: it is so firm that the "
            "answers do not move it",
            "state a prior that you can defend",
            rests_on=f"the prior of the goal shares{_of(names)}, which no answer moves",
        )


@dataclass(frozen=True, eq=False)
class _Levels:
    """Levels of one source, or some of its pairs: where they are, and what they are called."""

    source: Any
    pairs: list[tuple[str, str]]
    never_observed: bool = False

    def mask(self, categories: tuple[str, ...]) -> NDArray[np.bool_]:
        place = {label: i for i, label in enumerate(categories)}
        found = np.zeros((len(place), len(place)), bool)
        for a, b in self.pairs:
            found[place[a], place[b]] = found[place[b], place[a]] = True
        return found


def _observing(study: Study) -> Iterator[_Levels]:
    """Yield the levels of each source that observes, and those of its pairs that nobody saw."""
    for source in study.conflict.sources:
        model = conflict_model(source.model)
        if not source.pairs or not model.observes(source):
            continue
        yield _Levels(source, list(source.pairs))
        if (number := model.observations(source)) is None:
            continue
        unseen = [pair for pair, n in zip(source.pairs, number.sum(axis=0), strict=True) if not n]
        if unseen and len(unseen) < len(source.pairs):
            yield _Levels(source, unseen, never_observed=True)


def _untaught_levels(
    study: Study, posterior: Group, prior: Group, said: Sequence[Any]
) -> Iterator[Reason]:
    """Yield sources of conflict whose levels are about as vague as their priors made them.

    Those of which more was said already are left out.

    Notes
    -----
    Levels are compared one by one, each with the weight that it has in the variance of P(ma): of
    a sum of many, the prior of independent levels is narrow, and that of raters' severity is not.
    """
    levels = [of for of in _observing(study) if all(of.source is not one for one in said)]
    if not levels:
        return
    shares, total = _flat(posterior, "proportion"), _flat(posterior, "misalignment")
    pairs = goals_of_group(posterior)
    each = _slopes(study, shares, pairs)
    after, before = (_by_population(_thinned_levels(group)) for group in (posterior, prior))
    ratio, spread = _ratio(after, before), before.var(axis=0)
    still = (spread < ALIKE**2) & (after.var(axis=0) < ALIKE**2)
    still &= np.isclose(before.mean(axis=0), after.mean(axis=0), rtol=0, atol=ALIKE)
    for of in levels:
        mask = of.mask(study.conflict.categories)[pairs.first, pairs.second]
        weights = each * mask
        varies = (weights**2 * spread).sum(axis=1)
        kept = (weights**2 * spread * ratio**2).sum(axis=1)
        uncertain = np.einsum(
            "sm,dsm->ds", weights, np.broadcast_to(after, (len(after), *weights.shape))
        )
        vague = (kept > PRIOR_DOMINATES**2 * varies) & (
            uncertain.var(axis=0) > OF_WEIGHT * total.var(axis=0)
        )
        firm = (still | (weights == 0)).all(axis=1) & (weights > 0).any(axis=1)
        names = [s for s, no in zip(study.goals.populations, vague | firm, strict=True) if no]
        if names:
            yield _untaught(of, names, of_all=len(names) == len(study.goals.populations))


def _slopes(study: Study, shares: Array, levels: PartlyKnown) -> Array:
    """Return by how much P(ma) grows with each uncertain level, (population, pair), at means."""
    if not lifts(study.goals):
        # each pair stands twice in p'Cp
        return 2 * _met(shares, levels.first, levels.second)
    mean = levels.drawn.reshape(-1, levels.drawn.shape[-1]).mean(axis=0)
    step = STEP * np.eye(len(mean))
    ends = np.clip(mean + np.concatenate([step, -step]), 0, 1)
    lifted = of_categories(study.goals, PartlyKnown(levels.known, ends[:, None]))
    found = misalignment(shares.mean(axis=0), lifted)
    size = np.diagonal(ends[: len(mean)] - ends[len(mean) :])[:, None]
    return np.asarray((found[: len(mean)] - found[len(mean) :]) / size).T


def _met(shares: Array, first: Places, second: Places) -> Array:
    """Return the mean of p_i p_j over draws (draw, population, goal), (population, pair)."""
    found = np.empty((shares.shape[1], len(first)))
    step = max(1, MOST_NUMBERS // max(1, shares.shape[0] * shares.shape[1]))
    for start in range(0, len(first), step):
        part = slice(start, start + step)
        found[:, part] = np.einsum(
            "dsm,dsm->sm", shares[..., first[part]], shares[..., second[part]]
        )
    return found / len(shares)


def _thinned_levels(group: Group) -> Array:
    """Return some draws of the uncertain levels, (draw, [population,] pair)."""
    names = OF_GOALS if OF_GOALS.known in group else OF_CATEGORIES
    return _thinned(group, names.level) if names.level in group else np.zeros((1, 0))


def _by_population(levels: Array) -> Array:
    """Return draws of levels as (draw, population or 1, pair)."""
    return levels if levels.ndim == 3 else levels[:, None]


def _untaught(of: _Levels, names: list[str], *, of_all: bool) -> Reason:
    model = conflict_model(of.source.model)
    what = f"{model.name} conflict levels ({named(of.source.origin)})"
    where = "" if of_all else _of(names)
    if of.never_observed:
        what = f"{len(of.pairs)} of {len(of.source.pairs)} {what}"
        said = f"{what} were never observed, and P(ma){where} is as vague as they are"
        rests = f"conflict levels of {len(of.pairs)} pairs that nobody observed"
    else:
        said = f"the prior of {what} dominates P(ma){where}"
        rests = f"the prior of {model.name} conflict levels"
    return Reason(said, f"{_advice(of.source)}, {OR_STATE}", rests_on=rests + where)


@dataclass(frozen=True, eq=False)
class _Moved:
    """A number of a prior that decides P(ma), and the source of conflict that it belongs to."""

    reason: Reason
    source: Any = None


def _moved(study: Study, posterior: Group, others: Mapping[str, Array]) -> Iterator[_Moved]:
    """Yield the numbers of priors that move P(ma) by more than its sd when halved or doubled."""
    fitted = _flat(posterior, "misalignment")
    mean, sd = fitted.mean(axis=0), fitted.std(axis=0)
    found: dict[str, tuple[float, str, int, float, Study]] = {}
    for name, changed in alternatives(study).items():
        if (which := unscaled(name)) is None:
            continue
        draws = others[name] if name in others else _redrawn(study, changed, posterior)
        if draws is None:
            continue
        beyond = np.abs(draws.mean(axis=0) - mean) - MOST_MOVED * np.maximum(sd, ALIKE)
        s, (number, word) = int(beyond.argmax()), which
        if beyond[s] > 0 and (number not in found or beyond[s] > found[number][0]):
            found[number] = (float(beyond[s]), word, s, float(draws[:, s].mean()), changed)
    for number, (_, word, s, to, changed) in found.items():
        where, goes = _of([study.goals.populations[s]]), _from_to(float(mean[s]), to)
        source = _source_changed(study, changed)
        if source is None:
            advice = goals_model(study.goals.model).advice(study.goals)
        else:
            advice = _advice(source)
        reason = Reason(
            f"P(ma){where} moves {goes} with the {number} {word}; its posterior sd is {sd[s]:.2g}",
            f"{advice}, {OR_STATE}",
            rests_on=f"the {number}: {word}, it moves P(ma){where} {goes}",
        )
        yield _Moved(reason, source)


def _from_to(before: float, after: float) -> str:
    """Return two numbers with as many decimals as it takes to tell them apart."""
    texts = [(f"{before:.{n}f}", f"{after:.{n}f}") for n in range(2, 9)]
    one, other = next((pair for pair in texts if pair[0] != pair[1]), texts[0])
    return f"from {one} to {other}"


def _source_changed(study: Study, changed: Study) -> Any:
    """Return the first source of conflict whose priors are others, or None."""
    priors = zip(study.conflict_priors, changed.conflict_priors, strict=True)
    differ = [own is not other for own, other in priors]
    return study.conflict.sources[differ.index(True)] if any(differ) else None


def _advice(source: Any) -> str:
    advice = conflict_model(source.model).advice(source, "these pairs")
    return advice or "judge or elicit these pairs more closely"


def _redrawn(study: Study, changed: Study, posterior: Group) -> Array | None:
    """Return P(ma) (draw, population) under other priors of one block, the other as it is.

    None where what changes is not conjugate.
    """
    if study.conflict.joint or study.goals.paired_draws:
        return None
    levels, shares = _thinned_levels(posterior), _thinned(posterior, "proportion")
    conflict = PartlyKnown(goals_of_group(posterior).known, levels)
    if changed.goal_prior is not study.goal_prior:
        if (drawn := draw_blocks.draw_goals(changed, len(shares))) is None:
            return None
        shares = draw_blocks.finite_shares(changed, drawn, prior=False)
    elif (other := _other_levels(study, changed, conflict, len(shares))) is None:
        return None
    else:
        conflict = other
    return misalignment(shares, facing_populations(of_categories(study.goals, conflict)))


def _other_levels(
    study: Study, changed: Study, conflict: PartlyKnown, draws: int
) -> PartlyKnown | None:
    """Return draws of conflict with the levels of sources drawn again whose priors changed."""
    if any(source.elsewhere for source in study.conflict.sources):
        return None  # one source tells of another's pairs
    drawn = conflict.drawn
    levels = np.array(np.broadcast_to(drawn, (draws, *drawn.shape[1:])))
    place = {label: i for i, label in enumerate(study.conflict.categories)}
    column = np.full(conflict.known.shape, -1)
    column[conflict.first, conflict.second] = np.arange(len(conflict.first))
    priors = zip(study.conflict_priors, changed.conflict_priors, strict=True)
    for i, (source, (own, other)) in enumerate(zip(study.conflict.sources, priors, strict=True)):
        if own is other or not source.pairs:
            continue
        rng = draw_blocks.stream(study.fitting.seed, draw_blocks.CONFLICT + i, RESTS)
        again = conflict_model(source.model).draw(source, other, draws, rng)
        if again is None:
            return None
        at = [column[place[a], place[b]] for a, b in source.pairs]
        level = again["conflict_level"]
        levels[..., at] = level[:, None] if levels.ndim == 3 and level.ndim == 2 else level
    return PartlyKnown(conflict.known, levels)


def _unobserved(study: Study) -> Iterator[Reason]:
    """Yield populations in which nobody observed conflict, whose levels are borrowed."""
    silent = set(study.goals.no_answer_populations)
    for source in study.conflict.sources:
        model = conflict_model(source.model)
        number = model.observations(source)
        if not source.measured_in or number is None:
            continue
        nothing = number.sum(axis=1) == 0
        names = [name for name, none in zip(source.measured_in, nothing, strict=True) if none]
        if names and len(names) < len(source.measured_in):
            also = " and answered" * set(names).issubset(silent)
            yield Reason(
                f"{model.nothing_observed}{also} in {few_of(names)}: its levels are borrowed from "
                "other populations",
                f"{_advice(source)} there, or leave the population out",
                rests_on=f"levels of conflict borrowed for {few_of(names)}",
            )
