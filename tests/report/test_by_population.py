"""A report on conflict that was measured in each population."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.page.blocks import Grid, Section
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.reading.conflict import ConflictEvidence
from bayes_misalign.report.figures.draw import draw_figures
from bayes_misalign.report.figures.lines import COLOURS
from bayes_misalign.report.findings import WITHIN_ONLY, Findings, gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_html import to_html
from bayes_misalign.report.render_json import summary_of, to_json
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.report.render_terminal import as_text
from bayes_misalign.report.sections import document
from bayes_misalign.report.words import contrast_sentence
from bayes_misalign.study.study import Study
from tests import told
from tests.report.cases import elicited_posterior, with_state
from tests.told import WAVES


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    with told.known_model():
        yield


@pytest.fixture(scope="module")
def posterior() -> bm.Posterior:
    with told.known_model():
        return bm.fit(told.study())


@pytest.fixture(scope="module")
def findings(posterior: bm.Posterior) -> Findings:
    with told.known_model():
        return gather(posterior)


def section(findings: Findings, key: str) -> Section:
    (found,) = [s for s in document(findings).sections if s.key == key]
    return found


def grids(part: Section) -> list[Grid]:
    return [block for block in part.blocks if isinstance(block, Grid)]


def rows(findings: Findings, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_tables(findings)[name])))


def test_what_nobody_measured_is_left_out_and_said(findings: Findings) -> None:
    assert findings.overall is findings.parts is findings.mixture is None
    assert findings.between == {}
    assert findings.notes == (WITHIN_ONLY,)
    keys = [s.key for s in document(findings).sections]
    assert "union" not in keys
    assert {"comparisons", "conflict", "drivers", "uncertainty"} <= set(keys)
    assert list(findings.contributions) == list(findings.opposition) == list(WAVES)
    assert list(findings.attribution) == list(WAVES)
    text = to_markdown(findings)
    assert text.count("within each population, and not between them") == 1
    assert "all populations together:" not in text


def test_conflict_has_a_column_of_populations(findings: Findings, posterior: bm.Posterior) -> None:
    (grid,) = grids(section(findings, "conflict"))
    assert grid.columns[:3] == ["population", "goal", "other goal"]
    assert len(grid.rows) == 9
    assert grid.labels == 4
    found = rows(findings, "conflict.csv")
    assert list(found[0])[:3] == ["population", "goal", "goal_other"]
    for row in found:
        level = posterior.conflict_levels(row["population"])[f"{row['goal']} | {row['goal_other']}"]
        assert float(row["mean"]) == level.mean
    (area,) = summary_of(findings)["problem_areas"]
    assert [level["population"] for level in area["conflict"]] == list(WAVES) * 3
    assert area["overall"] is area["decomposition"] is area["mixture"] is None
    assert area["between"] == []


def test_elsewhere_there_is_no_such_column() -> None:
    findings = gather(elicited_posterior())
    (grid,) = grids(section(findings, "conflict"))
    assert grid.columns[0] == "goal"
    (area,) = summary_of(findings)["problem_areas"]
    assert not any("population" in level for level in area["conflict"])
    assert not any("due_to_conflict" in contrast for contrast in area["contrasts"])
    assert "due to" not in csv_tables(findings)["contrasts.csv"]
    assert "of it due to" not in as_text(elicited_posterior())
    assert "Kitagawa" not in to_markdown(findings)


def test_a_difference_is_shown_with_its_parts(findings: Findings, posterior: bm.Posterior) -> None:
    contrast = posterior.contrast("2030", "2010")
    assert contrast.due_to_conflict is not None
    assert contrast.due_to_shares is not None
    assert contrast.conflict_share is not None
    part = estimate_text(contrast.due_to_conflict)
    assert f", of which {part} from conflict levels; it is" in contrast_sentence(contrast)
    grid, _ = grids(section(findings, "comparisons"))
    assert grid.columns[-3:] == [
        "due to conflict levels",
        "due to goal shares",
        "part from conflict",
    ]
    row = next(row for row in grid.rows if row[:2] == ["2030", "2010"])
    assert row[-3:] == [
        part,
        estimate_text(contrast.due_to_shares),
        estimate_text(contrast.conflict_share),
    ]
    assert all(len(row) == len(grid.columns) for row in grid.rows)
    table = {
        row["quantity"]: row
        for row in rows(findings, "contrasts.csv")
        if (row["population"], row["population_other"]) == ("2030", "2010")
    }
    due = [
        float(table[f"difference due to {x}"]["mean"]) for x in ("conflict levels", "goal shares")
    ]
    assert sum(due) == pytest.approx(float(table["difference"]["mean"]), abs=1e-12)
    share = table["part of the difference due to conflict levels"]
    assert float(share["mean"]) == contrast.conflict_share.mean
    (area,) = summary_of(findings)["problem_areas"]
    stored = next(c for c in area["contrasts"] if c["populations"] == ["2030", "2010"])
    assert stored["due_to_conflict"] == contrast.due_to_conflict.as_dict()
    assert stored["conflict_share"] == contrast.conflict_share.as_dict()
    text = to_markdown(findings)
    assert "Components of a Difference Between Two Rates" in text


def test_the_terminal_shows_the_parts(posterior: bm.Posterior) -> None:
    lines = as_text(posterior).splitlines()
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith("of it due to") for line in lines) == 6
    assert not any("all populations together" in line for line in lines)


def test_the_figure_has_a_profile_for_each_pair(
    findings: Findings, posterior: bm.Posterior
) -> None:
    drawn = draw_figures(findings)
    names = ["misalignment", "change", "shares", "conflict", "contributions", "attribution"]
    assert list(drawn) == names
    figure = drawn["conflict"]
    level = posterior.conflict_levels("2020")["left | right"]
    assert f"2020, left | right {estimate_text(level)}" in figure.alt
    assert figure.caption == "Conflict levels by population: posterior mean and 95 % interval."
    nodes = ElementTree.fromstring(figure.svg).iter("{http://www.w3.org/2000/svg}text")
    texts = ["".join(node.itertext()) for node in nodes]
    assert [text for text in texts if text in WAVES] == list(WAVES)
    assert {"left | right", "left | green", "right | green", "conflict level"} <= set(texts)
    assert draw_figures(findings)["conflict"].svg == figure.svg


def test_the_figure_says_which_pairs_were_cut() -> None:
    goals = ("a", "b", "c", "d", "<e>")
    names = tuple(f"place {i}" for i in range(45))
    pairs = tuple(combinations(goals, 2))
    yes = np.tile(np.arange(len(pairs)) * 10.0 + 5.0, (len(names), 1))
    source = told.ToldConflict(pairs, names, yes, 100 - yes)
    counts = ChoiceCounts.from_counts(goals, names, np.full((len(names), 5), 20))
    made = Study.of(
        bm.ProblemArea("x", goals), counts, ConflictEvidence(goals, (source,))
    ).with_fitting(draws=100)
    figure = draw_figures(gather(bm.fit(made)))["conflict"]
    assert f"{len(COLOURS)} of 10 pairs, those with the largest parts of P(ma)." in figure.caption
    assert "The first 40 populations; the others are in the table." in figure.caption
    assert "a | b" not in figure.alt
    assert "d | <e>" in ElementTree.fromstring(figure.svg).itertext()
    assert "place 39" in figure.svg
    assert "place 40" not in figure.svg


def test_withheld_levels_are_not_shown(posterior: bm.Posterior) -> None:
    withheld = with_state(posterior, "not_converged")
    findings = gather(withheld)
    figure = draw_figures(findings)["conflict"]
    assert "left" not in figure.alt
    assert "right | green 0.5000 (known)" in figure.alt
    assert "1 of 3 pairs." in figure.caption
    hidden = [row for row in rows(findings, "conflict.csv") if row["model"] == "told"]
    assert len(hidden) == 6
    assert {row["mean"] for row in hidden} == {""}
    parts = [row for row in rows(findings, "contrasts.csv") if "due to" in row["quantity"]]
    assert parts
    assert {row["mean"] for row in parts} == {row["probability_above_0"] for row in parts} == {""}
    text = as_text(withheld) + to_json(findings) + to_html(findings)
    for wave in WAVES:
        level = posterior.conflict_levels(wave)["left | right"]
        assert estimate_text(level) not in text
        assert repr(level.mean) not in text
    (area,) = summary_of(findings)["problem_areas"]
    assert {c["due_to_conflict"]["mean"] for c in area["contrasts"]} == {None}


def test_with_every_level_withheld_there_is_no_figure(findings: Findings) -> None:
    hidden = {
        pair: {group: replace(level, withheld=True) for group, level in levels.items()}
        for pair, levels in findings.conflict.items()
    }
    assert "conflict" not in draw_figures(replace(findings, conflict=hidden))
