"""The studies on docs/notes/papers.md have the probabilities that can be counted by hand.

Of these and all other examples it is said what their numbers mean, and what they cannot mean.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "notes" / "papers.md"
EXAMPLES = sorted(ROOT.glob("examples/*/README.md"))


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """Return what the cells of the page define."""
    cells = re.findall(r"```\{code-cell\} ipython3\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exact = [cell for cell in cells if ":tags: [sampled]" not in cell]
    assert len(exact) == len(cells) - 1
    exec("\n".join(exact), names)  # noqa: S102  # the page is ours
    return names


def test_exact_probabilities(found: dict[str, Any]) -> None:
    assert found["couple"] == [1, 0]
    assert found["sides"] == {"parent": pytest.approx(0.2), "child": pytest.approx(0.8)}
    assert found["bedfellows"] == [1, 0]
    state = found["taxes"].between().means
    np.testing.assert_allclose(state, [[0.32, 0.5], [0.5, 0.5]], atol=1e-12)
    # platform, moderators, users
    expected = [[0, 0.7, 0.65], [0.7, 0.42, 0.419], [0.65, 0.419, 0.416]]
    np.testing.assert_allclose(found["moderation"].between().means, expected, atol=1e-12)
    # of published percentages 2 p (1 - p), but for what is not known of a sample
    plugged = {"2018": 0.4928, "2021": 0.4838, "2023": 0.455, "2025": 0.48}
    of_years = {year: found["years"].misalignment()[year].mean for year in plugged}
    assert of_years == pytest.approx(plugged, abs=0.001)
    assert found["firms"] == {"weights": pytest.approx(0.52), "majority": 1, "head": 0}
    assert found["predators"] == pytest.approx(0.18)
    assert found["met"] == pytest.approx(0.36)
    assert round(float(np.mean(found["streets"])), 6) == 0.106346
    assert found["encounters"].sum() == pytest.approx(1)


def test_what_numbers_mean_and_cannot_mean() -> None:
    studies = PAGE.read_text("utf-8").split("\n## ")[1:-1]
    assert len(studies) == 8
    for study in studies:
        assert "*It means*" in study
        assert "*It cannot mean*" in study


@pytest.mark.parametrize("page", EXAMPLES, ids=lambda page: page.parent.name)
def test_each_example_says_what_its_number_means(page: Path) -> None:
    text = " ".join(page.read_text("utf-8").split())
    said = re.findall(r"\*\*What the numbers? .{5,30} cannot mean\.\*\* (.{40})", text)
    assert len(said) == 1
    assert re.search(r"[Ii]t cannot (mean|say)|not measurements", text.split(said[0])[1])
