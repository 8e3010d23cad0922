"""What somebody says of a table, and whether a path names one; light, for a study needs no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bayes_misalign.errors import StudyError, listed

if TYPE_CHECKING:
    from bayes_misalign.start.roles import Roles

_ONE = ("goal", "weight", "id", "wave", "rater", "count", "cluster", "strata", "fpc")


@dataclass(frozen=True)
class Stated:
    """What somebody says of a table; None is not said, an empty text is none.

    Parameters
    ----------
    goal, weight, id, wave, rater, count, cluster, strata, fpc : str, optional
        Columns.
    population : sequence of str, optional
        Columns that together make up the population.
    several : sequence of str, optional
        Columns about goals of which an agent may hold several, or patterns of their names.
    no_goal, not_answers : sequence of str, optional
        Answers.
    exclusive : bool
        Whether any two different goals conflict for certain.
    bounds : (float, float), optional
        Else the range of every level of conflict.
    area : str, optional
        Name of the problem area.
    fitting : mapping of str to object
        Settings of the fit.
    """

    goal: str | None = None
    population: Sequence[str] | None = None
    weight: str | None = None
    id: str | None = None
    wave: str | None = None
    rater: str | None = None
    count: str | None = None
    no_goal: Sequence[str] | None = None
    not_answers: Sequence[str] | None = None
    exclusive: bool = False
    bounds: tuple[float, float] | None = None
    area: str | None = None
    fitting: Mapping[str, Any] = field(default_factory=dict)
    cluster: str | None = None
    strata: str | None = None
    fpc: str | None = None
    several: Sequence[str] | None = None

    def roles(self) -> Roles:
        """Return the columns that are stated."""
        from bayes_misalign.start.roles import Roles  # a study file has none

        one: dict[str, Any] = {role: getattr(self, role) or None for role in _ONE}
        several = tuple(filter(None, self.several or ()))
        return Roles(population=tuple(filter(None, self.population or ())), several=several, **one)

    def settled(self) -> list[str]:
        """Return the roles of which something is said, be it that no column has them."""
        return [
            r for r in (*_ONE, "population", "several") if getattr(self, r) not in (None, [], ())
        ]

    def said_of_table(self) -> bool:
        """Tell whether anything is said that only a table without a study needs."""
        answers = bool(self.no_goal or self.not_answers)
        return bool(self.settled()) or answers or self.exclusive or self.bounds is not None


def no_table(path: Path) -> StudyError:
    """Return the refusal of what only a table takes, said of a study file."""
    return StudyError(
        f"{path} is a study file, which says itself what columns are and how goals conflict. Fix: "
        "state --goal, --exclusive and the like for a table only"
    )


def study_in(path: Path) -> Path:
    """Return the study file that a path names: of a folder, its study.toml."""
    if not path.is_dir() or (path / "study.toml").is_file():
        return path / "study.toml" if path.is_dir() else path
    others = sorted(p.name for p in path.glob("*.toml"))
    there = f"name one of {listed(others)}" if others else "name a study file, or a table to begin"
    raise StudyError(f"the folder {path} has no study.toml. Fix: {there}")


def is_table(path: Path, stated: Stated) -> bool:
    """Tell whether a path names a table to fit, and not a study."""
    if path.suffix.lower() == ".toml" or (path.is_dir() and not stated.said_of_table()):
        return False
    return path.is_file() or stated.said_of_table()
