"""What a command is doing, in one line of a terminal."""

import os
import re
import select
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bayes_misalign.inference import progress
from bayes_misalign.start.examples import copy_example
from bayes_misalign.terminal import talk


def test_stages_take_the_place_of_each_other(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "40")
    with talk.working("reading"):
        pass
    with talk.working("drawing"):
        progress.say("compiling the model (it took 7 s the last time on this machine)")
        progress.say(f"{progress.NOTE}what was kept cannot be used\x1b[2J")
        with progress.OneLine() as line:
            line.update([SimpleNamespace(finished_draws=0, total_draws=200)])
    said = capsys.readouterr().err
    lines = [text.strip() for text in said.split("\r") if text.strip()]
    assert lines == [
        "reading ...",
        "drawing ...",
        "compiling the model (it took 7 s the la",  # what is longer could not be written over
        "Note: what was kept cannot be used\\x1b[2J.",
        "sampling: 0 of 200 draws",
    ]
    assert said.count("\n") == 1, "only what stays has a line of its own"
    written_over = [text for text in re.split("[\r\n]", said) if not text.startswith("Note")]
    assert max(map(len, written_over)) <= 39
    assert re.search(r"\r +\r$", said), "it is gone at the end"


def test_a_log_gets_lines_without_what_writes_over_them(capsys: pytest.CaptureFixture[str]) -> None:
    with talk.working("reading"):
        progress.say("compiling the model (10 to 60 seconds)")
        progress.say(f"{progress.NOTE}it is not kept")
    assert capsys.readouterr().err == (
        "compiling the model (10 to 60 seconds) ...\nNote: it is not kept.\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
@pytest.mark.parametrize(
    ("name", "stages"),
    [
        ("nonvoters", ["reading", "drawing", "report"]),
        pytest.param(
            "simulated-judges",
            ["reading", "drawing", "compiling", "sampling", "weighing", "report"],
            marks=pytest.mark.slow,
        ),
    ],
)
def test_every_study_tells_its_stages_on_a_terminal(
    tmp_path: Path, name: str, stages: list[str]
) -> None:
    path = copy_example(name, tmp_path / "it")
    own, terminal = os.openpty()
    command = [sys.executable, "-m", "bayes_misalign", "fit", str(path), "--no-figures"]
    going = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=terminal,
        env={**os.environ, "COLUMNS": "100", "BAYES_MISALIGN_CACHE": "off"},
    )
    os.close(terminal)
    said = b""
    try:
        while going.poll() is None or select.select([own], [], [], 0)[0]:
            if select.select([own], [], [], 0.2)[0]:
                said += os.read(own, 65536)
    except OSError:  # the other end is closed
        pass
    finally:
        os.close(own)
    assert going.wait(300) == 0
    text = said.decode()
    assert "\n" not in text
    found = [line.split()[0].strip(":.") for line in text.split("\r") if line.strip()]
    assert list(dict.fromkeys(found)) == stages
    assert re.search(r"\r +\r$", text)
