"""Fixes of what is wrong with logs of evaluations, and with answers in free text."""

import json
from typing import Any

from tests.fixes import Case, Tables, counts, goals
from tests.logs import EPOCHS, changed, documents, log_eval, log_json, samples, whole, zipped

SOUND = log_eval()
UNKNOWN = 98  # the number of a compression that no Python knows
CUT = {**whole(samples(EPOCHS)), "status": "cancelled"}
TWO = whole(samples(EPOCHS, ["choice", "judge"]))
UNSCORED = whole([{k: v for k, v in one.items() if k != "scores"} for one in samples(EPOCHS)])


def log(content: bytes, **change: Any) -> dict[str, Any]:
    """Goals in a log."""
    stated = {"data": "run.eval", "goal": "answer", "cluster": "sample", **change}
    return {"files": {"run.eval": content}, "goals": stated}


def as_json() -> Tables:
    return {"files": {"run.json": log_json()}, "goals": {"data": "run.json"}}


def texts(*answers: str, **change: Any) -> Tables:
    return goals(data={"vote": list(answers)}, **change)


BY_PATTERN = {"(?i)choose A": "A", "(?i)choose B": "B"}
AS_JSON = (
    "write it as JSON, as inspect log convert --to json --output-dir json does, and name that file"
)

TABLE = "id,epoch,model,score_choice\nq1,1,m,A\nq1,2,m,A\nq2,1,m,B\nq2,2,m,A\n"
AGAIN = [{**one, "uuid": f"u{number}"} for number, one in enumerate(samples(EPOCHS))]
ONCE = zipped({**whole(AGAIN[:2]), "status": "cancelled"})
RETRIED = zipped(whole(AGAIN))


def of_documents(content: str, **change: Any) -> dict[str, Any]:
    """Goals in samples of lm-evaluation-harness."""
    stated = {"data": "s.jsonl", "goal": "filtered_resps", "cluster": "doc_id", **change}
    return {"files": {"s.jsonl": content.encode()}, "goals": stated}


RUNS = {0: ["A", "B"], 1: ["A", "A"]}
LIKELY = documents({0: ["A"]}, filtered_resps=[["-1.5", "False"], ["-2", "True"]])
SEVERAL = documents(
    {0: ["A"]}, filtered_resps=["A", "B"], arguments={"gen_args_0": {}, "gen_args_1": {}}
)
ONE_OF_THEM = documents({0: ["A"]}, filtered_resps=["A"], arguments={"gen_args_0": {}})

CASES = [
    Case(
        "write its samples as a table, as samples_df and to_csv do, of inspect_ai.analysis and "
        "pandas, and name that file",
        log(zipped({**whole([]), "version": 3})),
        {
            "files": {"run.csv": TABLE.encode()},
            "goals": {"data": "run.csv", "goal": "score_choice", "cluster": "id"},
        },
        right=counts(3, 1),
    ),
    Case(
        "name only the newer of the two files in data; or, if the older one did not finish, state "
        'where = { "status" = "success" }',
        {
            "files": {"a.eval": ONCE, "b.eval": RETRIED},
            "goals": {
                **log(SOUND)["goals"],
                "data": ["a.eval", "b.eval"],
                "where": {"status": ["success", "cancelled"]},
            },
        },
        goals(where={"status": "success"}),
        right=counts(3, 1),
    ),
    Case(
        "take the others out of the log",
        {
            "files": {"a.json": json.dumps(whole(AGAIN + AGAIN[:1])).encode()},
            "goals": {**log(SOUND)["goals"], "data": "a.json"},
        },
        {"files": {"a.json": json.dumps(whole(AGAIN)).encode()}},
        right=counts(3, 1),
    ),
    Case(
        'state where = { filter = "strict" }, or the like with another of them',
        of_documents(documents(RUNS, ["strict", "loose"])),
        goals(where={"filter": "strict"}),
        right=counts(3, 1),
    ),
    Case(
        "name the one that holds the answers that count",
        of_documents(documents(RUNS, filtered_resps=["A"]), population="resps"),
        goals(population=None),
        right=counts(2, 0),
    ),
    Case(
        "run the task so that the model writes its choice, as with output_type: generate_until",
        of_documents(LIKELY),
        {"files": {"s.jsonl": documents(RUNS).encode()}},
        right=counts(3, 1),
    ),
    Case(
        "keep those of one request, as jq -c '.filtered_resps |= [.[0]] | .arguments |= "
        "{gen_args_0}' does",
        of_documents(SEVERAL),
        {"files": {"s.jsonl": ONE_OF_THEM.encode()}},
        right=counts(1, 0),
    ),
    Case(
        AS_JSON,
        log(changed(SOUND, method=UNKNOWN)),
        as_json(),
        right=counts(3, 1),
    ),
    Case(
        "copy it again from where it was written",
        log(SOUND[: len(SOUND) // 2]),
        {"files": {"run.eval": SOUND}},
        right=counts(3, 1),
    ),
    Case(
        "write the log again without a password",
        log(changed(SOUND, flags=1)),
        {"files": {"run.eval": SOUND}},
        right=counts(3, 1),
    ),
    Case(
        'finish it, as inspect eval-retry does, and state where = { "status" = "success" } where '
        'both files are in data; or state where = { "status" = ["success", "cancelled"] } to count '
        "the samples that it has, if which of them are there does not depend on their answers",
        log(zipped(CUT)),
        goals(where={"status": ["success", "cancelled"]}),
        right=counts(3, 1),
    ),
    Case(
        'name the scorer too, as in "scores.choice.answer"',
        log(zipped(TWO)),
        goals(goal="scores.choice.answer"),
        right=counts(3, 1),
    ),
    Case(
        "name 'completion', the text of the model; or score the log, as inspect score does",
        log(zipped(UNSCORED)),
        goals(goal="completion", patterns=BY_PATTERN),
        right=counts(3, 1),
    ),
    Case(
        "add it to goals, no_goal or not_answers; for answers in free text state what marks each, "
        'as in patterns = { "(?i)answer is A" = "A" }',
        texts("A", "B", "The answer is A."),
        goals(patterns={"(?i)answer is A": "A"}),
        right=counts(2, 1),
    ),
    Case(
        "make the patterns narrower, as by (?i)^ for how an answer begins; or say in codes what "
        "such a text means",
        texts("I choose A", "I choose A, not B", patterns={"A": "A", "B": "B"}),
        goals(patterns={"A$": "A", "A, not": "A", "^B": "B"}),
        right=counts(2, 0),
    ),
    Case(
        "make the patterns narrower, as by (?i)^ for how an answer begins; or say in codes what "
        "such a text means",
        texts("I choose A", "I choose A, not B", patterns={"A": "A", "B": "B"}),
        goals(codes={"I choose A, not B": "A"}),
        right=counts(2, 0),
    ),
    Case(
        "write signs that stand for themselves in square brackets, as in [(]",
        texts("choice (A", "B", patterns={"(A": "A"}),
        goals(patterns={"[(]A": "A"}),
        right=counts(1, 1),
        only=False,
    ),
]
CAUTIONS = [
    (
        "name the column 'sample' as cluster, as runs of one prompt are alike",
        log(SOUND, cluster=None),
        goals(cluster="sample"),
    ),
]
