"""JSON: arrays of objects, keys that lie deeper, lists in cells."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.tables import open_table, text
from tests.readers import read, refused

CASES = Path("tests/data/cases")
ROWS = [{"goal": "Left", "w": 1.5}, {"goal": "Right", "w": 2}, {"goal": None, "w": 3}]


def answers(folder: Path, content: Any, name: str = "a.json", goal: str = "goal") -> SingleChoice:
    written = content if isinstance(content, str) else json.dumps(content)
    (folder / name).write_text(written, encoding="utf-8")
    return SingleChoice(folder / name, goal)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.txt"])
def test_an_array_of_objects(indent: int | None, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("\ufeff" + json.dumps(ROWS, indent=indent), encoding="utf-8")
    found = read(SingleChoice(tmp_path / name, "goal", weight="w"))
    np.testing.assert_array_equal(found.weight_sum, [[1.5, 2, 0]])
    assert found.not_asked == 1


def test_an_array_is_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"a": {"goal": ["Left", "Right"][i % 2]}, "t": 'x"\\]},{[é\n' * i} for i in range(40)]
    whole = answers(tmp_path, json.dumps(rows, ensure_ascii=False, indent=1), goal="a.goal")
    for size in (1, 7, 50, 1000):
        monkeypatch.setattr(text, "_PART", size)
        monkeypatch.setattr("bayes_misalign.tables.json_lines._NEAR_END", 10)
        np.testing.assert_array_equal(read(whole).counts, [[20, 20, 0]])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[{"goal": "Left"}', "row 2: the file ends in the array"),
        ('[{"goal": "Left"},', "row 2: the file ends inside the array"),
        ('[{"goal": "Left"}, 3]', "row 2: it is not an object"),
        ('[{"goal": "Left"}, {"goal": }]', "row 2: the object is not JSON"),
        ('[{"goal": "Left"} {"goal": "Left"}]', "row 2: after the object before there is '{'"),
        ('[{"goal": "Left"}] []', "row 1: after the end of the array there is '['"),
        ('[{"goal": "Left", "goal": "Right"}]', "row 1: a key is there twice"),
        ('[{"goal": "Left"}, {"goal": "x', "row 2: the object is not JSON"),
        ('[{"goal": ' + "[" * 100_000, "row 1: the object"),
        ("[[1, 2]]", "row 1: it is not an object"),
        ('[{"gaol": "Left"}]', "there is no column 'goal'. Valid: one of 'gaol'"),
        (
            '[{"goal": ["Left", "Right"]}]',
            "row 1: in 'goal', a cell holds 2 values; only the model",
        ),
        ("[]", "there is no column 'goal'"),
    ],
)
def test_arrays_that_cannot_be(content: str, says: str, tmp_path: Path) -> None:
    assert says in refused(answers(tmp_path, content))


def test_keys_that_lie_deeper(tmp_path: Path) -> None:
    rows = [
        {"id": 1, "answer": {"goal": "Left", "n": 1}, "choices": [{"message": {"text": "Left"}}]},
        {"id": 2, "answer": {"goal": [["Right"]]}, "choices": [{"message": {"text": "Right"}}]},
        {"id": 3, "answer": {}, "choices": []},
    ]
    lines = "\n".join(map(json.dumps, rows))
    for goal in ("answer.goal", "choices.message.text"):
        for content in (lines, rows):
            name = "a.jsonl" if content is lines else "a.json"
            found = read(answers(tmp_path, content, name, goal))
            np.testing.assert_array_equal(found.counts, [[1, 1, 0]])
            assert found.not_asked == 1
    table = open_table(tmp_path / "a.jsonl", None, Problems())
    assert table is not None
    assert table.columns[:4] == ("id", "answer.goal", "answer.n", "choices.message.text")
    said = refused(answers(tmp_path, lines, "a.jsonl", "answer.gaol"))
    assert "Fix: did you mean 'answer.goal'?" in said
    flat = answers(tmp_path, [{"a.goal": "Left", "a": {"goal": "Right"}}], goal="a.goal")
    np.testing.assert_array_equal(read(flat).counts, [[1, 0, 0]])


def test_a_list_of_one_is_its_element() -> None:
    frame = pl.DataFrame({"goal": [["Left"], ["Right"], []]})
    found = read(SingleChoice(frame, "goal"))
    np.testing.assert_array_equal(found.counts, [[1, 1, 0]])
    text = refused(SingleChoice(pl.DataFrame({"goal": [["Left", "Right"]]}), "goal"))
    assert "a cell holds 2 values; only the model multi-select takes several goals" in text


def test_rows_inside_an_object_are_named(tmp_path: Path) -> None:
    rows = {"rows": [{"goal": "Left"}, {"goal": "Right"}]}
    assert "2 objects in a list under the key 'rows'" in refused(answers(tmp_path, rows))


def test_texts_of_a_chat_are_columns(tmp_path: Path) -> None:
    chats = [
        {
            "model": "m",
            "messages": [
                {"role": "system", "content": "Be a mayor."},
                {"role": "user", "content": "A park?"},
                {"role": "assistant", "content": [{"type": "text", "text": said}]},
            ],
        }
        for said in ("Left", "Right", "Left")
    ]
    lines = "\n".join(map(json.dumps, chats))
    found = read(answers(tmp_path, lines, "a.jsonl", "completion"))
    np.testing.assert_array_equal(found.counts, [[2, 1, 0]])
    table = open_table(tmp_path / "a.jsonl", None, Problems())
    assert table is not None
    assert table.columns == ("model", "system", "input", "completion")
    assert next(iter(table))[1] == ("m", "Be a mayor.", "A park?", "Left")
    own = [{**chat, "completion": "Right"} for chat in chats]
    np.testing.assert_array_equal(
        read(answers(tmp_path, own, goal="completion")).counts, [[0, 3, 0]]
    )
    said = refused(answers(tmp_path, [{"messages": [{"role": "user"}, 3]}], goal="messages"))
    assert "a cell holds 2 values" in said


def test_samples_of_one_prompt_of_lm_eval_are_a_cluster(tmp_path: Path) -> None:
    rows = [{"doc_id": i // 3, "filtered_resps": ["Left" if i < 6 else "Right"]} for i in range(12)]
    stated = answers(tmp_path, "\n".join(map(json.dumps, rows)), "s.jsonl", "filtered_resps")
    assert "runs of 4 prompts" in read(stated).doubts[0][0]
    known = read(replace(stated, cluster="doc_id"))
    assert known.doubts == ()
    assert known.n_effective[0] <= 4
