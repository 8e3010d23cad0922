"""Roles of the columns of logs, which their programs tell."""

from pathlib import Path

import pytest

from bayes_misalign.errors import DataError, StudyError
from bayes_misalign.start.begin import Stated, begin, told, write_draft
from bayes_misalign.start.look import look
from bayes_misalign.start.roles import Roles, propose
from tests.logs import documents, log_eval

MANY = {(f"q{i}", epoch): "AB"[(i + epoch) % 3 == 0] for i in range(9) for epoch in (1, 2)}


def test_a_log_tells_the_roles_of_its_columns(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    for model in ("one", "two"):
        (tmp_path / "logs" / f"{model}.eval").write_bytes(log_eval(MANY, model=model))
    for data, name in (("one.eval", "one"), ("*.eval", "logs")):
        stated = Stated(exclusive=True)
        draft = begin(str(tmp_path / "logs" / data), stated, proposals=True)
        assert draft.roles == Roles(goal="answer", population=("model",), cluster="sample")
        draft, study, error = write_draft(draft, tmp_path / "study.toml", force=True)
        assert error is None
        assert study is not None
        assert study.name == name
        assert study.goals.model == "single-choice"  # right however prompts differ
        assert study.goals.clusters is not None
        assert not study.goals.cautions


def test_what_is_stated_goes_before(tmp_path: Path) -> None:
    path = tmp_path / "run.eval"
    path.write_bytes(log_eval(MANY))
    stated = Stated(goal="scores.choice.answer", cluster="", population=["task"], exclusive=True)
    draft = begin(str(path), stated, proposals=True)
    expected = Roles(goal="scores.choice.answer", population=("task",))
    assert draft.roles == expected
    once = {(f"q{i}", 1): "AB"[i % 2] for i in range(6)}
    path.write_bytes(log_eval(once))
    looked = look(str(path))
    assert propose(looked).roles.cluster is None  # each prompt once


def test_answers_in_free_text_are_left_to_patterns(tmp_path: Path) -> None:
    path = tmp_path / "run.eval"
    path.write_bytes(log_eval({(f"q{i}", 1): f"I think {i}" for i in range(50)}))
    with pytest.raises(StudyError) as error:
        begin(str(path), Stated(exclusive=True), proposals=True)
    said = "('answer' has 50 different answers; free text is sorted by patterns in a study file)"
    assert said in str(error.value)


@pytest.mark.parametrize("n", [1, 5])
def test_a_log_whose_answers_are_all_alike_can_be_started(tmp_path: Path, n: int) -> None:
    path = tmp_path / "run.eval"
    path.write_bytes(log_eval({(f"q{i}", 1): "A" for i in range(n)}))
    draft = begin(str(path), Stated(exclusive=True), proposals=True)
    assert "Look at this: no answer is 'another goal'" in str(told(draft))
    _, study, error = write_draft(draft, tmp_path / "study.toml", force=True)
    assert error is None
    assert study is not None
    assert study.area.goals == ("A", "another goal")
    assert study.goals.counts.tolist() == [[n, 0]]
    assert "name the others that could have been given" in (tmp_path / "study.toml").read_text()


def test_a_log_without_answers_says_so(tmp_path: Path) -> None:
    path = tmp_path / "run.eval"
    path.write_bytes(log_eval({("q1", 1): None, ("q2", 1): None}))
    with pytest.raises(StudyError, match="'answer' is empty: no run has an answer that counts"):
        begin(str(path), Stated(exclusive=True), proposals=True)


def test_repeats_and_filters_of_documents(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text(documents({0: ["A", "B"], 1: ["B", "[invalid]"]}, ["strict", "loose"]))
    draft = begin(str(path), Stated(exclusive=True), proposals=True)
    assert draft.roles == Roles(goal="filtered_resps", cluster="doc_id")
    assert "once for each of the filters 'strict', 'loose'" in str(told(draft))
    _, study, error = write_draft(draft, tmp_path / "study.toml", force=True)
    assert error is None
    assert study is not None
    assert study.goals.counts.tolist() == [[2, 1]] or study.goals.counts.tolist() == [[1, 2]]
    assert 'where = { filter = "strict" }' in (tmp_path / "study.toml").read_text()
    path.write_text(documents({0: ["A"]}, filtered_resps=[["-1", "True"], ["-2", "False"]]))
    with pytest.raises(DataError, match="there are likelihoods"):
        begin(str(path), Stated(exclusive=True), proposals=True)


@pytest.mark.parametrize("scores", [("score_choice",), ("score_choice", "score_choice_answer")])
def test_a_data_frame_of_samples_tells_the_roles_of_its_columns(
    scores: tuple[str, ...], tmp_path: Path
) -> None:
    # the columns that samples_df has in inspect_ai 0.3.285, those that matter here
    names = ["sample_id", "eval_id", "model", "id", "epoch", "total_time", *scores]
    rows = [
        [f"u{number}", "e", "m/one", prompt, epoch, 0.5 + number / 7, *[answer] * len(scores)]
        for number, ((prompt, epoch), answer) in enumerate(MANY.items())
    ]
    path = tmp_path / "samples.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in [names, *rows]), encoding="utf-8")
    roles = propose(look(str(path))).roles
    expected = Roles(goal=scores[-1], population=("model",), cluster="id", id="sample_id")
    assert roles == expected
    path.write_text(path.read_text("utf-8").replace("eval_id", "batch"), encoding="utf-8")
    assert propose(look(str(path))).roles != expected


def test_which_of_several_scores_is_the_goal_is_left_open(tmp_path: Path) -> None:
    path = tmp_path / "samples.csv"
    path.write_text("sample_id,eval_id,id,epoch,score_a,score_b\nu,e,q,1,C,I\n", encoding="utf-8")
    assert look(str(path)).told == {"cluster": "id", "id": "sample_id"}
