"""Three games as three problem areas of one population of people and GPT-4.

Run it from the repository: `python examples/three_games.py`. Source of the figures: Mei, Xie, Yuan
and Jackson, PNAS 121 (2024), e2313925121.
"""

from pathlib import Path

import numpy as np

import bayes_misalign as bm

folder = Path(__file__).parent / "games-human-ai"
posteriors = [
    bm.fit(bm.read_study(folder / name), random_seed=seed)
    for seed, name in enumerate(["study.toml", "propose.toml", "accept.toml"])
]

for share in (0.0, 0.1, 0.5, 0.9):
    mixed = [
        posterior.mixture("people", "GPT-4", np.array([share]))[0].draws for posterior in posteriors
    ]
    for how in ("arithmetic", "max"):
        draws = bm.measure.across_areas(np.stack(mixed, axis=-1), how=how)
        print(posteriors[0].estimate(f"{share:.0%} GPT-4, {how} of three games", draws.ravel()))
