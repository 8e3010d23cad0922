"""Misalignment from goal shares and conflict levels: numpy only, over draws and populations."""

from bayes_misalign.measure.areas import across_areas, any_area
from bayes_misalign.measure.between import (
    between,
    between_matrix,
    conditionally_negative_definite,
    excess,
)
from bayes_misalign.measure.bounds import (
    Maximum,
    attainable_maximum,
    normalised,
    normalised_by_bound,
)
from bayes_misalign.measure.change import Change, change
from bayes_misalign.measure.contact import (
    contact_misalignment,
    mixing_from_rates,
    mixing_of_contacts,
    mixing_of_populations,
    modularity,
)
from bayes_misalign.measure.contributions import (
    goal_contributions,
    opposition,
    pair_contributions,
    pairs,
)
from bayes_misalign.measure.decomposition import Decomposition, decompose, union_shares
from bayes_misalign.measure.design_based import (
    DesignBased,
    design_based,
    design_based_between,
)
from bayes_misalign.measure.design_weights import (
    EffectiveCounts,
    design_effect,
    effective_counts,
    effective_counts_in_common,
    population_shares,
    weighted_plug_in,
)
from bayes_misalign.measure.endorsed import endorsed, strength_conflict
from bayes_misalign.measure.estimators import (
    Estimate,
    Moments,
    dirichlet_moments,
    unbiased,
    weighted_unbiased,
    weighted_unbiased_from_sums,
)
from bayes_misalign.measure.gold_sample import GoldRows, GoldSample, gold_sample
from bayes_misalign.measure.holders import holders_misalignment, pattern_conflict
from bayes_misalign.measure.levers import (
    lowering,
    moving,
)
from bayes_misalign.measure.lifted import lifted
from bayes_misalign.measure.met_variance import (
    effective_covariance,
    student_widening,
    variance_ratio,
)
from bayes_misalign.measure.misalignment import (
    alignment,
    distinct_agents,
    exclusive_conflict,
    misalignment,
)
from bayes_misalign.measure.mixing import Mixing, mixing
from bayes_misalign.measure.raking import NotRaked, rake
from bayes_misalign.measure.rankings import (
    pairwise_shares,
    preferences,
    rankings_conflict,
    rankings_misalignment,
)
from bayes_misalign.measure.replicate_weights import (
    ReplicateScales,
    replicate_covariance,
    replicate_rank,
    replicate_scales,
)
from bayes_misalign.measure.stand_in import equivalent_sample_size
from bayes_misalign.measure.steps import smallest_step
from bayes_misalign.measure.survey_variance import (
    cluster_covariance,
    domain_covariance,
    stratified_covariance,
)
from bayes_misalign.measure.unknown_part import UnknownPart, departing_shares, unknown_part
from bayes_misalign.measure.weights import (
    agents_misalignment,
    group_weights,
    pair_weight,
    weighted_misalignment,
)

__all__ = [
    "Change",
    "Decomposition",
    "DesignBased",
    "EffectiveCounts",
    "Estimate",
    "GoldRows",
    "GoldSample",
    "Maximum",
    "Mixing",
    "Moments",
    "NotRaked",
    "ReplicateScales",
    "UnknownPart",
    "across_areas",
    "agents_misalignment",
    "alignment",
    "any_area",
    "attainable_maximum",
    "between",
    "between_matrix",
    "change",
    "cluster_covariance",
    "conditionally_negative_definite",
    "contact_misalignment",
    "decompose",
    "departing_shares",
    "design_based",
    "design_based_between",
    "design_effect",
    "dirichlet_moments",
    "distinct_agents",
    "domain_covariance",
    "effective_counts",
    "effective_counts_in_common",
    "effective_covariance",
    "endorsed",
    "equivalent_sample_size",
    "excess",
    "exclusive_conflict",
    "goal_contributions",
    "gold_sample",
    "group_weights",
    "holders_misalignment",
    "lifted",
    "lowering",
    "misalignment",
    "mixing",
    "mixing_from_rates",
    "mixing_of_contacts",
    "mixing_of_populations",
    "modularity",
    "moving",
    "normalised",
    "normalised_by_bound",
    "opposition",
    "pair_contributions",
    "pair_weight",
    "pairs",
    "pairwise_shares",
    "pattern_conflict",
    "population_shares",
    "preferences",
    "rake",
    "rankings_conflict",
    "rankings_misalignment",
    "replicate_covariance",
    "replicate_rank",
    "replicate_scales",
    "smallest_step",
    "stratified_covariance",
    "strength_conflict",
    "student_widening",
    "unbiased",
    "union_shares",
    "unknown_part",
    "variance_ratio",
    "weighted_misalignment",
    "weighted_plug_in",
    "weighted_unbiased",
    "weighted_unbiased_from_sums",
]
