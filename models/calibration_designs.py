"""The designs that each model is calibrated with, each with the prior that it is drawn from."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from designs_of_conflict import (
    Design,
    elicited_designs,
    encounters_designs,
    encounters_reports_designs,
    experts_designs,
    judged_designs,
    judged_kinds_designs,
    judged_raters_designs,
    rated_designs,
    rated_kinds_designs,
    rated_walk_designs,
    spatial_designs,
)

from bayes_misalign.contract.classes import GoalClasses
from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.models.behaviour import calibration as behaviour
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.choices import calibration as choices
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.clustered import calibration as clustered
from bayes_misalign.models.endorsement.evidence import StrengthCounts
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.multi_select.evidence import HoldingCounts
from bayes_misalign.models.noisy_labels import calibration as noisy_labels
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.models.pooled.priors import PooledShares
from bayes_misalign.models.poststratified import calibration as poststratified
from bayes_misalign.models.published.evidence import PublishedShares
from bayes_misalign.models.ranked.evidence import OrderCounts
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.waves import calibration as waves
from bayes_misalign.models.waves.priors import WavesPrior
from bayes_misalign.settings import NO_GOAL


def single_choice_designs() -> Iterator[Design]:
    """Yield every combination of goals, holding no goal, answers and prior."""
    kinds = ("matched", "index-uniform", "concentration", "dirichlet")
    for goals, no_goal, answers, kind in product((2, 3, 8), (False, True), (0, 15, 200), kinds):
        categories = tuple(f"g{i + 1}" for i in range(goals)) + (NO_GOAL,) * no_goal
        counts = np.zeros((1, len(categories)))
        counts[0, 0] = answers
        vector = {label: 0.5 + 0.5 * i for i, label in enumerate(categories)}
        prior = {
            "matched": SharePrior(),
            "index-uniform": SharePrior("index-uniform"),
            "concentration": SharePrior("concentration", concentration=2.0),
            "dirichlet": SharePrior("dirichlet", dirichlet=vector),
        }[kind]
        words = {"goals": goals, "no_goal": no_goal, "answers": answers, "prior": kind}
        yield words, ChoiceCounts.from_counts(categories, ("all",), counts), prior


def multi_select_designs() -> Iterator[Design]:
    """Yield few and many goals, rules, and priors with and without classes of holdings."""
    of_classes = GoalClasses((("a",), ("b",), ("c",), ("a + b", "a + c", "b + c", "a + b + c")))
    one = SharePrior("concentration", concentration=1.0)
    cases: tuple[tuple[str, int, str, str, SharePrior], ...] = (
        ("ab", 20, "noisy-or", "conflict", one),
        ("abc", 100, "noisy-or", "conflict", one),
        ("abcd", 20, "mean", "conflict", one),
        ("ab", 20, "noisy-or", "conflict", SharePrior()),
        ("ab", 200, "max", "agree", SharePrior("index-uniform")),
        ("abc", 0, "noisy-or", "conflict", SharePrior(classes=of_classes)),
        ("abc", 20, "noisy-or", "conflict", SharePrior(classes=of_classes)),
        ("abc", 200, "mean", "conflict", SharePrior()),
        ("abcde", 60, "noisy-or", "agree", SharePrior()),
    )
    for goals, answers, lift, same, prior in cases:
        counts = [{"a": float(answers)}]
        design = HoldingCounts.from_counts(tuple(goals), ("all",), counts)
        design = replace(design, lift=lift, same_goals=same)
        words = {"goals": len(goals), "answers": answers, "lift": lift, "same_goals": same}
        yield {**words, "prior": prior.kind, "classes": prior.classes is not None}, design, prior


def endorsement_designs() -> Iterator[Design]:
    """Yield few and many goals and answers, averages, rules and priors."""
    one = SharePrior("concentration", concentration=1.0)
    cases: tuple[tuple[str, int, str, str, SharePrior], ...] = (
        ("ab", 0, "noisy-or", "geometric", one),
        ("ab", 20, "noisy-or", "geometric", one),
        ("ab", 200, "max", "harmonic", SharePrior("concentration", concentration=4.0)),
        ("abc", 20, "mean", "arithmetic", one),
        ("abc", 200, "noisy-or", "min", SharePrior()),
        ("abcd", 60, "noisy-or", "max", one),
    )
    for goals, answers, lift, average, prior in cases:
        seen = [(1.0, *(0.0 for _ in goals[1:]))]
        rules: Any = {"lift": lift, "average": average}
        design = StrengthCounts.of(goals, ("all",), seen, [[answers]], room=(0.5, 1.0), **rules)
        yield {"goals": len(goals), "answers": answers, **rules, "prior": prior.kind}, design, prior


def ranked_designs() -> Iterator[Design]:
    """Yield few and many alternatives, ties, and other priors."""
    two = SharePrior("concentration", concentration=2.0)
    cases: tuple[tuple[str, int, str, str, SharePrior], ...] = (
        ("ab", 20, "a > b", "agree", two),
        ("abc", 0, "a > b > c", "agree", two),
        ("abc", 20, "a > b = c", "coin", two),
        ("abc", 200, "a > b > c", "agree", SharePrior()),
        ("abcd", 60, "a > b > c > d", "agree", two),
        ("abcdef", 60, "a > b > c = d = e = f", "agree", SharePrior("concentration", 6.0)),
    )
    for alternatives, answers, order, ties, prior in cases:
        counts = [{order: float(answers)}]
        design = OrderCounts.from_counts(tuple(alternatives), ("all",), counts)
        words = {
            "alternatives": len(alternatives),
            "orders": len(design.categories),
            "answers": answers,
            "ties": ties,
            "prior": prior.kind,
        }
        yield words, replace(design, ties=ties), prior


def published_designs() -> Iterator[Design]:
    """Yield percentages of few and of many agents, rounded finely and coarsely."""
    priors = {
        "matched": SharePrior(),
        "index-uniform": SharePrior("index-uniform"),
        "concentration": SharePrior("concentration", concentration=2.0),
    }
    cases: tuple[tuple[int, bool, int, float, str], ...] = (
        (2, False, 40, 1.0, "matched"),
        (2, True, 600, 1.0, "matched"),
        (3, True, 600, 0.1, "matched"),
        (3, False, 100, 5.0, "matched"),
        (4, False, 300, 2.0, "matched"),
        (3, False, 100, 5.0, "index-uniform"),
        (4, True, 40, 5.0, "concentration"),
        (8, False, 600, 1.0, "concentration"),
    )
    for goals, no_goal, agents, rounding, kind in cases:
        categories = tuple(f"g{i + 1}" for i in range(goals)) + (NO_GOAL,) * no_goal
        percent = np.zeros((1, len(categories)))
        percent[0, 0] = 100.0
        evidence = PublishedShares.of(categories, ("all",), percent, agents, rounding=rounding)
        words = {"goals": goals, "no_goal": no_goal, "agents": agents, "rounding": rounding}
        yield {**words, "prior": kind}, evidence, priors[kind]


def noisy_labels_designs() -> Iterator[Design]:
    """Yield raters that are pooled, one alone that repeats itself, and two beside an instrument."""
    of = evidence_model("noisy-labels").priors
    words = {"goals": 3, "raters": 3, "agents": 80, "gold": 8, "pooling": "hierarchical"}
    yield {**words, "validation_of_one_rater": 10}, noisy_labels.labels(), of()
    design = noisy_labels.labels(2, 1, 60, repeats=3, gold=0, validated=0.0)
    words = {"goals": 2, "raters": 1, "agents": 60, "gold": 0, "pooling": "common"}
    yield {**words, "labels_of_an_agent": 3}, design, of({"pooling": "common"})
    vector = {"a": 1.0, "b": 2.0, NO_GOAL: 0.5}
    words = {"goals": 2, "no_goal": True, "raters": 3, "known_raters": 1, "agents": [52, 72]}
    words |= {"gold_chosen": [12, 12], "pooling": "separate", "labels_of_an_agent": 5}
    prior = of({"pooling": "separate", "shares": {"dirichlet": vector}})
    yield {**words, "shares": vector}, noisy_labels.retested_labels(), prior


def behaviour_designs() -> Iterator[Design]:
    """Yield agents of one goal who are alike or not, and a goal of which nothing is stated."""
    design, of = behaviour.actions(), evidence_model("behaviour").priors
    words = {"goals": 2, "situations": 2, "agents": [60, 60], "gold": [6, 6], "choices": 6}
    for overdispersion in (True, False):
        prior = of({"overdispersion": overdispersion})
        yield {**words, "overdispersion": overdispersion}, design, prior
    words = {"goals": 2, "no_goal": True, "situations": 2, "agents": [58, 38]}
    words |= {"gold_chosen": [8, 8], "choices": [6, 8], "unstated_goals": 1, "overdispersion": True}
    prior = of({"shares": {"concentration": 3.0}})
    yield {**words, "concentration": 3.0}, behaviour.unstated_actions(), prior


def choices_designs() -> Iterator[Design]:
    """Yield agents who choose again, one rationality; and single choices, one for each goal."""
    of = evidence_model("choices").priors
    words = {"goals": 2, "situations": 2, "agents": [60, 60], "gold": [6, 6], "choices": 4}
    yield {**words, "rationality": "shared", "overdispersion": True}, choices.choices(), of()
    words = {"goals": 2, "no_goal": True, "situations": 3, "agents": [58, 50], "gold": [8, 0]}
    words |= {"choices": 3, "rationality": "goal", "concentration": 3.0}
    yield words, choices.goals_that_differ(), of({"shares": {"concentration": 3.0}})


def waves_designs() -> Iterator[Design]:
    """Yield answers in waves of one series, one of which asked nobody, and of two series."""
    for name in waves.DESIGNS:
        categories, populations, counts = waves.counts_of(name)
        prior = WavesPrior.of().with_populations(populations)
        words = {"goals": len(categories) - (NO_GOAL in categories), "waves": list(populations)}
        words |= {"no_goal": NO_GOAL in categories, "answers": counts[:, 0].tolist()}
        yield words, ChoiceCounts.from_counts(categories, populations, counts), prior


def pooled_designs() -> Iterator[Design]:
    """Yield few answers in some populations, and none in one."""
    cases = ((3, True, [3, 5, 8, 12, 20, 40]), (2, False, [0, 4, 4, 8, 8, 15, 15, 15, 30, 60]))
    for goals, no_goal, answers in cases:
        categories = tuple("abc"[:goals]) + (NO_GOAL,) * no_goal
        counts = np.zeros((len(answers), len(categories)))
        counts[:, 0] = answers
        populations = [f"population {i + 1}" for i in range(len(counts))]
        words = {"goals": goals, "no_goal": no_goal, "answers": answers}
        yield words, ChoiceCounts.from_counts(categories, populations, counts), PooledShares()


def pooled_groups_designs() -> Iterator[Design]:
    """Yield few answers of populations within groups of one to four, two of which have none."""
    cases = (
        (3, True, [3, 5, 8, 12, 20, 40], [3, 2, 1]),
        (2, False, [0, 4, 8, 15, 4, 15, 30, 0, 15, 60], [4, 3, 2, 1]),
    )
    for goals, no_goal, answers, sizes in cases:
        categories = tuple("abc"[:goals]) + (NO_GOAL,) * no_goal
        counts = np.zeros((len(answers), len(categories)))
        counts[:, 0] = answers
        populations = [f"population {i + 1}" for i in range(len(counts))]
        group = np.repeat([f"group {i + 1}" for i in range(len(sizes))], sizes)
        prior = PooledShares(within=dict(zip(populations, group.tolist(), strict=True)))
        words = {"goals": goals, "no_goal": no_goal, "answers": answers, "group_sizes": sizes}
        evidence = ChoiceCounts.from_counts(categories, populations, counts)
        yield words, evidence, prior.with_populations(populations)


def pooled_labels_groups_designs() -> Iterator[Design]:
    """Yield labels of instruments that err often, of populations within groups."""
    emission = np.stack([np.full((3, 3), e / 2) + (1 - 1.5 * e) * np.eye(3) for e in (0.3, 0.4)])
    populations = tuple(f"population {i + 1}" for i in range(6))
    number = np.tile([12.0, 3.0], len(populations))
    evidence = DistinctLabels(
        categories=("a", "b", NO_GOAL),
        populations=populations,
        raters=("first", "second"),
        labels=("a", "b", NO_GOAL),
        emission=emission,
        reports=np.tile([1, 0, 0, 1, 0, 0], (len(number), 1)),
        population=np.repeat(np.arange(len(populations)), 2),
        gold=np.tile([UNKNOWN, 0], len(populations)),
        agents=number,
        row_weight=number,
        row_weight_sq=number,
    )
    prior = replace(evidence_model("noisy-labels").priors(), shares=_two_in_each_group(populations))
    words: dict[str, Any] = {"goals": 2, "no_goal": True, "agents": [15] * 6, "gold": [3] * 6}
    words |= {"known_error_rates": [0.3, 0.4], "group_sizes": [2, 2, 2]}
    yield words, evidence, prior


def _two_in_each_group(populations: tuple[str, ...]) -> PooledShares:
    group = [f"group {i // 2 + 1}" for i in range(len(populations))]
    within = dict(zip(populations, group, strict=True))
    return PooledShares(within=within).with_populations(populations)


def pooled_actions_groups_designs() -> Iterator[Design]:
    """Yield actions and choices of agents of populations within groups."""
    populations = tuple(f"population {i + 1}" for i in range(6))
    number = np.tile([12.0, 3.0], len(populations))
    seen: dict[str, Any] = {
        "categories": ("a", "b", NO_GOAL),
        "populations": populations,
        "situations": ("first", "second"),
        "actions": (("x", "y"), ("u", "v")),
        "reports": np.tile([3, 0, 3, 0], (len(number), 1)),
        "population": np.repeat(np.arange(len(populations)), 2),
        "gold": np.tile([UNKNOWN, 0], len(populations)),
        **dict.fromkeys(("agents", "row_weight", "row_weight_sq"), number),
    }
    shares = _two_in_each_group(populations)
    words: dict[str, Any] = {"goals": 2, "no_goal": True, "agents": [15] * 6, "gold": [3] * 6}
    words |= {"situations": 2, "choices": 6, "group_sizes": [2, 2, 2]}
    expected = np.array([[0.85, 0.15, 0.8, 0.2], [0.15, 0.85, 0.1, 0.9], [0.2, 0.8, 0.85, 0.15]])
    acted = DistinctActions(expected=expected, **seen)
    prior = replace(evidence_model("behaviour").priors(), shares=shares)
    yield {"of": "behaviour", **words}, acted, prior
    payoffs = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]])
    chosen = DistinctChoices(payoffs=payoffs, **seen)
    prior = replace(evidence_model("choices").priors(), shares=shares)
    yield {"of": "choices", **words}, chosen, prior


def pooled_published_groups_designs() -> Iterator[Design]:
    """Yield rounded percentages of few agents of populations within groups."""
    populations = tuple(f"population {i + 1}" for i in range(6))
    asked = np.array([10.0, 20.0, 30.0, 40.0, 15.0, 60.0])
    categories = ("a", "b", NO_GOAL)
    percent = np.tile([100.0, 0.0, 0.0], (len(populations), 1))
    rounding = np.full(len(populations), 5.0)
    evidence = PublishedShares.of(categories, populations, percent, asked, rounding=rounding)
    words: dict[str, Any] = {"goals": 2, "no_goal": True, "agents": asked.astype(int).tolist()}
    words |= {"rounding": 5.0, "group_sizes": [2, 2, 2]}
    yield words, evidence, _two_in_each_group(populations)


def poststratified_designs() -> Iterator[Design]:
    """Yield cells of three covariates, two cells without answers; then combinations too."""
    of = evidence_model("poststratified").priors
    words: dict[str, Any] = {"goals": 2, "no_goal": True, "covariates": 3, "ordered": 1}
    words |= {"cells": 24, "cells_with_answers": 22, "parts": 3}
    yield {**words, "agents_of_a_cell": 6}, poststratified.cells(), of()
    pair = ("age", "region")
    words |= {"agents_of_a_cell": 6, "interactions": [list(pair)]}
    yield words, poststratified.cells(interactions=(pair,)), of()


def clustered_designs() -> Iterator[Design]:
    """Yield clusters of one size, and of several in two populations with a correlation each."""
    sizes = [[6] * 12]
    words: dict[str, Any] = {"goals": 2, "no_goal": True, "populations": 1, "sizes": sizes}
    yield words, clustered.clusters(sizes), evidence_model("clustered").priors()
    sizes = [[2, 2, 5, 9, 9, 20], [1, 3, 8]]
    words = {"goals": 3, "no_goal": False, "populations": 2, "sizes": sizes, "by_population": True}
    each = evidence_model("clustered").priors({"by_population": True})
    yield words, clustered.clusters(sizes, no_goal=False), each


EXACT: dict[str, Callable[[], Iterator[Design]]] = {
    "single-choice": single_choice_designs,
    "multi-select": multi_select_designs,
    "endorsement": endorsement_designs,
    "ranked": ranked_designs,
    "published": published_designs,
    "judged": judged_designs,
    "elicited": elicited_designs,
    "experts": experts_designs,
}
SAMPLED = {
    "noisy-labels": noisy_labels_designs,
    "behaviour": behaviour_designs,
    "choices": choices_designs,
    "rated": rated_designs,
    "rated_walk": rated_walk_designs,
    "rated_kinds": rated_kinds_designs,
    "encounters": encounters_designs,
    "encounters_reports": encounters_reports_designs,
    "spatial": spatial_designs,
    "judged_raters": judged_raters_designs,
    "judged_kinds": judged_kinds_designs,
    "waves": waves_designs,
    "pooled": pooled_designs,
    "pooled_groups": pooled_groups_designs,
    "pooled_labels_groups": pooled_labels_groups_designs,
    "pooled_actions_groups": pooled_actions_groups_designs,
    "pooled_published_groups": pooled_published_groups_designs,
    "poststratified": poststratified_designs,
    "clustered": clustered_designs,
}
