"""Samples of lm-evaluation-harness: repeats are runs, and one filter is chosen."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.problem_area import ProblemArea
from tests.logs import documents
from tests.readers import read, refused

AREA = ProblemArea("parks", ["A", "B"])
REPEATS = {0: ["A", "A", "B"], 1: ["B", "A", "A"], 2: ["B", "B", "B"], 3: ["A"]}
BY = {"choose A": "A", "choose B": "B"}


def answers(folder: Path, content: str, goal: str = "filtered_resps", **more: Any) -> SingleChoice:
    (folder / "s.jsonl").write_text(content, encoding="utf-8")
    return SingleChoice(folder / "s.jsonl", goal, **{"cluster": "doc_id", **more})


@pytest.mark.parametrize("goal", ["filtered_resps", "resps"])
def test_repeats_of_a_document_are_runs_of_a_prompt(tmp_path: Path, goal: str) -> None:
    patterns = BY if goal == "resps" else None
    found = read(answers(tmp_path, documents(REPEATS), goal, patterns=patterns), AREA)
    np.testing.assert_array_equal(found.counts, [[5, 5]])
    assert found.n_effective[0] < 10
    blind = answers(tmp_path, documents(REPEATS), goal, patterns=patterns, cluster=None)
    assert "each of 10 rows counts as one agent, and they are runs of 4 prompts" in str(
        read(blind, AREA).doubts
    )
    first = answers(tmp_path, documents(REPEATS), goal, patterns=patterns, where={"repeat": 1})
    np.testing.assert_array_equal(read(first, AREA).counts, [[2, 2]])


def test_a_filter_may_leave_one_of_the_repeats(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in documents(REPEATS).splitlines()]
    for row in rows:
        row["filtered_resps"] = row["filtered_resps"][0][:1]
    content = "\n".join(map(json.dumps, rows))
    found = read(answers(tmp_path, content), AREA)
    np.testing.assert_array_equal(found.counts, [[2, 2]])
    said = "3 documents of s.jsonl have several answers, of which the filter left one"
    assert said in found.notes[0]
    every = read(answers(tmp_path, content, "resps", patterns=BY), AREA)
    np.testing.assert_array_equal(every.counts, [[5, 5]])
    assert "several answers" not in str(every.notes)
    both = answers(tmp_path, content, population="resps")
    said = "row 1: the numbers of answers of the document differ: 1 in 'filtered_resps' and 3 in"
    assert said in refused(both, AREA)


def test_one_filter_is_chosen(tmp_path: Path) -> None:
    content = documents(REPEATS, ["strict", "loose"])
    said = refused(answers(tmp_path, content), AREA)
    assert "each document is there 2 times, once for each of the filters 'strict', 'loose'" in said
    assert "Fix: state where={'filter': 'strict'}, or the like with another of them" in said
    found = read(answers(tmp_path, content, where={"filter": "loose"}), AREA)
    np.testing.assert_array_equal(found.counts, [[5, 5]])
    both = answers(tmp_path, content, where={"filter": ["strict", "loose"]})
    assert "once for each of the filters" in refused(both, AREA)
    apart = read(answers(tmp_path, content, population="filter"), AREA)
    np.testing.assert_array_equal(apart.counts, [[5, 5], [5, 5]])
    array = json.dumps([json.loads(line) for line in content.splitlines()])
    assert "once for each of the filters" in refused(answers(tmp_path, array), AREA)


CHOICES = {"arguments": {"gen_args_0": {"arg_0": "p", "arg_1": " A"}, "gen_args_1": {}}}
LIKELY = ["-1.5", "False"]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({**CHOICES, "filtered_resps": [LIKELY, ["-2", "True"]]}, "there are likelihoods"),
        ({"filtered_resps": [LIKELY]}, "there are likelihoods"),
        ({"filtered_resps": [[LIKELY, LIKELY]]}, "there are likelihoods"),
        ({**CHOICES, "filtered_resps": ["A", "B"]}, "answers to 2 requests of one document"),
        ({"filtered_resps": [["A"], ["B"]]}, "answers to 2 requests of one document"),
    ],
)
def test_what_holds_no_answer(tmp_path: Path, more: dict[str, Any], says: str) -> None:
    said = refused(answers(tmp_path, documents({0: ["A"]}, **more)), AREA)
    assert f"row 1: in 'filtered_resps' there are {says.removeprefix('there are ')}" in said


def test_documents_without_an_answer(tmp_path: Path) -> None:
    lists = documents(REPEATS) + "\n" + documents({9: []})
    found = read(answers(tmp_path, lists), AREA)
    np.testing.assert_array_equal(found.counts, [[5, 5]])
    assert found.not_asked == 1
