"""What users see of the example studies, and what small exact studies draw, is as committed.

See tests/golden/README.md: what the files are, and how to renew them.
"""

from pathlib import Path

import numpy as np
import pytest

from tests.golden.draws import SOLVED, STUDIES, draws, golden_draws
from tests.golden.faces import (
    GOLDEN,
    arithmetic,
    differences,
    faces,
    golden,
    posterior_of,
    studies,
)

DRAWN, ARITHMETIC = golden_draws()
TO_THE_BYTE = arithmetic() == ARITHMETIC


def test_every_example_has_golden_files() -> None:
    assert {p.parent.name for p in GOLDEN.glob("*/terminal.txt")} == set(studies())
    assert set(DRAWN) == set(STUDIES)


def test_files_are_compared_to_the_byte() -> None:
    if not TO_THE_BYTE:
        pytest.skip("this processor rounds otherwise: numbers are compared to some digits")


@pytest.mark.parametrize("name", studies())
def test_users_see_what_they_saw(name: str, tmp_path: Path) -> None:
    seen = golden(name)
    assert seen, "write its golden files"  # before anything is fitted, which may take long
    different = differences(seen, faces(posterior_of(name), tmp_path), TO_THE_BYTE)
    assert not different, different


@pytest.mark.parametrize("name", STUDIES)
def test_exact_draws_are_what_they_were(name: str) -> None:
    found = draws(name)
    for quantity, expected in DRAWN[name].items():
        np.testing.assert_allclose(found[quantity]["some"], expected["some"], rtol=0, atol=1e-6)
        if TO_THE_BYTE and (name != SOLVED or quantity == "proportion"):
            assert found[quantity]["sha256"] == expected["sha256"]


def test_differences_are_found() -> None:
    seen = {"a.csv": "x,0.25,1.5e-3\n", "b.csv": "y,2\n"}
    almost = seen | {"a.csv": "x,0.2500000001,1.5e-3\n"}
    assert not differences(seen, dict(seen), to_the_byte=True)
    assert not differences(seen, almost, to_the_byte=False)
    assert "a.csv differs" in differences(seen, almost, to_the_byte=True)
    for changed in ("x,0.26,1.5e-3\n", "z,0.25,1.5e-3\n", "x,0.25,1.5e-3"):
        assert "a.csv differs" in differences(seen, seen | {"a.csv": changed}, to_the_byte=False)
    assert "b.csv is missing" in differences(seen, {"a.csv": seen["a.csv"]}, to_the_byte=True)
    digest = {"c.json.sha256": "0a1b"}
    assert not differences(digest, {"c.json.sha256": "2c3d"}, to_the_byte=False)
    assert "c.json.sha256 differs" in differences(
        digest, {"c.json.sha256": "2c3d"}, to_the_byte=True
    )
