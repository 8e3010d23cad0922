"""The posterior of a study, with the quantities of the field as methods over its draws."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bayes_misalign import measure
from bayes_misalign.contract.registry import conflict_model
from bayes_misalign.errors import StudyError, listed
from bayes_misalign.inference.attribution import Attribution, attribute
from bayes_misalign.inference.contrast import Contrast, compare
from bayes_misalign.inference.fitted import Fitted
from bayes_misalign.inference.groups import POSTERIOR, PRIOR
from bayes_misalign.inference.sensitivity import refits
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.study.options import Agents

Array = NDArray[np.float64]
Normaliser = Literal["attainable", "bound"]
UNION = "all populations"
WITHIN_ONLY = "conflict was measured within each population; nobody measured it between them"
# Draws of an uncertain conflict matrix whose maximum is searched for: 2^K supports each, so fewer
# draws of many goals, within a few seconds. The Monte Carlo error is that of the draws used.
MOST_SUPPORTS, FEWEST_MAXIMA, MOST_MAXIMA = 1_000_000, 50, 1000


class Result(Fitted):
    """The posterior of a study: its draws, and the quantities of the field over them."""

    def _sized(self, values: Array, sizes: Any, agents: Agents | None) -> Array:
        if (agents or self.study.reporting.agents) == "with-replacement":
            return values
        if sizes is None:
            raise StudyError(
                "two different agents need a population size. Fix: state population_size, or "
                "agents='with-replacement'"
            )
        return measure.distinct_agents(values, sizes)

    def misalignment_draws(self, group: str = POSTERIOR, agents: Agents | None = None) -> Array:
        """Return draws of P(ma), (draw, population)."""
        values = self.groups.values(group, "misalignment")
        return self._sized(
            values.reshape(-1, values.shape[-1]), self.study.goals.population_size, agents
        )

    def misalignment(self, agents: Agents | None = None) -> Estimates:
        """Return P(ma) of each population: two random agents hold conflicting goals.

        Parameters
        ----------
        agents : {"with-replacement", "different"}, optional
            Whether both may be the same agent. By default what the study says.

        Returns
        -------
        Estimates
            By population.
        """
        draws = self.misalignment_draws(agents=agents)
        return Estimates(
            "P(ma), misalignment",
            {
                s: self.estimate(f"P(ma) of {s}", draws[:, i])
                for i, s in enumerate(self.populations)
            },
        )

    def alignment(self, agents: Agents | None = None) -> Estimates:
        """Return P(a) = 1 - P(ma) of each population."""
        draws = 1 - self.misalignment_draws(agents=agents)
        return Estimates(
            "P(a), alignment",
            {s: self.estimate(f"P(a) of {s}", draws[:, i]) for i, s in enumerate(self.populations)},
        )

    def prior_misalignment(self) -> Estimates:
        """Return what the prior alone said of P(ma) in each population."""
        draws = self.misalignment_draws(PRIOR)
        return Estimates(
            "P(ma) before the data",
            {
                s: self.estimate(f"prior of {s}", draws[:, i])
                for i, s in enumerate(self.populations)
            },
        )

    def proportions(self) -> dict[str, Estimates]:
        """Return the goal shares, by population and goal."""
        draws = self.shares()
        return {
            s: Estimates(
                f"goal shares of {s}",
                {g: self.estimate(g, draws[:, i, j]) for j, g in enumerate(self.categories)},
            )
            for i, s in enumerate(self.populations)
        }

    def conflict_levels(self, population: str | None = None) -> Estimates:
        """Return the conflict level of each pair of categories, as "one | other".

        Parameters
        ----------
        population : str, optional
            Whose levels, where they differ by population.

        Raises
        ------
        StudyError
            When they differ by population and none is named.
        """
        conflict, names = self._conflict_of(population), self.categories
        first, second = measure.pairs(len(names))
        draws = np.broadcast_to(conflict, (len(self.shares()), *conflict.shape[1:]))
        return Estimates(
            "conflict levels",
            {
                f"{names[i]} | {names[j]}": self.estimate("conflict", draws[:, i, j])
                for i, j in zip(first, second, strict=True)
            },
        )

    def _conflict_of(self, population: str | None) -> Array:
        """Return draws (draw or 1, goal, goal) of the one matrix that holds for a population."""
        if population is None and self.by_population:
            raise StudyError(f"{WITHIN_ONLY}. Fix: name a population ({listed(self.populations)})")
        return self.conflict(population=population)

    def _across(self) -> Array:
        """Return the conflict that holds for two agents of whatever populations."""
        if self.by_population:
            raise StudyError(WITHIN_ONLY)
        return self._matrix()

    def _union_weights(self, shares: dict[str, float] | None) -> Array | None:
        if shares is not None:
            for name in shares:
                self._position(name, self.populations, "population")
            weights = np.array([shares.get(name, 0.0) for name in self.populations])
            if (weights < 0).any() or not np.isclose(weights.sum(), 1):
                raise StudyError(f"population shares are >= 0 and sum to 1, not {weights.sum():g}")
            return weights
        union = self.study.union
        return None if union is None else np.array(union.shares)

    def overall(self, shares: dict[str, float] | None = None) -> Estimate | None:
        """Return P(ma) of the union of all populations.

        Parameters
        ----------
        shares : dict of str to float, optional
            Share of each population. By default the study's, see `study.union`.

        Returns
        -------
        Estimate or None
            None where the study has one population, where nobody said how large each is, or
            where conflict was measured within each population only.
        """
        weights = self._union_weights(shares)
        if weights is None or len(self.populations) == 1 or self.by_population:
            return None
        draws = measure.decompose(self.shares(), self._matrix(), weights, pair_terms=False).total
        sizes = self.study.goals.population_size
        total = None if sizes is None else np.asarray(sizes.sum())
        return self.estimate(f"P(ma) of {UNION}", self._sized(draws, total, None))

    def decompose(self, shares: dict[str, float] | None = None) -> Estimates:
        """Return the parts of the union's P(ma) within and between populations.

        Raises
        ------
        StudyError
            When the shares of the populations are not known, or conflict was measured within each
            population only.
        """
        matrix, weights = self._across(), self._union_weights(shares)
        if weights is None:
            raise StudyError(
                "state the share of each population, as in shares={'a': 0.5, 'b': 0.5}"
            )
        parts = measure.decompose(self.shares(), matrix, weights, pair_terms=False)
        named = {"within populations": parts.within, "between populations": parts.between}
        return Estimates(
            "parts of P(ma) of the union", {n: self.estimate(n, d) for n, d in named.items()}
        )

    def mixture(self, host: str, guest: str, shares: Array) -> list[Estimate]:
        """Return P(ma) of mixtures of two populations.

        Parameters
        ----------
        host, guest : str
            Two populations.
        shares : ndarray, shape (m,)
            Shares of the guest, in [0, 1].

        Returns
        -------
        list of Estimate
            One for each share.

        Raises
        ------
        StudyError
            When conflict was measured within each population only.
        """
        matrix, drawn = self._across(), self.shares()
        a = drawn[:, self._position(host, self.populations, "population")]
        b = drawn[:, self._position(guest, self.populations, "population")]
        conflict = matrix if matrix.ndim == 2 else matrix[:, 0]
        return [
            self.estimate(f"{guest} {w:g}", measure.misalignment((1 - w) * a + w * b, conflict))
            for w in shares
        ]

    def between(self, one: str, other: str) -> Estimate:
        """Return the probability that an agent of one population conflicts with one of another.

        Raises
        ------
        StudyError
            When conflict was measured within each population only.
        """
        matrix, drawn = self._across(), self.shares()
        a = drawn[:, self._position(one, self.populations, "population")]
        b = drawn[:, self._position(other, self.populations, "population")]
        conflict = matrix if matrix.ndim == 2 else matrix[:, 0]
        return self.estimate(f"{one} and {other}", measure.between(a, b, conflict))

    def contrast(self, one: str, other: str) -> Contrast:
        """Return how P(ma) of one population compares with that of another.

        Parameters
        ----------
        one, other : str
            Two populations.

        Returns
        -------
        Contrast
            Difference and ratio, one against the other, and the probability of a difference. Where
            conflict levels differ by population, also the parts of the difference that are due to
            them and to goal shares.
        """
        draws = self.misalignment_draws()
        a = draws[:, self._position(one, self.populations, "population")]
        b = draws[:, self._position(other, self.populations, "population")]
        if not self.by_population:
            return compare(one, other, a, b, self.estimate)
        i, j = (self._position(s, self.populations, "population") for s in (one, other))
        sizes, shares = self.study.goals.population_size, self.shares()
        different = self.study.reporting.agents == "different"
        parts = measure.change(
            shares[:, i],
            self._conflict_of(one),
            shares[:, j],
            self._conflict_of(other),
            (sizes[i], sizes[j]) if different and sizes is not None else None,
        )
        return compare(one, other, a, b, self.estimate, parts)

    def probability_above(self, threshold: float) -> dict[str, float]:
        """Return the posterior probability that P(ma) exceeds a threshold, by population."""
        return {s: e.probability_above(threshold) for s, e in self.misalignment().items()}

    def contributions(self, population: str | None = None) -> Estimates:
        """Return the part of P(ma) that each pair of goals makes up; they sum to P(ma).

        Parameters
        ----------
        population : str, optional
            A population; by default the union, or the only population.

        Raises
        ------
        StudyError
            When none is named, and there is no union or none whose conflict was measured.
        """
        conflict, names = self._conflict_of(population), self.categories
        parts = measure.pair_contributions(self._of(population), conflict)
        first, second = measure.pairs(len(names))
        return Estimates(
            "contributions to P(ma)",
            {
                f"{names[i]} | {names[j]}": self.estimate("contribution", parts[:, k])
                for k, (i, j) in enumerate(zip(first, second, strict=True))
            },
        )

    def opposition(self, population: str | None = None) -> Estimates:
        """Return how likely a random agent conflicts with a holder of each goal."""
        conflict = self._conflict_of(population)
        draws = measure.opposition(self._of(population), conflict)
        return Estimates(
            "opposition", {g: self.estimate(g, draws[:, j]) for j, g in enumerate(self.categories)}
        )

    def _of(self, population: str | None) -> Array:
        if population is not None:
            return self.shares()[:, self._position(population, self.populations, "population")]
        if len(self.populations) == 1:
            return self.shares()[:, 0]
        weights = self._union_weights(None)
        if weights is None:
            raise StudyError(
                f"name a population ({listed(self.populations)}): their shares in the union are "
                "not known"
            )
        return measure.union_shares(self.shares(), weights)

    def normalised_misalignment(self, by: Normaliser = "attainable") -> Estimates:
        """Return P(ma) as a part of the largest value that any shares would give.

        Parameters
        ----------
        by : {"attainable", "bound"}
            The maximum of p'Cp over all shares p, or (k - 1) / k of k exclusive goals.

        Returns
        -------
        Estimates
            By population. Zero where no shares conflict at all.
        """
        draws = self.misalignment_draws(agents="with-replacement")
        if by == "bound":
            scaled = measure.normalised_by_bound(draws, len(self.study.area.goals))
            label = "P(ma) / ((k - 1) / k)"
        else:
            conflict = self.conflict()
            kept = np.arange(len(draws))
            if len(conflict) > 1:
                matrices = conflict.shape[1] if conflict.ndim == 4 else 1
                affordable = MOST_SUPPORTS // (2 ** len(self.categories) * matrices)
                kept = self._thinned(int(np.clip(affordable, FEWEST_MAXIMA, MOST_MAXIMA)))
            top = measure.attainable_maximum(conflict if len(conflict) == 1 else conflict[kept])
            label = "P(ma) / attainable maximum" + ("" if top.exact else " (best found)")
            largest = top.value if conflict.ndim == 4 else np.asarray(top.value)[:, None]
            part = draws[kept]
            scaled = np.divide(part, largest, out=np.zeros_like(part), where=largest > 0)
        return Estimates(
            label, {s: self.estimate(label, scaled[:, i]) for i, s in enumerate(self.populations)}
        )

    def _thinned(self, most: int) -> NDArray[np.intp]:
        chains, draws = self.groups.values(POSTERIOR, "proportion").shape[:2]
        step = -(-chains * draws // most)
        return np.arange(chains * draws).reshape(chains, draws)[:, ::step].ravel()

    def attribution(self, population: str | None = None) -> Attribution:
        """Return where the variance of P(ma) comes from: shares, conflict, or both together."""
        conflict = self._conflict_of(population)
        together = any(
            conflict_model(s.model).hang_together(s) for s in self.study.conflict.sources
        )
        return attribute(
            self._of(population),
            conflict,
            self.categories,
            together=together,
            joint=self.study.conflict.joint or self.study.goals.paired_draws > 0,
        )

    def sensitivity(self) -> dict[str, Estimates]:
        """Return P(ma) by population under other priors, by the name of the prior.

        Returns
        -------
        dict of str to Estimates
            The study's own prior first; empty where a block is not conjugate.
        """
        if self.diagnosis.method != "exact":
            return {}
        found = {"as fitted": self.misalignment_draws(agents="with-replacement")}
        found |= refits(self.study)
        return {
            prior: Estimates(
                prior,
                {s: self.estimate(prior, draws[:, i]) for i, s in enumerate(self.populations)},
            )
            for prior, draws in found.items()
        }
