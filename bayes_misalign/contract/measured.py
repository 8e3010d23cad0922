"""What a study can have more of, or less: agents, raters, judgements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
AGENTS, CLUSTERS = "agents", "clusters"


@dataclass(frozen=True, eq=False)
class Measurement:
    """A kind of measurement that a study has a number of.

    Parameters
    ----------
    name : str
        What is counted, in the plural: "agents", "raters".
    now : float
        How many the study has, in all populations and of all pairs together.
    same : str
        What stays as it is when their number changes, in words; may be empty.
    tells_all : bool
        Whether ever more of them would leave nothing unknown of what the model is about. Ever more
        labels of 60 agents would not: they are a sample.
    """

    name: str
    now: float
    same: str = ""
    tells_all: bool = True


@dataclass(frozen=True, eq=False)
class Resized:
    """A design with another number of measurements of one kind.

    Parameters
    ----------
    design : evidence
        Its sizes count, what it observed does not.
    parameters : callable
        Takes one draw of the parameters, by name and without a leading axis, to those of the
        design: where it has more raters than were observed, the others are like these.
    """

    design: Any
    parameters: Callable[[Mapping[str, Array]], Mapping[str, Array]] = dict


def goals_measured(evidence: Any) -> tuple[Measurement, ...]:
    """Return the agents of evidence about goals, and their clusters where there are any.

    Parameters
    ----------
    evidence : GoalEvidence
        Agents whose number is not known are not there.

    Examples
    --------
    >>> import bayes_misalign as bm
    >>> from bayes_misalign.errors import Problems
    >>> area = bm.ProblemArea("vote", goals=["stay", "leave"])
    >>> answers = {"goal": ["stay", "leave"], "n": [48, 52]}
    >>> found = bm.SingleChoice(answers, goal="goal", count="n").read(area, Problems())
    >>> goals_measured(found)
    (Measurement(name='agents', now=100.0, same='', tells_all=True),)
    """
    total = float(np.sum(evidence.n))
    if not (np.isfinite(total) and total > 0):
        return ()
    clusters = number_of_clusters(evidence)
    if clusters is None:
        same = "the same design effect" if np.nanmax(evidence.design_effect) > 1 + 1e-9 else ""
        return (Measurement(AGENTS, total, same),)
    each = total / clusters
    return (
        Measurement(CLUSTERS, clusters, f"{each:.3g} agents in each"),
        Measurement(AGENTS, total, f"{clusters:g} clusters", tells_all=False),
    )


def number_of_clusters(evidence: Any) -> float | None:
    """Return how many clusters agents come from; None without clusters, or with one agent in each.

    Parameters
    ----------
    evidence : GoalEvidence
        Populations without agents have no clusters.
    """
    found = evidence.clusters
    if found is None and evidence.design is not None:
        found = evidence.design.clusters
    if found is None:
        return None
    total = float(np.nansum(found))
    return total if 0 < total < float(np.sum(evidence.n)) else None


def agents_worth(evidence: Any, name: str, number: float) -> NDArray[np.int64]:
    """Return how many agents of a simple random sample tell as much as a larger or smaller sample.

    Parameters
    ----------
    evidence : GoalEvidence
        The sample there is.
    name : str
        Of what there is another number: "agents" or "clusters".
    number : float
        How many, in all populations together; each has its part of them as now.

    Returns
    -------
    ndarray of int, shape (population,)
        Agents over the design effect. With more clusters that stays as it is. With more agents in
        as many clusters it is 1 + (m - 1) r, with m agents in each and r such that it is what it
        is now (Kish, Survey Sampling, 1965, section 5.4).

    Examples
    --------
    >>> import bayes_misalign as bm
    >>> from bayes_misalign.errors import Problems
    >>> area = bm.ProblemArea("vote", goals=["stay", "leave"])
    >>> answers = {"goal": ["stay", "leave"], "n": [48, 52]}
    >>> declared = bm.SingleChoice(answers, goal="goal", count="n", deff=2.0)
    >>> agents_worth(declared.read(area, Problems()), "agents", 400)
    array([200])
    """
    n, deff = np.asarray(evidence.n, float), _design_effect(evidence)
    clusters = number_of_clusters(evidence)
    times = number / (clusters if name == CLUSTERS and clusters else n.sum())
    if name == AGENTS and clusters:
        deff = _in_clusters(evidence, clusters, n.sum() / clusters * times)
    worth = np.rint(n * times / deff).astype(np.int64)
    return np.where(n > 0, np.maximum(worth, 1), 0)


def agents_in_clusters(evidence: Any, agents: float, clusters: float) -> NDArray[np.int64]:
    """Return how many agents of a simple random sample tell as much as agents in clusters.

    Parameters
    ----------
    evidence : GoalEvidence
        The sample there is, in clusters.
    agents, clusters : float
        How many, in all populations together; each has its part of them as now.

    Returns
    -------
    ndarray of int, shape (population,)
        Agents over the design effect, 1 + (m - 1) r, with m agents in each cluster and r such that
        it is what it is now (Kish, Survey Sampling, 1965, section 5.4).

    Examples
    --------
    >>> import bayes_misalign as bm
    >>> from bayes_misalign.errors import Problems
    >>> area = bm.ProblemArea("vote", goals=["stay", "leave"])
    >>> answers = {"goal": ["stay", "stay", "leave", "leave"] * 3, "who": [1, 1, 2, 2] * 3}
    >>> answers["who"] = [w + 2 * (i // 4) for i, w in enumerate(answers["who"])]
    >>> declared = bm.SingleChoice(answers, goal="goal", cluster="who")
    >>> evidence = declared.read(area, Problems())
    >>> agents_in_clusters(evidence, 400, 200), agents_in_clusters(evidence, 400, 400)
    (array([200]), array([400]))
    """
    n = np.asarray(evidence.n, float)
    deff = _in_clusters(evidence, number_of_clusters(evidence) or clusters, agents / clusters)
    worth = np.rint(n * agents / n.sum() / deff).astype(np.int64)
    return np.where(n > 0, np.maximum(worth, 1), 0)


def alike_in_clusters(evidence: Any) -> Array:
    """Return how alike agents of one cluster are (population,), as their design effect tells.

    Parameters
    ----------
    evidence : GoalEvidence
        In clusters.
    """
    each = float(np.sum(evidence.n)) / (number_of_clusters(evidence) or 1.0)
    return np.clip((_design_effect(evidence) - 1) / max(each - 1, 1e-12), 0.0, 1.0)


def _design_effect(evidence: Any) -> Array:
    n = np.asarray(evidence.n, float)
    return np.where(n > 0, np.nan_to_num(evidence.design_effect, nan=1.0), 1.0)


def _in_clusters(evidence: Any, clusters: float, each: float) -> Array:
    """Return design effects (population,) with another number of agents in each cluster."""
    deff = _design_effect(evidence)
    alike = np.clip((deff - 1) / max(float(np.sum(evidence.n)) / clusters - 1, 1e-12), 0.0, 1.0)
    return np.where(deff > 1, 1 + (each - 1) * alike, deff)
