"""P(ma) of people and other populations together, along the shares of the latter."""

from __future__ import annotations

import numpy as np

from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named, short
from bayes_misalign.report.figures import canvas
from bayes_misalign.report.figures.lines import COLOURS
from bayes_misalign.report.findings import Findings

SHARES = np.linspace(0, 1, 41)
MOST_HOSTS = 3  # panels, one below the other
BAND = 0.18  # opacity


def draw(findings: Findings) -> canvas.Drawn | None:
    """Draw a line with a band for each other population; a panel for each of people."""
    found = findings.beside_people
    if found is None or findings.withheld:
        return None
    hosts, others = found.people[:MOST_HOSTS], found.others[: len(COLOURS)]
    figure = canvas.new_figure(0.7 + 2.4 * len(hosts), 6.0)
    panels = np.ravel(figure.subplots(len(hosts), sharex=True))
    drawn, rows = [], []
    for axes, host in zip(panels, hosts, strict=True):
        for row in found.rows:
            if row.people != host or row.other not in others:
                continue
            estimates = [row.mixing.at(float(share)) for share in SHARES]
            colour, mark = COLOURS[others.index(row.other)]
            low, high = zip(*(estimate.interval for estimate in estimates), strict=True)
            axes.fill_between(100 * SHARES, low, high, color=colour, alpha=BAND, lw=0)
            axes.plot(
                100 * SHARES,
                [estimate.mean for estimate in estimates],
                mark,
                ls="-",
                color=colour,
                lw=1.6,
                ms=4.5,
                markevery=10,
                mec="white",
                mew=0.5,
                label=short(row.other, 24),
            )
            drawn += estimates
            what = f"{named(row.other)} among {named(host)}, half and half"
            rows.append((what, estimate_text(row.mixing.at(0.5))))
        axes.set_ylabel("P(ma)")
        axes.set_xlim(0, 100)
        if len(hosts) > 1:
            axes.set_title(f"among {short(host, 40)}", loc="left")
    for axes in panels:
        axes.set_ylim(0, canvas.upper_end(drawn))
    among = f" among {short(hosts[0], 30)}" if len(hosts) == 1 else ""
    panels[-1].set_xlabel(f"share of the other population{among}, %")
    handles, labels = panels[0].get_legend_handles_labels()
    across = 2 if canvas.place().narrow else 3
    figure.legend(handles, labels, loc="outside upper left", ncols=min(across, len(labels)))
    what = "P(ma) of people and another population together, by the share of the latter"
    left = len(found.others) - len(others) + len(found.people) - len(hosts)
    cut = " The table has more of them." if left else ""
    caption = f"{what}: posterior mean and {findings.interval.short}.{cut}"
    return canvas.Drawn("people", figure, f"{what}: {canvas.said(rows)}.", caption)
