"""Simulated studies to disk, with the truth beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.inference.simulate import Simulated
from bayes_misalign.report.folder import replaced_folder
from bayes_misalign.study.write import write_study


def write_simulated(
    simulated: Simulated, folder: str | Path, *, seed: int, force: bool = False
) -> Path:
    """Write a simulated study, its data and the truth as one folder."""
    with replaced_folder(folder, force=force, about={"simulated": True, "seed": seed}) as fresh:
        name = write_study(simulated.study, fresh).name
        text = json.dumps(_truth(simulated, seed), ensure_ascii=False, indent=1, allow_nan=False)
        (fresh / "truth.json").write_text(text + "\n", encoding="utf-8")
    return Path(folder) / name


def _truth(simulated: Simulated, seed: int) -> dict[str, Any]:
    goals = simulated.study.goals
    place = {name: i for i, name in enumerate(simulated.study.conflict.categories)}
    return {
        "simulated": True,
        "seed": seed,
        "misalignment": dict(zip(goals.populations, simulated.misalignment.tolist(), strict=True)),
        "proportion": {
            population: dict(zip(goals.categories, shares.tolist(), strict=True))
            for population, shares in zip(goals.populations, simulated.proportion, strict=True)
        },
        "conflict": [
            {
                "goals": [a, b],
                **_level(simulated.conflict[..., place[a], place[b]], goals.populations),
            }
            for a, b in simulated.study.conflict.pairs
        ],
    }


def _level(level: NDArray[np.float64], populations: tuple[str, ...]) -> dict[str, Any]:
    """Return a true level, or one for each population."""
    if level.ndim == 0:
        return {"level": float(level)}
    return {"level_by_population": dict(zip(populations, level.tolist(), strict=True))}
