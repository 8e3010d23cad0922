"""Studies of encounters from file to report: senators, and agents whose goals are uncertain."""

import json
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import bayes_misalign as bm
from bayes_misalign import cli
from bayes_misalign.contract.assets import models_root
from bayes_misalign.inference.attribution import attribute
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.encounters.results import encounter_results
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.page.estimate import Estimate
from bayes_misalign.reading.conflict import ConflictEvidence

EXAMPLE = Path(__file__).parents[3] / "examples" / "senators"
CLOSE = 5.0  # Monte Carlo errors
WORDS = {  # of the package, and of the Stan program
    "index": "index",
    "proportion": "proportion",
    "background_encounters": "background",
    "misalignment": "misalignment",
}
BY_POPULATION = ("index", "proportion", "misalignment")
STATISTICS = ("names", "mean", "mcse_mean", "sd", "mcse_sd")


@cache
def by_grid(same: tuple[tuple[int, int], ...], between: tuple[int, int]) -> dict[str, float]:
    """Return posterior means of level and backgrounds of two goals, by sums over a fine grid."""
    middle = (np.arange(120) + 0.5) / 120
    c, one, other = np.meshgrid(middle, middle, middle, indexing="ij")
    seen = 1 - (1 - c) * np.sqrt((1 - one) * (1 - other))
    log = between[0] * np.log(seen) + between[1] * np.log1p(-seen)
    for background, (yes, no) in zip((one, other), same, strict=True):
        log += yes * np.log(background) + (no + 8) * np.log1p(-background)
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    found = {"level": c, "first": one, "second": other}
    return {name: float((weight * values).sum()) for name, values in found.items()}


def meets(estimate: Estimate, expected: float) -> bool:
    return bool(abs(estimate.mean - expected) < CLOSE * estimate.mcse)


@pytest.fixture(scope="module")
def senators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("senators") / "copy") / "study.toml"
    done = CliRunner().invoke(cli.app, ["fit", str(study), "--draws", "500", "--no-figures"])
    assert done.exit_code == 0, done.output
    assert "Conflict over something else than these goals" in done.output
    return study.parent / "study-results"


def test_senators_of_one_state_split_within_a_party_as_often_as_between(senators: Path) -> None:
    posterior = bm.load(senators / "posterior.nc")
    source = posterior.study.conflict.source_of("Democrats", "Republicans")
    np.testing.assert_array_equal(source.seen_yes, [[8, 3], [0, 0]])  # type: ignore[union-attr]
    np.testing.assert_array_equal(source.seen_no, [[11, 10], [0, 18]])  # type: ignore[union-attr]
    expected = by_grid(((8, 11), (0, 18)), (3, 10))
    assert meets(posterior.conflict_levels()["Democrats | Republicans"], expected["level"])
    (found,) = encounter_results(posterior)
    assert found.background is not None
    assert meets(found.background["Democrats"], expected["first"])
    assert meets(found.background["Republicans"], expected["second"])
    # everybody is known: P(ma) is as uncertain as the level
    ratio = posterior.misalignment()["all"].mean / expected["level"]
    assert ratio == pytest.approx(2 * 0.51 * 0.49, rel=0.1)
    assert posterior.attribution().conflict == pytest.approx(1)


def test_the_report_of_encounters_says_what_they_were(senators: Path) -> None:
    whole = json.loads((senators / "summary.json").read_text(encoding="utf-8"))
    summary = whole["problem_areas"][0]
    (met,) = summary["encounters"]
    assert (met["encounters"], met["with_conflict"], met["agents_of_uncertain_goals"]) == (
        50,
        11,
        0,
    )
    assert set(met["background"]) == {"Democrats", "Republicans"}
    assert summary["conflict"][0]["model"] == "encounters"
    text = (senators / "report.md").read_text(encoding="utf-8")
    assert "50 encounters of two agents" in text
    assert "met: 13 encounters, 3 with conflict" in text
    assert "(1 - b_i)" in text
    table = (senators / "tables" / "encounters.csv").read_text(encoding="utf-8")
    assert "Democrats,Republicans,3" in table


def labelled(agents: int, wrong: float) -> tuple[bm.NoisyLabels, bm.Encounters, np.ndarray]:
    """Return agents labelled twice who meet in threes, and how often goals met."""
    goals = ["a", "a", "b", "a", "b", "b"]
    rows: dict[str, list[str]] = {"who": [], "by": [], "label": []}
    met: dict[str, list[str]] = {"one": [], "two": [], "conflict": []}
    seen = np.zeros((2, 2, 2), dtype=int)
    for agent in range(agents):
        for rater in ("r", "s"):
            rows["who"].append(str(agent))
            rows["by"].append(rater)
            rows["label"].append(goals[agent % 6])
    for first in range(0, agents - 2, 3):
        for one, two in ((first, first + 1), (first + 1, first + 2)):
            pair = sorted((goals[one % 6], goals[two % 6]))
            differ = pair[0] != pair[1]
            yes = (one % 4 != 0) if differ else (one % 7 == 0)
            met["one"].append(str(one))
            met["two"].append(str(two))
            met["conflict"].append("yes" if yes else "no")
            seen[0 if yes else 1, "ab".index(pair[0]), "ab".index(pair[1])] += 1
    labels = bm.NoisyLabels(rows, label="label", agent="who", rater="by", error_rate=wrong)
    return labels, bm.Encounters(met, agent="one", agent_other="two"), seen


def of_data(name: str) -> tuple[DistinctLabels, ConflictEvidence]:
    """Return reports and encounters of a data file of the model's folder."""
    text = (models_root() / "encounters" / name).read_text(encoding="utf-8")
    found = json.loads(text)["evidence"]
    goals = DistinctLabels(**found["goals"])
    return goals, ConflictEvidence(goals.categories, (EncounterConflict(**found["met"]),))


@pytest.mark.slow
def test_shares_and_conflict_together_meet_the_reference(tmp_path: Path) -> None:
    """Agents of uncertain goals in pairs, stars and chains, against an independent Stan program."""
    goals, conflict = of_data("data_reports.json")
    area = bm.ProblemArea("game", goals=list(goals.categories))
    prior = {"shares": "index-uniform"}  # that of the program
    study = bm.Study.of(area, goals, conflict, prior=prior)
    posterior = bm.fit(study, draws=2_500, random_seed=1)
    assert posterior.study.conflict.joint
    assert posterior.diagnosis.figures["divergences"] == 0
    text = (models_root() / "encounters" / "reference_reports.json").read_text(encoding="utf-8")
    reference = json.loads(text)
    assert all(reference["checks_made"].values())
    drawn = {name: posterior.groups.values("posterior", name) for name in WORDS}
    drawn["level"] = posterior.groups.values("posterior", "conflict_level")
    stated = reference["summary_statistics"]
    for label, mean, mcse, sd, _ in zip(*(stated[key] for key in STATISTICS), strict=True):
        base, _, index = label.partition("[")
        place = [int(i) - 1 for i in index.rstrip("]").split(",")] if index else []
        word = next((ours for ours, theirs in WORDS.items() if theirs == base), "level")
        values = drawn[word][:, :, 0] if word in BY_POPULATION else drawn[word]
        estimate = posterior.estimate(label, values[..., *place].ravel())
        assert abs(estimate.mean - mean) < 4 * np.hypot(estimate.mcse, mcse), label
        assert estimate.draws.std() == pytest.approx(sd, rel=0.05), label
    posterior.report(tmp_path / "report.md")
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    agents = int(conflict.sources[0].trees.agents.sum())  # type: ignore[union-attr]
    assert f"The goals of {agents} agents are seen through reports only" in report
    again = bm.load(posterior.save(tmp_path / "posterior.nc"))
    assert again.study.conflict == posterior.study.conflict
    parts = posterior.attribution()
    assert parts.shares + parts.conflict + parts.interaction == pytest.approx(1)


@pytest.mark.slow
def test_labels_that_hardly_err_say_what_known_goals_say() -> None:
    area = bm.ProblemArea("game", goals=["a", "b"])
    labels, met, seen = labelled(60, 0.001)
    posterior = bm.fit(area, labels, met, draws=1000, random_seed=1)
    assert posterior.study.conflict.joint
    assert posterior.diagnosis.state == "ok"
    expected = by_grid(
        ((int(seen[0, 0, 0]), int(seen[1, 0, 0])), (int(seen[0, 1, 1]), int(seen[1, 1, 1]))),
        (int(seen[0, 0, 1]), int(seen[1, 0, 1])),
    )
    assert meets(posterior.conflict_levels()["a | b"], expected["level"])
    (found,) = encounter_results(posterior)
    assert found.background is not None
    assert meets(found.background["a"], expected["first"])
    assert meets(found.background["b"], expected["second"])


def test_exact_draws_are_refused_where_shares_and_conflict_are_one_block() -> None:
    area = bm.ProblemArea("game", goals=["a", "b"])
    labels, met, _ = labelled(12, 0.1)
    with pytest.raises(bm.StudyError, match="not conjugate"):
        bm.fit(area, labels, met, method="exact")


def test_parts_of_the_variance_sum_to_one_where_shares_and_levels_depend_on_each_other() -> None:
    rng = np.random.default_rng(1)
    share = rng.beta(20, 20, size=4000)
    level = np.clip(0.5 + 2 * (share - 0.5) ** 2 + 0.05 * rng.normal(size=4000), 0, 1)
    conflict = np.zeros((4000, 2, 2))
    conflict[:, 0, 1] = conflict[:, 1, 0] = level
    shares = np.stack([share, 1 - share], axis=1)
    found = attribute(shares, conflict, ("a", "b"), joint=True)
    assert found.shares + found.conflict + found.interaction == pytest.approx(1)
    alone = attribute(shares, rng.permutation(conflict), ("a", "b"), joint=True)
    plain = attribute(shares, rng.permutation(conflict), ("a", "b"))
    assert alone.conflict == pytest.approx(plain.conflict, abs=0.03)


@pytest.mark.slow
def test_encounters_tell_of_a_pair_that_another_source_names() -> None:
    """Beta(5, 5) as stated, and eight conflicts in ten encounters: Beta(13, 7)."""
    area = bm.ProblemArea("game", goals=["a", "b"])
    ids = [str(i) for i in range(20)]
    answers = bm.SingleChoice({"id": ids, "goal": ["a", "b"] * 10}, goal="goal", respondent="id")
    met = bm.Encounters(
        {"one": ids[::2], "two": ids[1::2], "conflict": ["yes"] * 8 + ["no"] * 2},
        agent="one",
        agent_other="two",
    )
    stated = bm.Elicited({("a", "b"): {"mean": 0.5, "strength": 10}})
    posterior = bm.fit(area, answers, [stated, met], random_seed=1)
    level = posterior.conflict_levels()["a | b"]
    assert meets(level, 13 / 20)
    assert level.draws.std() == pytest.approx((13 * 7 / 20**2 / 21) ** 0.5, rel=0.06)


def test_conflict_by_population_and_encounters_that_tell_of_it_are_refused() -> None:
    area = bm.ProblemArea("game", goals=["a", "b"])
    answers = bm.SingleChoice(
        {"id": list("wxyz"), "goal": ["a", "b", "a", "b"], "where": ["s", "s", "t", "t"]},
        goal="goal",
        respondent="id",
        population="where",
    )
    rated = bm.Rated(
        {"goal": ["a", "a"], "goal_other": ["b", "b"], "rating": [1, 2], "where": ["s", "t"]},
        scale=(1, 5),
        population="where",
    )
    met = bm.Encounters(
        {"one": ["w"], "two": ["x"], "conflict": ["yes"]}, agent="one", agent_other="two"
    )
    with pytest.raises(bm.StudyError, match="measured in each population apart"):
        bm.Study.of(area, answers, [rated, met])
