"""Matplotlib for a command draws the same as any."""

import subprocess
import sys

DRAW = """
import io
from matplotlib.figure import Figure
figure = Figure(figsize=(3, 2), layout="constrained")
axes = figure.subplots()
axes.plot([0, 1], [0, 1], "o", label="a")
axes.set(xlabel="P(ma)", xlim=(0, 2))
axes.legend()
axes.set_ylabel("two\\nlines, of $x$")
axes.text(0.2, 0.5, "turned", rotation=30, size=7, weight="bold", style="italic")
axes.text(0.2, 0.2, "small\\n\\n", family="monospace")
file = io.StringIO()
figure.savefig(file, format="svg", metadata={"Date": None})
print(file.getvalue())
"""


def drawn(code: str) -> str:
    """Return the figure that another process draws."""
    settings = "import matplotlib\nmatplotlib.rcParams['svg.hashsalt'] = 'same'\n"
    run = [sys.executable, "-W", "error", "-c", code + settings + DRAW]
    return subprocess.run(run, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def test_figures_are_the_same_without_manuals() -> None:
    quickly = (
        "from bayes_misalign.terminal.pictures import import_matplotlib\nimport_matplotlib()\n"
        "from matplotlib.artist import Artist\nfrom matplotlib.lines import Line2D\n"
        "assert 'drawstyle' not in (Line2D.set.__doc__ or '')\n"
        "class Later(Artist):\n    pass\n"
        "assert Later.set.__doc__\n"  # of what is made afterwards there is a manual
    )
    figure = drawn(quickly)
    assert "<svg" in figure
    assert figure == drawn("")
