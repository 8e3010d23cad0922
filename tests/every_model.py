"""The evidence, priors and shapes of every model that tests of all models have in common."""

import json
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.registry import BUILT_IN, evidence_model
from bayes_misalign.contract.shares import shares_prior
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.families.statements.known_levels import FixedConflict
from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.models.drawn_conflict.evidence import DrawnLevels
from bayes_misalign.models.drawn_shares.evidence import DrawnGoals
from bayes_misalign.models.elicited.evidence import ElicitedConflict
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.endorsement.evidence import StrengthCounts
from bayes_misalign.models.experts.evidence import ExpertConflict
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.multi_select.evidence import HoldingCounts
from bayes_misalign.models.mutually_exclusive.declaration import ExclusiveConflict
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.models.ordinal.evidence import OrdinalConflict
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.models.published.evidence import PublishedShares
from bayes_misalign.models.ranked.evidence import OrderCounts
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.study.joint import build_alone

NAMES = tuple(name for name, entry in BUILT_IN.items() if entry.kind != "shares")
REPORTS = ("noisy-labels", "behaviour", "choices")  # goals seen through reports
# in general not conjugate
SAMPLED = (*REPORTS, "clustered", "encounters", "poststratified", "rated", "spatial")
KNOWN = ("fixed", "mutually-exclusive", "ordinal")  # nothing uncertain: there is a card only
GIVEN = ("drawn-shares", "drawn-conflict")  # another program's draws: nothing to check here
UNCERTAIN = tuple(name for name in NAMES if name not in KNOWN + GIVEN)
PAIRS = tuple(combinations("abc", 2))


def contents(name: str, file: str) -> dict[str, Any]:
    return dict(json.loads((models_root() / name / file).read_text(encoding="utf-8")))


def numbers(values: list[Any]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


@cache
def evidence(name: str) -> Any:
    """Return the evidence of a model's `data.json`, or a small set of known levels."""
    if name == "fixed":
        return FixedConflict(PAIRS, np.array([0.5, 0.0, 1.0]), origin="stated")
    if name == "mutually-exclusive":
        return ExclusiveConflict(PAIRS, np.ones(3), origin="exclusive goals")
    if name == "ordinal":
        return OrdinalConflict.of(tuple("abc"), tuple("abc"))
    if name in GIVEN:
        draws = np.random.default_rng(1).dirichlet([3, 2, 1], size=(10, 1))
        if name == "drawn-shares":
            return DrawnGoals("abc", ["all"], draws)
        return DrawnLevels(PAIRS, draws[:, 0], origin="elsewhere")
    found = contents(name, "data.json")["evidence"]
    if name == "single-choice":
        return ChoiceCounts.from_counts(**found)
    if name == "multi-select":
        rows = [dict(zip(found["categories"], row, strict=True)) for row in found["counts"]]
        return HoldingCounts.from_counts(found["goals"], found["populations"], rows)
    if name == "endorsement":
        return StrengthCounts.of(
            found["goals"], found["populations"], found["strength"], found["counts"]
        )
    if name == "ranked":
        rows = [dict(zip(found["categories"], row, strict=True)) for row in found["counts"]]
        return OrderCounts.from_counts(found["goals"], found["populations"], rows)
    if name == "published":
        return PublishedShares.of(**found)
    if name == "poststratified":
        return CellCounts(**found)
    if name == "clustered":
        return ClusterCounts(**found)
    if name in REPORTS:
        kinds: dict[str, Any] = {"noisy-labels": DistinctLabels, "behaviour": DistinctActions}
        return (kinds | {"choices": DistinctChoices})[name](**found)
    if name == "experts":
        return ExpertConflict(**found, origin="stated")
    if name == "encounters":
        return EncounterConflict.of(**found)
    if name == "rated":
        return RatedConflict.from_counts(**found)
    if name == "spatial":
        return SpatialConflict.from_means(**found)
    kind = {"judged": JudgedConflict, "elicited": ElicitedConflict}[name]
    pairs = found.pop("pairs")
    return kind(pairs, **{key: numbers(value) for key, value in found.items()}, origin="stated")


def reference_priors(name: str) -> Any:
    """Return the priors of the Stan program."""
    model = evidence_model(name)
    if BUILT_IN[name].kind != "goals":
        return model.priors()
    shares = contents(name, "data.json").get("shares", "matched")
    if model.shares_prior(model.priors()) is None:
        return model.priors()
    return model.priors(model.with_shares(None, shares_prior(shares)))


@cache
def design(name: str) -> Any:
    """Return the shape of simulated data: that of the reference, and all that may be known."""
    data = evidence(name)
    if name != "noisy-labels":
        return data
    validation = np.zeros(data.validation.shape)
    validation[0, :, 0] = 10
    gold = np.where(np.arange(len(data.agents)) < 4, 0, UNKNOWN)
    return replace(data, gold=gold, validation=validation)


@cache
def compiled(name: str) -> Compiled:
    """Return a model that takes other data of its shape: compiling takes longer than sampling."""
    usable_compile_cache()
    model = evidence_model(name)
    return Compiled(build_alone(model, design(name), reference_priors(name)))
