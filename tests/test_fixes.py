"""Obeying the fix that a message names makes a study sound, or leads to a further message."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import bayes_misalign as bm
from bayes_misalign.errors import BayesMisalignError
from bayes_misalign.reading.problem_area import ProblemArea
from tests import readers
from tests.fixes import BASE, Case, over, read
from tests.fixes_of_forms import CASES as OF_FORMS
from tests.fixes_of_models import CASES as OF_MODELS
from tests.fixes_of_tables import CASES as OF_TABLES

CASES = [*OF_TABLES, *OF_FORMS, *OF_MODELS]
PACKAGE = Path(bm.__file__).parent
# rooms and files that say what is wrong with an input
READ = ["contract/claims.py", "errors", "families", "models", "reading", "study", "tables"]
SHORTEST = 6  # characters of a fix that are no mere joint
NO_FIXES = {"words.py", "calibration.py", "identification.py", "goal_evidence.py"}  # other texts
CONSTANTS = re.compile(
    "DECIMAL|GROUPED|NEGATIVE|NOT_WHOLE|OTHER|SEVERAL|TOTALS|UNIT|PERCENT|SIGN|"
    "_FROM_R|_ONE_A_LINE|_READABLE|_SAVED|_WIDE"
)


def named(case: Case) -> str:
    return re.sub(r"\W+", " ", case.fix)[:60]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_fix_that_is_obeyed_leads_on(case: Case, tmp_path: Path) -> None:
    broken = over(BASE, case.broken)
    with pytest.raises(BayesMisalignError) as before:
        read(tmp_path / "broken", broken)
    said = str(before.value)
    assert case.fix in said
    if case.only:
        assert len(before.value.problems) == 1, said
    obeyed = over(broken, case.obeyed)
    if not case.then:
        assert case.right(read(tmp_path / "obeyed", obeyed))
        return
    with pytest.raises(BayesMisalignError) as after:
        read(tmp_path / "obeyed", obeyed)
    assert case.then in str(after.value)
    assert case.fix not in str(after.value)


def test_a_folder_names_its_study(tmp_path: Path) -> None:
    read(tmp_path, BASE)
    with pytest.raises(bm.StudyError, match=r"Fix: name the study file in it, .*study\.toml"):
        bm.read_study(tmp_path)
    assert bm.read_study(tmp_path / "study.toml")


AREA = ProblemArea("x", ["A", "B"])
HALVES = np.full((6, 2, 2), 0.5)


def draws(*dims: str) -> Any:
    return xr.DataArray(HALVES, dims=dims)


CALLS: list[tuple[str, Any, Any]] = [
    (
        "state populations, if the second axis is that of populations",
        bm.DrawnShares(HALVES[:2].swapaxes(0, 1)[:, :1]),
        bm.DrawnShares(HALVES, populations=("n", "s")),
    ),
    (
        "populations names the axis population and goals names the axis goal",
        bm.DrawnShares(np.full(2, 0.5), populations=("n", "s")),
        bm.DrawnShares(HALVES, populations=("n", "s"), goals=("A", "B")),
    ),
    (
        "state them, as in populations=['...']",
        bm.DrawnShares(draws("draw", "population", "goal")),
        bm.DrawnShares(draws("draw", "population", "goal"), populations=("n", "s")),
    ),
    (
        "name its dims, or take another variable",
        bm.DrawnShares(draws("draw", "group", "goal"), populations=("n", "s")),
        bm.DrawnShares(draws("draw", "group", "goal"), population="group", populations=("n", "s")),
    ),
]


@pytest.mark.parametrize(("fix", "broken", "obeyed"), CALLS, ids=[fix for fix, _, _ in CALLS])
def test_a_fix_for_python_leads_on(fix: str, broken: Any, obeyed: Any) -> None:
    assert fix in readers.refused(broken, AREA)
    assert readers.read(obeyed, AREA) is not None


def fixes_of(tree: ast.AST) -> Iterator[ast.AST]:
    """Expressions that make a fix, by the names that hold one."""
    holders = re.compile(r"_?(fix|fixes|remedy|valid_fix|[A-Z_]+_FIX)")
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="fix" | "hint"):
                yield node.value
            case ast.Call(func=ast.Name("NotANumber"), args=[_, _, fix, *_]):
                yield fix
            case ast.Call(func=ast.Attribute(attr="note_repeats" | "note_repeated_ids"), args=args):
                yield args[-1]
            case ast.Call(func=ast.Attribute(ast.Name("fixes"), "append"), args=args):
                yield from args
            case ast.Assign(targets=[ast.Name(name)]) | ast.AugAssign(target=ast.Name(name)) if (
                holders.fullmatch(name)
            ):
                yield node.value
            case ast.Tuple(elts=[_, ast.Constant() | ast.JoinedStr(), _, fix]):
                yield fix  # contradictions of declarations, and texts on repeated rows
            case ast.Tuple(elts=[ast.Constant(bytes()), ast.Constant(), fix]):
                yield fix  # files of other kinds
            case ast.Assign(targets=[ast.Name(name)], value=ast.Constant()) if CONSTANTS.fullmatch(
                name
            ):
                yield node.value


def literals(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def fragments(path: Path) -> set[str]:
    """Pieces of fixes in a file, as they are written there."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {text for fix in fixes_of(tree) for text in literals(fix)}
    found |= {text.split("Fix: ")[1] for text in literals(tree) if "Fix: " in text}
    if path.name == "remedies.py":
        found |= {
            t for node in ast.walk(tree) if isinstance(node, ast.Return) for t in literals(node)
        }
    bare = {text.replace("`", "").strip(" ;,.'\"\n=[]{}") for text in found}
    return {text for text in bare if len(text) >= SHORTEST and " " in text}


# fixes that are obeyed by another test, or by no edit of an input: where, or why
ELSEWHERE = {
    "write it between quotes, as in": "of Python: tests/reading/test_problem_area.py",
    "list them in this order": "tests/inference/test_by_population.py",
    "measure it there too, or leave the population out": "no model here measures so",
    "merge situations or actions that mean the same": "needs 50 million numbers",
    "merge rare labels with codes, or give raters of the same kind the same name (with "
    "repeats = true)": "needs 50 million numbers",
    'pip install "bayes-misalign[spss]", or save the table as CSV or Parquet': "installs something",
    "install the package that offers it": "installs something",
    "fit it again": "of a result, not of an input",
    "name the study file in it": "above",
    "state it, as in units={'a': True": "an example",
    "list the other goals": "of a model in PyMC: tests/study/test_joint.py",
    "build the study's joint model, Study.to_pymc()": "of a model in PyMC",
    "leave the other source out": "of simulated data",
    'pip install "bayes-misalign[excel]", or save the sheet as CSV': "installs something",
    "draw more, or longer chains, where they were made": "of a caution",
    "if so many agents answered, state": "of a caution: tests/models/single_choice/test_doubts.py",
    "if they are percentages or shares, write": "of a caution: the same",
    "if a total is given again for each of its parts, or rows were pasted twice, keep them once; "
    "if they are different agents, leave them": "of a caution: the same",
    "give an agent another id in each population, in both tables": "of what another table names: "
    "tests/models/single_choice/test_pairs.py",
    "the frame first": "of a lazy frame: tests/tables/test_lazy.py",
    "name a variable with one answer, such as the most important one": "nothing writes such files",
}


def test_every_fix_of_an_input_is_obeyed_here() -> None:
    told = [case.fix.replace("`", "") for case in CASES] + [fix for fix, _, _ in CALLS]
    files = [file for name in READ for file in sorted((PACKAGE / name).rglob("*.py"))]
    files += [PACKAGE / name for name in READ if name.endswith(".py")]
    files = [file for file in files if file.name not in NO_FIXES]
    written = {text: str(file.relative_to(PACKAGE)) for file in files for text in fragments(file)}
    missing = {
        text: file
        for text, file in written.items()
        if text not in ELSEWHERE and not any(text in fix for fix in told)
    }
    assert missing == {}
    assert set(ELSEWHERE) <= set(written), "what no message says any more is not listed"
