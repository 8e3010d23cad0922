"""What a terminal shows."""

import io

import pytest
from rich.console import Console

from bayes_misalign.page.blocks import Table
from bayes_misalign.page.columns import Label
from bayes_misalign.page.number_text import interval_text, mean_text
from bayes_misalign.report.check_text import print_study
from bayes_misalign.report.render_terminal import as_text, print_block
from bayes_misalign.terminal.talk import console, shown_line
from tests.report.cases import (
    census_posterior,
    elicited_posterior,
    hostile_posterior,
    many_posterior,
    single_posterior,
    with_state,
    withheld_posterior,
)
from tests.studies import elicited, study


@pytest.mark.parametrize(
    "posterior",
    [elicited_posterior, hostile_posterior, census_posterior, single_posterior, many_posterior],
)
def test_it_fits_eighty_columns(posterior: object) -> None:
    text = as_text(posterior())  # type: ignore[operator]
    assert max(map(len, text.splitlines())) <= 80
    assert "95 % eti" in text
    assert "\x1b" not in text


def test_numbers_are_those_of_the_result() -> None:
    posterior = elicited_posterior()
    lines = as_text(posterior).splitlines()
    for name, estimate in posterior.misalignment().items():
        line = next(line for line in lines if line.startswith(name))
        assert line.split()[1] == mean_text(estimate)
        assert interval_text(estimate) in line
    assert "Shares in the union come from sums of weights, and are estimated." in lines


def test_labels_are_not_markup() -> None:
    text = as_text(hostile_posterior())
    console = Console(file=io.StringIO(), width=200, color_system="truecolor", force_terminal=True)
    print_study(hostile_posterior().study, console)
    for shown in (text, console.file.getvalue()):  # type: ignore[attr-defined]
        for label in ("=cmd|' /C calc'!A0", "[red]bold[/red]", "$x_1$"):
            assert label in shown


def test_labels_are_not_names_of_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    print_block(Table([Label("goal")], [[":smile:"]]), console())
    shown_line(console(), "study:smile:/report.html")
    assert [line.strip() for line in capsys.readouterr().out.splitlines()][-2:] == [
        ":smile:",
        "study:smile:/report.html",
    ]


@pytest.mark.parametrize("state", ["caution", "not_converged"])
def test_a_doubtful_state_comes_first(state: str) -> None:
    text = as_text(with_state(elicited_posterior(), state))
    first = text.splitlines()[0]
    assert ("has not converged" in first) is (state == "not_converged")
    assert "caution" in first or "has not converged" in first
    assert "R-hat reaches 1.200. Remedy: sample longer." in text


def test_withheld_numbers_are_not_shown() -> None:
    text = as_text(withheld_posterior())
    for estimate in elicited_posterior().misalignment().values():
        assert interval_text(estimate) not in text
    assert text.count("withheld") >= 8
    assert "1,398" in text


def test_a_study_before_it_is_fitted() -> None:
    console = Console(file=io.StringIO(), width=80)
    print_study(study(elicited()), console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for words in ("nothing was fitted", "Biden", "Unsure", "matched", "elicited", "always"):
        assert words in text
