"""Many studies: the same digits by every executor, and errors that name their study."""

import multiprocessing
import pickle
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign import many
from bayes_misalign.many import FitFailed, fit_many

AREA = bm.ProblemArea("vote", goals=["stay", "leave"])
DRAWS = 50


def study(stay: int, **more: Any) -> bm.Study:
    answers = {"goal": ["stay", "leave"], "n": [stay, 20]}
    counted = bm.SingleChoice(answers, goal="goal", count="n")
    return bm.Study.of(AREA, counted, bm.MutuallyExclusive(), name=f"of {stay}", **more)


STUDIES = [study(n) for n in range(1, 8)]


def draws(fits: many.Fits) -> list[Any]:
    return [one.misalignment_draws().tolist() for one in fits.check().posteriors]


IN_TURN = draws(fit_many(STUDIES, draws=DRAWS, random_seed=3))


@contextmanager
def pool() -> Iterator[Any]:
    with multiprocessing.get_context("spawn").Pool(2) as made:
        yield made


@pytest.mark.parametrize(
    "made",
    [
        lambda: ThreadPoolExecutor(3),
        lambda: ThreadPoolExecutor(1),
        pytest.param(
            lambda: ProcessPoolExecutor(2, multiprocessing.get_context("spawn")),
            marks=pytest.mark.slow,
        ),
        pytest.param(pool, marks=pytest.mark.slow),
    ],
    ids=["threads", "one thread", "processes", "pool"],
)
def test_digits_do_not_depend_on_the_executor(made: Any) -> None:
    with made() as executor:
        assert draws(fit_many(STUDIES, executor=executor, draws=DRAWS, random_seed=3)) == IN_TURN


@pytest.mark.slow
def test_digits_do_not_depend_on_dask() -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor = client.get_executor()
        assert draws(fit_many(STUDIES, executor=executor, draws=DRAWS, random_seed=3)) == IN_TURN
        failing = fit_many([STUDIES[0], "nowhere.toml"], executor=executor, draws=DRAWS)
        assert [one.place for one in failing.failed] == [1]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of Ray's own
def test_digits_do_not_depend_on_ray() -> None:
    ray = pytest.importorskip("ray")
    from ray.util.multiprocessing import Pool

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        with Pool(2) as workers:
            made = fit_many(STUDIES, executor=workers, draws=DRAWS, random_seed=3)
            assert draws(made) == IN_TURN
            failing = fit_many([STUDIES[0], "nowhere.toml"], executor=workers, draws=DRAWS)
            assert [one.place for one in failing.failed] == [1]
    finally:
        ray.shutdown()


def test_without_a_seed_each_study_has_its_own() -> None:
    own = STUDIES[2].with_fitting(seed=11, draws=DRAWS)
    found = fit_many([own]).posteriors[0]
    np.testing.assert_array_equal(found.misalignment_draws(), bm.fit(own).misalignment_draws())


def test_a_seed_gives_each_place_another_one() -> None:
    same = fit_many([STUDIES[0]] * 3, draws=DRAWS, random_seed=1)
    assert len({one.study.fitting.seed for one in same.posteriors}) == 3
    again = fit_many([STUDIES[0]] * 2, draws=DRAWS, random_seed=1)
    assert draws(again) == draws(same)[:2]


def test_an_error_names_its_study_and_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("name = 3", encoding="utf-8")
    stated = [STUDIES[0], tmp_path / "bad.toml", STUDIES[1], str(tmp_path / "none.toml")]
    fits = fit_many(stated, draws=DRAWS)
    assert [type(one) for one in fits] == [bm.Posterior, FitFailed, bm.Posterior, FitFailed]
    first, second = fits.failed
    assert (first.place, first.name) == (1, str(tmp_path / "bad.toml"))
    assert "study 3" in str(second)
    assert "there is no study file" in second.message
    assert "StudyError" in second.kind
    assert "Traceback" in second.details
    assert repr(fits).splitlines()[0] == "4 studies: 2 fitted, 2 not"
    assert "none.toml" in repr(fits)
    with pytest.raises(FitFailed, match=r"bad\.toml"):
        fits.check()
    copied = pickle.loads(pickle.dumps(first))  # noqa: S301  # as an executor does
    assert (str(copied), copied.details) == (str(first), first.details)


class Dying(Executor):
    """An executor whose workers die at the second task."""

    def __init__(self) -> None:
        self.tasks = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.tasks += 1
        future: Future[Any] = Future()
        if self.tasks == 2:
            future.set_exception(RuntimeError("the worker died"))
        elif self.tasks > 3:
            raise RuntimeError("no worker is left")
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_studies_of_a_worker_that_died_are_named() -> None:
    fits = fit_many(STUDIES[:5], executor=Dying(), draws=DRAWS)
    assert [one.place for one in fits.failed] == [1, 3, 4]
    assert [one.message for one in fits.failed] == ["the worker died"] + ["no worker is left"] * 2
    assert len(fits.posteriors) == 2


def test_what_is_no_study_no_setting_or_no_executor_is_refused() -> None:
    with pytest.raises(bm.StudyError, match="a study is a Study or the path"):
        fit_many([STUDIES[0], 3])  # type: ignore[list-item]
    with pytest.raises(bm.StudyError, match="no setting 'chain'"):
        fit_many(STUDIES, chain=2)
    with pytest.raises(bm.StudyError, match="an executor has `submit`"):
        fit_many(STUDIES, executor=object())
    assert len(fit_many([])) == 0


def test_progress_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    fit_many([*STUDIES[:2], "nowhere.toml"], draws=DRAWS, progress=True)
    assert capsys.readouterr().err == "fitted 2 of 3 studies, 1 could not be\n"
    fit_many(STUDIES[:1], draws=DRAWS)
    assert capsys.readouterr().err == ""
