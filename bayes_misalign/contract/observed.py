"""What was observed, as replicates are compared with it, and how likely each outcome was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.pair_labels import pair_labels

Array = NDArray[np.float64]
Variable = tuple[tuple[str, ...], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Observed:
    """Figures of what was observed, in the form in which replicates are compared with it.

    Parameters
    ----------
    what : str
        What the figures are, as a report says it: "answers", "mean placements".
    dims : tuple of str
        Their dimensions; those that are the model's own end with the source's name.
    values : ndarray
        The figures, without missing ones.
    coords : mapping of str to tuple of str
        Labels of the dimensions, of those that only this model knows.
    totals : ndarray, optional
        Of what the figures are parts, in a shape that broadcasts; a report divides by it.
    """

    what: str
    dims: tuple[str, ...]
    values: Array
    coords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    totals: Array | None = None


@dataclass(frozen=True, eq=False)
class FreeVariables:
    """Draws of free variables of a PyMC model, and labels of the dimensions that are its own.

    Parameters
    ----------
    variables : mapping of str to (dims, ndarray)
        By name; dims come after the leading axis of draws.
    coords : mapping of str to tuple of str
        Labels of dims.
    """

    variables: Mapping[str, Variable] = field(default_factory=dict)
    coords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """How likely every outcome was that was observed, or could have been, for draws.

    Parameters
    ----------
    what : str
        Name of one outcome among the variables of a tree: "answer".
    labels : tuple of str, length C
        The outcomes in words.
    log_likelihood : ndarray, shape (draw, C)
        Log probability, or density, of each.
    times : ndarray, shape (C,)
        How often each was observed; fractional where answers do not count as whole ones.
    question : ndarray of int, shape (C,)
        Outcomes with the same number are all that there could have been in one trial.
    values : ndarray, shape (C,)
        The outcomes as numbers, which have an order.
    replicates : ndarray, shape (draw, C), optional
        Outcomes drawn anew, where they are no alternatives but numbers, each observed once.
    """

    what: str
    labels: tuple[str, ...]
    log_likelihood: Array
    times: Array
    question: NDArray[np.int64]
    values: Array
    replicates: Array | None = None


def levels_as_variable(
    pairs: Sequence[tuple[str, str]], name: str, drawn: Mapping[str, Array]
) -> FreeVariables:
    """Return draws of conflict levels (draw, pair) as the one free variable of a model."""
    dim = f"pair_{name}"
    levels = (dim,), drawn["conflict_level"]
    return FreeVariables({f"conflict_{name}": levels}, {dim: tuple(pair_labels(pairs))})
