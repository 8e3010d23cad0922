"""Tables for spreadsheets: their cells, and labels that would be formulas."""

import csv
import io

import pytest

from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from tests.report.cases import elicited_posterior, hostile_posterior, withheld_posterior

NAMES = ["misalignment", "proportions", "conflict", "between", "contrasts", "contributions"]


def rows(posterior: object, name: str) -> list[dict[str, str]]:
    text = csv_tables(gather(posterior))[f"{name}.csv"]  # type: ignore[arg-type]
    return list(csv.DictReader(io.StringIO(text)))


def test_numbers_are_those_of_the_result() -> None:
    posterior = elicited_posterior()
    found = rows(posterior, "misalignment")
    assert [row["scope"] for row in found] == ["population"] * 3 + ["union"]
    for row in found[:3]:
        estimate = posterior.misalignment()[row["population"]]
        assert float(row["mean"]) == estimate.mean
        assert (float(row["lower"]), float(row["upper"])) == estimate.interval
        assert (row["mass"], row["kind"]) == ("0.95", "eti")
    assert float(found[3]["mean"]) == posterior.overall().mean
    for row in rows(posterior, "proportions"):
        share = posterior.proportions()[row["population"]][row["goal"]]
        assert float(row["mean"]) == share.mean
    counted = rows(posterior, "counts")
    assert sum(float(row["n"]) for row in counted) == posterior.study.goals.n.sum()
    parts = [row for row in rows(posterior, "attribution") if row["scope"] == "union"]
    assert sum(
        float(row["part_of_variance"]) for row in parts if row["part"] != "conflict level"
    ) == pytest.approx(1)


@pytest.mark.parametrize("name", NAMES)
def test_withheld_cells_are_empty(name: str) -> None:
    found = rows(withheld_posterior(), name)
    assert found
    for row in found:
        known = row.get("model") == "fixed"
        assert (row["mean"] == "") is not known
        assert row["mass"] == "0.95"


def test_no_label_is_a_formula() -> None:
    tables = csv_tables(gather(hostile_posterior()))
    for text in tables.values():
        for row in csv.reader(io.StringIO(text)):
            for value in row:
                assert value[:1] not in ("=", "+", "@", "\t", "\r")
                if value.startswith("-"):
                    assert float(value) < 0
    assert "'=cmd" in tables["proportions.csv"]
    assert "'@SUM(A1)" in tables["counts.csv"]
