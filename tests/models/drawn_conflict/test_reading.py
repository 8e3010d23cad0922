"""Draws of conflict levels in every form they come in, and every way in which they can be wrong."""

from itertools import combinations
from pathlib import Path
from typing import Any

import arviz_base as azb
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from bayes_misalign.models.drawn_conflict.declaration import DrawnConflict
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.stored import from_plain, to_plain
from tests.readers import read, refused

AREA = ProblemArea("vote", ["a", "b", "c"], no_goal=["Unsure", "None"], not_answers=["Refused"])
PAIRS = tuple(combinations("abc", 2))
LEVELS = np.random.default_rng(1).beta(2, 1, size=(6, 3))  # (draw, pair)
SQUARE = np.zeros((6, 3, 3))
for p, (one, other) in enumerate(PAIRS):
    i, j = "abc".index(one), "abc".index(other)
    SQUARE[:, i, j] = SQUARE[:, j, i] = LEVELS[:, p]
TREE = azb.from_dict(
    {"posterior": {"conflict": SQUARE.reshape(2, 3, 3, 3)}},
    coords={"goal": list("abc"), "goal_other": list("abc")},
    dims={"conflict": ["goal", "goal_other"]},
)
DATASET = TREE["posterior"].to_dataset()
OF_PAIRS = xr.DataArray(
    LEVELS, dims=["draw", "pair"], coords={"pair": [f"{b} | {a}" for a, b in PAIRS]}
)
LONG = pd.DataFrame(
    [
        {"draw": d, "goal": b, "goal_other": a, "conflict": LEVELS[d, p]}
        for d in range(6)
        for p, (a, b) in enumerate(PAIRS)
    ]
)
BOTH = pd.concat([LONG, LONG.rename(columns={"goal": "goal_other", "goal_other": "goal"})])
OWN = LONG.drop_duplicates("draw").assign(goal="a", goal_other="a", conflict=0)


def written(form: str, folder: Path) -> Any:
    """Return a declaration of the same draws in a form."""
    order = [2, 0, 1]
    match form:
        case "array of pairs":
            return DrawnConflict(LEVELS, pairs=PAIRS)
        case "array of pairs by chain":
            pairs = [[b, a] for a, b in PAIRS]
            return DrawnConflict(LEVELS.reshape(2, 3, 3).tolist(), pairs=pairs)
        case "array of goals":
            return DrawnConflict(SQUARE, goals=list("abc"))
        case "array of goals in another order":
            return DrawnConflict(SQUARE[:, order][:, :, order], goals=list("cab"))
        case "tree":
            return DrawnConflict(TREE)
        case "tree in another order":
            return DrawnConflict(TREE.isel(goal=order))
        case "data array of pairs":
            return DrawnConflict(OF_PAIRS)
        case "netCDF":
            TREE.to_netcdf(folder / "a.nc", engine="h5netcdf")
            return DrawnConflict("a.nc")
        case "frame":
            return DrawnConflict(LONG)
        case "both directions":
            return DrawnConflict(pd.concat([BOTH, OWN]))
        case "CSV":
            LONG.to_csv(folder / "a.csv", index=False)
            return DrawnConflict("a.csv")
        case "Parquet":
            LONG.rename(columns={"conflict": "c"}).to_parquet(folder / "a.parquet")
            return DrawnConflict("a.parquet", conflict="c")
    raise KeyError(form)


FORMS = ["array of pairs", "array of pairs by chain", "array of goals"]
FORMS += ["array of goals in another order", "tree", "tree in another order"]
FORMS += ["data array of pairs", "netCDF", "frame", "both directions", "CSV", "Parquet"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_draws(form: str, tmp_path: Path) -> None:
    evidence = read(written(form, tmp_path), AREA, tmp_path)
    assert evidence.pairs == PAIRS
    np.testing.assert_array_equal(evidence.levels, LEVELS)
    assert "whether they have converged is for whoever made them to say" in evidence.notes[0]
    assert from_plain(to_plain(evidence)) == evidence


def test_holding_no_goal_can_be_among_the_pairs() -> None:
    evidence = read(DrawnConflict([[0.5]], pairs=[("Unsure", "b")]), AREA)
    assert evidence.pairs == (("b", "no goal"),)
    square = np.zeros((1, 4, 4))
    square[0, 3, 0] = square[0, 0, 3] = 0.5
    whole = read(DrawnConflict(square), AREA)  # goals, then no goal, are the default
    assert (len(whole.pairs), whole.levels[0, 2]) == (6, 0.5)


def test_chains_are_looked_at_and_a_cap_is_kept() -> None:
    rng = np.random.default_rng(1)
    apart = rng.beta([[[2.0]], [[9.0]]], 2, size=(2, 2500, 1))
    evidence = read(DrawnConflict(apart, pairs=[("a", "b")]), AREA)
    assert evidence.levels.shape == (4000, 1)
    assert evidence.cautions[0].what.startswith(
        "R-hat of the given draws of conflict levels reaches 1."
    )
    assert "Of the 5000 draws of conflict levels, 4000 are used" in evidence.notes[-1]


def changed(draw: int, i: int, j: int, level: float, *, both: bool = True) -> np.ndarray:
    square = SQUARE.copy()
    square[draw, i, j] = level
    if both:
        square[draw, j, i] = level
    return square


ODD = BOTH.reset_index(drop=True)
ODD.loc[18, "conflict"] = 0.125
REFUSED: dict[str, tuple[Any, str]] = {
    "one text": (DrawnConflict(SQUARE, goals="abc"), "goals is the single text 'abc'"),
    "outside": (
        DrawnConflict(changed(2, 0, 1, 1.5), goals=list("abc")),
        "array: a conflict level is outside [0, 1]: 1.5 in draw 3, 'a', 'b' and 1 more. "
        "Valid: a number from 0 to 1.",
    ),
    "negative": (
        DrawnConflict(-LEVELS[:1, :1], pairs=[("a", "b")]),
        "a conflict level is outside [0, 1]: -",
    ),
    "NaN": (
        DrawnConflict(changed(0, 0, 1, np.nan), goals=list("abc")),
        "a conflict level is nan in draw 1, 'a', 'b' and 1 more",
    ),
    "asymmetric": (
        DrawnConflict(changed(1, 1, 2, 0.25, both=False), goals=list("abc")),
        "the conflict is not the same in both directions: 0.25, and another level in draw 2, 'b', "
        "'c'. Valid: one level for both directions.",
    ),
    "diagonal": (
        DrawnConflict(changed(5, 1, 1, 0.25), goals=list("abc")),
        "a goal conflicts with itself at level 0.25 in draw 6, 'b', 'b'. "
        "Valid: 0, because agents with the same goal agree.",
    ),
    "no draws": (DrawnConflict(np.empty((0, 1)), pairs=[("a", "b")]), "array: there are no draws"),
    "unknown goal": (
        DrawnConflict([[0.5]], pairs=[("a", "bb")]),
        "array, pair 1: there is no goal 'bb'. Valid: 'a', 'b', 'c', 'Unsure', 'None', 'no goal'. "
        "Fix: did you mean 'b'?",
    ),
    "not an answer": (DrawnConflict([[0.5]], pairs=[("a", "Refused")]), "not to be an answer"),
    "pair twice": (
        DrawnConflict([[0.5, 0.5]], pairs=[("a", "b"), ("b", "a")]),
        "the pair 'a' and 'b' is named twice, before in array, pair 1",
    ),
    "paired with itself": (DrawnConflict([[0.5]], pairs=[("a", "a")]), "is paired with itself"),
    "no pair": (DrawnConflict([[0.5]], pairs=[("a", "b", "c")]), "'a | b | c' is not a pair"),
    "goal twice": (DrawnConflict(SQUARE, goals=list("aac")), "the goal 'a' is there twice"),
    "one goal": (DrawnConflict([[[0.0]]], goals=list("a")), "there is no pair of goals"),
    "axes": (
        DrawnConflict(LEVELS),
        "the array has 2 axes. Valid: (draw, goal, goal_other), or (chain, draw, goal, goal_other)",
    ),
    "labels": (DrawnConflict(SQUARE), "the axis 'goal' has length 3, and there are 4 labels"),
    "goals differ": (
        DrawnConflict(DATASET.assign_coords(goal=list("abd"))),
        "the goals of the two axes differ",
    ),
    "dims": (
        DrawnConflict(DATASET.rename(goal="other")),
        "Valid: 'chain', 'draw', 'goal', 'goal_other'",
    ),
    "no label of pairs": (
        DrawnConflict(OF_PAIRS.drop_vars("pair")),
        "the axis 'pair' has no labels. Fix: state them, as in pairs=['...']",
    ),
    "column": (
        DrawnConflict(LONG, conflict="conflcit"),
        "there is no column 'conflcit'",
    ),
    "labels of a table": (
        DrawnConflict(LONG, goals=list("abc")),
        "goals is stated, and a table has labels of its own",
    ),
    "row twice": (
        DrawnConflict(pd.concat([LONG, LONG.iloc[:1]])),
        "data frame, row 19: the draw '0' has 'b', 'a' twice",
    ),
    "fewer draws": (
        DrawnConflict(LONG.iloc[:-1]),
        "there are different numbers of draws: 6 for some labels, 5 for 'c', 'b'",
    ),
    "asymmetric table": (
        DrawnConflict(ODD),
        "the conflict is not the same in both directions: 0.125, and another level in draw 1, "
        "'a | b'",
    ),
    "diagonal of a table": (
        DrawnConflict(pd.concat([LONG, OWN.assign(conflict=1)])),
        "a goal conflicts with itself at level 1 in draw 1, 'a | a' and 5 more",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_said(name: str) -> None:
    declaration, message = REFUSED[name]
    assert message in refused(declaration, AREA)


def test_everything_wrong_is_said_at_once() -> None:
    square = changed(0, 0, 1, 1.5)
    square[1, 2, 2] = 0.5
    square[2, 0, 1] = 0.25
    text = refused(DrawnConflict(square, goals=["a", "x", "c"]), AREA)
    for part in ("outside [0, 1]: 1.5", "with itself", "both directions", "no goal 'x'"):
        assert part in text
