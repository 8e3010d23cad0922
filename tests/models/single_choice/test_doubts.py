"""Tables that can be read and are probably not what they are read as."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.survey_notes import codes_among
from tests.readers import AREA, read, refused, survey

POLLS = {"goal": ["Left", "Right", "Left", "Right"], "population": ["s", "s", "t", "t"]}


def doubts(declaration: SingleChoice) -> list[tuple[str, str]]:
    return list(read(declaration).doubts)


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        (survey(goal=["Left", "Right"], count=[60, 40]), "the numbers of agents sum to 100, as"),
        (survey(**POLLS, count=[60, 40, 51, 48]), "sum to about 100 in every population"),
        (survey(goal=["Left", "Right", "Refused"], count=[60, 30, 10]), "sum to 100"),
        (SingleChoice(counts={"Left": 60, "Right": 40}), "sum to 100"),
        (survey(goal=["Left", "Right"], count=[1, 0]), "sum to 1, as shares do"),
        (survey(goal=["Left", "Right"], weight=[60, 40]), "counts as one agent, and the weights"),
        (survey(goal=["Left", "Right"], weight=[0.6, 0.4]), "the weights sum to 1, as shares do"),
    ],
)
def test_percentages_given_as_agents_are_doubtful(declared: SingleChoice, says: str) -> None:
    ((what, remedy),) = doubts(declared)
    assert says in what
    assert 'use the model "published" with percent' in remedy


@pytest.mark.parametrize(
    "declared",
    [
        survey(goal=["Left", "Right"], count=[60, 43]),
        survey(**POLLS, count=[60, 40, 51, 88]),
        survey(goal=["Left", "Right"], count=[1, 1]),
        survey(goal=["Left"], count=[1]),
        survey(goal=["Left", "Right", "Left"], weight=[40, 40, 20]),
        survey(
            goal=["Left", "Right"], count=[60, 40], weight_sum=[55.1, 44], weight_sq_sum=[60, 60]
        ),
        SingleChoice(counts={"Left": 60, "Right": 40}, n=100),
        SingleChoice(counts={"s": {"Left": 60, "Right": 40}}, n={"s": 100}),
        SingleChoice(counts={"Left": 60, "Right": 40, "Refused": 7}, n=107),
    ],
)
def test_agents_are_not(declared: SingleChoice) -> None:
    assert doubts(declared) == []


def test_a_stated_number_of_agents_is_compared_with_the_counts() -> None:
    said = refused(SingleChoice(counts={"Left": 60, "Right": 40}, n=1013))
    assert "the numbers of agents sum to 100, and 1,013 is stated" in said
    assert "write Published(...) with percent" in said
    two = {"s": {"Left": 60}, "t": {"Left": 5}}
    assert "one n is stated for 2 populations" in refused(SingleChoice(counts=two, n=60))
    assert "no number of agents of 't'" in refused(SingleChoice(counts=two, n={"s": 60}))
    assert "there is no population 'u'" in refused(SingleChoice(counts=two, n={"u": 1}))


def test_percentages_that_are_no_whole_numbers_are_named() -> None:
    said = refused(survey(goal=["Left", "Right"], count=[43.5, 56.5]))
    assert "the count is not whole in rows 1 and 2: '43.5'; '56.5'" in said
    assert "Fix: for percentages or shares write Published(...) with percent" in said


@pytest.mark.parametrize(
    ("column", "says"),
    [
        ([480, 20], "the column 'x', which the study does not name, holds whole numbers"),
        ([47, 53], "holds what look like percentages"),
        ([0.47, 0.53], "holds what look like shares"),
        (["", 20], "holds whole numbers"),
        ([1, 2], None),  # numbers of rows
        ([1, 1], None),
        ([-1, 7], None),
        (["b", "c"], None),
    ],
)
def test_a_column_of_numbers_that_nobody_named(column: list[Any], says: str | None) -> None:
    found = doubts(SingleChoice({"vote": ["Left", "Right"], "x": column}, "vote"))
    assert len(found) == (says is not None)
    if says is not None:
        assert says in found[0][0]
        assert found[0][0].startswith("each row counts as one agent")


def test_agents_one_by_one_may_have_other_numbers() -> None:
    vote = ["Left", "Right", "Left"]
    assert doubts(SingleChoice({"vote": vote, "n": [5, 3, 2]}, "vote")) == []
    for name in ("year", "id", "voter_id"):
        assert doubts(SingleChoice({"vote": vote[:2], name: [5, 3]}, "vote")) == []
    named = SingleChoice({"vote": vote[:2], "n": [5, 3]}, "vote", respondent="n")
    assert doubts(named) == []


def test_the_fix_for_a_column_that_nobody_named_is_right(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("vote,n\nLeft,480\nRight,20\n")
    ((_, fix),) = doubts(SingleChoice(tmp_path / "a.csv", "vote"))
    assert fix.startswith("name the column 'n' as count")
    obeyed = read(SingleChoice(tmp_path / "a.csv", "vote", count="n"))
    np.testing.assert_array_equal(obeyed.counts, [[480, 20, 0]])
    assert obeyed.doubts == ()


def districts(totals: int) -> dict[str, list[Any]]:
    """Votes by district; a state's total is there again for each of its districts."""
    rng = np.random.default_rng(1)
    left = [*rng.integers(0, 5_000, 70).tolist(), *[120_345] * totals]
    right = [*rng.integers(0, 9_000, 70).tolist(), *[220_345] * totals]
    votes = [n for both in zip(left, right, strict=True) for n in both]
    return {"goal": ["Left", "Right"] * len(left), "count": votes}


def test_a_total_repeated_for_each_of_its_parts_is_doubtful() -> None:
    ((what, remedy),) = doubts(survey(**districts(29)))
    assert what == (
        "29 rows have the same number of agents for 'Left', 'Right', first rows 141 and 143"
    )
    assert "keep them once" in remedy
    assert doubts(survey(**districts(1))) == []
    one = districts(3)
    named = {**one, "population": ["Uttarakhand"] * len(one["goal"])}
    ((what, _),) = doubts(survey(**named))
    assert what.startswith("3 rows of population 'Uttarakhand' have the same number of agents")


def test_a_row_pasted_twice_among_rows_of_single_goals_is_doubtful() -> None:
    goals = ["Left", "Right", "Unsure", "Left"]
    ((what, _),) = doubts(survey(goal=goals, count=[480, 320, 50, 480]))
    assert what == "2 rows have the same number of agents for 'Left', first rows 1 and 4"


def test_rows_that_may_be_equal_are_noted_or_left() -> None:
    # every trial of one kind came out alike: noted
    thirty = read(survey(goal=["Left"] * 40 + ["Right"] * 3, count=[30] * 40 + [29, 28, 5]))
    assert thirty.doubts == ()
    assert any("40 rows have the same number of agents for 'Left' (30)" in n for n in thirty.notes)
    # small numbers, and rounded ones, meet by chance
    rng = np.random.default_rng(2)
    for count in (rng.poisson(30, 2_000), 1_000 * rng.poisson(30, 2_000), np.ones(2_000, int)):
        found = read(survey(goal=["Left", "Right"] * 1_000, count=count.tolist()))
        assert found.doubts == ()
        assert not any("same number of agents" in note for note in found.notes)


def test_a_check_and_a_fit_say_it(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    from bayes_misalign.report.check_text import print_study

    counts = SingleChoice(counts={"Left": 60, "Right": 40})
    study = bm.Study.of(AREA, counts, bm.MutuallyExclusive())
    print_study(study, Console(width=400))
    said = capsys.readouterr().out
    assert "the study can be fitted, with 1 caution, nothing was fitted" in said
    assert "caution: the numbers of agents sum to 100, as percentages do: if they are" in said
    posterior = bm.fit(study, draws=20)
    assert posterior.diagnosis.state == "caution"
    assert (
        posterior.diagnosis.reasons[0].what == "the numbers of agents sum to 100, as percentages do"
    )
    again = bm.Study.from_plain(study.to_plain())
    assert again.goals == study.goals


@pytest.mark.parametrize(
    ("names", "odd"),
    [
        (["1", "2", "-99"], ["-99"]),
        (["0.8", "1.25", "999"], ["999"]),
        (["1", "2", "99", "-9"], ["99", "-9"]),
        (["1", "2", "9"], []),
        (["97", "98", "99", "60"], []),
        (["-1", "0", "1"], ["-1"]),
        (["-2", "-1", "0", "1"], ["-2", "-1"]),
        (["north", "99"], []),
        (["99"], []),
    ],
)
def test_codes_for_missing_among_numbers(names: list[str], odd: list[str]) -> None:
    assert codes_among(names) == odd


def test_codes_as_weights_and_populations_are_cautioned() -> None:
    rows = {"goal": ["Left", "Right", "Left"], "w": [0.5, 999, 1.5], "at": [1, 2, -99]}
    found = read(SingleChoice(rows, "goal", "at", weight="w"))
    assert any("weights of '999' are far above all others" in c.what for c in found.cautions)
    assert any("population '-99' usually means a missing answer" in note for note in found.notes)
    plain = read(
        SingleChoice({**rows, "w": [0.5, 1, 1.5], "at": [1, 2, 3]}, "goal", "at", weight="w")
    )
    assert not plain.cautions
    assert not any("usually means" in note for note in plain.notes)
