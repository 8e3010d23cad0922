"""Strata of a table, what was sampled of each and how large each is, and what of it is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import FloatArray, IntArray
from bayes_misalign.reading.parse_numbers import parse_number
from bayes_misalign.reading.sampled_units import is_weighted
from bayes_misalign.tables.labels import show

WHOLE = 1e-7  # a stratum of which so little was not sampled has no variance


def strata_of(found: DistinctRows) -> tuple[list[str], IntArray]:
    """Return the names of the strata, and that of each distinct row; -1 where it says none."""
    if "strata" not in found.roles:
        return [""], np.zeros(len(found), np.int64)
    names, of_row = found.named("strata")
    return list(names), np.array(of_row, np.int64)


def sizes_of(
    found: DistinctRows, stratum: IntArray, names: Sequence[str], sampled: FloatArray
) -> FloatArray | None:
    """Return the number of units in each whole stratum, from numbers or fractions."""
    if "fpc" not in found.roles:
        return None
    given = found.meanings("fpc", lambda text: parse_number(text, "fpc", "a number above 0"))
    sizes = np.full(len(names), np.inf)
    problems, where = found.problems, found.where("fpc")
    first: dict[int, float] = {}
    for h, value in zip(stratum.tolist(), given, strict=True):
        if h < 0 or value is None:
            continue
        if first.setdefault(h, value) != value:
            problems.add(
                f"the fpc of {_stratum(names[h])} is {first[h]:g} in one row and {value:g} in "
                "another",
                where=where,
                several="the fpc of {n} strata differs from row to row",
                value=_stratum(names[h]),
                valid="one number for each stratum",
            )
            return None
    values = list(first.values())
    if values and min(values) <= 0:
        problems.add(
            "an fpc is not above 0",
            where=where,
            value=f"{min(values):g}",
            valid="the size of a stratum, or the fraction of it that was sampled",
        )
        return None
    fractions = bool(values) and max(values) <= 1
    for h, value in first.items():
        sizes[h] = sampled[h] / value if fractions else value
        if sizes[h] < sampled[h] * (1 - WHOLE):
            what = "clusters" if "cluster" in found.roles else "agents"
            problems.add(
                f"the fpc of {_stratum(names[h])} is {value:g}, and {sampled[h]:g} {what} of it "
                "were sampled",
                where=where,
                several="the fpc of {n} strata is below the number of what was sampled",
                value=f"{_stratum(names[h])}: {value:g} of which {sampled[h]:g} were sampled",
                valid=f"the number of {what} in the whole stratum, or the fraction of them that "
                "was sampled",
                fix="leave `fpc` out where clusters were drawn with replacement, or are a small "
                "part of all",
            )
    return sizes


def note_unlike_parts(
    found: DistinctRows, names: Sequence[str], sampled: FloatArray, sizes: FloatArray | None
) -> None:
    """Note strata that were sampled in different parts, where no weight tells of it."""
    if sizes is None or is_weighted(found) or not np.isfinite(sizes).all():
        return
    parts = sampled / sizes
    low, high = int(np.argmin(parts)), int(np.argmax(parts))
    if parts[high] > parts[low] * (1 + 1e-6):
        found.problems.add(
            f"{parts[low]:.3g} of {_stratum(names[int(low)])} and {parts[high]:.3g} of "
            f"{_stratum(names[high])} were sampled, and the answers have no weight",
            where=found.where("fpc"),
            valid="weights where strata were not sampled in proportion",
            fix="add a column of weights, size of the stratum over number sampled, and name it as "
            "`weight`",
        )


def note_lonely(
    found: DistinctRows,
    names: Sequence[str],
    sampled: FloatArray,
    sizes: FloatArray | None,
    lonely: str,
) -> None:
    """Note strata with one sampled unit, where the study does not say what they add."""
    whole = np.zeros(len(sampled), bool) if sizes is None else sampled >= sizes * (1 - WHOLE)
    alone = np.flatnonzero((sampled == 1) & ~whole)
    if lonely != "fail" or not len(alone) or "strata" not in found.roles:
        return
    what = "cluster" if "cluster" in found.roles else "agent"
    for h in alone.tolist():
        found.problems.add(
            f"{_stratum(names[h])} has one sampled {what}, which tells no variance",
            where=found.where("strata"),
            several=f"{{n}} strata have one sampled {what}, which tells no variance",
            value=_stratum(names[h]),
            valid=f"at least two {what}s in each stratum",
            fix='join it with a similar stratum, or state `lonely = "adjust"` (it adds its square '
            'from the mean of all), `lonely = "average"` (the mean of the other strata), `lonely = '
            '"remove"` or `lonely = "certainty"` (nothing: it was sampled for sure)',
        )


def _stratum(name: str) -> str:
    return f"stratum {show(name)}" if name else "the sample"
