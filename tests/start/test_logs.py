"""Roles of the columns of logs, which their programs tell."""

from pathlib import Path

import pytest

from bayes_misalign.errors import StudyError
from bayes_misalign.start.begin import Stated, begin, write_draft
from bayes_misalign.start.look import look
from bayes_misalign.start.roles import Roles, propose
from tests.logs import log_eval

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
