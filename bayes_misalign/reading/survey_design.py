"""Strata, clusters, finite populations and replicate weights of a table of answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.measure import (
    cluster_covariance,
    domain_covariance,
    replicate_covariance,
    stratified_covariance,
)
from bayes_misalign.reading.design_columns import DesignOptions, replicate_role
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.reading.left_out import Ways, with_left_out
from bayes_misalign.reading.sample_design import SampleDesign
from bayes_misalign.reading.sampled_units import (
    UnitSums,
    of_agents,
    of_clusters,
    units_of,
)
from bayes_misalign.reading.strata import note_lonely, note_unlike_parts, sizes_of, strata_of
from bayes_misalign.tables.labels import shown

if TYPE_CHECKING:
    from bayes_misalign.reading.raked import Raked
    from bayes_misalign.reading.second_stage import SecondStage

MOST_IN_UNION = 100  # populations whose shares in the union have a variance by the design
MOST_TOGETHER = 200  # shares of populations with clusters in common whose covariances are kept
Shape = tuple[int, int]
CUT = (
    "The design counts what was sampled among the rows that are left. Where these are a part of "
    "the sample, name its column as population: the design then knows what was sampled in all."
)


def settle_design(
    found: DistinctRows,
    population: NDArray[np.intp],
    category: NDArray[np.intp],
    shape: tuple[int, int],
    options: DesignOptions,
    ways: Ways | None = None,
    raked: Raked | None = None,
) -> SampleDesign | None:
    """Return the variance of the weighted shares; None if nothing is stated, or something is wrong.

    `population` and `category` are those of each distinct row, the category -1 where it is no
    answer; `shape` is the number of both. `ways` tell how rows give no answer, and
    `raked` are weights that were raked to margins.
    """
    if options.replicates is not None or raked is not None:

        def replicated(of: NDArray[np.intp], which: NDArray[np.intp], size: Shape) -> Any:
            return _by_replicates(found, of, which, size, options, raked)

        told = replicated(population, category, shape)
        told = told and with_left_out(told, replicated, found, population, category, shape, ways)
        return told and _with_union(told, replicated, population, category, shape)
    if not {"strata", "cluster", "fpc"} & set(found.roles):
        return None
    before = len(found.problems)
    if found.table.left_out.rows and CUT not in found.table.notes:
        found.table.notes.append(CUT)
    names, stratum = strata_of(found)
    units = None
    if "cluster" in found.roles:
        units = units_of(found, stratum, nest=options.nest)
        if len(found.problems) > before:
            return None
        known = units.stratum >= 0
        sampled = np.bincount(units.stratum[known], minlength=len(names)).astype(float)
    else:
        kept = stratum >= 0
        sampled = np.bincount(
            stratum[kept], weights=found.sum("n")[kept], minlength=len(names)
        ).astype(float)
    sizes = sizes_of(found, stratum, names, sampled)
    second = None
    if units is not None and len(found.problems) == before:
        from bayes_misalign.reading.second_stage import second_stage_of

        second = second_stage_of(found, stratum, units, sampled, sizes, options)
    if second is None and len(found.problems) == before:
        note_unlike_parts(found, names, sampled, sizes)
    if len(found.problems) == before:
        note_lonely(found, names, sampled, sizes, options.lonely)
    if len(found.problems) > before:
        return None

    def linearised(of: NDArray[np.intp], which: NDArray[np.intp], size: Shape) -> SampleDesign:
        made = (
            of_agents(found, of, which, size, stratum)
            if units is None
            else of_clusters(units, of, which, size)
        )
        kind = "agents" if units is None else "clusters"
        within = None if second is None else (second, second.sums(of, which, size))
        return _linearised(made, sampled, sizes, options, kind, within)

    design = linearised(population, category, shape)
    design = with_left_out(design, linearised, found, population, category, shape, ways)
    return _with_union(design, linearised, population, category, shape)


def _with_union(
    design: SampleDesign,
    variance: Callable[[NDArray[np.intp], NDArray[np.intp], Shape], SampleDesign | None],
    population: NDArray[np.intp],
    category: NDArray[np.intp],
    shape: Shape,
) -> SampleDesign:
    """Return the design with the variance of the shares of populations in their union."""
    if not 1 < shape[0] <= MOST_IN_UNION:
        return design
    member = np.where(category >= 0, population, -1)
    of_all = variance(np.zeros_like(population), member, (1, shape[0]))
    if of_all is None:
        return design
    spread = of_all.covariance[0]
    goals = variance(np.zeros_like(population), category, (1, shape[1]))
    return replace(
        design,
        union_variance=float(np.trace(spread)),
        union_df=float(of_all.df[0]),
        union_covariance=spread,
        union_goals=None if goals is None else goals.covariance[0],
    )


def _linearised(
    made: UnitSums,
    sampled: FloatArray,
    sizes: FloatArray | None,
    options: DesignOptions,
    units: str,
    within: tuple[SecondStage, UnitSums] | None,
) -> SampleDesign:
    strata = np.array([len(np.unique(own)) for own in made.stratum], float)
    # a sample of one cluster tells no variance, and counts as one answer
    lonely: Any = "remove" if len(sampled) == 1 else options.lonely
    found = []
    for s, (total, own) in enumerate(zip(made.totals, made.stratum, strict=True)):
        here, place = np.unique(own, return_inverse=True)
        n, size = sampled[here], None if sizes is None else sizes[here]
        if made.squares is None:
            told = cluster_covariance(total, place, sampled=n, sizes=size, lonely=lonely)
        else:
            told = stratified_covariance(total, made.squares[s], n, sizes=size, lonely=lonely)
        if within is not None:
            stage, sums = within
            told = told + stage.covariance(sums.totals[s], sums.stratum[s], options.lonely)
        found.append(told)
    together = None
    number, k = len(made.totals), made.totals[0].shape[1] if made.totals else 0
    if made.shared and number > 1 and number * k <= MOST_TOGETHER:
        together = _together(made, sampled, sizes)
        if within is not None:
            stage, sums = within
            together = together + _together(sums, stage.sampled, stage.sizes, stage.part)
    words = "Taylor linearisation"
    if sizes is not None:
        words += " with finite-population correction"
        words += " of both stages" if within is not None else ""
    if options.lonely != "fail":
        words += f", single units of a stratum: {options.lonely}"
    return SampleDesign(
        words,
        np.array(found),
        np.maximum(made.clusters - strata, 0.0),
        made.clusters,
        strata,
        units,
        made.shared,
        together=together,
    )


def _together(
    made: UnitSums,
    sampled: FloatArray,
    sizes: FloatArray | None,
    factors: FloatArray | None = None,
) -> FloatArray:
    """Return the covariances of the shares of all populations, (S K, S K)."""
    units = np.unique(np.concatenate(made.units))
    stratum = np.zeros(len(units), np.int64)
    totals = np.zeros((len(made.totals), len(units), made.totals[0].shape[1]))
    for s, (total, own, of) in enumerate(zip(made.totals, made.units, made.stratum, strict=True)):
        place = np.searchsorted(units, own)
        totals[s, place] = total
        stratum[place] = of
    found = domain_covariance(totals, stratum, sampled=sampled, sizes=sizes, factors=factors)
    return found.reshape(found.shape[0] * found.shape[1], -1)


def _by_replicates(
    found: DistinctRows,
    population: NDArray[np.intp],
    category: NDArray[np.intp],
    shape: tuple[int, int],
    options: DesignOptions,
    raked: Raked | None,
) -> SampleDesign | None:
    scales = options.replicates if raked is None else raked.scales
    assert scales is not None
    mse = options.mse if raked is None else raked.mse
    words = f"{options.method} with {len(scales.rscales)} replicate weights"
    kept = category >= 0
    at = population[kept], category[kept]
    roles = [replicate_role(r) for r in range(len(scales.rscales))]
    sums = []
    weights = (
        [found.sum("weight_sum"), *map(found.sum, roles)]
        if raked is None
        else [
            raked.weight,
            *raked.replicates,
        ]
    )
    for weight in weights:
        total = np.zeros(shape)
        np.add.at(total, at, weight[kept])
        sums.append(total)
    whole, each = sums[0], np.stack(sums[1:], axis=1)
    answered = whole.sum(axis=1) > 0
    empty = answered[:, None] & (each.sum(axis=2) <= 0)
    if empty.any():
        names = [
            found.roles.get(role, role)
            for role, bad in zip(roles, empty.any(axis=0), strict=True)
            if bad
        ]
        found.problems.add(
            f"in the replicate {shown(names[:1])} nobody in some population has a weight",
            where=found.table.source,
            several="in {n} columns of replicate weights a population has no weight at all",
            number=len(names),
            value=shown(names),
            valid="a weight above 0 in every replicate of every population",
            fix="leave small populations out with `where`, or merge them",
        )
        return None
    if options.replicates is not None and found.replicate_rank < 2:
        found.problems.add(
            "the replicate weights are all alike, and tell no variance",
            where=found.table.source,
            valid="replicates that differ from each other",
            fix="name the columns of replicate weights, each once; or leave `replicates` out",
        )
        return None
    df, together = scales.df, None
    if options.replicates is not None and not options.stated_df:
        df = min(df, found.replicate_rank - 1.0)
    if shape[0] > 1 and shape[0] * shape[1] <= MOST_TOGETHER and answered.all():
        # shares of every population side by side sum to their number, as if they were one
        shares, others = (x / x.sum(axis=-1, keepdims=True) for x in (whole, each))
        side = others.transpose(1, 0, 2).reshape(len(roles), -1)
        one = replicate_covariance(shares.ravel(), side, scales, mse=mse)
        together = one * shape[0] ** 2
    return SampleDesign(
        words if raked is None else raked.words,
        replicate_covariance(whole, each, scales, mse=mse),
        np.where(answered, df, 0.0),
        np.zeros(shape[0]),
        np.zeros(shape[0]),
        "replicates",
        together=together,
    )
