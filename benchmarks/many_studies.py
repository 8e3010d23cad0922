"""Many exact studies: what `fit_many` takes beside the draws themselves, and with which executor.

uv run python benchmarks/many_studies.py
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
from common import publish, table, verdict

import bayes_misalign as bm
from bayes_misalign.inference import draw_blocks

STUDIES, ROUNDS = 1_000, 3
AREA = bm.ProblemArea("choice", goals=["a", "b", "c"], no_goal=["none"])
MOST = 10.0  # seconds over the draws' own time


def studies(number: int) -> list[bm.Study]:
    rng, made = np.random.default_rng(1), []
    for i in range(number):
        answers_of = {
            "goal": ["a", "b", "c", "none"] * 2,
            "who": ["u"] * 4 + ["v"] * 4,
            "n": rng.integers(5, 200, 8),
        }
        answers = bm.SingleChoice(answers_of, goal="goal", population="who", count="n")
        made.append(bm.Study.of(AREA, answers, bm.MutuallyExclusive(), name=f"study {i}"))
    return made


def draws_alone(every: list[bm.Study]) -> None:
    """Draw goals and conflict of each study, posterior and prior, and nothing else."""
    for study in every:
        total = study.fitting.chains * study.fitting.draws
        for prior in (False, True):
            draw_blocks.draw_goals(study, total, prior=prior)
            draw_blocks.draw_conflict(study, total, prior=prior)


def both(what: Callable[[], Any]) -> tuple[float, float]:
    """Return CPU seconds of this process, and seconds by the clock."""
    cpu, wall = time.process_time(), time.perf_counter()
    what()
    return time.process_time() - cpu, time.perf_counter() - wall


def main() -> None:
    every = studies(STUDIES)
    bm.fit(every[0])
    rounds = []
    for _ in range(ROUNDS):
        alone = both(lambda: draws_alone(every))
        in_turn = both(lambda: bm.fit_many(every).check())
        context = multiprocessing.get_context("forkserver")
        with ProcessPoolExecutor(2, context) as executor:
            bm.fit_many(every[:4], executor=executor).check()  # workers are there, and warm
            by_two = both(lambda: bm.fit_many(every, executor=executor).check())
        rounds.append((alone, in_turn, by_two))
    middle = np.median(np.array(rounds), axis=0)
    over = float(np.median([r[1][0] - r[0][0] for r in rounds]))
    rows = [
        ["draws alone, no study", f"{middle[0][0]:.1f} s", f"{middle[0][1]:.1f} s", "", ""],
        [
            "`fit_many`, in this process",
            f"{middle[1][0]:.1f} s",
            f"{middle[1][1]:.1f} s",
            f"{over:.1f} s",
            f"<= {MOST:.0f} s: {verdict(over <= MOST)}",
        ],
        [
            "`fit_many`, `ProcessPoolExecutor(2)`",
            f"{middle[2][0]:.1f} s in this process",
            f"{middle[2][1]:.1f} s",
            "",
            "",
        ],
    ]
    publish(
        "many_studies",
        f"{STUDIES:,} studies of two populations and three goals beside none, 4,000 draws each; "
        f"median of {ROUNDS} rounds taken in turn.",
        table(["what", "CPU", "clock", "CPU over the draws alone", "target"], rows),
    )


if __name__ == "__main__":
    main()
