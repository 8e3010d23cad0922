"""A study put together, stored as JSON, written as TOML, and turned into one PyMC model."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.errors import Problems
from bayes_misalign.models.mutually_exclusive.declaration import MutuallyExclusive
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.options import Fitting, Populations, Reporting, all_pairs
from bayes_misalign.study.study import Study
from bayes_misalign.study.union import union_shares
from bayes_misalign.study.write import write_study
from tests.studies import AREA, COUNTS, POPULATIONS, counts, elicited, fixed, judged, study

STUDIES = {
    "exclusive": Study.of(AREA, counts(False), MutuallyExclusive()),
    "weighted": study(fixed(0.4)),
    "elicited": study(elicited(), prior={"concentration": 2.0}, threshold=0.2),
    "judged": study(judged(), goals=counts(False, np.sum(COUNTS, axis=1) * 3), shares="sizes"),
    "vector": study(elicited(), prior={"dirichlet": dict.fromkeys(AREA.categories, 0.7)}),
}


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_survives_json(name: str) -> None:
    made = STUDIES[name]
    assert Study.from_plain(json.loads(json.dumps(made.to_plain(), allow_nan=False))) == made


@pytest.mark.parametrize("name", ["exclusive", "judged", "elicited"])
def test_a_study_survives_toml(name: str, tmp_path: Path) -> None:
    made = STUDIES[name]
    goals = replace(counts(False), source="answers.csv")
    made = replace(made, goals=goals, union=None, populations=Populations())
    read = bm.read_study(write_study(made, tmp_path))
    np.testing.assert_array_equal(read.goals.counts, made.goals.counts)
    assert read.conflict.pairs == made.conflict.pairs
    assert read.goal_prior == made.goal_prior
    assert read.reporting == made.reporting
    assert read.fitting == made.fitting
    kinds = [source.model for source in made.conflict.sources if source.pairs]
    assert {source.model for source in read.conflict.sources if source.pairs} == set(kinds)


@pytest.mark.parametrize(
    ("stated", "sizes", "weighted", "origin"),
    [
        (None, [5000, 6000, 4000], True, "population sizes"),
        (None, None, True, "sums of weights"),
        (None, None, False, None),
        ("answers", None, False, "numbers of answers"),
        ("weights", [5000, 6000, 4000], True, "sums of weights"),
        (dict.fromkeys(POPULATIONS, 1 / 3), None, False, "stated in the study"),
    ],
)
def test_where_the_shares_of_the_union_come_from(
    stated: object, sizes: list[int] | None, weighted: bool, origin: str | None
) -> None:
    evidence = counts(weighted, sizes)
    found = union_shares(stated, evidence, problems := Problems())  # type: ignore[arg-type]
    assert not problems
    assert (found.origin if found else None) == origin
    if found:
        parts = {
            "population sizes": evidence.population_size,
            "sums of weights": evidence.weight_sum.sum(axis=1),
            "numbers of answers": evidence.n,
            "stated in the study": np.ones(3),
        }[found.origin]
        np.testing.assert_allclose(found.shares, parts / np.sum(parts))


def test_published_shares_that_are_rounded_are_scaled() -> None:
    stated = dict(zip(POPULATIONS, [0.33, 0.33, 0.33], strict=True))
    found = union_shares(stated, counts(), Problems())
    assert found is not None
    assert sum(found.shares) == pytest.approx(1)


def test_all_pairs_of_a_few_populations_are_compared() -> None:
    assert study().contrasts == (
        ("rarely/never", "sporadic"),
        ("rarely/never", "always"),
        ("sporadic", "always"),
    )
    many = ChoiceCounts.from_counts(AREA.categories, [f"p{i}" for i in range(13)], np.ones((13, 3)))
    assert study(goals=many, shares=None).contrasts == ()


@pytest.mark.parametrize(
    ("names", "ordered", "expected"),
    [
        (["2012", "1978"], None, [("2012", "1978")]),
        (["1978", "2012"], None, [("2012", "1978")]),
        (["1978", "2012"], False, [("1978", "2012")]),
        (["10", "9", "2"], None, [("9", "2"), ("10", "2"), ("10", "9")]),
        (["2019-Q4", "2020-Q1"], None, [("2020-Q1", "2019-Q4")]),
        (["wave 1", "wave 2"], None, [("wave 2", "wave 1")]),
        (["before", "after"], None, [("before", "after")]),
        (["before", "after"], True, [("after", "before")]),
        (["north", "south"], None, [("north", "south")]),
        (["1978", "south"], None, [("1978", "south")]),
    ],
)
def test_of_populations_in_an_order_the_earlier_is_taken_from_the_later(
    names: list[str], ordered: bool | None, expected: list[tuple[str, str]]
) -> None:
    assert all_pairs(names, ordered) == tuple(expected)
    counts = ChoiceCounts.from_counts(["a", "b"], names, [[3, 4]] * len(names))
    made = Study.of(
        ProblemArea("x", ["a", "b"]),
        counts,
        MutuallyExclusive(),
        reporting=Reporting(ordered=ordered),
    )
    assert made.contrasts == tuple(expected)
    named = Populations(contrasts=(tuple(reversed(expected[0])),))  # type: ignore[arg-type]
    assert replace(made, populations=named).contrasts == (expected[0][::-1],)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Reporting(mass=1.0), "between 0 and 1"),
        (lambda: Reporting(kind="hpd"), "'eti' or 'hdi'"),  # type: ignore[arg-type]
        (lambda: Reporting(threshold=-0.1), "threshold"),
        (lambda: Fitting(chains=0), "chains is at least 1"),
        (lambda: Fitting(target_accept=1.0), "target_accept"),
        (lambda: bm.SharePrior("concentration"), "needs 'concentration'"),
        (lambda: bm.SharePrior("matched", concentration=1.0), "does not take"),
        (lambda: bm.SharePrior("concentration", concentration=-1.0), "positive"),
        (lambda: bm.SharePrior.of({"concentraton": 1}), "did you mean 'concentration'"),
        (lambda: study(prior={"dirichlet": {"Biden": 1.0}}), "missing 'Trump', 'no goal'"),
        (lambda: bm.fit(study(), goals=counts()), "leave out goals"),
        (lambda: bm.fit(AREA, counts()), "conflict is one of MutuallyExclusive, .*, not nothing"),
        (
            lambda: bm.fit(AREA, MutuallyExclusive(), counts()),
            "SingleChoice, MultiSelect, Endorsement, Ranked, Clustered, Published, Poststratified, "
            "NoisyLabels, Behaviour, Choices, DrawnShares, not",
        ),
        (lambda: bm.fit(AREA, counts(), []), "not nothing"),
        (lambda: study(fixed(), prior="flat"), "no prior of shares called 'flat'"),
    ],
)
def test_wrong_choices_say_what_would_be_right(make: object, said: str) -> None:
    with pytest.raises((ValueError, bm.BayesMisalignError), match=said):
        make()  # type: ignore[operator]


def test_priors_of_models_that_are_not_used_are_refused() -> None:
    with pytest.raises(bm.StudyError, match="no source of conflict uses"):
        Study.of(AREA, counts(), MutuallyExclusive(), conflict_prior={"judged": {"yes": 1.0}})


def test_the_pymc_model_names_everything() -> None:
    model = study(elicited()).to_pymc()
    assert {"proportion", "conflict", "misalignment", "conflict_elicited"} <= set(model.named_vars)
    assert "log_concentration" in model.named_vars
    assert model.named_vars_to_dims["proportion"] == ("population", "goal")
    assert model.named_vars_to_dims["conflict"] == ("goal", "goal_other")
    assert tuple(model.coords["population"]) == POPULATIONS
    assert tuple(model.coords["goal"]) == AREA.categories
    assert tuple(model.coords["pair_elicited"]) == ("Biden | Trump",)


def test_the_effective_size_of_the_union_is_that_of_its_estimate() -> None:
    exclusive = np.ones((3, 3)) - np.eye(3)
    exclusive[2] = exclusive[:, 2] = 0
    answers = study(goals=counts(weighted=False), shares="answers")
    # a simple random sample of the union is worth itself
    assert answers.union_effective_of(exclusive) == pytest.approx(answers.goals.n.sum())
    known = study(goals=counts(), shares=dict(zip(POPULATIONS, (0.2, 0.3, 0.5), strict=True)))
    uneven = ChoiceCounts.from_counts(AREA.categories, ["a", "b"], [[4, 5, 1], [4000, 5000, 1000]])
    mostly_a = study(goals=uneven, shares={"a": 0.99, "b": 0.01})
    # both populations have the same goals, so nothing is gained by strata
    expected = 1 / (0.99**2 / 10 + 0.01**2 / 10_000)
    assert mostly_a.union_effective_of(exclusive) == pytest.approx(expected)
    # where all goals are opposed alike no gradient tells, and it is the size of a stratified sample
    assert mostly_a.union_effective_of(np.zeros((3, 3))) == pytest.approx(expected)
    assert known.union_effective_of(exclusive) > 0


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Populations(shares="weigths"), "did you mean 'weights'"),  # type: ignore[arg-type]
        (
            lambda: Populations(contrasts=("ab", "cd")),
            "contrasts is a list, each a list of a text and a text",
        ),  # type: ignore[arg-type]
        (lambda: Reporting(agents="distinct"), "no agents 'distinct'"),  # type: ignore[arg-type]
        (lambda: Fitting(method="NUTS"), "did you mean 'nuts'"),  # type: ignore[arg-type]
        (lambda: bm.fit(study(), prior="index-flat"), "leave out prior"),
        (
            lambda: Study.of(
                AREA,
                counts(False, [1398, 2546, 1]),
                MutuallyExclusive(),
                reporting=Reporting(agents="different"),
            ),
            "has one agent",
        ),
        (
            lambda: bm.fit(bm.ProblemArea("x", ["a | b", "c"]), counts(), MutuallyExclusive()),
            "holds ' | '",
        ),
    ],
)
def test_a_typo_in_python_is_answered_too(make: object, said: str) -> None:
    with pytest.raises(bm.StudyError, match=re.escape(said)):
        make()  # type: ignore[operator]


def test_one_goal_is_no_model() -> None:
    one = bm.ProblemArea("x", ["a"])
    alone = Study.of(one, ChoiceCounts.from_counts(["a"], ["all"], [[3]]), MutuallyExclusive())
    with pytest.raises(bm.StudyError, match="one goal only"):
        alone.to_pymc()
