"""How populations are related is asked of the model of shares, whatever it is."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from bayes_misalign.contract.registry import goals_model, model, on_trial
from bayes_misalign.contract.shares import independent, kept_dims, plain_priors, shares_of
from bayes_misalign.contract.shares_model import FewAnswers
from bayes_misalign.errors import StudyError
from bayes_misalign.families.simplex.draws import dirichlet
from bayes_misalign.inference import blocks, draw_blocks
from bayes_misalign.inference.diagnose import diagnose
from bayes_misalign.models.independent.model import Independent
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.models.mutually_exclusive.declaration import MutuallyExclusive
from bayes_misalign.models.noisy_labels.priors import LabelPriors
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.some_populations import of_populations
from bayes_misalign.study.study import Study
from tests.studies import study

Array = NDArray[np.float64]


class SameMean(Independent):
    """Populations whose shares spread about one mean, which is uncertain."""

    name = "same-mean"
    draws_apart = False
    draws_pairs = False
    common = ("mean_share",)
    dims: ClassVar = {"mean_share": ("goal",)}
    few_answers = FewAnswers("known by the others", "the others", "the others and the mean")
    seen: tuple[str, ...] = ()

    def draw(self, priors: Any, counts: Array, categories: Any, draws: int, rng: Any, /) -> Any:
        if counts.any():
            return None
        mean = {"mean_share": dirichlet(np.ones((draws, len(categories))), rng)}
        return {**mean, **self.draw_given(priors, counts, categories, mean, rng)}

    def draw_given(
        self, priors: Any, counts: Array, categories: Any, common: Mapping[str, Array], rng: Any, /
    ) -> Any:
        alpha = 10 * common["mean_share"][:, None] + counts
        return {"proportion": dirichlet(alpha, rng)}

    def with_populations(self, priors: Any, populations: Any, /) -> Any:
        self.seen = tuple(populations)
        return priors


class Mean(SharePrior):
    model: ClassVar[str] = "same-mean"


@pytest.fixture
def related() -> Iterator[tuple[SameMean, Study]]:
    one = SameMean()
    with on_trial(one):
        counts = [[8, 2, 0], [1, 0, 0], [0, 0, 0]]
        goals = ChoiceCounts.from_counts(("a", "b", "c"), ("x", "y", "z"), counts)
        area = ProblemArea("letter", ["a", "b", "c"])
        yield one, Study.of(area, goals, MutuallyExclusive()).with_goal_prior(Mean())


def test_priors_of_shares_learn_the_populations(related: tuple[SameMean, Study]) -> None:
    one, made = related
    assert one.seen == ("x", "y", "z")
    assert of_populations(made, [2, 0]) is not None
    assert one.seen == ("z", "x")


def test_what_is_in_common_is_kept(related: tuple[SameMean, Study]) -> None:
    _, made = related
    goals = goals_model(made.goals.model)
    assert not independent(goals, made.goal_prior)
    assert kept_dims(goals, made.goal_prior)["mean_share"] == ("goal",)
    assert draw_blocks.in_common(made) == ("mean_share",)
    assert draw_blocks.in_common(made.with_fitting(method="nuts")) == ()
    assert draw_blocks.draw_goals(made, 10) is None
    assert draw_blocks.in_common(study()) == ()


def test_shares_are_drawn_given_what_is_in_common(related: tuple[SameMean, Study]) -> None:
    _, made = related
    mean = np.tile([[0.2, 0.3, 0.5]], (4000, 1))
    drawn = draw_blocks.draw_given(made, {"mean_share": mean})
    expected = (10 * mean[0] + made.goals.counts) / (10 + made.goals.n[:, None])
    np.testing.assert_allclose(drawn["proportion"].mean(axis=0), expected, atol=0.01)
    assert drawn["mean_share"] is mean


def test_populations_are_related_before_the_data_in_blocks_too(
    related: tuple[SameMean, Study],
) -> None:
    _, made = related
    assert blocks.possible(made)
    drawn, common = blocks.prior_draws(made), blocks.prior_common(made)
    one, other = (blocks.prior_of(made, s, drawn, common) for s in (0, 1))
    assert not np.array_equal(one, other)
    # with Dirichlet(1, 1, 1) means, 10 of 11 parts of var p are those of the mean, times 4 / 4.4
    correlation = np.corrcoef(one[:, 0], other[:, 0])[0, 1]
    mean_variance = (1 / 3) * (2 / 3) / 4
    within = (1 / 3 - mean_variance - 1 / 9) / 11
    assert correlation == pytest.approx(mean_variance / (mean_variance + within), abs=0.05)
    again = blocks.draws(made, 0, common)
    np.testing.assert_array_equal(again, blocks.draws(made, 0, common))


def test_few_answers_rest_on_what_the_model_says(related: tuple[SameMean, Study]) -> None:
    _, made = related
    said = diagnose(made, {}).reasons
    assert "nobody in z answered: known by the others" in [reason.what for reason in said]
    rests = diagnose(made, {}).rests_on
    assert rests[0] == "the others in z, where nobody answered"
    assert rests[1].startswith("the others and the mean of y")


def test_a_stored_study_names_its_model_of_shares(related: tuple[SameMean, Study]) -> None:
    _, made = related
    assert made.to_plain()["goal_prior"]["model"] == "same-mean"
    assert "model" not in study().to_plain()["goal_prior"]
    labels = LabelPriors(**{**asdict(goals_model("noisy-labels").priors()), "shares": Mean()})
    assert plain_priors(labels)["shares"]["model"] == "same-mean"


def test_nothing_in_common_is_said_in_words() -> None:
    shares, prior = model("independent"), SharePrior()
    assert shares_of(prior) is shares
    with pytest.raises(StudyError, match="have nothing in common"):
        shares_of(prior).declare_common(prior, ("a",), np.zeros((1, 1)))
    with pytest.raises(StudyError, match="have nothing in common"):
        shares_of(prior).draw_given(prior, np.zeros((1, 1)), ("a",), {}, np.random.default_rng())
    with pytest.raises(StudyError, match="does not draw populations given"):
        goals_model("published").draw_given(None, prior, {}, np.random.default_rng())
    assert goals_model("published").counted(None) is None


def test_variables_that_nuts_left_are_told_by_name() -> None:
    shares = shares_of(SharePrior())
    assert shares.was_sampled("proportion", ["sorted_log_sampled_proportion"])
    assert shares.was_sampled("proportion", ["log_proportion_of_class", "misalignment"])
    assert not shares.was_sampled("proportion", ["proportion", "log_concentration"])
