"""The matched prior on classes of goals: splitting a goal changes nothing, and brute force."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, logsumexp

import bayes_misalign as bm
from bayes_misalign.contract.classes import GoalClasses
from bayes_misalign.errors import StudyError
from bayes_misalign.inference.fit import run
from bayes_misalign.measure import exclusive_conflict, misalignment
from bayes_misalign.models.independent import class_words, in_classes
from bayes_misalign.models.independent.priors import SharePrior
from bayes_misalign.settings import NO_GOAL
from tests.models.independent import oracle

DRAWS = 40_000
WITHIN = 4.0  # Monte Carlo errors
LABELS = ("a", "b", "c", "z", NO_GOAL)
CLASSES = GoalClasses((("a", "b"), ("c",)), ("z", NO_GOAL))
FOUND = replace(CLASSES, categories=LABELS)
COUNTS = np.array([[5.0, 7.0, 8.0, 1.0, 2.0], [40.0, 0.0, 0.0, 0.0, 3.5]])


def drawn(counts: np.ndarray, labels: tuple[str, ...], prior: SharePrior) -> dict[str, np.ndarray]:
    return prior.draw(counts, labels, DRAWS, np.random.default_rng(3))


def among(conflicting: str, labels: tuple[str, ...]) -> np.ndarray:
    """Return conflict 1 between goals of different classes, letters of one word a class."""
    word = {letter: w for w, letters in enumerate(conflicting.split()) for letter in letters}
    at = [word.get(label) for label in labels]
    return np.array([[float(None not in (u, v) and u != v) for v in at] for u in at])


@pytest.mark.parametrize(
    ("labels", "counts", "classes"),
    [
        (("a", "b", "c"), [5, 7, 8], GoalClasses((("a", "b"), ("c",)))),
        (("a", "b", "b2", "c"), [5, 7, 0, 8], GoalClasses((("a", "b", "b2"), ("c",)))),
    ],
)
def test_splitting_a_goal_leaves_p_ma_as_it_was(
    labels: tuple[str, ...], counts: list[float], classes: GoalClasses
) -> None:
    found = drawn(np.array([counts], float), labels, SharePrior(classes=classes))["proportion"]
    conflict = np.array([[float((x == "c") != (y == "c")) for y in labels] for x in labels])
    values = misalignment(found[:, 0], conflict)
    whole = drawn(np.array([[12.0, 8.0]]), ("a", "c"), SharePrior())["proportion"]
    np.testing.assert_allclose(values, misalignment(whole[:, 0], exclusive_conflict(2)), rtol=1e-12)
    exact = oracle.mean_misalignment(np.array([12.0, 8.0]))
    assert abs(values.mean() - exact) < WITHIN * values.std() / np.sqrt(DRAWS)


def test_goals_without_conflict_stand_with_those_who_hold_none() -> None:
    found = drawn(COUNTS, LABELS, SharePrior(classes=CLASSES))["proportion"]
    values = misalignment(found, among("ab c", LABELS))
    for s, (goals, none) in enumerate([((12, 8), 3), ((40, 0), 3.5)]):
        exact = oracle.mean_misalignment(np.array(goals, dtype=float), none)
        error = values[:, s].std() / np.sqrt(DRAWS)
        assert abs(values[:, s].mean() - exact) < WITHIN * error


def of_two(counts: tuple[float, float]) -> float:
    """Return the mean of the first share of two goals, by brute force."""
    total = 0.0
    for part in oracle.components(np.array(counts, dtype=float)):
        if part.apart is None:
            mean = part.alpha[:, 0] / part.alpha.sum(axis=1)
        else:
            own = (1 + counts[part.apart]) / (2 + sum(counts))
            mean = np.full(len(part.weight), own if part.apart == 0 else 1 - own)
        total += float(part.weight @ mean)
    return total


def test_shares_within_a_class_by_brute_force() -> None:
    found = drawn(COUNTS, LABELS, SharePrior(classes=CLASSES))
    shares = found["proportion"]
    assert found["log_concentration_within"].shape == (DRAWS, 2, 2)
    np.testing.assert_allclose(shares.sum(axis=-1), 1)
    without = (0.5 + 3) / (1.5 + 23)  # Beta(1/2 + 3, 1 + 20): those without conflict, z among them
    none = (0.5 + 2) / (1.5 + 3)  # within them "no goal" stands apart again
    first, a = of_two((12, 8)), of_two((5, 7))
    exact = [
        (1 - without) * first * a,
        (1 - without) * first * (1 - a),
        (1 - without) * (1 - first),
        without * (1 - none),
        without * none,
    ]
    error = shares[:, 0].std(axis=0) / np.sqrt(DRAWS)
    assert (np.abs(shares[:, 0].mean(axis=0) - exact) < WITHIN * error).all()


def of_two_logp(shares: np.ndarray | list[float], log_a: float) -> float:
    """Return the log density of the log ratio of two shares given log A, from the formulas."""
    half = np.exp(log_a) / 2
    symmetric = np.log(0.75) + stats.beta(half, half).logpdf(shares[0])
    return float(logsumexp([symmetric, np.log(0.25)]) + np.log(shares).sum())


@pytest.mark.parametrize("uncertain", [False, True])
def test_density_in_pymc(uncertain: bool) -> None:
    import pymc as pm
    import pytensor
    from pytensor.graph.replace import graph_replace

    from bayes_misalign.models.independent.generative import declare_shares
    from tests.noisy_studies import PLAIN

    order = np.array([[3, 4, 0, 1, 2]])
    counts = np.take_along_axis(COUNTS[:1], order, axis=1)
    with pm.Model(coords={"population": ["p"], "goal": LABELS}) as model:
        given = (counts, order)
        if uncertain:
            given = (pm.Data("n", counts, shape=(1, 5)), pm.Data("order", order, shape=(1, 5)))
        _, shares = declare_shares(SharePrior(classes=CLASSES), LABELS, *given)
        of = {rv: rv.type() for rv in model.free_RVs}
        density = sum(pm.logp(rv, value).sum() for rv, value in of.items())
    top, ab, zn, log_a, inner = [0.5, 0.3, 0.2], [0.4, 0.6], [0.25, 0.75], 0.7, [1.5, -0.4]
    proportion = [[0.2, 0.3, 0.3, 0.05, 0.15]]
    drawn = {
        "proportion": np.array([proportion]),
    }
    free, coords = in_classes.free_variables(FOUND, order, "proportion", drawn)
    assert {name: dims for name, (dims, _) in free.items()} == {
        rv.name: model.named_vars_to_dims[rv.name] for rv in model.free_RVs
    }
    # drawn anew given the shares; here their density is wanted at values of their own
    free = {name: (dims, values[0]) for name, (dims, values) in free.items()}
    free["log_concentration"] = (("population",), np.array([log_a]))
    free["log_evenness_within"] = (("population", "class"), np.array([inner]))
    assert coords == {dim: tuple(model.coords[dim]) for dim in coords}
    values = [free[rv.name][1] for rv in of]
    run = pytensor.function(list(of.values()), graph_replace([density, shares], of), mode=PLAIN)
    found, shown = run(*values)
    np.testing.assert_allclose(shown, proportion, rtol=1e-12)
    # p_0 ~ Beta(1/2, 1), each on its log ratio: those apart among all, "no goal" among those
    without = [np.log(0.5) + 0.5 * np.log(p) + np.log(1 - p) for p in (top[2], zn[1])]
    log_as = np.array([log_a, *inner])
    prior_of_a = stats.beta(1, 0.5).logpdf(expit(log_as)) + stats.logistic.logpdf(log_as)
    exact = of_two_logp(np.array(top[:2]) / sum(top[:2]), log_a) + of_two_logp(ab, inner[0])
    assert found == pytest.approx(exact + sum(without) + prior_of_a.sum(), rel=1e-9)


@pytest.mark.parametrize("uncertain", [pytest.param(False, marks=pytest.mark.slow), True])
def test_the_sampler_has_a_place_to_begin(uncertain: bool) -> None:
    import pymc as pm
    import pytensor

    from bayes_misalign.models.independent.generative import declare_shares
    from tests.noisy_studies import PLAIN

    order = np.array([[3, 4, 0, 1, 2]])
    counts = np.take_along_axis(COUNTS[:1], order, axis=1)
    with pm.Model(coords={"population": ["p"], "goal": LABELS}) as model:
        given = (counts, order)
        if uncertain:
            given = (pm.Data("n", counts, shape=(1, 5)), pm.Data("order", order, shape=(1, 5)))
        _, shares = declare_shares(SharePrior(classes=CLASSES), LABELS, *given)
    with pytensor.config.change_flags(mode=PLAIN):
        start = model.initial_point()
        (value,) = model.replace_rvs_by_values([shares])
        outputs = [model.logp(), *pytensor.gradient.grad(model.logp(), model.value_vars), value]
        run = pytensor.function(model.value_vars, outputs, mode=PLAIN)
    found = run(**start)
    assert all(np.isfinite(one).all() for one in found)
    # it begins near the shares of classes, and within them, that were counted
    exact = COUNTS[0] / COUNTS[0].sum()
    np.testing.assert_allclose(found[-1][0], exact, atol=0.05)


def conflicting(split: bool) -> bm.Study:
    """Return a study of two goals and one without conflict, the first split in two or not."""
    goals, counts = (["a", "b"], [5, 7]) if split else (["a"], [12])
    data = {"goal": [*goals, "c", "z", "none"], "n": [*counts, 8, 1, 2]}
    pairs = {(goal, "z"): 0.0 for goal in (*goals, "c")} | ({("a", "b"): 0.0} if split else {})
    return bm.Study.of(
        bm.ProblemArea("x", goals=[*goals, "c", "z"], no_goal=["none"]),
        bm.SingleChoice(data, goal="goal", count="n"),
        bm.Fixed(pairs, unnamed_pairs=1.0),
    )


def test_a_study_does_not_depend_on_how_finely_goals_are_named() -> None:
    fine, coarse = (conflicting(split) for split in (True, False))
    assert fine.goal_prior.classes == CLASSES
    assert coarse.goal_prior.classes == GoalClasses((("a",), ("c",)), ("z", NO_GOAL))
    values = [run(study)[0].values("posterior", "misalignment") for study in (fine, coarse)]
    np.testing.assert_allclose(values[0], values[1], rtol=1e-12)


@pytest.mark.slow
def test_nuts_on_the_whole_study_agrees_with_the_exact_draws() -> None:
    import arviz_stats as azs

    study = conflicting(split=True).with_fitting(draws=10_000, target_accept=0.95)
    exact = run(study.with_fitting(draws=50_000, method="exact"))[0]
    sampled, diagnosis = run(study.with_fitting(method="nuts"))
    assert diagnosis.figures["divergences"] == 0
    names = ("misalignment", "proportion", "log_concentration", "log_concentration_within")
    for name in names:
        theirs = exact.values("posterior", name)
        # in PyMC the concentration within classes is drawn anew given the shares
        own = name.replace("concentration_within", "evenness_within")
        ours = sampled.values("posterior", own)
        flat = ours.reshape(*ours.shape[:2], -1)
        for i, column in enumerate(theirs.reshape(-1, flat.shape[-1]).T):
            error = float(azs.mcse(flat[..., i], method="mean", chain_axis=0, draw_axis=1))
            error = np.hypot(error, column.std() / np.sqrt(len(column)))
            assert abs(flat[..., i].mean() - column.mean()) < WITHIN * error, (name, i)
            assert flat[..., i].std() == pytest.approx(column.std(), rel=0.05), (name, i)


def test_classes_belong_to_the_default_prior() -> None:
    for stated in (SharePrior("index-uniform"), SharePrior("concentration", concentration=2)):
        assert stated.with_classes(CLASSES) is stated
    with pytest.raises(StudyError, match="does not take 'classes'"):
        SharePrior("index-uniform", classes=CLASSES)
    apart = SharePrior.of({"kind": "matched", "classes": {"same": []}})
    assert apart.with_classes(CLASSES) is apart
    assert apart.merging is None
    with pytest.raises(StudyError, match="does not make"):
        SharePrior(classes=CLASSES).with_classes(None)


def test_words_name_what_is_merged() -> None:
    said = class_words.what_is_merged(CLASSES)
    assert said.startswith("Goals a and b have the same conflicts")
    assert "Goal z conflicts with nothing and stands apart with the agents who hold no goal" in said
    study = conflicting(split=True)
    from bayes_misalign.models.single_choice.model import MODEL

    described = MODEL.describe(study.goals, study.goal_prior)
    assert said in described.priors[0]
    assert "of the shares of 3 classes of goals" in described.formulas[-1]
    assert "taken as one class" in MODEL.prior_in_brief(study.goal_prior, study.goals)
    many = class_words.what_is_merged(GoalClasses((tuple(f"g{i}" for i in range(20)), ("h",))))
    assert "g11 and 8 more have" in many
