"""Weights raked to margins that a study states, and what this does to the variance of a sample."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.measure import NotRaked, ReplicateScales, rake
from bayes_misalign.reading.columns import Column
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import FloatArray, IntArray
from bayes_misalign.reading.sampled_units import is_weighted, units_of
from bayes_misalign.reading.typed_fields import is_number, shown_value
from bayes_misalign.tables import Table
from bayes_misalign.tables.labels import show, shown

MOST_CATEGORIES = 200
MOST_REPLICATES = 4_000
ROUNDING = 0.005  # published shares are rounded; they are scaled to sum to one
_EXAMPLE = "`rake = { sex = { female = 0.51, male = 0.49 } }`"
Margins = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Raked:
    """Raked weights of each distinct row (N,), and in each replicate (R, N)."""

    weight: FloatArray
    replicates: FloatArray
    scales: ReplicateScales
    words: str
    mse: bool


def margin_role(number: int) -> str:
    """Return the role of a column whose margin is known."""
    return f"margin {number + 1}"


def margin_columns(
    margins: Margins, asked: tuple[str, Callable[[str], bool]]
) -> tuple[Column, ...]:
    """Return what columns of known margins hold; they are needed where somebody was `asked`."""
    return tuple(
        Column(
            margin_role(i),
            "categories",
            MOST_CATEGORIES,
            what=f"category of {show(name)}",
            needed=asked,
            valid=f"one of {shown(list(of))}",
            fix="leave out with `where` those of whom it is not known, or weight without it",
        )
        for i, (name, of) in enumerate(margins.items())
    )


def read_margins(
    stated: Any, open_table: Callable[[dict[str, str], Any], Table | None], problems: Problems
) -> Margins | None:
    """Return margins by column and category, as shares that sum to 1; None if they are wrong."""
    before, where = len(problems), "rake"
    if isinstance(stated, str):
        names = ("variable", "category", "share")
        table = open_table(dict(zip(names, names, strict=True)), stated)
        if table is None:
            return None
        found: dict[str, dict[str, Any]] = {}
        for row, (variable, category, text) in table:
            try:
                share = float(text)
            except ValueError:
                problems.add(
                    "a share is no number", where=table.where(row), value=text, valid="a number"
                )
                continue
            found.setdefault(variable, {})[category] = share
        stated, where = found, table.source
    if not isinstance(stated, Mapping) or not stated:
        problems.add(f"rake is {shown_value(stated)}", where=where, valid=f"as in {_EXAMPLE}")
        return None
    made: Margins = {}
    for name, of in stated.items():
        if not isinstance(of, Mapping) or len(of) < 2 or not all(map(is_number, of.values())):
            problems.add(
                f"the margin of {name} is {shown_value(of)}",
                where=where,
                valid=f"the share of each category, two or more, as in {_EXAMPLE}",
            )
            continue
        values = np.array(list(map(float, of.values())))
        if not (np.isfinite(values).all() and (values > 0).all()):
            problems.add(
                f"the margin of {name} has a share that is not above 0",
                where=where,
                valid="shares, percentages or numbers of agents above 0",
                fix="leave categories out that nobody is in",
            )
            continue
        made[str(name)] = dict(zip(map(str, of), values.tolist(), strict=True))
    if len(problems) > before:
        return None
    totals = {name: sum(of.values()) for name, of in made.items()}
    if not _one_total(list(totals.values())):
        said = ", ".join(f"{show(name)} {total:g}" for name, total in totals.items())
        problems.add(
            f"the margins sum to {said}",
            where=where,
            valid="shares that sum to 1, percentages that sum to 100, or numbers of agents with "
            "one sum for all margins",
            fix="add the category that is missing, or correct a share",
        )
        return None
    return {
        name: {category: x / totals[name] for category, x in of.items()}
        for name, of in made.items()
    }


def _one_total(totals: list[float]) -> bool:
    for whole in (1.0, 100.0):
        if all(abs(total / whole - 1) <= ROUNDING for total in totals):
            return True
    return min(totals) > 100 * (1 + ROUNDING) and max(totals) <= min(totals) * (1 + ROUNDING)


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
    places, targets = [], []
    for i, (name, of) in enumerate(margins.items()):
        place = {category: j for j, category in enumerate(of)}
        cells = [text.strip() for text in found.cells(margin_role(i))]
        unknown = {t for t, yes in zip(cells, asked, strict=True) if yes and t and t not in place}
        for text in sorted(unknown):
            problems.add(
                f"the margin of {show(name)} has no category {show(text)}",
                where=found.where(margin_role(i)),
                valid=shown(list(of)),
                hint=did_you_mean(text, of),
                fix="give categories the names that they have in the table, or add its share",
            )
        there = {t for t, yes in zip(cells, asked, strict=True) if yes}
        for category in [c for c in of if c not in there and not unknown]:
            problems.add(
                f"nobody in the sample is {show(category)}, {100 * of[category]:.3g} % by the "
                f"margin of {show(name)}",
                where=found.where(margin_role(i)),
                valid="a sample with somebody in every category",
                fix="join the category with a similar one, in the table and in the margin",
            )
        places.append(np.array([place.get(text, 0) for text in cells], np.int64))
        targets.append(np.array(list(of.values())))
    if len(problems) > before:
        return None
    weight = np.where(asked, found.sum("weight_sum" if is_weighted(found) else "n"), 0.0)
    total = float(weight.sum())
    sums = [total * target for target in targets]
    if base is None:
        made = _jackknife(found, asked, weight, design)
        if made is None:
            return None
        base, scales, words = made
    else:
        words = f"{design['method']} with {len(base)} replicate weights, each raked anew"
        base = np.where(asked, base, 0.0)
    assert scales is not None
    try:
        whole = rake(weight, places, sums)
        each = rake(base, places, sums)
    except NotRaked as trouble:
        name, of = list(margins.items())[trouble.margin]
        category = list(of)[trouble.category]
        if trouble.empty:
            what = (
                f"all of category {show(category)} of {show(name)} are in one sampled unit, so "
                "that without it the weights cannot be raked"
            )
            fix = "join the category with a similar one, in the table and in the margin"
        else:
            what = f"the weights do not settle: {show(category)} of {show(name)} stays off"
            fix = "join small categories, or leave a margin out"
        problems.add(what, where="rake", valid="margins that the sample can have together", fix=fix)
        return None
    return Raked(whole, each, scales, words, bool(design.get("mse", True)))


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
