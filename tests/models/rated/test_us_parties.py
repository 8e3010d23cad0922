"""American National Election Studies, 1978 to 2012: conflict as the parties rate each other."""

import csv
import runpy
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.models.rated.results import rating_results, raw_mean_misalignment

FOLDER = Path(__file__).parents[3] / "examples" / "us-parties"
DRAWS = 500


pytestmark = pytest.mark.slow  # what users see of it is pinned from a stored posterior


@pytest.fixture(scope="module")
def posterior() -> bm.Posterior:
    return bm.fit(bm.read_study(FOLDER / "study.toml"), draws=DRAWS, random_seed=1)


def raw_levels() -> dict[str, float]:
    """Return 1 - warmth / 100 by year, both directions counting alike, from the file itself."""
    total: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    with (FOLDER / "warmth.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = total[row["year"], row["party"]]
            found[0] += float(row["n"])
            found[1] += float(row["n"]) * (1 - float(row["warmth"]) / 100)
    years = dict.fromkeys(year for year, _ in total)
    parties = ("Democrats", "Republicans")
    return {
        year: float(np.mean([total[year, p][1] / total[year, p][0] for p in parties]))
        for year in years
    }


def test_the_fit_is_sound(posterior: bm.Posterior) -> None:
    assert posterior.diagnosis.trustworthy
    assert posterior.diagnosis.figures["divergences"] == 0


def test_levels_meet_the_raw_means_of_many_answers(posterior: bm.Posterior) -> None:
    for year, level in raw_levels().items():
        found = posterior.conflict_levels(year)["Democrats | Republicans"]
        assert found.mean == pytest.approx(level, abs=max(0.006, 1.5 * found.sd))


def test_p_ma_rises_by_half_and_most_of_it_is_conflict(posterior: bm.Posterior) -> None:
    found = posterior.misalignment()
    assert found["1978"].mean == pytest.approx(0.170, abs=0.004)  # plug-in value of raw means
    assert found["2012"].mean == pytest.approx(0.262, abs=0.004)
    change = posterior.contrast("2012", "1978")
    assert change.difference.probability_above(0.0) == 1
    assert change.conflict_share is not None
    assert 0.6 < change.conflict_share.interval[0] < 0.76 < change.conflict_share.interval[1] < 0.95
    both = change.parts.values()
    np.testing.assert_allclose(
        np.sum([part.draws for part in both], axis=0), change.difference.draws
    )


def test_a_wave_that_was_not_asked_borrows_and_says_so(posterior: bm.Posterior) -> None:
    level = {y: posterior.conflict_levels(y)["Democrats | Republicans"] for y in ("2000", "2002")}
    assert level["2002"].sd > 5 * level["2000"].sd
    notes = " ".join(posterior.study.conflict.notes)
    assert "Nobody rated conflict in '2002'" in notes


def test_where_conflict_walks_such_a_wave_lies_between_its_neighbours(
    posterior: bm.Posterior,
) -> None:
    """The figures of docs/how-to/waves.md."""
    study = posterior.study
    sources = tuple(
        replace(source, over_time="walk") if source.model == "rated" else source
        for source in study.conflict.sources
    )
    walking = bm.fit(replace(study, conflict=replace(study.conflict, sources=sources)), draws=DRAWS)
    assert walking.diagnosis.trustworthy
    assert walking.diagnosis.figures["divergences"] == 0
    level = {
        year: [one.conflict_levels(year)["Democrats | Republicans"] for one in (walking, posterior)]
        for year in ("1978", "2000", "2002", "2004", "2012")
    }
    assert level["2002"][0].mean == pytest.approx(0.609, abs=0.006)
    assert level["2002"][1].mean == pytest.approx(0.58, abs=0.02)
    assert level["2002"][0].sd < 0.6 * level["2002"][1].sd
    for year in ("1978", "2000", "2004", "2012"):
        assert level[year][0].mean == pytest.approx(level[year][1].mean, abs=0.004)


def test_sides_and_raw_means_are_reported(posterior: bm.Posterior) -> None:
    (found,) = rating_results(posterior)
    of_2012 = next(side for side in found.sides if side.population == "2012")
    assert of_2012.first.mean == pytest.approx(0.746, abs=0.01)  # Democrats about Republicans
    assert of_2012.second.mean == pytest.approx(0.723, abs=0.01)
    raw = raw_mean_misalignment(posterior)
    assert raw is not None
    assert raw["1978"].mean == pytest.approx(0.170, abs=0.002)


def test_what_no_two_waves_share_is_not_asked_for(posterior: bm.Posterior) -> None:
    assert posterior.overall() is None
    with pytest.raises(bm.StudyError, match="within each population"):
        posterior.between("1978", "2012")


def test_the_script_draws_the_picture(
    posterior: bm.Posterior,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fit = bm.fit

    def fitted(study: Any, *evidence: Any, **how: Any) -> bm.Posterior:
        # the rated study was fitted above
        return fit(study, *evidence, **how) if evidence else posterior

    monkeypatch.setattr(bm, "fit", fitted)
    monkeypatch.setattr(sys, "argv", ["us_parties.py", str(tmp_path / "parties.svg")])
    runpy.run_path(str(FOLDER.parent / "us_parties.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert "exclusive goals: 0.32" in printed
    assert "part of the change that is due to conflict: 0.7" in printed
    drawn = (tmp_path / "parties.svg").read_text(encoding="utf-8")
    assert "because parties rate each other more coldly" in drawn
