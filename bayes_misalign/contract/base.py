"""What models of all kinds offer, and those that have evidence of their own."""

from __future__ import annotations

import tomllib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.description import Description
from bayes_misalign.contract.observed import FreeVariables, Observed, Outcomes
from bayes_misalign.contract.traits import Traits
from bayes_misalign.errors import StudyError
from bayes_misalign.reading.problem_area import ProblemArea

if TYPE_CHECKING:
    import pymc as pm

    from bayes_misalign.contract.measured import Measurement, Resized

Array = NDArray[np.float64]
Draws = dict[str, Array]
Dims = Mapping[str, tuple[str, ...]]
Rng = np.random.Generator


class Model(ABC):
    """What models of all kinds offer.

    Attributes
    ----------
    name : str
        What a study calls the model; lower case, words joined by hyphens.
    traits : Traits
        Facts about it.
    not_varied : mapping of str to str
        Numbers of `model.toml` that `alternatives` leaves alone, each with the reason.
    """

    name: ClassVar[str]
    traits: ClassVar[Traits]
    not_varied: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def assets(self) -> Path:
        """Return the folder of the model's card, `README.md`, and its defaults, `model.toml`."""

    @abstractmethod
    def priors(self, stated: Any = None, /) -> Any:
        """Return the default priors with a study's own choices put over them.

        Parameters
        ----------
        stated : object, optional
            What the study says, most often a mapping of names to numbers; None for the defaults.

        Returns
        -------
        object
            A frozen dataclass that compares by value, or None where nothing has a prior.

        Raises
        ------
        StudyError
            When the study names a prior that the model does not have, or a value that cannot be.
        """

    @abstractmethod
    def alternatives(self, priors: Any, evidence: Any, /) -> Mapping[str, Any]:
        """Return other priors that somebody might have stated, by what a report calls them.

        Parameters
        ----------
        priors : object
            What `priors` returned.
        evidence : object
            What was observed; a prior that it does not use need not be varied.

        Returns
        -------
        mapping of str to object
            Every number of `model.toml` is varied by one of them, or stands in `not_varied`.
        """

    def prior_in_brief(self, priors: Any, evidence: Any, /) -> str:
        """Return the priors in a few words, for a methods section, or nothing."""
        del priors, evidence
        return ""

    def citations(self, evidence: Any, /) -> Sequence[str]:
        """Return works that a report of this evidence should cite, beside those of the package."""
        del evidence
        return ()

    def report(self) -> Any:
        """Return what the model adds to a report, a `report.hooks.ModelReport`, or None."""
        return None


class EvidenceModel(Model):
    """What a model with evidence of its own offers.

    Attributes
    ----------
    declaration : type
        Dataclass that a user writes, or that a table of study.toml is read into. Its method
        ``read(area, problems, base)`` returns evidence, or None after noting what is wrong; with
        the trait `needs_agents` it also takes what finds agents by id.
    evidence : type
        Frozen dataclass, see `reading.evidence.Evidence`; its `model` is the model's name.
    dims : mapping of str to tuple of str
        Dimensions of quantities of `draw` that are kept in a result, without the leading draws.
    """

    declaration: ClassVar[type[Any]]
    evidence: ClassVar[type[Any]]
    dims: ClassVar[Dims] = {}

    @abstractmethod
    def declare(self, evidence: Any, priors: Any, name: str, /) -> Any:
        """Add the model's variables to the open `pm.Model`; return its main quantity's tensor.

        Parameters
        ----------
        evidence, priors : object
            What was observed, and what `priors` returned.
        name : str
            Ends the names of variables, for a study may have two sources of one model; for a model
            of goals the name of the shares.

        Returns
        -------
        tensor
            Goal shares (population, goal), or conflict levels (pair) or (population, pair).
        """

    @abstractmethod
    def draw_prior(self, evidence: Any, priors: Any, draws: int, rng: Rng, /) -> Draws:
        """Return independent draws from the prior, for the same populations, goals and pairs."""

    @abstractmethod
    def simulate(self, parameters: Mapping[str, Array], design: Any, rng: Rng, /) -> Any:
        """Return evidence of the design's size that one draw of the parameters gives rise to.

        Parameters
        ----------
        parameters : mapping of str to ndarray
            All that `draw_prior` returns, without the leading draws.
        design : evidence
            Its sizes count, what it observed does not.
        rng : numpy.random.Generator
            Source of randomness.
        """

    @abstractmethod
    def describe(self, evidence: Any, priors: Any, /) -> Description:
        """Return the model, its likelihood and its priors in words and formulas."""

    @abstractmethod
    def write(
        self, evidence: Any, priors: Any, area: ProblemArea, folder: Path, /
    ) -> dict[str, Any] | None:
        """Write evidence as tables into a folder; return the table of study.toml that reads it.

        None where nothing has to be written, because reading a study without it gives the same.

        Raises
        ------
        StudyError
            When evidence of this kind cannot be written.
        """

    @abstractmethod
    def designs(self) -> Mapping[str, Any]:
        """Return small designs by name, the default first; empty if nothing is uncertain."""

    @abstractmethod
    def with_data(self, evidence: Any, parameters: Mapping[str, Array], /) -> dict[str, Array]:
        """Return the log-likelihood and a residual for every draw of the parameters.

        Returns
        -------
        dict of str to ndarray, shape (draw,)
            `log_likelihood`, up to a constant, and `residual`, a distance between what was observed
            and what was expected. Empty only where `observes` is false.

        Notes
        -----
        Posterior draws that ignore the data are calibrated in every parameter; only quantities in
        which the data take part give them away (Modrák et al., Bayesian Analysis 20, 2025).
        """

    def observes(self, evidence: Any, /) -> bool:
        """Return whether anything in the evidence is a random observation, not a statement."""
        del evidence
        return self.traits.drawn not in ("known", "given")

    def draw(self, evidence: Any, priors: Any, draws: int, rng: Rng, /) -> Draws | None:
        """Return independent draws from the exact posterior, or None where it is not conjugate."""
        del evidence, priors, draws, rng
        return None

    def free_variables(
        self, evidence: Any, priors: Any, name: str, drawn: Mapping[str, Array], /
    ) -> FreeVariables:
        """Return exact draws as the free variables of the PyMC model, by the name of each.

        Parameters
        ----------
        evidence, priors : object
            What was observed, and what `priors` returned.
        name : str
            As in `declare`.
        drawn : mapping of str to ndarray
            What `draw` returned and a result keeps, leading axis draw.

        Returns
        -------
        FreeVariables
            Without all of them PyMC replays data from the prior; a test compares them with the
            free variables of the declared model.
        """
        del evidence, priors, name, drawn
        return FreeVariables()

    def observed(self, evidence: Any, name: str, /) -> Mapping[str, Observed]:
        """Return what was observed, in figures that replicates are compared with, by variable.

        The names are those of the observed variables of the PyMC model. Empty where nothing random
        was observed.
        """
        del evidence, name
        return {}

    def replicated(
        self, parameters: Mapping[str, Array], evidence: Any, rng: Rng, name: str, /
    ) -> Mapping[str, Observed]:
        """Return `observed` of evidence that one draw of the parameters gives rise to.

        Beside what `simulate` takes, the parameters hold `conflict`, the levels of all pairs, where
        the model is one of conflict.
        """
        return self.observed(self.simulate(parameters, evidence, rng), name)

    def compared(self, evidence: Any, found: Mapping[str, Observed], /) -> Sequence[Observed]:
        """Return what a report compares of `observed` or `replicated`: by default all of it."""
        del evidence
        return tuple(found.values())

    def outcomes(self, evidence: Any, parameters: Mapping[str, Array], /) -> Sequence[Outcomes]:
        """Return how likely each outcome was, for every draw of the parameters.

        Summed over outcomes, each as often as it was observed, that is the `log_likelihood` of
        `with_data` up to a constant. Empty where nothing random was observed.
        """
        del evidence, parameters
        return ()

    def target_accept(self, evidence: Any, /) -> float:
        """Return the target acceptance that sampling this evidence asks for.

        By default that of `model.toml`, under `[sampling]`; zero where the usual one will do. Where
        several models are sampled together, the largest counts.
        """
        del evidence
        stated = tomllib.loads((self.assets() / "model.toml").read_text(encoding="utf-8"))
        return float(stated.get("sampling", {}).get("target_accept", 0.0))

    def build(self, evidence: Any, priors: Any, /) -> pm.Model | None:
        """Return the model on its own; None where declaring it in an empty model is enough."""
        del evidence, priors
        return None

    def coords(self, evidence: Any, /) -> dict[str, tuple[str, ...]]:
        """Return the labels of the dimensions in `dims` that are the model's own."""
        del evidence
        return {}

    def data(self, evidence: Any, priors: Any, /) -> dict[str, NDArray[Any]]:
        """Return what a compiled model needs of other evidence of the same shape, by container."""
        del evidence, priors
        raise StudyError(f"{self.name!r} cannot be given other data once it is compiled")

    @abstractmethod
    def quantities(self, evidence: Any, parameters: Mapping[str, Array], /) -> dict[str, Array]:
        """Return what a calibration looks at beside `with_data`, each (draw,)."""

    def against_statements(self, evidence: Any, priors: Any, levels: Array, /) -> dict[str, float]:
        """Return how well independent draws (draw, pair) keep what was stated, as p-values."""
        del evidence, priors, levels
        return {}

    def results(self, evidence: Any, name: str, posterior: Any, /) -> Any:
        """Return what the model says of a posterior beside shares and levels, or None.

        Parameters
        ----------
        evidence : evidence
            One source of the study.
        name : str
            The source's name in the study, which ends the names of its variables; empty for goals.
        posterior : report.posterior.Posterior
            The posterior of the study.
        """
        del evidence, name, posterior
        return None

    def measurements(self, evidence: Any, /) -> tuple[Measurement, ...]:
        """Return what a study could have more of, or less; empty where nothing is planned so."""
        del evidence
        return ()

    def resized(self, evidence: Any, name: str, number: int, rng: Rng, /) -> Resized:
        """Return a design with another number of one of its `measurements`, all else as it is.

        Parameters
        ----------
        evidence : evidence
            What there is.
        name : str
            Name of the measurement.
        number : int
            How many of it there are to be, in all populations and of all pairs together.
        rng : numpy.random.Generator
            Where not all can have as many.
        """
        del evidence, name, number, rng
        raise StudyError(f"evidence of {self.name!r} has no other size")

    def resized_together(self, evidence: Any, sizes: Mapping[str, int], rng: Rng, /) -> Resized:
        """Return a design with other numbers of several kinds of measurements.

        By default one kind after the other, in their order.
        """
        from bayes_misalign.contract.measured import Resized

        steps: list[Callable[[Mapping[str, Array]], Mapping[str, Array]]] = []
        for name, number in sizes.items():
            found = self.resized(evidence, name, number, rng)
            evidence = found.design
            steps.append(found.parameters)

        def parameters(truth: Mapping[str, Array]) -> Mapping[str, Array]:
            for step in steps:
                truth = step(truth)
            return truth

        return Resized(evidence, parameters)

    def for_design(self, design: Any, /) -> EvidenceModel:
        """Return the model that a design for calibration is of: this one, or it with another."""
        del design
        return self
