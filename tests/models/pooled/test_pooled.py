"""Partial pooling: its likelihood and its draws against sums and integrals done another way."""

from pathlib import Path

import numpy as np
import pymc as pm
import pytest
from scipy import stats
from scipy.special import betainc, betaln

import bayes_misalign as bm
from bayes_misalign.contract.registry import goals_model, shares_model
from bayes_misalign.inference import blocks, draw_blocks
from bayes_misalign.models.pooled import given_common
from bayes_misalign.models.pooled.counted import FEW, DistinctCounts
from bayes_misalign.models.pooled.priors import PooledShares
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.study.joint import build_common
from bayes_misalign.study.study import Study

POOLED = shares_model("pooled")
CATEGORIES = ("a", "b", NO_GOAL)
COUNTS = np.array([[3.0, 1.0, 0.0], [0.0, 0.0, 0.0], [7.0, 2.0, 4.0], [3.0, 0.0, 1.5]])


def answers(counts: np.ndarray = COUNTS, categories: tuple[str, ...] = CATEGORIES) -> ChoiceCounts:
    names = [f"s{i + 1}" for i in range(len(counts))]
    return ChoiceCounts.from_counts(categories, names, counts)


def a_study(counts: np.ndarray = COUNTS, categories: tuple[str, ...] = CATEGORIES) -> Study:
    goals = [label for label in categories if label != NO_GOAL]
    area = bm.ProblemArea("letter", goals, no_goal=["none"] if NO_GOAL in categories else [])
    shares = bm.PooledShares()
    return Study.of(area, answers(counts, categories), bm.MutuallyExclusive(), shares=shares)


def urn(counts: np.ndarray, a: np.ndarray) -> float:
    """Return the log probability of whole counts, one answer after another."""
    found, total = 0.0, a.sum()
    for row in counts:
        drawn = 0
        for k, number in enumerate(row):
            for held in range(int(number)):
                found += np.log((a[k] + held) / (total + drawn))
                drawn += 1
    return found


def test_distinct_counts_are_those_of_each_goal_and_of_all() -> None:
    whole = DistinctCounts.of(COUNTS)
    assert whole.number.tolist() == np.column_stack([COUNTS, COUNTS.sum(axis=1)]).T.ravel().tolist()
    # of many populations each is there once, as often as it occurs
    found = DistinctCounts.of(np.concatenate([COUNTS, np.zeros((FEW, 3))]))
    rows = sorted(zip(found.goal, found.number, found.times, strict=True))
    expected = [(0, 3, 2), (0, 7, 1), (1, 1, 1), (1, 2, 1), (2, 1.5, 1), (2, 4, 1)]
    assert rows == [*expected, (3, 4, 1), (3, 4.5, 1), (3, 13, 1)]


@pytest.mark.parametrize("spread", [0.9, 0.3, 1e-4])
def test_the_likelihood_is_that_of_an_urn(spread: float) -> None:
    whole = np.floor(COUNTS)
    made = a_study(whole)
    model = build_common(made.goals, made.goal_prior, None, ())
    mean = np.array([0.5, 0.3, 0.2])
    given = {
        given_common.SPREAD: np.array(spread),
        given_common.MEAN: mean,
    }
    likelihood = model.potentials[0]
    inputs = [model[name] for name in given]
    found = pm.pytensorf.compile(inputs, likelihood, on_unused_input="ignore", mode="FAST_COMPILE")(
        *given.values()
    )
    a = (1 / spread**2 - 1) * mean
    assert found == pytest.approx(urn(whole, a), rel=1e-9, abs=1e-7)


def test_shares_given_what_is_in_common_are_dirichlet() -> None:
    draws = 20_000
    common = {
        given_common.SPREAD: np.full(draws, 0.4),
        given_common.MEAN: np.tile([0.5, 0.3, 0.2], (draws, 1)),
    }
    a = (1 / 0.4**2 - 1) * np.array([0.5, 0.3, 0.2]) + COUNTS
    rng = np.random.default_rng(1)
    found = given_common.draw_given(PooledShares(), COUNTS, common, rng)["proportion"]
    total = a.sum(axis=1, keepdims=True)
    mean, variance = a / total, a / total * (1 - a / total) / (total + 1)
    error = np.sqrt(variance / draws)
    assert np.all(np.abs(found.mean(axis=0) - mean) < 4.5 * error)
    np.testing.assert_allclose(found.var(axis=0), variance, rtol=0.06)


@pytest.mark.parametrize("within", [None, {"s1": "x", "s2": "y", "s3": "x", "s4": "y"}])
def test_blocks_are_drawn_quickly_from_the_same_distribution(within: dict[str, str] | None) -> None:
    prior = PooledShares(within=within).with_populations(("s1", "s2", "s3", "s4"))
    rng, draws = np.random.default_rng(6), 4000
    common = {given_common.SPREAD: rng.uniform(0.2, 0.6, draws)}
    common[given_common.MEAN] = rng.dirichlet([3.0, 2.0, 1.0], draws)
    common[given_common.GROUP_PART] = rng.uniform(0.2, 0.8, draws)
    common[given_common.GROUP_MEAN] = rng.dirichlet([3.0, 2.0, 1.0], (draws, 2))
    usual = given_common.draw_given(prior, COUNTS, common, rng)["proportion"]
    quick = given_common.draw_quickly(prior, COUNTS, common, rng).transpose(2, 0, 1)
    assert quick.shape == usual.shape
    for s in range(len(COUNTS)):
        assert stats.ks_2samp(quick[:, s, 0], usual[:, s, 0]).pvalue > 1e-3
    # both have the same draws of what is in common behind them
    mean = common[given_common.GROUP_MEAN][:, 0, 0] if within else common[given_common.MEAN][:, 0]
    both = [np.corrcoef(x[:, 0, 0], mean)[0, 1] for x in (quick, usual)]
    assert both[0] == pytest.approx(both[1], abs=0.08)


def test_the_prior_has_its_moments() -> None:
    # v uniform: var of a share about its mean is v^2 mu (1 - mu), and E v^2 = 1/3
    found = POOLED.draw_prior(PooledShares(), 2, ("a", "b"), 200_000, np.random.default_rng(2))
    shares, mean = found["proportion"][..., 0], found["mean_share"][:, 0]
    scale = (mean * (1 - mean)).mean() / 3
    assert (shares - mean[:, None]).var() == pytest.approx(scale, rel=0.02)
    product = ((shares - mean[:, None]).prod(axis=1)).mean()
    assert product == pytest.approx(0, abs=0.1 * scale)
    assert mean.var() == pytest.approx(1 / 12, rel=0.02)  # w^2 / 4, w uniform too


def test_free_variables_are_those_of_the_model() -> None:
    made = a_study()
    model = made.to_pymc()
    drawn = draw_blocks.draw_goals(made, 5, prior=True)
    assert drawn is not None
    goals = goals_model("single-choice")
    found = goals.free_variables(made.goals, made.goal_prior, "proportion", drawn)
    names = {x.name for x in model.free_RVs}
    assert set(found.variables) == names
    for name, (dims, values) in found.variables.items():
        assert model.named_vars_to_dims.get(name, ()) == dims
        assert values.shape[1:] == tuple(len(model.coords[dim]) for dim in dims)


def test_uneven_weights_relate_the_shares_of_the_populations() -> None:
    whole = np.array([[6.0, 4.0], [3.0, 9.0], [8.0, 2.0]])
    even = whole * 2.0
    uneven = whole * np.array([1.0, 3.0])
    names, area = ("s1", "s2", "s3"), bm.ProblemArea("letter", ["a", "b"])

    def study(weight: np.ndarray, square: np.ndarray) -> Study:
        goals = ChoiceCounts.from_counts(
            ("a", "b"), names, whole, weight_sum=weight, weight_sq_sum=square
        )
        return Study.of(area, goals, bm.MutuallyExclusive(), shares=PooledShares())

    assert draw_blocks.in_common(study(even, even * 2.0)) == POOLED.common
    made = study(uneven, whole * np.array([1.0, 9.0]))
    assert made.goals.tilt is not None
    assert draw_blocks.in_common(made) == ()
    names_of = {x.name for x in made.to_pymc().deterministics}
    # the shares that scatter about the mean have the plain name, those of the sampled follow
    assert {"proportion", "sampled_proportion", given_common.MEAN} <= names_of
    assert "sorted_log_proportion" in {x.name for x in made.to_pymc().free_RVs}


def test_one_population_is_refused() -> None:
    with pytest.raises(bm.StudyError, match="no others to be pooled with"):
        a_study(COUNTS[:1])


@pytest.mark.parametrize("bad", [0.0, -1.0, float("inf")])
def test_priors_are_positive(bad: float) -> None:
    with pytest.raises(bm.StudyError, match="'alike' of 'pooled' is a positive number"):
        PooledShares(alike=bad)


def test_a_study_file_comes_back(tmp_path: Path) -> None:
    from bayes_misalign.study.write import write_study

    made = a_study(np.floor(COUNTS))
    write_study(made, tmp_path)
    again = bm.read_study(tmp_path / "study.toml")
    assert again.goal_prior == made.goal_prior
    assert Study.from_plain(made.to_plain()).goal_prior == made.goal_prior


class ByQuadrature:
    """The first population of counts (S, 2), by brute force over spread and mean shares."""

    def __init__(self, counts: np.ndarray) -> None:
        v, m = ((np.arange(400) + 0.5) / 400)[:, None], ((np.arange(800) + 0.5) / 800)[None]
        a = 1 / v**2 - 1
        w = (np.arange(2000) + 0.5) / 2000
        b = (1 / w**2 - 1)[:, None] / 2
        each = (b - 1) * (np.log(m) + np.log1p(-m)) - betaln(b, b)
        log_weight = np.logaddexp.reduce(each, axis=0) + np.zeros_like(v)
        for x, y in counts:
            log_weight = log_weight + betaln(a * m + x, a * (1 - m) + y)
            log_weight = log_weight - betaln(a * m, a * (1 - m))
        weight = np.exp(log_weight - log_weight.max())
        self.weight = weight / weight.sum()
        self.alpha, self.beta = a * m + counts[0, 0], a * (1 - m) + counts[0, 1]

    def moments(self) -> tuple[float, float]:
        """Return mean and sd of the first share."""
        total = self.alpha + self.beta
        mean = (self.weight * self.alpha / total).sum()
        square = self.weight * self.alpha * (self.alpha + 1) / (total * (total + 1))
        return float(mean), float(np.sqrt(square.sum() - mean**2))

    def mean_of_misalignment(self) -> float:
        total = self.alpha + self.beta
        return float((self.weight * 2 * self.alpha * self.beta / (total * (total + 1))).sum())

    def below(self, misalignment: float) -> float:
        """Return the posterior probability of a P(ma) = 2 p (1 - p) that is smaller."""
        p = (1 - np.sqrt(1 - 2 * misalignment)) / 2
        inside = betainc(self.alpha, self.beta, 1 - p) - betainc(self.alpha, self.beta, p)
        return float(1 - (self.weight * inside).sum())


@pytest.mark.slow  # compiled for it alone
def test_a_fit_meets_quadrature_and_draws_blocks_alike() -> None:
    counts = np.array([[1.0, 3.0], [12.0, 5.0], [4.0, 2.0], [9.0, 3.0]])
    posterior = bm.fit(
        bm.ProblemArea("letter", ["a", "b"]),
        answers(counts, ("a", "b")),
        bm.MutuallyExclusive(),
        shares={"model": "pooled"},
        random_seed=3,
    )
    assert posterior.diagnosis.trustworthy
    assert posterior.diagnosis.method == "nuts"
    exact = ByQuadrature(counts)
    mean, sd = exact.moments()
    first = posterior.shares()[:, 0, 0]
    assert first.mean() == pytest.approx(mean, abs=0.12 * sd)
    assert first.std() == pytest.approx(sd, rel=0.08)
    pma = 2 * first * (1 - first)
    size = posterior.diagnosis.figures["ess_tail_min"]
    error = 4.5 / np.sqrt(posterior.diagnosis.figures["ess_bulk_min"])
    assert pma.mean() == pytest.approx(exact.mean_of_misalignment(), abs=error * pma.std())
    for level in (0.05, 0.25, 0.5, 0.75, 0.95):
        error = 4.5 * np.sqrt(level * (1 - level) / size)
        assert exact.below(np.quantile(pma, level)) == pytest.approx(level, abs=error)
    # the populations of a block are drawn given the same draws of what is in common
    study = posterior.study
    common = {
        name: posterior.groups.values("posterior", name).reshape(len(first), *shape)
        for name, shape in ((given_common.SPREAD, ()), (given_common.MEAN, (2,)))
    }
    part = blocks.draws(study, 0, common)
    assert part[:, 0, 0].mean() == pytest.approx(mean, abs=0.12 * sd)
    names = [one.name for one in posterior.tried_priors() if one.reliable]
    assert names[0] == "independent shares"
    assert len(names) == 5
    found = posterior.results("shares")
    assert found.own_part["s1"].mean < found.own_part["s2"].mean
    assert found.apart["s1"].sd > posterior.misalignment()["s1"].sd
    assert "NUTS" in str(posterior)
