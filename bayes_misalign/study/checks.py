"""What is wrong with the choices of a study, beside its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bayes_misalign.contract.registry import conflict_model, goals_model
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.errors import BayesMisalignError, Problems, StudyError, did_you_mean, listed
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.reading.contacts import Contacts
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.reading.typed_fields import shown_value, stated_table
from bayes_misalign.study.contact import Contact
from bayes_misalign.study.options import Fitting, Populations, Reporting
from bayes_misalign.study.refusals import Refusals


def check_arguments(area: Any, conflict_prior: Any, *choices: Any) -> None:
    """Refuse what is of another type than the argument that it is given for."""
    if not isinstance(area, ProblemArea):
        raise StudyError(f"a study begins with a ProblemArea, not {shown_value(area)}")
    stated_table(conflict_prior, "conflict_prior")
    kinds: tuple[Any, ...] = (Populations, Reporting, Fitting, Refusals, (Contact, Contacts))
    kinds += str, str
    words = ("populations", "reporting", "fitting", "refusals", "contact", "name", "title")
    for name, kind, given in zip(words, kinds, choices, strict=True):
        if not (given is None or isinstance(given, kind)):
            first = kind[0] if isinstance(kind, tuple) else kind
            what = "a text" if first is str else f"a {first.__name__}"
            raise StudyError(f"{name} is {what}, not {shown_value(given)}")


def attempt(problems: Problems, where: str, make: Any, value: Any) -> Any:
    """Return what a function makes of a value, or note why it could not."""
    try:
        return make(value)
    except BayesMisalignError as error:
        problems.extend(replace(problem, where=where) for problem in error.problems)
        return None


def check_names(populations: Populations, goals: GoalEvidence, problems: Problems) -> None:
    """Note populations that the study names and the evidence does not have."""
    named: dict[str, Sequence[tuple[str, ...]]] = {
        "contrasts": populations.contrasts or (),
        "mix": [populations.mix or ()],
        "people": [populations.of_people],
        "copies": [populations.of_copies],
    }
    for key, groups in named.items():
        for name in {name for group in groups for name in group}:
            if name not in goals.populations:
                problems.add(
                    f"there is no population {name!r}",
                    where=f"[populations] {key}",
                    valid=listed(goals.populations),
                    fix=did_you_mean(name, goals.populations),
                )
    people = set(populations.of_people)
    if people and people.issuperset(goals.populations):
        problems.add(
            "all populations are of people",
            where="[populations] people",
            valid="some populations, so that others stand beside them",
            fix="leave people out, and compare populations with contrasts",
        )
    if both := people.intersection(populations.of_copies):
        problems.add(
            f"{shown_value(min(both))} is of people, and of copies of one agent",
            where="[populations] copies",
            valid="populations that are not of people",
            fix="name it in one of the two",
        )


OVERALL, WITHIN, BETWEEN = "overall", "within", "between"


def check_headline(
    reporting: Reporting | None,
    goals: GoalEvidence,
    conflict: ConflictEvidence,
    union: object | None,
    problems: Problems,
) -> None:
    """Note a headline that the study has no number for."""
    asked = None if reporting is None else reporting.headline
    names = goals.populations
    if asked is None or (asked in names and asked not in (OVERALL, WITHIN, BETWEEN)):
        return
    across = len(names) > 1 and not conflict.by_population
    there = [OVERALL, WITHIN] if across and union is not None else []
    there += [BETWEEN] if across and (union is not None or len(names) == 2) else []
    if asked in there:
        return
    options, fix = [*there, *names], did_you_mean(asked, [*there, *names])
    if asked in (OVERALL, WITHIN, BETWEEN) and across:
        fix = "state the share of each population, as `shares` under [populations]"
    problems.add(
        f"this study has no headline {asked!r}",
        where="[report] headline",
        valid=listed(options),
        fix=fix,
    )


def check_prior(prior: Any, goals: GoalEvidence, problems: Problems) -> None:
    """Note priors of goals that do not fit the goals of the evidence."""
    if prior is None:
        return
    model = goals_model(goals.model)
    shares = model.shares_prior(prior)
    if shares is not None:
        check = shares_of(shares).check
        attempt(problems, "[goals] prior", lambda given: check(given, goals.categories), shares)
    attempt(problems, "[goals] prior", lambda given: model.check(given, goals), prior)


def check_pairs(prior: Any, goals: GoalEvidence, problems: Problems) -> None:
    """Note agents, or clusters, that are in several populations, where these borrow."""
    shares = None if prior is None else goals_model(goals.model).shares_prior(prior)
    if shares is None or shares_of(shares).takes_pairs:
        return
    model = shares_of(shares).name
    others = (
        f"{model!r} would take them for others in each, and its populations for better known than "
        "they are"
    )
    if goals.pairing is not None:
        number = goals.pairing.counts.sum()
        problems.add(
            f"{number:,.0f} agent{'s are' if number != 1 else ' is'} in several populations, and "
            + others,
            where="[shares] model",
            fix=f'leave `model = "{model}"` out of [shares], so that contrasts use who answered '
            "again; or leave the column of ids out, if hardly anybody did",
        )
    if goals.design is not None and goals.design.shared:
        problems.add(
            f"some clusters have answers of several populations, and {others}",
            where="[shares] model",
            fix=f'leave `model = "{model}"` out of [shares], so that populations of the same '
            "clusters are drawn together; or give the clusters of each population names of their "
            "own, if they are different ones",
        )


def check_sizes(goals: GoalEvidence, problems: Problems) -> None:
    """Note weights where everybody was asked."""
    if goals.population_size is None or not goals.weighted:
        return
    for name, n, size, uneven in zip(
        goals.populations, goals.n, goals.population_size, goals.uneven, strict=True
    ):
        if n == size and uneven:
            problems.add(
                f"everybody in {name!r} was asked, and the answers have unequal weights",
                where="[goals] population_size",
                fix="leave the weights out: a census needs none",
            )


def check_sources(conflict: ConflictEvidence, problems: Problems) -> None:
    """Note sources of conflict that do not fit the populations of the study."""
    if not problems:
        found = [conflict_model(source.model).unfit(source) for source in conflict.sources]
        problems.extend(filter(None, found))


def check_joint(conflict: ConflictEvidence, goals: GoalEvidence, problems: Problems) -> None:
    """Note what encounters of uncertain goals cannot be put together with."""
    for source in conflict.sources if conflict.by_population else ():
        if source.uncertain or source.elsewhere:
            problems.add(
                "encounters tell of conflict that another source measured in each population apart",
                where=f"[conflict] {source.model}, {source.origin}",
                valid="encounters of pairs that no other source names, their goals known",
                fix="measure conflict once for all populations, or leave these encounters out",
            )
    if conflict.joint and goals.population_size is not None:
        problems.add(
            "agents of uncertain goals met, and the sizes of populations are stated: who the "
            "unseen agents are cannot be told from encounters yet",
            where="[goals] population_size",
            fix="leave `population_size` out: the populations are then taken as large",
        )


def check_paired(conflict: ConflictEvidence, goals: GoalEvidence, problems: Problems) -> None:
    """Note draws that belong to others, one by one, where these are not there or not as many."""
    of_goals = goals.paired_draws
    of_conflict = [source.paired_draws for source in conflict.sources if source.paired_draws]
    if bool(of_goals) != bool(of_conflict):
        problems.add(
            "draws of a joint posterior are paired with nothing",
            where="[goals]" if of_goals else "[conflict]",
            fix="state `paired` for goal shares and for conflict levels, or for neither",
        )
    for number in set(of_conflict) - {of_goals} if of_goals else ():
        problems.add(
            f"paired draws are equally many: {of_goals} of goal shares and {number} of conflict "
            "levels",
            where="[conflict]",
            fix="give the same draws of both, in the same order",
        )


def check_agents(reporting: Reporting | None, goals: GoalEvidence, problems: Problems) -> None:
    """Note two different agents where there are not two, or nobody says how many."""
    if reporting and reporting.agents == "different" and goals.population_size is not None:
        alone = goals.population_size < 2
        for name in np.array(goals.populations, dtype=object)[alone]:
            problems.add(
                f"two different agents are asked for, and {name!r} has one agent",
                where="[report] agents",
                fix='state `agents = "with-replacement"` under [report]',
            )
    if reporting and reporting.agents == "different" and goals.population_size is None:
        problems.add(
            "two different agents are asked for, and no population size is stated",
            where="[report] agents",
            fix='state `population_size` under [goals], or `agents = "with-replacement"` '
            "under [report]",
        )
