"""Reports on goals behind reports: the verdict first, raters as text, nothing withheld shown."""

import csv
import io
import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.families.reports.agreement import Agreement
from bayes_misalign.families.reports.identification_checks import ASSUMED
from bayes_misalign.page.blocks import Grid, Paragraph
from bayes_misalign.page.number_text import estimate_text, interval_text, mean_text
from bayes_misalign.report.figures.draw import draw_figures
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_html import to_html
from bayes_misalign.report.render_json import summary, to_json
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.report.render_terminal import as_text
from bayes_misalign.report.sections import document
from bayes_misalign.report.words import headline
from tests.noisy_studies import (
    HOSTILE,
    TWO_RATERS,
    acted,
    labelled,
    made_up,
    ones,
    prior_only_posterior,
    study_of,
)
from tests.report.cases import section_of, single_posterior, with_state
from tests.report.test_render_html import Page
from tests.report.test_words import VERDICTS

INDEPENDENT = "assuming reports are independent given the goal"
VERDICT = f"Identified by the prior only, {INDEPENDENT}: no agent has more than 2 labels"


@cache
def withheld_posterior() -> bm.Posterior:
    return with_state(prior_only_posterior(), "not_converged")


@cache
def behaviour_posterior() -> bm.Posterior:
    """Return a result of three choices in one situation and one in another, of two populations."""
    rng = np.random.default_rng(1)
    did = np.concatenate([rng.multinomial(n, [0.5, 0.5], 30) for n in (3, 1)], axis=1)
    expected = [[0.9, 0.1, 0.7, 0.3], [0.2, 0.8, 0.4, 0.6]]
    names = ((HOSTILE[0], "y"), ("u", "v"))
    columns: dict[str, Any] = {"population": np.repeat([0, 1], 15)}
    return made_up(study_of(acted(did, names, "ab", "pq", columns, expected=expected)))


@cache
def identified_posterior() -> bm.Posterior:
    rng = np.random.default_rng(2)
    columns: dict[str, Any] = {"population": np.repeat([0, 1], 20)}
    said = ones(rng.integers(2, size=(40, 3)), 2)
    return made_up(study_of(labelled(said, "ab", None, "pq", columns)))


@cache
def contradicted_posterior() -> bm.Posterior:
    """Return a result of one rater, some of whose assumed error rates its labels contradict."""
    made = made_up(study_of(labelled(ones([[0]] * 160 + [[1]] * 40, 2))))
    dims, draws = made.groups.groups["posterior"]["misalignment"]
    row = {"misalignment": (("error_rate", *dims), np.stack([draws] * 2))}
    groups = {**made.groups.groups, ASSUMED: row}
    coords = {**made.groups.coords, "error_rate": ("0.05", "0.3")}
    return bm.Posterior(replace(made.groups, groups=groups, coords=coords))


@cache
def known_posterior() -> bm.Posterior:
    """Return a result of two raters of known error rates, and one of unknown ones."""
    emission = np.full((3, 2, 2), np.nan)
    emission[0], emission[1] = [[0.95, 0.05], [0.05, 0.95]], [[0.9, 0.1], [0.3, 0.7]]
    said = ones(np.random.default_rng(3).integers(2, size=(40, 3)), 2)
    return made_up(study_of(labelled(said, emission=emission)))


def grids(section: Any) -> dict[str, list[list[str]]]:
    return {b.caption: b.rows for b in section.blocks if isinstance(b, Grid)}


def sections(posterior: bm.Posterior) -> list[str]:
    return [section.key for section in document(gather(posterior)).sections]


def test_that_only_the_prior_speaks_is_said_before_anything_else() -> None:
    posterior = prior_only_posterior()
    findings = gather(posterior)
    assert headline(findings).startswith(VERDICT)
    assert document(findings).headline[0].startswith(VERDICT)
    assert Page(to_html(findings, figures=False)).texts[1].startswith(VERDICT)
    assert to_markdown(findings).startswith(f"**{VERDICT}")
    assert as_text(posterior).splitlines()[0].startswith(VERDICT[:60])
    for text in (headline(findings), *document(findings).headline):
        assert not VERDICTS.search(text)
    keys = sections(posterior)
    assert keys.index("identification") < keys.index("misalignment")


def test_the_row_of_error_rates_stands_in_place_of_one_number() -> None:
    posterior = prior_only_posterior()
    findings = gather(posterior)
    text, table = as_text(posterior), posterior.assumed()
    one = estimate_text(posterior.misalignment()["all"], named=True)
    assert one not in " ".join(document(findings).headline)
    assert one not in text
    for rate, found in table.items():
        estimate = found["all"]
        shown = estimate_text(estimate, named=rate == "0.01")
        percent = f"{100 * float(rate):g} %"
        for said in (headline(findings), " ".join(document(findings).headline)):
            assert f"{shown} if {percent}" in said
        rows = [line for line in text.splitlines() if line.startswith("all  ")]
        row = next(line for line in rows if percent in line)
        assert mean_text(estimate) in row
        low, high = estimate.interval  # with as many digits as the others of its column
        digits = len(row.split(" to ")[0].rpartition(".")[2])
        assert f"{low:.{digits}f} to {high:.{digits}f}" in row
    drawn = draw_figures(findings)
    assert "misalignment" not in drawn
    assert {"assumed", "agreement"} <= set(drawn)
    for rate in table:
        assert f"{100 * float(rate):g} %" in drawn["assumed"].alt
    page = Page(to_html(findings, drawn=drawn))
    assert len(page.all("img")) == len(drawn)
    # in a notebook too
    assert one not in posterior._repr_html_()
    assert {"assumed", "agreement"} <= set(posterior.plot.of_models())
    with pytest.raises(bm.ResultError, match=r"posterior\.plot\.of_models\(\)"):
        posterior.plot.misalignment()
    assert list(table.to_frame()["error_rate"]) == list(table)


def test_error_rates_that_the_labels_speak_against_are_marked() -> None:
    posterior = contradicted_posterior()
    findings, mark = gather(posterior), "the labels speak against it"
    text = as_text(posterior)
    assert text.count("30 % *") == 1
    assert text.count("5 % *") == 0
    assert text.count(f"* {mark}, whatever the goal shares are") == 1
    for said in (headline(findings), " ".join(document(findings).headline)):
        assert said.count(mark) == 1
        assert f"if 30 % ({mark})" in said
    for page in (to_markdown(findings), " ".join(Page(to_html(findings, figures=False)).texts)):
        assert f"30 % of reports wrong ({mark})" in page
        assert f"5 % of reports wrong ({mark})" not in page
        assert "Where the labels speak against an error rate" in page
    drawn = draw_figures(findings)["assumed"]
    assert drawn.caption.endswith(f"Pale: {mark}.")
    (area,) = summary(posterior)["problem_areas"]
    five, thirty = area["noisy_reports"]["assumed_error_rates"]
    assert (five["reports_speak_against_it"], thirty["reports_speak_against_it"]) == (False, True)
    assert five["p_value_of_reports"] == 1
    assert 0 < thirty["p_value_of_reports"] < 0.01
    # two raters of whom 28 and 24 of 40 labels are equal fit every rate
    others = (as_text(prior_only_posterior()), to_markdown(gather(prior_only_posterior())))
    for text in others:
        assert "speak against" not in text


def test_error_rates_that_are_known_are_called_known() -> None:
    findings = gather(known_posterior())
    section: Any = section_of(findings, "raters")
    (rows,) = [rows for caption, rows in grids(section).items() if caption.startswith("Raters")]
    assert rows[0][3:] == ["0.9500", "known", "0.0500", "known"]
    assert "known" not in rows[1][3:5]
    assert rows[1][5:] == ["0.3000", "known"]
    assert "known" not in rows[2]
    said = [block.text for block in section.blocks if isinstance(block, Paragraph)]
    assert sum(text.startswith("The error rates of r2 are known: ") for text in said) == 1
    assert "0.9500" in as_text(known_posterior())
    (area,) = summary(known_posterior())["problem_areas"]
    found = area["noisy_reports"]["raters"]
    assert [rater["error_rates_known"] for rater in found] == [True, True, False]
    assert found[0]["accuracy"]["sd"] == 0
    assert "error rates of" not in to_markdown(gather(identified_posterior()))


def test_a_difference_that_rounds_to_nothing_has_no_sign() -> None:
    findings = gather(prior_only_posterior())
    noise = np.linspace(-1, 1, 101)[:, None]
    for gap, shown in ((-0.01, "0.0"), (0.01, "0.0"), (-0.5, "−0.9")):
        agreement = Agreement(("x & y",), np.array([gap]), noise)
        found = replace(findings.of_models["noisy-labels"], agreement=agreement)
        changed = replace(findings, of_models={"noisy-labels": found})
        rows = grids(section_of(changed, "raters"))[
            "How often two reports about the same agent are equal"
        ]
        assert rows[0][3] == shown


def test_where_data_identify_the_model_the_number_comes_first() -> None:
    posterior = identified_posterior()
    findings = gather(posterior)
    assert headline(findings).startswith("Two agents drawn at random")
    why = "agents have up to 3 independent labels each"
    verdict = f"Identified by repeated reports, {INDEPENDENT}: {why}"
    assert any(line.startswith(verdict) for line in document(findings).headline[1:])
    assert verdict in " ".join(as_text(posterior).split())
    drawn = draw_figures(findings)
    assert "misalignment" in drawn
    assert "assumed" not in drawn
    keys = sections(posterior)
    assert keys.index("misalignment") < keys.index("identification")
    assert "reports wrong" not in csv_tables(findings)["other_readings.csv"]


@pytest.mark.parametrize(
    "posterior",
    [
        prior_only_posterior,
        withheld_posterior,
        behaviour_posterior,
        identified_posterior,
        contradicted_posterior,
        known_posterior,
    ],
)
def test_every_face_is_sound(posterior: Any) -> None:
    findings = gather(posterior())
    page = Page(to_html(findings))
    assert page.open == []
    assert "script" not in {tag for tag, _ in page.tags}
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    links = {str(a["href"]) for a in page.all("a") if "download" not in a}
    assert {link[1:] for link in links} <= set(ids)

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    json.loads(to_json(findings), parse_constant=refuse)
    assert "<script>" not in to_markdown(findings)
    assert max(map(len, as_text(posterior()).splitlines())) <= 80
    for text in csv_tables(findings).values():
        for row in csv.reader(io.StringIO(text)):
            for value in row:
                assert value[:1] not in ("=", "+", "@", "\t", "\r")
                if value.startswith("-"):
                    assert float(value) < 0


def test_names_of_raters_are_shown_as_text() -> None:
    findings = gather(prior_only_posterior())
    html = to_html(findings, figures=False)
    assert HOSTILE[0] not in html
    assert HOSTILE[0] in " ".join(Page(html).texts)
    assert "\\<script\\>" in to_markdown(findings)
    text = csv_tables(findings)["raters.csv"]
    names = {row["rater"] for row in csv.DictReader(io.StringIO(text))}
    assert names == {HOSTILE[0], f"'{HOSTILE[1]}"}
    assert HOSTILE[1] in as_text(prior_only_posterior())
    assert "<script" not in draw_figures(findings)["agreement"].svg


def test_numbers_are_those_of_the_result() -> None:
    posterior = prior_only_posterior()
    (area,) = summary(posterior)["problem_areas"]
    found = area["noisy_reports"]
    assert posterior.identification is not None
    assert found["identification"] == posterior.identification.to_plain()
    for row in found["assumed_error_rates"]:
        estimate = posterior.assumed()[f"{row['error_rate']:g}"]["all"]
        assert row["misalignment"]["all"] == estimate.as_dict()
    assert [row["name"] for row in found["raters"]] == list(HOSTILE)
    for row in found["raters"]:
        assert row["labels"] == 40
        assert row["accuracy"] == posterior.accuracies()[row["name"]].as_dict()
        goal, label, often = posterior.confusions()[row["name"]]
        frame = posterior.confusions().to_frame("polars")
        in_frame = frame.filter(frame["rater"] == row["name"])
        assert in_frame.select("goal", "label", "mean").rows() == [(goal, label, often.mean)]
        stated = {"goal": goal, "label": label, "probability": often.as_dict()}
        assert row["most_common_confusion"] == stated
    (pair,) = found["agreement"]["pairs"]
    equal = np.mean([TWO_RATERS[HOSTILE[0]][i] == TWO_RATERS[HOSTILE[1]][i] for i in range(40)])
    assert pair["observed"] == equal
    rows = csv.DictReader(io.StringIO(csv_tables(gather(posterior))["other_readings.csv"]))
    for reading in rows:
        name = reading["reading"].removesuffix(" of reports wrong")
        estimate = {**posterior.assumed(), **posterior.naive()}[name]["all"]
        assert float(reading["mean"]) == estimate.mean


def test_withheld_numbers_are_withheld_everywhere() -> None:
    shown, posterior = prior_only_posterior(), withheld_posterior()
    findings = gather(posterior)
    assert headline(findings).startswith("This fit has not converged")
    drawn = draw_figures(findings)
    assert not {"assumed", "agreement", "misalignment", "shares"} & set(drawn)
    html = " ".join(Page(to_html(findings, drawn=drawn)).texts)
    texts = (html, to_markdown(findings), as_text(posterior))
    hidden = [found["all"] for found in shown.assumed().values()]
    hidden += [*shown.misalignment().values(), *shown.accuracies().values()]
    hidden += [often for _, _, often in shown.confusions().values()]
    for text in texts:
        for estimate in hidden:
            assert interval_text(estimate) not in text
    (area,) = summary(posterior)["problem_areas"]
    found = area["noisy_reports"]
    for row in found["assumed_error_rates"]:
        assert row["misalignment"]["all"]["mean"] is None
    for row in found["raters"]:
        assert row["accuracy"]["mean"] is None
        assert row["posterior_over_prior_sd"] is None
        assert row["most_common_confusion"] is None
    assert found["agreement"] is None
    verdict = found["identification"]
    assert verdict["basis"] == "the prior only"
    assert verdict["misalignment"] == verdict["accuracy"] == {}
    # what was counted at face value rests on no chain
    naive = found["naive_misalignment"]["majority vote"]["all"]
    kept = shown.naive()["majority vote"]["all"].as_dict()
    assert naive == kept | {"mcse": naive["mcse"]}
    rows = list(csv.DictReader(io.StringIO(csv_tables(findings)["raters.csv"])))
    assert {row["mean"] for row in rows} == {""}


def test_behaviour_has_no_raters() -> None:
    findings = gather(behaviour_posterior())
    found = findings.of_models["behaviour"]
    assert found.accuracies is None
    assert "raters.csv" not in csv_tables(findings)
    assert "likeliest goal of each agent" in found.naive
    (area,) = summary(behaviour_posterior())["problem_areas"]
    assert area["noisy_reports"]["raters"] == []
    assert "q1, repeated" in to_markdown(findings)


def test_answers_say_nothing_of_reports() -> None:
    findings = gather(single_posterior())
    assert findings.of_models == {}
    (area,) = summary(single_posterior())["problem_areas"]
    assert area["noisy_reports"] is None
    assert not {"identification", "raters"} & set(sections(single_posterior()))
    assert not {"raters.csv", "agreement.csv", "other_readings.csv"} & set(csv_tables(findings))
