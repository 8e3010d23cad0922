"""The Python face: fit a study, load a result, and the posterior that both return."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bayes_misalign.errors import StudyError
from bayes_misalign.inference.fit import Say, run
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.report.results import loaded, posterior_of
from bayes_misalign.study.contact import Contact
from bayes_misalign.study.options import Fitting, Method, Populations, Reporting, stated
from bayes_misalign.study.refusals import Refusals
from bayes_misalign.study.study import Study


def fit(
    study: Study | ProblemArea,
    goals: Any = None,
    conflict: Any = None,
    *,
    prior: Any = None,
    shares: Any = None,
    conflict_prior: Mapping[str, Mapping[str, float]] | None = None,
    populations: Populations | None = None,
    reporting: Reporting | None = None,
    refusals: Refusals | None = None,
    contact: Contact | None = None,
    method: Method | None = None,
    random_seed: int | None = None,
    draws: int | None = None,
    tune: int | None = None,
    chains: int | None = None,
    target_accept: float | None = None,
    name: str = "study",
    title: str = "",
    progress: bool = False,
    say: Say | None = None,
    refit: bool = False,
) -> Posterior:
    """Draw the posterior distribution of misalignment.

    Parameters
    ----------
    study : Study or ProblemArea
        A whole study (then `goals` and `conflict` are left out), or the problem area.
    goals : declaration, optional
        Evidence about the goals that agents hold, such as `SingleChoice(...)`.
    conflict : declaration or list of declarations, optional
        Evidence about how much goals conflict, such as `MutuallyExclusive()`.
    prior : str, mapping or SharePrior, optional
        Prior of the goal shares: "matched" (default), "index-uniform",
        ``{"concentration": 2.0}``, or ``{"dirichlet": {"a": 1, "b": 1}}``.
    shares : str or mapping, optional
        Prior of the goal shares apart; the key `model` names another model of shares.
    conflict_prior : mapping, optional
        Priors of conflict models, such as ``{"judged": {"yes": 1, "no": 1}}``.
    populations, reporting : Populations, Reporting, optional
        Shares of the union, contrasts; intervals and threshold.
    refusals : Refusals, optional
        What may be of the goals of agents who gave no answer, ``Refusals(odds=[0.5, 2])``.
    contact : Contact, optional
        Who is in contact with whom, ``Contact("contacts.csv", agent="from", agent_other="to")``.
    method : {"auto", "exact", "nuts"}, optional
        Exact draws where a block is conjugate, or NUTS on the joint model.
    random_seed, draws, tune, chains, target_accept : optional
        Settings of the fit; draws and tune are for each chain.
    name, title : str
        Names for files and reports.
    progress : bool
        Whether to show a progress bar while sampling.
    say : callable, optional
        Takes a line of text before anything that takes long.
    refit : bool
        Whether to sample under each other prior that weighted draws cannot tell, see
        `Posterior.sensitivity`; each takes as long as the fit.

    Returns
    -------
    Posterior

    Raises
    ------
    DataError, StudyError
        Everything that is wrong with the evidence or the study, in one error.

    Examples
    --------
    >>> from bayes_misalign.models.mutually_exclusive.declaration import MutuallyExclusive
    >>> from bayes_misalign.models.single_choice.declaration import SingleChoice
    >>> answers = {"goal": ["stay", "leave"], "n": [48, 52]}
    >>> area = ProblemArea("vote", goals=["stay", "leave"])
    >>> posterior = fit(area, SingleChoice(answers, goal="goal", count="n"), MutuallyExclusive())
    >>> print(posterior.misalignment()["all"])  # doctest: +NORMALIZE_WHITESPACE
    P(ma) of all: 0.496
    (95 % equal-tailed interval, extended to the attainable maximum: 0.477 to 0.500)
    """
    changes = stated(
        method=method,
        seed=random_seed,
        draws=draws,
        tune=tune,
        chains=chains,
        target_accept=target_accept,
    )
    if isinstance(study, Study):
        choices = (prior, shares, conflict_prior, populations, reporting, refusals, contact)
        if goals is not None or conflict is not None:
            raise StudyError("a study has its evidence already: leave out goals and conflict")
        if any(x is not None for x in choices):
            raise StudyError(
                "a study has its priors and choices already: leave out prior, shares, "
                "conflict_prior, populations, reporting, refusals and contact, or state them in "
                "Study.of"
            )
        study = study.with_fitting(**changes)
    else:
        study = Study.of(
            study,
            goals,
            conflict,
            prior=prior,
            shares=shares,
            conflict_prior=conflict_prior,
            populations=populations,
            reporting=reporting,
            refusals=refusals,
            contact=contact,
            fitting=Fitting(**changes),
            name=name,
            title=title,
        )
    groups, _ = run(study, progress=progress, say=say, refit=refit)
    return posterior_of(groups)


def load(path: str | Path) -> Posterior:
    """Read a posterior that `Posterior.save` or the command line wrote.

    Parameters
    ----------
    path : path
        A `posterior.nc` file, or the folder of results that holds one.

    Returns
    -------
    Posterior

    Raises
    ------
    ResultError
        When the file is no saved posterior, or is damaged.
    """
    return loaded(path)
