"""Priors of goal shares: matched, uniform on the index, a fixed concentration, any Dirichlet.

`matched`, the default, is described in `matched`: it was chosen so that intervals of P(ma) for
exclusive goals contain the true value about as often as they claim. With K categories (goals plus
g_0 if there is one) and total concentration A, `index-uniform` is u = A / (1 + A) ~ Uniform(0, 1)
and p | A ~ Dirichlet(A/K, ..., A/K). Since E[p'Cp | A] is proportional to A / (1 + A) for every C
with a zero diagonal, the expected P(ma) given u, as a part of what equal shares would give, is
uniform. Its idea is that of Nemenman, Shafee and Bialek (Entropy and inference, revisited, NIPS
2002), and it is near the hierarchical reference prior of Berger, Bernardo and Sun (Overall
objective priors, Bayesian Analysis 10, 2015).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.classes import GoalClasses
from bayes_misalign.errors import StudyError, did_you_mean, listed
from bayes_misalign.families.simplex.draws import dirichlet
from bayes_misalign.models.independent.concentration import (
    draw_index,
    log_evidence_of_index,
    log_rising,
)
from bayes_misalign.models.independent.in_classes import (
    draw_in_classes,
    log_evidence_in_classes,
    place_of_no_goal,
)
from bayes_misalign.models.independent.matched import draw_matched, log_evidence
from bayes_misalign.models.independent.paired import Together
from bayes_misalign.models.independent.paired_matched import (
    with_classes,
    with_index,
    with_matched,
)
from bayes_misalign.reading.pairing import Pairing
from bayes_misalign.reading.typed_fields import check_types, stated_table

Array = NDArray[np.float64]
ShareKind = Literal["matched", "index-uniform", "concentration", "dirichlet"]
KINDS: tuple[ShareKind, ...] = ("matched", "index-uniform", "concentration", "dirichlet")
FORMER = {"index-flat": "index-uniform"}  # names that studies and saved results may still have


@dataclass(frozen=True)
class SharePrior:
    """Prior of the goal shares of each population, independent between populations.

    Parameters
    ----------
    kind : {"matched", "index-uniform", "concentration", "dirichlet"}
        Chosen so that intervals of P(ma) for exclusive goals contain the true value about as often
        as they claim (the default), uniform on the index A / (1 + A), symmetric Dirichlet with a
        given total concentration A, or a Dirichlet vector. "index-flat" is a former name of
        "index-uniform".
    concentration : float, optional
        Total concentration A of the symmetric Dirichlet: each category gets A / K.
    dirichlet : mapping of str to float, optional
        One positive number for each category, `no goal` included where the study has it.
    classes : GoalClasses or mapping, optional
        Of `matched`: goals that are taken as one, because their conflicts are known and the same.
        Left out, a study finds them; with ``{"same": []}`` no goals are merged.

    Raises
    ------
    StudyError
        When the numbers do not fit the kind.

    Examples
    --------
    >>> SharePrior("concentration", concentration=2.0).alpha(("a", "b"))
    array([1., 1.])
    """

    model: ClassVar[str] = "independent"

    kind: ShareKind = "matched"
    concentration: float | None = None
    dirichlet: Mapping[str, float] | None = None
    classes: GoalClasses | None = None

    def __post_init__(self) -> None:
        if isinstance(self.kind, str):
            object.__setattr__(self, "kind", FORMER.get(self.kind, self.kind))
        if self.kind not in KINDS:
            raise StudyError(
                f"there is no prior of shares called {self.kind!r}; there are {listed(KINDS)}. "
                + did_you_mean(str(self.kind), KINDS)
            )
        stated = {"concentration": self.concentration, "dirichlet": self.dirichlet}
        for name, value in stated.items():
            if (value is not None) != (self.kind == name):
                state = "needs" if value is None else "does not take"
                raise StudyError(f"the prior of shares {self.kind!r} {state} {name!r}")
        if self.classes is not None:
            if self.kind != "matched":
                raise StudyError(f"the prior of shares {self.kind!r} does not take 'classes'")
            object.__setattr__(self, "classes", GoalClasses.of(self.classes))
        check_types(self)
        for value in self._numbers():
            if not (np.isfinite(value) and value > 0):
                raise StudyError(f"a Dirichlet prior takes positive numbers, not {value!r}")

    def _numbers(self) -> list[float]:
        if self.concentration is not None:
            return [self.concentration]
        return list(self.dirichlet.values()) if self.dirichlet is not None else []

    @classmethod
    def of(cls, value: Any) -> SharePrior:
        """Return a prior from what a user may write: a name, a table of its fields, or a prior."""
        if isinstance(value, SharePrior):
            return value
        if value is None:
            return cls()
        if isinstance(value, str):
            return cls(kind=value)  # type: ignore[arg-type]  # checked on construction
        fields = {"kind", "concentration", "dirichlet", "classes"}
        table = stated_table(value, "a prior of shares")
        if table.get("model") == cls.model:
            del table["model"]
        for key in table:
            if key not in fields:
                raise StudyError(
                    f"a prior of shares has no key {key!r}; it has {listed(sorted(fields))}. "
                    + did_you_mean(key, fields)
                )
        if "kind" not in table:
            table["kind"] = next(
                (k for k in ("concentration", "dirichlet") if k in table), KINDS[0]
            )
        return cls(**table)

    @property
    def merging(self) -> GoalClasses | None:
        """The classes that goals are merged in, None where each stands for itself."""
        return self.classes if self.classes is not None and self.classes.same else None

    def with_classes(self, classes: GoalClasses | None) -> SharePrior:
        """Return the prior on the classes of goals that a study's conflict makes.

        Raises
        ------
        StudyError
            When the prior merges other goals.
        """
        if self.kind != "matched":
            return self
        if self.merging is not None and self.classes != classes:
            merged = listed(self.merging.labels) or "those stated"
            raise StudyError(
                f"the prior of shares has classes of goals, {merged}, that the conflict of this "
                "study does not make. Fix: leave `classes` out, the study finds them"
            )
        unmerged = self.classes is not None and self.merging is None
        return self if unmerged else replace(self, classes=classes)

    def scaled(self, factor: float) -> SharePrior:
        """Return the prior with its concentration, or its vector, times a factor."""
        if self.concentration is not None:
            return replace(self, concentration=self.concentration * factor)
        return replace(self, dirichlet={k: a * factor for k, a in (self.dirichlet or {}).items()})

    def alpha(self, categories: tuple[str, ...]) -> Array:
        """Return the Dirichlet parameters, (K,), of a prior whose concentration is fixed."""
        if self.kind == "concentration" and self.concentration is not None:
            return np.full(len(categories), self.concentration / len(categories))
        named = dict(self.dirichlet or {})
        if set(named) != set(categories):
            missing = [c for c in categories if c not in named]
            unknown = [c for c in named if c not in categories]
            raise StudyError(
                "the Dirichlet prior must name every category once: "
                + (f"missing {listed(missing)} " if missing else "")
                + (f"unknown {listed(unknown)}" if unknown else "")
            )
        return np.array([named[c] for c in categories], dtype=float)

    def log_evidence(self, counts: Array, categories: tuple[str, ...]) -> Array:
        """Return the log probability (S,) of agents with these goals, one after another.

        See `SharesModel.log_evidence`.
        """
        counts = np.asarray(counts, dtype=float)
        if self.kind == "matched":
            if self.merging is not None:
                return log_evidence_in_classes(counts, categories, self.merging)
            return log_evidence(counts, place_of_no_goal(categories))
        if self.kind == "index-uniform":
            return np.array([log_evidence_of_index(row) for row in counts])
        alpha = self.alpha(categories)
        each = log_rising(np.broadcast_to(alpha, counts.shape), counts).sum(axis=1)
        return np.asarray(each - log_rising(np.full(len(counts), alpha.sum()), counts.sum(axis=1)))

    def draw(
        self, counts: Array, categories: tuple[str, ...], draws: int, rng: np.random.Generator
    ) -> dict[str, Array]:
        """Return draws of `proportion` (draw, S, K), and of what the prior has beside them.

        That is `log_concentration` log A of `matched`, or `index` u of `index-uniform`, (draw, S),
        and `log_concentration_within` (draw, S, class) where `matched` has classes of goals.

        Notes
        -----
        Given counts, A has a one-dimensional posterior, proportional to the Dirichlet-multinomial
        evidence; it is tabulated on a grid of log A and sampled by inversion. Given A and the
        counts, the shares are Dirichlet, or one goal stands apart and the others are Dirichlet.
        """
        if self.kind == "matched":
            counts = np.asarray(counts, dtype=float)
            if self.merging is not None:
                return draw_in_classes(counts, categories, self.merging, draws, rng)
            return draw_matched(counts, place_of_no_goal(categories), draws, rng)
        if self.kind != "index-uniform":
            alpha = np.broadcast_to(self.alpha(categories) + counts, (draws, *counts.shape))
            return {"proportion": dirichlet(alpha, rng)}
        index = np.empty((draws, counts.shape[0]))
        for s, row in enumerate(counts):
            index[:, s] = draw_index(row, rng.random(draws))
        concentration = index / (1 - index)
        alpha = concentration[..., None] / counts.shape[1] + counts
        return {"proportion": dirichlet(alpha, rng), "index": index}

    def draw_paired(
        self,
        counts: Array,
        categories: tuple[str, ...],
        draws: int,
        rng: np.random.Generator,
        pairing: Pairing,
    ) -> dict[str, Array]:
        """Return draws as `draw` does, of populations that have agents in common.

        Each population alone has the same posterior; see `paired`.
        """
        counts = np.asarray(counts, dtype=float)
        together = Together(pairing, counts, draws, rng)
        if self.kind == "index-uniform":
            return with_index(together, counts)
        if self.kind != "matched":
            return {"proportion": together.gammas.resized(self.alpha(categories) + counts).shares()}
        if self.merging is not None:
            return with_classes(together, counts, categories, self.merging)
        return with_matched(together, together.gammas, counts, place_of_no_goal(categories))
