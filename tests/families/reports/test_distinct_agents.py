from collections import Counter

import numpy as np
import pytest

from bayes_misalign.families.reports.agents import Agents, one_each
from bayes_misalign.families.reports.distinct_agents import Reports, to_patterns
from bayes_misalign.reading.row_ids import RowIds, repeated_keys


@pytest.mark.parametrize("seed", range(20))
def test_patterns_are_those_of_the_full_table(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, cells, m = 60, 4, int(rng.integers(0, 200))
    agents = Agents(
        ("s", "t"),
        rng.integers(2, size=n),
        rng.integers(-1, 2, size=n),
        rng.integers(3, size=n).astype(float),
        rng.integers(3, size=n).astype(float),
        True,
    )
    agent, cell = rng.integers(n, size=m), rng.integers(cells, size=m)
    times = rng.integers(3, size=m).astype(float)
    full = np.zeros((n, cells), int)
    np.add.at(full, (agent, cell), times.astype(int))
    kept = (full.any(axis=1) | (agents.gold >= 0)) & (agents.number > 0)
    keys = [
        (int(agents.population[i]), int(agents.gold[i]), *full[i].tolist())
        for i in np.flatnonzero(kept)
    ]
    number = Counter[tuple[int, ...]]()
    for key, stands in zip(keys, agents.number[kept], strict=True):
        number[key] += int(stands)

    made = to_patterns(agents, Reports(agent, cell, times), cells, print)
    assert made is not None
    fields, pattern = made
    rows = np.column_stack([fields["population"], fields["gold"], fields["reports"]])
    assert [tuple(row) for row in rows.tolist()] == list(number)
    np.testing.assert_array_equal(fields["agents"], list(number.values()))
    np.testing.assert_array_equal(pattern >= 0, kept)
    assert [tuple(row) for row in rows[pattern[kept]].tolist()] == keys
    weights = agents.number * agents.weight
    assert fields["row_weight"].sum() == weights[kept].sum()
    assert fields["row_weight_sq"].sum() == (weights * agents.weight)[kept].sum()


@pytest.mark.parametrize("seed", range(10))
def test_ids_are_numbered_by_first_appearance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    texts = [f"r{i}" for i in rng.integers(20, size=50)]
    ids, place = RowIds(), {text: i for i, text in enumerate(dict.fromkeys(texts))}
    ids.extend(range(len(texts)), texts)
    np.testing.assert_array_equal(ids.numbers(), [place[text] for text in texts])
    again = [(texts.index(t), i) for i, t in enumerate(texts) if texts.index(t) != i]
    assert repeated_keys(*ids.named()) == sorted(again)


def test_repeats_are_found_in_any_order_and_up_to_a_limit() -> None:
    keys, rows = np.array([1, 0, 1, 1, 0]), np.array([9, 8, 7, 6, 5])
    assert repeated_keys(keys, rows) == [(5, 8), (6, 7), (6, 9)]
    assert repeated_keys(keys, rows, most=1) == [(6, 7)]
    assert repeated_keys(keys[:0], rows[:0]) == []


def test_the_first_stated_value_of_each_agent() -> None:
    agent, values = np.array([0, 0, 1, 0]), np.array([3, 4, 5, 6])
    first, twice = one_each(agent, values, np.array([False, True, True, True]), 3)
    assert first.tolist() == [1, 2, -1]
    assert twice == [(1, 3)]
