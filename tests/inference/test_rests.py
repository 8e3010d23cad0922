"""What a result rests on: studies that their priors decide, and studies that they do not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.contract.registry import conflict_model
from bayes_misalign.inference import rests
from bayes_misalign.inference.conflict_draws import with_known
from bayes_misalign.inference.groups import POSTERIOR, PRIOR
from bayes_misalign.report.findings import gather
from bayes_misalign.report.render_json import summary
from bayes_misalign.report.render_markdown import to_markdown
from bayes_misalign.report.sections import document
from bayes_misalign.report.words import headline, source_text
from bayes_misalign.study.study import Study

ROOT = Path(__file__).parents[2]
AREA = bm.ProblemArea("park", goals=["trees", "houses", "sports"])
PAIRS = (("trees", "houses"), ("trees", "sports"), ("houses", "sports"))
EXCLUSIVE = bm.MutuallyExclusive()
PLACES = {"goal": AREA.goals, "position": [1.5, 8.0, 6.0], "se": [0.5, 0.4, 0.8]}


def example(name: str) -> bm.Posterior:
    return bm.fit(bm.read_study(ROOT / "examples" / f"{name}.toml"))


def chosen(*n: float, **more: Any) -> bm.SingleChoice:
    return bm.SingleChoice({"goal": AREA.goals, "n": n}, goal="goal", count="n", **more)


def judged(yes: int, no: int) -> bm.Judged:
    return bm.Judged(pairs=dict.fromkeys(PAIRS, (yes, no)))


def met(*n: int) -> bm.Encounters:
    columns = {
        "goal": [a for a, _ in PAIRS for _ in "yn"],
        "goal_other": [b for _, b in PAIRS for _ in "yn"],
        "conflict": ["yes", "no"] * 3,
        "n": n,
    }
    return bm.Encounters(columns, count="n", background=False)


def fit(goals: Any = None, conflict: Any = None, **more: Any) -> bm.Posterior:
    goals = chosen(60, 50, 40) if goals is None else goals
    return bm.fit(AREA, goals, EXCLUSIVE if conflict is None else conflict, **more)


def weighted() -> bm.Posterior:
    table = {"goal": ["trees", "houses", "sports"] * 4, "w": [40.0, 30.0, 20.0] + [0.1] * 9}
    return fit(bm.SingleChoice(table, goal="goal", weight="w"))


def silent() -> bm.Posterior:
    table = {"goal": ["trees", "houses", "sports"] * 2, "n": [20, 30, 10, 0, 0, 0]}
    table["who"] = ["old"] * 3 + ["young"] * 3
    return fit(bm.SingleChoice(table, goal="goal", count="n", population="who"))


# every study whose prior decides it, with words of what it rests on
AMBER: dict[str, tuple[Callable[[], bm.Posterior], str]] = {
    "spatial without ratings": (
        lambda: example("german-parties/study"),
        "the median of the length of conflict: halved",
    ),
    "spatial without ratings, exact positions": (
        lambda: fit(conflict=bm.Spatial(PLACES, ends=(0, 10), error=0)),
        "the median of the length of conflict",
    ),
    "a concentration of 1e300": (
        lambda: fit(prior={"concentration": 1e300}),
        "the prior of the goal shares, which no answer moves",
    ),
    "a firm prior and few answers": (
        lambda: fit(chosen(4, 2, 3), prior={"dirichlet": dict.fromkeys(AREA.goals, 30)}),
        "the prior of the goal shares",
    ),
    "four answers": (lambda: fit(chosen(2, 1, 1)), "the prior of the goal shares and 4 answers"),
    "weights that leave three answers": (weighted, "answers"),
    "nobody answered": (silent, "the prior alone in young, where nobody answered"),
    "one judgement of each pair": (
        lambda: fit(chosen(300, 300, 300), judged(1, 0)),
        "the prior of judged conflict",
    ),
    "judgements under a firm prior": (
        lambda: fit(conflict=judged(14, 6), conflict_prior={"judged": {"yes": 1e30, "no": 1e30}}),
        "the prior of judged conflict",
    ),
    "a meeting of each pair": (
        lambda: fit(chosen(300, 300, 300), met(1, 0, 0, 1, 1, 0)),
        "the prior of encounters conflict levels",
    ),
    "most pairs never met": (
        lambda: fit(chosen(300, 300, 300), met(40, 9, 0, 0, 0, 0)),
        "conflict levels of 2 pairs that nobody observed",
    ),
}


def labelled() -> bm.Posterior:
    labels = {"program": ["trees"] * 90 + ["houses"] * 60 + ["sports"] * 50}
    return fit(bm.NoisyLabels(labels, raters=["program"], error_rate=0.1))


def pooled() -> bm.Experts:
    stated = {e: dict.fromkeys(PAIRS, (0.4, 0.8)) for e in ("Ann", "Bob")}
    return bm.Experts(stated, pooling="linear")


def many_goals() -> bm.Posterior:
    goals = [f"goal {i}" for i in range(20)]
    table = {"goal": goals, "n": np.arange(10, 50, 2)}
    area = bm.ProblemArea("many", goals=goals)
    return bm.fit(area, bm.SingleChoice(table, goal="goal", count="n"), EXCLUSIVE)


RANGES = dict.fromkeys(PAIRS, (0.2, 0.9))
MEANS = [{"between": list(pair), "mean": 0.8, "strength": 3} for pair in PAIRS]
CLEAN: dict[str, Callable[[], bm.Posterior]] = {
    "eu-referendum": lambda: example("eu-referendum/study"),
    "eu-referendum, voters": lambda: example("eu-referendum/voters"),
    "games, accept": lambda: example("games-human-ai/accept"),
    "games, propose": lambda: example("games-human-ai/propose"),
    "games, give": lambda: example("games-human-ai/study"),
    "nonvoters": lambda: example("nonvoters/study"),
    "drawn": lambda: example("drawn/study"),
    "thirty answers": lambda: fit(chosen(14, 10, 6)),
    "thirty answers that agree": lambda: fit(chosen(30, 0, 0)),
    "a census of four": lambda: fit(chosen(2, 1, 1, population_size=4)),
    "twenty goals": many_goals,
    "a stated concentration": lambda: fit(chosen(43, 30, 30), prior={"concentration": 2.0}),
    "stated levels": lambda: fit(conflict=bm.Fixed(dict.fromkeys(PAIRS, 0.3))),
    "no conflict at all": lambda: fit(conflict=bm.Fixed(dict.fromkeys(PAIRS, 0.0))),
    "wide elicited ranges": lambda: fit(chosen(400, 300, 300), bm.Elicited(RANGES)),
    "elicited means of little worth": lambda: fit(chosen(400, 300, 300), bm.Elicited(MEANS)),
    "forty judgements of each pair": lambda: fit(conflict=judged(25, 15)),
    "forty meetings of each pair": lambda: fit(conflict=met(25, 15, 8, 32, 30, 10)),
    "experts, linear pool": lambda: fit(chosen(400, 300, 300), pooled()),
    "known error rates": labelled,
    "spatial, known length": lambda: fit(
        conflict=bm.Spatial(PLACES, ends=(0, 10), error="se", length=0.5)
    ),
}
SAMPLED_CLEAN = ("anaesthetists", "simulated-behaviour", "simulated-judges", "nonvoters-experts")


@pytest.mark.parametrize("name", AMBER)
def test_a_result_that_its_prior_decides_is_a_caution_and_says_so(name: str) -> None:
    make, words = AMBER[name]
    found = make()
    assert found.diagnosis.state == "caution"
    assert words in " ".join(found.diagnosis.rests_on)
    first, second, *_ = document(gather(found)).headline
    assert "goals with" in first
    assert second.startswith("This rests on ")
    assert words in second


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.slow if n == "known error rates" else ()) for n in CLEAN],
)
def test_a_result_that_its_data_decide_is_no_caution(name: str) -> None:
    found = CLEAN[name]()
    assert found.diagnosis.reasons == ()
    assert summary(found)["rests_on"] == []
    assert not any("rests on" in text for text in document(gather(found)).headline)


def of_sampled(name: str) -> tuple[Study, list[Any]]:
    """Return a study that was sampled, and what 100 of its draws say that it rests on."""
    kept = bm.load(ROOT / "tests/golden" / name / "posterior.nc")
    posterior, prior = (with_known(kept.groups, name) for name in (POSTERIOR, PRIOR))
    return kept.study, rests.what_it_rests_on(kept.study, posterior, prior)


@pytest.mark.parametrize("name", SAMPLED_CLEAN)
def test_sampled_examples_rest_on_their_data(name: str) -> None:
    assert of_sampled(name)[1] == []


def test_a_population_in_which_nobody_rated_is_named() -> None:
    study, reasons = of_sampled("us-parties")
    assert rests.unobserved(study) == {"2002": "nobody rated conflict"}
    assert [reason.rests_on for reason in reasons] == ["levels of conflict borrowed for 2002"]
    found = gather(bm.load(ROOT / "tests/golden/us-parties/posterior.nc"))
    said = headline(found)
    assert said.endswith("Left out: 2002, where nobody rated conflict.")
    assert "2002" not in said.partition("Left out")[0]
    (pair,) = (p for p, levels in found.conflict.items() if levels["2002"].sd > 0)
    assert source_text(found, pair, "2002").startswith("0 ratings, borrowed (")
    raw = found.of_models["rated"].raw
    assert "2002" not in raw
    assert len(raw) == len(found.populations) - 1


def test_a_population_in_which_nobody_answered_is_named() -> None:
    found = silent()
    said = headline(gather(found))
    assert said.endswith(", though nobody answered there.")
    told = summary(found)["problem_areas"][0]["populations"]
    by_name = {one["name"]: one["unobserved"] for one in told}
    assert by_name == {"old": None, "young": "nobody answered"}
    text = " ".join(found.summary().split())
    assert "borrowed from other populations: young, where nobody answered." in text


def test_every_face_says_what_a_result_rests_on() -> None:
    found = fit(chosen(2, 1, 1))
    said = "This rests on the prior of the goal shares and 4 answers."
    lines = found.summary().replace("\n", " ")
    assert lines.index("hold conflicting goals") < lines.index(said)
    assert f"**{said}**" in to_markdown(gather(found))
    assert summary(found)["rests_on"] == ["the prior of the goal shares and 4 answers"]


def test_halving_and_doubling_are_exact_refits() -> None:
    """One pair, known shares: E P(ma) = 2 p q (a + yes) / (a + b + yes + no)."""
    area = bm.ProblemArea("vote", goals=["a", "b"])
    answers = bm.SingleChoice(
        {"goal": ["a", "b"], "n": [5, 5]}, goal="goal", count="n", population_size=10
    )
    conflict = bm.Judged(pairs={("a", "b"): (3, 0)})
    prior = {"judged": {"yes": 0.2, "no": 20.0}}
    found = bm.fit(area, answers, conflict, conflict_prior=prior)
    (reason,) = (r for r in found.diagnosis.reasons if r.rests_on)
    before, after = 0.5 * 3.2 / 23.2, 0.5 * 3.1 / 13.1
    assert f"from {before:.2f} to {after:.2f}" in reason.what


def test_draws_under_other_priors_that_are_known_are_taken() -> None:
    found = fit(conflict=judged(25, 15))
    groups = {name: with_known(found.groups, name) for name in (POSTERIOR, PRIOR)}
    draws = groups[POSTERIOR]["misalignment"][1].reshape(-1, 1)
    for by, number in ((0.9, 0), (1.1, 1)):
        others = {"prior of judged conflict doubled": draws + by * draws.std()}
        reasons = rests.what_it_rests_on(found.study, groups[POSTERIOR], groups[PRIOR], others)
        assert len(reasons) == number


def test_what_is_observed_is_counted_by_every_model_that_has_pairs_of_its_own() -> None:
    for name in ("rated", "judged", "encounters", "experts"):
        model = conflict_model(name)
        for design in model.designs().values():
            if not hasattr(design, "pairs"):
                continue
            number = model.observations(design)
            assert number is None or number.shape[1] == len(design.pairs)
            assert number is None or (number >= 0).all()
    assert conflict_model("fixed").observations(None) is None


@pytest.mark.slow
def test_one_rating_of_one_pair_among_three_is_a_caution() -> None:
    columns = {"goal": ["trees"], "goal_other": ["houses"], "rating": [4], "rater": ["Ann"]}
    found = fit(conflict=bm.Rated(columns, scale=[1, 5], rater="rater"))
    assert found.diagnosis.state == "caution"
    assert "conflict levels of 2 pairs that nobody observed" in found.diagnosis.rests_on


@pytest.mark.slow
def test_one_rater_of_three_pairs_is_a_caution() -> None:
    columns = {
        "goal": [a for a, _ in PAIRS],
        "goal_other": [b for _, b in PAIRS],
        "conflict": ["yes", "no", "yes"],
        "rater": ["Ann"] * 3,
    }
    found = fit(conflict=bm.Judged(columns, rater="rater"))
    assert "the prior of judged conflict levels" in found.diagnosis.rests_on
