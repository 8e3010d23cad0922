"""The Markdown report: labels are text, tables stay tables."""

import pytest

from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import markdown_text
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_markdown import to_markdown
from tests.report.cases import elicited_posterior, hostile_posterior, withheld_posterior


def test_the_first_lines_say_what_was_found() -> None:
    posterior = elicited_posterior()
    title, _, first, *rest = to_markdown(gather(posterior)).splitlines()
    assert title.startswith("# ")
    assert estimate_text(posterior.overall(), in_full=True) in first
    assert "The result rests on:" in rest
    withheld = to_markdown(gather(withheld_posterior()))
    assert withheld.startswith("**This fit has not converged")
    assert estimate_text(posterior.overall()) not in withheld


def test_tables_stay_tables() -> None:
    text = to_markdown(gather(hostile_posterior()))
    width = 0
    for line in text.splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        cells = line.replace("\\\\", "").replace("\\|", "").count("|")
        width = width or cells
        assert cells == width
    assert "<script>" not in text
    assert "\\<script\\>" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("- a", "\\- a"), ("1. a", "1\\. a"), ("0.27", "0.27"), ("-0.1", "-0.1"), ("a_b", "a\\_b")],
)
def test_what_markdown_would_read_is_escaped(text: str, shown: str) -> None:
    assert markdown_text(text) == shown
