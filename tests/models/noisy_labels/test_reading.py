import tomllib
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports import distinct_agents
from bayes_misalign.models.noisy_labels.declaration import DistinctLabels, NoisyLabels
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.study.stored import from_plain, to_plain
from bayes_misalign.study.toml import validated
from tests.models.noisy_labels.labels import AREA, COUNTED, LONG, TWO, WIDE, long, rows, wide
from tests.readers import read, refused


def test_three_forms_of_the_same_labels_are_equal() -> None:
    from_long, from_wide = read(long(), AREA), read(wide(), AREA)
    assert isinstance(from_long, DistinctLabels)
    assert from_long == from_wide
    ids = [i for i, n in enumerate(COUNTED["n"]) for _ in range(n)]
    one_by_one = {name: [COUNTED[name][i] for i in ids] for name in ("r1", "r2")}
    counted = read(NoisyLabels(COUNTED, raters=("r1", "r2"), count="n"), TWO)
    assert counted == read(NoisyLabels(one_by_one, raters=("r1", "r2")), TWO)
    as_long = {
        "id": [i for i in range(len(ids)) for _ in range(2)],
        "by": ["r1", "r2"] * len(ids),
        "says": [one_by_one[r][i] for i in range(len(ids)) for r in ("r1", "r2")],
    }
    assert counted == read(NoisyLabels(as_long, label="says", agent="id", rater="by"), TWO)
    np.testing.assert_array_equal(counted.agents, [3, 3, 1, 4])


def test_labels_weights_and_goals_are_where_they_belong() -> None:
    seen = read(wide(), AREA)
    assert seen.raters == ("r1", "r2")
    assert seen.labels == ("a", "b", "no goal")
    assert seen.populations == ("s", "t")
    np.testing.assert_array_equal(seen.by_rater[2], [[0, 0, 1], [0, 0, 0]])
    np.testing.assert_array_equal(seen.gold, [0, -1, -1, 1, -1, -1])
    np.testing.assert_array_equal(seen.row_weight, [2, 1, 0.5, 1, 1, 0])
    np.testing.assert_array_equal(seen.row_weight_sq, [4, 1, 0.25, 1, 1, 0])
    np.testing.assert_array_equal(seen.not_asked, [1, 0])
    np.testing.assert_array_equal(seen.not_answers["Refused"], [0, 1])
    assert seen.zero_weights == 1
    assert seen.weighted
    assert from_plain(to_plain(seen)) == seen


def test_a_row_of_a_count_has_the_weight_of_each_of_its_agents() -> None:
    table = {"r1": ["a", "b", "a"], "n": [3, 2, 0], "w": [2.0, 0.0, 1.0]}
    seen = read(NoisyLabels(table, raters=("r1",), count="n", weight="w"), TWO)
    np.testing.assert_array_equal(seen.agents, [3, 2])
    np.testing.assert_array_equal(seen.row_weight, [6, 0])
    np.testing.assert_array_equal(seen.row_weight_sq, [12, 0])
    assert seen.zero_weights == 2


def test_agents_of_known_goal_count_without_labels_and_others_do_not() -> None:
    table = {"r1": ["a", "", "", "b"], "g": ["", "b", "", "Refused"]}
    seen = read(NoisyLabels(table, raters=("r1",), gold="g", gold_chosen=True), AREA)
    np.testing.assert_array_equal(seen.agents, [1, 1, 1])
    np.testing.assert_array_equal(seen.gold, [-1, 1, -1])
    np.testing.assert_array_equal(seen.reports.sum(axis=1), [1, 0, 1])
    np.testing.assert_array_equal(seen.not_asked, [2])
    np.testing.assert_array_equal(seen.informs_shares, [1, 0, 1])


def test_a_population_of_known_goals_needs_no_label_unless_chosen_by_goal() -> None:
    table = {"r1": ["a", ""], "g": ["", "b"], "p": ["s", "t"]}
    more: dict[str, Any] = {"raters": ("r1",), "gold": "g", "population": "p"}
    assert read(NoisyLabels(table, populations=("t", "s"), **more), TWO).populations == ("t", "s")
    text = refused(NoisyLabels(table, gold_chosen=True, **more), TWO)
    assert "no agent of population 't' has any label" in text


@pytest.mark.parametrize("form", ["long", "wide"])
def test_a_rater_may_know_the_goals(form: str) -> None:
    more = {"gold": None, "gold_rater": "r2"}
    seen = read(long(**more) if form == "long" else wide(**more), AREA)
    assert seen.raters == ("r1",)
    np.testing.assert_array_equal(seen.gold, [0, 1, -1, 1, 0, 1])
    np.testing.assert_array_equal(seen.not_answers["Refused"], [0, 1])


def test_repeated_labels_are_told_apart_or_declared() -> None:
    by, says = ["r1", "r1", "r2"], ["a", "a", "b"]
    text = refused(rows(says, by), TWO)
    assert "rows 1 and 2 are labels of the same agent by the same rater" in text
    assert "as in occasion='round', or state repeats=True" in text
    np.testing.assert_array_equal(read(rows(says, by, repeats=True), TWO).reports, [[2, 0, 0, 1]])
    table = {"id": ["x"] * 3, "by": by, "says": says, "day": ["1", "2", "1"]}
    days = NoisyLabels(table, label="says", agent="id", rater="by", occasion="day")
    np.testing.assert_array_equal(read(days, TWO).reports, [[2, 0, 0, 1]])
    table["day"] = ["1", "1", "1"]
    text = refused(days, TWO)
    assert "rows 1 and 2 are labels of the same agent by the same rater on the same occ" in text
    lone = refused(NoisyLabels(table, label="says", agent="id"), TWO)
    assert "2 rows repeat a label of the same agent by the same rater, first rows 1 and 2" in lone
    assert "name the column of the rater, as in rater='rater'" in lone


def test_rows_without_a_label_are_no_repeats_and_need_no_rater() -> None:
    table = {
        "id": ["x", "x", "y"],
        "by": ["r1", "r1", ""],
        "says": ["", "a", ""],
        "g": ["", "", "b"],
    }
    seen = read(NoisyLabels(table, label="says", agent="id", rater="by", gold="g"), TWO)
    np.testing.assert_array_equal(seen.gold, [-1, 1])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"where": ["s", "s", "s", "t", *["s"] * 2, *["t"] * 6]},
            "rows 3 and 4 say that the same agent is in two populations, 's' and 't'",
        ),
        ({"where": ["s"] * 5 + [""] + ["t"] * 6}, "the population is empty in 1 row: 6"),
        ({"w": [2.0, 3.0] + [1.0] * 10}, "rows 1 and 2 give the same agent two weights, 2 and 3"),
        ({"w": ["1"] * 7 + ["-1"] + ["1"] * 4}, "row 8, column 'w': the weight is negative: '-1'"),
        ({"w": ["1"] * 7 + [""] + ["1"] * 4}, "row 8, column 'w': the weight is blank"),
        ({"w": [1.0] * 6 + [0.0] * 6}, "all agents of population 't' have weight 0"),
        (
            {"truth": ["a", "b"] + [""] * 10},
            "rows 1 and 2 give the same agent two goals as known, 'a' and 'b'",
        ),
        ({"truth": ["A"] + [""] * 11}, "the known goal 'A' in row 1 differs from 'a' only by case"),
        (
            {"truth": ["Unsur"] * 2 + [""] * 10},
            "the known goal 'Unsur' in 2 rows, the first of them 1 is no goal of the study",
        ),
        ({"id": ["x", "x", " ", "", *LONG["id"][4:]]}, "the agent's id is empty in 2 rows: 3, 4"),
        ({"by": ["", "r2", *LONG["by"][2:]]}, "the rater is empty in 1 row: 1"),
        ({"by": ["R1", "r2", *LONG["by"][2:]]}, "raters differ only by case"),
        ({"by": ["r\u200b1", *LONG["by"][1:]]}, "the rater 'r\\u200b1' holds the invisible char"),
        (
            {"says": ["", "", *LONG["says"][2:6], *[""] * 6], "truth": [""] * 12},
            "population 't' ha",
        ),
        ({"says": [""] * 12}, "no agent has any label"),
        ({"says": ["a", "Unsur", *LONG["says"][2:]]}, "did you mean 'Unsure'?"),
        ({"says": ["a", "<b>\u202e", *LONG["says"][2:]]}, "the label '<b>\\u202e' in row 2 holds"),
        (
            {"says": [f"id{i}" for i in range(12)]},
            "12 labels in 12 rows are in none of the study's",
        ),
    ],
)
def test_rows_that_cannot_be(change: dict[str, Any], says: str) -> None:
    assert says in refused(long(change), AREA)


def test_a_blank_weight_may_stand_where_the_row_says_nothing() -> None:
    table = {"id": ["x", "x"], "by": ["r", "q"], "says": ["a", ""], "w": ["2", ""]}
    seen = read(NoisyLabels(table, label="says", agent="id", rater="by", weight="w"), TWO)
    np.testing.assert_array_equal(seen.row_weight, [2])


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"raters": ("r1",)}, "both label and raters are stated"),
        ({"label": None}, "neither label nor raters is stated"),
        ({"agent": None}, "label is stated without agent"),
        ({"count": "w"}, "count is stated together with label"),
        ({"occasion": "w", "repeats": True}, "occasion and repeats are both stated"),
        ({"gold_rater": "r1"}, "gold and gold_rater are both stated"),
        ({"gold": None, "gold_rater": "r1", "rater": None}, "gold_rater is stated without rater"),
        ({"gold": None, "gold_rater": "r3"}, "there is no rater 'r3'"),
        ({"gold": None, "gold_chosen": True}, "gold_chosen is stated, but no goal is known"),
        ({"labels": ("a", "b"), "other_labels": ("c",)}, "labels and other_labels are both"),
        ({"labels": "a"}, "labels is the single text 'a'"),
        ({"populations": ("s",), "population": None}, "no column says who belongs to which"),
        ({"populations": ("s", "t", "u")}, "no agent of population 'u' has any label"),
        ({"population_size": {"s": 1, "t": 9}}, "the population has 1 agents, but 3"),
        ({"labels": ("a",)}, "there are fewer than two labels: 'a'"),
        ({"other_labels": ("b",)}, "the label 'b' is listed 2 times"),
        ({"other_labels": ("B",)}, "labels differ only by case"),
        ({"other_labels": ("",)}, "a label is empty"),
        ({"codes": {"1": "aa"}}, "the code '1' stands for the unknown label 'aa'"),
        ({"weight": "wght"}, "there is no column 'wght'"),
    ],
)
def test_declarations_that_cannot_be(more: dict[str, Any], says: str) -> None:
    assert says in refused(long(**more), AREA)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"rater": "r1"}, "rater and raters are both stated"),
        ({"repeats": True}, "repeats and raters are both stated"),
        ({"raters": ()}, "raters is empty"),
        ({"raters": "r1"}, "raters is the single text 'r1'"),
        ({"raters": ("r1", "r1")}, "raters names a column twice"),
        ({"count": "w", "agent": "id"}, "count and agent are both stated"),
        ({"count": "w", "weight": None}, "row 3, column 'w': the count is not whole: '0.5'"),
        ({"agent": "where"}, "4 rows repeat the agent's id of a row before, first rows 1 and"),
        ({"gold": None, "gold_rater": "r12"}, "there is no rater 'r12'"),
    ],
)
def test_wide_declarations_that_cannot_be(more: dict[str, Any], says: str) -> None:
    assert says in refused(wide(**more), AREA)


def test_all_problems_come_in_one_pass() -> None:
    change = {
        "says": ["a", "x", *LONG["says"][2:]],
        "w": ["-1", *LONG["w"][1:]],
        "where": ["u", *LONG["where"][1:]],
        "truth": ["c", *LONG["truth"][1:]],
        "by": ["", *LONG["by"][1:]],
    }
    text = refused(long(change, error_rate=2.0, other_labels=("b",)), AREA)
    for says in ("'x' in row 2", "negative", "two populations", "known goal 'c'", "rater is empty"):
        assert says in text
    assert "error_rate: the error rate is outside [0, 1]: 2.0" in text
    assert "listed 2 times" in text


def test_a_column_of_ids_is_one_problem() -> None:
    text = refused(rows([f"y{i}" for i in range(1000)]), TWO)
    assert len(text.splitlines()) == 1
    assert "more than 200 different labels" in text


def test_a_whole_set_of_labels_wins_over_the_lists_of_the_area() -> None:
    labels = ("yes", "no", "Refused", "Unsure")
    emission = {
        "a": {"yes": 0.5, "Refused": 0.5},
        "b": {"no": 0.9, "Unsure": 0.1},
        "no goal": {"Unsure": 1.0},
    }
    more: dict[str, Any] = {"labels": labels, "codes": {"1": "yes"}}
    seen = read(rows(["1", "no", "Refused", "Unsure"], emission=emission, **more), AREA)
    np.testing.assert_array_equal(seen.reports, np.eye(4))
    np.testing.assert_allclose(seen.emission[0, 1], [0, 0.9, 0, 0.1])
    assert seen.not_answers == {}
    text = refused(rows(["1", "no", "a"], **more), AREA)
    assert "the label 'a' in row 3 is in none of the study's lists" in text
    assert "add it to labels or not_answers" in text


def test_a_goal_without_a_label_needs_something_that_ties_it() -> None:
    more: dict[str, Any] = {"labels": ("yes", "no", "a")}
    text = refused(rows(["yes", "no"], **more), TWO)
    assert "nothing ties the goal 'b' to what raters say" in text
    assert "'a' to" not in text
    validation = {"goal": ["b"], "label": ["yes"], "n": [3]}
    read(rows(["yes", "no"], validation=validation, **more), TWO)
    table = {"r1": ["yes", "no"], "g": ["b", ""]}
    read(NoisyLabels(table, raters=("r1",), gold="g", **more), TWO)
    table["r1"][0] = ""
    assert "nothing ties" in refused(NoisyLabels(table, raters=("r1",), gold="g", **more), TWO)


def test_unusual_raters_are_noted() -> None:
    table = {"r1": ["a"] * 4, "r2": ["a", "", "", ""], "r3": [""] * 4, "r4": ["a", "b", "a", "b"]}
    raters = tuple(table)
    notes = read(NoisyLabels(table, raters=raters), AREA).notes
    assert "Rater 'r1' gave every one of the 4 labels the same value, 'a'." in notes
    single = "Rater 'r2' gave one label only; the prior, or the other raters, tell of it."
    assert single in notes
    assert "Rater 'r3' gave no label; the prior, or the other raters, tell of it." in notes
    assert "No rater gave the label 'no goal'." in notes
    assert len(notes) == 4
    apart = {"id": ["x", "y"] * 2, "by": ["r", "s"] * 2, "says": ["a", "b", "b", "a"]}
    quiet = NoisyLabels(apart, label="says", agent="id", rater="by", repeats=True)
    assert read(quiet, TWO).notes == ()


def test_too_many_patterns_are_refused_before_they_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(distinct_agents, "MOST_CELLS", 3)
    text = refused(NoisyLabels({"r1": ["a", "b"]}, raters=("r1",)), TWO)
    assert "2 different patterns of the labels of 1 raters, each with 2 labels" in text


def test_hostile_labels_are_just_labels() -> None:
    labels = ["<script>alert(1)</script>", "=1+1", "../../x", '"', "a\nb", "\U0001f600", "x" * 300]
    seen = read(rows(labels), ProblemArea("vote", labels))
    np.testing.assert_array_equal(seen.reports, np.eye(len(labels)))
    text = refused(rows([*labels, "a\nb\x00c"]), ProblemArea("vote", labels))
    assert "'a\\nb\\x00c' in row 8 holds the control character" in text


@pytest.mark.parametrize("form", ["long", "wide"])
def test_the_pattern_of_each_agent_can_be_asked_for(form: str) -> None:
    declared = long() if form == "long" else wide(agent="id")
    problems = Problems()
    found = declared.patterns_of(AREA, problems)
    assert found is not None
    seen, ids, pattern = found
    assert seen == read(declared, AREA)
    assert ids == WIDE["id"]
    np.testing.assert_array_equal(pattern, range(6))
    assert not any("x1" in repr(value) for value in vars(seen).values())
    assert wide().patterns_of(AREA, problems) is None
    assert "no column names the agents" in str(*problems)


def test_agents_left_out_have_no_pattern() -> None:
    table = {"id": ["x", "y", "z"], "r1": ["a", "", "a"]}
    found = NoisyLabels(table, raters=("r1",), agent="id").patterns_of(TWO, Problems())
    assert found is not None
    assert found[1] == ["x", "z"]
    np.testing.assert_array_equal(found[2], [0, 0])


def test_a_table_of_a_study_fills_the_declaration() -> None:
    table = tomllib.loads("""
        data = "l.csv"
        label = "says"
        agent = "id"
        rater = "by"
        other_labels = ["can't tell"]
        population_size = {s = 40}
        error_rate = {r1 = 0.1}
        codes = {1 = "a"}
        [emission.r2]
        a = {a = 0.9, b = 0.1}
        b = {b = 1}
    """)
    declared = validated(NoisyLabels, table, "study.toml, [goals]", problems := Problems())
    assert declared == NoisyLabels(**table), list(map(str, problems))
    assert validated(NoisyLabels, table | {"lable": "x"}, "study.toml", problems) is None
    assert "unknown key 'lable'" in str(*problems)
    assert validated(NoisyLabels, table | {"raters": "r1"}, "study.toml", problems) is None


def test_many_rows_fit_into_little_memory(tmp_path: Path) -> None:
    n = 60_000
    lines = (f"agent{i},r{j},{'ab'[(i + j) % 2]}\n" for i in range(n) for j in range(3))
    (tmp_path / "l.csv").write_text("id,by,says\n" + "".join(lines))
    declared = NoisyLabels(tmp_path / "l.csv", label="says", agent="id", rater="by")
    tracemalloc.start()
    seen = declared.read(TWO, Problems())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen is not None
    np.testing.assert_array_equal(seen.agents, [n / 2, n / 2])
    assert peak < 200 * 3 * n  # bytes a row
