"""Everything that a report says of a posterior, worked out once for all its faces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.contract.registry import evidence_model, goals_model, in_order
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.inference import derived
from bayes_misalign.inference.attribution import Attribution
from bayes_misalign.inference.contrast import Contrast
from bayes_misalign.inference.derived import union_shares
from bayes_misalign.inference.diagnose import Diagnosis
from bayes_misalign.inference.groups import PRIOR
from bayes_misalign.inference.levers import LEVEL, PROBABILITY, SHARE, Levers, levers
from bayes_misalign.inference.pair_estimates import ByPair
from bayes_misalign.inference.refusals import RefusalResults, refusals
from bayes_misalign.inference.rests import unobserved
from bayes_misalign.inference.weighing import Tried
from bayes_misalign.page.columns import UNION_NAME
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.report.hooks import Headline, report_of
from bayes_misalign.report.predictive_checks import Check, check_data
from bayes_misalign.settings import EVERYONE, Interval
from bayes_misalign.study.lifted import lifts
from bayes_misalign.study.options import places
from bayes_misalign.study.study import MOST_CONTRASTED, Study

if TYPE_CHECKING:
    from bayes_misalign.inference.beside_people import BesidePeople
    from bayes_misalign.inference.contact import ContactResults
    from bayes_misalign.report.posterior import Posterior

Pair = tuple[str, str]
Group = str | None  # a population, or None for the union of all

WITHIN_ONLY = (
    "Conflict was measured within each population, and not between them. This report therefore has "
    "no number for agents of different populations, and none for all populations together."
)
MIXTURE_POINTS = 41
MOST_IN_SUMMARY = 1000  # pairs of goals
MOST_CHANGES = 100  # populations that are compared with the first of them
MOST_LEVERED = 6  # populations whose levers a report shows
MOST_MOVED = 20  # goals between which agents may move
NEARLY_ALL = 0.9  # of a variance
_GATHERED = "_gathered"  # where a result keeps them
ROUNDING = 1e-24  # variance of a number that is known, but for the last digits of a double


class Levels(Mapping[Pair, Mapping[Group, Estimate]]):
    """Conflict levels by pair of goals, each by population, or of all (None)."""

    def __init__(self, by_group: Mapping[Group, ByPair], pairs: Sequence[Pair]) -> None:
        self.by_group, self.pairs = by_group, pairs

    def __getitem__(self, pair: Pair) -> Mapping[Group, Estimate]:
        """Return the levels of a pair."""
        return {group: levels[pair] for group, levels in self.by_group.items()}

    def __iter__(self) -> Iterator[Pair]:
        """Iterate over the pairs."""
        return iter(self.pairs)

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.pairs)

    def worked_out(self) -> Iterator[tuple[Pair, Mapping[Group, Estimate]]]:
        """Yield every pair with its levels, the numbers of all worked out together."""
        every = [levels.estimates.worked_out() for levels in self.by_group.values()]
        for pair, *levels in zip(self.pairs, *every, strict=True):
            yield pair, dict(zip(self.by_group, levels, strict=True))


@dataclass(frozen=True, eq=False)
class Findings:
    """Estimates by what they are about; numbers that rest on no posterior are never withheld."""

    result: Posterior
    misalignment: Estimates  # P(ma) by population, after the data
    prior: Estimates  # and before them; empty where it is inside given draws of the shares
    overall: Estimate | None  # P(ma) of the union, where the shares of populations are known
    overall_prior: Estimate | None
    normalised: Estimates  # P(ma) over its attainable maximum
    unbiased: Mapping[str, tuple[float, float]]  # estimate without a prior, standard error
    proportions: Mapping[str, Estimates]  # goal shares by population
    union_shares: Estimates | None  # of populations, where they were estimated
    parts: Estimates | None  # of the union's P(ma), within and between populations
    between: Mapping[Pair, Estimate]  # one agent from each; empty for one population, or for many
    contrasts: tuple[Contrast, ...]
    changes: tuple[Contrast, ...]  # of populations in order, each minus the first, if taken apart
    conflict: Levels  # by population where levels differ
    contributions: Mapping[Group, ByPair]  # of the union, else of populations
    opposition: Mapping[Group, Estimates]
    attribution: Mapping[Group, Attribution]
    levers: Mapping[Group, Levers]  # where groups and goals are few
    sensitivity: Mapping[str, Estimates]  # P(ma) by population under other priors
    mixture: (
        tuple[NDArray[np.float64], Sequence[Estimate]] | None
    )  # shares of the guest, P(ma) at each
    notes: tuple[str, ...]  # what was left out of the report, and why
    tried: tuple[Tried, ...]  # other priors, and how P(ma) under each was got
    scaling: Mapping[str, Mapping[str, float]]  # sensitivity to powers of prior and likelihood
    checks: tuple[Check, ...]  # what was observed of sampled models, beside replicated data
    refusals: RefusalResults | None  # P(ma) of all who were asked, where some gave no answer
    contact: ContactResults | None  # P(ma) of those who meet, where the study says who does
    beside_people: BesidePeople | None  # other populations, where the study says which are people
    of_models: Mapping[str, Any]  # what single models add, by name, where they add something

    @property
    def study(self) -> Study:
        """The study that was fitted."""
        return self.result.study

    @property
    def variance_of_one(self) -> bool:
        """Whether nearly all of every variance of P(ma) comes from one source."""
        return all(
            a.variance == 0 or max(a.shares, a.conflict, a.populations, a.interaction) > NEARLY_ALL
            for a in self.attribution.values()
        )

    @property
    def levels_alike(self) -> bool:
        """Whether all conflict levels are known, and those that are not zero are equal."""
        seen: set[float] = set()
        for _, levels in self.conflict.worked_out():
            if any(level.withheld or level.sd > 0 for level in levels.values()):
                return False
            seen |= {level.mean for level in levels.values()} - {0.0}
        return len(seen) <= 1

    @property
    def given(self) -> set[str]:
        """What was not drawn here, but elsewhere: "goals", "conflict", or both."""
        return self.study.given

    @property
    def diagnosis(self) -> Diagnosis:
        """Whether to trust the fit."""
        return self.result.diagnosis

    @property
    def withheld(self) -> bool:
        """Whether posterior numbers are withheld."""
        return self.result.withheld

    @property
    def interval(self) -> Interval:
        """Mass and kind of every credible interval."""
        return self.study.reporting.interval

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Versions, and when the posterior was drawn."""
        return self.result.groups.metadata

    @property
    def draws(self) -> int:
        """Number of posterior draws."""
        return len(self.result.shares())

    @property
    def populations(self) -> tuple[str, ...]:
        """Names of the populations."""
        return self.result.populations

    @cached_property
    def places(self) -> tuple[float, ...] | None:
        """Where populations stand on an axis; None where they are in no order."""
        return places(self.populations, self.study.reporting.ordered)

    @cached_property
    def in_order(self) -> tuple[int, ...]:
        """Numbers of the populations in their order, else in that of the study."""
        places = self.places or tuple(map(float, range(len(self.populations))))
        return tuple(sorted(range(len(places)), key=places.__getitem__))

    @property
    def by_population(self) -> bool:
        """Whether conflict levels differ by population."""
        return self.result.by_population

    @cached_property
    def goals_headline(self) -> Headline | None:
        """What the model of goals puts into the first lines, if it has something for them."""
        name = self.study.goals.model
        return (
            report_of(name).headline(self.of_models[name], self) if name in self.of_models else None
        )

    @property
    def prior_only(self) -> bool:
        """Whether nothing but the prior stands behind one number of P(ma)."""
        return self.goals_headline is not None and self.goals_headline.prior_only

    @cached_property
    def unobserved(self) -> Mapping[str, str]:
        """Populations of which something was not observed, each with what nobody did there."""
        return unobserved(self.study)

    @property
    def nameless(self) -> bool:
        """Whether the study has one population and no name for it."""
        return self.populations == (EVERYONE,)

    @property
    def each(self) -> str:
        """What a caption says of whose numbers it is about; nothing where there is one group."""
        return "" if self.nameless else " by population"


def _of_models(result: Posterior) -> dict[str, Any]:
    study = result.study
    used = {study.goals.model, *(source.model for source in study.conflict.sources)}
    shares = goals_model(study.goals.model).shares_prior(study.goal_prior)
    if shares is not None:
        used.add(shares_of(shares).name)
    found = {name: report_of(name).results(result) for name in in_order(used)}
    return {name: one for name, one in found.items() if one is not None}


def gather(result: Posterior) -> Findings:
    """Work out everything that a report says, once for all faces of a result."""
    result = result.to_show()
    state = (result.groups, result.diagnosis, result.allow_unconverged)
    known = vars(result).get(_GATHERED)
    if known is None or any(one is not other for one, other in zip(known[0], state, strict=True)):
        known = vars(result)[_GATHERED] = (state, _gather(result))
    found: Findings = known[1]
    return found


def _gather(result: Posterior) -> Findings:
    study, names = result.study, result.populations
    notes: list[str] = [result.selection] if result.selection else []
    apart = result.by_population
    united = study.union is not None and not apart
    whole: list[Group] = [names[0]] if len(names) == 1 else [None] if united else []
    few = len(names) <= MOST_CONTRASTED
    by_population: list[Group] = list(names) if few else []
    if not few:
        notes.append(
            f"Populations are compared pair by pair only up to {MOST_CONTRASTED} of them, or where "
            "the study names the pairs."
        )
    if apart:
        notes.append(WITHIN_ONLY)
    groups = whole or by_population
    if (pairs := len(study.conflict.pairs)) > MOST_IN_SUMMARY:
        notes.append(
            f"Of {pairs:,} pairs of goals the reports show those with the largest parts of P(ma), "
            f"and summary.json lists {MOST_IN_SUMMARY:,}; all are in tables/."
        )
    overall = result.overall()
    mix = None if apart else study.populations.mix
    guests = np.linspace(0, 1, MIXTURE_POINTS)
    before = "goals" not in study.given
    tried = result.tried_priors()
    return Findings(
        result=result,
        misalignment=result.misalignment(),
        prior=_shown(result.prior_misalignment() if before else Estimates("prior", {})),
        overall=overall,
        overall_prior=None if overall is None or not before else _overall_prior(result),
        normalised=result.normalised_misalignment(),
        unbiased=result.unbiased(),
        proportions=result.proportions(),
        union_shares=None if apart else union_shares(result),
        parts=None if overall is None else result.decompose(),
        between=_between(result) if few and not apart else {},
        contrasts=tuple(result.contrast(a, b) for a, b in study.contrasts),
        changes=_changes(result),
        conflict=_conflict(result),
        contributions={
            g: ByPair(parts, parts.pairs)
            for g, parts in ((g, derived.contributions(result, g)) for g in groups)
        },
        opposition={g: derived.opposition(result, g) for g in groups},
        attribution=_attribution(result, list(dict.fromkeys([*whole, *by_population]))),
        levers=_levers(result, groups),
        sensitivity=derived.sensitivity(result, tried),
        mixture=None if mix is None else (guests, result.mixture(*mix, guests)),
        notes=tuple(notes),
        tried=tuple(tried),
        scaling=result.power_scaling(),
        checks=check_data(result),
        refusals=refusals(result),
        contact=_contact(result),
        beside_people=None if apart else _beside_people(result),
        of_models=_of_models(result),
    )


def _contact(result: Posterior) -> ContactResults | None:
    if result.study.contact is None:
        return None
    from bayes_misalign.inference.contact import contact

    return contact(result)


def _beside_people(result: Posterior) -> BesidePeople | None:
    if not result.study.populations.of_people:
        return None
    from bayes_misalign.inference.beside_people import beside_people

    return beside_people(result)


def _changes(result: Posterior) -> tuple[Contrast, ...]:
    """Return how every population in an order differs from the first, where that is taken apart."""
    at = places(result.populations, result.study.reporting.ordered)
    if at is None or not result.by_population or len(at) > MOST_CHANGES:
        return ()
    first, *later = (name for _, name in sorted(zip(at, result.populations, strict=True)))
    return tuple(result.contrast(name, first) for name in later)


def _shown(prior: Estimates) -> Estimates:
    return Estimates(prior.title, {name: _free(estimate) for name, estimate in prior.items()})


def _free(estimate: Estimate) -> Estimate:
    # prior draws are always independent, and no state of a fit makes them doubtful
    return replace(estimate, withheld=False, independent=True)


def _overall_prior(result: Posterior) -> Estimate | None:
    union, sizes = result.study.union, result.study.goals.population_size
    if union is None:
        return None
    shares = measure.union_shares(result.shares(PRIOR), np.array(union.shares))
    draws = measure.misalignment(shares, result.levels(PRIOR))
    if result.study.reporting.agents == "different" and sizes is not None:
        draws = measure.distinct_agents(draws, np.asarray(sizes.sum()))
    return _free(result.estimate(f"prior of {UNION_NAME}", np.asarray(draws)))


def _between(result: Posterior) -> dict[Pair, Estimate]:
    names = result.populations
    return {(a, b): result.between(a, b) for i, a in enumerate(names) for b in names[i + 1 :]}


def _conflict(result: Posterior) -> Levels:
    known = {
        pair
        for source in result.study.conflict.sources
        if evidence_model(source.model).traits.drawn == "known"
        for pair in source.pairs
    }
    groups: list[Group] = list(result.populations) if result.by_population else [None]
    pairs = result.study.conflict.pairs
    return Levels(
        {group: ByPair(derived.conflict_levels(result, group, known), pairs) for group in groups},
        pairs,
    )


def _attribution(result: Posterior, groups: list[Group]) -> dict[Group, Attribution]:
    if result.withheld:
        return {}
    found = {group: derived.attribution(result, group) for group in groups}
    nothing = Attribution(0.0, 0.0, 0.0, {}, 0.0)
    return {group: nothing if a.variance < ROUNDING else a for group, a in found.items()}


def _levers(result: Posterior, groups: list[Group]) -> dict[Group, Levers]:
    moves = len(result.categories) <= MOST_MOVED
    goals = result.study.conflict.categories if lifts(result.study.goals) else result.categories
    if result.withheld or len(groups) > MOST_LEVERED or len(goals) > MOST_MOVED:
        return {}
    below = result.study.reporting.threshold
    below = below if below is not None and 0 < below <= 1 else None
    found = {g: levers(result, g, SHARE, LEVEL, below, PROBABILITY, moves=moves) for g in groups}
    return {group: every for group, every in found.items() if len(every)}


def that_matter(findings: Findings) -> list[Pair]:
    """Return pairs by their parts of P(ma), summed over populations; in order where withheld."""
    every = list(findings.conflict)
    if findings.withheld or lifts(findings.study.goals):
        return every
    result = findings.result
    shares = result.shares().mean(axis=0)
    parts = measure.pair_contributions(shares, result.mean_conflict).sum(axis=0)
    return [every[k] for k in np.argsort(-parts, kind="stable")]
