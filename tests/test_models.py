"""All models of the catalogue: their contract, folders and cards."""

import doctest
import inspect
import json
import re
import tomllib
from dataclasses import asdict, is_dataclass
from pathlib import Path

import numpy as np
import pytest

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import EvidenceModel
from bayes_misalign.contract.description import Description
from bayes_misalign.contract.model import ConflictModel, GoalsModel
from bayes_misalign.contract.registry import BUILT_IN, card, defaults, evidence_model
from bayes_misalign.study.joint import build_alone
from bayes_misalign.study.toml import read_study
from models import checked
from tests.calls import with_data
from tests.every_model import KNOWN, NAMES, REPORTS, SAMPLED, UNCERTAIN, evidence

KINDS = {"goals": GoalsModel, "conflict": ConflictModel}
HEADINGS = (
    "Question",
    "Picture",
    "Assumptions",
    "When not to use it",
    "What identifies it",
    "Priors and why",
    "In a study",
    "How it was checked",
)
ANSWERS = """candidate,voter_category,agent,rater,label,situation,action,other,split
a,x,1,r1,a,shop,buy,b,yes
b,x,1,r2,a,home,rest,c,no
b,y,2,r1,b,shop,leave,b,no
c,y,2,r2,c,home,cook,a,yes
"""
STRENGTHS = """importance_a,importance_b,importance_c
much,a little,not at all
not at all,much,much
"""
SHARES = """.draw,region,answer,.epred
1,x,a,0.5
1,x,b,0.25
1,x,c,0.25
"""
LEVELS = """draw,goal,goal_other,conflict
1,a,b,0.5
1,a,c,0.25
1,b,c,1
"""


@pytest.mark.parametrize("name", NAMES)
def test_the_contract_is_kept(name: str) -> None:
    model = evidence_model(name)
    kind: type[EvidenceModel] = KINDS[BUILT_IN[name].kind]
    for function, method in inspect.getmembers(kind, inspect.isfunction):
        if function.startswith("_"):
            continue
        asked = list(inspect.signature(method).parameters.values())[1:]
        offered = inspect.signature(getattr(model, function))
        offered.bind(*[None] * len(asked))
        needed = [p for p in asked if p.default is inspect.Parameter.empty]
        offered.bind(*[None] * len(needed))
    assert isinstance(model.describe(evidence(name), model.priors()), Description)


@pytest.mark.parametrize("name", NAMES)
def test_the_model_has_named_coords(name: str) -> None:
    model = evidence_model(name)
    built = build_alone(model, evidence(name), model.priors())
    variables = [*built.free_RVs, *built.observed_RVs, *built.deterministics, *built.data_vars]
    assert variables
    for variable in variables:
        dims = built.named_vars_to_dims.get(variable.name, ())
        assert len(dims) == variable.ndim
        assert all(built.coords[dim] for dim in dims)
    if BUILT_IN[name].kind == "conflict":
        labels = built.coords["pair_" + name.replace("-", "_")] if name not in KNOWN else None
        assert labels in (None, tuple(f"{a} | {b}" for a, b in evidence(name).pairs))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["draw", "draw_prior"])
def test_draws_have_their_shapes_and_depend_on_the_seed_alone(name: str, way: str) -> None:
    model, data = evidence_model(name), evidence(name)
    if name in SAMPLED and way == "draw":
        assert model.draw(data, model.priors(), 7, np.random.default_rng(1)) is None
        return
    first, again, other = (
        getattr(model, way)(data, model.priors(), 7, np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    if BUILT_IN[name].kind == "goals":
        assert first["proportion"].shape == (7, len(data.populations), len(data.categories))
        np.testing.assert_allclose(first["proportion"].sum(axis=-1), 1)
    else:
        rows = 1 if name in KNOWN else 7
        assert first["conflict_level"].shape == (rows, len(data.pairs))
        assert np.all((first["conflict_level"] >= 0) & (first["conflict_level"] <= 1))
    for key, values in first.items():
        assert len(values) == (1 if name in KNOWN else 7)
        np.testing.assert_array_equal(values, again[key])
        assert np.array_equal(values, other[key]) == (name in KNOWN)


@pytest.mark.parametrize("name", NAMES)
def test_simulated_evidence_has_the_size_of_the_design(name: str) -> None:
    model, data = evidence_model(name), evidence(name)
    truth = model.draw_prior(data, model.priors(), 1, np.random.default_rng(1))
    parameters = {key: values[0] for key, values in truth.items()}
    first, again = (
        model.simulate(parameters, data, np.random.default_rng(seed)) for seed in (1, 1)
    )
    assert type(first) is type(data)
    assert first == again
    if BUILT_IN[name].kind == "goals":
        np.testing.assert_array_equal(first.n, data.n)
        assert (first.categories, first.populations) == (data.categories, data.populations)
    else:
        assert first.pairs == data.pairs
    if name == "judged":
        np.testing.assert_array_equal(first.yes + first.no, data.yes + data.no)
    # what a parameter gives rise to has to be looked at together with it
    assert bool(with_data(first, truth)) == (first is not data)


def test_every_folder_is_a_model_and_every_model_has_one() -> None:
    assert {path.parent.name for path in models_root().glob("*/model.toml")} == set(BUILT_IN)


@pytest.mark.parametrize("name", NAMES)
def test_the_folder_is_complete(name: str) -> None:
    files = {path.name for path in (models_root() / name).iterdir()}
    demanded = {"README.md", "model.toml"}
    if name in UNCERTAIN:
        checks = {"model.stan", "data.json", "reference.json", "calibration.json", "ranks.svg"}
        demanded |= checks
        for kind in checked.KINDS.get(
            name, ()
        ):  # the same of a model that is another for some data
            demanded |= {file.replace(".", f"{kind}.") for file in checks}
    assert files == demanded


@pytest.mark.parametrize("name", NAMES)
def test_defaults_are_what_the_model_uses(name: str) -> None:
    stated, model = defaults(name), evidence_model(name)
    assert (stated["name"], stated["kind"]) == (name, BUILT_IN[name].kind)
    assert stated["question"].endswith("?")
    used = model.priors()
    if name in (*REPORTS, "clustered"):
        assert used.shares.kind == stated["priors"]["shares"]["kind"]
        others = {key: value for key, value in stated["priors"].items() if key != "shares"}
        assert {key: value for key, value in asdict(used).items() if key != "shares"} == others
    elif name in ("single-choice", "multi-select", "endorsement", "ranked", "published"):
        assert used == model.priors(stated["priors"]["shares"])
        assert used.kind == stated["priors"]["shares"]["kind"]
    else:
        assert (asdict(used) if is_dataclass(used) else {}) == stated["priors"]


@pytest.mark.parametrize("name", NAMES)
def test_the_card_is_complete(name: str) -> None:
    text = card(name)
    assert text.startswith(f"# {name}\n")
    assert tuple(re.findall(r"^## (.*)$", text, flags=re.M)) == HEADINGS
    sections = dict(zip(HEADINGS, re.split(r"^## .*$", text, flags=re.M)[1:], strict=True))
    assert "```mermaid\ngraph TD" in sections["Picture"]
    assert all(len(words.split()) > 2 for words in sections.values())
    for key, value in defaults(name)["priors"].items():
        stated = f"{key} = {json.dumps(value)}"
        if isinstance(value, dict):
            stated = f'kind = "{value["kind"]}"'
        elif isinstance(value, int | float) and not isinstance(value, bool):
            stated = f"{key} = {value:g}"
        assert f"`{stated}`" in sections["Priors and why"]


@pytest.mark.parametrize("name", [name for name in NAMES if BUILT_IN[name].kind != "shares"])
def test_what_a_result_rests_on_is_an_assumption_of_the_card(name: str) -> None:
    model, seen = evidence_model(name), evidence(name)
    stated = model.describe(seen, model.for_design(seen).priors()).rests_on
    assert 1 <= len(stated) <= 2
    text = " ".join(re.sub(r"[*`]", "", card(name)).split())
    assert [sentence for sentence in stated if sentence.lower() not in text.lower()] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_lines_in_the_card_work(name: str, tmp_path: Path) -> None:
    found = doctest.testfile(
        str(models_root() / name / "README.md"),
        module_relative=False,
        optionflags=doctest.NORMALIZE_WHITESPACE,
    )
    assert found.attempted > 0
    assert found.failed == 0
    block = re.search(r"```toml\n(.*?)```", card(name), flags=re.S)
    assert block is not None
    lines = block[1]
    goals = '[problem_area]\nname = "x"\ngoals = ["a", "b", "c"]\n'
    if BUILT_IN[name].kind == "goals":
        lines += '\n[conflict]\nmodel = "mutually-exclusive"\n'
    else:
        lines += '\n[goals]\nmodel = "single-choice"\ndata = "answers.csv"\ngoal = "candidate"\n'
    (tmp_path / "answers.csv").write_text(ANSWERS)
    (tmp_path / "strengths.csv").write_text(STRENGTHS)
    (tmp_path / "draws.csv").write_text(SHARES)
    (tmp_path / "levels.csv").write_text(LEVELS)
    (tmp_path / "study.toml").write_text(goals + lines, encoding="utf-8")
    study = read_study(tmp_path / "study.toml")
    of_goals, of_conflict = study.goals.model, {s.model for s in study.conflict.sources}
    assert name in {of_goals} | of_conflict
    assert tomllib.loads(block[1])[BUILT_IN[name].kind]["model"] == name
