"""Goal shares of populations that are waves: a random walk of log odds in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import Array, Dims, Draws, Rng
from bayes_misalign.contract.observed import FreeVariables
from bayes_misalign.contract.shares_model import FewAnswers, SharesModel
from bayes_misalign.contract.traits import Traits
from bayes_misalign.models.waves import walk, words
from bayes_misalign.models.waves.priors import WavesPrior

FACTORS = {"halved": 0.5, "doubled": 2.0}


class Waves(SharesModel):
    """Shares go from one wave to the next by steps whose size is learnt from all waves."""

    name = "waves"
    traits = Traits("shares", "sampled")
    dims: ClassVar[Dims] = {"drift": ()}
    of_population = True
    takes_pairs = False
    few_answers = FewAnswers(
        "0 answers, borrowed from other waves",
        "other waves and the prior of the drift",
        "other waves and the prior of the drift",
    )

    def assets(self) -> Path:
        return models_root() / self.name

    def priors(self, stated: Any = None, /) -> WavesPrior:
        return WavesPrior.of(stated)

    def alternatives(self, priors: WavesPrior, evidence: Any, /) -> Mapping[str, WavesPrior]:
        del evidence
        return {
            f"{what} {word}": _scaled(priors, name, factor)
            for name, what in (("drift", "drift of waves"), ("level", "scale of the level"))
            for word, factor in FACTORS.items()
        }

    def draw(
        self,
        priors: WavesPrior,
        counts: Array,
        categories: tuple[str, ...],
        draws: int,
        rng: Rng,
        /,
    ) -> Draws | None:
        if counts.any() and len(categories) > 1:
            return None
        drawn = walk.draw_prior(priors, priors.places(len(counts)), categories, draws, rng)
        return {name: drawn[name] for name in ("proportion", *self.dims)}

    def declare(
        self,
        priors: WavesPrior,
        categories: tuple[str, ...],
        counts: Any,
        order: Any,
        name: str,
        /,
        told: Any = 1.0,
    ) -> tuple[Any, Any]:
        from bayes_misalign.models.waves.generative import declare_shares

        del told
        places = priors.places(order.type.shape[0] if hasattr(order, "type") else len(order))
        return declare_shares(priors, places, categories, counts, order, name)

    def free_variables(
        self,
        priors: WavesPrior,
        categories: tuple[str, ...],
        order: Any,
        name: str,
        drawn: Mapping[str, Any],
        /,
    ) -> FreeVariables:
        # they are sampled, and stand in the result
        del priors, categories, order, name, drawn
        return FreeVariables()

    def check(self, priors: WavesPrior, categories: tuple[str, ...], /) -> None:
        del priors, categories

    def with_populations(self, priors: WavesPrior, populations: Sequence[str], /) -> WavesPrior:
        return priors.with_populations(populations)

    def check_fit(self, priors: WavesPrior, fit: Any, /) -> Iterable[Any]:
        from bayes_misalign.models.waves.checks import check_walk

        return check_walk(priors, fit)

    def results(self, priors: WavesPrior, posterior: Any, /) -> Any:
        from bayes_misalign.models.waves.results import results_of

        return results_of(priors, posterior)

    def report(self) -> Any:
        from bayes_misalign.models.waves.section import REPORT

        return REPORT

    describe = staticmethod(words.describe_shares)
    named = staticmethod(words.named)
    prior_in_brief = staticmethod(words.prior_in_brief)


def _scaled(priors: WavesPrior, name: str, factor: float) -> WavesPrior:
    return replace(priors, **{name: getattr(priors, name) * factor})


MODEL = Waves()
