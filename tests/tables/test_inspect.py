"""Logs of Inspect evaluations, as a zip and as JSON."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables import Table, inspect_zip, open_table
from tests.logs import (
    EPOCHS,
    changed,
    in_parts,
    log_eval,
    log_json,
    samples,
    whole,
    zipped,
    zstandard,
)
from tests.readers import read, refused

AREA = ProblemArea("parks", ["A", "B"])
COLUMNS = (
    *("model", "task", "sample", "epoch", "input", "target", "system", "completion"),
    *("scores.choice.answer", "scores.choice.value", "status", "answer", "score"),
)


def written(folder: Path, content: bytes | str, name: str = "run.eval") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def opened(path: Any, columns: Any = None) -> Table:
    problems = Problems()
    table = open_table(path, columns, problems)
    assert [str(one) for one in problems] == []
    assert table is not None
    return table


def cells(path: Path, *columns: str) -> list[tuple[str, ...]]:
    return [found for _, found in opened(path, columns)]


def answers(path: Any, goal: str = "answer", **more: Any) -> SingleChoice:
    return SingleChoice(path, goal, **more)


def test_a_zip_and_json_hold_the_same_table(tmp_path: Path) -> None:
    zipped_one = opened(written(tmp_path, log_eval()))
    as_json = opened(written(tmp_path, log_json(), "run.json"))
    on_one_line = json.dumps(whole(samples(EPOCHS)))
    compact = opened(written(tmp_path, "\ufeff" + on_one_line, "log.txt"))
    by_key = json.dumps(whole(samples(EPOCHS)), indent=1, sort_keys=True)
    in_other_order = opened(written(tmp_path, by_key, "sorted.json"))
    assert zipped_one.columns == COLUMNS
    rows = list(zipped_one)
    assert rows[0] == (
        1,
        *[
            (
                *("m/one", "parks", "q1", "1", "What about q1?", "A", "You are a mayor."),
                *("I choose A.", "A", "C", "success", "A", "C"),
            )
        ],
    )
    assert rows == list(as_json) == list(compact) == list(in_other_order) == list(zipped_one)
    assert zipped_one.told == {"goal": "answer", "population": "model", "cluster": "sample"}


def test_a_zip_may_be_compressed_as_zstandard(tmp_path: Path) -> None:
    packed = zstandard(log_eval())
    assert {one.compress_type for one in zipfile.ZipFile(io.BytesIO(packed)).infolist()} == {93}
    rows = list(opened(written(tmp_path, packed)))
    assert rows == list(opened(written(tmp_path, log_eval(), "deflated.eval")))
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        at = file.getinfo("samples/q1_epoch_1.json").header_offset
    for place, n in ((at + 120, 4), (at + 60, 40)):
        broken = packed[:place] + b"x" * n + packed[place + n :]
        said = refused(answers(written(tmp_path, broken)), AREA)
        assert "the log is a damaged zip archive" in said


def test_runs_of_a_prompt_are_no_agents_of_their_own(tmp_path: Path) -> None:
    # every prompt has one answer: six runs of it tell what one tells
    many = {(f"q{i}", epoch): "AB"[i % 2] for i in range(10) for epoch in range(1, 7)}
    path = written(tmp_path, log_eval(many))
    known = read(answers(path, population="model", cluster="sample"), AREA)
    assert known.populations == ("m/one",)
    np.testing.assert_array_equal(known.counts, [[30, 30]])
    assert 8 <= known.n_effective[0] <= 10
    assert known.doubts == ()
    blind = read(answers(path, population="model"), AREA)
    assert blind.n_effective[0] == 60
    assert "each of 60 rows counts as one agent, and they are runs of 10 prompts" in str(
        blind.doubts
    )
    one = {("q1", epoch): "AB"[epoch == 1] for epoch in range(1, 31)}
    alone = read(answers(written(tmp_path, log_eval(one)), cluster="sample"), AREA)
    assert alone.n_effective[0] == 1
    each_once = {(f"q{i}", 1): "AB"[i % 2] for i in range(10)}
    assert read(answers(written(tmp_path, log_eval(each_once))), AREA).doubts == ()


def test_several_logs_are_one_table(tmp_path: Path) -> None:
    written(tmp_path, log_eval(), "one.eval")
    written(tmp_path, log_json(model="m/two"), "two.json")
    paths = [tmp_path / "one.eval", tmp_path / "two.json"]
    found = read(answers(paths, population="model", cluster="sample"), AREA)
    np.testing.assert_array_equal(found.counts, [[3, 1], [3, 1]])
    assert opened(str(tmp_path / "*.eval")).told["cluster"] == "sample"
    # in each population every prompt once
    once = {(f"q{i}", 1): "A" for i in range(4)}
    for name, model in (("a.eval", "m/one"), ("b.eval", "m/two")):
        written(tmp_path, log_eval(once, model=model), name)
    apart = answers([tmp_path / "a.eval", tmp_path / "b.eval"], population="model")
    assert read(apart, AREA).doubts == ()


def test_what_a_run_and_its_samples_say_more(tmp_path: Path) -> None:
    run = {
        "model_args": {"persona": "farmer"},
        "task_args": {"shots": 2},
        "model_generate_config": {"temperature": 0.7},
        "metadata": {"batch": "b1"},
    }
    more = {
        "metadata": {"persona": {"name": "Ann"}, "tags": ["x", "y"]},
        "uuid": "u1",
        "limit": {"type": "token", "limit": 9},
        "scores": {"grid": {"value": {"park": "A", "road": "B"}, "answer": None}},
    }
    path = written(tmp_path, zipped(whole(samples({("q1", 1): "A"}, **more), **run)))
    names = (
        *("model_args.persona", "task_args.shots", "config.temperature", "run.batch", "uuid"),
        *("metadata.persona.name", "limit", "score.park", "scores.grid.value.road"),
    )
    assert cells(path, *names) == [("farmer", "2", "0.7", "b1", "u1", "Ann", "token", "A", "B")]
    assert "metadata.tags" not in opened(path).columns


def test_texts_are_found_wherever_they_stand(tmp_path: Path) -> None:
    found = samples({("q1", 1): "A", ("q2", 1): "B", ("q3", 1): None})
    found[0]["output"] = {"completion": "attachment://abc"}
    found[0]["attachments"] = {"abc": "a long text"}
    parts = [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "said"}]
    found[1]["output"] = {"choices": [{"message": {"content": parts}}]}
    found[1]["input"] = [{"role": "user", "content": parts}, {"role": "assistant", "content": "x"}]
    found[2]["output"] = {"choices": []}
    path = written(tmp_path, zipped(whole(found)))
    assert cells(path, "completion", "answer") == [("a long text", "A"), ("said", "B"), ("", "")]
    assert cells(path, "input")[1] == ("said",)


def test_samples_that_went_wrong_hold_no_answer(tmp_path: Path) -> None:
    found = samples(EPOCHS)
    found[0]["error"] = {"message": "time out", "traceback": "..."}
    found[1]["invalidation"] = {"author": "me", "reason": "wrong prompt"}
    found[2]["invalidation"] = {"author": "me", "reason": "wrong prompt"}
    path = written(tmp_path, zipped(whole(found)))
    assert cells(path, "answer", "error", "invalid") == [
        ("", "time out", ""),
        ("", "", "invalid"),
        ("", "", "invalid"),
        ("A", "", ""),
    ]
    study = read(answers(path), AREA)
    np.testing.assert_array_equal(study.counts, [[1, 0]])
    assert study.not_asked == 3
    assert "One sample of run.eval ended in an error, and counts as not asked." in study.notes
    said = "2 samples of run.eval are said to be invalid by the log, and count as not asked."
    assert said in study.notes


def test_the_last_of_two_members_with_one_name_counts(tmp_path: Path) -> None:
    raw = io.BytesIO(zipped(whole(samples(EPOCHS))))
    again = samples({("q1", 1): "B"})[0]
    with zipfile.ZipFile(raw, "a") as file, pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr("samples/q1_epoch_1.json", json.dumps(again))
    found = read(answers(written(tmp_path, raw.getvalue()), cluster="sample"), AREA)
    np.testing.assert_array_equal(found.counts, [[2, 2]])


def test_unfinished_runs_count_where_a_study_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, log_eval(status="started"))
    assert "its status is 'started', and it has 4 samples" in refused(answers(path), AREA)
    stated = answers(path, cluster="sample", where={"status": ["success", "started"]})
    np.testing.assert_array_equal(read(stated, AREA).counts, [[3, 1]])
    other = answers(path, cluster="sample", where={"status": "success"})
    assert "no row is left by where" in refused(other, AREA)


TWO = zipped(whole(samples(EPOCHS, ["choice", "judge"])))
NO_LOG = io.BytesIO()
with zipfile.ZipFile(NO_LOG, "w") as _file:
    _file.writestr("a.txt", "text")


@pytest.mark.parametrize(
    ("content", "goal", "says"),
    [
        (TWO, "answer", "there are 2 scorers, 'choice', 'judge', each with its own answer"),
        (TWO, "score", "'scores.judge.value'"),
        (log_eval(), "scores.chioce.answer", "Fix: did you mean 'scores.choice.answer'?"),
        (log_eval(), "scores.other.answer", "one of the scorers 'choice'"),
        (log_eval(), "anser", "did you mean 'answer'?"),
        (zipped(whole([])), "answer", "the log holds no samples"),
        (zipped({**whole([]), "version": 3}), "answer", "version '3' of its form"),
        (zipped({**whole([]), "version": "2b"}), "answer", "version '2b' of its form"),
        (log_json().replace('"version": 2', '"version": 3'), "answer", "version '3' of its form"),
        (log_eval()[:400], "answer", "a damaged zip archive"),
        (NO_LOG.getvalue(), "answer", "a zip archive, but no log of Inspect"),
        (changed(log_eval(), flags=1), "answer", "is encrypted with a password"),
        (changed(log_eval(), method=98), "answer", "compressed in a way that is not known"),
        (log_json()[:-9], "answer", "the log is not JSON"),
    ],
)
def test_logs_that_cannot_be(content: bytes | str, goal: str, says: str, tmp_path: Path) -> None:
    assert says in refused(answers(written(tmp_path, content), goal), AREA)


def test_members_that_are_no_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for text, says in (("{", "is not JSON"), ("[1]", "is no JSON object")):
        raw = io.BytesIO(log_eval())
        with zipfile.ZipFile(raw, "a") as file:
            file.writestr("samples/q9_epoch_1.json", text)
        told = refused(answers(written(tmp_path, raw.getvalue())), AREA)
        assert f"'samples/q9_epoch_1.json' in the log {says}" in told
    monkeypatch.setattr(inspect_zip, "LARGEST", 100)
    told = refused(answers(written(tmp_path, log_eval())), AREA)
    assert "bytes large. Valid: at most 100 bytes a sample" in told


def test_a_list_of_answers_is_no_answer(tmp_path: Path) -> None:
    several = {"choice": {"value": "C", "answer": None}}
    found = samples({("q1", 1): "A"}, scores=several, target=["A", "B"])
    said = refused(answers(written(tmp_path, zipped(whole(found))), "target"), AREA)
    assert "row 1: in 'target', a cell holds 2 values" in said


def again(found: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Samples with ids of their runs."""
    return [{**one, "uuid": name} for one, name in zip(found, names, strict=True)]


def test_a_run_counts_once_however_many_files_it_is_in(tmp_path: Path) -> None:
    # the first try was cancelled; the second has its finished runs again, and more
    first = whole(again(samples(EPOCHS), "u1", "u2", "u3", "u4")[:2], status="cancelled")
    second = whole(again(samples(EPOCHS), "u1", "u2", "u5", "u6"))
    other = whole(again(samples(EPOCHS), "v1", "v2", "v3", "v4"), model="m/two")
    for name, log in (("a", first), ("b", second), ("c", other)):
        written(tmp_path, zipped(log), f"{name}.eval")
    every = str(tmp_path / "*.eval")
    said = refused(answers(every, cluster="sample"), AREA)
    assert "the run did not finish: its status is 'cancelled'" in said
    assert "and state where={'status': 'success'} where both files are in data" in said
    both = {"status": ["success", "cancelled"]}
    said = refused(answers(every, cluster="sample", where=both), AREA)
    assert "b.eval: 2 of its runs are in a.eval too, as where a log was retried" in said
    found = read(
        answers(every, population="model", cluster="sample", where={"status": "success"}), AREA
    )
    np.testing.assert_array_equal(found.counts, [[3, 1], [3, 1]])
    # runs without ids are those of the same task, prompt and epoch
    for name in ("a", "b"):
        written(tmp_path, log_eval(task_id="t"), f"{name}.eval")
    said = refused(answers([tmp_path / "a.eval", tmp_path / "b.eval"], cluster="sample"), AREA)
    assert "b.eval: 4 of its runs are in a.eval too" in said


def test_a_sample_is_there_once_in_a_log(tmp_path: Path) -> None:
    twice = json.dumps(whole(samples(EPOCHS) + samples(EPOCHS)[:2]))
    said = refused(answers(written(tmp_path, twice, "a.json")), AREA)
    assert "the sample 'q1' is there 2 times with epoch 1; so is 1 more" in said


def test_samples_in_parts_are_read_as_whole_ones(tmp_path: Path) -> None:
    texts = {"a": "zero", "b": "one", "c": "a long text"}
    found = samples(EPOCHS, metadata={"persona": "Ann"}, attachments=texts)
    found[0]["messages"][0] = {"role": "system", "content": "attachment://c"}
    one = opened(written(tmp_path, zipped(whole(found))))
    found[0]["messages"][0]["content"] = "attachment://2"
    parts = written(tmp_path, in_parts(whole(found)), "parts.eval")
    assert list(opened(parts)) == list(one)
    assert cells(parts, "system", "metadata.persona")[0] == ("a long text", "Ann")
    np.testing.assert_array_equal(read(answers(parts, cluster="sample"), AREA).counts, [[3, 1]])


def test_the_score_of_a_log_of_the_first_version(tmp_path: Path) -> None:
    found = [{k: v for k, v in one.items() if k != "scores"} for one in samples(EPOCHS)]
    for one, (_, answer) in zip(found, EPOCHS.items(), strict=True):
        one["score"] = {"value": "C", "answer": answer}
    log = {**whole(found), "version": 1, "results": {"scorer": {"name": "match"}}}
    path = written(tmp_path, json.dumps(log), "old.json")
    np.testing.assert_array_equal(read(answers(path, cluster="sample"), AREA).counts, [[3, 1]])
    assert cells(path, "scores.match.answer")[2] == ("B",)


def test_answers_that_a_filter_stopped_are_noted(tmp_path: Path) -> None:
    found = samples(EPOCHS)
    found[0]["output"] = {"completion": "", "choices": [{"stop_reason": "content_filter"}]}
    path = written(tmp_path, zipped(whole(found)))
    assert cells(path, "stop_reason", "completion")[0] == ("content_filter", "")
    said = "One sample of run.eval was stopped by a filter of contents: look at what it holds."
    assert said in read(answers(path, cluster="sample"), AREA).notes


def test_texts_without_an_answer_are_noted(tmp_path: Path) -> None:
    found = samples(EPOCHS, ["choice", "other"])
    found[0]["scores"]["choice"]["answer"] = ""
    found[1]["scores"]["choice"]["answer"] = None
    found[2]["scores"]["choice"]["answer"] = None
    found[2]["output"] = {"completion": ""}  # nothing to read
    path = written(tmp_path, zipped(whole(found)))
    told = "hold texts in which the scorer found no answer, and count as not asked"
    of_choice = read(answers(path, goal="scores.choice.answer", cluster="sample"), AREA)
    assert f"2 samples of run.eval {told}: read 'completion' to tell refusals." in of_choice.notes
    assert of_choice.not_asked == 3
    of_other = read(answers(path, goal="scores.other.answer", cluster="sample"), AREA)
    assert not of_other.notes
