"""Study files of several areas, and what commands do with them."""

import json
from pathlib import Path
from typing import Any

import pytest
import tomli_w

import bayes_misalign as bm
from bayes_misalign.study.load_toml import names_areas
from tests.areas.studies import counted, panel
from tests.test_cli import Run

COLUMN: dict[str, Any] = {
    "problem_area": {"name": "plans", "goals": ["yes", "no"], "no_goal": ["pass"]},
    "goals": {
        "model": "single-choice",
        "data": counted(),
        "goal": "vote",
        "population": "group",
        "count": "n",
        "area": "area",
    },
    "conflict": {"model": "mutually-exclusive"},
    "fit": {"draws": 100},
}


def written(folder: Path, tables: dict[str, Any], name: str = "study.toml") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(tomli_w.dumps(tables), encoding="utf-8")
    return path


def own(goals: list[str], n: list[int], **more: Any) -> dict[str, Any]:
    return {
        "problem_area": {"name": "x", "goals": goals},
        "goals": {
            "model": "single-choice",
            "data": {"g": goals, "n": n},
            "goal": "g",
            "count": "n",
        },
        **more,
    }


def test_a_column_of_the_area(tmp_path: Path) -> None:
    path = written(tmp_path, COLUMN)
    assert names_areas(path)
    study = bm.read_areas(path)
    assert study.areas == ("tax", "roads", "parks")
    assert study.populations == ("men", "women")
    assert study.text == path.read_text(encoding="utf-8")
    with pytest.raises(bm.StudyError, match="or read_areas in Python"):
        bm.read_study(path)


def test_conflict_of_single_areas(tmp_path: Path) -> None:
    calm = {"model": "fixed", "pairs": [{"between": ["yes", "no"], "conflict": 0.1}]}
    sources = [{"model": "mutually-exclusive"}, {**calm, "areas": ["tax"]}]
    study = bm.read_areas(written(tmp_path, {**COLUMN, "conflict": sources}))
    assert [part.areas for part in study.parts] == [("roads", "parks"), ("tax",)]
    every = [{**calm, "areas": ["tax", "roads"]}]
    with pytest.raises(bm.StudyError, match="no evidence about conflict in 'parks'"):
        bm.read_areas(written(tmp_path, {**COLUMN, "conflict": every}))
    every = [{**calm, "areas": ["tax", "roads", "parks"]}]
    study = bm.read_areas(written(tmp_path, {**COLUMN, "conflict": every}))
    assert len(study.parts) == 3


def test_tables_of_areas_share_what_stands_outside(tmp_path: Path) -> None:
    tables = {
        "title": "two questions",
        "conflict": {"model": "mutually-exclusive"},
        "fit": {"draws": 200},
        "areas": {"weights": {"vote": 2.0}},
        "area": [
            {"name": "vote", **own(["a", "b"], [50, 50])},
            {
                "name": "colour",
                **own(["r", "g", "b"], [80, 15, 5]),
                "conflict": {
                    "model": "elicited",
                    "pairs": [
                        {"between": ["r", "g"], "range": [0.1, 0.3]},
                        {"between": ["r", "b"], "range": [0.1, 0.3]},
                        {"between": ["g", "b"], "range": [0.1, 0.3]},
                    ],
                },
            },
        ],
    }
    study = bm.read_areas(written(tmp_path, tables))
    assert study.title == "two questions"
    assert study.choices.weights == {"vote": 2.0}
    assert [part.study.fitting.draws for part in study.parts] == [200, 200]
    assert bm.fit_areas(study).ranks().most["vote"] == 1


@pytest.mark.parametrize(
    ("broken", "said", "obeyed"),
    [
        ({"goals": {"area": "question"}}, "question", {"goals": {"area": "area"}}),
        (
            {"goals": {"areas": ["a", "b"]}},
            "one of the two",
            {"goals": {"areas": None}},
        ),
        (
            {"goals": {"population_size": {"men": 100, "women": 100}}},
            "Fix: leave it out",
            {"goals": {"population_size": None}},
        ),
        (
            {"populations": {"shares": "weights"}},
            "answers have no weights. Fix: state the share of each population",
            {"populations": {"shares": {"men": 0.5, "women": 0.5}}},
        ),
        ({"areas": {"weights": {"taxes": 2.0}}}, "did you mean 'tax'", {"areas": {"weights": {}}}),
        ({"areas": {"opposed": 2.0}}, "between 0 and 1", {"areas": {"opposed": 0.6}}),
        (
            {"areas": {"together": ["tax", "park"]}},
            "did you mean 'parks'",
            {"areas": {"together": ["tax", "parks"]}},
        ),
    ],
)
def test_a_fix_that_is_obeyed_leads_on(
    tmp_path: Path, broken: dict[str, Any], said: str, obeyed: dict[str, Any]
) -> None:
    def over(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
        made = {k: {**base.get(k, {}), **v} for k, v in change.items()}
        for key, table in made.items():
            made[key] = {k: v for k, v in table.items() if v is not None}
        return {**base, **made}

    wrong = over(COLUMN, broken)
    with pytest.raises(bm.BayesMisalignError, match=said):
        bm.read_areas(written(tmp_path, wrong))
    assert bm.read_areas(written(tmp_path, over(wrong, obeyed))).areas


def test_what_is_no_study_of_areas_says_what_to_do(tmp_path: Path) -> None:
    goals = {k: v for k, v in COLUMN["goals"].items() if k != "area"}
    path = written(tmp_path, {**COLUMN, "goals": goals})
    with pytest.raises(bm.StudyError, match="has one problem area"):
        bm.read_areas(path)
    path = written(tmp_path, {**COLUMN, "goals": goals, "areas": {}})
    with pytest.raises(bm.StudyError, match="and no areas"):
        bm.read_areas(path)
    posterior = bm.fit_areas(bm.read_areas(written(tmp_path, COLUMN)))
    with pytest.raises(bm.StudyError, match="name one population, or two"):
        posterior.misalignment()
    with pytest.raises(bm.StudyError, match="did you mean 'men'"):
        posterior.misalignment("man")
    with pytest.raises(bm.StudyError, match="respondent"):
        posterior.together("men")


def test_names_with_commas_are_told_apart() -> None:
    table = counted()
    table["area"] = [f"{area}, all of it" for area in table["area"]]
    table["group"] = [f"{group}, adults" for group in table["group"]]
    answers = bm.SingleChoice(table, goal="vote", population="group", count="n")
    area = bm.ProblemArea("x", ["yes", "no"], no_goal=["pass"])
    study = bm.AreasStudy.of(area, answers, bm.MutuallyExclusive(), area="area")
    assert study.areas == ("tax, all of it", "roads, all of it", "parks, all of it")
    assert study.populations == ("men, adults", "women, adults")


def test_commands_check_fit_and_report(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "s", COLUMN)
    status, out, err = run("check", path)
    assert status == 0, err
    assert "problem areas: 3" in out
    status, out, err = run("fit", path, "--out", tmp_path / "r", "--no-figures", "--seed", 3)
    assert status == 0, err
    assert "tax" in out
    found = json.loads((tmp_path / "r" / "summary.json").read_text(encoding="utf-8"))
    assert found["trustworthy"] is True
    assert found["seed"] == 3
    assert {row["area"] for row in found["areas"]} == {"tax", "roads", "parks"}
    assert len(found["areas"]) == 9
    assert run("verify", tmp_path / "r")[0] == 0
    status, again, err = run("report", tmp_path / "r", "--to", "md")
    assert status == 0, err
    assert again.splitlines()[0] == out.splitlines()[0]
    assert "## Bedfellows" in (tmp_path / "r" / "posterior-report.md").read_text(encoding="utf-8")
    assert run("fit", path, "--agents")[0] == 2
    with pytest.raises(bm.ResultError, match=r"AreasPosterior\.load"):
        bm.load(tmp_path / "r")


def test_results_are_read_back_as_they_were(tmp_path: Path) -> None:
    answers = bm.SingleChoice(panel(60), population="group")
    area = bm.ProblemArea("<b>x</b>", ["yes", "no"])
    posterior = bm.fit_areas(
        area,
        answers,
        bm.MutuallyExclusive(),
        areas={"q_0": "=1+1", "q_1": "<i>two</i>", "q_2": "three"},
        draws=50,
        conflict_of={"three": bm.Elicited({("yes", "no"): (0.5, 0.9)})},
    )
    folder = posterior.write(tmp_path / "r", figures=False)
    again = bm.AreasPosterior.load(folder)
    assert again.summary() == posterior.summary()
    assert again.together("men").any.mean == posterior.together("men").any.mean
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<i>two</i>" not in page
    assert "&lt;i&gt;two" in page
    assert "\n'=1+1" in (folder / "tables" / "areas.csv").read_text(encoding="utf-8")
    (folder / "areas.json").write_text("{}", encoding="utf-8")
    with pytest.raises(bm.ResultError, match="damaged, or was changed"):
        bm.AreasPosterior.load(folder)
    assert posterior.report(tmp_path / "r.md").exists()
    assert posterior.plot.ranks("men").axes


def test_a_study_of_one_area_of_a_table_is_what_the_message_asks_for(tmp_path: Path) -> None:
    stated = {**COLUMN, "goals": {**COLUMN["goals"], "where": {"area": "tax"}}}
    stated["goals"].pop("area")
    assert bm.read_study(written(tmp_path, stated)).goals.populations == ("men", "women")


def test_messages_name_row_and_column_of_the_file(tmp_path: Path) -> None:
    lines = ["sex,q_tax,q_roads", *["man,yes,no", "woman,no,yes"] * 3]
    lines[3], lines[6] = "man,yes,maybe", ",no,no"
    (tmp_path / "wide.csv").write_text("\n".join(lines) + "\n")
    stated = {
        "problem_area": {"name": "x", "goals": ["yes", "no"]},
        "goals": {
            "model": "single-choice",
            "data": "wide.csv",
            "areas": "q_{area}",
            "population": "sex",
        },
        "conflict": {"model": "mutually-exclusive"},
    }
    with pytest.raises(bm.DataError) as error:
        bm.read_areas(written(tmp_path, stated))
    said = str(error.value)
    assert "wide.csv, columns 'q_tax', 'q_roads': the label 'maybe' in row 4" in said
    assert "wide.csv, column 'sex': the population is empty" in said
    stated["goals"]["weight"] = "w"
    with pytest.raises(bm.DataError, match=r"wide\.csv: there is no column 'w'"):
        bm.read_areas(written(tmp_path, stated))


def test_replicate_weights_are_found_beside_columns_of_areas(tmp_path: Path) -> None:
    lines = ["q_tax,q_roads,problem area,w,rep_1,rep_2,rep_3"]
    for i in range(12):
        answers = ["yes", "no"] if i % 3 else ["no", "yes"]
        lines.append(
            ",".join([*answers, f"s{i % 2}", "1", *(str(2 * (i // 2 % k > 0)) for k in (2, 3, 4))])
        )
    (tmp_path / "wide.csv").write_text("\n".join(lines) + "\n")
    answers = bm.SingleChoice(
        str(tmp_path / "wide.csv"),
        population="problem area",
        weight="w",
        replicates={"columns": "rep_*", "method": "BRR"},
    )
    area = bm.ProblemArea("x", ["yes", "no"])
    study = bm.AreasStudy.of(area, answers, bm.MutuallyExclusive(), areas="q_*")
    assert (study.populations, study.areas) == (("s0", "s1"), ("q_tax", "q_roads"))
    goals = study.parts[0].study.goals
    assert goals.source == "wide.csv"
    assert goals.design is not None
    assert "3 replicate weights" in goals.design.method
