"""A study of very many populations: drawn, summarised and kept a block at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.registry import evidence_model, goals_model
from bayes_misalign.contract.shares import kept_dims
from bayes_misalign.errors import StudyError
from bayes_misalign.inference import blocks, draw_blocks
from bayes_misalign.inference.conflict_draws import (
    KNOWN,
    alike,
    as_variables,
    facing_populations,
    of_group,
    pair_coords,
    with_known,
)
from bayes_misalign.inference.diagnose import Diagnosis, Reason, diagnose
from bayes_misalign.inference.drawn import Drawn
from bayes_misalign.inference.fit_findings import FitFindings, FitView
from bayes_misalign.inference.groups import (
    CONSTANT,
    IN_BLOCKS,
    OBSERVED,
    POSTERIOR,
    PRIOR,
    SAMPLE_DIMS,
    SCHEMA,
    SCHEMA_IN_BLOCKS,
    STATS,
    UNION_SHARE,
    Groups,
    Variable,
)
from bayes_misalign.inference.rests import (
    prior_spread,
    sd_against,
    unobserved,
    what_it_rests_on,
)
from bayes_misalign.inference.summed_shares import SummedShares, turned
from bayes_misalign.measure import misalignment
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.page.many_estimates import numbers_of
from bayes_misalign.study.some_populations import of_populations
from bayes_misalign.study.study import Study

Array = NDArray[np.float64]
Common = Mapping[str, Array]
Say = Callable[[str], None]
RETRIED = ("tune", "target_accept")  # settings of a second attempt
NUMBERS = "numbers"  # the group of what estimates of P(ma) say
NEAR = 1.2  # sd that the mean is from a limit, from where on draws do not pile up there: `limits`
SUMMARY = "summary"  # the group of what was worked out over the draws of shares, which are not kept
UNION = "union_proportion"  # shares of the goals in the union of all populations
SHOWN, PLACE = "shown", "place"  # the group of draws of populations that a report shows
LARGEST, FARTHEST, FEWEST = 10, 5, 5  # populations that a report shows, or that are looked at
LIKELY = 40  # populations at each end that may turn out to be the farthest: their draws are kept


def run(
    study: Study, versions: dict[str, str], *, progress: bool = False, say: Say | None = None
) -> tuple[Groups, Diagnosis]:
    """Draw the posterior and the prior of a study in blocks of populations.

    What populations have in common is sampled before, if they have something.
    """
    total, chains = blocks.total(study), study.fitting.chains
    levels, prior_levels = _conflict(study, total, prior=False), _conflict(study, total, prior=True)
    after, before = alike(levels, prior_levels)
    prior_shares, prior_common = blocks.prior_draws(study), blocks.prior_common(study)
    sampled = None
    if draw_blocks.in_common(study):
        from bayes_misalign.inference.sampled import sample_common

        sampled = sample_common(study, progress=progress, say=say)
        study = study.with_fitting(**{name: getattr(sampled.fitting, name) for name in RETRIED})
    common = {} if sampled is None else sampled.flat()
    weights = draw_blocks.draw_union(study, total)
    known = None if study.union is None else np.array(study.union.shares)
    mean = after.mean()
    likely = _likely(study, mean)
    found = SummedShares(
        study,
        known if weights is None else weights,
        facing_populations(levels),
        mean,
        likely,
        np.float32 if common else np.float64,
    )
    for of_union in blocks.each(study, common, found.take):
        found.add(of_union)
    n = len(study.goals.populations)
    posterior: dict[str, Variable] = {
        "misalignment": (
            (*SAMPLE_DIMS, "population"),
            found.misalignment.reshape(chains, -1, n),
        ),
        **as_variables(after, chains, total // chains),
    }
    prior: dict[str, Variable] = {
        "proportion": ((*SAMPLE_DIMS, "goal"), draw_blocks.in_chains(prior_shares, chains)),
        **as_variables(before, chains, total // chains),
        **in_variables(study, prior_common),
    }
    if sampled is not None:
        posterior |= sampled.variables
    dims = (*SAMPLE_DIMS, "goal")
    if found.union is not None and known is not None:
        posterior[UNION] = (dims, draw_blocks.in_chains(found.union, chains))
        before_all = blocks.union_prior(study, known, prior_common)
        prior[UNION] = (dims, draw_blocks.in_chains(before_all, chains))
    if weights is not None:
        each = (*SAMPLE_DIMS, "population")
        posterior[UNION_SHARE] = (each, draw_blocks.in_chains(weights, chains))
    constant = {KNOWN: posterior.pop(KNOWN)}
    del prior[KNOWN]
    goals = study.goals
    of_goal = ("population", "goal")
    groups: dict[str, dict[str, Variable]] = {
        POSTERIOR: posterior,
        PRIOR: prior,
        **({} if sampled is None else {STATS: sampled.stats}),
        SUMMARY: {name: (of_goal, values) for name, values in found.shares.items()},
        CONSTANT: constant,
        OBSERVED: {
            "answers": (of_goal, np.asarray(goals.counts)),
            "effective_answers": (of_goal, np.asarray(goals.effective_counts)),
        },
    }
    coords = {
        **({} if sampled is None else sampled.coords),
        "population": goals.populations,
        "goal": goals.categories,
        "goal_other": goals.categories,
        **pair_coords(goals.categories, after),
    }
    metadata = {
        "schema": SCHEMA_IN_BLOCKS,
        IN_BLOCKS: {"populations": blocks.POPULATIONS},
        "study": study.to_plain(),
        "versions": versions,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    made = Groups(groups, coords, metadata)
    ratio = _sd_ratio(study, prior_shares, prior_common, mean, found)
    looked_at = _looked_at(study, found.misalignment.mean(axis=0))
    kept = _kept(study, looked_at, found.kept, common)
    made = replace(made, groups={**groups, SHOWN: kept})
    reasons = _reasons(study, made, looked_at, ratio)
    seen: dict[str, Any] = {} if sampled is None else sampled.seen
    diagnosis = diagnose(study, ratio, found=reasons, **seen)
    made = replace(made, metadata={**metadata, "diagnosis": diagnosis.to_plain()})
    numbers = {name: (("population",), x) for name, x in _numbers(Drawn(made)).items()}
    return replace(made, groups={**made.groups, NUMBERS: numbers}), diagnosis


def _numbers(drawn: Drawn) -> dict[str, NDArray[Any]]:
    """Return what estimates of P(ma) say, by their own names, each (population,).

    `extended` is 1 where the interval is extended to the attainable maximum, 2 to the minimum, 3 to
    both.
    """
    study, draws = drawn.study, drawn.misalignment_draws()
    total, populations = draws.shape
    names = ("mean", "sd", "median", "lower", "upper", "mcse")
    found: dict[str, NDArray[Any]] = {name: np.empty(populations) for name in names}
    extended = found["extended"] = np.zeros(populations, dtype=np.int8)
    kind, levels = study.reporting.interval, drawn.levels()
    known = len(levels) == 1 and kind.kind == "eti"
    ends = drawn.ceilings.attainable.values.max(initial=0.0) if known else np.inf
    for _, places in blocks.places_of(study):
        rows = turned(draws[:, places[0] : places[-1] + 1])
        numbers = numbers_of(rows, total, kind, independent=True, worth=drawn.worth)
        for name in names:
            if name in numbers:
                found[name][places] = numbers[name]
        # draws pile up at a limit only where their mean is about a sd from it
        away = NEAR * found["sd"][places]
        near = (ends - found["mean"][places] <= away) | (found["mean"][places] <= away)
        for i in np.flatnonzero(near) if known else range(len(rows)):
            s, row = places[i], rows[i]
            one = drawn.estimate("", row, drawn.limits(row, int(s)))
            found["lower"][s], found["upper"][s] = one.interval
            extended[s] = sum({True: 1, False: 2}[limit.upper] for limit in one.extended)
    return found


def _conflict(study: Study, draws: int, *, prior: bool) -> PartlyKnown:
    found = draw_blocks.draw_conflict(study, draws, prior=prior)
    if found is None:
        raise StudyError("a model without prior draws cannot be reported")
    return found


def misalignment_of_prior(study: Study, groups: Groups, place: int, conflict: Any) -> Array:
    """Return prior draws (draw,) of P(ma) of one population, under the prior's conflict."""
    drawn, common = np.asarray(groups.values(PRIOR, "proportion")), common_of(study, groups, PRIOR)
    shares = blocks.prior_of(study, place, drawn.reshape(-1, drawn.shape[-1]), common)
    return np.asarray(misalignment(shares[:, None], conflict)[:, 0])


def part(study: Study, groups: Groups, places: list[int]) -> tuple[Study, Groups]:
    """Return the study of some populations, and the draws of it as any other result has them."""
    own = of_populations(study, places)
    if own is None:
        raise StudyError("the populations of this study cannot be drawn one without the others")
    chains = study.fitting.chains
    held, common = _held(groups), common_of(study, groups, POSTERIOR)
    shares = np.stack(list(_shares(study, places, held, common).values()), axis=1)
    before = np.empty_like(shares)
    drawn = np.asarray(groups.values(PRIOR, "proportion"))
    drawn, prior_common = drawn.reshape(-1, drawn.shape[-1]), common_of(study, groups, PRIOR)
    for i, place in enumerate(places):
        before[:, i] = blocks.prior_of(study, place, drawn, prior_common)
    made: dict[str, dict[str, Variable]] = {}
    for group, values in ((POSTERIOR, shares), (PRIOR, before)):
        conflict = facing_populations(of_group(with_known(groups, group)))
        dims = {"proportion": ("population", "goal"), "misalignment": ("population",)}
        each = {"proportion": values, "misalignment": misalignment(values, conflict)}
        made[group] = {
            name: ((*SAMPLE_DIMS, *dims[name]), draw_blocks.in_chains(array, chains))
            for name, array in each.items()
        }
        # whatever is not of single populations is the same of some of them
        made[group] |= {
            name: variable
            for name, variable in groups.groups[group].items()
            if not {"population", *made[group]} & {name, *variable[0]} and name != UNION
        }
    made |= {name: dict(groups.groups[name]) for name in (CONSTANT, STATS) if name in groups.groups}
    made[OBSERVED] = {
        "answers": (("population", "goal"), np.asarray(own.goals.counts)),
        "effective_answers": (("population", "goal"), np.asarray(own.goals.effective_counts)),
    }
    coords = {**groups.coords, "population": own.goals.populations}
    plain = {k: v for k, v in groups.metadata.items() if k != IN_BLOCKS}
    return own, Groups(made, coords, {**plain, "schema": SCHEMA, "study": own.to_plain()})


def in_variables(study: Study, common: Common) -> dict[str, Variable]:
    """Return draws of what populations have in common as variables of a result."""
    dims = kept_dims(goals_model(study.goals.model), study.goal_prior)
    chains = study.fitting.chains
    return {
        name: ((*SAMPLE_DIMS, *dims[name]), draw_blocks.in_chains(np.asarray(values), chains))
        for name, values in common.items()
    }


def common_of(study: Study, groups: Groups, group: str) -> dict[str, Array]:
    """Return draws of what populations have in common that a result holds, leading axis draw."""
    found = {}
    for name in draw_blocks.in_common(study):
        values = np.asarray(groups.values(group, name))
        found[name] = values.reshape(-1, *values.shape[2:])
    return found


def _shares(
    study: Study, places: list[int], held: dict[int, Array], common: Common
) -> dict[int, Array]:
    """Return draws of shares (draw, goal) by place: those that are held, the others drawn again."""
    found: dict[int, Array] = {}
    drawn: tuple[int, NDArray[Any]] | None = None
    for place in places:
        number, inside = blocks.block_of(place)
        if place not in held and (drawn is None or drawn[0] != number):
            drawn = number, blocks.draws(study, number, common)
        if place in held:
            found[place] = draw_blocks.in_double(held[place])
        elif drawn is not None:
            found[place] = draw_blocks.in_double(drawn[1][:, inside])
    return found


def _held(groups: Groups) -> dict[int, Array]:
    """Return the draws of shares (draw, goal) that a result holds, by the place of a population."""
    if SHOWN not in groups.groups:
        return {}
    values = np.asarray(groups.values(SHOWN, "proportion"))
    values = values.reshape(-1, *values.shape[2:])
    places = np.asarray(groups.values(SHOWN, PLACE))
    return {int(place): values[:, i] for i, place in enumerate(places)}


def _kept(
    study: Study, places: list[int], held: dict[int, Array], common: Common
) -> dict[str, Variable]:
    shares = np.stack(list(_shares(study, places, held, common).values()), axis=1)
    dims = (*SAMPLE_DIMS, SHOWN, "goal")
    return {
        "proportion": (dims, draw_blocks.in_chains(shares, study.fitting.chains)),
        PLACE: ((SHOWN,), np.array(places)),
    }


def _likely(study: Study, conflict: Array) -> set[int]:
    """Return populations that a report will probably show, by what was observed in them."""
    counts = study.goals.effective_counts + 1 / len(study.goals.categories)
    near = misalignment(counts / counts.sum(axis=1, keepdims=True), conflict)
    order = np.argsort(near, kind="stable")
    ends = {int(s) for s in (*order[:LIKELY], *order[-LIKELY:])}
    return ends | set(_looked_at(study, near))


def shown(study: Study, means: Array) -> list[int]:
    """Return the places of the populations that a report shows: the largest, and the farthest.

    Those are ten by size, where it is stated, else by sums of weights, else by answers; and five
    with the least and five with the largest mean P(ma), of populations where somebody was asked.
    """
    goals = study.goals
    size = goals.population_size if goals.population_size is not None else goals.weight_total
    chosen = list(np.argsort(-np.asarray(size, float), kind="stable")[:LARGEST])
    nothing = {goals.populations.index(name) for name in unobserved(study)}
    order = [s for s in np.argsort(means, kind="stable") if s not in nothing]
    chosen += [*order[:FARTHEST], *order[-FARTHEST:]]
    return sorted({int(s) for s in chosen})


def _looked_at(study: Study, means: Array) -> list[int]:
    """Return the populations that are shown, and those of fewest answers."""
    fewest = np.argsort(study.goals.n, kind="stable")[:FEWEST]
    return sorted({*shown(study, means), *map(int, fewest)})


def _reasons(
    study: Study, groups: Groups, places: list[int], ratio: dict[str, float]
) -> list[Reason]:
    """Return what lowers trust in some populations.

    What all populations have in common, such as the levels of conflict, shows in them.
    """
    own, some = part(study, groups, places)
    posterior, prior = (with_known(some, group) for group in (POSTERIOR, PRIOR))
    of_goals: Any = evidence_model(own.goals.model)
    named = {name: ratio[name] for name in own.goals.populations}
    found = of_goals.check_fit(FitView(own, posterior, prior, named)) or FitFindings()
    return [*found.reasons, *what_it_rests_on(own, posterior, prior)]


def _sd_ratio(
    study: Study, prior: Array, common: Common, mean: Array, found: SummedShares
) -> dict[str, float]:
    """Return sd of P(ma) over its prior sd by population, as `rests.sd_ratio` does."""
    names = study.goals.populations
    ratio: dict[str, float] = {}
    sized, before = study.goals.population_size is not None, prior[:, None]
    for s, name in enumerate(names):
        if sized:
            before = blocks.prior_of(study, s, prior, common)[:, None]
        if sized or not ratio:
            low_high_sd = prior_spread(misalignment(before, mean))
        ratio[name] = float(sd_against(found.mean[s], found.sd[s], *low_high_sd)[0])
    return ratio
