"""Dates in cells and in what a study states."""

from datetime import date, datetime

import pytest

from bayes_misalign.tables.dates import as_limit, iso_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-01-31", "2020-01-31"),
        (" 2020-01 ", "2020-01"),
        ("2020-01-31 23:59:59.5", "2020-01-31"),
        ("2020-01-31T23:59Z", "2020-01-31"),
        ("2020-01-31T23:59:00+02:00", "2020-01-31"),
        ("2020-02-30", None),
        ("2020-13", None),
        ("2020", None),
        ("31.1.2020", None),
        ("2020-01-31 in the evening", None),
        ("2020-01T10:00", None),
    ],
)
def test_the_day_of_a_text(text: str, day: str | None) -> None:
    assert iso_day(text) == day


def test_limits_are_days_and_months_without_a_time() -> None:
    assert as_limit(date(2020, 2, 1)) == as_limit("2020-02-01") == "2020-02-01"
    assert as_limit("2020-02") == "2020-02"
    times = (datetime(2020, 2, 1, 12), "2020-02-01T12:00", 2020, "2020", True)
    assert [as_limit(one) for one in times] == [None] * len(times)
