"""Draws of goal shares in every form they come in, and every way in which they can be wrong."""

from pathlib import Path
from typing import Any

import arviz_base as azb
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from bayes_misalign.models.drawn_shares.declaration import DrawnShares
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.stored import from_plain, to_plain
from tests.readers import read, refused

AREA = ProblemArea("vote", ["Left", "Right"], no_goal=["Unsure", "None"], not_answers=["Refused"])
GOALS, POPULATIONS = ["Left", "Right", "Unsure"], ["east", "west"]
SHARES = np.random.default_rng(1).dirichlet([3, 2, 1], size=(6, 2))  # (draw, population, goal)
TREE = azb.from_dict(
    {"posterior": {"proportion": SHARES.reshape(2, 3, 2, 3)}},
    coords={"population": POPULATIONS, "goal": GOALS},
    dims={"proportion": ["population", "goal"]},
)
LONG = pd.DataFrame(
    [
        {"draw": d, "population": s, "goal": g, "share": SHARES[d, i, j]}
        for d in range(6)
        for i, s in enumerate(POPULATIONS)
        for j, g in enumerate(GOALS)
    ]
)
WIDE = pd.DataFrame(
    [
        {"lp__": -1.0, "population": s, **dict(zip(GOALS, SHARES[d, i], strict=True))}
        for i, s in enumerate(POPULATIONS)
        for d in range(6)
    ]
)
WITHIN = LONG.assign(**{".chain": LONG.draw // 3, "draw": LONG.draw % 3})


def written(form: str, folder: Path) -> Any:
    """Return a declaration of the same draws in a form."""
    labels = {"goals": GOALS, "populations": POPULATIONS}
    match form:
        case "array":
            return DrawnShares(SHARES, **labels)
        case "array by chain":
            return DrawnShares(SHARES.reshape(2, 3, 2, 3).tolist(), **labels)
        case "tree":
            return DrawnShares(TREE)
        case "data set":
            return DrawnShares(TREE["posterior"].to_dataset())
        case "data array":
            turned = TREE["posterior"]["proportion"].transpose("goal", "draw", ...)
            return DrawnShares(turned.rename(goal="g", population="s"), goal="g", population="s")
        case "netCDF":
            TREE.to_netcdf(folder / "a.nc", engine="h5netcdf")
            return DrawnShares("a.nc")
        case "netCDF of one group":
            TREE["posterior"].to_dataset().rename(proportion="p").to_netcdf(
                folder / "a.nc", engine="h5netcdf"
            )
            return DrawnShares(folder / "a.nc", variable="p")
        case "long frame":
            return DrawnShares(LONG)
        case "long CSV":
            LONG.to_csv(folder / "a.csv", index=False)
            return DrawnShares("a.csv")
        case "long Parquet":
            LONG.rename(columns={"share": "p"}).to_parquet(folder / "a.parquet")
            return DrawnShares("a.parquet", share="p")
        case "shuffled rows":
            first = LONG[LONG.draw == 0]
            rest = LONG[LONG.draw > 0].sort_values(["goal", "population", "draw"])
            return DrawnShares(pd.concat([first, rest]))
        case "wide CSV":
            WIDE.to_csv(folder / "a.csv", index=False)
            return DrawnShares("a.csv")
        case "wide Parquet":
            WIDE.to_parquet(folder / "a.parquet")
            return DrawnShares("a.parquet")
        case "draws within chains":
            return DrawnShares(WITHIN, chain=".chain")
    raise KeyError(form)


FORMS = ["array", "array by chain", "tree", "data set", "data array", "netCDF"]
FORMS += ["netCDF of one group", "long frame", "long CSV", "long Parquet", "shuffled rows"]
FORMS += ["wide CSV", "wide Parquet", "draws within chains"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_draws(form: str, tmp_path: Path) -> None:
    evidence = read(written(form, tmp_path), AREA, tmp_path)
    assert evidence.categories == ("Left", "Right", "no goal")
    assert evidence.populations == ("east", "west")
    np.testing.assert_array_equal(evidence.shares, SHARES)
    assert "whether they have converged is for whoever made them to say" in evidence.notes[0]
    named = {"array": "array", "tree": "data tree", "data": "data tree", "netCDF": "a.nc"}
    if form.split()[0] in named:
        assert evidence.source == named[form.split()[0]]
    assert from_plain(to_plain(evidence)) == evidence


def test_without_populations_there_is_one() -> None:
    one = read(DrawnShares(SHARES[:, 0]), AREA)
    assert one.populations == ("all",)
    np.testing.assert_array_equal(one.shares, SHARES[:, :1])
    table = WIDE[WIDE.population == "east"].drop(columns="population")
    assert read(DrawnShares(table), AREA) == read(DrawnShares(table, draw="lp"), AREA)
    np.testing.assert_array_equal(read(DrawnShares(table), AREA).shares, SHARES[:, :1])


def test_shares_of_several_words_for_no_goal_are_added() -> None:
    given = DrawnShares([[0.1, 0.2, 0.3, 0.4]], goals=["None", "Right", "Unsure", "Left"])
    np.testing.assert_allclose(read(given, AREA).shares, [[[0.4, 0.2, 0.4]]])


def test_sums_as_rounded_are_scaled_and_exact_ones_left() -> None:
    near = read(DrawnShares([[0.3333333, 0.3333333, 0.3333333], SHARES[0, 0]]), AREA).shares
    np.testing.assert_allclose(near[0, 0], 1 / 3, rtol=1e-15)
    np.testing.assert_array_equal(near[1, 0], SHARES[0, 0])


def test_how_many_agents_there_were_is_not_known() -> None:
    evidence = read(DrawnShares(TREE), AREA)
    for name in ("n", "n_effective", "design_effect", "weight_total"):
        assert np.isnan(getattr(evidence, name)).all()
    assert np.isnan(evidence.effective_counts).all()
    assert evidence.no_answer_populations == ()
    assert (evidence.population_size, evidence.weighted) == (None, False)


def test_no_more_than_a_cap_is_kept_evenly_spaced() -> None:
    many = np.random.default_rng(1).dirichlet([1, 1, 1], size=(3, 5000))
    kept = read(DrawnShares(many), AREA)
    assert kept.shares.shape == (3999, 1, 3)
    np.testing.assert_array_equal(
        kept.shares[1333:2666, 0], many[1][np.isin(many[1], kept.shares[1333:2666]).all(-1)]
    )
    assert "Of the 15000 draws of goal shares, 3999 are used" in kept.notes[-1]
    flat = read(DrawnShares(many.reshape(-1, 3)), AREA)
    assert flat.shares.shape == (4000, 1, 3)


def test_chains_are_looked_at() -> None:
    rng = np.random.default_rng(1)
    good = rng.dirichlet([3, 2, 1], size=(4, 500))
    evidence = read(DrawnShares(good), AREA)
    reference = azb.from_dict({"posterior": {"x": good}})
    import arviz_stats as azs

    assert evidence.rhat == pytest.approx(float(azs.rhat(reference)["x"].max()))
    tail = azs.ess(reference, method="tail", prob=(0.05, 0.95))["x"].min()
    bulk = azs.ess(reference, method="bulk")["x"].min()
    assert evidence.ess == pytest.approx(min(float(bulk), float(tail)))
    assert f"R-hat of at most {evidence.rhat:.3f}" in evidence.notes[1]
    assert evidence.cautions == ()
    apart = good.copy()
    apart[0] = rng.dirichlet([1, 2, 3], size=500)
    (rhat, remedy), (ess_text, _) = read(DrawnShares(apart), AREA).cautions
    assert remedy == "draw more, or longer chains, where they were made"
    assert rhat.startswith("R-hat of the given draws of goal shares reaches 1.")
    assert ess_text.startswith("the effective sample size of the given draws of goal shares falls")
    (few,) = read(DrawnShares(good[0, :9]), AREA).cautions
    assert few.what == "only 9 draws of goal shares were given"
    stuck = np.repeat([[[0.5, 0.25, 0.25]], [[0.25, 0.5, 0.25]]], 500, axis=1)
    evidence = read(DrawnShares(stuck), AREA)
    assert evidence.rhat == 1e6
    assert len(evidence.cautions) == 2
    assert len(evidence.cautions) == 2
    constant = read(DrawnShares(np.full((2, 500, 3), 1 / 3)), AREA)
    assert (constant.rhat, constant.ess) == (None, None)


def bad(draw: int, population: int, values: Any) -> np.ndarray:
    changed = SHARES.copy()
    changed[draw, population] = values
    return changed


LABELS: dict[str, Any] = {"goals": GOALS, "populations": POPULATIONS}
REFUSED: dict[str, tuple[Any, str]] = {
    "negative": (
        DrawnShares(bad(2, 1, [-0.1, 0.6, 0.5]), **LABELS),
        "array: a share is negative: -0.1 in draw 3, 'west', 'Left'. Valid: a number from 0 to 1.",
    ),
    "sum": (
        DrawnShares(bad(4, 0, [0.5, 0.6, 0.1]), **LABELS),
        "array: the shares sum to 1.2 in draw 5, 'east'. Valid: shares of all goals that sum to 1.",
    ),
    "sums": (DrawnShares(SHARES * 1.01, **LABELS), "in draw 1, 'east' and 11 more"),
    "NaN": (
        DrawnShares(bad(0, 0, [np.nan, 0.5, 0.5]), **LABELS),
        "array: a share is nan in draw 1, 'east', 'Left'",
    ),
    "sum in a chain": (
        DrawnShares(bad(4, 0, [0.5, 0.6, 0.1]).reshape(2, 3, 2, 3), **LABELS),
        "the shares sum to 1.2 in draw 2 of chain 2, 'east'",
    ),
    "no draws": (DrawnShares(np.empty((0, 3))), "array: there are no draws"),
    "unknown goal": (
        DrawnShares(SHARES[:, 0], goals=["Left", "Rihgt", "Unsure"]),
        "the goal 'Rihgt' of the draws is none of the problem area. Valid: 'Left', 'Right', "
        "'Unsure', 'None', 'no goal'. Fix: did you mean 'Right'?",
    ),
    "missing goal": (
        DrawnShares(SHARES[:, 0, :2] / SHARES[:, 0, :2].sum(-1, keepdims=True), goals=GOALS[:2]),
        "no draws are given for the goal 'no goal'",
    ),
    "case": (
        DrawnShares(SHARES[:, 0], goals=["left", "Right", "Unsure"]),
        "differs from 'Left' only by case",
    ),
    "not an answer": (
        DrawnShares(SHARES[:, 0], goals=["Left", "Right", "Refused"]),
        "'Refused' is declared not to be an answer, so nobody has it as a goal",
    ),
    "goal twice": (
        DrawnShares(SHARES[:, 0], goals=["Left", "Left", "Unsure"]),
        "the goal 'Left' is there twice",
    ),
    "population twice": (
        DrawnShares(SHARES, populations=["east", "east"]),
        "the population 'east' is there twice",
    ),
    "populations alike": (
        DrawnShares(SHARES, populations=["east", "East"]),
        "populations differ only by case, white space or Unicode form: 'east', 'East'",
    ),
    "blank population": (DrawnShares(SHARES, populations=["east", ""]), "a population is blank"),
    "hidden character": (
        DrawnShares(SHARES, populations=["east", "a\u200b"]),
        "holds the invisible character",
    ),
    "wrong number of labels": (
        DrawnShares(SHARES, populations=["east"]),
        "the axis 'population' has length 2, and there are 1 labels",
    ),
    "wrong number of goals": (
        DrawnShares(SHARES[:, 0, :2]),
        "the axis 'goal' has length 2, and there are 3 labels",
    ),
    "one text": (DrawnShares(SHARES, populations="east"), "populations is the single text 'east'"),
    "populations forgotten": (
        DrawnShares(SHARES),
        "the array has 6 chains of 2 draws, so its first two axes are others",
    ),
    "axes": (DrawnShares(SHARES[0, 0]), "the array has 1 axes. Valid: (draw, goal), or (chain"),
    "text": (DrawnShares([["a", "b", "c"]]), "the draws are not an array of numbers"),
    "variable": (
        DrawnShares(TREE, variable="proprtion"),
        "there is no variable 'proprtion'. Valid: 'proportion'. Fix: did you mean 'proportion'?",
    ),
    "dims": (
        DrawnShares(TREE, population="region"),
        "the variable 'proportion' has the dims 'chain', 'draw', 'population', 'goal'. "
        "Valid: 'chain', 'draw', 'goal'",
    ),
    "labels twice": (
        DrawnShares(TREE, goals=GOALS),
        "goals is stated, and the axis 'goal' has labels of its own",
    ),
    "no numbers": (
        DrawnShares(xr.DataArray([["a"] * 3], dims=["draw", "goal"], name="proportion")),
        "the variable 'proportion' does not hold numbers",
    ),
    "no labels": (
        DrawnShares(xr.DataArray(SHARES, dims=["draw", "population", "goal"])),
        "the axis 'population' has no labels. Fix: state them, as in populations=['...']",
    ),
    "columns": (
        DrawnShares({"draw": ["1"], "gaol": ["Left"], "share": ["1"]}),
        "there is neither a column for each goal, nor one of the goal and of its share",
    ),
    "stated column": (
        DrawnShares(WIDE, population="region"),
        "there is no column 'region'",
    ),
    "labels of a table": (
        DrawnShares(LONG, populations=POPULATIONS),
        "populations is stated, and a table has labels of its own",
    ),
    "fewer draws": (
        DrawnShares(LONG.iloc[:-3]),
        "there are different numbers of draws: 6 for some labels, 5 for 'west', 'Left', and fewer "
        "for 2 others",
    ),
    "combination": (
        DrawnShares(LONG[(LONG.population == "east") | (LONG.goal != "Left")]),
        "no draw has a number for 'west', 'Left'",
    ),
    "row twice": (
        DrawnShares(pd.concat([LONG, LONG.iloc[:1]])),
        "data frame, row 37: the draw '0' has 'east', 'Left' twice",
    ),
    "chains without their column": (DrawnShares(WITHIN), "if draws are counted within chains"),
    "blank": (
        DrawnShares(LONG.assign(share=[np.nan, *LONG.share[1:]])),
        "data frame, row 1, column 'share': the share is blank",
    ),
    "goal of a column": (
        DrawnShares(WIDE.rename(columns={"Right": "Rihgt"})),
        "no draws are given for the goal 'Right'",
    ),
    "empty": (DrawnShares(LONG.iloc[:0]), "no draws: there is a header but no row below it"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_said(name: str) -> None:
    declaration, message = REFUSED[name]
    assert message in refused(declaration, AREA)


def test_everything_wrong_is_said_at_once() -> None:
    values = bad(1, 1, [-0.5, 1.0, 0.5])
    values[3, 0] = [0.5, np.nan, 0.5]
    values[5, 0] = 1
    text = refused(
        DrawnShares(values, goals=["Left", "Rihgt", "Unsure"], populations=POPULATIONS), AREA
    )
    for part in ("'Rihgt'", "for the goal 'Right'", "negative", "nan", "sum to 3 in draw 6"):
        assert part in text


@pytest.mark.parametrize("content", [b"\x89HDF\r\n\x1a\n" + bytes(99), b"CDF\x01" + bytes(99)])
def test_a_damaged_or_old_netcdf_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.nc").write_bytes(content)
    text = refused(DrawnShares("a.nc"), AREA, tmp_path)
    assert "a.nc: the netCDF file cannot be read" in text
    assert "Valid: netCDF 4" in text


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "the file 'a.nc' does not exist" in refused(DrawnShares("a.nc"), AREA, tmp_path)
