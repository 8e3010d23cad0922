"""Obeying the fix that a message names makes a study sound, or leads to a further message."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import xarray as xr

import bayes_misalign as bm
from bayes_misalign.errors import BayesMisalignError, Problem
from bayes_misalign.families.reports import distinct_agents
from bayes_misalign.reading.problem_area import ProblemArea
from tests import readers
from tests.fixes import ACTS, BASE, WIDE, Case, Tables, over, read, rows
from tests.fixes_of_choices import CASES as OF_CHOICES
from tests.fixes_of_conflict import CASES as OF_CONFLICT
from tests.fixes_of_contacts import CASES as OF_CONTACTS
from tests.fixes_of_designs import CASES as OF_DESIGNS
from tests.fixes_of_designs import CAUTIONS as OF_DESIGNS_IN_DOUBT
from tests.fixes_of_exports import CASES as OF_EXPORTS
from tests.fixes_of_exports import CAUTIONS as OF_EXPORTS_IN_DOUBT
from tests.fixes_of_files import CASES as OF_FILES
from tests.fixes_of_forms import CASES as OF_FORMS
from tests.fixes_of_forms import CAUTIONS as OF_TABLES_IN_DOUBT
from tests.fixes_of_goals import CASES as OF_GOALS
from tests.fixes_of_kinds import CASES as OF_KINDS
from tests.fixes_of_kinds import CAUTIONS as OF_KINDS_IN_DOUBT
from tests.fixes_of_logs import CASES as OF_LOGS
from tests.fixes_of_logs import CAUTIONS as OF_LOGS_IN_DOUBT
from tests.fixes_of_orders import CASES as OF_ORDERS
from tests.fixes_of_orders import CAUTIONS as OF_ORDERS_IN_DOUBT
from tests.fixes_of_pooled import CASES as OF_POOLED
from tests.fixes_of_positions import CASES as OF_POSITIONS
from tests.fixes_of_several import CASES as OF_SEVERAL
from tests.fixes_of_strengths import CASES as OF_STRENGTHS
from tests.fixes_of_tables import CASES as OF_TABLES
from tests.fixes_of_waves import CASES as OF_WAVES

CASES = [
    *OF_TABLES,
    *OF_FILES,
    *OF_EXPORTS,
    *OF_WAVES,
    *OF_KINDS,
    *OF_POOLED,
    *OF_SEVERAL,
    *OF_STRENGTHS,
    *OF_ORDERS,
    *OF_FORMS,
    *OF_CONFLICT,
    *OF_POSITIONS,
    *OF_CONTACTS,
    *OF_GOALS,
    *OF_CHOICES,
    *OF_DESIGNS,
    *OF_LOGS,
]
CAUTIONS = [
    *OF_TABLES_IN_DOUBT,
    *OF_LOGS_IN_DOUBT,
    *OF_ORDERS_IN_DOUBT,
    *OF_EXPORTS_IN_DOUBT,
    *OF_KINDS_IN_DOUBT,
    *OF_DESIGNS_IN_DOUBT,
]
PACKAGE = Path(bm.__file__).parent
# rooms and files that say what is wrong with an input
READ = ["contract/claims.py", "families", "models", "reading", "study", "tables"]
SHORTEST = 6  # characters of a fix that are no mere joint
NO_FIXES = {"words.py", "calibration.py", "identification.py", "goal_evidence.py"}  # other texts
IN_R = 'na = "", row.names = FALSE'
HOLDERS = re.compile("_?(fix|fixes|remedy|[A-Z_]+_FIX)")


def named(case: Case) -> str:
    return re.sub(r"\W+", " ", case.fix)[:60]


def note_words_of_toml(problem: Problem) -> None:
    """Fail where a fix says in the words of TOML to who writes Python what to state."""
    in_python = replace(problem, fix=f"{problem.hint} {problem.fix}", hint="", toml=False)
    fix = str(in_python).partition("Fix: ")[2].replace(IN_R, "")
    assert not re.search(r"\w\"? = |`|\btrue\b|\bfalse\b|model=| under \[(?!problem)", fix), fix
    for snippet in re.findall("`(.+?)`", problem.fix):
        if " = " in snippet and not snippet.startswith("model"):
            stated = str(Problem("", fix=f"`{snippet}`")).partition("Fix: ")[2].removesuffix(".")
            assert eval(f"dict({stated})") == tomllib.loads(snippet)  # noqa: S307


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_fix_that_is_obeyed_leads_on(case: Case, tmp_path: Path) -> None:
    broken = over(BASE, case.broken)
    with pytest.raises(BayesMisalignError) as before:
        read(tmp_path / "broken", broken)
    said = str(before.value)
    assert case.fix in said
    if case.only:
        assert len(before.value.problems) == 1, said
    for problem in before.value.problems:
        note_words_of_toml(problem)
    obeyed = over(broken, case.obeyed)
    if not case.then:
        assert case.right(read(tmp_path / "obeyed", obeyed))
        return
    with pytest.raises(BayesMisalignError) as after:
        read(tmp_path / "obeyed", obeyed)
    assert case.then in str(after.value)
    assert case.fix not in str(after.value)


def cautions_of(study: bm.Study) -> list[Any]:
    return [one for source in (study.goals, *study.conflict.sources) for one in source.cautions]


@pytest.mark.parametrize(("remedy", "doubtful", "obeyed"), CAUTIONS)
def test_the_remedy_of_a_caution_leads_on(
    remedy: str, doubtful: Tables, obeyed: Tables, tmp_path: Path
) -> None:
    before = over(BASE, doubtful)
    study = read(tmp_path / "doubtful", before)
    assert any(remedy in caution.remedy for caution in cautions_of(study))
    assert not cautions_of(read(tmp_path / "obeyed", over(before, obeyed)))


IN_FOLDER = "name the study file in it"
IN_QUOTES = "write it between quotes, as in"


def test_a_folder_names_its_study(tmp_path: Path) -> None:
    read(tmp_path, BASE)
    with pytest.raises(bm.StudyError, match=rf"Fix: {IN_FOLDER}, .*study\.toml"):
        bm.read_study(tmp_path)
    assert bm.read_study(tmp_path / "study.toml")


def test_a_label_that_is_no_text_is_written_between_quotes() -> None:
    votes = bm.SingleChoice({"vote": ["1", "A"]}, goal="vote")
    with pytest.raises(bm.StudyError, match=f'Fix: {IN_QUOTES} "1"'):
        bm.Study.of(bm.ProblemArea("x", ["A", 1]), votes, bm.MutuallyExclusive())
    study = bm.Study.of(bm.ProblemArea("x", ["A", "1"]), votes, bm.MutuallyExclusive())
    assert study.goals.counts.tolist() == [[1, 1]]


def test_the_fix_of_a_fit_leads_on(tmp_path: Path) -> None:
    one = {"problem_area": {"goals": ["A"]}, "goals": {"data": {"vote": ["A", "A"]}}}
    sampled = over(over(BASE, one), {"fit": {"method": "nuts"}})
    with pytest.raises(bm.StudyError, match="nothing to sample") as error:
        bm.fit(read(tmp_path, sampled))
    assert str(error.value).endswith(" Fix: state method='auto' in fitting.")
    assert str(error.value.in_toml()).endswith(' Fix: state method = "auto" under [fit].')
    drawn = bm.fit(read(tmp_path, over(sampled, {"fit": {"method": "auto", "draws": 10}})))
    assert drawn.diagnosis.method == "exact"


AREA = ProblemArea("x", ["A", "B"])
HALVES = np.full((6, 2, 2), 0.5)


def draws(*dims: str) -> Any:
    return xr.DataArray(HALVES, dims=dims)


PANEL = pl.DataFrame({"at": ["n", "s"], "goal": ["A", "B"], "id": ["u", "u"], "n": [3, 3]})


def panel(frame: Any) -> bm.SingleChoice:
    return bm.SingleChoice(frame, "goal", "at", respondent="id", count="n")


SIDE_BY_SIDE = pl.DataFrame({"vote_1": ["A", "B"], "vote_2": ["A", "A"]})
IN_INDEX = pd.DataFrame({"vote": ["A", "B"], "n": [3, 4]}).set_index("vote")

CALLS: list[tuple[str, Any, Any]] = [
    (
        "make a table of it by .to_frame()",
        bm.SingleChoice(pd.Series(["A", "B"], name="vote"), goal="vote"),
        bm.SingleChoice(pd.Series(["A", "B"], name="vote").to_frame(), goal="vote"),
    ),
    (
        "make a table of it by pandas.DataFrame(data)",
        bm.SingleChoice([{"vote": "A"}, {"vote": "B"}], goal="vote"),
        bm.SingleChoice(pd.DataFrame([{"vote": "A"}, {"vote": "B"}]), goal="vote"),
    ),
    (
        "write an empty text or None for a missing cell",
        bm.SingleChoice({"vote": ["A", "B"], "n": [3]}, goal="vote"),
        bm.SingleChoice({"vote": ["A", "B"], "n": [3, None]}, goal="vote"),
    ),
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
    (
        "leave respondent out, or collect the frame first",
        panel(PANEL.lazy()),
        panel(PANEL),
    ),
    (
        "collect it first, or unpivot it",
        bm.SingleChoice(SIDE_BY_SIDE.lazy(), columns="vote_{population}"),
        bm.SingleChoice(SIDE_BY_SIDE, columns="vote_{population}"),
    ),
    (
        "make columns of it by .reset_index()",
        bm.SingleChoice(IN_INDEX, goal="vote", count="n"),
        bm.SingleChoice(IN_INDEX.reset_index(), goal="vote", count="n"),
    ),
]


TOO_LARGE: list[tuple[str, Tables, Tables]] = [
    (
        "merge situations or actions that mean the same",
        ACTS(data=rows("id act", "1 give", "1 take", "2 take", "3 give")),
        {"goals": {"data": rows("id act", "1 give", "1 give", "2 give", "3 give")}},
    ),
    (
        "merge rare labels with codes, or give raters of the same kind the same name (with "
        "repeats = true)",
        WIDE(other_labels=["x"]),
        {"goals": {"other_labels": [], "codes": {"x": "B"}}},
    ),
]


@pytest.mark.parametrize(("fix", "broken", "obeyed"), TOO_LARGE)
def test_what_is_too_large_is_made_smaller(
    fix: str, broken: Tables, obeyed: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_most = read(tmp_path, over(over(BASE, broken), obeyed)).goals.reports.size
    monkeypatch.setattr(distinct_agents, "MOST_CELLS", at_most)
    with pytest.raises(BayesMisalignError, match="do not fit into memory") as error:
        read(tmp_path, over(BASE, broken))
    assert fix in str(error.value)
    assert read(tmp_path, over(over(BASE, broken), obeyed))


@pytest.mark.parametrize(("fix", "broken", "obeyed"), CALLS, ids=[fix for fix, _, _ in CALLS])
def test_a_fix_for_python_leads_on(fix: str, broken: Any, obeyed: Any) -> None:
    assert fix in readers.refused(broken, AREA)
    assert readers.read(obeyed, AREA) is not None


class Sources:
    """What functions return and what names stand for in a file, so that fixes can be followed."""

    def __init__(self, tree: ast.AST, constants: Mapping[str, ast.expr]) -> None:
        self.tree, self.constants = tree, constants
        self.functions: dict[str, list[ast.expr]] = {}
        self.assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            match node:
                case ast.FunctionDef(name=name):
                    found = [n.value for n in ast.walk(node) if isinstance(n, ast.Return)]
                    self.functions.setdefault(name, []).extend(filter(None, found))
                case (
                    ast.Assign(targets=[ast.Name(name)], value=value)
                    | ast.AugAssign(target=ast.Name(name), value=value)
                ):
                    self.assigned.setdefault(name, []).append(value)
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Tuple(names)], value=value):
                    for place, target in enumerate(names):
                        if isinstance(target, ast.Name):
                            parts = self._parts(value, place)
                            self.assigned.setdefault(target.id, []).extend(parts)

    def _parts(self, value: ast.expr, place: int) -> list[ast.expr]:
        whole = [value]
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            whole = self.functions.get(value.func.id, [])
        return [one.elts[place] for one in whole if isinstance(one, ast.Tuple)]

    def fixes(self) -> Iterator[ast.expr]:
        """Expressions that make a fix, by the names that hold one, and what these stand for."""
        seen: set[str] = set()
        for node in ast.walk(self.tree):
            for fix in held(node):
                yield from self._followed(fix, seen)

    def _followed(self, node: ast.AST, seen: set[str]) -> Iterator[ast.expr]:
        if isinstance(node, ast.expr):
            yield node
        for name, values in self._meant(node):
            if name not in seen:
                seen.add(name)
                for value in values:
                    yield from self._followed(value, seen)
        match node:
            case ast.Call() | ast.Compare():  # what is given and what is compared may be anything
                inner: Iterable[ast.AST] = ()
            case ast.IfExp(body=one, orelse=other):
                inner = (one, other)
            case _:
                inner = ast.iter_child_nodes(node)
        for part in inner:
            yield from self._followed(part, seen)

    def _meant(self, node: ast.AST) -> Iterator[tuple[str, list[ast.expr]]]:
        match node:
            case ast.Name(name) if name in self.assigned:
                yield name, self.assigned[name]
            case ast.Name(name) | ast.Attribute(attr=name) if name in self.constants:
                yield name, [self.constants[name]]
            case ast.Call(func=ast.Name(name) | ast.Attribute(ast.Name("self"), name)):
                yield f"{name}()", self.functions.get(name, [])


def held(node: ast.AST) -> Iterator[ast.expr]:
    """What a node makes a fix of."""
    match node:
        case ast.keyword(arg="fix" | "hint" | "remedy"):
            yield node.value
        case ast.arguments(args=args, defaults=defaults, kwonlyargs=names, kw_defaults=more):
            pairs = [*zip(args[::-1], defaults[::-1], strict=False), *zip(names, more, strict=True)]
            yield from (one for name, one in pairs if one is not None and name.arg == "fix")
        case ast.Call(func=ast.Name("NotANumber"), args=[_, _, fix, *_]):
            yield fix
        case ast.Call(func=ast.Name("Caution"), args=[_, fix]):
            yield fix
        case ast.Call(func=ast.Attribute(attr="note_repeats" | "note_repeated_ids"), args=args):
            yield args[-1]
        case ast.Call(func=ast.Attribute(ast.Name("fixes"), "append"), args=args):
            yield from args
        case ast.Assign(targets=[ast.Name(name)], value=value) if HOLDERS.fullmatch(name):
            yield value
        case ast.Tuple(elts=[_, ast.Constant() | ast.JoinedStr(), _, fix]):
            yield fix  # contradictions of declarations, and texts on repeated rows
        case ast.Tuple(elts=[ast.Constant(bytes()), ast.Constant(), fix]):
            yield fix  # files of other kinds


def literals(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def constants(trees: Iterable[ast.Module]) -> dict[str, ast.expr]:
    """What names in capitals stand for, which files take from each other."""
    return {
        name.id: node.value
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign)
        for name in node.targets
        if isinstance(name, ast.Name) and name.id.isupper()
    }


def fragments() -> dict[str, str]:
    """Pieces of fixes as they are written, and in which file."""
    files = [file for name in READ for file in sorted((PACKAGE / name).rglob("*.py"))]
    files += [PACKAGE / name for name in READ if name.endswith(".py")]
    trees = {f: ast.parse(f.read_text(encoding="utf-8")) for f in files if f.name not in NO_FIXES}
    of_all = constants(trees.values())
    written = {}
    for file, tree in trees.items():
        found = [text for fix in Sources(tree, of_all).fixes() for text in literals(fix)]
        found += [text.split("Fix: ")[1] for text in literals(tree) if "Fix: " in text]
        if file.name == "remedies.py":
            returns = [node for node in ast.walk(tree) if isinstance(node, ast.Return)]
            found += [text for node in returns for text in literals(node)]
        for text in found:
            bare = text.replace("`", "").strip(" ;,.'\"\n=[]{}")
            if len(bare) >= SHORTEST and " " in bare:
                written[bare] = str(file.relative_to(PACKAGE))
    return written


# fixes that are obeyed by another test, or by no edit of an input: where, or why
ELSEWHERE = {
    "list them in this order": "tests/inference/test_by_population.py",
    "measure it there too, or leave the population out": "no model here measures so",
    'pip install "bayes-misalign[spss]", or save the table as CSV or Parquet': "installs something",
    "install the package that offers it": "installs something",
    "take the commands check, fit and report, or read_areas in Python; for all else write a study "
    "of one of the areas": "tests/areas/test_toml.py",
    "or several as a pattern": "tests/test_files_of_users.py",
    "ask in other clusters too, such as other prompts": "asks for more answers",
    "fit it again": "of a result, not of an input",
    "state gold_random, if they were, or gold_probability, the column of each one's probability to "
    "be drawn": "tests/families/reports/test_design_check.py",
    "state levels of conflict from elsewhere": "of a result, not of an input",
    "list the other goals": "of a model in PyMC: tests/study/test_joint.py",
    "leave out the contacts, and name their table again in the study file": (
        "tests/study/test_contact.py"
    ),
    "build the study's joint model, Study.to_pymc()": "of a model in PyMC",
    "leave the other source out": "of simulated data",
    "state levels of conflict that are known, round strengths to fewer steps, or ask for fewer "
    "draws": "tests/models/endorsement/test_posterior.py",
    "make a column of each field, or give the path of the file in place of the frame": (
        "tests/tables/test_nested.py"
    ),
    'pip install "bayes-misalign[excel]", or save the sheet as CSV': "installs something",
    'pip install "bayes-misalign[preflib]", or write the orders into a table, as a > b': (
        "installs something"
    ),
    "state known levels, or take alternatives out of the problem area and name them in left_out": (
        "of a fit: tests/models/ranked/test_posterior.py"
    ),
}


def test_every_fix_of_an_input_is_obeyed_here() -> None:
    told = [case.fix for case in CASES] + [fix for fix, *_ in (*CALLS, *CAUTIONS, *TOO_LARGE)]
    told += [IN_FOLDER, IN_QUOTES]
    written = fragments()
    missing = {
        text: file
        for text, file in written.items()
        if text not in ELSEWHERE and not any(text in fix for fix in told)
    }
    assert missing == {}
    assert set(ELSEWHERE) <= set(written), "what no message says any more is not listed"
