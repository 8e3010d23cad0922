"""The posterior of very many populations, whose draws of shares are made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import ResultError, StudyError
from bayes_misalign.inference import blocks, many_populations
from bayes_misalign.inference.conflict_draws import facing_populations, of_group, with_known
from bayes_misalign.inference.contrast import Contrast
from bayes_misalign.inference.groups import POSTERIOR, PRIOR, to_datatree
from bayes_misalign.inference.many_populations import NUMBERS, SUMMARY, UNION
from bayes_misalign.inference.room import too_large
from bayes_misalign.inference.weighing import Tried
from bayes_misalign.measure import misalignment
from bayes_misalign.page.estimate import NUMBERS as NUMBERS_OF_ONE
from bayes_misalign.page.estimate import Estimate, Estimates
from bayes_misalign.page.frames import Framed, FramedList
from bayes_misalign.page.grouped import ByGroup, EstimateMatrix, Mixture
from bayes_misalign.page.limits import Limit
from bayes_misalign.page.many_estimates import one_of_many
from bayes_misalign.report.posterior import OfAll, Posterior
from bayes_misalign.study.options import Agents

if TYPE_CHECKING:
    import xarray as xr

    from bayes_misalign.inference.mixing import MixingResult
    from bayes_misalign.inference.stand_in import By, EquivalentSample, Nearest

Array = NDArray[np.float64]
SOME = "Fix: `selected`, the result of some populations"
ENDS = {0: (), 1: (True,), 2: (False,), 3: (True, False)}  # of intervals, by `numbers/extended`


class ManyPopulations(Posterior):
    """The posterior of a study of very many populations.

    It holds draws of P(ma) and numbers of the goal shares, not their draws: these are made again,
    from the seed, for the populations that are asked for. `selected` gives the result of some
    populations, with everything that a posterior has.
    """

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.populations)}

    def place(self, population: str) -> int:
        """Return the position of a population."""
        found = self._by_name.get(population)
        return super().place(population) if found is None else found

    def selected(self, populations: Sequence[str]) -> Posterior:
        """Return the result of some populations, as if it had been asked for them alone.

        Parameters
        ----------
        populations : sequence of str
            Their names; one that is there twice counts once.

        Returns
        -------
        Posterior
            With draws of everything. Of the union of all populations it knows nothing.
        """
        if isinstance(populations, str):
            raise StudyError("populations are a list of names, not a text")
        places = [self.place(name) for name in dict.fromkeys(populations)]
        _, groups = many_populations.part(self.study, self.groups, places)
        return Posterior(groups, allow_unconverged=self.allow_unconverged)

    def to_show(self) -> Posterior:
        """Return the result of the populations that a report shows."""
        return self._shown

    @cached_property
    def _shown(self) -> Posterior:
        places = many_populations.shown(self.study, self._numbers("mean"))
        found = self.selected([self.populations[i] for i in places])
        found.of_all = len(self.populations)
        found.selection = self._which(len(places))
        return found

    def _which(self, shown: int) -> str:
        largest, ends = many_populations.LARGEST, many_populations.FARTHEST
        said = (
            f"Shown are {shown} of {len(self.populations):,} populations: the {largest} largest, "
            f"and the {ends} with the lowest and the {ends} with the highest posterior mean of "
            "P(ma). All are in tables/all_populations.csv and tables/all_shares.csv."
        )
        if self.study.contact is not None:
            said += " P(ma) of pairs in contact is not worked out for so many."
        if (whole := self.overall()) is not None:
            said += f" {whole}."
        return said

    def misalignment(self, agents: Agents | None = None) -> Estimates:
        """Return P(ma) of each population; see `Posterior.misalignment`."""
        if agents not in (None, self.study.reporting.agents):
            return super().misalignment(agents)
        names = ("mean", "sd", "median", "lower", "upper", "mcse")
        columns = {name: self._numbers(name) for name in names}
        code = self._numbers("extended")
        found = {}
        for i, name in enumerate(self.populations):
            numbers: dict[str, Any] = {key: float(columns[key][i]) for key in names}
            numbers["interval"] = numbers.pop("lower"), numbers.pop("upper")
            numbers["extended"] = tuple(_end(upper) for upper in ENDS[int(code[i])])
            found[name] = self._one(partial(self._of, i), f"P(ma) of {name}", numbers)
        return Estimates("P(ma), misalignment", found)

    def prior_misalignment(self) -> Estimates:
        """Return what the prior alone said of P(ma), by population."""
        found = {
            name: self._one(partial(self._prior_of, i), f"prior of {name}", {})
            for i, name in enumerate(self.populations)
        }
        return Estimates("P(ma) before the data", found)

    def proportions(self) -> ByGroup[Estimates]:
        """Return the goal shares, by population and goal."""
        held = self.groups.groups[SUMMARY]
        columns = {name: np.asarray(values) for name, (_, values) in held.items()}
        worth = np.sqrt(min(blocks.total(self.study), self.worth))
        found = {}
        for i, population in enumerate(self.populations):
            each = {}
            for j, goal in enumerate(self.categories):
                numbers: dict[str, Any] = {k: float(x[i, j]) for k, x in columns.items()}
                if "lower" in numbers:
                    numbers["interval"] = numbers.pop("lower"), numbers.pop("upper")
                numbers["mcse"] = numbers["sd"] / float(worth)
                each[goal] = self._one(partial(self._share_of, i, j), goal, numbers)
            found[population] = Estimates(f"goal shares of {population}", each, of="goal")
        return ByGroup("goal shares", found)

    def overall(self, shares: dict[str, float] | None = None) -> Estimate | None:
        """Return P(ma) of the union of all populations; see `Posterior.overall`."""
        if shares is not None:
            raise StudyError(
                f"shares of {len(self.populations):,} populations are stated in a study"
            )
        if not self.groups.has(POSTERIOR, UNION):
            return None
        draws = misalignment(self.shares_of(None), self.matrix())
        sizes = self.study.goals.population_size
        draws = self.sized(draws, None if sizes is None else np.asarray(sizes.sum()), None)
        return self.estimate("P(ma) of all populations", draws, self.limits(draws, None))

    def shares_of(self, population: str | None) -> Array:
        """Return draws of the shares (draw, goal) of a population, or of the union of all."""
        if population is None:
            if not self.groups.has(POSTERIOR, UNION):
                raise StudyError("name a population: their shares in the union are not known")
            drawn = np.asarray(self.groups.values(POSTERIOR, UNION))
            return drawn.reshape(-1, drawn.shape[-1])
        return self.selected([population]).shares()[:, 0]

    def shares(self, group: str = POSTERIOR) -> Array:
        """Return draws of all goal shares (draw, population, goal), if there is room for them."""
        shape = (blocks.total(self.study), len(self.populations), len(self.categories))
        if (said := too_large(16.0 * float(np.prod(shape)))) is not None:
            raise ResultError(f"draws of the shares of all populations {said}. {SOME}")
        found = np.empty(shape)
        if group == PRIOR:
            drawn = np.asarray(self.groups.values(PRIOR, "proportion")).reshape(shape[0], -1)
            before = many_populations.common_of(self.study, self.groups, PRIOR)
            for i in range(shape[1]):
                found[:, i] = blocks.prior_of(self.study, i, drawn, before)
            return found
        common = many_populations.common_of(self.study, self.groups, POSTERIOR)
        for number, places in blocks.places_of(self.study):
            found[:, places] = blocks.draws(self.study, number, common)
        return found

    def misalignment_draws(self, group: str = POSTERIOR, agents: Agents | None = None) -> Array:
        """Return draws of P(ma), (draw, population)."""
        if group == POSTERIOR:
            values = np.asarray(self.groups.values(group, "misalignment"), dtype=float)
            values = values.reshape(-1, values.shape[-1])
        else:
            values = np.empty((blocks.total(self.study), len(self.populations)))
            for i in range(values.shape[1]):
                values[:, i] = self._before(i)
        return self.sized(values, self.study.goals.population_size, agents)

    def contrast(self, one: str, other: str) -> Contrast:
        """Return how P(ma) of one population compares with that of another."""
        return self.selected([one, other]).contrast(one, other)

    def mixture(self, host: str, guest: str, shares: Any = None) -> Mixture:
        """Return P(ma) of mixtures of two populations."""
        return self.selected([host, guest]).mixture(host, guest, shares)

    def mixing(
        self, host: str, guest: str, *, threshold: float | None = None, one_goal: bool = False
    ) -> MixingResult:
        """Return P(ma) of a union of two populations along the share of the second."""
        chosen = self.selected([host, guest])
        return chosen.mixing(host, guest, threshold=threshold, one_goal=one_goal)

    def excess(self, one: str | None = None, other: str | None = None) -> Any:
        """Return by how much two populations conflict more than they do within, on average."""
        if one is not None and other is not None:
            return self.selected([one, other]).excess(one, other)
        raise ResultError(f"the excess of every two of all populations is too much. {SOME}")

    def nearest(self, of: str, among: Sequence[str] | None = None, *, by: By = "excess") -> Nearest:
        """Return to which of some populations another is nearest."""
        if among is None:
            raise ResultError(f"the nearest of all populations is too much to draw. {SOME}")
        return self.selected([of, *among]).nearest(of, among, by=by)

    def equivalent_sample(
        self, stand_in: str, people: str, *, answers: float = np.inf
    ) -> EquivalentSample:
        """Return how many people tell as much of people as a stand-in does."""
        chosen = self.selected([stand_in, people])
        return chosen.equivalent_sample(stand_in, people, answers=answers)

    def between(self, one: str | None = None, other: str | None = None) -> Any:
        """Return the probability that an agent of one population conflicts with one of another."""
        if one is not None and other is not None:
            return self.selected([one, other]).between(one, other)
        what = "P(ma) between populations, and within each on the diagonal"
        return EstimateMatrix(what, self.populations, self._between)

    def _between(self, one: str, other: str) -> Estimate:
        if one == other:
            return self.misalignment()[one]
        found: Estimate = self.between(one, other)
        return found

    def _of_all[Result: Framed](
        self, title: str, of: Callable[[str | None], Result], population: str | None
    ) -> OfAll[Result]:
        if population is None and not self.groups.has(POSTERIOR, UNION):
            raise ResultError(f"{title} of all populations at once are too many. {SOME}")
        return of(population)

    def tried_priors(self, refit: bool = False) -> FramedList[Tried]:
        """Return nothing: other priors are tried of some populations."""
        raise ResultError(f"other priors are not tried of all populations at once. {SOME}")

    @property
    def tree(self) -> xr.DataTree:
        """The groups that are kept, as an `xarray.DataTree`."""
        return to_datatree(self.groups)

    def rows_of_all(self) -> Mapping[str, Iterable[Sequence[Any]]]:
        """Return tables of all populations, heads first, by name."""
        return {"all_populations": self._rows(), "all_shares": self._rows_of_shares()}

    def _rows(self) -> Iterator[list[Any]]:
        yield ["population", "n", "n_effective", *NUMBERS_OF_ONE]
        every = zip(self.misalignment().items(), self.study.goals.n, self.n_effective, strict=True)
        for (name, estimate), n, effective in every:
            yield [name, n, effective, *estimate.numbers().values()]

    def _rows_of_shares(self) -> Iterator[list[Any]]:
        held = self.groups.groups[SUMMARY]
        columns = {name: np.asarray(values) for name, (_, values) in held.items()}
        yield ["population", "goal", *columns]
        for i, population in enumerate(self.populations):
            for j, goal in enumerate(self.categories):
                yield [population, goal, *(float(values[i, j]) for values in columns.values())]

    def _numbers(self, name: str) -> NDArray[Any]:
        return np.asarray(self.groups.values(NUMBERS, name))

    def _one(self, make: Callable[[], Array], name: str, numbers: dict[str, Any]) -> Estimate:
        return one_of_many(
            make,
            name,
            self.study.reporting.interval,
            independent=True,
            withheld=self.withheld,
            worth=self.worth,
            numbers=numbers,
        )

    def _size(self, place: int) -> Any:
        sizes = self.study.goals.population_size
        return None if sizes is None else sizes[place]

    def _of(self, place: int) -> Array:
        """Return draws (chain, draw) of P(ma) of a population."""
        values = np.asarray(self.groups.values(POSTERIOR, "misalignment")[..., place], dtype=float)
        return self.sized(values, self._size(place), None)

    def _before(self, place: int) -> Array:
        return many_populations.misalignment_of_prior(
            self.study, self.groups, place, self._prior_conflict
        )

    @cached_property
    def _prior_conflict(self) -> Any:
        return facing_populations(of_group(with_known(self.groups, PRIOR)))

    def _prior_of(self, place: int) -> Array:
        return self.sized(self._before(place), self._size(place), None).reshape(self.chains, -1)

    def _share_of(self, place: int, goal: int) -> Array:
        return self.shares_of(self.populations[place])[:, goal].reshape(self.chains, -1)


Posterior.class_of_many = ManyPopulations


def _end(upper: bool) -> Limit:
    return Limit(np.zeros(1), np.zeros(1), upper)
