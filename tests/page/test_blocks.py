"""One table of raw values, and what each face makes of it."""

import numpy as np
import pytest

from bayes_misalign.page import columns as of
from bayes_misalign.page.blocks import Paragraph, Section, Table
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.settings import Interval

ESTIMATE = Estimate("share", np.linspace(0.2, 0.4, 4001).reshape(1, -1), Interval(0.9))
HIDDEN = Estimate("share", np.linspace(0.2, 0.4, 4001).reshape(1, -1), withheld=True)
COLUMNS = [
    of.Label("source", faces=of.CSV),
    of.Label("rater", plain="name"),
    of.Pair("goals"),
    of.Count("n", "answers", "n"),
    of.Mean("severity"),
    of.Above("above", "probability above 0.3", "P(> 0.3)", faces=of.READERS | of.CSV, level=0.3),
]
ROW = ("=a.csv", "<Ann>", ("stay", "leave"), 1200.0, ESTIMATE, ESTIMATE)
TABLE = Table(COLUMNS, [ROW], "Raters", of.EVERY, "raters")


def test_a_page_has_headings_and_texts() -> None:
    grid = TABLE.grid()
    assert grid.columns == [
        *("rater", "goal", "other goal", "answers"),
        *("severity", "90 % interval", "probability above 0.3"),
    ]
    assert grid.rows == [["<Ann>", "stay", "leave", "1,200", "0.30", "0.21 to 0.39", "0.50"]]
    assert grid.labels == 3


def test_a_terminal_has_short_headings() -> None:
    assert TABLE.headings("terminal")[3:] == ["n", "severity", "90 % eti", "P(> 0.3)"]


def test_csv_has_machine_names_and_all_numbers() -> None:
    assert TABLE.headings("csv") == [
        *("source", "rater", "goal", "goal_other", "n"),
        *(*of.NUMBERS, "above"),
    ]
    (row,) = TABLE.cells("csv")
    assert row[:5] == ["=a.csv", "<Ann>", "stay", "leave", 1200.0]
    assert row[5:10] == [ESTIMATE.mean, ESTIMATE.sd, ESTIMATE.median, *ESTIMATE.interval]
    assert row[10:12] == [0.9, "eti"]
    assert row[13] == pytest.approx(0.5, abs=1e-3)


def test_json_has_rows_of_raw_values() -> None:
    expected = {"name": "<Ann>", "goals": ("stay", "leave"), "n": 1200.0, "severity": ESTIMATE}
    assert TABLE.records() == [expected]


def test_withheld_numbers_are_words_for_readers_and_nothing_for_machines() -> None:
    table = Table([of.Mean("share"), of.Brief("part"), of.Above("above")], [[HIDDEN] * 3])
    assert table.cells("page") == [["withheld"] * 4]
    (row,) = table.cells("csv")
    assert row == [*[None] * 5, 0.95, "eti", *[None] * 3]


def test_numbers_that_do_not_exist_are_blank_or_a_dash() -> None:
    columns = [of.Mean("share"), of.Brief("ratio"), of.Number("deff", form=".2f")]
    table = Table(columns, [(None, None, float("nan")), (ESTIMATE, ESTIMATE, 1.034)])
    assert table.cells("page")[0] == ["", "", "–", "–"]
    assert table.cells("page")[1][2:] == ["0.30 (0.21 to 0.39)", "1.03"]
    assert table.headings("page")[1] == "90 % interval"


def test_the_union_has_a_name_for_readers_and_a_scope_for_machines() -> None:
    table = Table([of.Group("population")], [[None], ["=1"]])
    assert table.cells("page") == [["all populations together"], ["=1"]]
    assert table.headings("csv") == ["scope", "population"]
    assert table.cells("csv") == [["union", ""], ["population", "=1"]]


def test_a_page_may_show_the_first_rows_only() -> None:
    table = Table([of.Count("n")], [[float(i)] for i in range(5)], most=2)
    assert len(table.grid().rows) == 2
    assert len(table.cells("csv")) == len(table.records()) == 5


def test_readers_see_no_table_without_rows() -> None:
    empty = Table([of.Count("n")], [], faces=of.EVERY, name="empty")
    line = Paragraph("said on a terminal", of.TERMINAL)
    section = Section("key", "Title", [empty, line, TABLE])
    assert section.of("page") == [TABLE]
    assert section.of("terminal") == [line, TABLE]
    assert section.of("csv") == [empty, TABLE]
