"""The line that tells how far sampling has come."""

from types import SimpleNamespace

import pytest

from bayes_misalign.inference.progress import OneLine


def test_one_line_is_written_over_and_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    with OneLine() as line:
        line.update([SimpleNamespace(finished_draws=n, total_draws=200) for n in (40, 60)])
    out, err = capsys.readouterr()
    assert not out
    assert "sampling: 100 of 400 draws, about " in err
    assert "\n" not in err
    assert err.rpartition("left")[2].strip() == ""


def test_nothing_is_shown_where_it_is_not_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    with OneLine(wanted=False) as line:
        line.update([SimpleNamespace(finished_draws=1, total_draws=2)])
    assert capsys.readouterr() == ("", "")
