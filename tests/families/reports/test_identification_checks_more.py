"""Labels and goals matched otherwise, and what a fit makes of what was found behind reports."""

from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.families.reports.identification_checks import _matching, check_identification
from bayes_misalign.inference import groups as tree
from bayes_misalign.inference.diagnose import Reason
from bayes_misalign.inference.fit_findings import FitFindings, FitView
from bayes_misalign.models.single_choice.model import MODEL
from tests.noisy_studies import acted, labelled, ones, prior_group, study_of, symmetric
from tests.studies import elicited, study

RNG = np.random.default_rng(1)
LABELS = labelled(ones([[0, 1, 2]], 3), "abc")
ACTIONS = acted([[1, 0, 0, 1, 0]], (("x", "y", "z"), ("u", "v")), "abc")
DIMS = {"emission": ("rater", "goal", "label"), "action": ("goal", "choice")}


def chains(name: str, mean: np.ndarray, orders: list[list[int]]) -> dict[str, tree.Variable]:
    """Return draws of four chains around a mean, the goals of each in an order of its own."""
    each = [mean[..., order, :] for order in orders]
    draws = np.stack(each)[:, None] + 0.02 * RNG.normal(size=(4, 100, *mean.shape))
    return {name: ((*tree.SAMPLE_DIMS, *DIMS[name]), draws)}


RIGHT = np.tile(symmetric(3, 0.3), (3, 1, 1))
DOES = np.array([[0.7, 0.2, 0.1, 0.9, 0.1], [0.1, 0.7, 0.2, 0.4, 0.6], [0.2, 0.1, 0.7, 0.1, 0.9]])
SAME, OTHER = [0, 1, 2], [1, 0, 2]


@pytest.mark.parametrize(
    ("goals", "name", "mean"), [(LABELS, "emission", RIGHT), (ACTIONS, "action", DOES)]
)
def test_chains_that_match_goals_otherwise_have_not_converged(
    goals: Any, name: str, mean: np.ndarray
) -> None:
    assert _matching(goals, chains(name, mean, [SAME] * 4)) == []
    found = _matching(goals, chains(name, mean, [SAME, SAME, OTHER, SAME]))
    assert found[0].state == "not_converged"
    assert "chains disagree" in found[0].what
    # the first chain may be the one that differs
    found = _matching(goals, chains(name, mean, [OTHER, SAME, SAME, SAME]))
    assert found[0].state == "not_converged"


def test_raters_below_chance_are_a_caution() -> None:
    found = _matching(LABELS, chains("emission", RIGHT, [[1, 2, 0]] * 4))
    assert [reason.state for reason in found] == ["caution"]
    assert "less than by chance" in found[0].what
    assert "0.15" in found[0].what
    # labels that name no goal cannot be right or wrong
    other = labelled(ones([[0, 1, 2]], 3), "abc", "xyz")
    assert _matching(other, chains("emission", RIGHT, [[1, 2, 0]] * 4)) == []


def test_goals_that_are_hard_to_tell_apart_are_no_other_matching() -> None:
    blunt = np.tile([[0.4, 0.38, 0.22], [0.38, 0.4, 0.22], [0.1, 0.1, 0.8]], (3, 1, 1))
    assert _matching(LABELS, chains("emission", blunt, [SAME, OTHER, SAME, SAME])) == []


def test_a_fit_takes_over_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = (Reason("something odd", "look at it"),)
    given: list[bool] = []

    def found(view: FitView) -> FitFindings:
        given.append(view.converged)
        return FitFindings(metadata={"extra": 1}, reasons=reasons)

    monkeypatch.setattr(MODEL, "check_fit", found)
    posterior = bm.fit(study(elicited()), draws=500)
    assert given == [True]
    assert posterior.diagnosis.state == "caution"
    assert posterior.diagnosis.reasons == reasons
    assert posterior.groups.metadata["extra"] == 1


def test_what_is_found_has_its_groups_and_labels() -> None:
    evidence = labelled(ones(np.random.default_rng(2).integers(2, size=(30, 3)), 2))
    made = study_of(evidence)
    drawn = prior_group(made, 400)
    found = check_identification(FitView(made, drawn, drawn, {"p": 0.4}))
    assert found.coords["report_pair"] == ("r1 & r2", "r1 & r3", "r2 & r3")
    dims, replicated = found.groups["posterior_predictive"]["agreement"]
    assert dims == ("chain", "draw", "report_pair")
    assert replicated.shape == (4, 100, 3)
    assert found.groups["observed_data"]["agreement"][1].shape == (3,)
    assert "assumed_error_rates" not in found.groups
    verdict = found.metadata["identification"]
    assert verdict["misalignment"] == {"p": 0.4}
    assert verdict["accuracy"] == dict.fromkeys(("r1", "r2", "r3"), 1.0)
    assert MODEL.check_fit(FitView(study(elicited()), {}, {}, {})) is None
