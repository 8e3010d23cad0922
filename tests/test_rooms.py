"""The rooms of the package: who may import whom, and what is loaded at the door."""

import ast
import subprocess
import sys
from fnmatch import fnmatch
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import bayes_misalign as bm

PACKAGE = Path(bm.__file__).parent
# A room imports only from rooms before it in this list.
ROOMS = [
    "errors",
    "settings",
    "kept_folder",
    "measure",
    "page",
    "tables",
    "reading",
    "contract",
    "study",
    "inference",
    "report",
    "families",
    "models",
    "testing",
    "start",
    "api",
    "many",
    "areas",
    "terminal",
    "app",
    "cli",
]
FILES = sorted(p for p in PACKAGE.rglob("*.py") if "_models" not in p.parts)
HEAVY = {"pymc", "pytensor", "nutpie", "arviz_base", "arviz_stats", "arviz_plots", "xarray"}
HEAVY |= {
    "narwhals",
    "matplotlib",
    "pandas",
    "polars",
    "pyarrow",
    "pydantic",
    "scipy",
    "rich",
    "jinja2",
    "shiny",
    "starlette",
    "uvicorn",
}
PUBLIC = [
    "AreaChoices",
    "AreasPosterior",
    "AreasStudy",
    "BayesMisalignError",
    "Behaviour",
    "Choices",
    "Clustered",
    "Contact",
    "DataError",
    "DrawnConflict",
    "DrawnShares",
    "Elicited",
    "Encounters",
    "Endorsement",
    "Experts",
    "FitFailed",
    "Fitting",
    "Fixed",
    "Judged",
    "MultiSelect",
    "MutuallyExclusive",
    "NoisyLabels",
    "Ordinal",
    "PooledShares",
    "Populations",
    "Posterior",
    "Poststratified",
    "ProblemArea",
    "Published",
    "Ranked",
    "Rated",
    "Refusals",
    "Reporting",
    "ResultError",
    "SharePrior",
    "SingleChoice",
    "Spatial",
    "Study",
    "StudyError",
    "WavesPrior",
    "example",
    "fit",
    "fit_areas",
    "fit_many",
    "load",
    "measure",
    "read_areas",
    "read_study",
]


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> list[str]:
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_from_rooms_above_it(path: Path) -> None:
    room = room_of(path)
    if room in ("__init__", "__main__"):
        return
    own = ROOMS.index(room)
    for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
        parts = name.split(".")
        known = parts[0] == "bayes_misalign" and len(parts) > 1 and parts[1] in ROOMS
        if known:
            assert ROOMS.index(parts[1]) <= own, f"{room} reaches down to {name}"


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if room_of(p) in ("families", "models") and p.name != "__init__.py"],
    ids=lambda p: str(p.relative_to(PACKAGE)),
)
def test_a_model_imports_no_other_model_and_a_family_none(path: Path) -> None:
    room, folder = path.relative_to(PACKAGE).parts[:2]
    for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
        parts = name.split(".")
        if parts[:2] == ["bayes_misalign", "models"] and len(parts) > 2:
            assert (room, folder) == ("models", parts[2]), name


def test_no_imports_go_in_circles() -> None:
    modules = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in FILES
    }
    graph = {}
    for module, path in modules.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
                node.body = []
        named = imported(tree)
        graph[module] = {
            known
            for name in named
            for known in (name, name.rpartition(".")[0])
            if known in modules and known != module
        }
    TopologicalSorter(graph).prepare()  # which raises CycleError, with the circle


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_only_generative_writes_pymc_and_only_one_file_samples() -> None:
    users = set()
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
                node.body = []
        if any(name.split(".")[0] in ("pymc", "pytensor") for name in imported(tree)):
            users.add(str(path.relative_to(PACKAGE)))
    writers = {
        name
        for name in users
        if fnmatch(name, "models/*/generative*.py") or fnmatch(name, "families/*/*_pymc.py")
    }
    assert users - writers == {
        "inference/ahead.py",
        "inference/densities.py",
        "inference/graph_keys.py",
        "inference/nuts.py",
        "inference/program.py",
        "inference/terms.py",
        "inference/unsampled.py",
        "inference/upstream.py",
        "study/joint.py",
    }


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_nothing_runs_data(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"eval", "exec", "compile", "__import__"}
    assert not {"pickle", "shelve", "marshal", "dill"} & {n.split(".")[0] for n in imported(tree)}
    assert "allow_pickle=True" not in path.read_text(encoding="utf-8")


def run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.parametrize(
    "code",
    [
        "import bayes_misalign",
        "import bayes_misalign.cli as c\ntry:\n    c.app(['--help'])\nexcept SystemExit: pass",
    ],
)
def test_the_door_loads_numpy_at_most(code: str) -> None:
    loaded = run(f"import sys\n{code}\nprint(*{{m.split('.')[0] for m in sys.modules}})")
    assert not HEAVY & set(loaded.splitlines()[-1].split())


def test_an_exact_fit_loads_neither_pymc_nor_arviz() -> None:
    code = (
        "import sys, bayes_misalign as bm\n"
        "a = bm.ProblemArea('v', goals=['x', 'y'])\n"
        "d = {'g': ['x', 'y'], 'n': [3, 4]}\n"
        "p = bm.fit(a, bm.SingleChoice(d, goal='g', count='n'), bm.MutuallyExclusive())\n"
        "print(p.misalignment()['all'].mean)\n"
        "print(*{m.split('.')[0] for m in sys.modules})"
    )
    loaded = set(run(code).splitlines()[-1].split())
    assert not {"pymc", "pytensor", "nutpie", "arviz_stats", "xarray", "pandas"} & loaded


def test_a_small_study_loads_nothing_that_it_does_not_ask_for(tmp_path: Path) -> None:
    study = PACKAGE.parent / "examples" / "nonvoters" / "study.toml"
    code = (
        "import sys\n"
        f"out = {str(tmp_path / 'results')!r}\n"
        f"sys.argv = ['x', 'fit', {str(study)!r}, '--out', out, '--no-figures']\n"
        "from bayes_misalign.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(*sys.modules)"
    )
    loaded = run(code).splitlines()[-1].split()
    assert "bayes_misalign.report.sections" in loaded
    asked_for = ("areas", "inference.plan", "inference.contact", "inference.mixing")
    asked_for += ("inference.stand_in", "inference.nuts", "inference.what_if", "measure.chains")
    asked_for += ("report.figures", "report.formats", "contract.first_look")
    asked_for += ("families.reports.distinct_reports",)
    forms = ("inspect_log", "workbook", "json_lines", "labelled", "frames", "lm_eval")
    asked_for += tuple(f"tables.{form}" for form in forms)
    names = tuple(f"bayes_misalign.{name}" for name in asked_for)
    assert not [name for name in loaded if name.startswith(names)]
    others = {"numpy.ma", "statistics", "zipfile", "html.entities"}
    others |= {"concurrent.futures", "rich._emoji_codes"}
    assert not others & set(loaded)


def test_public_names_are_frozen() -> None:
    assert bm.__all__ == PUBLIC
    assert dir(bm) == PUBLIC
    for name in PUBLIC:
        assert getattr(bm, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        bm.nothing  # noqa: B018  # reading the name is the test


def test_public_names_are_typed() -> None:
    typed = set()
    for door in (PACKAGE / "__init__.pyi", PACKAGE / "models" / "__init__.py"):
        tree = ast.parse(door.read_text(encoding="utf-8"))
        typed |= {
            alias.asname
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.asname
        }
    assert typed == set(PUBLIC)
