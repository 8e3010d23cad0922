"""A stand-in for a model of conflict that was measured in each population, and studies with it.

Its yes and no counts are binomial with a Beta prior in every population, so that the posterior is
known in closed form.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

import bayes_misalign as bm
from bayes_misalign.contract import registry
from bayes_misalign.contract.description import Description
from bayes_misalign.contract.model import ConflictModel
from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.statements.known_levels import FixedConflict
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.reading.conflict_source import ConflictSource
from bayes_misalign.reading.evidence import FloatArray, Pair, frozen_array, frozen_pairs
from bayes_misalign.study.options import Populations
from bayes_misalign.study.study import Study

WAVES = ("2010", "2020", "2030")
GOALS = ("left", "right", "green")
PAIRS: tuple[Pair, ...] = (("left", "right"), ("left", "green"))
KNOWN: Pair = ("right", "green")
YES = [[20.0, 5.0], [40.0, 10.0], [70.0, 15.0]]
TOTAL = 100.0
COUNTS = [[60, 30, 10], [50, 35, 15], [40, 40, 20]]


@dataclass(frozen=True, eq=False)
class ToldConflict(ConflictSource):
    model: ClassVar[str] = "told"

    pairs: tuple[Pair, ...]
    populations: tuple[str, ...]
    yes: FloatArray  # (S, P)
    no: FloatArray
    conjugate: bool = True
    heard: str = ""  # what the simulator was told
    origin: str = "told"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "pairs", frozen_pairs(self.pairs))
        object.__setattr__(self, "populations", tuple(self.populations))
        object.__setattr__(self, "yes", frozen_array(self.yes))
        object.__setattr__(self, "no", frozen_array(self.no))
        object.__setattr__(self, "notes", tuple(self.notes))

    @property
    def measured_in(self) -> tuple[str, ...]:
        return self.populations

    def ordered(self, populations: Sequence[str]) -> "ToldConflict":
        """Return the same in another order; in a population that is not among them, nothing."""
        place = {name: i for i, name in enumerate(self.populations)}

        def rows(values: FloatArray) -> FloatArray:
            nothing = np.zeros(len(self.pairs))
            return np.array([values[place[p]] if p in place else nothing for p in populations])

        return replace(self, populations=tuple(populations), yes=rows(self.yes), no=rows(self.no))


class Told:
    model: ClassVar[str] = "told"


@dataclass(frozen=True)
class ToldPriors:
    yes: float = 1.0


def priors(overrides: Mapping[str, Any] | None = None) -> ToldPriors:
    return ToldPriors(**(overrides or {}))


def declare(evidence: ToldConflict, prior: ToldPriors, name: str = "told") -> Any:
    import pymc as pm

    labels = [f"{a} | {b}" for a, b in evidence.pairs]
    pm.modelcontext(None).add_coord(f"pair_{name}", labels)
    dims = ("population", f"pair_{name}")
    level = pm.Beta(f"conflict_{name}", prior.yes, 1.0, dims=dims)
    total = (evidence.yes + evidence.no).astype(int)
    pm.Binomial(f"yes_{name}", n=total, p=level, observed=evidence.yes.astype(int), dims=dims)
    return level


def draw(
    evidence: ToldConflict, prior: ToldPriors, draws: int, rng: np.random.Generator
) -> dict[str, Any] | None:
    if not evidence.conjugate:
        return None
    size = (draws, *evidence.yes.shape)
    return {"conflict_level": rng.beta(prior.yes + evidence.yes, 1.0 + evidence.no, size)}


def draw_prior(
    evidence: ToldConflict, prior: ToldPriors, draws: int, rng: np.random.Generator
) -> dict[str, Any]:
    level = rng.beta(prior.yes, 1.0, (draws, *evidence.yes.shape))
    return {"conflict_level": level, "loudness": np.arange(draws) + 7.0}


def simulate(
    parameters: Mapping[str, Any], design: ToldConflict, rng: np.random.Generator
) -> ToldConflict:
    total = (design.yes + design.no).astype(int)
    yes = rng.binomial(total, parameters["conflict_level"]).astype(float)
    return replace(design, yes=yes, no=total - yes, heard=f"loudness {parameters['loudness']}")


def describe(evidence: ToldConflict, prior: ToldPriors) -> Description:
    return Description("Told.", ("yes ~ Binomial",), (f"Beta({prior.yes:g}, 1)",))


class ToldModel(ConflictModel):
    name = "told"
    traits = Traits("conflict", "exact", by_population=True)
    declaration = Told
    evidence = ToldConflict

    priors = staticmethod(priors)
    declare = staticmethod(declare)
    draw = staticmethod(draw)
    draw_prior = staticmethod(draw_prior)
    simulate = staticmethod(simulate)
    describe = staticmethod(describe)

    def assets(self) -> Path:
        raise NotImplementedError

    def target_accept(self, evidence: Any, /) -> float:
        return 0.0

    def alternatives(self, priors: Any, evidence: Any, /) -> Mapping[str, Any]:
        return {}

    def write(self, evidence: Any, priors: Any, area: Any, folder: Path, /) -> dict[str, Any]:
        raise NotImplementedError

    def designs(self) -> Mapping[str, Any]:
        return {}

    def with_data(self, evidence: Any, parameters: Any, /) -> dict[str, Any]:
        raise NotImplementedError


@contextmanager
def known_model() -> Iterator[None]:
    """Hold the stand-in in the registry."""
    with registry.on_trial(MODEL):
        yield


MODEL = ToldModel()


def told(**changes: Any) -> ToldConflict:
    yes = np.array(YES)
    return replace(ToldConflict(PAIRS, WAVES, yes, TOTAL - yes), **changes)


def conflict(*sources: Any) -> ConflictEvidence:
    return ConflictEvidence(GOALS, (*sources, FixedConflict((KNOWN,), [0.5], origin="stated")))


def study(source: Any = None, **options: Any) -> Study:
    goals = ChoiceCounts.from_counts(
        GOALS, WAVES, COUNTS, population_size=options.pop("sizes", None)
    )
    shares = Populations(shares={"2010": 0.5, "2020": 0.25, "2030": 0.25}, mix=("2010", "2030"))
    options = {"populations": shares, **options}
    made = told() if source is None else source
    return Study.of(bm.ProblemArea("party", GOALS), goals, conflict(made), **options)
