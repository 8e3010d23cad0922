"""Weights raked to margins that a study states, and what this does to the variance of a sample."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.measure import NotRaked, ReplicateScales, rake
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import FloatArray, IntArray
from bayes_misalign.reading.margins import Margins, OfPart, margin_role
from bayes_misalign.reading.sampled_units import is_weighted, units_of
from bayes_misalign.tables.labels import show, shown

MOST_REPLICATES = 4_000


@dataclass(frozen=True)
class Raked:
    """Raked weights of each distinct row (N,), and in each replicate (R, N)."""

    weight: FloatArray
    replicates: FloatArray
    scales: ReplicateScales
    words: str
    mse: bool


def settle_raking(
    found: DistinctRows,
    margins: Margins,
    asked: NDArray[np.bool_],
    base: FloatArray | None,
    scales: ReplicateScales | None,
    design: Mapping[str, Any],
) -> Raked | None:
    """Return raked weights of those who were `asked`; None if something is wrong.

    `base` are stated replicate weights (R, N) with their scales, if there are any; `design` holds
    stratum (N,), units sampled by stratum, sizes of strata, whether clusters are nested, and the
    words of a stated method.
    """
    problems, before = found.problems, len(found.problems)
    parts = [
        (part, _placed(found, part, rows))
        for part, rows in _parts(found, margins, asked)
        if rows.any()
    ]
    if len(problems) > before:
        return None
    weight = np.where(asked, found.sum("weight_sum" if is_weighted(found) else "n"), 0.0)
    if base is None:
        made = _jackknife(found, asked, weight, design)
        if made is None:
            return None
        base, scales, words = made
    else:
        words = f"{design['method']} with {len(base)} replicate weights, each raked anew"
        base = np.where(asked, base, 0.0)
    assert scales is not None
    whole, each = np.zeros_like(weight), np.zeros_like(base)
    for part, (rows, places) in parts:
        total = float(weight[rows].sum())
        sums = [total * np.array(list(of.values())) for of in part.shares.values()]
        try:
            whole[rows] = rake(weight[rows], places, sums)
            raked = rake(base[:, rows], places, sums)
        except NotRaked as trouble:
            _note_not_raked(trouble, part, problems)
            return None
        if margins.by_population:  # margins say nothing of how large a population is
            raked = raked * (base[:, rows].sum(axis=1) / total)[:, None]
        each[:, rows] = raked
    return Raked(whole, each, scales, words, bool(design.get("mse", True)))


def _parts(
    found: DistinctRows, margins: Margins, asked: NDArray[np.bool_]
) -> list[tuple[OfPart, NDArray[np.bool_]]]:
    """Return the margins of all, or of each population, with its rows; note what has none."""
    if not margins.by_population:
        return [(margins.parts[0], asked)]
    names = np.array([text.strip() for text in found.cells("population")], dtype=object)
    known = [part.population for part in margins.parts if part.population is not None]
    for text in dict.fromkeys(names[asked].tolist()):
        if text not in known:
            found.problems.add(
                f"rake has no margins of the population {show(text)}",
                where=found.where("population"),
                valid=shown(known),
                hint=did_you_mean(text, known),
                fix="state its margins too, or leave the population out with `where`",
            )
    return [(part, asked & (names == part.population)) for part in margins.parts]


def _placed(
    found: DistinctRows, part: OfPart, rows: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], list[IntArray]]:
    """Return the rows and the category of each in each margin; note those that do not fit."""
    places: list[IntArray] = []
    for i, (name, of) in enumerate(part.shares.items()):
        place = {category: j for j, category in enumerate(of)}
        cells = [text.strip() for text in found.cells(margin_role(i))]
        there = {t for t, yes in zip(cells, rows, strict=True) if yes}
        unknown = {text for text in there if text and text not in place}
        for text in sorted(unknown):
            found.problems.add(
                f"the margin of {show(name)}{part.words} has no category {show(text)}",
                where=found.where(margin_role(i)),
                valid=shown(list(of)),
                hint=did_you_mean(text, of),
                fix="give categories the names that they have in the table, or add its share",
            )
        for category in [c for c in of if c not in there and not unknown]:
            found.problems.add(
                f"nobody in the sample is {show(category)}, {100 * of[category]:.3g} % by the "
                f"margin of {show(name)}{part.words}",
                where=found.where(margin_role(i)),
                valid="a sample with somebody in every category",
                fix="join the category with a similar one, in the table and in the margin",
            )
        given = (place.get(text, 0) for text, yes in zip(cells, rows, strict=True) if yes)
        places.append(np.array(list(given), np.int64))
    return rows, places


def _note_not_raked(trouble: NotRaked, part: OfPart, problems: Problems) -> None:
    """Say of which category the weights cannot be raked."""
    name, of = list(part.shares.items())[trouble.margin]
    category, name = show(list(of)[trouble.category]), f"{show(name)}{part.words}"
    if trouble.empty:
        what = (
            f"all of category {category} of {name} are in one sampled unit, so "
            "that without it the weights cannot be raked"
        )
        fix = "join the category with a similar one, in the table and in the margin"
    else:
        what = f"the weights do not settle: {category} of {name} stays off"
        fix = "join small categories, or leave a margin out"
    problems.add(what, where="rake", valid="margins that the sample can have together", fix=fix)


def with_weights(found: DistinctRows, raked: Raked) -> DistinctRows:
    """Return the same rows with raked weights."""
    weighted = is_weighted(found)
    first = found.sum("weight_sum" if weighted else "n")
    squares = found.sum("weight_sq_sum" if weighted else "n")
    factor = np.divide(raked.weight, first, out=np.zeros_like(first), where=first > 0)
    other = copy.copy(found)
    zero = found.sum("zero_weights") if weighted else np.zeros(len(found))
    other.give_weights(factor * first, factor**2 * squares, zero)
    return other


def _jackknife(
    found: DistinctRows, asked: NDArray[np.bool_], weight: FloatArray, design: Mapping[str, Any]
) -> tuple[FloatArray, ReplicateScales, str] | None:
    """Return replicates that leave one sampled unit out each, with their scales and a name."""
    stratum: IntArray = design["stratum"]
    sampled: FloatArray = design["sampled"]
    sizes = design["sizes"]
    clusters = "cluster" in found.roles
    if clusters:
        units = units_of(found, stratum, nest=bool(design["nest"]))
        of, number = units.stratum, len(units.stratum)
        out = np.zeros((min(number, MOST_REPLICATES + 1), len(found)))
        if number <= MOST_REPLICATES:
            np.add.at(out, (units.unit, units.row), units.weight)
            out = np.where(asked, out, 0.0)
        times = np.ones(number)
    else:
        rows = np.flatnonzero(asked & (stratum >= 0) & (found.sum("n") > 0))
        of, number = stratum[rows], len(rows)
        n = found.sum("n")[rows]
        out = np.zeros((min(number, MOST_REPLICATES + 1), len(found)))
        if number <= MOST_REPLICATES:
            out[np.arange(number), rows] = weight[rows] / n
        # agents of one row stand for each other, those of a larger weight for more
        times = n
        if is_weighted(found):
            squares = found.sum("weight_sq_sum")[rows]
            mean = np.where(weight[rows] > 0, weight[rows], 1.0) / n
            times = np.where(weight[rows] > 0, squares / mean**2, 0.0)
    if number > MOST_REPLICATES:
        kinds = "clusters" if clusters else "kinds of agents, by answer, population and category,"
        found.problems.add(
            f"{number:,} {kinds} are too many to leave each of them out in turn",
            where="rake",
            valid=f"at most {MOST_REPLICATES:,}",
            fix="join categories, or state weights that are raked already, with `replicates`",
        )
        return None
    in_h = sampled[of]
    varies = in_h > 1
    back = np.where(varies, in_h / np.maximum(in_h - 1, 1), 1.0)[:, None]
    own = of[:, None] == stratum
    replicates = np.where(own, back, 1.0) * weight - back * out
    # what is left of a row without its only agent is rounding
    replicates = np.where(replicates > 1e-9 * np.maximum(weight, 1e-300), replicates, 0.0)
    each = times * np.where(varies, (in_h - 1) / np.maximum(in_h, 1), 0.0)
    if sizes is not None:
        each = each * np.maximum(1 - in_h / sizes[of], 0.0)
    strata = len(np.unique(of))
    df = max(float(sampled[np.unique(of)].sum() - strata), 1.0)
    kept = each > 0
    if kept.sum() < 2:
        found.problems.add(
            "fewer than two sampled units tell of the variance of raked weights",
            where="rake",
            valid="a sample of two clusters, or agents, and more",
        )
        return None
    what = f"{number:,} clusters" if clusters else f"{float(sampled.sum()):,.0f} agents"
    words = f"Jackknife of {what}, weights raked anew without each"
    return replicates[kept], ReplicateScales(1.0, each[kept], df), words
