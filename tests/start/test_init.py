"""`init`: from a table to a study file that `check` finds sound, and what it refuses."""

import csv
import os
import pty
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import bayes_misalign as bm
from tests.test_cli import EXAMPLES, Run

HEADER = ["respondent_id", "region", "age", "vote", "w"]
ROWS = [
    [
        i + 1,
        ("north", "south")[i % 2],
        20 + i,
        ("Green", "Blue", "Blue", "Unsure", "Refused")[i % 5],
        0.5 + i % 3,
    ]
    for i in range(60)
]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    return Run(capsys, monkeypatch)


def write(name: str, header: Sequence[Any], rows: Sequence[Sequence[Any]], **how: Any) -> None:
    with Path(name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, **how).writerows([header, *rows])


def stated(path: str = "study.toml") -> dict[str, Any]:
    return tomllib.loads(Path(path).read_text(encoding="utf-8"))


def test_a_survey_is_proposed_whole(run: Run) -> None:
    write("votes.csv", HEADER, ROWS)
    status, out, err = run("init", "votes.csv", "--yes")
    assert status == 0, err
    study = stated()
    assert study["problem_area"] == {
        "name": "vote",
        "goals": ["Blue", "Green"],
        "no_goal": ["Unsure"],
        "not_answers": ["Refused"],
    }
    assert study["goals"] == {
        "model": "single-choice",
        "data": "votes.csv",
        "goal": "vote",
        "population": "region",
        "weight": "w",
        "respondent": "respondent_id",
    }
    assert study["conflict"] == {"model": "mutually-exclusive"}
    assert "Not used: the column 'age'" in out
    assert "Assumed: any two different goals conflict" in out
    assert "the study is sound, nothing was fitted" in out
    assert run("check", "study.toml")[0] == 0
    assert "# " in Path("study.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("flags", "changed"),
    [
        (("--weight", "", "--population", ""), {"weight": None, "population": None}),
        (("--goal", "region"), {"goal": "region"}),
        (("--id", ""), {"respondent": None}),
        (("--population", "region", "--population", "age"), {"population": ["region", "age"]}),
    ],
)
def test_flags_answer_questions(run: Run, flags: tuple[str, ...], changed: dict[str, Any]) -> None:
    write("votes.csv", HEADER, ROWS)
    status, _, err = run("init", "votes.csv", "--yes", *flags)
    assert status == 0, err
    goals = stated()["goals"]
    assert {key: goals.get(key) for key in changed} == changed


def test_answers_and_conflict_are_stated_by_flags(run: Run) -> None:
    write("votes.csv", HEADER, ROWS)
    flags = ("--goal", "vote", "--range", 0.2, 0.7, "--no-goal", "", "--not-answer", "Green")
    status, out, err = run("init", "votes.csv", *flags, "--name", "a vote")
    assert status == 0, err
    study = stated()
    assert study["problem_area"]["name"] == "a vote"
    assert sorted(study["problem_area"]["goals"]) == ["Blue", "Refused", "Unsure"]
    assert study["problem_area"]["not_answers"] == ["Green"]
    assert [pair["range"] for pair in study["conflict"]["pairs"]] == [[0.2, 0.7]] * 3
    assert "weight" not in study["goals"], "nobody said so, nobody was asked"
    assert "it may be the weight, and was not chosen (--weight)" in out


def test_without_a_terminal_nothing_is_guessed(run: Run) -> None:
    write("votes.csv", HEADER, ROWS)
    status, _, err = run("init", "votes.csv")
    assert status == 2
    for words in ("no terminal", "--goal COLUMN", "--exclusive", "--yes"):
        assert words in err
    assert not Path("study.toml").exists()


def test_a_file_is_written_over_with_force_only(run: Run) -> None:
    write("votes.csv", HEADER, ROWS)
    Path("study.toml").write_text("mine", encoding="utf-8")
    status, _, err = run("init", "votes.csv", "--yes")
    assert (status, Path("study.toml").read_text(encoding="utf-8")) == (2, "mine")
    assert "--force" in err
    assert run("init", "votes.csv", "--yes", "--force")[0] == 0
    assert stated()["name"] == "votes"
    Path("link.toml").symlink_to("study.toml")
    assert run("init", "votes.csv", "--yes", "--force", "--out", "link.toml")[0] == 2
    assert [path.name for path in Path().iterdir() if ".part" in path.name] == []


def test_a_table_of_another_country(run: Run) -> None:
    rows = [[("A", "A", "a", "B", "NA")[i % 5], f"1,{i % 9}"] for i in range(40)]
    write("stimmen.csv", ["Choice", "Weight"], rows, delimiter=";")
    status, out, err = run("init", "stimmen.csv", "--yes", "--out", "new/first.toml")
    assert status == 0, err
    goals = stated("new/first.toml")["goals"]
    assert goals["separator"] == ";"
    assert goals["decimal"] == ","
    assert goals["missing"] == ["NA"]
    assert goals["codes"] == {"a": "A"}
    assert goals["data"] == "../stimmen.csv"
    assert "Taken for 'A': 'a'." in out
    study = bm.read_study("new/first.toml")
    assert study.goals.counts.tolist() == [[24, 8]]
    assert study.goals.not_asked.sum() == 8


def test_labels_of_raters(run: Run) -> None:
    labels = [
        [f"q{i}", rater, ("help", "harm")[(i + (rater == "z" and i % 7 == 0)) % 2]]
        for i in range(30)
        for rater in "xyz"
    ]
    write("labels.csv", ["item_id", "annotator", "label"], labels)
    status, _, err = run("init", "labels.csv", "--yes")
    assert status == 0, err
    assert stated()["goals"] == {
        "model": "noisy-labels",
        "data": "labels.csv",
        "label": "label",
        "agent": "item_id",
        "rater": "annotator",
    }


def test_waves_of_a_panel_are_populations(run: Run) -> None:
    rows = [[i, wave, ("yes", "no")[(i + wave) % 3 % 2]] for i in range(20) for wave in (1, 2)]
    write("panel.csv", ["person_id", "wave", "answer"], rows)
    status, _, err = run("init", "panel.csv", "--yes")
    assert status == 0, err
    goals = stated()["goals"]
    assert (goals["population"], goals["respondent"]) == ("wave", "person_id")


def test_a_table_of_counts(run: Run) -> None:
    status, _, err = run("init", EXAMPLES / "nonvoters" / "answers.csv", "--yes", "--out", ".")
    assert status == 0, err
    found, theirs = bm.read_study("study.toml"), bm.example("nonvoters")
    for name in ("counts", "n", "n_effective"):
        mine = dict(zip(found.goals.populations, getattr(found.goals, name), strict=True))
        for population, value in zip(
            theirs.goals.populations, getattr(theirs.goals, name), strict=True
        ):
            assert mine[population] == pytest.approx(value)


def test_hostile_names_give_valid_toml_and_harmless_lines(run: Run) -> None:
    goal, group = 'go"al\\ \n\x1b]0;x', "regi'on\"\t#"
    answers = ('a"b', "c\\d", "e\nf # = [x]")
    write("bad.csv", [goal, group, "weight"], [[answers[i % 3], "ns"[i % 2], 1] for i in range(30)])
    status, out, err = run("init", "bad.csv", "--yes", "--goal", goal, "--population", group)
    assert status == 0, err
    study = stated()
    assert (study["goals"]["goal"], study["goals"]["population"]) == (goal, group)
    assert sorted(study["problem_area"]["goals"]) == sorted(answers)
    text = Path("study.toml").read_text(encoding="utf-8")
    assert "\x1b" not in text + out + err


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--goal", "vot"), "did you mean 'vote'?"),
        (("--goal", "age"), "too many for goals"),
        (("--goal", "vote", "--weight", "vote"), "2 things at once"),
        (("--goal", "vote", "--not-answer", "refused"), "did you mean 'Refused'?"),
        (("--goal", "vote", "--rater", "region", "--id", ""), "--id"),
        (("--range", "0.9", "0.1"), "the lower one first"),
        (("--range", "0.1", "0.9", "--exclusive"), "leave one out"),
    ],
)
def test_wrong_flags_are_refused(run: Run, flags: tuple[str, ...], said: str) -> None:
    write("votes.csv", HEADER, ROWS)
    status, _, err = run("init", "votes.csv", "--yes", *flags)
    assert status == 2
    assert said in err
    assert not Path("study.toml").exists()


def test_a_study_that_is_not_sound_is_said_to_be_so(run: Run) -> None:
    write("votes.csv", HEADER, [*ROWS, [61, "North", 5, "Blue", 1], [62, "north", 5, "Blue", -1]])
    status, out, err = run("init", "votes.csv", "--yes")
    assert status == 2
    assert "is sound" not in out
    assert "It is not sound yet" in out
    assert "'North'" in err
    assert run("check", "study.toml")[0] == 2


def ask(arguments: Sequence[str], answers: str, folder: Path) -> tuple[int, str]:
    """Run a command on a terminal of its own, with all answers typed ahead."""
    here, there = pty.openpty()
    os.write(here, answers.encode())
    command = [sys.executable, "-m", "bayes_misalign", *arguments]
    going = subprocess.Popen(command, stdin=there, stdout=there, stderr=there, cwd=folder)
    os.close(there)
    out = b""
    try:
        while piece := os.read(here, 65536):
            out += piece
    except OSError:  # the other end was closed
        pass
    os.close(here)
    return going.wait(60), out.decode()


def test_questions_are_asked_on_a_terminal(run: Run, tmp_path: Path) -> None:
    del run
    write("votes.csv", HEADER, ROWS)
    typed = ["vot", "4", "-", "", "respondent_id", "3", "-", "maybe", "n", "0.9", "0.2"]
    typed += ["x", "0.3", "0.8"]
    status, out = ask(["init", "votes.csv"], "\n".join(typed) + "\n", tmp_path)
    assert status == 0, out
    assert "There is no column 'vot'. did you mean 'vote'?" in out
    study = stated()
    assert study["goals"]["weight"] == "w"
    assert "population" not in study["goals"]
    assert study["problem_area"]["no_goal"] == ["Unsure"]
    assert sorted(study["problem_area"]["goals"]) == ["Blue", "Green", "Refused"]
    assert study["conflict"]["pairs"][0]["range"] == [0.3, 0.8]
    os.remove("study.toml")
    status, out = ask(["init", "votes.csv"], "\x04", tmp_path)  # nothing more is typed
    assert status == 130
    assert "Interrupted: nothing was written" in out
    assert not Path("study.toml").exists()


def drawn_in_clusters(**more: Any) -> tuple[list[str], list[list[Any]]]:
    """Return a table of a survey that numbers two clusters anew in every stratum."""
    header = ["vote", "SDMVSTRA", "SDMVPSU", "wt", *more]
    rows = [
        [("Blue", "Green", "Blue")[i % 3], 10 + i // 12 % 5, 1 + i // 6 % 2, 1 + i % 4]
        + [of(i) for of in more.values()]
        for i in range(120)
    ]
    return header, rows


def test_the_design_of_a_sample_is_proposed(run: Run) -> None:
    write("survey.csv", *drawn_in_clusters())
    status, out, err = run("init", "survey.csv", "--yes")
    assert status == 0, err
    goals = stated()["goals"]
    assert {k: goals[k] for k in ("weight", "cluster", "strata", "nest")} == {
        "weight": "wt",
        "cluster": "SDMVPSU",
        "strata": "SDMVSTRA",
        "nest": True,
    }
    assert "population" not in goals
    assert "clusters are numbered anew in every stratum" in out
    assert "deff" in out


def test_a_design_is_stated_by_flags_or_left_out(run: Run) -> None:
    write("survey.csv", *drawn_in_clusters(all=lambda i: 40))
    flags = ("--cluster", "", "--strata", "SDMVSTRA", "--fpc", "all", "--force")
    status, _, err = run("init", "survey.csv", "--yes", *flags)
    assert status == 0, err
    goals = stated()["goals"]
    assert (goals["strata"], goals["fpc"]) == ("SDMVSTRA", "all")
    assert "cluster" not in goals
    assert "nest" not in goals
    assert run("init", "survey.csv", "--yes", "--strata", "stratum", "--force")[0] == 2


def test_prompts_that_were_asked_many_times_are_clusters(run: Run) -> None:
    rows = [[f"p{i % 6}", ("stop", "go")[i * i % 7 > 2]] for i in range(120)]
    write("runs.csv", ["prompt", "action_choice"], rows)
    assert run("init", "runs.csv", "--yes")[0] == 0
    goals = stated()["goals"]
    assert (goals["goal"], goals["cluster"]) == ("action_choice", "prompt")


def test_each_agent_in_a_household_of_its_own_is_no_cluster(run: Run) -> None:
    rows = [[i, ("a", "b")[i % 3 > 0]] for i in range(40)]
    write("people.csv", ["household", "vote"], rows)
    assert run("init", "people.csv", "--yes")[0] == 0
    assert "cluster" not in stated()["goals"]


def test_a_weight_is_known_by_the_names_of_its_replicates(run: Run) -> None:
    rows = [[("yes", "no")[i % 3 > 0], *(5 + (i + r) % 4 for r in range(21))] for i in range(60)]
    write("acs.csv", ["vote", "PWGTP", *(f"PWGTP{r + 1}" for r in range(20))], rows)
    assert run("init", "acs.csv", "--yes")[0] == 0
    assert stated()["goals"]["weight"] == "PWGTP"


def test_replicate_weights_are_said_once_with_what_to_state(run: Run) -> None:
    replicates = {f"repwt_{r}": lambda i, r=r: 1 + (i + r) % 3 for r in range(1, 21)}
    write("survey.csv", *drawn_in_clusters(**replicates))
    status, out, err = run("init", "survey.csv", "--yes", "--cluster", "", "--strata", "")
    assert status == 0, err
    lines = [line for line in out.splitlines() if "repwt" in line]
    assert len([line for line in lines if "Not used" in line]) == 1
    assert "repwt_1 to repwt_20" in " ".join(lines)
    text = Path("study.toml").read_text(encoding="utf-8")
    assert 'replicates = { columns = "repwt_*", method = "..." }' in text
    told = text.replace(
        'weight = "wt"', 'weight = "wt"\nreplicates = { columns = "repwt_*", method = "jk1" }'
    )
    Path("study.toml").write_text(told, encoding="utf-8")
    assert run("check", "study.toml")[0] == 0
