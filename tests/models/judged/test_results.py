"""What judgements by named raters say beside the levels, from posteriors that are made up."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

import bayes_misalign as bm
from bayes_misalign.inference import groups as tree
from bayes_misalign.models.judged import generative as judged
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.judged.results import alike_misalignment, judgement_results
from bayes_misalign.page.blocks import Grid, Paragraph
from bayes_misalign.report.findings import gather
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.render_html import to_html
from bayes_misalign.report.render_json import summary, summary_of
from bayes_misalign.report.render_terminal import as_text
from bayes_misalign.report.words import attribution_sentence, source_text
from bayes_misalign.study.study import Study
from tests.report.cases import section_of

AREA = bm.ProblemArea("plan", goals=["a", "b", "c"])
GOALS = bm.SingleChoice({"goal": ["a", "b", "c"], "n": [5, 3, 2]}, goal="goal", count="n")
ROWS = {
    "goal": ["a", "a", "b", "a", "a"],
    "goal_other": ["b", "c", "c", "b", "c"],
    "conflict": ["yes", "no", "no", "yes", "yes"],
    "who": ["Ann", "Ann", "Ann", "<b>Bob", "<b>Bob"],
}
CHAINS, DRAWS = 4, 30


def study(rows: dict[str, Any] = ROWS, **prior: float) -> Study:
    declared = bm.Judged(rows, rater="who")
    return Study.of(AREA, GOALS, declared, conflict_prior={"judged": prior})


def made_up(made: Study, *, trustworthy: bool = True) -> Posterior:
    """Return a result whose draws are those of the prior."""
    source = next(s for s in made.conflict.sources if isinstance(s, JudgedConflict))
    total, rng = CHAINS * DRAWS, np.random.default_rng(1)
    drawn = judged.draw_prior(source, made.conflict_priors[0], total, rng)
    shares = rng.dirichlet(np.ones(3), size=(total, 1))
    matrix = np.zeros((total, 3, 3))
    for p, (a, b) in enumerate(source.pairs):
        i, j = made.goals.categories.index(a), made.goals.categories.index(b)
        matrix[:, i, j] = matrix[:, j, i] = drawn["conflict_level"][:, p]
    misalignment = np.einsum("dsi,dij,dsj->ds", shares, matrix, shares)

    def variable(values: Any, *dims: str) -> Any:
        values = np.asarray(values)
        names = dims or tuple(f"dim_{values.ndim}_{i}_{n}" for i, n in enumerate(values.shape[1:]))
        return ((*tree.SAMPLE_DIMS, *names), values.reshape(CHAINS, DRAWS, *values.shape[1:]))

    posterior = {
        "proportion": variable(shares, "population", "goal"),
        "conflict": variable(matrix, "goal", "goal_other"),
        "misalignment": variable(misalignment, "population"),
    }
    posterior |= {
        f"{key}_judged": variable(x) for key, x in drawn.items() if key != "conflict_level"
    }
    diagnosis = {
        "state": "ok" if trustworthy else "not_converged",
        "method": "nuts",
        "reasons": [],
        "figures": {},
    }
    groups = {tree.POSTERIOR: posterior, tree.PRIOR: posterior}
    coords = {"population": made.goals.populations, "goal": made.goals.categories}
    metadata = {"study": made.to_plain(), "diagnosis": diagnosis, "schema": 1}
    return Posterior(tree.Groups(groups, coords, metadata))


def test_severities_are_differences_of_levels_and_average_to_zero() -> None:
    result = made_up(study())
    (found,) = judgement_results(result)
    assert found.severity is not None
    ann, bob = (found.severity[name].draws for name in ("Ann", "<b>Bob"))
    np.testing.assert_allclose(ann + bob, 0, atol=1e-12)
    latent, severity = (
        result.groups.values(tree.POSTERIOR, f"{key}_judged") for key in ("latent", "severity")
    )
    own = expit(latent[..., None, :] + severity[..., None]).mean(axis=-1)
    np.testing.assert_allclose(ann, own[..., 0] - own.mean(axis=-1), atol=1e-12)
    assert found.judgements == {"Ann": (1.0, 2.0), "<b>Bob": (2.0, 0.0)}


def test_lapses_are_those_of_the_posterior() -> None:
    result = made_up(study())
    (found,) = judgement_results(result)
    assert found.lapse is not None
    lapse = result.groups.values(tree.POSTERIOR, "lapse_judged")
    np.testing.assert_array_equal(found.lapse["Ann"].draws, lapse[..., 0])
    (without,) = judgement_results(made_up(study(lapse=0)))
    assert without.lapse is None


def test_raters_alike_have_beta_levels() -> None:
    result = made_up(study())
    alike = alike_misalignment(result)
    assert alike is not None
    shares = result.shares()[:, 0].mean(axis=0)
    level = {(0, 1): 3 / 4, (0, 2): 2 / 4, (1, 2): 1 / 3}  # (1 + yes) / (2 + yes + no)
    expected = sum(
        2 * result.shares()[:, 0, i] * result.shares()[:, 0, j] * c for (i, j), c in level.items()
    )
    assert alike["all"].mean == pytest.approx(float(np.mean(expected)), abs=0.03)
    assert shares.sum() == pytest.approx(1)
    again = alike_misalignment(result)
    assert again is not None
    np.testing.assert_array_equal(again["all"].draws, alike["all"].draws)


def test_conflict_without_named_raters_has_none_of_this() -> None:
    posterior = bm.fit(AREA, GOALS, bm.Judged({k: v for k, v in ROWS.items() if k != "who"}))
    assert posterior.diagnosis.method == "exact"
    assert judgement_results(posterior) == ()
    assert alike_misalignment(posterior) is None
    assert gather(posterior).of_models == {}
    assert "judgements" not in summary(posterior)["problem_areas"][0]


def test_raters_who_are_alike_and_never_lapse_are_drawn_exactly() -> None:
    posterior = bm.fit(study(severity=0, lapse=0))
    assert posterior.diagnosis.method == "exact"
    (found,) = judgement_results(posterior)
    assert (found.severity, found.lapse) == (None, None)
    text = to_html(gather(posterior))
    assert "5 yes or no judgements by 2 named raters" in text
    assert "prior of judged conflict doubled" in posterior.sensitivity()


def test_the_report_names_raters_and_pairs() -> None:
    findings = gather(made_up(study()))
    section = section_of(findings, "judgements")
    texts = " ".join(block.text for block in section.blocks if isinstance(block, Paragraph))
    assert "5 yes or no judgements by 2 named raters of 3 pairs of goals" in texts
    grids = {block.caption: block for block in section.blocks if isinstance(block, Grid)}
    assert [row[1:] for row in grids["Who judged which pair"].rows] == [
        ["2", "0", "2"],
        ["1", "1", "2"],
        ["0", "1", "1"],
    ]
    assert [row[0] for row in grids["Raters"].rows] == ["Ann", "<b>Bob"]
    assert "<b>Bob" not in to_html(findings)
    assert {"judgements.csv", "judges.csv", "raters_alike.csv"} <= set(csv_tables(findings))
    assert "lapse" in csv_tables(findings)["judges.csv"]
    assert "Were all raters alike" in as_text(findings.result)
    assert source_text(findings, ("b", "c")).startswith("judged: 0 yes, 1 no by 1 rater (")
    plain = summary_of(findings)["problem_areas"][0]["judgements"]["sources"][0]
    assert plain["raters"][0]["yes"] == 1
    assert plain["pairs"][2] == {"goals": ["b", "c"], "yes": 0.0, "no": 1.0, "raters": 1}
    assert "judged by more raters" in attribution_sentence(findings, "all")


def test_levels_that_the_same_raters_gave_hang_together() -> None:
    """The mean of the raters' population is one number for all pairs."""
    result = made_up(study())
    found = result.attribution()
    matrix, shares = result.conflict(), result.shares()[:, 0]
    weight = {(i, j): (2 * shares[:, i] * shares[:, j]).mean() for i, j in ((0, 1), (0, 2), (1, 2))}
    terms = {pair: w * matrix[:, pair[0], pair[1]] for pair, w in weight.items()}
    total = np.sum(list(terms.values()), axis=0)
    part = np.array([np.cov(term, total, bias=True)[0, 1] for term in terms.values()])
    expected = part / part.sum() * found.conflict
    np.testing.assert_allclose(list(found.pairs.values()), expected, rtol=1e-6)


def test_one_rater_is_said_to_be_one() -> None:
    findings = gather(
        made_up(
            study(ROWS | {"who": ["Ann"] * 3 + ["", ""], "conflict": ["yes", "no", "no", "", ""]})
        )
    )
    section = section_of(findings, "judgements")
    texts = " ".join(block.text for block in section.blocks if isinstance(block, Paragraph))
    assert "not known from one rater" in texts
    assert "by 1 named rater of" in texts


def test_withheld_results_keep_back_severities_and_lapses() -> None:
    findings = gather(made_up(study(), trustworthy=False))
    plain = summary_of(findings)["problem_areas"][0]["judgements"]
    assert plain["misalignment_if_raters_were_alike"]["all"]["mean"] is None
    for rater in plain["sources"][0]["raters"]:
        assert rater["severity"]["mean"] is None
        assert rater["lapse"]["mean"] is None


def test_a_posterior_with_raters_is_saved_and_loaded(tmp_path: Path) -> None:
    posterior = bm.fit(study(severity=0, lapse=0), draws=250)
    again = bm.load(posterior.save(tmp_path / "posterior.nc"))
    assert again.study == posterior.study
