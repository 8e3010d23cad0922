"""Many studies, fitted one after the other or by the workers of an executor."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np

from bayes_misalign.errors import BayesMisalignError, StudyError, printable
from bayes_misalign.inference.fit import run
from bayes_misalign.inference.groups import Groups
from bayes_misalign.inference.progress import show
from bayes_misalign.reading.typed_fields import shown_value
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.report.results import posterior_of
from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import read_study

AT_ONCE = 16  # studies that a worker is given together, at most
TASKS = 8  # for each worker that is known of, so that all of them end at about the same time
SHOWN = 10  # failed studies that a summary names
Say = Callable[[str], None]
Stated = Study | str | Path


class FitFailed(BayesMisalignError):
    """A study that could not be fitted, in its place among the others.

    Parameters
    ----------
    name : str
        Name of the study, or the path of its file.
    place : int
        Its place among the studies, from 0.
    kind : str
        Class of the error, such as "DataError".
    message : str
        What the error said.
    details : str
        Where it was raised: a traceback, as text.
    """

    def __init__(self, name: str, place: int, kind: str, message: str, details: str = "") -> None:
        super().__init__(f"study {place} ({name}) could not be fitted: {kind}: {message}")
        self.name, self.place, self.kind = name, place, kind
        self.message, self.details = message, details

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what another process makes it from."""
        return type(self), (self.name, self.place, self.kind, self.message, self.details)


class Fits(Sequence[Posterior | FitFailed]):
    """Results of many studies in their order: a posterior each, or why there is none.

    Parameters
    ----------
    results : sequence of Posterior or FitFailed
        A result for each study.
    names : sequence of str
        What the studies are called.
    """

    def __init__(self, results: Sequence[Posterior | FitFailed], names: Sequence[str]) -> None:
        self._results, self.names = tuple(results), tuple(names)

    @overload
    def __getitem__(self, place: int) -> Posterior | FitFailed: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Posterior | FitFailed]: ...
    def __getitem__(
        self, place: int | slice
    ) -> Posterior | FitFailed | Sequence[Posterior | FitFailed]:
        """Return the result of a study, or of several."""
        return self._results[place]

    def __len__(self) -> int:
        """Return the number of studies."""
        return len(self._results)

    @property
    def posteriors(self) -> tuple[Posterior, ...]:
        """The posteriors of those that were fitted, in their order."""
        return tuple(one for one in self if isinstance(one, Posterior))

    @property
    def failed(self) -> tuple[FitFailed, ...]:
        """Those that were not, each with the name and the place of its study."""
        return tuple(one for one in self if isinstance(one, FitFailed))

    def check(self) -> Fits:
        """Return the same results if every study was fitted.

        Raises
        ------
        FitFailed
            The first of those that failed; all of them are in `failed`.
        """
        for one in self.failed:
            raise one
        return self

    def __repr__(self) -> str:
        """Return how many there are, and which failed."""
        failed = self.failed
        lines = [f"{len(self):,} studies: {len(self) - len(failed):,} fitted, {len(failed):,} not"]
        lines += [f"  {printable(str(one)).splitlines()[0]}" for one in failed[:SHOWN]]
        if (left := len(failed) - SHOWN) > 0:
            lines.append(f"  ... and {left:,} more, see .failed")
        return "\n".join(lines)


def fit_many(
    studies: Iterable[Stated],
    *,
    executor: Any = None,
    random_seed: int | None = None,
    progress: bool = False,
    **settings: Any,
) -> Fits:
    """Fit many studies, on the workers of an executor if there is one.

    Parameters
    ----------
    studies : iterable of Study or path
        Studies, or paths of study files, which the workers read.
    executor : concurrent.futures.Executor, or pool, optional
        Anything with `submit`, such as ``ProcessPoolExecutor()`` or ``client.get_executor()`` of
        Dask, or with `apply_async`, as the pools of `multiprocessing` and
        `ray.util.multiprocessing` have it. By default the studies are fitted in this process.
    random_seed : int, optional
        Gives each study a seed of its own, by its place among them. By default each has the seed
        that it states, so that a result is that of `fit`.
    progress : bool
        Whether to show on one line of standard error how far it is.
    **settings
        Other settings of all fits, as in `fit`: `method`, `draws`, `tune`, `chains`,
        `target_accept`.

    Returns
    -------
    Fits
        A posterior, or an error that names the study, for each study in its place. An error of one
        study does not stop the others.

    Raises
    ------
    StudyError
        When something among the studies is none, or a setting is none of a fit.

    Notes
    -----
    Digits depend neither on the executor nor on the number of its workers: random numbers follow
    from the seed of a study alone. Studies are sent to workers some at a time.

    Examples
    --------
    >>> from bayes_misalign import MutuallyExclusive, ProblemArea, SingleChoice
    >>> area = ProblemArea("vote", goals=["stay", "leave"])
    >>> def of(stay, leave):
    ...     answers = {"goal": ["stay", "leave"], "n": [stay, leave]}
    ...     return Study.of(area, SingleChoice(answers, goal="goal", count="n"), [
    ...         MutuallyExclusive()], name=f"{stay} of {stay + leave}")
    >>> fits = fit_many([of(48, 52), of(9, 1)], draws=100)
    >>> fits
    2 studies: 2 fitted, 0 not
    >>> [round(one.misalignment()["all"].mean, 1) for one in fits.posteriors]
    [0.5, 0.3]
    """
    stated = list(studies)
    for one in stated:
        if not isinstance(one, Study | str | Path):
            raise StudyError(f"a study is a Study or the path of its file, not {shown_value(one)}")
    _check(settings)
    names = [one.name if isinstance(one, Study) else str(one) for one in stated]
    tasks = [
        _Task(i, names[i], one, {**settings, **_seed(random_seed, i)})
        for i, one in enumerate(stated)
    ]
    results: dict[int, Posterior | FitFailed] = {}
    shown = _Progress(len(tasks), progress)
    try:
        for done in _finished(tasks, executor):
            results |= {one.place: one.result() for one in done}
            failed = sum(isinstance(one, FitFailed) for one in results.values())
            shown.update(len(results), failed)
    finally:
        shown.end()
    return Fits([results[i] for i in range(len(tasks))], names)


@dataclass(frozen=True)
class _Task:
    place: int
    name: str
    study: Stated
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class _Done:
    """What a worker sends back: draws with their labels, or what went wrong in words."""

    place: int
    found: Groups | FitFailed

    def result(self) -> Posterior | FitFailed:
        return self.found if isinstance(self.found, FitFailed) else posterior_of(self.found)


def _check(settings: Mapping[str, Any]) -> None:
    known = ("method", "draws", "tune", "chains", "target_accept")
    if unknown := [name for name in settings if name not in known]:
        raise StudyError(f"fit_many has no setting {unknown[0]!r}; it has {', '.join(known)}")


def _seed(random_seed: int | None, place: int) -> dict[str, int]:
    if random_seed is None:
        return {}
    found = np.random.SeedSequence(random_seed, spawn_key=(place,)).generate_state(1)
    return {"seed": int(found[0])}


def _fit_these(tasks: Sequence[_Task]) -> list[_Done]:
    """Fit some studies; what a worker is asked to do."""
    return [_Done(task.place, _fit_one(task)) for task in tasks]


def _fit_one(task: _Task) -> Groups | FitFailed:
    try:
        study = task.study if isinstance(task.study, Study) else read_study(task.study)
        return run(study.with_fitting(**task.settings) if task.settings else study)[0]
    except Exception as error:
        return _failure(task, error)


def _failure(task: _Task, error: BaseException) -> FitFailed:
    said = "".join(traceback.format_exception(error))
    message = str(error) or "no reason was given"
    return FitFailed(task.name, task.place, type(error).__name__, message, said)


def _finished(tasks: Sequence[_Task], executor: Any) -> Iterator[list[_Done]]:
    """Yield results as they come."""
    if executor is None:
        for task in tasks:
            yield _fit_these([task])
    elif hasattr(executor, "submit"):
        yield from _of_futures(tasks, executor)
    elif hasattr(executor, "apply_async"):
        yield from _of_pool(tasks, executor)
    else:
        raise StudyError(
            "an executor has `submit`, as those of concurrent.futures and of Dask, or "
            f"`apply_async`, as pools have; {type(executor).__name__} has neither"
        )


def _of_futures(tasks: Sequence[_Task], executor: Any) -> Iterator[list[_Done]]:
    from concurrent.futures import as_completed

    sent: dict[Any, list[_Task]] = {}
    try:
        for some in _together(tasks, executor):
            try:
                sent[executor.submit(_fit_these, some)] = some
            except Exception as error:  # its workers are gone
                yield [_Done(task.place, _failure(task, error)) for task in some]
        for future in as_completed(sent):
            yield _outcome(sent[future], future.result)
    finally:
        for future in sent:
            future.cancel()


def _of_pool(tasks: Sequence[_Task], pool: Any) -> Iterator[list[_Done]]:
    sent = [(some, pool.apply_async(_fit_these, (some,))) for some in _together(tasks, pool)]
    for some, waited in sent:
        yield _outcome(some, waited.get)


def _outcome(tasks: list[_Task], get: Callable[[], list[_Done]]) -> list[_Done]:
    """Return what became of studies; of those whose worker died, that it did."""
    try:
        return get()
    except Exception as error:
        return [_Done(task.place, _failure(task, error)) for task in tasks]


def _together(tasks: Sequence[_Task], executor: Any) -> Iterator[list[_Task]]:
    """Yield studies that a worker is sent together."""
    workers = next(
        (
            n
            for name in ("_max_workers", "_processes")
            if isinstance(n := getattr(executor, name, None), int)
        ),
        4,
    )
    size = min(max(len(tasks) // (TASKS * max(workers, 1)), 1), AT_ONCE)
    for start in range(0, len(tasks), size):
        yield list(tasks[start : start + size])


class _Progress:
    """One line that says how far it is, written over itself on a terminal."""

    def __init__(self, total: int, wanted: bool) -> None:
        self.total, self.wanted, self.shown = total, wanted, ""

    def update(self, done: int, failed: int) -> None:
        self.shown = f"fitted {done - failed:,} of {self.total:,} studies"
        self.shown += f", {failed:,} could not be" if failed else ""
        if self.wanted and sys.stderr.isatty():
            show(self.shown)

    def end(self) -> None:
        if not self.wanted or not self.shown:
            return
        if sys.stderr.isatty():
            show("")
        print(self.shown, file=sys.stderr)
