"""The posterior distribution of misalignment in a population of agents.

Two agents drawn at random from a population Omega hold conflicting goals in a problem area PA with
probability P(ma | Omega, PA) = p'Cp, where p are the shares of the goal groups and C the conflict
levels of pairs of goals. Neither is observed; this package draws the posterior of both, and of
P(ma), from surveys, judgements and stated knowledge.

>>> import bayes_misalign as bm
>>> area = bm.ProblemArea("vote", goals=["stay", "leave"])
>>> answers = bm.SingleChoice({"goal": ["stay", "leave"], "n": [48, 52]}, goal="goal", count="n")
>>> print(bm.fit(area, answers, bm.MutuallyExclusive()).misalignment()["all"])
P(ma) of all: 0.495 (95 % equal-tailed interval 0.475 to 0.500)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from bayes_misalign import measure as measure
    from bayes_misalign.api import Posterior as Posterior
    from bayes_misalign.api import fit as fit
    from bayes_misalign.api import load as load
    from bayes_misalign.errors import BayesMisalignError as BayesMisalignError
    from bayes_misalign.errors import DataError as DataError
    from bayes_misalign.errors import ResultError as ResultError
    from bayes_misalign.errors import StudyError as StudyError
    from bayes_misalign.models.behaviour.declaration import Behaviour as Behaviour
    from bayes_misalign.models.elicited.declaration import Elicited as Elicited
    from bayes_misalign.models.encounters.declaration import Encounters as Encounters
    from bayes_misalign.models.experts.declaration import Experts as Experts
    from bayes_misalign.models.fixed.declaration import Fixed as Fixed
    from bayes_misalign.models.independent.priors import SharePrior as SharePrior
    from bayes_misalign.models.judged.declaration import Judged as Judged
    from bayes_misalign.models.mutually_exclusive.declaration import (
        MutuallyExclusive as MutuallyExclusive,
    )
    from bayes_misalign.models.noisy_labels.declaration import NoisyLabels as NoisyLabels
    from bayes_misalign.models.rated.declaration import Rated as Rated
    from bayes_misalign.models.single_choice.declaration import SingleChoice as SingleChoice
    from bayes_misalign.models.spatial.declaration import Spatial as Spatial
    from bayes_misalign.reading.problem_area import ProblemArea as ProblemArea
    from bayes_misalign.study.options import Fitting as Fitting
    from bayes_misalign.study.options import Populations as Populations
    from bayes_misalign.study.options import Reporting as Reporting
    from bayes_misalign.study.study import Study as Study
    from bayes_misalign.study.toml import read_study as read_study

# Where each public name lives; it is imported when it is first asked for.
_HOME = {
    "BayesMisalignError": "errors",
    "Behaviour": "evidence.behaviour",
    "DataError": "errors",
    "Elicited": "evidence.elicited",
    "Encounters": "evidence.encounters",
    "Experts": "evidence.experts",
    "Fitting": "study.options",
    "Fixed": "evidence.fixed",
    "Judged": "evidence.judged",
    "MutuallyExclusive": "evidence.mutually_exclusive",
    "NoisyLabels": "evidence.noisy_labels",
    "Populations": "study.options",
    "Posterior": "api",
    "ProblemArea": "evidence.problem_area",
    "Rated": "evidence.rated",
    "Reporting": "study.options",
    "ResultError": "errors",
    "SharePrior": "generative.goals.share_prior",
    "SingleChoice": "evidence.single_choice",
    "Spatial": "evidence.spatial",
    "Study": "study.study",
    "StudyError": "errors",
    "fit": "api",
    "load": "api",
    "measure": "",
    "read_study": "study.toml",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if not _HOME[name]:
        return import_module(f"{__name__}.{name}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
