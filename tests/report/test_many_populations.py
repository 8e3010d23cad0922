"""Very many populations: numbers to the last digit, files, and what a report shows."""

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference import blocks, many_populations
from bayes_misalign.inference.groups import POSTERIOR, PRIOR
from bayes_misalign.inference.later import Later
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.report.findings import gather
from bayes_misalign.report.many_populations import ManyPopulations
from bayes_misalign.report.render_html import to_html
from bayes_misalign.report.write import write_folder

GOALS = ["a", "b", "c"]
AREA = bm.ProblemArea("choice", goals=GOALS, no_goal=["none"])
POPULATIONS = 50


def study(conflict: Any = None, **more: Any) -> bm.Study:
    rng = np.random.default_rng(2)
    counts = rng.multinomial(
        rng.integers(10, 90, POPULATIONS), rng.dirichlet([1.0] * 4, POPULATIONS)
    )
    counts[3], counts[7] = [20, 20, 20, 0], [0, 30, 0, 0]  # at the attainable maximum, and at zero
    names = [f"place {i}" for i in range(POPULATIONS)]
    given = {key: more.pop(key) for key in ("population_size", "weight_sum") if key in more}
    counted = ChoiceCounts.from_counts((*GOALS, "no goal"), names, counts, **given)
    made = bm.Study.of(AREA, counted, conflict or bm.MutuallyExclusive(), **more)
    return made.with_fitting(draws=100)


ELICITED = [{"between": ["a", "b"], "mean": 0.8, "strength": 12}]
STUDIES = {
    "exclusive": lambda: study(),
    "elicited": lambda: study(bm.Elicited(ELICITED, unnamed_pairs=0.1)),
    "finite": lambda: study(
        population_size=np.full(POPULATIONS, 200), reporting=bm.Reporting(agents="different")
    ),
    "union": lambda: study(populations=bm.Populations(shares="answers")),
    "hdi": lambda: study(reporting=bm.Reporting(mass=0.8, kind="hdi")),
}


@pytest.fixture(autouse=True)
def in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MOST_WHOLE", 1)
    monkeypatch.setattr(blocks, "POPULATIONS", 16)


def fitted(name: str = "exclusive") -> ManyPopulations:
    found = bm.fit(STUDIES[name]())
    assert isinstance(found, ManyPopulations)
    return found


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n == "hdi" else n for n in STUDIES]
)
def test_numbers_are_those_of_whole_arrays(name: str) -> None:
    many = fitted(name)
    whole = many.selected(many.populations)
    assert type(whole) is bm.Posterior
    if name == "elicited":  # the last digit of a product of matrices depends on their size
        np.testing.assert_allclose(
            whole.misalignment_draws(), many.misalignment_draws(), rtol=1e-14
        )
        for place, estimate in whole.misalignment().items():
            for key, number in many.misalignment()[place].numbers().items():
                same = number == estimate.numbers()[key]
                assert same or number == pytest.approx(estimate.numbers()[key], rel=1e-12)
        return
    np.testing.assert_array_equal(whole.misalignment_draws(), many.misalignment_draws())
    # digit by digit, intervals that are extended to a limit among them
    summed, usual = many.misalignment(), whole.misalignment()
    for place in many.populations:
        assert summed[place].numbers() == usual[place].numbers(), place
        assert str(summed[place]) == str(usual[place])
    if name in ("exclusive", "finite"):
        assert summed["place 3"].kind == "eti_to_maximum"
        assert summed["place 7"].kind == "eti_to_minimum"
    shares, usual_shares = many.proportions(), whole.proportions()
    for place in ("place 0", "place 17", "place 49"):
        for goal in many.categories:
            assert shares[place][goal].numbers() == usual_shares[place][goal].numbers()
    prior, usual_prior = many.prior_misalignment(), whole.prior_misalignment()
    assert prior["place 17"].numbers() == usual_prior["place 17"].numbers()
    np.testing.assert_array_equal(many.misalignment_draws(PRIOR), whole.misalignment_draws(PRIOR))
    np.testing.assert_array_equal(many.shares(), whole.shares())
    np.testing.assert_array_equal(many.shares(PRIOR), whole.shares(PRIOR))
    np.testing.assert_array_equal(many.n_effective, whole.n_effective)


def test_the_union_is_that_of_all_draws() -> None:
    many = fitted("union")
    weights = many.union_weights(None)
    assert weights is not None
    shares = np.einsum("ds,dsk->dk", weights, many.shares())
    np.testing.assert_allclose(many.shares_of(None), shares, rtol=1e-12)
    overall = many.overall()
    assert overall is not None
    conflict = many.matrix()
    np.testing.assert_allclose(
        overall.draws.ravel(), np.einsum("dk,kl,dl->d", shares, conflict, shares), rtol=1e-12
    )
    assert overall.mean == pytest.approx(many.overall().mean)  # type: ignore[union-attr]
    assert "all populations: " in many.summary().replace("\n", " ")
    assert fitted().overall() is None


def test_what_lowers_trust_is_that_of_the_whole_study(monkeypatch: pytest.MonkeyPatch) -> None:
    many = fitted()
    whole = many.selected(many.populations)
    monkeypatch.setattr(blocks, "MOST_WHOLE", 1 << 26)
    usual = bm.fit(STUDIES["exclusive"]())
    assert type(usual) is bm.Posterior
    assert many.diagnosis.state == whole.diagnosis.state == usual.diagnosis.state
    # the same distribution, by other random numbers
    error = np.hypot(many.misalignment_draws().std(axis=0), usual.misalignment_draws().std(axis=0))
    moved = many.misalignment_draws().mean(axis=0) - usual.misalignment_draws().mean(axis=0)
    assert (np.abs(moved) < 5 * error / np.sqrt(400)).all()


def test_a_file_keeps_the_numbers_and_is_read_when_asked_for(tmp_path: Path) -> None:
    many = fitted("elicited")
    loaded = bm.load(many.save(tmp_path / "many.nc"))
    assert isinstance(loaded, ManyPopulations)
    held: Any = loaded.groups.groups[POSTERIOR]["misalignment"][1]
    assert isinstance(held, Later)
    assert loaded.groups.metadata["schema"] == 3
    for place in many.populations:
        assert loaded.misalignment()[place].numbers() == many.misalignment()[place].numbers()
    np.testing.assert_allclose(loaded.misalignment_draws(), many.misalignment_draws(), atol=1e-7)
    one = loaded.misalignment()["place 9"].draws
    np.testing.assert_array_equal(one.ravel(), loaded.misalignment_draws()[:, 9])
    np.testing.assert_array_equal(
        loaded.shares_of("place 9"), many.selected(["place 9"]).shares()[:, 0]
    )
    again = bm.load(loaded.save(tmp_path / "again.nc"))
    np.testing.assert_array_equal(again.misalignment_draws(), loaded.misalignment_draws())
    content = bytearray((tmp_path / "many.nc").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "many.nc").write_bytes(content)
    with pytest.raises(bm.ResultError, match="damaged"):
        bm.load(tmp_path / "many.nc")


@pytest.mark.slow  # sampled, and compiled for it alone
def test_pooled_populations_are_kept_in_single_precision(tmp_path: Path) -> None:
    many = bm.fit(study(shares=bm.PooledShares()).with_fitting(draws=250))
    assert isinstance(many, ManyPopulations)
    assert many.groups.values(POSTERIOR, "misalignment").dtype == np.float32
    whole = many.selected(many.populations)
    np.testing.assert_allclose(whole.misalignment_draws(), many.misalignment_draws(), atol=2e-6)
    np.testing.assert_allclose(whole.shares().sum(axis=-1), 1, rtol=1e-14)
    for place, estimate in whole.misalignment().items():
        for key in ("mean", "sd", "median", "lower", "upper"):
            number = many.misalignment()[place].numbers()[key]
            assert number == pytest.approx(estimate.numbers()[key], abs=1e-5), (place, key)
    loaded = bm.load(many.save(tmp_path / "many.nc"))
    np.testing.assert_array_equal(loaded.misalignment_draws(), many.misalignment_draws())
    np.testing.assert_array_equal(loaded.shares_of("place 9"), many.shares_of("place 9"))
    assert loaded.summary() == many.summary()


def test_few_populations_have_the_files_that_they_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MOST_WHOLE", 1 << 26)
    few = bm.fit(study())
    assert few.groups.metadata["schema"] == 2
    assert set(few.groups.groups) == {"posterior", "prior", "observed_data", "constant_data"}


def table(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / f"tables/{name}.csv").read_text("utf-8"))))


def test_a_report_shows_the_largest_and_the_farthest(tmp_path: Path) -> None:
    many = fitted()
    places = many_populations.shown(many.study, many.misalignment_draws().mean(axis=0))
    n, means = many.study.goals.n, many.misalignment_draws().mean(axis=0)
    assert set(np.argsort(-n, kind="stable")[:10]) <= set(places)
    assert {int(means.argmin()), int(means.argmax())} <= set(places)
    assert len(places) <= 20
    said = many.summary()
    assert len(said.splitlines()) <= 40
    assert f"of {POPULATIONS} populations" in said
    assert "Shown are" in said
    folder = write_folder(many, tmp_path / "results", figures=False)
    rows = table(folder, "all_populations")
    assert [row["population"] for row in rows] == list(many.populations)
    assert float(rows[5]["mean"]) == many.misalignment()["place 5"].mean
    shares = table(folder, "all_shares")
    assert len(shares) == POPULATIONS * 4
    assert float(shares[4]["mean"]) == many.proportions()["place 1"]["a"].mean
    assert f"of {POPULATIONS} populations" in to_html(gather(many), figures=False)
    assert isinstance(bm.load(folder / "posterior.nc"), ManyPopulations)


def test_quantities_of_two_populations_are_those_of_their_own_result() -> None:
    many = fitted()
    both = many.selected(["place 1", "place 2"])
    assert str(many.contrast("place 1", "place 2")) == str(both.contrast("place 1", "place 2"))
    assert many.between("place 1", "place 2").mean == both.between("place 1", "place 2").mean
    assert many.between()["place 1", "place 1"].mean == many.misalignment()["place 1"].mean
    assert many.mixture("place 1", "place 2", [0.5]).shares.tolist() == [0.5]
    one, other = "place 1", "place 2"
    assert many.mixing(one, other).at(0).mean == pytest.approx(many.between(one, one).mean)
    within = (many.between(one, one).mean + many.between(other, other).mean) / 2
    excess = many.excess(one, other).mean
    assert excess == pytest.approx(many.between(one, other).mean - within)
    assert sum(many.nearest(one, [other, "place 3"]).probabilities.values()) == pytest.approx(1)
    assert many.equivalent_sample(one, other).median > 0
    for every in (many.excess, lambda: many.nearest(one)):
        with pytest.raises(bm.ResultError, match="too much"):
            every()
    np.testing.assert_array_equal(both.misalignment_draws()[:, 0], many.misalignment_draws()[:, 1])
    assert set(many.tree.children) >= {"posterior", "prior", "summary", "numbers", "shown"}


def test_what_would_be_too_much_is_refused() -> None:
    many = fitted()
    for ask in (many.tried_priors, many.sensitivity, many.contributions, many.attribution):
        with pytest.raises(bm.ResultError, match="selected"):
            ask()
    with pytest.raises(bm.StudyError, match="not a text"):
        many.selected("place 1")
    with pytest.raises(bm.ResultError, match="no population 'place 99'"):
        many.selected(["place 99"])
    with pytest.raises(bm.StudyError, match="not known"):
        many.shares_of(None)
    with pytest.raises(bm.StudyError, match="stated in a study"):
        many.overall({"place 1": 1.0})
    assert many.contributions("place 1").title == many.contributions("place 2").title
