"""How far simulated studies have come, and where no more of them are worth their time."""

import time
from typing import Any

import numpy as np
import pytest

from bayes_misalign.contract.measured import Measurement
from bayes_misalign.inference import plan_progress, progress
from bayes_misalign.inference.plan import Asked, Block
from bayes_misalign.inference.plan_aims import Aim, Decision, Width
from bayes_misalign.inference.planned import Size
from bayes_misalign.settings import Interval


def test_studies_are_counted_with_the_time_that_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    clock = iter((9.0, 10.0, 12.0, 13.0))  # of the begin, and of the first three
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    given = iter("abcd")
    found = list(plan_progress.followed(given, "simulating", 4, progress.say))
    progress.show("")
    assert found == list("abcd")
    said = capsys.readouterr().err
    assert "simulating: 1 of 4\r" in said
    assert "simulating: 2 of 4, about 4 s left\r" in said
    assert "simulating: 3 of 4, about 2 s left\r" in said
    assert "4 of 4" not in said


def test_a_log_says_what_is_simulated_and_what_came_of_it() -> None:
    said: list[str] = []
    assert list(plan_progress.followed(iter("ab"), "simulating", 2, said.append)) == ["a", "b"]
    assert said == ["simulating"]
    text = plan_progress.said_of(16, "raters", "mean width", 0.1234, time.monotonic() - 31)
    assert text == "note: 16 raters: mean width 0.123, after 31 s"
    assert plan_progress.left(1, 4, time.monotonic()) == ""
    assert plan_progress.left(3, 5, time.monotonic() - 10) == ", about 10 s left"


class Made(Block):
    """Studies whose average is known."""

    tried: list[int]

    def at(self, number: int) -> Size:
        self.tried.append(number)
        average = np.sqrt(0.2**2 + 0.3**2 / number)
        return Size("raters", number, "", float(average), 0.0)


def tried(aim: Aim, now: int) -> tuple[list[int], str]:
    asked = Asked(aim, ("",), lambda p: p)
    measurement = Measurement("raters", now, tells_all=False)
    none: Any = None
    block = Made(none, asked, none, measurement, 12, True, 1, 0, lambda text: None)
    block.tried = []
    return block.tried, block.kind(None).needed_text


def test_no_more_are_simulated_where_doubling_gains_too_little() -> None:
    interval = Interval(0.9, "eti")
    # from 3 to 6 a width falls from 0.265 to 0.235: by as much again twice it is 0.175 at most
    assert tried(Width(0.16, interval), 3) == ([3, 6], "more than 24")
    # what twice as much again could reach is tried
    assert tried(Width(0.18, interval), 3) == ([3, 6, 12], "more than 24")
    assert tried(Width(0.23, interval), 3)[0] == [3, 6, 12]
    # parts of studies that decide may rise slowly first
    assert not Decision(0.3).out_of_reach(0.2, 0.01, 2)
