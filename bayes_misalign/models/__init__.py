"""The models of this package, a folder each: one line here, and the registry finds the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # so that editors and type checkers know what users write
    from bayes_misalign.models.behaviour.declaration import Behaviour as Behaviour
    from bayes_misalign.models.choices.declaration import Choices as Choices
    from bayes_misalign.models.clustered.declaration import Clustered as Clustered
    from bayes_misalign.models.drawn_conflict.declaration import DrawnConflict as DrawnConflict
    from bayes_misalign.models.drawn_shares.declaration import DrawnShares as DrawnShares
    from bayes_misalign.models.elicited.declaration import Elicited as Elicited
    from bayes_misalign.models.encounters.declaration import Encounters as Encounters
    from bayes_misalign.models.endorsement.declaration import Endorsement as Endorsement
    from bayes_misalign.models.experts.declaration import Experts as Experts
    from bayes_misalign.models.fixed.declaration import Fixed as Fixed
    from bayes_misalign.models.independent.priors import SharePrior as SharePrior
    from bayes_misalign.models.judged.declaration import Judged as Judged
    from bayes_misalign.models.multi_select.declaration import MultiSelect as MultiSelect
    from bayes_misalign.models.mutually_exclusive.declaration import (
        MutuallyExclusive as MutuallyExclusive,
    )
    from bayes_misalign.models.noisy_labels.declaration import NoisyLabels as NoisyLabels
    from bayes_misalign.models.ordinal.declaration import Ordinal as Ordinal
    from bayes_misalign.models.pooled.priors import PooledShares as PooledShares
    from bayes_misalign.models.poststratified.declaration import Poststratified as Poststratified
    from bayes_misalign.models.published.declaration import Published as Published
    from bayes_misalign.models.ranked.declaration import Ranked as Ranked
    from bayes_misalign.models.rated.declaration import Rated as Rated
    from bayes_misalign.models.single_choice.declaration import SingleChoice as SingleChoice
    from bayes_misalign.models.spatial.declaration import Spatial as Spatial
    from bayes_misalign.models.waves.priors import WavesPrior as WavesPrior

# name, what it is about, and what a user writes; the simplest of a kind first
BUILT_IN = (
    ("independent", "shares", "SharePrior"),
    ("pooled", "shares", "PooledShares"),
    ("waves", "shares", "WavesPrior"),
    ("single-choice", "goals", "SingleChoice"),
    ("multi-select", "goals", "MultiSelect"),
    ("endorsement", "goals", "Endorsement"),
    ("ranked", "goals", "Ranked"),
    ("clustered", "goals", "Clustered"),
    ("published", "goals", "Published"),
    ("poststratified", "goals", "Poststratified"),
    ("noisy-labels", "goals", "NoisyLabels"),
    ("behaviour", "goals", "Behaviour"),
    ("choices", "goals", "Choices"),
    ("drawn-shares", "goals", "DrawnShares"),
    ("mutually-exclusive", "conflict", "MutuallyExclusive"),
    ("fixed", "conflict", "Fixed"),
    ("ordinal", "conflict", "Ordinal"),
    ("elicited", "conflict", "Elicited"),
    ("experts", "conflict", "Experts"),
    ("encounters", "conflict", "Encounters"),
    ("judged", "conflict", "Judged"),
    ("rated", "conflict", "Rated"),
    ("spatial", "conflict", "Spatial"),
    ("drawn-conflict", "conflict", "DrawnConflict"),
)
