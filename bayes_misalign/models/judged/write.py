"""Judgements of conflict to a table, and the lines of a study file that read it back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.settings import NO_GOAL
from bayes_misalign.tables.write import write_table

JUDGEMENTS = "judgements"


def write_judgements(
    source: JudgedConflict, prior: Any, area: ProblemArea, folder: Path
) -> dict[str, Any]:
    """Write judgements as a table: a pair a row, or where raters are named a rater and pair."""
    number = len(list(folder.glob(f"{JUDGEMENTS}*.csv")))
    file = f"{JUDGEMENTS}{f'_{number + 1}' if number else ''}.csv"
    labels = [tuple(area.no_goal[0] if x == NO_GOAL else x for x in p) for p in source.pairs]
    table: dict[str, Any] = {"model": source.model, "data": file, "prior": asdict(prior)}
    if not source.raters:
        rows: list[tuple[Any, ...]] = [
            (*pair, int(yes), int(no))
            for pair, yes, no in zip(labels, source.yes, source.no, strict=True)
        ]
        write_table(folder / file, ("goal", "goal_other", "yes", "no"), rows)
        return {**table, "yes_count": "yes", "no_count": "no"}
    kinds = [(source.kinds[k],) if source.kinds else () for k in source.kind]
    rows = [
        (*labels[pair], word, source.raters[rater], int(n), *kind)
        for pair, rater, yes, no, kind in zip(
            source.pair, source.rater, source.cell_yes, source.cell_no, kinds, strict=True
        )
        for word, n in (("yes", yes), ("no", no))
        if n
    ]
    # a pair that nobody judged is still one that the judgements speak for
    nobody = ("",) if source.kinds else ()
    rows += [(*labels[p], "no", "", 0, *nobody) for p, n in enumerate(source.judgements) if not n]
    columns = ["goal", "goal_other", "conflict", "rater", "count"]
    table |= {"rater": "rater", "count": "count", "repeated": source.repeated}
    if source.kinds:
        columns.append("rater_kind")
        table |= {"rater_kind": "rater_kind", "reference": source.kinds[0]}
    write_table(folder / file, tuple(columns), rows)
    return table
