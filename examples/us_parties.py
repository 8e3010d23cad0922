"""Misalignment between two parties over 34 years: exclusive goals, and conflict as it was rated.

Run it from the repository: `python examples/us_parties.py [FIGURE.svg]`. It fits the study twice,
which takes two minutes, prints what changed, and draws the figure. Goal shares are waves of a
random walk in both. Source of the figures: American
National Election Studies, see `us-parties/README.md`.
"""

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

import bayes_misalign as bm

FIRST, LAST = "1978", "2012"
folder = Path(__file__).parent / "us-parties"

rated = bm.fit(bm.read_study(folder / "study.toml"))
exclusive = bm.fit(
    bm.ProblemArea(
        "party of the United States",
        goals=["Democrats", "Republicans"],
        no_goal=["Independents"],
    ),
    bm.SingleChoice(folder / "groups.csv", goal="party", count="n", population="year"),
    bm.MutuallyExclusive(),
    shares=bm.WavesPrior(),
)

for name, posterior in (("exclusive goals", exclusive), ("conflict as rated", rated)):
    found = posterior.misalignment()
    print(f"{name}: {found[FIRST].text(3)} in {FIRST}, {found[LAST].text(3)} in {LAST}")
change = rated.contrast(LAST, FIRST)
share = change.conflict_share
print(f"change of P(ma) with conflict as rated: {change.difference.text(3)}")
print(f"part of the change that is due to conflict: {share.text(2)}")

figure = Figure(figsize=(7.6, 4.0), layout="constrained")
axes = figure.subplots()
colours = {"exclusive": "0.45", "rated": "#0c5da5"}
for name, posterior in (("exclusive", exclusive), ("rated", rated)):
    found = posterior.misalignment()
    years = np.array([int(year) for year in found])
    mean = np.array([estimate.mean for estimate in found.values()])
    low, high = np.array([estimate.interval for estimate in found.values()]).T
    axes.plot(years, mean, color=colours[name], lw=1)
    axes.errorbar(
        years, mean, [mean - low, high - mean], fmt="o", ms=4, lw=1.8, color=colours[name]
    )
    for place, align, shift in ((0, "right", -8), (-1, "left", 8)):
        axes.annotate(
            f"{mean[place]:.2f}",
            (years[place], mean[place]),
            (shift, 0),
            textcoords="offset points",
            ha=align,
            va="center",
            color=colours[name],
        )
axes.text(1976, 0.43, "if any two parties conflict", color=colours["exclusive"])
axes.text(1976, 0.12, "with conflict as partisans rate each other", color=colours["rated"])
axes.annotate(
    "nobody was asked:\nborrowed",
    (2002, 0.215),
    (2003, 0.12),
    color="0.45",
    fontsize=8,
    arrowprops={"arrowstyle": "-", "color": "0.7"},
)
moved, part = change.difference, share.interval
axes.set_title(
    "Probability that two US adults drawn at random hold conflicting party goals.\n"
    f"With rated conflict it rose by {moved.mean:.2f} ({moved.interval[0]:.2f} to "
    f"{moved.interval[1]:.2f}) from {FIRST} to {LAST}, {100 * share.mean:.0f} % of that\n"
    f"({100 * part[0]:.0f} to {100 * part[1]:.0f} %) because parties rate each other more coldly",
    fontsize=10,
    loc="left",
)
axes.set(ylim=(0, 0.48), xlim=(1974.5, 2015.5), ylabel="P(ma), mean and 95 % interval")
axes.spines[["top", "right"]].set_visible(False)
if len(sys.argv) > 1:
    with mpl.rc_context({"svg.hashsalt": "us-parties", "svg.fonttype": "none"}):
        figure.savefig(sys.argv[1], metadata={"Date": None})
