"""Which parts of a model each rating is about, as arrays for a likelihood without loops."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.families.raters.kind_effects import kinds_again
from bayes_misalign.families.raters.rater_effects_pymc import SEVERAL, enough
from bayes_misalign.families.raters.rating_counts import FIRST
from bayes_misalign.families.raters.round_robin import (
    FEWEST_FOR_PAIRS,
    FEWEST_MEMBERS,
    incidence,
)
from bayes_misalign.families.walks.places import Places
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.rated.priors import RatedPriors

Array = NDArray[np.float64]
SIDES = ("raters hold the first goal", "raters hold the second goal")
SURELY = 4.0  # variance of effects, in units of their errors', from which on they surely differ
OF_WIDTH = 0.5  # information of a rating about a width, as a part of that about a level


def rough_levels(counts: Array) -> Array:
    """Return mean log-odds of ratings (row, level) beyond each cut point, less those of all."""
    beyond = counts[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    of_all = (beyond.sum(axis=0) + 0.5) / (counts.sum() + 1)
    own = (beyond + of_all) / (counts.sum(axis=1) + 1)[:, None]
    weight = of_all * (1 - of_all)
    level = (np.log(own / (1 - own)) - np.log(of_all / (1 - of_all))) @ weight
    return np.asarray(level / weight.sum())


@dataclass(frozen=True)
class RatedCells:
    """The shape of a model of ratings.

    Parameters
    ----------
    evidence : RatedConflict
        Ratings.
    prior : RatedPriors
        Whose `scale_use` may be zero.
    """

    evidence: RatedConflict
    prior: RatedPriors

    @property
    def members(self) -> tuple[str, ...]:
        """Goals of the round robin."""
        return self.evidence.members

    @property
    def all_pairs(self) -> tuple[tuple[str, str], ...]:
        """All pairs of the goals, also those that another source speaks for."""
        return tuple(combinations(self.members, 2))

    @cached_property
    def spoken(self) -> NDArray[np.int64]:
        """(P,) place of each pair that the ratings speak for among all pairs."""
        place = {frozenset(pair): n for n, pair in enumerate(self.all_pairs)}
        return np.array([place[frozenset(pair)] for pair in self.evidence.pairs], np.int64)

    @cached_property
    def turned(self) -> NDArray[np.bool_]:
        """(P,) whether a pair stands the other way round among all pairs."""
        return np.array(
            [p != self.all_pairs[n] for p, n in zip(self.evidence.pairs, self.spoken, strict=True)]
        )

    @property
    def sides(self) -> int:
        """Two if raters hold one goal of the pair, else one."""
        return 2 if self.evidence.directed else 1

    @property
    def shape(self) -> tuple[int, int, int]:
        """Populations, all pairs, sides."""
        return max(len(self.evidence.populations), 1), len(self.all_pairs), self.sides

    @property
    def places(self) -> Places | None:
        """Where populations stand in time, if their conflict walks."""
        return self.evidence.places

    @property
    def differing(self) -> int:
        """Number of populations, or series of them that walk, that differ as if in no order."""
        return self.shape[0] if self.places is None else len(self.places.series)

    @property
    def levels(self) -> int:
        """Number of levels of the scale."""
        return len(self.evidence.levels)

    @property
    def has_raters(self) -> bool:
        """Whether raters are named."""
        return len(self.evidence.raters) > 0

    @property
    def has_member_effects(self) -> bool:
        """Whether there are goals enough for them to differ."""
        return len(self.members) >= FEWEST_MEMBERS

    @property
    def has_pair_effects(self) -> bool:
        """Whether something is left to pairs beside the effects of their goals."""
        return len(self.members) >= FEWEST_FOR_PAIRS

    @property
    def again(self) -> bool:
        """Whether what a rater sees in a pair can be told from the noise of a single rating."""
        if self.evidence.kinds:
            return bool(self.kinds_again.any())
        return self.evidence.repeated and self.has_raters

    @cached_property
    def kinds_again(self) -> NDArray[np.bool_]:
        """(K,) the same by kind; what a kind's only rater sees is what the kind sees."""
        evidence = self.evidence
        found = kinds_again(
            evidence.kind_of_rater, evidence.kind, evidence.sizes, len(evidence.kinds)
        )
        return np.asarray(found & evidence.repeated)

    @cached_property
    def again_cells(self) -> NDArray[np.int64]:
        """Cells in which a rater may see what others of its kind do not."""
        return np.flatnonzero(self.kinds_again[self.evidence.kind]).astype(np.int64)

    @property
    def has_widths(self) -> bool:
        """Whether raters may use the scale differently."""
        return self.levels > 2 and self.prior.scale_use > 0

    @property
    def units(self) -> int:
        """Number of raters, or of groups of them, who may use the scale differently; else 0."""
        if not self.has_widths:
            return 0
        if self.has_raters:
            return len(self.evidence.raters) if len(self.evidence.raters) > 1 else 0
        groups = self.shape[0] * self.sides
        return groups if groups > 1 else 0

    @cached_property
    def side(self) -> NDArray[np.int64]:
        """(N,) side of each cell: 0, or 1 for holders of the second goal among all pairs."""
        if not self.evidence.directed:
            return np.zeros(len(self.evidence.side), np.int64)
        second = self.evidence.side != FIRST
        return np.asarray(second ^ self.turned[self.evidence.pair], np.int64)

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """(N,) place of each cell's level among populations, all pairs and sides, flattened."""
        where = (self.evidence.population, self.spoken_pair, self.side)
        return np.ravel_multi_index(where, self.shape).astype(np.int64)

    @cached_property
    def seen_place(self) -> NDArray[np.int64]:
        """(N,) place of each cell's level among those that each kind of rater sees, flattened."""
        return np.asarray(self.evidence.kind * int(np.prod(self.shape)) + self.place)

    @property
    def seen_shape(self) -> tuple[int, int, int, int]:
        """Kinds of raters, populations, all pairs, sides."""
        return max(len(self.evidence.kinds), 1), *self.shape

    @cached_property
    def unit(self) -> NDArray[np.int64]:
        """(N,) who used the scale in each cell."""
        if self.evidence.kinds:  # whose noise differs, where widths do not
            return np.asarray(self.evidence.rater)
        if not self.units:
            return np.zeros(len(self.place), np.int64)
        if self.has_raters:
            return np.asarray(self.evidence.rater)
        return np.asarray(self.evidence.population * self.sides + self.side)

    @cached_property
    def information(self) -> float:
        """Information of one rating about a latent level, were all pairs alike.

        Notes
        -----
        (1 - sum of cubed probabilities of the levels) / 3 for proportional odds (Whitehead,
        Statistics in Medicine 12, 1993): one third for many levels, zero if all ratings are equal.
        """
        if self.evidence.silent:
            return 0.0
        chance = self.evidence.counts.sum(axis=0) / self.evidence.counts.sum()
        return float(1 - (chance**3).sum()) / 3

    @property
    def who(self) -> NDArray[np.int64]:
        """(N,) row of each cell in the table of everybody's cut points."""
        return self.evidence.rater if self.has_raters else self.unit

    @cached_property
    def rated_evenly(self) -> Array:
        """(all pairs,) weights that take the mean over the pairs that were rated, or over all."""
        seen = np.bincount(self.spoken_pair, self.evidence.sizes, len(self.all_pairs)) > 0
        seen = seen if seen.any() else np.ones_like(seen)
        return np.asarray(seen / seen.sum())

    def told(self, places: NDArray[np.int64], number: int) -> Array:
        """Return how much information ratings hold about each of a number of levels."""
        return np.bincount(places, self.evidence.sizes, number) * self.information

    def well_known(
        self, places: NDArray[np.int64], number: int, scale: float, part: float = 1.0
    ) -> NDArray[np.bool_]:
        """Return which of a number of effects ratings tell better than their scale does."""
        return enough(part * self.told(places, number), scale)

    @cached_property
    def pair_is_known(self) -> NDArray[np.bool_]:
        """(all pairs,) whether ratings tell the level of a pair better than its goals do."""
        return self.well_known(self.spoken_pair, len(self.all_pairs), self.prior.pair)

    @cached_property
    def differ(self) -> tuple[bool, bool]:
        """Whether pairs that ratings tell well, and goals, surely differ: several do, and by much.

        Notes
        -----
        Effects that are sampled as they are make a funnel where their scale may be close to zero
        (Neal, Annals of Statistics 31, 2003). So it is estimated by moments first: rough levels of
        pairs are the mean log-odds of ratings beyond each cut point, what goals bring to them is
        fitted by least squares, and from the variance of either what errors account for is taken.
        """
        known = self.pair_is_known
        if not self.has_pair_effects or known.sum() < SEVERAL:
            return False, False
        counts = np.zeros((len(self.all_pairs), self.levels))
        np.add.at(counts, self.spoken_pair, self.evidence.counts)
        level = rough_levels(counts[known])
        belongs = incidence(len(self.members))[known]
        fitted, _, rank, _ = np.linalg.lstsq(belongs, level, rcond=None)
        freedom = len(level) - rank
        if freedom < SEVERAL:
            return False, False
        error = 1 / float(np.median(self.told(self.spoken_pair, len(self.all_pairs))[known]))
        of_pairs = float(((level - belongs @ fitted) ** 2).sum()) / freedom - error
        blur = (max(of_pairs, 0.0) + error) / float(np.median(belongs.sum(axis=0)))
        of_goals = float(np.var(fitted, ddof=1)) - blur
        several = len(self.members) >= SEVERAL
        return bool(of_pairs > SURELY * error), several and bool(of_goals > SURELY * blur)

    @property
    def has_side_scale(self) -> bool:
        """Whether there are pairs enough to learn how much the sides of a pair differ."""
        return self.sides == 2 and self.shape[1] > 1

    @property
    def spoken_pair(self) -> NDArray[np.int64]:
        """(N,) place of each cell's pair among all pairs."""
        return np.asarray(self.spoken[self.evidence.pair])

    def data(self) -> dict[str, NDArray[Any]]:
        """Return the ratings as a likelihood takes them, by name.

        Notes
        -----
        P(level l) = F(k_l - eta) - F(k_{l-1} - eta) with the logistic F is
        F(k_l - eta) F(eta - k_{l-1}) (1 - exp(k_{l-1} - k_l)), so that its logarithm needs the two
        cut points beside the level only, and the last factor not even eta. With x = k_l - eta, the
        first two are n_below x - n log(1 + exp(x)) over both sides of each cut point.
        """
        counts = self.evidence.counts
        below, above = counts[:, :-1], counts[:, 1:]
        cell, cut = np.nonzero(below + above)
        rows = max(len(self.evidence.raters), self.units, 1)
        units = rows if self.evidence.kinds else max(self.units, 1)
        between = np.zeros((units, self.levels - 2))
        np.add.at(between, self.unit, counts[:, 1:-1])
        who = self.who[cell] * (self.levels - 1) + cut
        under = below[cell, cut]
        return {
            "cut_who": who,
            "cut_place": self.seen_place[cell],
            "cut_cell": cell.astype(np.int64),
            "cut_ratings": (below + above)[cell, cut],
            "who_below": np.bincount(who, under, rows * (self.levels - 1)),
            "place_below": np.bincount(self.seen_place[cell], under, int(np.prod(self.seen_shape))),
            "cell_below": np.bincount(cell, under, len(counts)),
            "between": between,
        }
