"""Rows of totals in tables of counts: by their names, or because they are the sum of the others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from bayes_misalign.errors import Problems
from bayes_misalign.reading.evidence import FloatArray
from bayes_misalign.tables.labels import show, twin_key
from bayes_misalign.tables.remedies import quoted

_ENOUGH = 100  # agents: so many are hardly the sum of others by chance
_FEW = 20  # agents: so few may be
_LISTED = 10  # names that a remedy lists
_WORDS = frozenset(
    (
        *("total", "totals", "sum", "subtotal", "all", "overall", "everyone", "combined"),
        *("together", "gesamt", "insgesamt", "summe", "alle", "totaal", "tout", "tous"),
        *("ensemble", "somme", "totale", "tutti", "todos", "suma", "razem", "ogółem"),
    )
)
_MORE = re.compile(
    r"(grand |sub[- ]?|sample |column |row |valid )?(total|sum)"
    r"( \(?n\)?| sample| votes?| population| valid| answers?| responses?| respondents?| cases)?s?"
    r"|all (respondents|adults|voters|agents|answers|groups|populations)"
    r"|(valid |weighted |unweighted )?base( size)?|(valid |weighted |unweighted )n"
    r"|(weighted|unweighted|valid) (total|sum)|n ?= ?[0-9][0-9 .,]*"
    r"|base:? ?\(?(all|n)\b.*|sample size|number of (respondents|answers|cases|interviews)"
)


def is_total(name: str) -> bool:
    """Tell whether a name is a word for all of something."""
    key = twin_key(name).strip(" :*.")
    return key in _WORDS or bool(_MORE.fullmatch(key))


def note_total_labels(
    unknown: Mapping[str, float],
    known: float,
    labels: Sequence[str],
    column: str,
    where: str,
    problems: Problems,
) -> list[str]:
    """Note unknown labels that count all agents again, and return them.

    `unknown` holds the agents of each unknown label, `known` are those of all known labels.
    """
    found = []
    for label, n in unknown.items():
        same = known >= _FEW and n == known and len(unknown) == 1
        if not is_total(label) and not same:
            continue
        found.append(label)
        says = f" {n:,.0f} agents, the sum of the others" if n == known and n else ""
        what = f"the label {show(label)} seems to be a row of totals"
        answer = "; if it is an answer, add it to `goals`, `no_goal` or `not_answers`"
        problems.add(
            f"{what}, with{says}" if says else what,
            where=where,
            valid="rows that count each agent once",
            fix=_remedy(column, labels) + answer * (not is_total(label)),
        )
    return found


def total_goal(labels: Sequence[str], counts: FloatArray) -> str | None:
    """Return the label that counts all agents again by its numbers, if one does.

    Parameters
    ----------
    counts : (S, K) ndarray of float
        Agents of each population by label. One population may have a goal that half of it holds;
        by chance it is so in several only rarely.
    """
    there = counts[counts.sum(axis=1) > 0]
    half = there.sum(axis=1) / 2
    for label, own in zip(labels, there.T, strict=True):
        others = np.count_nonzero(there, axis=1) > 2  # of two goals either may be half
        enough = half.sum() >= _ENOUGH and len(there) > 1 and others.any()
        if len(there) and (own == half).all() and (is_total(label) or enough):
            return label
    return None


def note_total_populations(
    names: Sequence[str], counts: FloatArray, column: str, where: str, problems: Problems
) -> list[str]:
    """Note populations that are the sum of the others; return remarks about those that may be.

    Parameters
    ----------
    counts : (S, K) ndarray of float
        Agents of each population by goal.
    """
    if len(names) < 3:
        return []
    remarks, total = [], counts.sum(axis=0)
    for name, own in zip(names, counts, strict=True):
        same, n = np.array_equal(own, total - own) and own.any(), own.sum()
        sure = same and (is_total(name) or (n >= _ENOUGH and np.count_nonzero(own) > 1))
        if sure:
            others = [other for other in names if other != name]
            problems.add(
                f"the population {show(name)} counts every agent of the others again: its "
                f"{n:,.0f} agents are their sum, for each goal",
                where=where,
                valid="populations that share no agents, or the total alone",
                fix=_remedy(column, others),
            )
        elif same and n >= _FEW and np.count_nonzero(own) > 1:
            said = _remedy(column, [one for one in names if one != name]).replace("`", "")
            remarks.append(
                f"The counts of population {show(name)} are the sum of those of the others; if it "
                f"is their total, {said}."
            )
        elif is_total(name) and n:
            remarks.append(
                f"The population {show(name)} has the name of a total, but its counts are not the "
                "sum of the others; its agents are taken for others than theirs."
            )
    return remarks


def _remedy(column: str, names: Sequence[str]) -> str:
    """Return how to leave rows out, by `where` if one column of the table says which."""
    by = f", as by {_where(column, names)}, or remove them" if column else ""
    return f"leave such rows out{by}"


def _where(column: str, names: Sequence[str]) -> str:
    listed = ", ".join(map(quoted, names[:_LISTED]))
    more = len(names) - _LISTED
    rest = f" and the {more} others" if more > 0 else ""
    return f"`where = {{ {quoted(column)} = [{listed}] }}`{rest}"
