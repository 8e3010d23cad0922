"""What a posterior gives to ArviZ and PyMC: trees, replicated data, sensitivity to the prior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import ResultError
from bayes_misalign.inference import derived, predictive, trees
from bayes_misalign.inference.drawn import Drawn
from bayes_misalign.inference.outcomes import MOST_NUMBERS
from bayes_misalign.inference.refusals import departures
from bayes_misalign.inference.reweighted import SCALING
from bayes_misalign.inference.weighing import Tried
from bayes_misalign.page.estimate import NUMBERS, Estimates
from bayes_misalign.page.frames import FramedDict, FramedList, columns_of_nested
from bayes_misalign.page.grouped import ByGroup

if TYPE_CHECKING:
    import xarray as xr

REPLICATES = 1000


class WithTrees(Drawn):
    """Draws of a study as ArviZ and PyMC take them."""

    @cached_property
    def tree(self) -> xr.DataTree:
        """The draws as an `xarray.DataTree`, which ArviZ and PyMC take.

        Notes
        -----
        The group `posterior` holds every free variable of `study.to_pymc()` under its own name,
        exact draws too, so that ``pm.sample_posterior_predictive(posterior.tree,
        model=posterior.study.to_pymc())`` replays the data. Numbers that are known stand in
        `constant_data`; levels of conflict are `conflict_level`, a pair at a time, and the draws of
        the whole matrix `conflict` in the group `derived`. `full_tree` has more groups.
        """
        return trees.plain_tree(self.study, self.groups)

    def full_tree(self, most: int = MOST_NUMBERS) -> xr.DataTree:
        """Return the tree with `log_likelihood`, `log_prior` and `posterior_predictive`.

        Parameters
        ----------
        most : int
            Draws times observations that one variable may have.

        Returns
        -------
        xarray.DataTree
            `log_likelihood`, `posterior_predictive` and `observed_data` hold the same variables,
            such as `answer` or `rating_rated`, with one entry for each respondent, judgement or
            rating: what leave-one-out cross-validation leaves out. Where `most` does not suffice,
            they are bundled at random, and the attribute `observations` of the variables says so;
            their log-likelihoods still sum to that of all data. Tables of what was observed move to
            `constant_data`. `log_prior` holds what a prior is stated of.

        Raises
        ------
        ResultError
            When the result lacks draws that a likelihood is made of.

        Notes
        -----
        Nothing of this is stored: it is worked out here, with PyMC for the prior densities, and
        takes seconds and up to twice 200 MB at 4,000 draws. With several kinds of evidence
        ``az.loo`` and others ask for the name of a variable.

        References
        ----------
        Vehtari, A., Gelman, A. and Gabry, J. (2017). Practical Bayesian model evaluation using
        leave-one-out cross-validation and WAIC. Statistics and Computing 27.
        """
        return trees.full_tree(self.study, self.groups, most)

    def predictive(self, draws: int = REPLICATES, random_seed: int | None = None) -> xr.DataTree:
        """Return data sets that the posterior gives rise to, beside what was observed.

        Parameters
        ----------
        draws : int
            How many data sets, at most as many as there are posterior draws.
        random_seed : int, optional
            By default that of the fit.

        Returns
        -------
        xarray.DataTree
            `posterior_predictive` and `observed_data` with the same variables: answers by
            population and goal, ratings by pair and level, and so on, with labels.

        Raises
        ------
        ResultError
            When nothing random was observed, as where all draws were made elsewhere, or when the
            result lacks draws that data are simulated from.

        Notes
        -----
        Simulated by the models themselves, as the observed variables of `study.to_pymc()` are.
        Under design weights answers are those that the weighted ones count for.

        References
        ----------
        Gelman, A., Meng, X.-L. and Stern, H. (1996). Posterior predictive assessment of model
        fitness via realized discrepancies. Statistica Sinica 6.
        """
        chains, each = self.evenly(draws)
        seed = self.study.fitting.seed if random_seed is None else random_seed
        found = predictive.replicate(self.study, self.groups, each, seed)
        if not found:
            raise ResultError(
                "nothing random was observed in this study, so that there are no data to replicate"
            )
        return trees.predictive_tree(self.study, found, chains, self.groups.coords)

    def evenly(self, draws: int) -> tuple[int, NDArray[np.intp]]:
        """Return the number of chains, and places of draws that are evenly spaced in each."""
        chains, total = self.groups.values("posterior", "proportion").shape[:2]
        each = min(max(draws // chains, 1), total)
        within = np.linspace(0, total - 1, each).astype(int)
        return chains, (np.arange(chains)[:, None] * total + within).ravel()

    def tried_priors(self, refit: bool = False) -> FramedList[Tried]:
        """Return every other prior that was tried, how its draws were got, and their k-hat.

        Parameters
        ----------
        refit : bool
            Whether to sample again now where weights could not tell; that takes as long as the fit
            did, for each of these priors.

        Returns
        -------
        list of Tried
            Those without reliable draws among them. Empty for a sampled result of a version that
            did not work them out. ``to_frame()`` has P(ma) by prior and population, and a row
            without numbers for each prior that could not be told.
        """
        return FramedList(derived.tried(self, refit), self._columns_of_tried)

    def _columns_of_tried(self, found: Sequence[Tried]) -> dict[str, list[Any]]:
        told = derived.sensitivity(self, found)
        rows: list[tuple[Tried, str | None, dict[str, Any]]] = []
        for one in found:
            if one.name in told:
                rows += [(one, s, e.numbers()) for s, e in told[one.name].items()]
            else:
                rows.append((one, None, dict.fromkeys(NUMBERS)))
        columns: dict[str, list[Any]] = {
            "prior": [one.name for one, _, _ in rows],
            "got_by": [one.how for one, _, _ in rows],
            "population": [name for _, name, _ in rows],
            "khat": [one.khat for one, _, _ in rows],
        }
        return columns | {key: [numbers[key] for _, _, numbers in rows] for key in NUMBERS}

    def sensitivity(self, refit: bool = False) -> ByGroup[Estimates]:
        """Return P(ma) by population under other priors, by the name of the prior.

        Parameters
        ----------
        refit : bool
            As in `tried_priors`.

        Returns
        -------
        ByGroup of Estimates
            By name of the prior, the study's own first, then each that could be told: drawn again
            exactly where the block is conjugate, by weighted draws where it was sampled and their
            k-hat is at most 0.7, else sampled again if asked for. Where the study states
            [refusals], P(ma) of all who were asked follows, under each departure that it states.

        References
        ----------
        Vehtari, A., Simpson, D., Gelman, A., Yao, Y. and Gabry, J. (2024). Pareto smoothed
        importance sampling. Journal of Machine Learning Research 25.
        """
        found = {**derived.sensitivity(self, self.tried_priors(refit)), **departures(self)}
        return ByGroup("P(ma) under other priors", found, "prior")

    def power_scaling(self) -> FramedDict[str, Mapping[str, float]]:
        """Return how much P(ma) depends on prior and likelihood, each raised to a power.

        Returns
        -------
        dict of str to dict of str to float
            By population `prior` and `likelihood`; empty where nothing was sampled, for then
            `sensitivity` is exact. Above 0.05 P(ma) moves noticeably as the power goes from 0.8 to
            1.25.

        References
        ----------
        Kallioinen, N., Paananen, T., Buerkner, P.-C. and Vehtari, A. (2024). Detecting and
        diagnosing prior and likelihood sensitivity with power-scaling. Statistics and Computing 34.
        """
        found: dict[str, Mapping[str, float]] = self.groups.metadata.get(SCALING, {})
        return FramedDict(
            found, partial(columns_of_nested, "population", "raised_to_powers", "sensitivity")
        )
