"""Populations within groups: likelihood, draws and posterior against what is known otherwise."""

from pathlib import Path

import numpy as np
import pymc as pm
import pytest
from scipy.special import betainc, betaln, gammaln

import bayes_misalign as bm
from bayes_misalign.contract.registry import goals_model, shares_model
from bayes_misalign.inference import blocks, draw_blocks
from bayes_misalign.models.pooled import given_common
from bayes_misalign.models.pooled.counted import FEW, DistinctCounts
from bayes_misalign.models.pooled.groups import order_of_groups
from bayes_misalign.models.pooled.priors import PooledShares
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.study.joint import build_common
from bayes_misalign.study.some_populations import of_populations
from bayes_misalign.study.study import Study
from tests.noisy_studies import PLAIN

POOLED = shares_model("pooled")
COUNTS = np.array([[1.0, 3.0], [12.0, 5.0], [4.0, 2.0], [3.0, 9.0], [2.0, 10.0], [0.0, 4.0]])
GROUP = np.array([0, 1, 0, 1, 1, 0])
NAMES = tuple(f"r{i + 1}" for i in range(len(COUNTS)))
WITHIN = {name: "xy"[g] for name, g in zip(NAMES, GROUP, strict=True)}


def a_study(counts: np.ndarray = COUNTS, none: bool = False, **shares: float) -> Study:
    goals = ("a", "b")
    area = bm.ProblemArea("letter", goals, no_goal=["none"] if none else [])
    answers = ChoiceCounts.from_counts((*goals, NO_GOAL) if none else goals, NAMES, counts)
    prior = bm.PooledShares(within=WITHIN, **shares)
    return Study.of(area, answers, bm.MutuallyExclusive(), shares=prior)


def log_urn(counts: np.ndarray, a: np.ndarray) -> float:
    """Return the log probability of counts (S, K), one answer after another; a is (S, K)."""
    each = (gammaln(a + counts) - gammaln(a)).sum(axis=1)
    total = a.sum(axis=1)
    return float((each + gammaln(total) - gammaln(total + counts.sum(axis=1))).sum())


def test_distinct_counts_are_told_apart_by_group() -> None:
    found = DistinctCounts.of(np.tile(COUNTS, (FEW, 1)), np.tile(GROUP, FEW))
    rows = {(g, n): t for g, n, t in zip(found.goal, found.number, found.times, strict=True)}
    # group, goal: place 2 * group + goal; 4 is all of a population
    assert rows[0, 1.0] == rows[0, 4.0] == rows[1, 2.0] == FEW
    assert rows[2, 12.0] == rows[3, 9.0] == rows[3, 10.0] == FEW
    assert rows[4, 4.0] == rows[4, 12.0] == 2 * FEW
    assert found.times.sum() == FEW * ((COUNTS > 0).sum() + len(COUNTS))


@pytest.mark.parametrize(("spread", "part"), [(0.9, 0.5), (0.3, 0.99), (0.3, 0.0), (1e-4, 0.2)])
def test_the_likelihood_is_that_of_an_urn_about_each_groups_mean(
    spread: float, part: float
) -> None:
    made = a_study()
    model = build_common(made.goals, made.goal_prior, None, ())
    means = np.array([[0.7, 0.3], [0.2, 0.8]])
    given = {
        given_common.SPREAD: np.array(spread),
        given_common.GROUP_PART: np.array(part),
        given_common.GROUP_MEAN: means,
    }
    inputs, (likelihood,) = [model[name] for name in given], model.potentials
    compiled = pm.pytensorf.compile(
        inputs, likelihood, on_unused_input="ignore", mode="FAST_COMPILE"
    )
    a = (1 / spread**2 - 1) / (1 - part) * means[GROUP]
    assert compiled(*given.values()) == pytest.approx(log_urn(COUNTS, a), rel=1e-7, abs=1e-7)


def test_the_prior_splits_the_differences_that_populations_have_without_groups() -> None:
    # var p = v^2 mu (1 - mu) as without groups, var of a group's mean g v^2 mu (1 - mu)
    prior = PooledShares(within=WITHIN).with_populations(NAMES)
    found = POOLED.draw_prior(prior, len(NAMES), ("a", "b"), 100_000, np.random.default_rng(2))
    p, mean = found["proportion"][..., 0], found["mean_share"][:, 0]
    group = found["group_mean_share"][..., 0]
    scale = (mean * (1 - mean)).mean()
    assert (group - mean[:, None]).var() == pytest.approx(scale / 6, rel=0.02)
    assert (p - mean[:, None]).var() == pytest.approx(scale / 3, rel=0.02)
    apart = p - mean[:, None]
    assert (apart[:, 0] * apart[:, 2]).mean() == pytest.approx(scale / 6, rel=0.03)  # one group
    assert (apart[:, 0] * apart[:, 1]).mean() == pytest.approx(0, abs=0.02 * scale)
    np.testing.assert_allclose(p.mean(axis=0), 0.5, atol=0.01)


@pytest.mark.parametrize("goals", [2, 3, 8])
def test_the_prior_of_misalignment_is_that_without_groups(goals: int) -> None:
    # the variance of shares is the same, so the mean of P(ma) is; its median nearly
    rng, draws, labels = np.random.default_rng(5), 40_000, tuple("abcdefgh"[:goals])
    in_groups = PooledShares(within=WITHIN).with_populations(NAMES)
    found = []
    for prior in (PooledShares(), in_groups):
        p = POOLED.draw_prior(prior, len(NAMES), labels, draws, rng)["proportion"][:, 0]
        found.append(1 - (p**2).sum(axis=-1))
    error = np.sqrt(found[0].var() * 2 / draws)
    assert found[0].mean() == pytest.approx(found[1].mean(), abs=4.5 * error)
    assert np.median(found[0]) == pytest.approx(np.median(found[1]), abs=0.02)


@pytest.mark.parametrize(("spread", "part"), [(0.7, 0.3), (1.0, 0.5), (0.4, 0.0), (0.4, 1.0)])
def test_concentrations_split_a_spread(spread: float, part: float) -> None:
    a, d = given_common.concentrations(np.array(spread), np.array(part))
    assert 1 / (1 + d) == pytest.approx(part * spread**2, abs=1e-12)
    assert (1 - 1 / (1 + a)) * (1 - 1 / (1 + d)) == pytest.approx(1 - spread**2, abs=1e-12)


def test_shares_given_groups_are_dirichlet_about_their_means() -> None:
    draws, prior = 20_000, PooledShares(within=WITHIN).with_populations(NAMES)
    means = np.array([[0.7, 0.3], [0.2, 0.8]])
    common = {
        given_common.SPREAD: np.full(draws, 0.4),
        given_common.GROUP_PART: np.full(draws, 0.5),
        given_common.MEAN: np.tile([0.5, 0.5], (draws, 1)),
        given_common.GROUP_MEAN: np.tile(means, (draws, 1, 1)),
    }
    rng = np.random.default_rng(1)
    found = given_common.draw_given(prior, COUNTS, common, rng)["proportion"]
    a = (1 / 0.4**2 - 1) / (1 - 0.5) * means[GROUP] + COUNTS
    mean = a / a.sum(axis=1, keepdims=True)
    error = np.sqrt(mean * (1 - mean) / (a.sum(axis=1, keepdims=True) + 1) / draws)
    assert np.all(np.abs(found.mean(axis=0) - mean) < 4.5 * error)


@pytest.mark.parametrize("none", [False, True])
def test_free_variables_are_those_of_the_model(none: bool) -> None:
    counts = np.column_stack([COUNTS, np.full(len(COUNTS), 6.0)]) if none else COUNTS
    made = a_study(counts, none)
    model, goals = made.to_pymc(), goals_model("single-choice")
    drawn = draw_blocks.draw_goals(made, 5, prior=True)
    assert drawn is not None
    found = goals.free_variables(made.goals, made.goal_prior, "proportion", drawn)
    assert set(found.variables) == {x.name for x in model.free_RVs}
    for name, (dims, values) in found.variables.items():
        assert model.named_vars_to_dims.get(name, ()) == dims
        assert values.shape[1:] == tuple(len(model.coords[dim]) for dim in dims)
        assert all(tuple(model.coords[dim]) == found.coords.get(dim, ()) for dim in dims[-1:])
    logs = found.variables[given_common.LOG_OF_GROUPS][1]
    shares = drawn[given_common.GROUP_MEAN]
    np.testing.assert_allclose(np.exp(logs), shares, rtol=1e-9, atol=1e-12)


def test_the_reference_of_a_group_is_what_most_of_its_agents_hold() -> None:
    membership = np.array([[1.0, 1, 0], [0, 0, 1]])
    counts = np.array([[9.0, 0, 1], [0, 0, 2], [0, 1, 30]])
    np.testing.assert_array_equal(order_of_groups(counts, membership), [[1, 2, 0], [0, 1, 2]])


def test_the_gradient_is_finite_where_a_mean_share_underflows() -> None:
    made = a_study(COUNTS * [1, 0])
    model = build_common(made.goals, made.goal_prior, None, ())
    point = model.initial_point()
    point["mean_unevenness_logodds__"] = np.array(6.0)
    point["log_mean_stretched_log_ratio_in_order__"] = np.array([-12.0])  # a share below e^-4000
    assert np.isfinite(model.compile_dlogp(mode=PLAIN)(point)).all()


def test_a_part_of_the_populations_keeps_its_groups() -> None:
    made = a_study()
    part = of_populations(made, [4, 0])
    assert part is not None
    assert part.goal_prior.groups == ("x", "y")
    assert part.goal_prior.group_of.tolist() == [1, 0]
    rng = np.random.default_rng(1)
    common = given_common.draw_common(made.goal_prior, ("a", "b"), 4_000, rng)
    common[given_common.SPREAD][:] = 0.01
    drawn = draw_blocks.draw_prior_given(part, common, rng)["proportion"]
    means = common[given_common.GROUP_MEAN]
    np.testing.assert_allclose(drawn.mean(axis=0), means[:, [1, 0]].mean(axis=0), atol=0.01)


def test_a_column_says_which_group_each_population_is_in(tmp_path: Path) -> None:
    from bayes_misalign.study.write import write_study

    rows = [
        f"{name},{WITHIN[name]},{goal},{n:g}"
        for name, row in zip(NAMES, COUNTS, strict=True)
        for goal, n in zip("ab", row, strict=True)
    ]
    table = tmp_path / "answers.csv"
    table.write_text("\n".join(["region,country,vote,n", *rows]) + "\n", encoding="utf-8")
    goals = bm.SingleChoice(table, goal="vote", population="region", count="n")
    area, conflict = bm.ProblemArea("letter", ["a", "b"]), bm.MutuallyExclusive()
    made = Study.of(area, goals, conflict, shares={"model": "pooled", "within": "country"})
    assert made.goal_prior.within == WITHIN
    assert made.goal_prior == a_study().goal_prior
    assert Study.from_plain(made.to_plain()).goal_prior == made.goal_prior
    (tmp_path / "again").mkdir()
    again = bm.read_study(write_study(made, tmp_path / "again"))
    assert again.goal_prior == made.goal_prior
    # of a joined name too, and of some of the populations
    both = bm.SingleChoice(
        table,
        goal="vote",
        population=("country", "region"),
        count="n",
        populations=("x, r1", "x, r3", "y, r2"),
        where={"region": ["r1", "r2", "r3"]},
    )
    some = Study.of(area, both, conflict, shares=bm.PooledShares(within="country"))
    assert some.goal_prior.within == {"x, r1": "x", "x, r3": "x", "y, r2": "y"}


def test_stated_groups_of_other_populations_are_left_out() -> None:
    within = {"elsewhere": "z", **WITHIN}
    answers = ChoiceCounts.from_counts(("a", "b"), NAMES, COUNTS)
    area, conflict = bm.ProblemArea("letter", ["a", "b"]), bm.MutuallyExclusive()
    made = Study.of(area, answers, conflict, shares=bm.PooledShares(within=within))
    assert made.goal_prior.groups == ("x", "y")
    wrong = {("r66" if name == "r6" else name): group for name, group in WITHIN.items()}
    with pytest.raises(bm.StudyError, match=r"no group of 'r6'\. Did you mean 'r66'"):
        Study.of(area, answers, conflict, shares=bm.PooledShares(within=wrong))
    with pytest.raises(bm.StudyError, match="no table of goals has a column of populations"):
        Study.of(area, answers, conflict, shares=bm.PooledShares(within="country"))
    with pytest.raises(bm.StudyError, match="`alike_groups` is stated of populations"):
        bm.PooledShares(alike_groups=2.0)
    with pytest.raises(bm.StudyError, match="`within` of 'pooled' is 3"):
        bm.PooledShares(within=3)  # type: ignore[arg-type]


class ByQuadrature:
    """The first population of counts (S, 2) in two groups, by sums over all that is in common."""

    def __init__(self, points: int = 30, means: int = 120) -> None:
        middle = (np.arange(points) + 0.5) / points
        v, part = (x.ravel()[:, None] for x in np.meshgrid(middle, middle, indexing="ij"))
        a, b = (1 / v**2 - 1) / (1 - part), 1 / (part * v**2) - 1
        edges = np.sin(np.linspace(0, np.pi / 2, means + 1)) ** 2
        m = np.sin((np.arange(means) + 0.5) / means * np.pi / 2) ** 2
        even = (1 / ((np.arange(400) + 0.5) / 400) ** 2 - 1) / 2
        prior = np.diff(np.mean([betainc(x, x, edges) for x in even], axis=0))
        log_of = np.zeros((2, points**2, means))  # answers of each group, given all and its mean
        for (x, y), g in zip(COUNTS, GROUP, strict=True):
            log_of[g] += betaln(a * m + x, a * (1 - m) + y) - betaln(a * m, a * (1 - m))
        of = np.exp(log_of - log_of.max(axis=(1, 2), keepdims=True))
        about = np.diff(betainc((b * m)[..., None], (b * (1 - m))[..., None], edges), axis=-1)
        known = np.einsum("jmk,gjk->gjm", about, of, optimize=True)
        weight = prior * known.prod(axis=0)
        total = weight.sum()
        of_pair = weight.sum(axis=1) / total
        self.spread, self.part = float(of_pair @ v[:, 0]), float(of_pair @ part[:, 0])
        self.group_spread = float(of_pair @ (np.sqrt(part) * v)[:, 0])
        rest = prior * known[1] / total
        own = np.einsum("jm,jmk,jk->jk", rest, about, of[0], optimize=True)
        self.group_mean = float((own * m).sum())
        x, y = a * m + COUNTS[0, 0], a * (1 - m) + COUNTS[0, 1]
        n = x + y
        self.share = float((own * x / n).sum())
        self.sd = float(np.sqrt((own * x * (x + 1) / (n * (n + 1))).sum() - self.share**2))
        self.misalignment = float((own * 2 * x * y / (n * (n + 1))).sum())


@pytest.mark.slow
def test_a_fit_meets_quadrature_and_reports_groups(tmp_path: Path) -> None:
    sizes = dict(zip(NAMES, [0.1, 0.1, 0.2, 0.2, 0.3, 0.1], strict=True))
    made = a_study()
    study = Study.of(
        made.area,
        made.goals,
        bm.MutuallyExclusive(),
        shares=made.goal_prior,
        populations=bm.Populations(shares=sizes),
    )
    posterior = bm.fit(study, random_seed=3)
    assert posterior.diagnosis.trustworthy
    assert posterior.diagnosis.figures["divergences"] == 0
    exact, size = ByQuadrature(), posterior.diagnosis.figures["ess_bulk_min"]
    found = posterior.results("shares")
    groups = found.groups
    for estimate, mean in (
        (found.spread, exact.spread),
        (groups.spread, exact.group_spread),
        (groups.part, exact.part),
        (groups.mean_shares["x"]["a"], exact.group_mean),
        (posterior.misalignment()["r1"], exact.misalignment),
    ):
        assert estimate.mean == pytest.approx(mean, abs=4.5 * estimate.sd / np.sqrt(size))
    first = posterior.shares()[:, 0, 0]
    assert first.mean() == pytest.approx(exact.share, abs=4.5 * exact.sd / np.sqrt(size))
    assert first.std() == pytest.approx(exact.sd, rel=0.06)
    # parts sum to one; a group's populations taken together are their union
    assert sum(x.mean for x in groups.parts.values()) == pytest.approx(1)
    p = posterior.shares()
    together = (p[:, 0] * 0.1 + p[:, 2] * 0.2 + p[:, 5] * 0.1) / 0.4
    pma = 2 * together[:, 0] * together[:, 1]
    assert groups.together["x"].mean == pytest.approx(pma.mean())
    assert groups.members == {"x": ("r1", "r3", "r6"), "y": ("r2", "r4", "r5")}
    names = [one.name for one in posterior.tried_priors() if one.reliable]
    assert "prior of how alike groups are halved" in names
    common = {
        name: posterior.groups.values("posterior", name).reshape(len(first), *shape)
        for name, shape in (
            (given_common.SPREAD, ()),
            (given_common.GROUP_PART, ()),
            (given_common.MEAN, (2,)),
            (given_common.GROUP_MEAN, (2, 2)),
        )
    }
    part = blocks.draws(posterior.study, 0, common)
    assert part[:, 0, 0].mean() == pytest.approx(exact.share, abs=0.12 * exact.sd)
    text = posterior.report(tmp_path / "r.md").read_text(encoding="utf-8")
    assert "P(ma) at mean shares | 95 % interval | P(ma) of its populations together" in text
    assert text.index("x 0.4") < len(text)  # groups stand in the figure's words
    posterior.save(tmp_path / "p.nc")
    again = bm.load(tmp_path / "p.nc")
    assert again.results("shares").groups.together["y"].mean == groups.together["y"].mean
