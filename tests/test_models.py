"""Every model of the package: its contract, its folder, its card, and its reference posterior."""

import doctest
import inspect
import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, is_dataclass, replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_misalign.contract.assets import models_root
from bayes_misalign.contract.base import EvidenceModel
from bayes_misalign.contract.description import Description
from bayes_misalign.contract.model import ConflictModel, GoalsModel
from bayes_misalign.contract.registry import BUILT_IN, card, defaults, evidence_model
from bayes_misalign.contract.shares import shares_prior
from bayes_misalign.families.reports.distinct_reports import UNKNOWN
from bayes_misalign.families.statements.known_levels import FixedConflict
from bayes_misalign.inference import calibrate_sampled, nuts
from bayes_misalign.inference.calibrate import calibrate
from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.inference.uniformity import ALPHA
from bayes_misalign.measure import endorsed, lifted, misalignment, rankings_conflict
from bayes_misalign.models.behaviour.evidence import DistinctActions
from bayes_misalign.models.choices.evidence import DistinctChoices
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.models.drawn_conflict.evidence import DrawnLevels
from bayes_misalign.models.drawn_shares.evidence import DrawnGoals
from bayes_misalign.models.elicited.evidence import ElicitedConflict
from bayes_misalign.models.elicited.generative import beta_parameters as elicited_beta
from bayes_misalign.models.encounters.evidence import EncounterConflict
from bayes_misalign.models.endorsement.evidence import StrengthCounts
from bayes_misalign.models.experts.evidence import ExpertConflict
from bayes_misalign.models.experts.generative import beta_parameters as experts_beta
from bayes_misalign.models.experts.generative_levels import ROUNDING
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.models.multi_select.evidence import HoldingCounts
from bayes_misalign.models.mutually_exclusive.declaration import ExclusiveConflict
from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.models.ordinal.evidence import OrdinalConflict
from bayes_misalign.models.poststratified.effects import prior_scales, terms_of
from bayes_misalign.models.poststratified.evidence import CellCounts
from bayes_misalign.models.published.evidence import PublishedShares
from bayes_misalign.models.ranked.evidence import OrderCounts
from bayes_misalign.models.rated.evidence import RatedConflict
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.models.spatial.evidence import SpatialConflict
from bayes_misalign.study.joint import build_alone
from bayes_misalign.study.options import Fitting
from bayes_misalign.study.toml import read_study
from models import checked
from tests.calls import with_data

NAMES = tuple(name for name, entry in BUILT_IN.items() if entry.kind != "shares")
REPORTS = ("noisy-labels", "behaviour", "choices")  # goals seen through reports
# in general not conjugate
SAMPLED = (*REPORTS, "clustered", "encounters", "poststratified", "rated", "spatial")
KNOWN = ("fixed", "mutually-exclusive", "ordinal")  # nothing uncertain: there is a card only
GIVEN = ("drawn-shares", "drawn-conflict")  # another program's draws: nothing to check here
UNCERTAIN = tuple(name for name in NAMES if name not in KNOWN + GIVEN)
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
MEANS, SDS, CERTAIN = 4.0, 0.05, 3.0
NUTS_DRAWS, EXACT_DRAWS = 10_000, 200_000  # the former a chain, of four
SHORT = Fitting(draws=250, tune=250, chains=2, target_accept=0.8)  # of each of a hundred fits
PAIRS = tuple(combinations("abc", 2))
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


def contents(name: str, file: str) -> dict[str, Any]:
    return dict(json.loads((models_root() / name / file).read_text(encoding="utf-8")))


def numbers(values: list[Any]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


@cache
def evidence(name: str) -> Any:
    """Return the evidence of a model's `data.json`, or a small set of known levels."""
    if name == "fixed":
        return FixedConflict(PAIRS, np.array([0.5, 0.0, 1.0]), origin="stated")
    if name == "mutually-exclusive":
        return ExclusiveConflict(PAIRS, np.ones(3), origin="exclusive goals")
    if name == "ordinal":
        return OrdinalConflict.of(tuple("abc"), tuple("abc"))
    if name in GIVEN:
        draws = np.random.default_rng(1).dirichlet([3, 2, 1], size=(10, 1))
        if name == "drawn-shares":
            return DrawnGoals("abc", ["all"], draws)
        return DrawnLevels(PAIRS, draws[:, 0], origin="elsewhere")
    found = contents(name, "data.json")["evidence"]
    if name == "single-choice":
        return ChoiceCounts.from_counts(**found)
    if name == "multi-select":
        rows = [dict(zip(found["categories"], row, strict=True)) for row in found["counts"]]
        return HoldingCounts.from_counts(found["goals"], found["populations"], rows)
    if name == "endorsement":
        return StrengthCounts.of(
            found["goals"], found["populations"], found["strength"], found["counts"]
        )
    if name == "ranked":
        rows = [dict(zip(found["categories"], row, strict=True)) for row in found["counts"]]
        return OrderCounts.from_counts(found["goals"], found["populations"], rows)
    if name == "published":
        return PublishedShares.of(**found)
    if name == "poststratified":
        return CellCounts(**found)
    if name == "clustered":
        return ClusterCounts(**found)
    if name in REPORTS:
        kinds: dict[str, Any] = {"noisy-labels": DistinctLabels, "behaviour": DistinctActions}
        return (kinds | {"choices": DistinctChoices})[name](**found)
    if name == "experts":
        return ExpertConflict(**found, origin="stated")
    if name == "encounters":
        return EncounterConflict.of(**found)
    if name == "rated":
        return RatedConflict.from_counts(**found)
    if name == "spatial":
        return SpatialConflict.from_means(**found)
    kind = {"judged": JudgedConflict, "elicited": ElicitedConflict}[name]
    pairs = found.pop("pairs")
    return kind(pairs, **{key: numbers(value) for key, value in found.items()}, origin="stated")


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


@pytest.mark.parametrize("name", UNCERTAIN)
def test_the_card_shows_what_the_checks_found(name: str) -> None:
    text, folder = card(name), models_root() / name
    assert f"{checked.BEGIN}\n{checked.section(folder)}\n{checked.END}" in text


@pytest.mark.parametrize("name", UNCERTAIN)
def test_the_committed_checks_hold(name: str) -> None:
    reference, calibration = contents(name, "reference.json"), contents(name, "calibration.json")
    assert reference["name"] == calibration["name"] == name
    assert all(reference["checks_made"].values())
    assert set(reference["versions"]) >= {"pystan", "numpy"}
    found = reference["summary_statistics"]
    assert len({len(values) for values in found.values()}) == 1
    assert calibration["passed"]
    assert calibration["simulations"] >= 500
    assert calibration["alpha"] == ALPHA
    assert calibration["smallest_p_value_corrected_for_all"] >= ALPHA
    for design in calibration["designs"]:
        assert any(quantity.startswith("misalignment") for quantity in design["p_values"])
        if name != "elicited":
            assert {"log_likelihood", "residual"} <= set(design["p_values"])
        if name in SAMPLED:  # of the fits, and of 1,000 draws of each
            assert design["failed_fits"] <= 0.02 * design["fits"]
            assert design["divergences"] <= 0.001 * 1_000 * design["fits"]
    assert calibration["broken_on_purpose"]
    assert not any(one["passed"] for one in calibration["broken_on_purpose"])


@pytest.mark.parametrize("name", UNCERTAIN)
def test_the_stan_program_was_given_the_same_data(name: str) -> None:
    found, data = contents(name, "data.json"), evidence(name)
    given = found["stan"]
    assert found["made_up"] == ("made-up" in found["source"])
    model = evidence_model(name)
    if name == "single-choice":
        np.testing.assert_allclose(given["answers"], data.effective_counts, rtol=1e-9)
        return
    if name == "multi-select":
        np.testing.assert_array_equal(given["answers"], data.counts)
        np.testing.assert_array_equal(given["held"], data.held)
        return
    if name == "endorsement":
        np.testing.assert_array_equal(given["answers"], data.counts)
        np.testing.assert_array_equal(given["strength"], data.strength)
        return
    if name == "ranked":
        np.testing.assert_array_equal(given["answers"], data.counts)
        np.testing.assert_array_equal(given["place"], data.position)
        return
    if name == "published":
        for stan in ("asked", "percent", "rounding"):
            np.testing.assert_array_equal(given[stan], getattr(data, stan))
        return
    if name == "clustered":
        np.testing.assert_array_equal(given["counts"], data.patterns)
        np.testing.assert_array_equal(given["number"], data.number)
        np.testing.assert_array_equal(np.array(given["population"]) - 1, data.population)
        assert (given["rho_a"], given["rho_b"]) == model.priors().correlation_beta
        return
    if name == "poststratified":
        was_counted_where_the_stan_program_says(given, data)
        return
    if name in REPORTS:
        prior: Any = model.priors()
        if name == "choices":
            np.testing.assert_array_equal(given["payoff"], data.payoffs)
            assert (given["best_of_two"], given["spread"]) == (prior.best_of_two, prior.spread)
        else:
            np.testing.assert_allclose(given["alpha"], prior.alpha(data), rtol=1e-9)
        np.testing.assert_array_equal(
            given["reports" if name == "noisy-labels" else "counts"], data.reports
        )
        for stan, ours in (("population", data.population), ("gold", data.gold)):
            np.testing.assert_array_equal(np.array(given[stan]) - 1, ours)
        np.testing.assert_array_equal(given["weight"], data.effective_agents)
        if name == "noisy-labels":
            stated = (prior.agreement, prior.agreement_spread)
            assert (given["agreement_median"], given["agreement_sigma"]) == stated
        else:
            assert (given["rho_a"], given["rho_b"]) == pytest.approx(prior.correlation_beta)
        return
    assert [tuple("abcde"[i - 1] for i in pair) for pair in given["pair"]] == list(data.pairs)
    if name == "judged":
        np.testing.assert_array_equal([given["yes"], given["no"]], [data.yes, data.no])
        of_levels: Any = model.priors()
        assert (of_levels.yes, of_levels.no) == (given["prior_yes"], given["prior_no"])
    elif name == "encounters":
        np.testing.assert_array_equal([given["yes"], given["no"]], data.between.T)
        same = [np.diagonal(data.seen_yes), np.diagonal(data.seen_no)]
        np.testing.assert_array_equal([given["same_yes"], given["same_no"]], same)
        assert asdict(model.priors()) == {
            key: given[f"prior_{key}"] for key in ("yes", "no", "background_yes", "background_no")
        }
    elif name == "experts":
        alpha, beta = experts_beta(data)
        np.testing.assert_allclose([given["a"], given["b"]], [alpha, beta], rtol=1e-3)
        np.testing.assert_array_equal(np.array(given["about"]) - 1, data.pair)
        np.testing.assert_array_equal(np.array(given["by"]) - 1, data.expert)
        stated: Any = model.priors()
        for key in ("centre", "pair", "leaning"):
            assert given[f"{key}_scale"] == getattr(stated, f"{key}_sd")
        assert given["disagreement_scale"] == stated.disagreement
        assert (given["shared_a"], given["shared_b"]) == pytest.approx(stated.shared_beta)
        assert given["rounding"] == ROUNDING
    elif name == "rated":
        for key in ("rated", "rater", "level"):
            ours = {"rated": data.pair, "rater": data.rater, "level": data.counts.argmax(axis=1)}
            np.testing.assert_array_equal(np.array(given[key]) - 1, ours[key])
        np.testing.assert_array_equal(given["value"], data.values)
        scales = asdict(model.priors())
        stated_scales = {key: given[f"prior_{key}"] for key in scales if f"prior_{key}" in given}
        assert len(stated_scales) == 7
        assert stated_scales == {key: scales[key] for key in stated_scales}
    elif name == "spatial":
        was_placed_where_the_stan_program_says(given, data)
        np.testing.assert_allclose(given["weight"], data.weights)
        scales = {
            "lapse" if k == "lapse" else f"prior_{k}": v for k, v in asdict(model.priors()).items()
        }
        assert scales == {key: given[key] for key in scales}
    else:
        alpha, beta = elicited_beta(data, model.priors())
        np.testing.assert_allclose([given["a"], given["b"]], [alpha, beta], rtol=1e-3)


def was_counted_where_the_stan_program_says(given: dict[str, Any], data: CellCounts) -> None:
    """Compare cells, sizes and bases of effects; coordinates may be others."""
    terms, priors = terms_of(data), evidence_model("poststratified").priors()
    np.testing.assert_array_equal(given["answers"], data.cell_counts)
    np.testing.assert_array_equal(given["size"], data.sizes)
    np.testing.assert_array_equal(np.array(given["part"]) - 1, data.part)
    for v, term in enumerate(terms):
        np.testing.assert_array_equal(np.array(given["level"])[:, v] - 1, term.of_cells)
        np.testing.assert_array_equal(np.array(given["level_table"])[:, v] - 1, term.of_table)
        own = np.array(given["basis"][v])[: term.basis.shape[0], : term.basis.shape[1]]
        np.testing.assert_allclose(own, term.basis, atol=1e-9)
    assert given["prior_intercept"] == priors.intercept
    np.testing.assert_array_equal(given["prior_sd"], prior_scales(terms, priors))


def was_placed_where_the_stan_program_says(given: dict[str, Any], data: SpatialConflict) -> None:
    """Compare single placements and ratings with counts, means and sums of squares."""
    at, counts = np.array(given["at"]), np.zeros((given["P"], given["steps"] + 1))
    for (g, d), mean in np.ndenumerate(data.mean):
        here = (np.array(given["placed"]) == g + 1) & (np.array(given["dimension"]) == d + 1)
        assert here.sum() == data.number[g, d]
        assert at[here].mean() == pytest.approx(mean)
        assert ((at[here] - mean) ** 2).sum() == pytest.approx(data.square[g, d])
    np.add.at(counts, (np.array(given["rated"]) - 1, given["rating"]), 1)
    rated = [list(data.pairs).index(pair) for pair in data.rated_pairs]
    np.testing.assert_array_equal(counts[rated], data.counts)
    assert counts.sum() == data.counts.sum()


def quantities(name: str, drawn: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return draws (chain, draw) of what the Stan program calls by these names."""
    given = contents(name, "data.json")["stan"]
    found = {}
    if BUILT_IN[name].kind == "goals":
        matrix: Any = given.get("C")
        if name == "multi-select":
            matrix = lifted(given["held"], given["c"])
        elif name == "endorsement":
            matrix = endorsed(given["strength"], given["c"])
        elif name == "ranked":
            matrix = rankings_conflict(given["place"], given["c"])
        named = {"proportion": drawn["proportion"]}
        if name == "poststratified":
            named |= {key: drawn[key] for key in ("intercept", "sd")}
        elif "index" in drawn:
            named["index"] = drawn["index"]
        elif "log_concentration" in drawn and name not in ("multi-select", "ranked"):
            # log A of those has tails too long for its sd to be compared
            named["index"] = 1 / (1 + np.exp(-drawn["log_concentration"]))
        named["misalignment"] = misalignment(drawn["proportion"], matrix)
        if name == "noisy-labels":
            named["accuracy"] = np.diagonal(drawn["emission"], axis1=-2, axis2=-1)
        if name == "choices":
            named |= {
                "correlation": drawn["correlation"],
                "rationality": drawn["rationality"][..., 0],
            }
        if name in ("behaviour", "clustered"):
            named["correlation"] = drawn["correlation"]
        if name == "behaviour":
            action = drawn["action"]
            named["action"] = action.reshape(*action.shape[:3], given["Q"], given["A"])
    else:
        level = drawn["conflict_level"]
        matrix = np.zeros((*level.shape[:2], given["K"], given["K"]))
        for p, (i, j) in enumerate(given["pair"]):
            matrix[..., i - 1, j - 1] = matrix[..., j - 1, i - 1] = level[..., p]
        word = "conflict" if name in ("rated", "spatial") else "level"
        named = {word: level, "misalignment": misalignment(given["shares"], matrix)}
        named |= {key: values for key, values in drawn.items() if key != "conflict_level"}
        if name == "spatial":  # the precision itself has too long a tail for its sd to be compared
            named["correlation"] = 1 / (1 + named.pop("precision"))
    for key, values in named.items():
        for index in np.ndindex(values.shape[2:]):
            label = f"{key}[{','.join(str(i + 1) for i in index)}]" if index else key
            found[label] = values[(slice(None), slice(None), *index)]
    return found


def meets_reference(name: str, drawn: dict[str, np.ndarray]) -> None:
    import arviz_stats as azs
    import xarray as xr

    reference = contents(name, "reference.json")["summary_statistics"]
    found = quantities(name, drawn)
    assert set(found) == set(reference["names"])
    every = np.stack([found[label] for label in reference["names"]], axis=-1)
    draws = xr.Dataset({"all": (("chain", "draw", "quantity"), every)})
    mean, sd = every.mean(axis=(0, 1)), every.std(axis=(0, 1))
    error = {
        method: np.hypot(azs.mcse(draws, method=method)["all"].values, reference[f"mcse_{method}"])
        for method in ("mean", "sd")
    }
    assert np.all(CERTAIN * error["sd"] <= SDS * sd), "too few draws to compare sds"
    assert np.all(np.abs(mean - reference["mean"]) <= MEANS * error["mean"])
    assert np.all(np.abs(sd / np.array(reference["sd"]) - 1) <= SDS)


@pytest.mark.parametrize("name", [name for name in UNCERTAIN if name not in SAMPLED])
def test_exact_draws_meet_the_reference(name: str) -> None:
    model = evidence_model(name)
    rng = np.random.default_rng(1)
    drawn = model.draw(evidence(name), reference_priors(name), EXACT_DRAWS, rng)
    assert drawn is not None
    if name == "experts":  # standard normal numbers underneath are not compared
        drawn = {key: values for key, values in drawn.items() if not key.startswith("z_")}
    meets_reference(
        name, {key: values.reshape(4, -1, *values.shape[1:]) for key, values in drawn.items()}
    )


def reference_priors(name: str) -> Any:
    """Return the priors of the Stan program."""
    model = evidence_model(name)
    if BUILT_IN[name].kind != "goals":
        return model.priors()
    shares = contents(name, "data.json").get("shares", "matched")
    if model.shares_prior(model.priors()) is None:
        return model.priors()
    return model.priors(model.with_shares(None, shares_prior(shares)))


@cache
def design(name: str) -> Any:
    """Return the shape of simulated data: that of the reference, and all that may be known."""
    data = evidence(name)
    if name != "noisy-labels":
        return data
    validation = np.zeros(data.validation.shape)
    validation[0, :, 0] = 10
    gold = np.where(np.arange(len(data.agents)) < 4, 0, UNKNOWN)
    return replace(data, gold=gold, validation=validation)


@cache
def compiled(name: str) -> Compiled:
    """Return a model that takes other data of its shape: compiling takes longer than sampling."""
    usable_compile_cache()
    model = evidence_model(name)
    return Compiled(build_alone(model, design(name), reference_priors(name)))


def sampled(name: str) -> Any:
    """Return the posterior of a model's `data.json` by NUTS, with the statistics of the sampler."""
    fitting, model = Fitting(draws=NUTS_DRAWS, target_accept=0.95), evidence_model(name)
    priors = reference_priors(name)
    if name in SAMPLED:
        given: Any = model
        return compiled(name).sample(given.data(evidence(name), priors), fitting)
    return nuts.sample(build_alone(model, evidence(name), priors), fitting).tree


# Four are drawn exactly, and such draws meet the same reference in every run; that NUTS agrees
# with the exact draws of the first is seen in tests/inference/test_agreement.py, and the density of
# experts is compared with that of their PyMC model in tests/models/experts. `behaviour` shares its
# family with noisy-labels, which is sampled in every run, and is compared with its likelihood
# there; compiling it takes as long as a tenth of all tests. So does `choices`. The densities of
# `poststratified`, `spatial`, `clustered` and `encounters`, and the likelihood of `rated`, are
# compared with other formulas in their folders of tests.
AT_LENGTH = (
    "single-choice",
    "multi-select",
    "endorsement",
    "ranked",
    "published",
    "experts",
    "behaviour",
    "choices",
    "poststratified",
    "spatial",
    "clustered",
    "rated",
    "encounters",
)


def in_every_run(names: Iterable[str]) -> list[Any]:
    """Return names of models, those whose sampling takes long with a mark."""
    return [
        pytest.param(name, marks=pytest.mark.slow) if name in AT_LENGTH else name for name in names
    ]


@pytest.mark.parametrize("name", in_every_run(UNCERTAIN))
def test_the_pymc_model_meets_the_reference(name: str) -> None:
    tree = sampled(name)
    posterior = tree["posterior"]
    assert (posterior.sizes["chain"], posterior.sizes["draw"]) == (4, NUTS_DRAWS)
    assert int(tree["sample_stats"]["diverging"].sum()) == 0
    names = {"proportion": "proportion", f"conflict_{name}": "conflict_level"}
    names |= {key: key for key in ("agreement", "emission", "correlation", "action", "rationality")}
    names |= {key: key for key in ("index", "log_concentration", "intercept", "sd")}
    names |= {"precision_spatial": "precision"}
    compared = contents(name, "data.json").get("compared", [])
    names |= {f"{key}_{name}": key for key in compared if name not in REPORTS and key != "conflict"}
    drawn = {names[key]: posterior[key].values for key in posterior.data_vars if str(key) in names}
    meets_reference(name, drawn)


@pytest.mark.parametrize("name", [name for name in UNCERTAIN if name not in SAMPLED])
def test_a_short_calibration_passes(name: str) -> None:
    found = calibrate(name, 100, seed=3)
    assert found.passed, found.to_plain()


@pytest.mark.slow  # one that is sampled is calibrated in every run in tests/models/judged
@pytest.mark.parametrize("name", SAMPLED)
def test_a_short_calibration_of_a_sampled_model_passes(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate_sampled, "Compiled", lambda _: compiled(name))
    model = evidence_model(name)
    priors = reference_priors(name)
    posterior = calibrate_sampled.SampledPosterior(name, design(name), priors, SHORT)
    found = calibrate(name, 100, seed=3, design=design(name), prior=priors, posterior=posterior)
    assert found.passed, found.to_plain()
    assert posterior.figures()["fits"] == 100
    assert posterior.failed <= 2
    broken = calibrate(
        name, 100, seed=3, design=design(name), prior=priors, posterior=model.draw_prior
    )
    assert not broken.passed
