"""Which columns of a table may tell how its sample was drawn."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from bayes_misalign.errors import Problems
from bayes_misalign.start.column_names import plain_name, words
from bayes_misalign.start.look import Looked, Seen

FEWEST_REPLICATES = 8
_ALONE = 0.9  # clusters for each row, above which rows are hardly in clusters
_CLUSTER = words(
    *("psu", "vpsu", "sdmvpsu", "psuid", "psu id", "cluster", "clusters", "clusterid"),
    *("primary sampling unit", "sampling point", "enumeration area", "ea"),
    *("household", "hh", "hhid", "prompt"),
)
_STRATA = words("strata", "stratum", "stratid", "strat", "vstrat", "sdmvstra")
_FPC = words("fpc")
_REPLICATE = re.compile(
    r"(.*(?:rep|brr|fay|jk|bsw|bootstrap|fstr|wgtp)[a-z]*[_. ]?)\d+",
    re.IGNORECASE,
)


def clusters(columns: Iterable[Seen]) -> Seen | None:
    """Return the column of what several agents were drawn in together, if one is named so."""
    return next(
        (
            c
            for c in columns
            if _CLUSTER.search(plain_name(c.name)) and 1 < c.distinct <= _ALONE * c.filled
        ),
        None,
    )


def strata(columns: Iterable[Seen]) -> Seen | None:
    """Return the column of the strata, if one is named so."""
    named = (c for c in columns if _STRATA.search(plain_name(c.name)))
    return next((c for c in named if 1 < c.distinct <= c.filled / 2), None)


def correction(columns: Iterable[Seen]) -> Seen | None:
    """Return the column of the finite-population correction, if one is named so."""
    return next((c for c in columns if _FPC.fullmatch(plain_name(c.name)) and c.numbers), None)


def replicates(columns: Iterable[Seen]) -> list[list[str]]:
    """Return columns that look like replicate weights: numbered, and many of one name."""
    series: defaultdict[str, list[str]] = defaultdict(list)
    for column in columns:
        if column.numbers and (found := _REPLICATE.fullmatch(column.name)):
            series[found[1]].append(column.name)
    return [names for names in series.values() if len(names) >= FEWEST_REPLICATES]


def replicated(columns: Sequence[Seen]) -> Seen | None:
    """Return the weight that has replicates, if they are named after it, as PWGTP1 and PWGTP."""
    stems = [re.sub(r"[_. ]?\d+$", "", names[0]) for names in replicates(columns)]
    return next((c for c in columns if c.numbers and c.name in stems), None)


def about_replicates(names: Sequence[str]) -> str:
    """Return what is to be done with columns that look like replicate weights."""
    pattern = re.sub(r"\d+$", "*", names[0])
    return (
        "they look like replicate weights; if they are, state "
        f'replicates = {{ columns = "{pattern}", method = "..." }} with the method that the '
        "documentation of the survey names"
    )


def numbered_anew(looked: Looked, cluster: str | None, stratum: str | None) -> bool:
    """Tell whether most labels of clusters stand in several strata, so that each has its own."""
    if not cluster or not stratum:
        return False
    table = looked.opened([cluster, stratum], Problems())
    found: defaultdict[str, set[str]] = defaultdict(set)
    for _, (label, of) in table or ():
        if label and of:
            found[label].add(of)
    several = sum(len(of) > 1 for of in found.values())
    return 2 * several > len(found)
