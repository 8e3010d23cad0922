"""Observed beside replicated data, and other priors of sampled studies, in a report."""

from dataclasses import replace

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference.groups import POSTERIOR
from bayes_misalign.inference.reweighted import SCALING, SENSITIVITY, stored
from bayes_misalign.inference.weighing import NOT_TRIED, WEIGHTED, Tried
from bayes_misalign.report.figures.predictive import draw
from bayes_misalign.report.findings import gather
from bayes_misalign.report.predictive_checks import check_data
from bayes_misalign.report.render_json import to_json
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.report.sections_checks import checks, sensitivity
from tests.golden.draws import STUDIES
from tests.golden.faces import posterior_of


@pytest.fixture(scope="module")
def judges() -> bm.Posterior:
    return posterior_of("simulated-judges")


def test_data_of_the_model_look_like_its_data(judges: bm.Posterior) -> None:
    found = check_data(judges)
    source = judges.study.conflict.sources[0]
    assert [one.label for one in found] == [f"{a} | {b}" for a, b in source.pairs]
    yes = source.yes / (source.yes + source.no)
    np.testing.assert_allclose([one.observed for one in found], yes)
    assert sum(one.outside for one in found) <= 2
    assert all(0 <= one.low <= one.high <= 1 for one in found)


def test_draws_that_ignore_the_data_are_found_out(judges: bm.Posterior) -> None:
    posterior = dict(judges.groups.groups[POSTERIOR])
    dims, latent = posterior["latent_judged"]
    posterior["latent_judged"] = (dims, np.full_like(latent, 4.0))
    groups = {**judges.groups.groups, POSTERIOR: posterior}
    found = check_data(bm.Posterior(replace(judges.groups, groups=groups)))
    assert np.mean([one.outside for one in found]) > 0.5


def test_exact_and_withheld_results_are_not_checked(judges: bm.Posterior) -> None:
    assert not check_data(STUDIES["judged without raters"]())
    diagnosis = {**judges.groups.metadata["diagnosis"], "state": "not_converged"}
    metadata = {**judges.groups.metadata, "diagnosis": diagnosis}
    assert not check_data(bm.Posterior(replace(judges.groups, metadata=metadata)))


def test_a_result_that_lacks_draws_is_not_replaced_by_the_prior(judges: bm.Posterior) -> None:
    posterior = dict(judges.groups.groups[POSTERIOR])
    del posterior["misalignment"], posterior["proportion"]
    groups = {**judges.groups.groups, POSTERIOR: posterior}
    with pytest.raises(bm.ResultError, match="no variable 'proportion'"):
        bm.Posterior(replace(judges.groups, groups=groups)).predictive()


def test_reports_show_checks_and_how_other_priors_were_told(judges: bm.Posterior) -> None:
    draws = judges.misalignment_draws() + 0.01
    tried = [
        Tried("doubled", WEIGHTED, draws, 0.3, 80.0),
        Tried("far off", WEIGHTED, draws, 1.2, 2.0),
        Tried("another model", NOT_TRIED, draws[:0]),
    ]
    variables, shown = stored(tried)
    metadata = {
        **judges.groups.metadata,
        SENSITIVITY: shown,
        SCALING: {"all": {"prior": 0.04, "likelihood": 0.2}},
    }
    groups = {**judges.groups.groups, SENSITIVITY: variables}
    result = bm.Posterior(replace(judges.groups, groups=groups, metadata=metadata))
    assert list(result.sensitivity()) == ["as fitted", "doubled"]
    findings = gather(result)
    assert sensitivity(findings).summary["power_scaling"]["all"]["likelihood"] == 0.2
    assert checks(findings).summary["checks"]["figures"] == 28
    text = to_markdown(findings)
    for words in ("weighted draws", "far off: weighted draws, k-hat 1.20", "another model: not"):
        assert words in text
    assert "Of 28 numbers that were observed" in text
    assert '"khat": 0.3' in to_json(findings)
    figure = draw(findings)
    assert figure is not None
    assert "market | parking" in figure.svg
    assert "judgements of conflict, as parts" in figure.svg


def test_of_many_other_priors_those_are_shown_that_move_it_most() -> None:
    found = gather(posterior_of("us-parties"))
    shown = to_markdown(found)
    assert "(the 9 of 12 that move it most; all in summary.json)" in shown
    assert "| inner levels of the scale scored lower (squared) |" in shown
    own, *others = found.sensitivity
    moved = {
        prior: max(abs(x.mean - found.sensitivity[own][name].mean) for name, x in every.items())
        for prior, every in found.sensitivity.items()
    }
    told = [prior for prior in others if f"| {prior} | " in shown]
    left = set(others) - set(told)
    assert len(told) == 9
    assert max(moved[prior] for prior in left) <= min(moved[prior] for prior in told)
    assert all(prior in to_json(found) for prior in left)
