"""Read declarations in tests, and look at what the problems say."""

from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.problem_area import ProblemArea

AREA = ProblemArea("vote", ["Left", "Right"], no_goal=["Unsure"], not_answers=["Refused"])


def read(declaration: Any, area: ProblemArea = AREA, base: Path | None = None) -> Any:
    """Evidence of a declaration that must be sound."""
    problems = Problems()
    evidence = declaration.read(area, problems, base)
    assert [str(problem) for problem in problems] == []
    assert evidence is not None
    return evidence


def refused(declaration: Any, area: ProblemArea = AREA, base: Path | None = None) -> str:
    """All problems of a declaration that must be refused, one a line."""
    problems = Problems()
    assert declaration.read(area, problems, base) is None
    assert len(problems) > 0
    return "\n".join(map(str, problems))


def survey(**columns: Any) -> SingleChoice:
    """A survey in memory whose columns are named by their role."""
    return SingleChoice(columns, **{role: role for role in columns})


def survey_file(
    folder: Path, content: bytes | str, name: str = "a.csv", **more: Any
) -> SingleChoice:
    """A survey in a file with the column `goal`."""
    raw = content if isinstance(content, bytes) else content.encode()
    (folder / name).write_bytes(raw)
    return SingleChoice(folder / name, "goal", **more)
