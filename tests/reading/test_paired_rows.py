"""Agents who are in several populations, found by their ids."""

from typing import Any

import dask.dataframe as dd
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.tables import blocks, distinct_texts
from tests.readers import read, refused

RANDOM = np.random.default_rng(7)
N = 300
GOALS = np.array(["Left", "Right", "Unsure", "Refused", ""])
PANEL: dict[str, list[Any]] = {
    "respondent": [f"r{i}" for i in [*range(N), *range(100, N + 100), *range(0, N + 100, 3)]],
    "population": ["one"] * N + ["two"] * N + ["three"] * len(range(0, N + 100, 3)),
    "goal": GOALS[RANDOM.choice(5, 2 * N + 134, p=[0.5, 0.3, 0.1, 0.05, 0.05])].tolist(),
    "weight": RANDOM.choice([0.0, 0.5, 1.0, 2.0], 2 * N + 134).tolist(),
}


def declared(columns: Any, *more: str) -> SingleChoice:
    return SingleChoice(columns, **{r: r for r in ("goal", "population", "respondent", *more)})


def by_hand(columns: dict[str, list[Any]]) -> dict[tuple[int, ...], list[Any]]:
    """What each pattern has, one agent after the other."""
    waves = list(dict.fromkeys(columns["population"]))
    place = {"Left": 0, "Right": 1, "Unsure": 2}
    agents: dict[str, dict[int, tuple[int, float]]] = {}
    for agent, wave, goal, w in zip(
        *(columns[c] for c in ("respondent", "population", "goal", "weight")), strict=True
    ):
        if goal in place:
            agents.setdefault(agent, {})[waves.index(wave)] = place[goal], w
    found: dict[tuple[int, ...], list[Any]] = {}
    for answers in agents.values():
        if len(answers) < 2:
            continue
        pattern = tuple(answers[s][0] if s in answers else -1 for s in range(len(waves)))
        found.setdefault(pattern, []).append(
            [answers[s][1] if s in answers else 0.0 for s in range(len(waves))]
        )
    return found


def check(evidence: ChoiceCounts, columns: dict[str, list[Any]], weighted: bool) -> None:
    expected = by_hand(columns)
    waves = list(dict.fromkeys(columns["population"]))
    order = [evidence.populations.index(wave) for wave in waves]
    assert len(evidence.patterns) == len(expected)
    for p, pattern in enumerate(evidence.patterns[:, order].tolist()):
        weights = np.array(expected[tuple(pattern)])
        assert evidence.pattern_counts[p] == len(weights)
        there = np.array(pattern) >= 0
        sums = weights.sum(axis=0) if weighted else len(weights) * there
        np.testing.assert_allclose(evidence.pattern_weight_sum[p, order], sums)
        if weighted:
            squares = (weights**2).sum(axis=0)
            np.testing.assert_allclose(evidence.pattern_weight_sq_sum[p, order], squares)
            products = weights.T @ weights
            cosines = [
                products[i, j] / np.sqrt(squares[i] * squares[j])
                for i in np.flatnonzero(there)
                for j in np.flatnonzero(there)
                if i < j and squares[i] * squares[j]
            ]
            np.testing.assert_allclose(evidence.pattern_alike[p], min(cosines, default=1.0))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("in_blocks", [False, True])
def test_patterns_are_those_of_the_agents_one_by_one(
    weighted: bool, in_blocks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if in_blocks:
        monkeypatch.setattr(blocks, "WORTH", 0)
        monkeypatch.setattr(distinct_texts, "MANY", 0)
    columns = pl.DataFrame(PANEL) if in_blocks else PANEL
    check(read(declared(columns, *["weight"] * weighted)), PANEL, weighted)


@pytest.mark.filterwarnings("ignore:Dask support is moving:FutureWarning")
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", ["polars", "duckdb", "dask"])
def test_a_lazy_frame_is_asked_for_its_patterns(kind: str, weighted: bool) -> None:
    frame: Any = pl.LazyFrame(PANEL)
    if kind == "duckdb":
        frame = duckdb.from_arrow(pl.DataFrame(PANEL).to_arrow())
    elif kind == "dask":
        frame = dd.from_pandas(pd.DataFrame(PANEL), npartitions=3)
    check_sums = read(declared(frame, *["weight"] * weighted))
    expected = by_hand(PANEL)
    waves = list(dict.fromkeys(PANEL["population"]))
    order = [check_sums.populations.index(wave) for wave in waves]
    assert len(check_sums.patterns) == len(expected)
    for p, pattern in enumerate(check_sums.patterns[:, order].tolist()):
        weights = np.array(expected[tuple(pattern)])
        assert check_sums.pattern_counts[p] == len(weights)
        if weighted:
            np.testing.assert_allclose(check_sums.pattern_weight_sum[p, order], weights.sum(axis=0))


def test_ids_in_one_population_each_are_no_pairs() -> None:
    evidence = read(declared({k: v[:N] for k, v in PANEL.items()}))
    assert evidence.patterns.shape == (0, 1)
    assert evidence.pairing is None


def test_an_id_that_is_twice_in_a_population_is_still_an_error() -> None:
    columns = {
        "respondent": ["a", "b", "a", "b"],
        "population": ["s", "s", "t", "s"],
        "goal": ["Left", "Left", "Right", "Left"],
    }
    text = refused(declared(columns))
    assert "rows 2 and 4 have the same respondent id in the same population" in text
    assert "in each wave of a panel" in text
    assert len(text.splitlines()) == 1
    text = refused(declared(pl.LazyFrame(columns)))
    assert "1 id is in more than one row of a population" in text


def test_without_a_population_the_remedy_names_its_column() -> None:
    text = refused(SingleChoice({"goal": ["Left"] * 2, "i": ["a"] * 2}, "goal", respondent="i"))
    assert "name the column of the wave of a panel as population" in text


def test_groups_of_agents_who_answered_alike() -> None:
    columns = {
        "respondent": ["1", "1", "2", "2", None],
        "population": ["s", "t", "s", "t", "t"],
        "goal": ["Left", "Left", "Left", "Right", "Right"],
        "count": [30, 30, 2, 2, 5],
    }
    evidence = read(declared(columns, "count"))
    np.testing.assert_array_equal(evidence.counts[:, :2], [[32, 0], [30, 7]])
    np.testing.assert_array_equal(evidence.patterns, [[0, 0], [0, 1]])
    np.testing.assert_array_equal(evidence.pattern_counts, [30, 2])
    columns["count"][1] = 29
    assert "1 rows count other numbers of agents" in refused(declared(columns, "count"))


@pytest.mark.parametrize("lazy", [False, True])
def test_clusters_are_counted_among_answers(lazy: bool) -> None:
    columns = {
        "goal": ["Left", "Right", "Refused", "Left", "Left", ""],
        "population": ["s", "s", "s", "t", "t", "t"],
        "cluster": ["c", "c", "d", "c", "e", ""],
    }
    frame = pl.LazyFrame(columns) if lazy else columns
    evidence = read(SingleChoice(frame, "goal", "population", cluster="cluster"))
    np.testing.assert_array_equal(evidence.clusters, [1, 2])
    columns["cluster"][0] = " "
    frame = pl.LazyFrame(columns) if lazy else columns
    assert "the cluster is empty in 1 row" in refused(
        SingleChoice(frame, "goal", "population", cluster="cluster")
    )
