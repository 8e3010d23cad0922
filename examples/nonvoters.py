"""What examples/nonvoters/study.toml does, from Python.

Run it from the repository: `python examples/nonvoters.py`. Source of the figures: FiveThirtyEight
and Ipsos, "Why Many Americans Don't Vote", 2020, CC BY 4.0.
"""

from pathlib import Path

import bayes_misalign as bm

posterior = bm.fit(
    bm.ProblemArea(
        "choice of president, 2020",
        goals=["Biden", "Trump"],
        no_goal=["Unsure"],
        not_answers=["Refused"],
    ),
    bm.SingleChoice(
        Path(__file__).parent / "nonvoters" / "answers.csv",
        goal="candidate",
        population="voter_category",
        count="n",
        weight_sum="sum_weight",
        weight_sq_sum="sum_weight_sq",
        populations=["rarely/never", "sporadic", "always"],
    ),
    bm.MutuallyExclusive(),
    populations=bm.Populations(shares="weights"),
)

print(posterior.misalignment())
print(posterior.overall())
print(posterior.contrast("always", "rarely/never"))
print(posterior.between("always", "rarely/never"))

# What if unsure people did conflict a little with those who have made up their minds?
leaning = bm.fit(
    posterior.study.area,
    posterior.study.goals,
    [
        bm.MutuallyExclusive(),
        bm.Elicited({("Biden", "no goal"): (0.0, 0.2), ("Trump", "no goal"): (0.0, 0.2)}),
    ],
)
print(leaning.misalignment())
print(leaning.attribution("rarely/never"))
