"""What studies of other sizes would tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayes_misalign.report.figures import canvas

if TYPE_CHECKING:
    from bayes_misalign.inference.planned import Plan

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
