"""Whatever somebody writes into a study is read, or refused in words; it is never a traceback."""

import random
import sys
from pathlib import Path
from typing import Any

import pytest
import tomli_w

import bayes_misalign as bm
from bayes_misalign.errors import BayesMisalignError
from bayes_misalign.study import toml
from bayes_misalign.study.options import stated
from bayes_misalign.study.toml import read_study
from tests.study.hostile import HOSTILE, places, sound, with_value, write_files

LONGEST_MESSAGE = 30_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_files(tmp_path)
    return tmp_path


def attempt(path: Path) -> str | None:
    """Read a study as every command does; return what is said of it, if it is refused."""
    try:
        read_study(path)
    except BayesMisalignError as error:
        return str(error)
    return None


def test_the_studies_without_hostile_values_are_sound(folder: Path) -> None:
    path = folder / "study.toml"
    studies = {repr(study): study for _, study, _ in places()}
    assert len(studies) >= 12
    for study in studies.values():
        path.write_text(tomli_w.dumps(study), encoding="utf-8")
        assert attempt(path) is None


@pytest.mark.parametrize("part", [0.3, pytest.param(1.0, marks=pytest.mark.slow)])
def test_every_key_refuses_hostile_values_in_words(
    part: float, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # once for each key from a file, and otherwise from what its text would be parsed to
    path, rng, tried = folder / "study.toml", random.Random(20_220_601), 0
    for name, study, place in places():
        values = rng.sample(HOSTILE, round(part * len(HOSTILE)))
        from_file = rng.randrange(len(values))
        for number, value in enumerate(values):
            tables: dict[str, Any] = with_value(study, place, value)
            with monkeypatch.context() as patched:
                if number == from_file:
                    path.write_text(tomli_w.dumps(tables), encoding="utf-8")
                else:
                    patched.setattr(toml, "load_table", lambda _, tables=tables: tables)
                try:
                    said = attempt(path)
                except Exception as error:
                    pytest.fail(f"{name} = {str(value)[:80]!r}: {type(error).__name__}: {error}")
            assert said is None or 10 < len(said) < LONGEST_MESSAGE, (name, value)
            assert said is None or "\x1b" not in said
            tried += 1
    assert tried > part * 5_000


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = " + "[" * 3000 + "]" * 3000, "brackets inside brackets"),
        ("a = " + "{b = " * 3000 + "1" + "}" * 3000, "brackets inside brackets"),
        ("a = " + "9" * 5000, "not valid TOML"),
        ("a = " + "9" * 4000, "unknown key 'a'"),
        (".".join("a" * 500) + " = 1", "unknown key 'a'"),
        ("[" + ".".join("a" * 500) + "]", "unknown key 'a'"),
        ("\ufeffa = 1\x00", "not valid TOML"),
        ("a = 1979-05-27T07:32:00Z", "unknown key 'a'"),
        ("", "is missing"),
    ],
)
@pytest.mark.parametrize("limit", [1_000, 100_000])  # PyTensor raises Python's limit
def test_a_file_of_another_form(limit: int, text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, before))
    try:
        assert says in (attempt(path) or "")
    finally:
        sys.setrecursionlimit(before)


@pytest.mark.parametrize("name", ["x" * 300, "x" * 5000, "a\0b", "no\x1b[2J\u202e.toml", "\udcff"])
def test_a_path_that_cannot_be(name: str, tmp_path: Path) -> None:
    said = attempt(tmp_path / name)
    assert said is not None
    assert said.isprintable()


AREA = bm.ProblemArea("vote", ["a", "b"])
CHOICES = {"goal": ["a", "b"], "n": [3, 4]}


def choice(**changes: Any) -> Any:
    return bm.SingleChoice(**{"data": CHOICES, "goal": "goal", "count": "n", **changes})


ARGUMENTS: dict[str, Any] = {
    "study": lambda v: bm.fit(v),
    "area": lambda v: bm.fit(v, choice(), bm.MutuallyExclusive()),
    "goals": lambda v: bm.fit(AREA, v, bm.MutuallyExclusive()),
    "conflict": lambda v: bm.fit(AREA, choice(), v),
    **{
        name: lambda v, name=name: bm.fit(AREA, choice(), bm.MutuallyExclusive(), **{name: v})
        for name in (
            "prior",
            "shares",
            "conflict_prior",
            "populations",
            "reporting",
            "method",
            "random_seed",
            "draws",
            "tune",
            "chains",
            "target_accept",
            "name",
            "title",
        )
    },
    **{
        f"ProblemArea.{name}": lambda v, name=name: bm.fit(
            bm.ProblemArea(**{"name": "vote", "goals": ["a", "b"], name: v}),
            choice(),
            bm.MutuallyExclusive(),
        )
        for name in ("name", "goals", "no_goal", "not_answers")
    },
    **{
        f"SingleChoice.{name}": lambda v, name=name: bm.fit(
            AREA, choice(**{name: v}), bm.MutuallyExclusive()
        )
        for name in ("data", "goal", "count", "population", "populations", "codes", "encoding")
    },
    "Fixed.matrix": lambda v: bm.fit(AREA, choice(), bm.Fixed(matrix=v)),
    "Fixed.pairs": lambda v: bm.fit(AREA, choice(), bm.Fixed(pairs=v)),
    "Elicited.pairs": lambda v: bm.fit(AREA, choice(), bm.Elicited(v)),
    "SharePrior": lambda v: bm.SharePrior("concentration", concentration=v),
    "load": lambda v: bm.load(v),
    "read_study": lambda v: bm.read_study(v),
}
OBJECTS = (*HOSTILE, None, object(), {1: 2}, b"bytes", {1, 2}, {"a": object()}, [[]], print)


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_arguments_of_another_kind_are_refused_in_words(
    argument: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # what can be fitted, is: with few draws
    few = {"draws": 10}
    monkeypatch.setattr("bayes_misalign.api.stated", lambda **more: few | stated(**more))
    for value in OBJECTS:
        said = None
        try:
            ARGUMENTS[argument](value)
        except BayesMisalignError as error:
            said = str(error)
        except Exception as error:
            pytest.fail(f"{argument} = {str(value)[:80]!r}: {type(error).__name__}: {error}")
        assert said is None or 10 < len(said) < LONGEST_MESSAGE


def test_more_draws_than_there_is_room_for_are_refused() -> None:
    with pytest.raises(bm.StudyError, match="at most 10,000,000"):
        bm.Fitting(draws=9_999_999_999_999)
    with pytest.raises(bm.StudyError, match=r"GB\. Fix: fewer draws"):
        bm.fit(AREA, choice(), bm.MutuallyExclusive(), draws=10_000_000, chains=10_000)


def test_a_sound_study_is_not_changed_by_the_checks() -> None:
    assert with_value(sound(), ("fit", "draws"), 10) == sound()
