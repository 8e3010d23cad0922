"""What a study states of strata, clusters and replicate weights, and what of it does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from bayes_misalign.errors import Problems, did_you_mean
from bayes_misalign.measure import replicate_scales
from bayes_misalign.reading.declared import Contradiction
from bayes_misalign.reading.design_columns import LONELY, DesignOptions
from bayes_misalign.reading.typed_fields import is_number, shown_value
from bayes_misalign.tables.labels import shown

COLUMNS = ("strata", "cluster", "fpc", "cluster2", "fpc2")
METHODS = {
    "brr": "balanced half samples (BRR)",
    "fay": "Fay's half samples",
    "jk1": "jackknife (JK1)",
    "jkn": "jackknife with strata (JKn)",
    "jk2": "jackknife of pairs (JK2)",
    "bootstrap": "bootstrap",
    "successive-difference": "successive differences",
    "other": "replicates with stated scales",
}
_SAME = {"jackknife": "jk1", "acs": "successive-difference"}
_KEYS = ("columns", "method", "fay", "scale", "rscales", "mse", "combined", "df")
_WHERE = "replicates"
_EXAMPLE = '`replicates = { columns = "rep_*", method = "brr" }`'


def design_contradictions(declared: Any) -> Iterator[Contradiction]:
    """Yield what of a design is stated together and must not be, or alone and must not be."""
    stated = [name for name in COLUMNS if getattr(declared, name) is not None]
    replicates = getattr(declared, "replicates", None)
    yield (
        replicates is not None and bool(stated),
        f"replicates and {' and '.join(stated)} are both stated",
        "one of the two: replicate weights hold the strata and clusters already",
    )
    yield (
        replicates is not None and declared.weight is None,
        "replicates are stated without weight",
        'the column of the weights of the whole sample too, as in `weight = "w"`',
    )
    yield (
        replicates is not None and declared.weight_sum is not None,
        "replicates and weight_sum are both stated",
        "replicates with `weight`, both of one agent of the row",
    )
    raked = getattr(declared, "rake", None) is not None
    yield (
        raked and declared.weight_sum is not None,
        "rake and weight_sum are both stated",
        "rake where a row is one agent, or a number of agents without weights",
    )
    yield (
        raked and None not in (declared.respondent, declared.population),
        "rake is stated of agents who may be in several populations",
        "rake without `respondent`, each population with agents of its own",
    )
    yield (
        raked and declared.data is None,
        "rake is stated without a table",
        "rake with `data`, a table with a column for each margin",
    )
    yield (
        raked and declared.lonely in ("adjust", "average"),
        f"rake and lonely = {declared.lonely!r} are both stated",
        'lonely = "remove" or lonely = "certainty" beside rake',
    )
    yield (
        declared.nest and None in (declared.strata, declared.cluster),
        "nest is stated without strata and cluster",
        "nest where clusters are numbered anew in every stratum",
    )
    second = [name for name in ("cluster2", "fpc2") if getattr(declared, name) is not None]
    first = [name for name in ("cluster", "fpc") if getattr(declared, name) is not None]
    yield (
        bool(second) and len(first + second) < 4,
        f"{' and '.join(second)} {'are' if len(second) > 1 else 'is'} stated without "
        f"{' and '.join(n for n in COLUMNS[1:] if n not in first + second)}",
        "cluster, fpc, cluster2 and fpc2 together; without the sizes of both stages the clusters "
        "alone tell the variance",
    )
    yield (
        raked and bool(second),
        f"rake and {' and '.join(second)} are both stated",
        "rake with cluster and fpc; raked samples have a correction of the first stage alone",
    )
    yield (
        declared.lonely not in LONELY,
        f"lonely is {shown_value(declared.lonely)}",
        " or ".join(f'"{how}"' for how in LONELY),
    )
    yield (
        declared.lonely != "fail" and not stated,
        "lonely is stated without strata or cluster",
        "lonely beside the columns of a design",
    )


def replicate_columns(
    stated: Any, header: Sequence[str], weight: str | None, problems: Problems
) -> list[str] | None:
    """Return the columns of replicate weights, or note that there are none.

    A pattern that `weight` fits too, as PWGTP* of PWGTP, does not mean it.
    """
    if not isinstance(stated, Mapping):
        problems.add(
            f"replicates is {shown_value(stated)}",
            where=_WHERE,
            valid=f"a table of the columns and the method, as in {_EXAMPLE}",
        )
        return None
    named = stated.get("columns")
    if isinstance(named, str):
        found = [name for name in header if fnmatchcase(name, named) and name != weight]
        if len(found) < 2:
            problems.add(
                f"{len(found) or 'no'} column{'s' * (len(found) != 1)} of the table fit "
                f"{shown_value(named)}",
                where=f"{_WHERE} columns",
                valid=f"a pattern of two or more of {shown(header)}",
                hint=did_you_mean(named.replace("*", ""), header),
            )
            return None
        return found
    if isinstance(named, Sequence) and len(named) > 1 and all(isinstance(n, str) for n in named):
        missing = [name for name in named if name not in header]
        again = list(dict.fromkeys(n for n in named if named.count(n) > 1 or n == weight))
        if again:
            problems.add(
                "a column is named twice",
                where=f"{_WHERE} columns",
                several="{n} columns are named twice",
                number=len(again),
                value=shown(again),
                valid="each replicate once, and the weight of the whole sample not among them",
            )
            return None
        for name in missing:
            problems.add(
                "there is no such column of replicate weights",
                where=f"{_WHERE} columns",
                value=shown_value(name),
                valid=shown(header),
                hint=did_you_mean(name, header),
            )
        return None if missing else list(named)
    problems.add(
        f"columns is {shown_value(named)}",
        where=_WHERE,
        valid=f"a pattern of the names of the columns, or a list of them, as in {_EXAMPLE}",
    )
    return None


def design_options(declared: Any, columns: Sequence[str], problems: Problems) -> DesignOptions:
    """Return what is stated beside columns, or note what is wrong with it."""
    plain = DesignOptions(declared.nest, declared.lonely)
    stated = declared.replicates
    if not isinstance(stated, Mapping):
        return plain
    before = len(problems)
    for key in stated:
        if key not in _KEYS:
            problems.add(
                f"unknown key {key!r}",
                where=_WHERE,
                valid=", ".join(_KEYS),
                fix=did_you_mean(key, _KEYS),
            )
    method = str(stated.get("method", "")).lower()
    method = _SAME.get(method, method)
    if method not in METHODS:
        problems.add(
            f"method is {shown_value(stated.get('method'))}",
            where=_WHERE,
            valid=" or ".join(f'"{name}"' for name in METHODS),
            hint=did_you_mean(method, METHODS),
            fix="" if "method" in stated else f"state it, as in {_EXAMPLE}",
        )
    numbers = {key: stated[key] for key in ("fay", "scale", "df") if key in stated}
    for key, value in numbers.items():
        if not is_number(value):
            problems.add(f"{key} is {shown_value(value)}", where=_WHERE, valid="a number")
    df = numbers.pop("df", None)
    if is_number(df) and not 1 <= df < np.inf:
        problems.add(f"df is {df:g}", where=_WHERE, valid="degrees of freedom, at least 1")
    mse, combined = stated.get("mse", False), stated.get("combined", True)
    for key, value in (("mse", mse), ("combined", combined)):
        if not isinstance(value, bool):
            problems.add(f"{key} is {shown_value(value)}", where=_WHERE, valid="true or false")
    each = stated.get("rscales")
    if each is not None and not (
        isinstance(each, Sequence | np.ndarray) and all(is_number(x) for x in each)
    ):
        problems.add(f"rscales is {shown_value(each)}", where=_WHERE, valid="a list of numbers")
    if method == "fay" and "fay" not in stated:
        problems.add(
            "the method fay is stated without its factor",
            where=_WHERE,
            valid="the factor of the documentation of the survey, as in `fay = 0.3`",
        )
    if len(problems) > before or len(columns) < 2:  # which is said of the columns
        return plain
    given: Any = method
    try:
        scales = replicate_scales(given, len(columns), rscales=each, **numbers)
    except ValueError as trouble:
        problems.add(str(trouble), where=_WHERE, valid="as the documentation of the survey says")
        return plain
    if df is not None:
        scales = scales._replace(df=float(df))
    return DesignOptions(
        replicates=scales,
        method=METHODS[method],
        mse=mse,
        combined=combined,
        stated_df=df is not None,
    )
