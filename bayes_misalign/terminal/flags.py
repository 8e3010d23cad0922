"""Flags of several commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StudyFile = Annotated[
    Path, typer.Argument(help="A study file, or a folder with a study.toml.", metavar="STUDY")
]
Force = Annotated[bool, typer.Option("--force", help="Replace what this package did not write.")]

# what is said of a table that has no study file
GoalColumn = Annotated[str | None, typer.Option("--goal", help="Column of the goal, or answer.")]
SeveralColumns = Annotated[
    list[str] | None,
    typer.Option(
        "--several",
        help="Column of ticks, places or strengths of one goal, once for each, or a pattern, "
        "'q5_*'; or one column whose cells name several goals.",
    ),
]
PopulationColumn = Annotated[
    list[str] | None,
    typer.Option("--population", help="Column of the population; several make it up together."),
]
WeightColumn = Annotated[str | None, typer.Option("--weight", help="Column of the survey weight.")]
IdColumn = Annotated[str | None, typer.Option("--id", help="Column of the id of the agent.")]
WaveColumn = Annotated[
    str | None, typer.Option("--wave", help="Column of the wave, or of the date.")
]
RaterColumn = Annotated[
    str | None,
    typer.Option("--rater", help="Column of the rater who gave the label, where labels may err."),
]
CountColumn = Annotated[
    str | None, typer.Option("--count", help="Column of how many agents a row stands for.")
]
ClusterColumn = Annotated[
    str | None,
    typer.Option("--cluster", help="Column of what was drawn first: household, district, prompt."),
]
StrataColumn = Annotated[
    str | None, typer.Option("--strata", help="Column of the stratum of the sample.")
]
FpcColumn = Annotated[
    str | None, typer.Option("--fpc", help="Column of the finite-population correction.")
]
NoGoal = Annotated[
    list[str] | None,
    typer.Option("--no-goal", help="An answer that means no goal, such as Unsure."),
]
NotAnswer = Annotated[
    list[str] | None,
    typer.Option("--not-answer", help="An answer that is not one, such as Refused."),
]
Exclusive = Annotated[
    bool, typer.Option("--exclusive", help="Any two different goals conflict for certain.")
]
Range = Annotated[
    tuple[float, float] | None,
    typer.Option("--range", help="Else: plausible range of every level of conflict, 0 to 1."),
]
AreaName = Annotated[str | None, typer.Option("--name", help="Name of the problem area.")]
