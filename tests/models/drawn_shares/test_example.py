"""The example of draws that another model has made."""

import csv
import runpy
from pathlib import Path

import numpy as np

import bayes_misalign as bm

EXAMPLE = Path(__file__).parents[3] / "examples" / "drawn"


def test_its_draws_are_those_of_its_script() -> None:
    made = runpy.run_path(str(EXAMPLE / "make_draws.py"))["rows"]()
    with (EXAMPLE / "draws.csv").open(encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header == ["draw", "population", "Biden", "Trump", "Unsure"]
    shares, others = (np.array([row[2:] for row in table], dtype=float) for table in (made, rows))
    assert [row[:2] for row in made] == [row[:2] for row in rows]
    np.testing.assert_allclose(shares, others, atol=2e-6)  # the last digit may be rounded otherwise


def test_misalignment_is_that_of_the_table() -> None:
    posterior = bm.fit(bm.read_study(EXAMPLE / "study.toml"), draws=250)
    shares = posterior.study.goals.shares  # type: ignore[attr-defined]
    found = posterior.misalignment()
    for i, name in enumerate(("all adults", "likely voters")):
        expected = 2 * shares[:, i, 0] * shares[:, i, 1]
        np.testing.assert_allclose(found[name].draws.ravel(), expected, rtol=1e-12)
    assert found["likely voters"].mean > found["all adults"].mean + 0.03
