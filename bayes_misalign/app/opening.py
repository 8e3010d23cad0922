"""What the page works on: a table or a study, from the disk or uploaded."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from bayes_misalign.areas.study import AreasStudy
from bayes_misalign.areas.toml import read_areas
from bayes_misalign.errors import SHOWN_PROBLEMS, BayesMisalignError, StudyError, listed, printable
from bayes_misalign.page.safe_text import plain, short
from bayes_misalign.start import begin
from bayes_misalign.start.answers import Answers, sort_answers
from bayes_misalign.start.compose import compose
from bayes_misalign.start.look import Looked, all_values, look
from bayes_misalign.start.roles import Proposed, Roles, check_roles, propose
from bayes_misalign.start.several import Found, chosen_goals
from bayes_misalign.start.shape import Shape, shape_of
from bayes_misalign.start.stated import Stated, study_in
from bayes_misalign.study.load_toml import names_areas
from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import read_study
from bayes_misalign.tables.labels import show

MOST_BYTES = 200_000_000
LONGEST_NAME = 80
# fields of the page by the flags that messages name
FIELDS = {
    "goal": "Goal or answer",
    "several": "Columns about one goal each",
    "population": "Population",
    "weight": "Survey weight",
    "id": "Who it is",
    "wave": "When",
    "rater": "Who labelled",
    "count": "Number of agents in a row",
    "percent": "Published percentage",
    "asked": "Agents behind the percentages",
    "cluster": "Drawn together (cluster)",
    "strata": "Stratum of the sample",
    "fpc": "Finite-population correction",
    "no-goal": "no goal yet",
    "not-answer": "no answer",
    "name": "Problem area",
}
_ASIDE = re.compile(r" \(--[a-z-]+\)")
_FLAG = re.compile(r"--([a-z-]+)(?: (?:vote|COLUMN)\b)?")


@dataclass(frozen=True)
class Opened:
    """A table or a study file.

    Parameters
    ----------
    path : Path
        Where it is.
    name : str
        What it is called.
    is_study : bool
        Whether it is a study file.
    hidden : Path, optional
        A folder that nobody needs to read of: messages leave it out.
    """

    path: Path
    name: str
    is_study: bool
    hidden: Path | None = None


@dataclass(frozen=True)
class Base:
    """A study as it was read, before any level is moved.

    Parameters
    ----------
    text : str
        Its file.
    path : Path
        Where the file stands, or would stand: what it names is read from there.
    study : Study
        What it says.
    beside : str
        What must stand beside the file, in words.
    kept_name : str
        What the file is called once it is downloaded.
    told : sequence of str
        What was taken for granted of a table, a sentence each.
    """

    text: str
    path: Path
    study: Study | AreasStudy
    beside: str
    kept_name: str = "study.toml"
    told: Sequence[str] = ()


@dataclass(frozen=True)
class Beginning:
    """A table, what its columns hold, and the roles that are proposed for them."""

    opened: Opened
    looked: Looked
    shape: Shape
    proposed: Proposed
    _answers: dict[str, Counter[str]] = field(default_factory=dict)

    def found(self, roles: Roles) -> Counter[str]:
        """Return the number of rows of each answer; of a column for each goal, their names."""
        if roles.goal is None:
            return begin.answers_found(self.looked, roles, self._first(roles))
        if roles.goal not in self._answers:
            self._answers[roles.goal] = all_values(self.looked, roles.goal)
        return self._answers[roles.goal]

    def answers(self, roles: Roles) -> Answers:
        """Return the answers in a column, or in a column each, sorted by their words."""
        where = roles.goal or listed(roles.counts or roles.several)
        return begin.with_none(sort_answers(self.found(roles), where), self._first(roles))

    def _first(self, roles: Roles) -> Found | None:
        if roles.goal is not None or not roles.several:
            return None
        return chosen_goals(self.looked, roles.several)


def open_path(path: Path) -> Opened:
    """Return the study or the table that a path names."""
    if path.is_dir() or path.suffix.lower() == ".toml":
        return Opened(study_in(path), path.name, True)
    if not path.is_file():
        look(str(path))  # which says what is wrong with it
    return Opened(path, path.name, False)


def open_upload(files: Sequence[tuple[str, Path]], room: Path) -> Opened:
    """Return the study or the table among uploaded files, which move into a folder of their own."""
    named = [(_safe_name(name), path) for name, path in files]
    studies = [name for name, _ in named if name.lower().endswith(".toml")]
    twice = [name for name, n in Counter(name for name, _ in named).items() if n > 1]
    if twice:
        raise StudyError(f"two files are called {show(twice[0])}. Fix: rename one of them")
    if len(studies) > 1 or (len(named) > 1 and not studies):
        raise StudyError(
            f"{len(named)} files were opened at once. Fix: open one table; or one study file "
            "together with the tables that it names"
        )
    folder = Path(tempfile.mkdtemp(dir=room))
    for name, path in named:
        shutil.move(path, folder / name)
    chosen = studies[0] if studies else named[0][0]
    return Opened(folder / chosen, chosen, bool(studies), folder)


def _safe_name(name: str) -> str:
    """Return the name of an uploaded file as a file here may be called."""
    last = plain(name.replace("\\", "/").rpartition("/")[2])
    last = re.sub(r'[<>:"|?*]', "_", last).lstrip(".~ ") or "table"
    stem, dot, kind = last.rpartition(".")
    return f"{short(stem, LONGEST_NAME)}.{kind[:10]}" if dot and stem else short(last, LONGEST_NAME)


def begin_table(opened: Opened) -> Beginning:
    """Return what a table holds, and the proposals for its columns."""
    looked = look(_from_here(opened.path))
    shape = shape_of(looked)
    return Beginning(opened, looked, shape, propose(looked, shape=shape))


def read_opened_study(opened: Opened) -> Base:
    """Return a study file with its evidence."""
    study = read_areas(opened.path) if names_areas(opened.path) else read_study(opened.path)
    text = opened.path.read_text(encoding="utf-8-sig")
    return Base(text, opened.path, study, "the tables that it names", "study-moved.toml")


def read_table(
    beginning: Beginning,
    roles: Roles,
    no_goal: Sequence[str],
    not_answers: Sequence[str],
    area: str = "",
) -> Base:
    """Return the first study of a table: goals exclude each other until levels are moved.

    Parameters
    ----------
    roles : Roles
        Columns by what they are.
    no_goal, not_answers : sequence of str
        Answers.
    area : str
        Name of the problem area; by default the column of the goals.
    """
    opened, looked = beginning.opened, beginning.looked
    check_roles(roles, looked)
    if not roles.goal and not roles.counts and not roles.several:
        raise StudyError("no column holds the goals. Fix: choose one with --goal")
    stated = Stated(
        no_goal=list(no_goal) or [""],
        not_answers=list(not_answers) or [""],
        exclusive=True,
        area=plain(area) if area.strip() else None,
    )
    left_over = propose(looked, roles, [f.name for f in fields(Roles)], beginning.shape)
    folder = opened.path.parent
    draft = begin.draft_of(looked, roles, stated, left_over)
    draft, study, error = begin.settled(draft, folder)
    if study is None:
        assert error is not None
        raise error
    text, told = compose(draft, folder), [_ASIDE.sub("", x) for x in begin.told(draft)]
    return Base(text, folder / "study.toml", study, opened.name, told=told)


def _from_here(path: Path) -> str:
    """Return a path relative to here, so that a study names its table relative to itself."""
    try:
        return os.path.relpath(path)
    except ValueError:  # on another drive
        return str(path)


def said(error: BayesMisalignError, opened: Opened | None = None) -> list[str]:
    """Return all that is wrong, a sentence each, in the words of the page."""
    problems = error.in_toml().problems
    lines = [str(problem) for problem in problems[:SHOWN_PROBLEMS]]
    if (left := len(problems) - SHOWN_PROBLEMS) > 0:
        lines.append(f"... and {left} more.")
    return [printable(_in_fields(_shortened(line, opened))) for line in lines]


def _shortened(line: str, opened: Opened | None) -> str:
    if opened is None or opened.hidden is None:
        return line
    for folder in (str(opened.hidden), _from_here(opened.hidden)):
        line = line.replace(folder + os.sep, "")
    return line


def _in_fields(line: str) -> str:
    """Return a message with fields of the page in place of flags of the command line."""
    return _FLAG.sub(
        lambda found: f'the field "{FIELDS[found[1]]}"' if found[1] in FIELDS else found[0], line
    )
