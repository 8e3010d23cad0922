"""Design-based estimates, as they print themselves and become frames."""

import pytest

from bayes_misalign.errors import ResultError
from bayes_misalign.page.design_estimate import DesignEstimate, DesignEstimates

ONE = DesignEstimate("P(ma) of x", 0.48, 0.03, 49.0, 0.5)


def test_the_interval_is_students_and_ends_at_what_can_be() -> None:
    low, high = ONE.interval
    assert low == pytest.approx(0.48 - 2.00958 * 0.03, abs=1e-5)
    assert high == 0.5
    above = DesignEstimate("P(ma)", 0.7, 0.01, 49.0, 0.5)
    assert above.interval == (0.5, 0.5)
    below = DesignEstimate("P(ma)", -0.1, 0.01, 49.0)
    assert below.interval == (0.0, 0.0)
    assert DesignEstimate("P(ma)", 0.4, 0.03, 49.0, mass=0.9).interval[0] > 0.4 - 0.06


def test_no_estimate_is_printed_alone() -> None:
    assert str(ONE) == "P(ma) of x: 0.48 (95 % confidence interval 0.42 to 0.50)"
    fine = DesignEstimate("P(ma) of <b>", 0.48012, 0.0003, 49.0)
    assert str(fine) == "P(ma) of <b>: 0.4801 (95 % confidence interval 0.4795 to 0.4807)"
    found = DesignEstimates("P(ma)", {"x": ONE})
    assert str(found).splitlines() == [
        "P(ma), estimate (95 % confidence interval)",
        "  x  0.48 (0.42 to 0.50)",
    ]
    assert "0.42 to 0.50" in found._repr_html_()
    assert "&lt;b&gt;" in DesignEstimates("P(ma)", {"<b>": fine})._repr_html_()
    assert str(DesignEstimates("P(ma)", {})) == "P(ma): none"


def test_they_become_frames() -> None:
    frame = DesignEstimates("P(ma)", {"x": ONE}).to_frame("polars")
    assert frame.columns[:4] == ["population", "estimate", "standard_error", "lower"]
    assert frame["kind"].to_list() == ["confidence"]
    assert ONE.to_frame("polars")["estimate"].to_list() == [0.48]


def test_a_label_that_is_not_there_is_named() -> None:
    with pytest.raises(ResultError, match="has no 'z'; there are 'x'"):
        DesignEstimates("P(ma)", {"x": ONE})["z"]
