"""docs/how-to/logs.md: its studies can be read, and its columns are those of a log."""

import re
import tomllib
from pathlib import Path

import tomli_w

from bayes_misalign.errors import Problems
from bayes_misalign.study.toml import read_study
from bayes_misalign.tables import open_table
from tests.fixes import BASE
from tests.logs import log_eval, samples, whole, zipped

PAGE = (Path(__file__).parents[1] / "docs" / "how-to" / "logs.md").read_text("utf-8")
RUNS = {(f"q{i}", epoch): "AB"[(i + epoch) % 3 == 0] for i in range(4) for epoch in (1, 2)}


def test_the_lines_of_the_page_are_a_study(tmp_path: Path) -> None:
    found = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert len(found) == 2
    (tmp_path / "logs").mkdir()
    for model in ("one", "two"):
        (tmp_path / "logs" / f"{model}.eval").write_bytes(log_eval(RUNS, model=model))
    texts = ["Answer: yes", "My answer: No.", "I can't say", "I cannot choose"]
    said = [
        {**one, "output": {"completion": text}}
        for one, text in zip(samples(RUNS), texts * 2, strict=True)
    ]
    (tmp_path / "logs" / "run.eval").write_bytes(zipped(whole(said)))
    counted = []
    for number, text in enumerate(found):
        path = tmp_path / f"{number}.toml"
        path.write_text(tomli_w.dumps({**BASE, **tomllib.loads(text)}), encoding="utf-8")
        study = read_study(path)
        assert not study.goals.cautions
        counted.append(study.goals)
    assert counted[0].populations == ("one", "m/one", "two")
    assert counted[1].counts.tolist() == [[2, 2]]
    assert counted[1].not_answers == {"refused": [4]}


def test_every_column_of_a_log_is_on_the_page(tmp_path: Path) -> None:
    run = {"model_args": {"x": 1}, "task_args": {"x": 1}, "metadata": {"x": 1}}
    run["model_generate_config"] = {"x": 1}
    more = {"uuid": "u", "limit": {"type": "token"}, "metadata": {"x": 1}}
    found = samples(RUNS, ["NAME"], **more)
    found[2]["output"]["choices"] = [{"stop_reason": "stop"}]
    found[0]["error"], found[1]["invalidation"] = {"message": "no"}, {"author": "me"}
    (tmp_path / "a.eval").write_bytes(zipped(whole(found, **run)))
    table = open_table(tmp_path / "a.eval", None, Problems())
    assert table is not None
    rows = PAGE.split("| column |")[1].split("\n\n")[0]
    named = re.findall(r"`([^`]+)`", rows)
    assert set(named) - {"config.temperature"} == set(table.columns)
