"""A study of one population without a name: no column, and no title, speaks of populations."""

import bayes_misalign as bm
from bayes_misalign.page.blocks import Grid, Table
from bayes_misalign.page.columns import Label, Mean
from bayes_misalign.report.findings import gather
from bayes_misalign.report.sections import document


def reported(population: str | None) -> dict[str, list[Grid]]:
    table = {"vote": ["a", "b"], "n": [60, 40], "town": ["north", "north"]}
    goals = bm.SingleChoice(table, goal="vote", count="n", population=population)
    area = bm.ProblemArea("vote", goals=["a", "b"])
    posterior = bm.fit(area, goals, bm.MutuallyExclusive(), random_seed=1)
    sections = document(gather(posterior)).sections
    return {
        section.title: [block for block in section.blocks if isinstance(block, Grid)]
        for section in sections
    }


def test_one_nameless_population_has_no_column() -> None:
    found = reported(None)
    (shares,) = found["Goal shares"]
    assert shares.caption == "Goal shares"
    assert list(shares.columns)[:2] == ["goal", "share"]
    assert [row[0] for row in shares.rows] == ["a", "b"]
    assert shares.table is not None
    assert shares.table.headings("csv")[0] == "population"
    assert found["Misalignment"][0].caption == "P(ma)"


def test_a_population_that_has_a_name_keeps_it() -> None:
    found = reported("town")
    assert list(found["Goal shares"][0].columns)[:2] == ["population", "goal"]
    assert "Misalignment by population" in found


def test_the_only_label_of_a_table_stays() -> None:
    table = Table([Label("population"), Mean("P(ma)")], [])
    assert table.unlabelled("population").columns[0] == "population"
