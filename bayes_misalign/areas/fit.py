"""Fit several problem areas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayes_misalign.areas.choices import AreaChoices
from bayes_misalign.areas.posterior import AreasPosterior
from bayes_misalign.areas.study import AreasStudy
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.fit import Say, run
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.report.results import posterior_of
from bayes_misalign.study.options import Fitting, Method, stated
from bayes_misalign.study.study import Study

_WHOLE = ("area", "areas", "conflict_of", "prior", "shares", "conflict_prior", "refusals")


def fit_areas(
    study: AreasStudy | Mapping[str, Study] | ProblemArea,
    goals: Any = None,
    conflict: Any = None,
    *,
    choices: AreaChoices | None = None,
    method: Method | None = None,
    random_seed: int | None = None,
    draws: int | None = None,
    tune: int | None = None,
    chains: int | None = None,
    target_accept: float | None = None,
    progress: bool = False,
    say: Say | None = None,
    **more: Any,
) -> AreasPosterior:
    """Draw the posterior distribution of misalignment in several problem areas.

    Parameters
    ----------
    study : AreasStudy, mapping of str to Study, or ProblemArea
        A whole study of several areas; or a study of each, by the name of the area; or the goals
        that all areas share.
    goals, conflict : declaration, optional
        Evidence, where areas share their goals; see `AreasStudy.of`.
    choices : AreaChoices, optional
        What is asked of the areas.
    method, random_seed, draws, tune, chains, target_accept : optional
        Settings of the fit, as in `fit`.
    progress : bool
        Whether to show a progress bar while sampling.
    say : callable, optional
        Takes a line of text before anything that takes long.
    **more
        As `AreasStudy.of` takes them: `area` or `areas`, `conflict_of`, `prior`, `populations`,
        `reporting`, `name`, `title`.

    Returns
    -------
    AreasPosterior

    Raises
    ------
    DataError, StudyError
        Everything that is wrong with the evidence or the study, in one error.

    Examples
    --------
    >>> from bayes_misalign.models.mutually_exclusive.declaration import MutuallyExclusive
    >>> from bayes_misalign.models.single_choice.declaration import SingleChoice
    >>> votes = {
    ...     "statement": ["tax", "tax", "roads", "roads"],
    ...     "vote": ["agree", "disagree"] * 2,
    ...     "n": [50, 50, 95, 5],
    ... }
    >>> posterior = fit_areas(
    ...     ProblemArea("votes", goals=["agree", "disagree"]),
    ...     SingleChoice(votes, goal="vote", count="n"),
    ...     MutuallyExclusive(),
    ...     area="statement",
    ... )
    >>> posterior.ranks().most["tax"]
    1.0
    """
    changes = stated(
        method=method,
        seed=random_seed,
        draws=draws,
        tune=tune,
        chains=chains,
        target_accept=target_accept,
    )
    if isinstance(study, ProblemArea):
        made = AreasStudy.of(
            study,
            goals,
            conflict,
            choices=choices,
            fitting=Fitting(**changes),
            **more,
        )
    else:
        if goals is not None or conflict is not None or set(more) & set(_WHOLE):
            raise StudyError("studies have their evidence already: leave out goals and conflict")
        if isinstance(study, AreasStudy):
            if choices is not None or more:
                raise StudyError("a study has its choices already: state them in AreasStudy.of")
            made = study
        else:
            made = AreasStudy.of_studies(study, choices=choices, **more)
        made = made.with_fitting(**changes) if changes else made
    posteriors = []
    for part in made.parts:
        if say is not None and len(made.parts) > 1 and len(part.areas) == 1:
            say(f"problem area {part.areas[0]}")
        groups, _ = run(part.study, progress=progress, say=say)
        posteriors.append(posterior_of(groups))
    return AreasPosterior(made, posteriors)
