"""Problems of one kind are one line, with their true number and their first places."""

import re
import tomllib
from pathlib import Path

import pytest

import bayes_misalign as bm
from bayes_misalign.contract.registry import names_of
from bayes_misalign.errors import BayesMisalignError, DataError, Problem, Problems, StudyError
from bayes_misalign.tables import remedies
from tests.fixes import BASE, csv, goals, over, read

MANY = 4_621


def said(folder: Path, change: object) -> BayesMisalignError:
    with pytest.raises(BayesMisalignError) as error:
        read(folder, over(BASE, dict(change)))  # type: ignore[call-overload]
    return error.value


def test_equal_kinds_are_one_line_with_number_and_first_places() -> None:
    problems = Problems()
    for row in range(2, 102):
        value = repr("-" if row % 2 else "?")
        problems.add("the age is no number", value=value, where=f"a.csv, row {row}, column 'age'")
    problems.add("the file ends too soon", where="b.csv")
    error = DataError(*problems)
    assert str(error).splitlines() == [
        "a.csv, column 'age': the age is no number in 100 rows, first rows 2, 3 and 4: '?'; '-'.",
        "b.csv: the file ends too soon.",
    ]
    assert len(problems) == 101
    assert error.counted == "101 problems of 2 kinds"
    ages, file = error.problems
    assert (ages.number, file.number) == (100, 1)
    assert len(ages.places) == 100, "for programs all places are kept"
    assert ages.places[99] == "a.csv, row 101, column 'age'"
    assert ages.values == ("'?'", "'-'")


def test_no_number_is_said_that_was_not_counted() -> None:
    found = Problems()
    for row in range(3_000):
        found.add("the age is no number", value=repr(f"{row}x"), where=f"a.csv, row {row}")
    (problem,) = found
    assert "in 3,000 rows, first rows 0, 1 and 2: '0x'; '1x'; " in str(problem)
    assert str(problem).endswith("'7x'; and more.")
    assert len(problem.places) == len(problem.values) == 1_000


def test_what_is_valid_and_how_to_mend_it_tells_kinds_apart() -> None:
    found = Problems()
    found.add("no number", where="a, row 2", fix="one way")
    found.add("no number", where="a, row 3", fix="another")
    found.add("no number", where="a, row 2", fix="one way")  # said before
    assert [str(problem) for problem in found] == [
        "a, row 2: no number. Fix: one way.",
        "a, row 3: no number. Fix: another.",
    ]
    assert len(found) == 2


def test_kinds_are_put_together_wherever_they_come_from() -> None:
    one, other = Problems(), Problems()
    for row in (2, 3):
        one.add("no number", value="'x'", where=f"a, row {row}")
        other.add("no number", value="'y'", where=f"b, row {row}")
    one.extend(other)
    (problem,) = one
    assert str(problem) == ("no number in 4 places, first a, row 2; a, row 3; b, row 2: 'x'; 'y'.")
    assert [
        p.number for p in StudyError(*one, Problem("no number", "c", value="'z'")).problems
    ] == [5]


def test_a_broken_off_count_is_a_least_one() -> None:
    found = Problems()
    found.add("of another table", where="b")
    before = len(found)
    for row in range(5):
        found.add("no number", where=f"a, row {row}")
    found.broke_off(before)
    assert DataError(*found).counted == "at least 6 problems of 2 kinds"
    assert [str(problem) for problem in found] == [
        "b: of another table.",
        "a: no number in at least 5 rows, first rows 0, 1 and 2.",
    ]


def test_snippets_are_said_in_the_language_of_who_reads() -> None:
    problem = Problem(
        "nothing is stated",
        where="[report] agents",
        fix='state `agents = "different"` under [report], or `prior = {a = 1, b = true}`',
    )
    assert str(problem) == (
        "reporting.agents: nothing is stated. Fix: state agents='different' in reporting, or "
        "prior={'a': 1, 'b': True}."
    )
    (in_toml,) = StudyError(problem).in_toml().problems
    assert str(in_toml) == (
        '[report] agents: nothing is stated. Fix: state agents = "different" under [report], or '
        "prior = {a = 1, b = true}."
    )


def test_models_are_classes_in_python() -> None:
    for name in (*names_of("goals"), *names_of("conflict")):
        problem = Problem("it is another model", fix=f'use `model = "{name}"`')
        told = re.search(r"Fix: use (\w+)\(\.\.\.\)\.", str(problem))
        assert told is not None
        assert getattr(bm, told[1]).model == name


def test_long_advice_is_cut_after_it_is_put_into_words() -> None:
    labels = ", ".join(f'"{number:03}" = "label"' for number in range(200))
    said = str(Problem("codes", fix=f"state `codes = {{{labels}}}`"))
    assert said.startswith("codes. Fix: state codes={'000': 'label', '001': 'label', ")
    assert said.endswith(" ...")
    assert len(said) < 1_300


def test_a_label_with_a_backquote_can_be_stated() -> None:
    fix = f"state {remedies.codes({'1': 'a`b', '2': 'c'})}"
    assert str(Problem("no labels", fix=fix)).endswith("Fix: state codes={'1': 'a`b', '2': 'c'}.")
    in_toml = str(Problem("no labels", fix=fix, toml=True)).partition("state ")[2].removesuffix(".")
    assert tomllib.loads(in_toml) == {"codes": {"1": "a`b", "2": "c"}}


def test_a_label_with_backquotes_is_shown_as_it_is() -> None:
    problem = Problem("the label '`a = 1`' is odd", valid="'`b`'", fix="state `c`")
    assert str(problem) == "the label '`a = 1`' is odd. Valid: '`b`'. Fix: state c."


def test_repeated_ids_are_counted_all(tmp_path: Path) -> None:
    ids = [*range(100), *(i % 100 for i in range(MANY))]
    table = {"vote": ["A"] * len(ids), "id": ids}
    error = said(tmp_path, goals(data=table, respondent="id"))
    assert str(error) == (
        "data frame, column 'id': 4,621 rows repeat the respondent id of a row before, first rows "
        "1 and 101. Valid: each respondent once. Fix: keep one row of each respondent; name the "
        "column of the wave of a panel as population."
    )
    assert error.counted == "4,621 problems of 1 kind"
    assert error.problems[0].places[0] == "data frame, column 'id', rows 1 and 101"
    assert len(error.problems[0].places) == 1000


def test_write_ins_are_one_line_beside_other_kinds(tmp_path: Path) -> None:
    votes = [*"AB", *(f"write-in {i}" for i in range(40)), "AA", "NA"]
    table = {"vote": votes, "w": ["x", *["1"] * (len(votes) - 1)]}
    error = said(tmp_path, goals(data=table, weight="w"))
    lines = str(error).splitlines()
    assert len(lines) == 3
    assert (
        "41 labels in 41 rows are in none of the study's lists: 'write-in 0' in row 3;" in lines[1]
    )
    assert "; and 33 more. Valid: 'A', 'B'." in lines[1]
    assert "the label 'NA' in row 44" in lines[2]
    assert error.counted == "43 problems of 3 kinds"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"goals": {"populations": 3}}, "[goals] populations: takes an array, not 3"),
        ({"goals": {"weight": ["w"]}}, "[goals] weight: takes a text between quotes, not ['w']"),
        ({"goals": {"codes": ["w"]}}, "[goals] codes: takes a table, not ['w']"),
        ({"goals": {"population_size": "x"}}, "takes a whole number or a table, not 'x'"),
        ({"populations": {"mix": ["A"]}}, "[populations] mix: takes an array of 2"),
        ({"report": {"kind": "x"}}, "[report] kind: takes 'eti' or 'hdi', not 'x'"),
        ({"fit": {"seed": 1.5}}, "[fit] seed: takes a whole number, not 1.5"),
        ({"name": True}, "study.toml, name: takes a text between quotes, not true"),
    ],
)
def test_a_study_file_is_told_in_the_words_of_toml(
    wrong: dict[str, object], says: str, tmp_path: Path
) -> None:
    text = str(said(tmp_path, wrong))
    assert says in text
    assert not re.search("tuple|dict|None|input should|instance", text)


def test_missing_conflict_lists_the_models_and_names_the_simplest(tmp_path: Path) -> None:
    first, *models = str(said(tmp_path, {"conflict": None})).splitlines()
    assert first == (
        "study.toml: there is no table [conflict]. Valid: a model of conflict. Fix: state one of "
        'them under [conflict]; the simplest is model = "mutually-exclusive".'
    )
    assert [line.split(":")[0].strip() for line in models] == names_of("conflict")
    assert all(line.endswith("?") for line in models)


@pytest.mark.parametrize(
    ("file", "more", "says"),
    [
        (
            "vote,w A,1 B,NA NA,2",
            {"weight": "w"},
            'NA is how R writes a missing cell: state missing = ["NA"]',
        ),
        ("vote;w A;1,5 B;0,5", {"weight": "w", "separator": ";"}, 'state decimal = "," if'),
        ("vote;w A;1,5 B;0,5", {"weight": "w"}, 'state separator = ";"; state decimal = ","'),
        (
            "vote,w A,-99 B,1",
            {"weight": "w"},
            "missing cells are stated in missing, as in missing =",
        ),
        ("Title,, vote,w,x A,1,2", {}, "state skip_rows = 1"),
        ("Title vote,w A,1", {}, "state skip_rows = 1"),
        ("vote A B one two three", {}, 'or state other = "Other" if all of these are one goal'),
    ],
)
def test_ways_of_writing_a_table_are_named(
    file: str, more: dict[str, str], says: str, tmp_path: Path
) -> None:
    assert says in str(said(tmp_path, csv(file, **more)))


def test_rows_of_qualtrics_are_recognised(tmp_path: Path) -> None:
    rows = ["Q1,Q2", "What?,Why?", '"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"', "A,x"]
    change = {"files": {"a.csv": "\n".join(rows)}, "goals": {"data": "a.csv", "goal": "Q1"}}
    text = str(said(tmp_path, change))
    assert "rows 2 and 3 describe the columns, and hold no answers" in text
    assert "state skip_rows = [2, 3]" in text


def test_a_near_label_is_not_guessed_for_a_short_or_missing_one(tmp_path: Path) -> None:
    text = str(said(tmp_path, goals(data={"vote": ["NA", "Ax", "A", "B"]})))
    assert "did you mean" not in text


def test_what_could_not_be_read_has_no_consequences(tmp_path: Path) -> None:
    table = {"vote": ["A", "B"], "w": ["1,5", "2,5"], "place": ["n", "s"]}
    error = said(tmp_path, goals(data=table, weight="w", population="place", population_size=2))
    assert "holds a comma in rows 1 and 2" in str(error)
    assert "weight 0" not in str(error)


def test_python_is_told_in_its_own_words() -> None:
    area = bm.ProblemArea("x", ["A", "B"])
    rated = bm.Rated({"goal": ["A"], "goal_other": ["B"], "rating": [3]})
    with pytest.raises(DataError, match=re.escape("as in scale=[1, 5], or scale=[100, 0]")):
        bm.Study.of(area, bm.SingleChoice({"vote": ["A"]}, goal="vote"), rated)
