"""What was sampled in each cluster, and what this adds to the variance of a sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.measure import cluster_covariance
from bayes_misalign.reading.design_columns import DesignOptions
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import FloatArray, IntArray
from bayes_misalign.reading.parse_numbers import parse_number
from bayes_misalign.reading.sampled_units import (
    Units,
    UnitSums,
    is_weighted,
    of_clusters,
    subunits_of,
)
from bayes_misalign.reading.strata import WHOLE

UNLIKE = 1e-6  # parts of clusters that were sampled, one over another less one


@dataclass(frozen=True, eq=False)
class SecondStage:
    """Units sampled within clusters: how many of how many in each, and of which part of all."""

    units: Units
    sampled: FloatArray  # in each cluster
    sizes: FloatArray  # of each whole cluster
    part: FloatArray  # of the clusters of its stratum that was sampled

    def sums(
        self, population: NDArray[np.intp], category: NDArray[np.intp], shape: tuple[int, int]
    ) -> UnitSums:
        """Return sums of these units by population; strata are the clusters."""
        return of_clusters(self.units, population, category, shape)

    def covariance(self, totals: FloatArray, cluster: IntArray, lonely: Any) -> FloatArray:
        """Return what sampling within clusters adds to the variance matrix of a population."""
        here, place = np.unique(cluster, return_inverse=True)
        return cluster_covariance(
            totals,
            place,
            sampled=self.sampled[here],
            sizes=self.sizes[here],
            factors=self.part[here],
            lonely=lonely,
        )


def second_stage_of(
    found: DistinctRows,
    stratum: IntArray,
    first: Units,
    sampled: FloatArray,
    sizes: FloatArray | None,
    options: DesignOptions,
) -> SecondStage | None:
    """Return what was sampled in clusters; None if nothing is stated, or something is wrong."""
    if "cluster2" not in found.roles or sizes is None:
        return None
    before, clusters = len(found.problems), len(first.stratum)
    units = subunits_of(found, stratum, nest=options.nest)
    number = np.bincount(units.stratum, minlength=clusters).astype(float)
    whole = _sizes(found, first, number)
    if whole is None or len(found.problems) > before:
        return None
    part = (sampled / sizes)[first.stratum]
    _note_unlike(found, part * number / whole)
    _note_lonely(found, number, whole, part, options.lonely)
    if len(found.problems) > before:
        return None
    return SecondStage(units, number, whole, part)


def _sizes(found: DistinctRows, first: Units, number: FloatArray) -> FloatArray | None:
    """Return the number of units in each whole cluster, from numbers or fractions."""
    given = found.meanings("fpc2", lambda text: parse_number(text, "fpc2", "a number above 0"))
    problems = found.problems
    row_of = np.full(len(number), -1, np.int64)  # a distinct row of each cluster
    row_of[first.unit[::-1]] = first.row[::-1]
    value = np.array([np.nan if x is None else x for x in given], float)
    told, of_rows = value[row_of], value[first.row]
    if np.isnan(told).any():
        return None  # noted as a number that is none, or a cell that is empty
    differs = np.flatnonzero(of_rows != told[first.unit])
    if len(differs):
        at = int(differs[0])
        problems.add(
            f"the fpc2 of a cluster is {told[first.unit[at]]:g} in one row and {of_rows[at]:g} in "
            "another",
            where=found.where("fpc2", found.first[int(first.row[at])]),
            several="the fpc2 of {n} clusters differs from row to row",
            number=len(np.unique(first.unit[differs])),
            valid="one number for each cluster",
        )
        return None
    if len(told) and told.min() <= 0:
        problems.add(
            "an fpc2 is not above 0",
            where=found.where("fpc2", found.first[int(row_of[int(told.argmin())])]),
            value=f"{told.min():g}",
            valid="the number of units in the whole cluster, or the fraction that was sampled",
        )
        return None
    whole = number / told if told.max(initial=0.0) <= 1 else told
    few = np.flatnonzero(whole < number * (1 - WHOLE))
    if len(few):
        at = int(few[0])
        problems.add(
            f"the fpc2 of a cluster is {told[at]:g}, and {number[at]:g} units of it were sampled",
            where=found.where("fpc2", found.first[int(row_of[at])]),
            several="the fpc2 of {n} clusters is below the number of what was sampled in them",
            number=len(few),
            valid="the number of units in the whole cluster, or the fraction of them that was "
            "sampled",
            fix="leave `cluster2` and `fpc2` out where units of clusters were drawn with "
            "replacement",
        )
    return np.asarray(whole)


def _note_unlike(found: DistinctRows, parts: FloatArray) -> None:
    """Note units that were sampled in different parts of all, where no weight tells of it."""
    if is_weighted(found) or not len(parts) or not np.isfinite(parts).all():
        return
    low, high = float(parts.min()), float(parts.max())
    if high > low * (1 + UNLIKE):
        found.problems.add(
            f"{low:.3g} of the units of some clusters and {high:.3g} of those of others were "
            "sampled, and the answers have no weight",
            where=found.where("fpc2"),
            valid="weights where units were not sampled in proportion",
            fix="add a column of weights, fpc / clusters sampled * fpc2 / units sampled, and name "
            "it as `weight`",
        )


def _note_lonely(
    found: DistinctRows, number: FloatArray, whole: FloatArray, part: FloatArray, lonely: str
) -> None:
    """Note clusters in which one unit of several was sampled, where it is not said what it adds."""
    alone = (number == 1) & (whole > 1 + WHOLE) & (part > 0)
    if not alone.any() or lonely not in ("fail", "average"):
        return
    found.problems.add(
        "one unit of a cluster was sampled, which tells no variance within it",
        where=found.where("cluster2"),
        several="of {n} clusters one unit was sampled, which tells no variance within them",
        number=int(alone.sum()),
        valid="two units or more of each cluster, or all",
        fix='state `lonely = "adjust"` (such a unit adds its square) or `lonely = "remove"` '
        "(nothing), or leave `cluster2` and `fpc2` out",
    )
