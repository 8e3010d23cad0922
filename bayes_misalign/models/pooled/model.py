"""Goal shares of several populations, partially pooled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Array, Dims, Draws, Rng
from bayes_misalign.contract.observed import FreeVariables
from bayes_misalign.contract.other_priors import halved_and_doubled
from bayes_misalign.contract.shares import shares_prior
from bayes_misalign.contract.shares_model import FewAnswers, SharesModel
from bayes_misalign.contract.traits import Traits
from bayes_misalign.errors import StudyError
from bayes_misalign.models.pooled import given_common, words
from bayes_misalign.models.pooled.counted import as_data
from bayes_misalign.models.pooled.priors import PooledShares


class Pooled(SharesModel):
    """Populations scatter about a mean: p_s ~ Dirichlet(A mu)."""

    name = "pooled"
    traits = Traits("shares", "sampled")
    common = (given_common.SPREAD, given_common.MEAN)
    dims: ClassVar = {
        given_common.SPREAD: (),
        given_common.UNEVENNESS: (),
        given_common.MEAN: ("goal",),
    }
    of_groups: ClassVar = {
        given_common.GROUP_PART: (),
        given_common.GROUP_MEAN: ("group", "goal"),
    }
    of_population = True
    weights_in_common = True
    takes_pairs = False
    few_answers = FewAnswers(
        "known by the other populations alone",
        "the other populations alone",
        "the other populations in place of answers",
    )

    def assets(self) -> Path:
        return models_root() / self.name

    def priors(self, stated: Any = None, /) -> PooledShares:
        return PooledShares.of(stated)

    def alternatives(self, priors: PooledShares, evidence: Any, /) -> Mapping[str, Any]:
        del evidence
        found = {
            "independent shares": shares_prior(),
            **halved_and_doubled(priors, "prior of how alike populations are", "alike"),
            **halved_and_doubled(priors, "prior of how even mean shares are", "even"),
        }
        if priors.groups:
            found |= halved_and_doubled(priors, "prior of how alike groups are", "alike_groups")
        return found

    def check(self, priors: PooledShares, categories: tuple[str, ...], /) -> None:
        del priors, categories

    def common_of(self, priors: PooledShares, /) -> tuple[str, ...]:
        return (*self.common, *self.of_groups) if priors.groups else self.common

    def dims_of(self, priors: PooledShares, /) -> Dims:
        return {**self.dims, **self.of_groups} if priors.groups else self.dims

    def coords(self, priors: PooledShares, /) -> dict[str, tuple[str, ...]]:
        return {"group": priors.groups} if priors.groups else {}

    def column(self, priors: PooledShares, /) -> str | None:
        return priors.within if isinstance(priors.within, str) else None

    def with_column(self, priors: PooledShares, found: Mapping[str, str], /) -> PooledShares:
        return priors.with_groups(found)

    def with_populations(self, priors: PooledShares, populations: Sequence[str], /) -> PooledShares:
        return priors.with_populations(populations)

    def check_populations(self, priors: PooledShares, populations: Sequence[str], /) -> None:
        if len(populations) < 2:
            raise StudyError(
                "one population has no others to be pooled with. Fix: leave [shares] out, or name "
                "the column of populations"
            )
        priors.check_groups(populations)

    def draw(
        self,
        priors: PooledShares,
        counts: Array,
        categories: tuple[str, ...],
        draws: int,
        rng: Rng,
        /,
    ) -> Draws | None:
        if np.any(counts):
            return None
        common = given_common.draw_common(priors, categories, draws, rng)
        return {**common, **given_common.draw_given(priors, counts, common, rng)}

    def draw_given(
        self,
        priors: PooledShares,
        counts: Array,
        categories: tuple[str, ...],
        common: Mapping[str, Array],
        rng: Rng,
        /,
    ) -> Draws:
        del categories
        return given_common.draw_given(priors, counts, common, rng)

    def draw_quickly(
        self, priors: PooledShares, counts: Array, common: Mapping[str, Array], rng: Rng, /
    ) -> Any:
        return given_common.draw_quickly(priors, counts, common, rng)

    def declare_common(
        self, priors: PooledShares, categories: tuple[str, ...], counts: Array, /
    ) -> None:
        from bayes_misalign.models.pooled.generative import declare_counts

        declare_counts(priors, categories, np.asarray(counts, dtype=float))

    def common_data(
        self, priors: PooledShares, categories: tuple[str, ...], counts: Array, /
    ) -> Mapping[str, Any]:
        return as_data(priors, counts, categories)

    def declare(
        self,
        priors: PooledShares,
        categories: tuple[str, ...],
        counts: Any,
        order: Any,
        name: str,
        /,
        told: Any = 1.0,
    ) -> tuple[Any, Any]:
        from bayes_misalign.models.pooled.generative import declare_shares

        del told
        return declare_shares(priors, categories, counts, order, name)

    def free_variables(
        self,
        priors: PooledShares,
        categories: tuple[str, ...],
        order: Any,
        name: str,
        drawn: Mapping[str, Array],
        /,
    ) -> FreeVariables:
        return given_common.free_variables(priors, categories, order, name, drawn)

    def results(self, priors: PooledShares, posterior: Any, /) -> Any:
        from bayes_misalign.models.pooled.results import pooled_results

        return pooled_results(priors, posterior)

    def report(self) -> Any:
        from bayes_misalign.models.pooled.section import REPORT

        return REPORT

    describe = staticmethod(words.describe)
    named = staticmethod(words.named)
    prior_in_brief = staticmethod(words.prior_in_brief)


MODEL = Pooled()
