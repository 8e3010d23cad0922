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
    from bayes_misalign.api import fit as fit
    from bayes_misalign.api import load as load
    from bayes_misalign.errors import BayesMisalignError as BayesMisalignError
    from bayes_misalign.errors import DataError as DataError
    from bayes_misalign.errors import ResultError as ResultError
    from bayes_misalign.errors import StudyError as StudyError
    from bayes_misalign.models import *  # noqa: F403  # what a user writes to choose a model
    from bayes_misalign.reading.problem_area import ProblemArea as ProblemArea
    from bayes_misalign.report.posterior import Posterior as Posterior
    from bayes_misalign.study.options import Fitting as Fitting
    from bayes_misalign.study.options import Populations as Populations
    from bayes_misalign.study.options import Reporting as Reporting
    from bayes_misalign.study.study import Study as Study
    from bayes_misalign.study.toml import read_study as read_study

# Where each public name of the core lives; what models offer, the registry finds.
_HOME = {
    "BayesMisalignError": "bayes_misalign.errors",
    "DataError": "bayes_misalign.errors",
    "Fitting": "bayes_misalign.study.options",
    "Populations": "bayes_misalign.study.options",
    "Posterior": "bayes_misalign.report.posterior",
    "ProblemArea": "bayes_misalign.reading.problem_area",
    "Reporting": "bayes_misalign.study.options",
    "ResultError": "bayes_misalign.errors",
    "Study": "bayes_misalign.study.study",
    "StudyError": "bayes_misalign.errors",
    "fit": "bayes_misalign.api",
    "load": "bayes_misalign.api",
    "read_study": "bayes_misalign.study.toml",
    "measure": "",
}


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return __dir__()
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in _HOME and not _HOME[name]:
        return import_module(f"{__name__}.{name}")
    if name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
    else:
        from bayes_misalign.contract.registry import public_class

        try:
            value = public_class(name)
        except AttributeError as broken:
            what = f"module {__name__!r} has no attribute {name!r}{broken}"
            raise AttributeError(what) from None
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    from bayes_misalign.contract.registry import PUBLIC

    return sorted([*_HOME, *PUBLIC])
