"""Whether a model keeps what the package asks of it, be it one of its own or a stranger's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bayes_misalign.contract.base import EvidenceModel, Model
from bayes_misalign.contract.registry import on_trial
from bayes_misalign.contract.shares_model import SharesModel
from bayes_misalign.testing.assets import assets_problems, priors_problems
from bayes_misalign.testing.cases import Case, case_of, designs_of
from bayes_misalign.testing.draws import calibration_problems, draws_problems, shares_problems
from bayes_misalign.testing.faces import faces_problems
from bayes_misalign.testing.kept import kept_problems
from bayes_misalign.testing.traits import traits_problems

__all__ = ["ModelError", "check_model"]

Check = Callable[..., Iterator[str]]
OF_CASES: tuple[Check, ...] = (draws_problems, calibration_problems, kept_problems, faces_problems)


class ModelError(AssertionError):
    """A model does not keep its contract.

    Parameters
    ----------
    name : str
        The model's name.
    problems : tuple of str
        Everything that was found, see the attribute of the same name.

    Attributes
    ----------
    problems : tuple of str
        Everything that was found.
    """

    def __init__(self, name: str, problems: tuple[str, ...]) -> None:
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"the model {name!r} does not keep its contract:\n{lines}")


def check_model(model: Model, evidence: Mapping[str, Any] | None = None) -> None:
    """Check that a model keeps its contract; it need not be installed.

    Parameters
    ----------
    model : Model
        The object that the entry point of a plugin names.
    evidence : mapping of str to object, optional
        Evidence by a name for it, for a model whose `designs` are empty.

    Raises
    ------
    ModelError
        Naming everything that was found wrong, in one pass.

    Notes
    -----
    Everything is looked at on data that are simulated from each of the model's `designs`:

    - card and `model.toml` are there, and every number of its priors is varied by `alternatives`;
    - evidence and priors survive JSON, and `write` followed by `read_study`;
    - `draw`, `draw_prior` and `declare` agree on shapes, and draws depend on the seed alone;
    - prior draws in place of the posterior fail calibration, since `with_data` holds the data;
      exact draws pass it;
    - the traits are those of what the model does;
    - reports in HTML, Markdown, CSV and JSON and on a terminal hold hostile labels harmlessly.

    No posterior is sampled, and nothing is said about whether one that has to be sampled is
    right: `models/calibrate.py` of the package shows how that is found out.

    Examples
    --------
    >>> from bayes_misalign.contract.registry import model
    >>> check_model(model("elicited"))
    """
    found: list[str] = []
    with on_trial(model):
        _collect(found, "", assets_problems, model)
        _collect(found, "", priors_problems, model)
        if isinstance(model, SharesModel):
            _collect(found, "", shares_problems, model)
        if isinstance(model, EvidenceModel):
            cases: list[Case] = []
            _collect(found, "", _simulate, model, evidence, cases)
            _collect(found, "", traits_problems, model, cases)
            for case in cases:
                for check in OF_CASES:
                    _collect(found, f"design {case.name!r}: ", check, case)
    if found:
        raise ModelError(model.name, tuple(dict.fromkeys(found)))


def _simulate(
    model: EvidenceModel, evidence: Mapping[str, Any] | None, cases: list[Case]
) -> Iterator[str]:
    designs = {**designs_of(model), **(evidence or {})}
    if not designs:
        yield "it has no designs. Fix: give check_model some evidence to look at"
    for name, design in designs.items():
        cases.append(case_of(model, name, design))
        if cases[-1].trouble:
            yield f"design {name!r} {cases[-1].trouble}"


def _collect(found: list[str], where: str, check: Check, *given: Any) -> None:
    """Note what a check finds; whatever else goes wrong in a stranger's model is a finding too."""
    try:
        for problem in check(*given):
            found.append(where + problem)
    except Exception as error:
        what = check.__name__.removesuffix("_problems").strip("_")
        found.append(f"{where}{what}: {type(error).__name__}: {error}")
