"""The designs that models of conflict are calibrated with, each with its prior."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.models.elicited.declaration import ElicitedConflict
from bayes_misalign.models.encounters import calibration as encounters
from bayes_misalign.models.encounters import reports_and_encounters as joint_encounters
from bayes_misalign.models.experts import calibration as experts
from bayes_misalign.models.judged import calibration as judged
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.noisy_labels import calibration as noisy_labels
from bayes_misalign.models.rated import calibration as rated
from bayes_misalign.models.spatial import calibration as spatial

PAIRS = (("a", "b"), ("a", "c"), ("b", "c"))
Design = tuple[dict[str, Any], Any, Any]  # what it is in words, evidence, prior


def judged_designs() -> Iterator[Design]:
    """Yield every combination of judgements and prior."""
    priors = ({"yes": 1.0, "no": 1.0}, {"yes": 0.5, "no": 0.5}, {"yes": 2.0, "no": 6.0})
    for judgements, prior in product((0, 5, 15, 200), priors):
        yes = np.full(len(PAIRS), float(judgements))
        evidence = JudgedConflict(PAIRS, yes, np.zeros(len(PAIRS)), origin="a design")
        words = {"judgements_of_a_pair": judgements, "prior": prior}
        yield words, evidence, evidence_model("judged").priors(prior)


def elicited_designs() -> Iterator[Design]:
    """Yield sets of three statements: ranges with their probability, or means with a strength."""
    prior = evidence_model("elicited").priors()
    ranges = (
        ((0.7, 1.0, 0.9), (0.2, 0.4, 0.9), (0.0, 0.1, 0.95)),
        ((0.3, 0.35, 0.5), (0.6, 0.9, 0.5), (0.0, 0.5, 0.3)),
    )
    unknown = np.full(len(PAIRS), np.nan)
    for stated in ranges:
        low, high, probability = np.array(stated).T
        words = {"ranges": [list(one) for one in stated]}
        evidence = ElicitedConflict(PAIRS, low, high, probability, unknown, unknown, "a design")
        yield words, evidence, prior
    mean, strength = np.array([0.5, 0.05, 0.9]), np.array([2.0, 10.0, 200.0])
    words = {"means": mean.tolist(), "strengths": strength.tolist()}
    evidence = ElicitedConflict(PAIRS, unknown, unknown, unknown, mean, strength, "a design")
    yield words, evidence, prior


def rated_designs() -> Iterator[Design]:
    """Yield named raters, holders of goals in several populations, and raters who rate again."""
    prior = evidence_model("rated").priors()
    words: dict[str, Any] = {"goals": 4, "pairs_rated": 5, "raters": 3, "levels": 5}
    yield words, rated.ratings(), prior
    words = {"goals": 2, "sides": 2, "ratings_of_a_side": 10, "levels": 4}
    words |= {"populations": 3, "populations_rated": 2}
    yield words, rated.mutual_ratings(), prior
    words = {"goals": 3, "raters": 4, "ratings_of_a_pair": 2, "levels": 3}
    yield words, rated.repeated_ratings(), prior
    words = {"goals": 6, "pairs_rated": 12, "ratings_of_a_pair": 40, "levels": 3}
    yield words, rated.many_ratings(), prior


def rated_walk_designs() -> Iterator[Design]:
    """Yield waves of one series, one of which nobody rated, and of two series."""
    prior = evidence_model("rated").priors()
    for evidence, words in (
        (rated.ratings_over_time(), {"goals": 3, "ratings_of_a_pair": 15}),
        (rated.series_over_time(), {"goals": 2, "sides": 2, "ratings_of_a_side": 20}),
    ):
        silent = [n for n, x in enumerate(evidence.ratings_in.sum(axis=1)) if not x]
        yield (
            {
                **words,
                "levels": len(evidence.levels),
                "waves": list(evidence.populations),
                "not_rated": [evidence.populations[n] for n in silent],
            },
            evidence,
            prior,
        )


def rated_kinds_designs() -> Iterator[Design]:
    """Yield people and models who rate once, and three kinds that are asked again."""
    prior = evidence_model("rated").priors()
    words: dict[str, Any] = {"goals": 4, "pairs_rated_by_people": 4, "levels": 4}
    yield {**words, "kinds": {"people": 3, "models": 3}}, rated.ratings_by_kinds(), prior
    words = {"goals": 3, "levels": 3, "kinds": {"people": 2, "small models": 2, "large models": 1}}
    words |= {"ratings_of_a_pair": {"people": 1, "small models": 4, "large models": 8}}
    yield words, rated.repeated_by_kinds(), prior


def judged_raters_designs() -> Iterator[Design]:
    """Yield raters who judge once, who judge again, one alone, and many who lapse alike."""
    of = evidence_model("judged").priors
    words: dict[str, Any] = {"raters": 5, "pairs": 6, "judgements": 29}
    yield words, judged.judges(5, 4), of()
    words = {"raters": 3, "pairs": 3, "judgements": 32, "judgements_of_a_pair": 4}
    yield words, judged.judges(3, 3, 4), of()
    words = {"raters": 1, "pairs": 6, "judgements": 6}
    yield words, judged.judges(1, 4), of()
    stated = {"yes": 2.0, "no": 1.0, "severity": 2.0, "lapse": 0.1, "lapse_spread": 0.0}
    words = {"raters": 12, "pairs": 3, "judgements": 35, "prior": stated}
    yield words, judged.judges(12, 3), of(stated)


def judged_kinds_designs() -> Iterator[Design]:
    """Yield people and models who judge once, and three kinds that are asked again."""
    prior = evidence_model("judged").priors()
    words: dict[str, Any] = {"goals": 4, "pairs_judged_by_people": 4, "pairs_judged": 6}
    yield {**words, "kinds": {"people": 3, "models": 3}}, judged.judges_by_kinds(), prior
    words = {"goals": 4, "pairs_judged_by_people": 4, "pairs_judged": 5}
    words |= {"kinds": {"people": 2, "small models": 2, "large models": 1}}
    words |= {"judgements_of_a_pair": {"people": [1, 2], "small models": 4, "large models": 8}}
    yield words, judged.repeated_by_kinds(), prior


def experts_designs() -> Iterator[Design]:
    """Yield a panel that is incomplete, a large one on one pair, and two experts alone."""
    of = evidence_model("experts").priors
    words = {"experts": 4, "pairs": 3, "statements": 11, "strengths": [12.0, 4.0]}
    yield words, experts.panel(), of()
    design = experts.panel(12, 1, silent=0, strengths=(30.0, 10.0, 3.0))
    words = {"experts": 12, "pairs": 1, "statements": 12, "strengths": [30.0, 10.0, 3.0]}
    yield words, design, of()
    stated = {"shared": 0.8, "shared_strength": 10.0, "leaning_sd": 1.0, "disagreement": 0.2}
    design = experts.panel(2, 3, silent=1, strengths=(100.0, 2.0))
    words = {"experts": 2, "pairs": 3, "statements": 5, "strengths": [100.0, 2.0], "prior": stated}
    yield words, design, of(stated)


def encounters_designs() -> Iterator[Design]:
    """Yield encounters of known goals, of holders of none among them."""
    of_known = encounters.encounters()
    words: dict[str, Any] = {"goals": 3, "no_goal": True, "encounters": int(of_known.number)}
    yield words, of_known, evidence_model("encounters").priors()


def encounters_reports_designs() -> Iterator[Design]:
    """Yield encounters of agents whose goals three raters label."""
    together = encounters.reported_who_met(noisy_labels.labels(3, 3, 80, gold=8))
    words: dict[str, Any] = {"goals": 3, "raters": 3, "agents": int(together.goals.agents.sum())}
    words |= {"agents_who_met": int(together.met.trees.agents.sum())}
    words |= {"encounters": int(together.met.number), "together_with": "noisy-labels"}
    yield words, together, joint_encounters.priors(together)


def spatial_designs() -> Iterator[Design]:
    """Yield goals placed by several people, with known errors, and exactly; all with ratings."""
    prior = evidence_model("spatial").priors()
    words: dict[str, Any] = {"goals": 4, "dimensions": 2, "placements": 28, "form": "gaussian"}
    words |= {"pairs_rated": 3, "ratings": 18, "levels": 5}
    yield words, spatial.placements(), prior
    words = {"goals": 3, "errors": [0.001, 0.02, 0.06], "form": "exponential"}
    words |= {"pairs_rated": 2, "ratings": 20, "levels": 3}
    yield words, spatial.placed_with_known_error(), prior
    words = {"goals": 4, "errors": 0, "form": "linear", "pairs_rated": 4, "ratings": 16}
    yield {**words, "levels": 11}, spatial.placed_exactly(), prior
