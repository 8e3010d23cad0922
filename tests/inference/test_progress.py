"""The line that tells how far sampling has come."""

from types import SimpleNamespace

import pymc as pm
import pytest

from bayes_misalign.inference import nuts
from bayes_misalign.inference.progress import OneLine


def test_one_line_is_written_over_and_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    with OneLine(chains=2, draws=100) as line:
        line.update([SimpleNamespace(finished_draws=n, total_draws=200) for n in (40, 60)])
    out, err = capsys.readouterr()
    assert not out
    assert "sampling: 100 of 400 draws, about " in err
    assert "\n" not in err
    assert err.rpartition("left")[2].strip() == ""


def test_the_table_of_pymc_is_put_back() -> None:
    before = pm.sampling.mcmc.NutpieProgressBarManager
    with nuts._one_line(True):
        assert pm.sampling.mcmc.NutpieProgressBarManager is OneLine
    assert pm.sampling.mcmc.NutpieProgressBarManager is before
    with nuts._one_line(False):
        assert pm.sampling.mcmc.NutpieProgressBarManager is before
