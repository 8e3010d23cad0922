"""The command line as a user meets it: exit status, messages, and what lies on disk afterwards."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bayes_misalign import cli
from bayes_misalign.contract.registry import BUILT_IN

EXAMPLES = Path(__file__).parents[1] / "examples"
STUDY = """
[problem_area]
name = "vote"
goals = ["stay", "leave"]
no_goal = ["unsure"]
not_answers = ["refused"]

[goals]
model = "single-choice"
data = "answers.csv"
goal = "answer"
population = "region"
weight = "w"

[conflict]
model = "mutually-exclusive"
"""
ANSWERS = "region,answer,w\nnorth,stay,1\nnorth,leave,2\nsouth,stay,1.5\nsouth,unsure,1\n"


class Run:
    """One call of the command line."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys, self.monkeypatch = capsys, monkeypatch

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        self.monkeypatch.setattr(sys, "argv", ["bayes-misalign", *map(str, arguments)])
        status = 0
        try:
            cli.main()
        except SystemExit as stop:
            status = int(stop.code or 0)
        out, err = self.capsys.readouterr()
        return status, out, err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    return Run(capsys, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "answers.csv").write_text(ANSWERS, encoding="utf-8")
    return tmp_path


def edited(folder: Path, old: str, new: str) -> Path:
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def refused(run: Run, folder: Path, *arguments: object) -> str:
    """Run `fit`, see it refused with nothing written and no traceback, and return its message."""
    before = sorted(folder.rglob("*"))
    status, out, err = run("fit", folder / "study.toml", *arguments)
    assert status == 2, (status, out, err)
    assert "Traceback" not in out + err
    assert sorted(folder.rglob("*")) == before
    return err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('goal = "answer"', 'goal = "anser"', ["'anser'", "did you mean 'answer'"]),
        ('weight = "w"', 'wieght = "w"', ["unknown key 'wieght'", "did you mean 'weight'"]),
        ("[goals]", "[goal]", ["unknown key 'goal'", "did you mean 'goals'"]),
        ('"single-choice"', '"single-chioce"', ["did you mean 'single-choice'"]),
        ('"mutually-exclusive"', '"exclusive"', ["'mutually-exclusive'"]),
        ('model = "single-choice"\n', "", ["[goals]", "no model is named", "\n    noisy-labels: "]),
        ('"answers.csv"', '"answer.csv"', ["answer.csv", "did you mean 'answers.csv'"]),
        ('"leave"]', '"Stay"]', ["differ only by case", "'stay'", "'Stay'"]),
        ('"stay", "leave"', '"stay"', ["'leave'", "row 3", "not_answers"]),
        ('name = "vote"', "name = 3", ["[problem_area] name", "a text between quotes"]),
        ('weight = "w"', 'weight = "w"\nprior = "flat"', ["no prior of shares called 'flat'"]),
        ('weight = "w"', 'weight = "w"\npopulation_size = 1', ["population_size"]),
        ('"mutually-exclusive"', '"fixed"\npairs = []', ["stay", "leave", "unnamed_pairs"]),
    ],
)
def test_a_wrong_study_is_refused(
    run: Run, folder: Path, old: str, new: str, said: list[str]
) -> None:
    edited(folder, old, new)
    message = refused(run, folder)
    for words in said:
        assert words in message


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ('[populations]\nshares = "sizes"', "population_size"),
        ("[populations.shares]\nnorth = 0.5\nsuth = 0.5", "did you mean 'south'"),
        ("[populations.shares]\nnorth = 0.5\nsouth = 0.9", "sum to 1.4"),
        ('[populations]\ncontrasts = [["north", "east"]]', "no population 'east'"),
        ("[report]\nmass = 95", "between 0 and 1"),
        ('[report]\nkind = "hpd"', "'eti' or 'hdi'"),
        ('[report]\nagents = "different"', "population size"),
        ("[report]\nthreshold = 2", "[report]: a threshold of P(ma) lies in [0, 1], not 2"),
        ('[report]\nnoun = "mice"', 'state singular and plural, as in noun = ["mouse", "mice"]'),
        ('[report]\nheadline = "nroth"', "did you mean 'north'"),
        ("[fit]\nseed = -1", "seed is at least 0"),
        ("[fit]\ndrwas = 100", "did you mean 'draws'"),
        ('[fit]\nmethod = "mcmc"', "'auto', 'exact' or 'nuts'"),
        ("[fit", "not valid TOML"),
        ("[goals]\nmodel = 1", "not valid TOML"),
    ],
)
def test_wrong_choices_are_refused(run: Run, folder: Path, extra: str, said: str) -> None:
    path = folder / "study.toml"
    path.write_text(STUDY + "\n" + extra + "\n", encoding="utf-8")
    assert said in refused(run, folder)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("", ["answers.csv", "empty"]),
        ("region,answer,w\n", ["no responses"]),
        (
            "region,answer,w\nnorth,stay,-1\nnorth,leave,nan\nnorth,stay,inf\nnorth,stay,heavy\n",
            ["row 2", "row 3", "row 4", "row 5", "-1", "heavy"],
        ),
        ("region,answer,w\nnorth,stay,0\nnorth,leave,0\n", ["all 2 answers", "weight 0"]),
        (
            "region,answer,w\nnorth,stya,1\nnorth,leave,1\n",
            ["'stya'", "row 2", "did you mean 'stay'"],
        ),
        ("region,answer,w\nnorth,stay,1\nNorth,leave,1\n", ["'north'", "'North'"]),
        ("region;answer;w\nnorth;stay;1\n", [";"]),
        ("region,answer,w\nnorth,stay,1,2\n", ["row 2"]),
        ("region,answer,answer\nnorth,stay,1\n", ["'answer'", "2"]),
        ('region,answer,w\nnorth,"stay,1\nnorth,leave,1\n', ["row 2"]),
    ],
)
def test_wrong_data_are_refused(run: Run, folder: Path, rows: str, said: list[str]) -> None:
    (folder / "answers.csv").write_text(rows, encoding="utf-8")
    message = refused(run, folder)
    for words in said:
        assert words in message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04\x00\x00\x00binary\x00\xff\xfe", "answers.csv"),
        ("region,answer,w\nnorth,caf\xe9,1\n".encode("latin-1"), "cp1252"),
    ],
)
def test_binary_and_wrong_encoding_are_refused(
    run: Run, folder: Path, data: bytes, said: str
) -> None:
    (folder / "answers.csv").write_bytes(data)
    assert said in refused(run, folder)


def test_all_problems_come_in_one_pass(run: Run, folder: Path) -> None:
    edited(folder, '"leave"]', '"leave", "abstain "]')
    (folder / "answers.csv").write_text(
        "region,answer,w\n" + "".join(f"north,goal{i},{-i}\n" for i in range(1, 31)),
        encoding="utf-8",
    )
    message = refused(run, folder)
    assert "Error: 60 problems of 2 kinds, nothing was written." in message
    assert "the weight is negative in 30 rows, first rows 2, 3 and 4" in message
    assert "30 labels in 30 rows are in none of the study's lists" in message
    assert message.count("\n") == 3


def test_more_kinds_than_fit_are_counted(run: Run, folder: Path) -> None:
    edited(folder, '"leave"]', '"leave"]\n' + "".join(f"key{i} = 1\n" for i in range(30)))
    message = refused(run, folder)
    assert "Error: 30 problems, nothing was written." in message
    assert message.rstrip().endswith("... and 10 more.")


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ('[{between = ["stay", "leave"], conflict = 1.2}]', "1.2"),
        ('[{between = ["stay", "stay"], conflict = 0.2}]', "itself"),
        ('[{between = ["stay", "laeve"], conflict = 0.2}]', "did you mean 'leave'"),
        (
            '[{between = ["stay", "leave"], conflict = 0.2},'
            ' {between = ["stay", "leave"], conflict = 0.2}]',
            "twice",
        ),
    ],
)
def test_wrong_conflict_is_refused(run: Run, folder: Path, pairs: str, said: str) -> None:
    edited(folder, 'model = "mutually-exclusive"', f'model = "fixed"\npairs = {pairs}')
    assert said in refused(run, folder)


def test_an_asymmetric_matrix_is_refused(run: Run, folder: Path) -> None:
    matrix = 'model = "fixed"\nmatrix = [[0, 0.4], [0.6, 0]]'
    edited(folder, 'model = "mutually-exclusive"', matrix)
    message = refused(run, folder)
    assert "0.4" in message
    assert "0.6" in message


def test_a_missing_study_is_refused(run: Run, folder: Path) -> None:
    status, _, err = run("fit", folder / "missing.toml")
    assert status == 2
    assert "study.toml" in err


def test_check_fits_nothing(run: Run, folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    status, out, _ = run("check", folder / "study.toml")
    assert status == 0
    assert sorted(folder.rglob("*")) == before
    for words in ("north", "south", "stay", "leave", "mutually-exclusive", "matched"):
        assert words in out


def test_fit_writes_everything(run: Run, folder: Path) -> None:
    status, out, err = run("fit", folder / "study.toml", "--seed", 3)
    assert status == 0, err
    results = folder / "study-results"
    names = {str(p.relative_to(results)) for p in results.rglob("*") if p.is_file()}
    assert {"posterior.nc", "report.html", "report.md", "summary.json", "manifest.json"} <= names
    assert "tables/misalignment.csv" in names
    summary = json.loads((results / "summary.json").read_text(encoding="utf-8"))
    assert summary["trustworthy"] is True
    assert summary["seed"] == 3
    (area,) = summary["problem_areas"]
    north = area["populations"][0]
    assert north["name"] == "north"
    assert north["n"] == 2
    # by hand: weights 1 and 2 with scales 31/19 and 34/20, squares of P(ma)'s slopes 4 to 1
    design_effect = 2 / 3 * (1 * 31 / 19 * 4 + 2 * 34 / 20) / (1 * 4 + 2)
    assert north["n_effective"] == pytest.approx(2 / design_effect)
    low, high = north["misalignment"]["interval"]
    assert 0 <= low < north["misalignment"]["mean"] < high <= 0.5
    assert north["misalignment"]["mass"] == 0.95
    assert list(north["proportions"]) == ["stay", "leave", "no goal"]
    assert area["overall"] is not None
    assert "north" in out
    assert "95 %" in out
    status, _, _ = run("fit", folder / "study.toml", "--seed", 3)
    assert status == 0, "a folder that the package wrote is replaced"


def test_fit_does_not_replace_what_it_did_not_write(run: Run, folder: Path) -> None:
    mine = folder / "study-results" / "thesis.tex"
    mine.parent.mkdir()
    mine.write_text("years of work")
    assert "--force" in refused(run, folder)
    assert mine.read_text() == "years of work"


def test_report_from_a_saved_posterior(run: Run, folder: Path, tmp_path: Path) -> None:
    run("fit", folder / "study.toml", "--no-figures")
    saved = folder / "study-results" / "posterior.nc"
    for name in ("again.html", "again.md"):
        status, out, err = run("report", saved, "--out", tmp_path / name)
        assert status == 0, err
        assert "north" in out
        assert "north" in (tmp_path / name).read_text(encoding="utf-8")
    for kind in ("md", "qmd"):
        status, out, err = run("report", saved.parent, "--to", kind)
        assert status == 0, err
        written = saved.parent / f"posterior-report.{kind}"
        assert f"Written: {written}" in out
        assert written.is_file()
    status, _, err = run("report", saved, "--to", "docx", "--out", tmp_path / "again.md")
    assert status == 2
    assert "--to asks for docx" in err
    flipped = bytearray(saved.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    saved.write_bytes(flipped)
    status, _, err = run("report", saved)
    assert status == 2
    assert "posterior.nc" in err


def test_models(run: Run) -> None:
    status, out, _ = run("models")
    assert status == 0
    for name in BUILT_IN:
        assert name in out
        status, card, _ = run("models", name)
        assert status == 0
        assert card.startswith("# ")
    status, _, err = run("models", "jugded")
    assert status == 2
    assert "did you mean 'judged'" in err


def test_simulate_makes_data_with_known_truth(run: Run, folder: Path) -> None:
    edited(
        folder,
        'model = "mutually-exclusive"',
        'model = "judged"\npairs = [{between = ["stay", "leave"], yes = 30, no = 10}]',
    )
    status, out, err = run("simulate", folder / "study.toml", "--seed", 4, "--agents", 4000)
    assert status == 0, err
    made = folder / "study-simulated"
    truth = json.loads((made / "truth.json").read_text(encoding="utf-8"))
    assert "simulated" in out.lower()
    with (made / "answers.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["count"]) for row in rows if row["population"] == "north") == 4000
    status, _, err = run("fit", made / "study.toml", "--no-figures")
    assert status == 0, err
    summary = json.loads((made / "study-results" / "summary.json").read_text(encoding="utf-8"))
    for population in summary["problem_areas"][0]["populations"]:
        shares = truth["proportion"][population["name"]]
        for goal, share in shares.items():
            assert population["proportions"][goal]["mean"] == pytest.approx(share, abs=0.04)


@pytest.mark.usefixtures("heard")
def test_an_interrupted_fit_leaves_what_was_there(folder: Path) -> None:
    results = folder / "study-results"
    command = [sys.executable, "-m", "bayes_misalign", "fit", str(folder / "study.toml")]
    subprocess.run([*command, "--no-figures"], check=True, capture_output=True)
    before = {p: p.read_bytes() for p in results.rglob("*") if p.is_file()}
    # a NUTS fit that is compiled takes seconds, so that the signal arrives while it runs
    going = subprocess.Popen(
        [*command, "--method", "nuts"],
        env={**os.environ, "BAYES_MISALIGN_CACHE": "off"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert going.stderr is not None
    assert "compiling" in going.stderr.readline()
    time.sleep(1)
    os.kill(going.pid, signal.SIGINT)
    _, err = going.communicate(timeout=120)
    assert going.returncode == 130, err
    assert "Interrupted" in err
    assert {p: p.read_bytes() for p in results.rglob("*") if p.is_file()} == before
    assert sorted(p.name for p in folder.iterdir() if "result" in p.name) == ["study-results"]


def test_an_unconverged_fit_says_so_first_and_withholds(run: Run, folder: Path) -> None:
    few = ("--method", "nuts", "--draws", 15, "--no-figures")
    # compiled in a third of the time that the default prior takes
    study = edited(folder, 'weight = "w"', 'weight = "w"\nprior = { concentration = 2.0 }')
    status, out, _ = run("fit", study, *few)
    assert status == 3
    assert "not converged" in out.splitlines()[0].lower()
    results = folder / "study-results"
    summary = json.loads((results / "summary.json").read_text(encoding="utf-8"))
    assert summary["trustworthy"] is False
    north = summary["problem_areas"][0]["populations"][0]
    assert north["misalignment"]["mean"] is None
    assert north["misalignment"]["interval"] is None
    assert north["n"] == 2
    assert "withheld" in (results / "report.md").read_text(encoding="utf-8")
    shown = ("--allow-unconverged", "--out", folder / "r.md")
    status, out, _ = run("report", results / "posterior.nc", *shown)
    assert status == 3
    assert "withheld" not in out


QUICK = (
    "nonvoters/study.toml",
    "eu-referendum/study.toml",
    "eu-referendum/voters.toml",
    "games-human-ai/study.toml",
    "games-human-ai/propose.toml",
    "games-human-ai/accept.toml",
    "german-parties/study.toml",
    "drawn/study.toml",
    "gm-foods/study.toml",
    "ai-experts/study.toml",
    "moral-machine/study.toml",
    "moral-machine/strengths.toml",
    "french-approval/study.toml",
    "debian-leader/study.toml",
    "karate-club/study.toml",
    "karate-club/sample.toml",
    "nonvoters/experts.toml",
)
# compiled and sampled, and so fitted once, each by a test of its own
SAMPLED = (
    "anaesthetists/study.toml",
    "chile-1988/study.toml",
    "chile-1988/guesses.toml",
    "eu-referendum-sample/study.toml",
    "iraq-vote/study.toml",
    "senators/study.toml",
    "games-human-ai/goals.toml",
    "simulated-behaviour/study.toml",
    "simulated-judges/study.toml",
    "us-parties/study.toml",
)


OF_AREAS = (  # of several problem areas
    "polis/study.toml",
    "moral-machine/dilemmas.toml",
    *(f"quantifying-misalignment/{x}.toml" for x in ("study", "shopping", "simulations")),
)


@pytest.mark.parametrize("name", [*QUICK, *SAMPLED, *OF_AREAS])
def test_examples_are_sound(run: Run, name: str) -> None:
    status, out, err = run("check", EXAMPLES / name)
    assert status == 0, err
    one = dict.fromkeys(("study", "dilemmas"), "the study can be fitted, with 1 caution")
    said = {f"moral-machine/{name}.toml": text for name, text in one.items()}
    assert said.get(name, "the study is sound, nothing was fitted") in " ".join(out.split())


def test_no_example_is_left_out() -> None:
    found = {str(path.relative_to(EXAMPLES)) for path in EXAMPLES.glob("*/*.toml")}
    assert found == {*QUICK, *SAMPLED, *OF_AREAS}


@pytest.mark.slow
def test_ranges_of_three_people_leave_more_open_than_the_survey(run: Run, tmp_path: Path) -> None:
    copy = shutil.copytree(EXAMPLES / "nonvoters", tmp_path / "copy")
    status, _, err = run("fit", copy / "experts.toml", "--no-figures")
    assert status == 0, err
    text = (copy / "experts-results" / "summary.json").read_text(encoding="utf-8")
    found = json.loads(text)["problem_areas"][0]
    assert found["attribution"]["overall"]["conflict"] > 0.99
    low, high = found["overall"]["misalignment"]["interval"]
    assert (low, high) == (pytest.approx(0.08, abs=0.02), pytest.approx(0.30, abs=0.02))


@pytest.mark.parametrize("name", QUICK)
def test_examples_run(run: Run, name: str, tmp_path: Path) -> None:
    copy = tmp_path / "example"
    shutil.copytree((EXAMPLES / name).parent, copy)
    status, _, err = run("fit", copy / Path(name).name, "--no-figures")
    assert status == 0, err
    results = copy / f"{Path(name).stem}-results"
    summary = json.loads((results / "summary.json").read_text(encoding="utf-8"))
    overall = summary["problem_areas"][0]["overall"]
    if name.startswith("eu-referendum"):
        exact = {"study": 0.259943, "voters": 0.499284}[Path(name).stem]
        assert overall["misalignment"]["mean"] == pytest.approx(exact, abs=5e-7)
        assert overall["misalignment"]["sd"] == 0
