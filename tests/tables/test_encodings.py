"""Every encoding that Python knows, or does not, on contents that it may not fit."""

import encodings
import pkgutil
import random
from pathlib import Path

import pytest

from bayes_misalign.errors import Problems
from bayes_misalign.tables import open_table
from bayes_misalign.tables.form import TableForm

KNOWN = sorted(module.name for module in pkgutil.iter_modules(encodings.__path__))
OTHERS = ["rot13", "utf-16", "utf-32", "UTF_16", "hex", "", "a\0b", "x" * 5_000, "\udcff"]
_RNG = random.Random(20_220_601)
CONTENTS = (
    b"goal\na\nb\n",
    b"goal\n\xff\xfe\x00",
    "goal\na\nb\n".encode("utf-16-le"),
    b"+AAA-\n\\x4",
    _RNG.randbytes(60),
    b"goal\n" + _RNG.randbytes(60),
    b"xn--a.b\n",
    b"\x1b$B\n",
    b"goal,goal,goal,\n" * 10,
    "goal\né\n".encode(),
)


def problems_with(folder: Path, content: bytes, encoding: str) -> list[str]:
    path = folder / "a.csv"
    path.write_bytes(content)
    problems = Problems()
    table = open_table(path, ("goal",), problems, form=TableForm(encoding))
    if table is not None:
        list(table)
    return [str(problem) for problem in problems]


def test_no_encoding_ends_in_another_error(tmp_path: Path) -> None:
    assert len(KNOWN) > 100
    for encoding in (*KNOWN, *OTHERS):
        for content in CONTENTS:
            found = problems_with(tmp_path, content, encoding)
            assert all("\n" not in one for one in found), encoding


@pytest.mark.parametrize("encoding", ["rot13", "base64", "zlib", "hex", "undefined", "nonsense"])
def test_what_is_no_encoding_of_texts_is_refused(encoding: str, tmp_path: Path) -> None:
    (said,) = problems_with(tmp_path, b"goal\na\nb\n", encoding)
    assert f"there is no text encoding '{encoding}'" in said


@pytest.mark.parametrize("name", ["utf-16", "UTF16", "utf-32"])
def test_an_order_of_bytes_that_nobody_states_is_asked_for(name: str, tmp_path: Path) -> None:
    content = "goal\na\nb\n".encode("utf-16-le")
    (said,) = problems_with(tmp_path, content, name)
    assert "byte order mark" in said
    assert f"{name.lower().replace('f1', 'f-1')}-le" in said
    assert problems_with(tmp_path, content, "utf-16-le") == []
    assert problems_with(tmp_path, "goal\na\nb\n".encode("utf-16"), name) == []
