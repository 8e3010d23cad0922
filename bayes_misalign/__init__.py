"""The posterior distribution of misalignment in a population of agents.

Two agents drawn at random from a population Omega hold conflicting goals in a problem area PA with
probability P(ma | Omega, PA) = p'Cp, where p are the shares of the goal groups and C the conflict
levels of pairs of goals. Neither is observed; this package draws the posterior of both, and of
P(ma), from surveys, judgements and stated knowledge.

>>> import bayes_misalign as bm
>>> area = bm.ProblemArea("vote", goals=["stay", "leave"])
>>> answers = bm.SingleChoice({"goal": ["stay", "leave"], "n": [48, 52]}, goal="goal", count="n")
>>> print(bm.fit(area, answers, bm.MutuallyExclusive()).misalignment()["all"])
P(ma) of all: 0.496 (95 % equal-tailed interval, extended to the attainable maximum: 0.477 to 0.500)
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Where each public name of the core lives; what models offer, the registry finds.
_HOME = {
    "AreaChoices": "bayes_misalign.areas.choices",
    "AreasPosterior": "bayes_misalign.areas.posterior",
    "AreasStudy": "bayes_misalign.areas.study",
    "BayesMisalignError": "bayes_misalign.errors",
    "Contact": "bayes_misalign.study.contact",
    "DataError": "bayes_misalign.errors",
    "FitFailed": "bayes_misalign.many",
    "Fitting": "bayes_misalign.study.options",
    "Populations": "bayes_misalign.study.options",
    "Posterior": "bayes_misalign.report.posterior",
    "ProblemArea": "bayes_misalign.reading.problem_area",
    "Refusals": "bayes_misalign.study.refusals",
    "Reporting": "bayes_misalign.study.options",
    "ResultError": "bayes_misalign.errors",
    "Study": "bayes_misalign.study.study",
    "StudyError": "bayes_misalign.errors",
    "example": "bayes_misalign.start.examples",
    "fit": "bayes_misalign.api",
    "fit_areas": "bayes_misalign.areas.fit",
    "fit_many": "bayes_misalign.many",
    "load": "bayes_misalign.api",
    "read_areas": "bayes_misalign.areas.toml",
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
