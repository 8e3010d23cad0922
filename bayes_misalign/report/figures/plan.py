"""What studies of other sizes would tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayes_misalign.report.figures import canvas

if TYPE_CHECKING:
    from bayes_misalign.inference.planned import Plan
    from bayes_misalign.inference.planned_jointly import JointPlan

COLOURS = (canvas.BLUE, canvas.ORANGE, canvas.GREEN, canvas.PURPLE, canvas.RED)


def draw(plan: Plan) -> canvas.Drawn:
    """Draw the average over studies against the number of each kind of measurement."""
    figure = canvas.new_figure(3.2)
    axes = figure.subplots()
    aim = plan.aim
    axes.axhline(aim.target, color=canvas.GREY, lw=1.0, ls=(0, (4, 3)), zorder=1)
    for place, kind in enumerate(plan):
        colour = COLOURS[place % len(COLOURS)]
        numbers = [size.number / kind.now for size in kind.sizes]
        averages = [size.average for size in kind.sizes]
        errors = [size.error for size in kind.sizes]
        label = f"{kind.name}, now {kind.now:,.0f}"
        axes.errorbar(
            numbers, averages, yerr=errors, color=colour, marker="o", ms=4, lw=1.5, label=label
        )
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("times as many as now")
    axes.set_ylabel(aim.heading)
    axes.set_ylim(bottom=0)
    figure.legend(loc="outside upper left", ncols=1 if canvas.place().narrow else 3)
    rows = [(kind.name, kind.needed_text) for kind in plan]
    what = f"{aim.heading.capitalize()} of {plan.simulations} simulated studies of each size"
    caption = (
        f"{what}, with one standard error; dashed, the aim: {aim.words}. One kind of "
        "measurement is varied at a time."
    )
    return canvas.Drawn("plan", figure, f"{what}. Needed: {canvas.said(rows)}.", caption)


def draw_jointly(plan: JointPlan) -> canvas.Drawn:
    """Draw combinations of two kinds of measurement, those that are just enough as a line."""
    figure = canvas.new_figure(3.6)
    axes = figure.subplots()
    for enough, colour, label in (
        (False, canvas.GREY, "not enough"),
        (True, canvas.BLUE, "enough"),
    ):
        some = [x.numbers for x in plan.tried if plan.aim.met(x.average) is enough]
        if some:
            one, other = zip(*some, strict=True)
            axes.scatter(one, other, color=colour, s=18, label=label, zorder=2)
    if plan.enough:
        line = list(zip(*(x.numbers for x in plan.enough), strict=True))
        axes.plot(*line, color=canvas.BLUE, lw=1.2, label="just enough", zorder=1)
    for x, marker, label in ((plan.cheapest, "*", "cheapest"), (plan.within, "D", "budget")):
        if x is not None:
            axes.scatter(
                *x.numbers, marker=marker, s=110, color=canvas.ORANGE, label=label, zorder=3
            )
    for axis, name, scale in (
        (axes.xaxis, plan.names[0], axes.set_xscale),
        (axes.yaxis, plan.names[1], axes.set_yscale),
    ):
        scale("log", base=2)
        axis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axis.set_label_text(name)
    figure.legend(loc="outside upper left", ncols=2 if canvas.place().narrow else 5)
    what = f"Combinations of {plan.names[0]} and {plan.names[1]}, {plan.simulations} studies each"
    caption = f"{what}. So that {plan.aim.words}. {' '.join(plan.said)}"
    return canvas.Drawn("plan", figure, f"{what}. {' '.join(plan.said)}", caption)
