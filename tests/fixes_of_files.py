"""Fixes of what is wrong with files as people have them, each with an edit that obeys it."""

from bayes_misalign.study.study import Study
from tests.fixes import Case, Tables, conflict, counts, csv, goals, over, three

LONG = "A 400 B 120 n 520"
HALF: Tables = {"vote": ["A", "B", "half"], "n": [400, 120, 520]}


def judged(*lines: str, **more: object) -> Tables:
    """Judgements of three goals in a file."""
    text = "\n".join(["goal,goal_other," + lines[0], *lines[1:]])
    return over(three(model="judged", data="j.csv", **more), {"files": {"j.csv": text}})


def yes_and_no(*expected: tuple[float, float]) -> object:
    def right(study: Study) -> bool:
        found = study.conflict.sources[0]
        return list(zip(found.yes.tolist(), found.no.tolist(), strict=True)) == list(expected)

    return right


ONE_TWO = judged("conflict", "A,B,1", "A,C,2", "B,C,2")
OF_SELF = judged("y,n", "A,A,0,9", "A,B,1,9", "A,C,2,8", "B,C,3,7", yes_count="y", no_count="n")
WAVES = {
    "files": {"a.csv": "id,vote_1,vote_2\n1,A,B\n2,A,A\n3,B,B\n"},
    "goals": {"data": "a.csv", "goal": "vote"},
}
SEPARATED = {
    "files": {"a.csv": "vote,w\nA,1\nB,1\n", "b.csv": "vote;w\nA;1\n"},
    "goals": {"data": ["a.csv", "b.csv"]},
}
REMARK = {"files": {"a.csv": "vote,w\nA,1\nB,1\nSource: a poll\n"}, "goals": {"data": "a.csv"}}
BELOW = csv("vote Which? A B A")
WHOLE = '{"vote": ["A", "B", "A"]}'
DEEP = '{"answer": {"vote": "A"}}\n{"answer": {"vote": "B"}}\n'
IN_COLUMN = {"data": "j.csv", "goal": None, "columns": {"a": "A", "b": "B"}}

CASES = [
    Case(
        'if 1 is yes and 2 is no, state yes = ["1"] and no = ["2"]; else choose a model that takes '
        "levels or ratings; bayes-misalign models lists them",
        ONE_TWO,
        conflict(yes=["1"], no=["2"]),
        right=yes_and_no((1, 0), (0, 1), (0, 1)),
    ),
    Case(
        'state self_judgements = "leave out" to leave judgements of a goal with itself out',
        OF_SELF,
        conflict(self_judgements="leave out"),
        right=yes_and_no((1, 9), (2, 8), (3, 7)),
    ),
    Case(
        'leave such rows out, as by where = { "vote" = ["A", "B"] }, or remove them; if it is an '
        "answer, add it to goals, no_goal or not_answers",
        goals(data=HALF, count="n"),
        {"problem_area": {"goals": ["A", "B", "half"]}},
        right=counts(400, 120, 520),
    ),
    Case(
        "add it to goals, no_goal or not_answers; or state skip_rows = [2] if that row holds no "
        "answers",
        BELOW,
        goals(skip_rows=[2]),
        right=counts(2, 1),
    ),
    Case(
        "remove one of the two",
        goals(data={"vote": ["1", "2"]}, codes={"1": "A", "1.0": "B", "2": "B"}),
        goals(codes={"1": "A", "2": "B"}),
        right=counts(1, 1),
    ),
    Case(
        "quote cells that hold the separator, and fill short rows up; or state skip_rows = [4] if "
        "it is a remark",
        REMARK,
        goals(skip_rows=[4]),
        right=counts(1, 1),
    ),
    Case(
        "'vote_1', 'vote_2' seem to be one question of which several options may be chosen: state "
        'model = "multi-select", and the goal of each in columns, or name one of them; '
        'if they are waves of a panel, state columns = "vote_{population}" in place of goal',
        WAVES,
        goals(goal=None, columns="vote_{population}"),
        right=lambda study: (
            study.goals.counts.tolist() == [[2, 1], [1, 2]] and len(study.goals.patterns) == 3
        ),
    ),
    Case(
        "write all files of the study with one separator",
        SEPARATED,
        {"files": {"a.csv": "vote,w\nA,1\nB,1\n", "b.csv": "vote,w\nA,1\n"}},
        right=counts(2, 1),
    ),
    Case(
        'write it by rows, as df.to_json("x.jsonl", orient="records", lines=True) does',
        {"files": {"a.json": WHOLE}, "goals": {"data": "a.json"}},
        {"files": {"a.json": '{"vote": "A"}\n{"vote": "B"}\n{"vote": "A"}\n'}},
        right=counts(2, 1),
    ),
    Case(
        "name the key with those above it, as in 'answer.vote'",
        {"files": {"a.jsonl": DEEP}, "goals": {"data": "a.jsonl", "goal": "answer"}},
        goals(goal="answer.vote"),
        right=counts(1, 1),
    ),
    Case(
        "write 0 where there are none",
        {"files": {"j.csv": "a,b\n40,\n"}, "goals": IN_COLUMN},
        {"files": {"j.csv": "a,b\n40,0\n"}},
        right=counts(40, 0),
    ),
    Case(
        "write one of them in another way",
        {
            "files": {"a.csv": 'p,y,vote\n"a, b",c,A\na,"b, c",B\n'},
            "goals": {"data": "a.csv", "population": ["p", "y"]},
        },
        {"files": {"a.csv": 'p,y,vote\n"a/b",c,A\na,"b, c",B\n'}},
        right=counts(1, 0),
    ),
]
