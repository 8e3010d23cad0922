"""The study itself: everything a fit needs, frozen and ready to be stored beside its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from bayes_misalign.contract.registry import (
    conflict_model,
    declaration,
    evidence_model,
    goals_model,
    is_of,
    names_of,
)
from bayes_misalign.contract.shares import in_study, plain_priors, shares_of, shares_prior
from bayes_misalign.contract.traits import Kind
from bayes_misalign.errors import DataError, Problems, StudyError
from bayes_misalign.reading.agents_by_id import Roster
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.reading.contacts import Contacts
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.checks import (
    attempt,
    check_agents,
    check_arguments,
    check_headline,
    check_joint,
    check_names,
    check_paired,
    check_pairs,
    check_prior,
    check_sizes,
    check_sources,
)
from bayes_misalign.study.conflict_priors import read_conflict_priors
from bayes_misalign.study.contact import Contact, check_contact, read_contact
from bayes_misalign.study.goal_classes import goal_classes, likely_levels
from bayes_misalign.study.lifted import levels_of_categories
from bayes_misalign.study.options import Fitting, Populations, Reporting, all_pairs
from bayes_misalign.study.population_column import with_column
from bayes_misalign.study.refusals import Refusals, check_refusals
from bayes_misalign.study.stored import from_plain, to_plain
from bayes_misalign.study.union import UnionShares, union_effective, union_shares

if TYPE_CHECKING:
    import numpy as np
    import pymc as pm
    from numpy.typing import NDArray

MOST_CONTRASTED = 12  # populations; all their pairs are compared by default


@dataclass(frozen=True)
class Study:
    """Evidence, models, priors and choices of one problem area.

    Parameters
    ----------
    area : ProblemArea
        The goals and what counts as none.
    goals : GoalEvidence
        Evidence about goal shares, such as `ChoiceCounts`.
    conflict : ConflictEvidence
        Evidence about every pair of goals.
    goal_prior : object
        Priors of the goals model.
    conflict_priors : tuple
        Priors of each source of conflict, in the order of `conflict.sources`.
    populations, reporting, fitting : Populations, Reporting, Fitting
        Choices beside the evidence.
    refusals : Refusals, optional
        What may be of the goals of agents who gave no answer.
    contact : Contacts, optional
        Who is in contact with whom.
    union : UnionShares, optional
        Shares of the populations in their union, where known or estimated.
    name, title : str
        A short name for files, and a title for reports.
    text : str
        The study file as it was read; empty for a study that was put together in Python.

    Examples
    --------
    >>> from bayes_misalign.models.single_choice.evidence import ChoiceCounts
    >>> from bayes_misalign.models.mutually_exclusive.declaration import MutuallyExclusive
    >>> counts = ChoiceCounts.from_counts(["stay", "leave"], ["voters"], [[48, 52]])
    >>> study = Study.of(ProblemArea("vote", ["stay", "leave"]), counts, MutuallyExclusive())
    >>> study.contrasts
    ()
    """

    area: ProblemArea
    goals: GoalEvidence
    conflict: ConflictEvidence
    goal_prior: Any
    conflict_priors: tuple[Any, ...]
    populations: Populations = field(default_factory=Populations)
    reporting: Reporting = field(default_factory=Reporting)
    fitting: Fitting = field(default_factory=Fitting)
    refusals: Refusals | None = None
    contact: Contacts | None = None
    union: UnionShares | None = None
    name: str = "study"
    title: str = ""
    text: str = field(default="", repr=False)

    @classmethod
    def of(
        cls,
        area: ProblemArea,
        goals: Any,
        conflict: Any,
        *,
        prior: Any = None,
        shares: Any = None,
        conflict_prior: Mapping[str, Mapping[str, float]] | None = None,
        populations: Populations | None = None,
        reporting: Reporting | None = None,
        fitting: Fitting | None = None,
        refusals: Refusals | None = None,
        contact: Contact | Contacts | None = None,
        name: str = "study",
        title: str = "",
        base: Any = None,
        problems: Problems | None = None,
        declared_goals: Any = None,
    ) -> Study:
        """Read declarations into evidence and put a study together.

        Parameters
        ----------
        area : ProblemArea
            The goals.
        goals : declaration or evidence
            For example `SingleChoice(...)`, or `ChoiceCounts`.
        conflict : declaration, or list of declarations
            For example `Elicited(...)`, `[Judged(...), Fixed(...)]`, or `ConflictEvidence`.
        prior : str, mapping or SharePrior, optional
            Prior of the goal shares, and of whatever else the model of goals has priors for.
        shares : str or mapping, optional
            Prior of the goal shares apart, with the key `model` for another model of shares than
            independent populations.
        conflict_prior : mapping of model name to mapping, optional
            Priors of conflict models, such as ``{"judged": {"yes": 1, "no": 1}}``.
        populations, reporting, fitting, refusals : optional
            Choices beside the evidence.
        contact : Contact or Contacts, optional
            Who is in contact with whom.
        name, title : str
            Names for files and reports.
        base : path, optional
            Folder that relative file names start from.
        problems : Problems, optional
            Problems found before, to be raised together with those found here.
        declared_goals : declaration, optional
            What `goals`, given as evidence, was read from.

        Returns
        -------
        Study

        Raises
        ------
        DataError
            Everything wrong with the evidence, in one error.
        StudyError
            Everything wrong with the choices, when the evidence is sound.
        """
        check_arguments(
            area, conflict_prior, populations, reporting, fitting, refusals, contact, name, title
        )
        found = problems if problems is not None else Problems()
        in_data = Problems()
        populations = populations or Populations()
        conflict = list(conflict) if isinstance(conflict, list | tuple) else conflict
        _check_kind("goals", [goals])
        _check_kind("conflict", conflict if isinstance(conflict, list) else [conflict])
        area.check(found)
        evidence = goals if isinstance(goals, GoalEvidence) else None
        met: Contacts | None = None
        matrix = conflict if isinstance(conflict, ConflictEvidence) else None
        if not found:
            evidence = evidence or goals.read(area, in_data, base)
            declared = conflict if isinstance(conflict, list) else [conflict]
            if matrix is None:
                from bayes_misalign.study.conflict_sources import read_conflict

                finder = _finder(goals, evidence, area, base)
                matrix = read_conflict(declared, area, in_data, base, finder)
            if evidence is not None:
                finder = _finder(goals, evidence, area, base)
                met = read_contact(contact, area, evidence, finder, in_data, base)
        of_goals = goals_model(goals.model)
        if shares is not None and (given := attempt(found, "[shares]", shares_prior, shares)):
            join = of_goals.with_shares
            prior = attempt(found, "[shares]", lambda both: join(*both), (prior, given))
        goal_prior = attempt(found, "[goals] prior", of_goals.priors, prior)
        union = None
        if evidence is not None:
            union = union_shares(populations.shares, evidence, found)
            check_names(populations, evidence, found)
            check_prior(goal_prior, evidence, found)
            check_pairs(goal_prior, evidence, found)
            check_agents(reporting, evidence, found)
            check_sizes(evidence, found)
            check_refusals(refusals, area, evidence, found)
            goal_prior = with_column(goal_prior, declared_goals or goals, evidence, base, found)
        if evidence is not None and matrix is not None:
            matrix = matrix.of_populations(evidence.populations, found)
            check_sources(matrix, found)
            check_headline(reporting, evidence, matrix, union, found)
            check_joint(matrix, evidence, found)
            check_paired(matrix, evidence, found)
            check_contact(met, evidence, matrix, union, found)
        conflict_priors = read_conflict_priors(matrix, conflict_prior or {}, found)
        if evidence is not None and matrix is not None and goal_prior is not None and not found:
            classes = goal_classes(evidence, matrix, conflict_priors)
            these = (of_goals, goal_prior, classes, evidence.populations)
            goal_prior = attempt(found, "[goals] prior", lambda these: in_study(*these), these)
        if evidence is not None and goal_prior is not None and not found:
            related = goals_model(evidence.model).shares_prior(goal_prior)
            if related is not None and shares_of(related).weights_in_common:
                evidence = evidence.with_weights_in_common(True)
        if (
            evidence is not None
            and evidence.design is not None
            and matrix is not None
            and not found
        ):
            levels = likely_levels(matrix, conflict_priors)
            evidence = evidence.toward(levels_of_categories(evidence, levels))
        error = DataError if in_data else StudyError
        in_data.extend(found)
        in_data.raise_if_any(error)
        if evidence is None or matrix is None:
            raise StudyError("the evidence could not be read")
        return cls(
            area,
            evidence,
            matrix,
            goal_prior,
            conflict_priors,
            populations,
            reporting or Reporting(),
            fitting or Fitting(),
            refusals,
            met,
            union,
            name,
            title or area.name,
        )

    @property
    def contrasts(self) -> tuple[tuple[str, str], ...]:
        """Pairs of populations, first minus second: those asked for, or all of a few populations.

        By default the later is first where populations stand in an order.
        """
        if self.populations.contrasts is not None:
            return self.populations.contrasts
        names = self.goals.populations
        if len(names) > MOST_CONTRASTED:
            return ()
        return all_pairs(names, self.reporting.ordered)

    @property
    def given(self) -> set[str]:
        """What was drawn elsewhere, and is known by these draws only: "goals", "conflict"."""
        evidence = (self.goals, *self.conflict.sources)
        traits = [evidence_model(one.model).traits for one in evidence]
        return {one.kind for one in traits if one.drawn == "given"}

    def union_effective_of(self, conflict: NDArray[np.float64]) -> float:
        """Return the number of agents without weights who would tell as much of the union's P(ma).

        Parameters
        ----------
        conflict : ndarray, shape (goal, goal)
            Conflict levels.
        """
        if self.union is None:
            return float("nan")
        return union_effective(self.goals, self.union, conflict)

    def to_pymc(self) -> pm.Model:
        """Return the whole study as one ordinary PyMC model with named coords.

        Returns
        -------
        pymc.Model
            Exact blocks included; NUTS on it agrees with the exact posterior.
        """
        from bayes_misalign.study.joint import build_joint

        return build_joint(self.goals, self.goal_prior, self.conflict, self.conflict_priors)

    def __repr__(self) -> str:
        """Return what the study is, in one line."""
        from bayes_misalign.study.described import as_line

        return as_line(self)

    def _repr_html_(self) -> str:
        from bayes_misalign.study.described import for_notebook

        return for_notebook(self)

    def to_plain(self) -> dict[str, Any]:
        """Return the study as dictionaries, lists, texts and numbers, for storing as JSON."""
        return {
            "name": self.name,
            "title": self.title,
            "text": self.text,
            "area": to_plain(self.area),
            "goals": to_plain(self.goals),
            "conflict": to_plain(self.conflict),
            "goal_prior": _plain_prior(self.goal_prior),
            "conflict_priors": [_plain_prior(prior) for prior in self.conflict_priors],
            "populations": asdict(self.populations),
            "reporting": asdict(self.reporting),
            "fitting": asdict(self.fitting),
            "refusals": None if self.refusals is None else asdict(self.refusals),
            "contact": None if self.contact is None else to_plain(self.contact),
            "union": None if self.union is None else asdict(self.union),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Study:
        """Return the study that `to_plain` wrote."""
        goals, conflict = from_plain(plain["goals"]), from_plain(plain["conflict"])
        union = plain["union"]
        refusals, contact = plain.get("refusals"), plain.get("contact")  # newer than the first
        return cls(
            area=from_plain(plain["area"]),
            goals=goals,
            conflict=conflict,
            goal_prior=goals_model(goals.model).priors(plain["goal_prior"]),
            conflict_priors=tuple(
                conflict_model(source.model).priors(prior)
                for source, prior in zip(conflict.sources, plain["conflict_priors"], strict=True)
            ),
            populations=Populations(**plain["populations"]),
            reporting=Reporting(**plain["reporting"]),
            fitting=Fitting(**plain["fitting"]),
            refusals=None if refusals is None else Refusals(**refusals),
            contact=None if contact is None else from_plain(contact),
            union=None if union is None else UnionShares.from_plain(union),
            name=plain["name"],
            title=plain["title"],
            text=plain.get("text", ""),  # not kept by older versions
        )

    def with_goal_prior(self, prior: Any) -> Study:
        """Return the same study with another prior of goals, which learns what study it is in."""
        classes = goal_classes(self.goals, self.conflict, self.conflict_priors)
        model, populations = goals_model(self.goals.model), self.goals.populations
        return replace(self, goal_prior=in_study(model, prior, classes, populations))

    def with_fitting(self, **changes: Any) -> Study:
        """Return the same study with other settings of the fit, such as ``seed=2``."""
        return replace(self, fitting=replace(self.fitting, **changes))


def _finder(
    goals: Any, evidence: GoalEvidence | None, area: ProblemArea, base: Any
) -> Callable[[Problems], Roster | None] | None:
    """Return what reads the agents of the goals' table by id; None where it has no ids."""
    roster = getattr(goals, "roster", None)
    if roster is None:
        return None
    # of a table that could not be read everything is said already
    return lambda noted: None if evidence is None else roster(area, noted, base)


def _check_kind(kind: Kind, given: list[Any]) -> None:
    for evidence in given or [None]:
        named = getattr(evidence, "model", None)
        if named == kind or (isinstance(named, str) and is_of(named, kind)):
            continue
        classes = [declaration(name).__name__ for name in names_of(kind)]
        raise StudyError(
            f"evidence about {kind} is one of {', '.join(classes)}, "
            f"not {'nothing' if evidence is None else type(evidence).__name__}"
        )


def _plain_prior(prior: Any) -> dict[str, Any] | None:
    return plain_priors(prior) if is_dataclass(prior) and not isinstance(prior, type) else None
