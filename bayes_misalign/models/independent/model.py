"""Goal shares of several populations, independent of each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.classes import GoalClasses
from bayes_misalign.contract.observed import FreeVariables
from bayes_misalign.contract.shares_model import SharesModel
from bayes_misalign.contract.traits import Traits
from bayes_misalign.families.simplex.draws import sorted_logs
from bayes_misalign.models.independent import in_classes, words
from bayes_misalign.models.independent.given_shares import HELPERS, given_log_shares, name_of
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.settings import NO_GOAL

UNMERGED = GoalClasses(())
FACTORS = {"halved": 0.5, "doubled": 2.0}


class Independent(SharesModel):
    """The prior says nothing of one population that it takes from another."""

    name = "independent"
    traits = Traits("shares", "exact")
    helpers = HELPERS
    dims: ClassVar = {
        "index": ("population",),
        "log_concentration": ("population",),
        "log_concentration_within": ("population", "class"),
        "log_evenness": ("population",),
    }
    draws_pairs = True
    draws_apart = True

    def assets(self) -> Path:
        return models_root() / self.name

    def priors(self, stated: Any = None, /) -> SharePrior:
        return SharePrior.of(stated)

    def alternatives(self, priors: SharePrior, evidence: Any, /) -> Mapping[str, SharePrior]:
        k = float(len(evidence.categories))
        if priors.concentration is not None or priors.dirichlet is not None:
            others = {"matched shares": SharePrior()}
            for word, factor in FACTORS.items():
                others[f"concentration of shares {word}"] = priors.scaled(factor)
            return others
        other = {"matched": "index-uniform", "index-uniform": "matched"}[priors.kind]
        apart = "matched shares, no goals merged"
        return {
            f"{other} shares": SharePrior.of(other),
            **({} if priors.merging is None else {apart: SharePrior(classes=UNMERGED)}),
            "shares ~ Dirichlet(1, ..., 1)": SharePrior("concentration", concentration=k),
            "shares ~ Dirichlet(1/2, ..., 1/2)": SharePrior("concentration", concentration=k / 2),
        }

    def declare(
        self,
        priors: SharePrior,
        categories: tuple[str, ...],
        counts: Any,
        order: Any,
        name: str,
        /,
        told: Any = 1.0,
    ) -> tuple[Any, Any]:
        from bayes_misalign.models.independent.generative import declare_shares

        return declare_shares(priors, categories, counts, order, name, told)

    def check(self, priors: SharePrior, categories: tuple[str, ...], /) -> None:
        if priors.kind == "dirichlet":
            priors.alpha(categories)
        if priors.classes is not None:
            priors.classes.check(categories)

    def with_classes(self, priors: SharePrior, classes: GoalClasses | None, /) -> SharePrior:
        return priors.with_classes(classes)

    def exchangeable(self, priors: SharePrior, /) -> bool:
        return priors.kind != "dirichlet"

    def free_variables(
        self,
        priors: SharePrior,
        categories: tuple[str, ...],
        order: Any,
        name: str,
        drawn: Mapping[str, Any],
        /,
    ) -> FreeVariables:
        if priors.merging is not None:
            return FreeVariables(*in_classes.free_variables(priors.merging, order, name, drawn))
        places = tuple(f"place {i + 1}" for i in range(order.shape[1]))
        logs = sorted_logs(drawn["proportion"], order)
        found: dict[str, Any] = {f"sorted_log_{name}": (("population", "place"), logs)}
        if priors.kind == "index-uniform" and "index" in drawn:
            found["index"] = (("population",), drawn["index"])
        if priors.kind == "matched":
            none = order == (categories.index(NO_GOAL) if NO_GOAL in categories else -1)
            goals = len(categories) - (NO_GOAL in categories)
            found[name_of(goals)] = (("population",), given_log_shares(logs, none))
        return FreeVariables(found, {"place": places})

    def report(self) -> Any:
        from bayes_misalign.models.independent.section import REPORT

        return REPORT

    draw = staticmethod(SharePrior.draw)
    log_evidence = staticmethod(SharePrior.log_evidence)
    draw_paired = staticmethod(SharePrior.draw_paired)
    describe = staticmethod(words.describe_shares)
    named = staticmethod(words.named)
    prior_in_brief = staticmethod(words.prior_in_brief)


MODEL = Independent()
