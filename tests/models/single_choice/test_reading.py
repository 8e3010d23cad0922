import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables import blocks, plain_text
from tests.readers import AREA, read, refused, survey, survey_file

FACTS = Path(__file__).parents[2] / "data" / "nonvoters_2020_counts.csv"


def test_three_things_that_are_not_a_goal_are_counted_apart() -> None:
    counts = read(survey(goal=["Left", "Unsure", "Refused", "", None, "Left", "no goal"]))
    assert counts.categories == ("Left", "Right", "no goal")
    np.testing.assert_array_equal(counts.counts, [[2, 0, 2]])
    np.testing.assert_array_equal(counts.n, [4])
    np.testing.assert_array_equal(counts.not_answers["Refused"], [1])
    np.testing.assert_array_equal(counts.not_asked, [2])


def test_populations_keep_the_order_of_the_data_or_of_the_study() -> None:
    columns = {"goal": ["Left", "Right"], "population": ["t", "s"]}
    assert read(survey(**columns)).populations == ("t", "s")
    ordered = read(
        SingleChoice(columns, "goal", "population", populations=["s", "none", "t"])  # type: ignore[arg-type]
    )
    assert ordered.populations == ("s", "none", "t")
    assert ordered.no_answer_populations == ("none",)
    assert any("Nobody answered in population 'none'" in note for note in ordered.notes)


def test_rows_and_counts_give_the_same_evidence() -> None:
    rows = survey(
        goal=["Left"] * 3 + ["Right"] * 2 + ["Refused", ""],
        population=["s"] * 5 + ["t"] * 2,
        weight=[2.0] * 3 + [0.5] * 2 + [1.0, 1.0],
    )
    columns = {
        "goal": ["Left", "Right", "Refused", ""],
        "population": ["s", "s", "t", "t"],
        "count": [3, 2, 1, 1],
    }
    sums = survey(**columns, weight_sum=[6.0, 1.0, 1.0, 1.0], weight_sq_sum=[12.0, 0.5, 1.0, 1.0])
    assert read(rows) == read(sums) == read(survey(**columns, weight=[2.0, 0.5, 1.0, 1.0]))


def test_weights_are_summed_and_squared() -> None:
    counts = read(survey(goal=["Left", "Left", "Right"], weight=["1", "2", "0"]))
    np.testing.assert_array_equal(counts.weight_sum, [[3, 0, 0]])
    np.testing.assert_array_equal(counts.weight_sq_sum, [[5, 0, 0]])
    np.testing.assert_allclose(counts.n_effective, [9 / 5])
    assert counts.zero_weights == 1
    assert counts.n.tolist() == [2]  # who counts for nothing is no part of the sample
    told = {"goal": ["Left", "Left", "Right"], "count": [3, 1, 2], "weight": [1.0, 2.0, 0.0]}
    stated = replace(survey(**told), n=6)  # which may count them
    assert read(stated).n.tolist() == [4]
    assert any("weight 0, which count for nothing: 1" in note for note in counts.notes)


@pytest.mark.parametrize(
    ("weight", "says"),
    [
        ("-1", "row 2, column 'weight': the weight is negative: '-1'"),
        ("", "row 2, column 'weight': the weight is blank"),
        ("1e400", "row 2, column 'weight': the weight is infinite: '1e400'"),
        ("inf", "row 2, column 'weight': the weight is infinite: 'inf'"),
        ("NaN", "row 2, column 'weight': the weight is not a number: 'NaN'"),
        ("much", "row 2, column 'weight': the weight is not a number: 'much'"),
        ("1,234.5", "row 2, column 'weight': the weight holds a comma: '1,234.5'"),
    ],
)
def test_a_weight_that_is_none_is_named_with_its_row(weight: str, says: str) -> None:
    assert says in refused(survey(goal=["Left", "Right"], weight=["1", weight]))


def test_a_weight_may_be_missing_only_where_there_is_no_answer() -> None:
    read(survey(goal=["Left", "Refused", ""], weight=["1", "", None]))
    assert "negative" in refused(survey(goal=["Left", ""], weight=["1", "-2"]))


def test_all_weights_zero_is_an_error_in_any_population() -> None:
    text = refused(
        survey(
            goal=["Left", "Right", "Left", "Left"],
            population=["s", "t", "s", "u"],
            weight=["0", "1", "0", "0"],
        )
    )
    assert "in 2 populations all answers have weight 0: 's'; 'u'" in text
    text = refused(survey(goal=["Left"] * 2, weight=["0", "0"]))
    assert "all 2 answers of population 'all' have weight 0" in text


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"weight_sum": "w"}, "only one of weight_sum and weight_sq_sum"),
        ({"weight_sum": "w", "weight_sq_sum": "w"}, "weight_sum is stated without count"),
        (
            {"weight_sum": "w", "weight_sq_sum": "w", "count": "w", "weight": "w"},
            "weight and weight_sum are both stated",
        ),
        ({"respondent": "w", "count": "w"}, "respondent and count are both stated"),
        ({"populations": ["s"]}, "no column says who belongs to which"),
        ({"populations": "s", "population": "w"}, "populations is the single text 's'"),
    ],
)
def test_declarations_that_contradict_themselves(more: dict[str, str], says: str) -> None:
    columns = {"goal": ["Left"], "w": ["1"]}
    assert says in refused(SingleChoice(columns, "goal", **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("total", "squares"), [("10", "1"), ("1", "10")], ids=["too small", "too large"]
)
def test_sums_of_weights_that_no_weights_have(total: str, squares: str) -> None:
    text = refused(survey(goal=["Left"], count=["2"], weight_sum=[total], weight_sq_sum=[squares]))
    assert "row 1: no 2 weights have the sum" in text


@pytest.mark.parametrize("count", ["1.5", "-1", "", "many"])
def test_counts_are_whole(count: str) -> None:
    assert "row 1, column 'count': the count is" in refused(survey(goal=["Left"], count=[count]))


def test_unknown_labels_are_named_once_with_their_rows_and_a_remedy() -> None:
    text = refused(survey(goal=["Left", "Rigth", "Left", "Rigth", "Green"]))
    lines = text.splitlines()
    assert len(lines) == 2
    assert "'Rigth' in 2 rows, the first of them 2" in lines[0]
    assert "did you mean 'Right'?" in lines[0]
    assert "add it to goals, no_goal or not_answers" in lines[0]
    assert "'Green' in row 5" in lines[1]


@pytest.mark.parametrize("label", ["left", " Left", "Left ", "LEFT", "L\u200beft"])
def test_twins_of_a_label_are_never_merged(label: str) -> None:
    text = refused(survey(goal=["Left", label]))
    assert "row 2" in text
    assert "'Left'" in text


@pytest.mark.parametrize("label", ["NA", "None", "null"])
def test_words_for_missing_are_labels_until_declared(label: str) -> None:
    text = refused(survey(goal=[label]))
    assert f"state missing=['{label}']" in text
    assert "add it to goals, no_goal or not_answers if it is an answer" in text
    area = ProblemArea("vote", ["Left", "Right"], not_answers=[label])
    np.testing.assert_array_equal(read(survey(goal=["Left", label]), area).not_answers[label], [1])


def test_numbers_and_truth_values_stay_the_text_they_are(tmp_path: Path) -> None:
    area = ProblemArea("vote", ["7", "007", "True", "9007199254740993"])
    file = survey_file(tmp_path, "goal\n7\n007\nTrue\n9007199254740993\n")
    np.testing.assert_array_equal(read(file, area).counts, [[1, 1, 1, 1]])


@pytest.mark.parametrize("label", ["#N/A", "#REF!", "a\u202eb", "a\ufeffb", " "])
def test_suspicious_labels_are_refused(label: str) -> None:
    assert "row 1" in refused(survey(goal=[label]))


def test_hostile_labels_are_just_labels() -> None:
    labels = ["<script>alert(1)</script>", "=1+1", "../../x", '"', "a\nb", "\U0001f600", "x" * 300]
    area = ProblemArea("vote", labels)
    np.testing.assert_array_equal(read(survey(goal=labels), area).counts, [[1] * len(labels)])


def test_a_column_of_ids_is_one_problem() -> None:
    text = refused(survey(goal=[f"r{i}" for i in range(1000)]))
    assert len(text.splitlines()) == 1
    assert "more than 200 different labels" in text
    assert "column 'goal'" in text


def test_codes_stand_for_labels() -> None:
    codes = {1: "Left", 2: "Right", -9: "Refused"}
    counts = read(SingleChoice({"g": [1, 2.0, -9, None]}, "g", codes=codes))  # type: ignore[arg-type]
    np.testing.assert_array_equal(counts.counts, [[1, 1, 0]])
    np.testing.assert_array_equal(counts.not_answers["Refused"], [1])
    wrong = refused(SingleChoice({"g": ["3"]}, "g", codes={"1": "Lefd"}))
    assert "the code '1' stands for the unknown label 'Lefd'" in wrong
    assert "did you mean 'Left'?" in wrong
    assert "'3' in row 1" in wrong


def test_populations_must_be_there_and_tell_apart() -> None:
    text = refused(survey(goal=["Left"] * 4, population=["s", "S", "", None]))
    assert "only by case, white space or Unicode form: 's', 'S'" in text
    assert "the population is empty in 2 rows: 3, 4" in text


def test_a_population_of_white_space_is_empty() -> None:
    assert "the population is empty in 1 row: 2" in refused(
        survey(goal=["Left"] * 2, population=["s", " "])
    )


def test_populations_that_the_study_does_not_name() -> None:
    columns = {"goal": ["Left"], "population": ["nort"]}
    text = refused(SingleChoice(columns, "goal", "population", populations=("north", "south")))
    assert "'nort' is not among those of the study" in text
    assert "did you mean 'north'?" in text


@pytest.mark.parametrize(
    ("size", "says"),
    [
        (
            {"s": 1, "t": 9},
            "population_size, 's': the population has 1 agents, but 2 of them answered",
        ),
        ({"s": 9}, "there is no size for 't'"),
        ({"s": 9, "t": 9, "tt": 9}, "there is no population 'tt'"),
        ({"s": 9, "t": 0}, "'t': the population has 0 agents"),
        ({"s": 9, "t": 1.5}, "'t': the size is not whole: 1.5"),
        ({"s": 9, "t": "many"}, "'t': the size is not a number: 'many'"),
        ({"s": 9, "t": float("inf")}, "'t': the size is infinite"),
        (100, "one size is stated for 2 populations"),
    ],
)
def test_population_sizes_that_cannot_be(size: object, says: str) -> None:
    columns = {"goal": ["Left"] * 3, "population": ["s", "s", "t"]}
    declaration = SingleChoice(columns, "goal", "population", population_size=size)  # type: ignore[arg-type]
    assert says in refused(declaration)


def test_population_sizes_follow_the_populations() -> None:
    columns = {"goal": ["Left"] * 2, "population": ["s", "t"]}
    sized = SingleChoice(columns, "goal", "population", population_size={"t": 5, "s": 7})
    np.testing.assert_array_equal(read(sized).population_size, [7, 5])
    single = SingleChoice({"goal": ["Left"]}, "goal", population_size=40)
    np.testing.assert_array_equal(read(single).population_size, [40])


def test_a_respondent_is_there_once() -> None:
    read(survey(goal=["Left", "Right"], respondent=["r1", "r2"]))
    text = refused(survey(goal=["Left"] * 4, respondent=["r1", "r2", "r1", ""]))
    assert "rows 1 and 3 have the same respondent id" in text
    assert "column 'respondent': the respondent's id is empty in 1 row: 4" in text
    assert "r1" not in text


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"goal": ["Left"]}, "Only one agent answered"),
        ({"goal": ["Left", "Left"]}, "No agent named the goal 'Right'"),
        ({"goal": ["Left"] * 40, "weight": [1000.0] + [0.001] * 39}, "weights in population 'all'"),
    ],
)
def test_unusual_surveys_are_accepted_with_a_note(columns: dict[str, object], says: str) -> None:
    assert any(says in note for note in read(survey(**columns)).notes)


@pytest.mark.parametrize(
    ("goals", "says"),
    [
        (["3-Feb", "4-May", "many"], "Labels look like dates: '3-Feb', '4-May'"),
        (["1", "2", "99"], "'99' usually mean a missing answer"),
        (["1", "-9"], "'-9' usually mean a missing answer"),
    ],
)
def test_labels_that_lost_their_meaning_are_noted(goals: list[str], says: str) -> None:
    notes = read(survey(goal=goals), ProblemArea("vote", goals)).notes
    assert any(says in note for note in notes)


def test_ordinary_labels_are_not_noted() -> None:
    area = ProblemArea("vote", ["1", "2", "3"])
    assert read(survey(goal=["1", "2", "3"]), area).notes == ()


def test_one_goal_is_a_valid_survey() -> None:
    counts = read(survey(goal=["Left", "Left"]), ProblemArea("vote", ["Left"]))
    np.testing.assert_array_equal(counts.counts, [[2]])


def test_problems_of_the_whole_table_come_in_one_pass() -> None:
    text = refused(
        survey(
            goal=["Left", "Green", "Right"],
            population=["s", "s", ""],
            weight=["-1", "1", "x"],
            respondent=["r", "r", "q"],
        )
    )
    assert len(text.splitlines()) == 5


def test_problems_are_counted_until_reading_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    many = survey(goal=["Left"] * 500, weight=["-1.5"] * 500)
    text = refused(many)
    assert "the weight is negative in 500 rows, first rows 1, 2 and 3: '-1.5'" in text
    assert len(text.splitlines()) == 1
    monkeypatch.setattr("bayes_misalign.tables.table.CELL_PROBLEMS", 200)
    text = refused(many)
    assert "the weight is negative in at least 200 rows, first rows 1, 2 and 3: '-1.5'" in text
    assert "row 200: reading stopped after 200 problems" in text


def test_the_evidence_holds_no_row_and_no_id() -> None:
    counts = read(survey(goal=["Left"], respondent=["secret-id"], weight=["0.123456"]))
    assert "secret-id" not in repr(counts)


def test_published_counts_of_the_2020_survey() -> None:
    """FiveThirtyEight / Ipsos (2020), "Why Many Americans Don't Vote", CC BY 4.0."""
    area = ProblemArea("candidate", ["Trump", "Biden"], no_goal=["Unsure"], not_answers=["Refused"])
    survey_2020 = SingleChoice(
        FACTS,
        "cand2020",
        "voter_category",
        count="n",
        weight_sum="sum_weight",
        weight_sq_sum="sum_weight_sq",
    )
    counts = read(survey_2020, area)
    rows = np.genfromtxt(FACTS, delimiter=",", skip_header=1, dtype=str)
    for place, name in enumerate(counts.populations):
        own = rows[(rows[:, 0] == name) & (rows[:, 1] != "Refused")][:, 2:].astype(float)
        assert counts.n[place] == own[:, 0].sum()
        kish = own[:, 1].sum() ** 2 / own[:, 2].sum()
        assert 0.9 * kish < counts.n_effective[place] < 1.1 * kish
        refusals = rows[(rows[:, 0] == name) & (rows[:, 1] == "Refused")][:, 2].astype(float)
        assert counts.not_answers["Refused"][place] == refusals.sum()
    assert counts.populations[0] == "always"
    assert counts.n[0] == 931 + 649 + 203


@pytest.mark.parametrize("in_blocks", [False, True])
def test_a_long_file_is_streamed(
    in_blocks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "WORTH", 0 if in_blocks else 1e9)
    monkeypatch.setattr(plain_text, "BLOCK", 1 << 16)
    chunk = "".join(
        f"{goal},{population},{weight}\n"
        for goal in ("Left", "Right", "Unsure", "")
        for population in "st"
        for weight in (0.5, 1.25)
    )
    path = tmp_path / "long.csv"
    repeats = 300_000 // 16
    path.write_text("goal,population,weight\n" + chunk)
    read(SingleChoice(path, "goal", "population", "weight"))  # what is imported is not counted
    path.write_text("goal,population,weight\n" + chunk * repeats)
    tracemalloc.start()
    try:
        counts = read(SingleChoice(path, "goal", "population", "weight"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    np.testing.assert_array_equal(counts.counts, np.full((2, 3), 2 * repeats))
    np.testing.assert_array_equal(counts.weight_sum, np.full((2, 3), 1.75 * repeats))
    assert peak < path.stat().st_size / 4


def test_names_may_be_numbers() -> None:
    columns = {0: ["Left", "Right"], 1: [7, 8]}
    sized = SingleChoice(columns, 0, 1, populations=[8, 7], population_size={7: 3, 8: 4})  # type: ignore[arg-type,dict-item]
    assert read(sized).populations == ("8", "7")
    np.testing.assert_array_equal(read(sized).population_size, [4, 3])


def test_agents_whom_other_tables_name_have_one_goal() -> None:
    columns = {
        "i": ["a", "b", "a", "b"],
        "wave": ["s", "s", "t", "t"],
        "goal": ["Left", "Left", "Left", "Right"],
    }
    problems = Problems()
    declared = SingleChoice(columns, "goal", "wave", respondent="i")
    roster = declared.roster(AREA, problems)
    assert roster is not None
    assert roster.number == {"a": 0, "b": 1}
    (problem,) = problems
    assert "1 agents whom other tables may name gave different answers" in str(problem)


def test_agents_by_id_are_the_same_in_blocks_and_row_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    n = 3000
    ids = [f"r{i}" for i in rng.permutation(n)]
    goals = rng.choice(["Left", "Right", "Unsure", "Refused", ""], n).tolist()
    lines = "".join(f"{i},{g}\n" for i, g in zip(ids, goals, strict=True))
    (tmp_path / "a.csv").write_text(f"id,vote\n{lines}", encoding="utf-8")
    found = []
    for worth in (0, 10**12):
        monkeypatch.setattr(blocks, "WORTH", worth)
        problems = Problems()
        declared = SingleChoice(tmp_path / "a.csv", "vote", respondent="id")
        roster = declared.roster(AREA, problems)
        assert roster is not None
        assert not len(problems)
        found.append((list(roster.number.items()), roster.goal.tolist(), roster.pattern.tolist()))
    assert found[0] == found[1]
    place = {goal: i for i, goal in enumerate(AREA.categories)}
    own = {"Unsure": place["no goal"], "Refused": -1, "": -1}
    expected = [own.get(goal, place.get(goal)) for goal in goals]
    assert [name for name, _ in found[0][0]] == ids
    assert found[0][1] == expected
