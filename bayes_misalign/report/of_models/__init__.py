"""What reports say of single models; the only place through which the report reaches them."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from bayes_misalign.report.hooks import ModelReport

# in the order of the report
MODELS = {
    "noisy-labels": "reports",
    "behaviour": "reports",
    "rated": "rated",
    "judged": "judged",
    "encounters": "encounters",
    "spatial": "spatial",
    "elicited": "elicited",
    "experts": "experts",
    "fixed": "fixed",
    "mutually-exclusive": "mutually_exclusive",
}


@cache
def of_model(name: str) -> ModelReport:
    """Return what a report says of a model: nothing of its own, if it is not in the table."""
    if name not in MODELS:
        return ModelReport()
    made: ModelReport = import_module(f"{__name__}.{MODELS[name]}").REPORT
    return made
