"""docs/tables.md names keys that there are, and each of its lines of TOML is one."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import bayes_misalign as bm
from bayes_misalign.reading.declared import TableDeclared

PAGE = Path(__file__).parents[1] / "docs" / "tables.md"


def test_lines_of_toml_state_fields_of_declarations() -> None:
    text = "\n".join(re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    lines = [line for line in text.splitlines() if "=" in line and not line.startswith("model")]
    kinds = (bm.SingleChoice, bm.NoisyLabels, bm.Rated, bm.Judged)
    known = {field.name for kind in kinds for field in fields(kind)}
    stated = {key for line in lines for key in tomllib.loads(line)}
    assert stated <= known
    assert len(lines) > 10


def test_every_key_of_a_table_is_on_the_page() -> None:
    text, kind = PAGE.read_text("utf-8"), TableDeclared
    missing = [field.name for field in fields(kind) if f"{field.name} =" not in text]
    assert missing == []
