"""The data on which the model of noisy labels was introduced: five anaesthetists, 45 patients.

They are an example too, and so they are fitted as a user would: by the command, once.
"""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import bayes_misalign as bm
from bayes_misalign import cli

EXAMPLE = Path(__file__).parents[3] / "examples" / "anaesthetists"
# Dawid and Skene, Applied Statistics 28 (1979): shares of the four classes by maximum likelihood
PUBLISHED = (0.40, 0.42, 0.11, 0.07)


@pytest.mark.slow
def test_class_shares_are_near_the_published_ones(tmp_path: Path) -> None:
    study = shutil.copytree(EXAMPLE, tmp_path / "example") / "study.toml"
    ask = ["fit", str(study), "--seed", "1", "--agents", "--no-figures"]
    done = CliRunner().invoke(cli.app, ask)
    assert done.exit_code == 0, done.output
    results = study.parent / "study-results"
    posterior = bm.load(results / "posterior.nc")
    assert posterior.diagnosis.state == "ok", posterior.diagnosis.reasons
    assert posterior.identification is not None
    assert posterior.identification.basis == "repeated reports"
    shares = posterior.proportions()["all"]
    for estimate, published in zip(shares.values(), PUBLISHED, strict=True):
        low, high = estimate.interval
        assert low < published < high
        assert abs(estimate.mean - published) < 0.06
    agreement = posterior.agreement()
    assert agreement is not None
    assert not agreement.odd
    goals = posterior.agent_goals(bm.NoisyLabels(**declared()), EXAMPLE)
    assert len(goals) == 45
    # patient 11 was put into class 4 by everybody, at every reading
    assert goals["11"]["class 4"] > 0.95
    assert np.isclose(sum(goals["3"].values()), 1)
    with (results / "tables" / "agents.csv").open(encoding="utf-8") as file:
        written = {row["agent"]: row for row in csv.DictReader(file)}
    assert float(written["11"]["P(class 4)"]) == goals["11"]["class 4"]
    summary = json.loads((results / "summary.json").read_text(encoding="utf-8"))
    (everybody,) = summary["problem_areas"][0]["populations"]
    assert everybody["misalignment"]["mean"] == posterior.misalignment()["all"].mean


def declared() -> dict[str, object]:
    codes = {str(i): f"class {i}" for i in range(1, 5)}
    columns = {"agent": "patient", "rater": "anaesthetist", "label": "label"}
    return {"data": "labels.csv", "occasion": "occasion", "codes": codes, **columns}
