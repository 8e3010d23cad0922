"""Conflict by distance between the parties of Germany, for several lengths that might be true.

Run it from the repository: `python examples/german_parties.py`.
"""

from dataclasses import replace
from pathlib import Path

import bayes_misalign as bm

STUDY = Path(__file__).parent / "german-parties" / "study.toml"
LENGTHS = (0.1, 0.2, 0.4, 0.8)


def with_length(study: bm.Study, length: float) -> bm.Study:
    """Return the study with a length that is taken as known."""
    sources = tuple(
        replace(source, length=length) if source.model == "spatial" else source
        for source in study.conflict.sources
    )
    return replace(study, conflict=replace(study.conflict, sources=sources))


def main() -> None:
    """Print P(ma) with the length unknown, with several known ones, and of exclusive goals."""
    study = bm.read_study(STUDY)
    posterior = bm.fit(study)
    print("P(ma), mean and 95 % equal-tailed interval")
    print(f"length unknown       {posterior.misalignment()['all'].text()}")
    for length in LENGTHS:
        known = bm.fit(with_length(study, length))
        levels = known.conflict_levels()
        print(
            f"length {length:.1f} is known  {known.misalignment()['all'].text()}"
            f"   CDU and SPD {levels['CDU | SPD'].text()}"
        )
    exclusive = bm.fit(study.area, study.goals, bm.MutuallyExclusive())
    print(f"exclusive goals      {exclusive.misalignment()['all'].text()}")
    found = posterior.attribution()
    print(f"variance due to conflict levels: {found.conflict:.0%}")


if __name__ == "__main__":
    main()
