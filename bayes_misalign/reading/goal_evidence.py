"""What all evidence about goals has in common: populations of agents, their weights and sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.evidence import Evidence, FloatArray


class GoalEvidence(Evidence):
    """Evidence about the goals of agents in one or several populations.

    Attributes
    ----------
    categories : tuple of str, length K
        The goals in the order of the problem area, then "no goal" if it is an answer.
    populations : tuple of str, length S
        The populations.
    counts : (S, K) ndarray of float
        Agents by goal, everything taken at face value.
    weight_sum : (S, K) ndarray of float
        Sum of their weights; equals `counts` without weights.
    n : (S,) ndarray of float
        Agents who are evidence; NaN, as every such number, where draws made elsewhere do not say.
    weight_total, weight_sq_total : (S,) ndarray of float
        Sum of the weights of these agents, and of the squared weights.
    weighted : bool
        Whether the agents have weights.
    population_size : (S,) ndarray of int, or None
        Number of agents in each whole population, if it is stated.
    not_answers : dict of str to (S,) ndarray of float
        Declared non-answers, by their label.
    not_asked : (S,) ndarray of float
        Empty cells.
    zero_weights : int
        Agents who count for nothing, because their weight is 0.
    notes : tuple of str
        What a reader of a report should know about the data.
    source : str
        Name of the file, or "data frame".

    Notes
    -----
    The effective sample size is Kish's, (sum w)^2 / sum w^2 over the agents of a population.

    References
    ----------
    Kish, L. (1965). Survey Sampling. Wiley, section 11.7.
    """

    categories: tuple[str, ...]
    populations: tuple[str, ...]
    weighted: bool
    population_size: NDArray[np.int64] | None
    not_answers: dict[str, FloatArray]
    not_asked: FloatArray
    zero_weights: int
    notes: tuple[str, ...]
    source: str

    if TYPE_CHECKING:  # fields of one class are worked out in another

        @property
        def counts(self) -> FloatArray:
            """(S, K) agents by goal at face value."""

        @property
        def weight_sum(self) -> FloatArray:
            """(S, K) sum of their weights."""

        @property
        def n(self) -> FloatArray:
            """(S,) agents who are evidence."""

        @property
        def weight_total(self) -> FloatArray:
            """(S,) sum of their weights."""

        @property
        def weight_sq_total(self) -> FloatArray:
            """(S,) sum of their squared weights."""

    @property
    def pair_sums(self) -> tuple[FloatArray, FloatArray] | None:
        """(S, K) sums of weights and of squared weights of random agents whose goals are seen.

        Pairs of different agents give an unbiased estimate of P(ma) from them; None where goals
        are seen through reports, or are not those of single agents.
        """
        return None

    @property
    def n_effective(self) -> FloatArray:
        """(S,) size of an unweighted sample that would tell as much; 0 where nobody answered."""
        total, squares = self.weight_total, self.weight_sq_total
        return np.divide(total**2, squares, out=np.zeros_like(total), where=squares > 0)

    @property
    def design_effect(self) -> FloatArray:
        """(S,) n / n_effective; NaN where nobody answered."""
        n, effective = self.n, self.n_effective
        return np.divide(n, effective, out=np.full_like(n, np.nan), where=effective > 0)

    @property
    def effective_counts(self) -> FloatArray:
        """(S, K) n_effective times the weighted shares of the goals at face value."""
        if not self.weighted:
            return self.counts
        total = self.weight_sum.sum(axis=1, keepdims=True)
        shares = np.divide(
            self.weight_sum, total, out=np.zeros_like(self.weight_sum), where=total > 0
        )
        return np.asarray(self.n_effective[:, None] * shares)

    @property
    def no_answer_populations(self) -> tuple[str, ...]:
        """Populations in which nobody answered; the prior alone speaks for them."""
        return tuple(name for name, n in zip(self.populations, self.n, strict=True) if n == 0)
