"""The work of one page, step by step: open, use columns, move levels, fit. It knows no browser."""

from __future__ import annotations

import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bayes_misalign.app.fitting import Job
from bayes_misalign.app.levels import Moved, Start, checked, measured_starts, stated_starts
from bayes_misalign.app.opening import (
    Base,
    Beginning,
    Opened,
    begin_table,
    open_upload,
    read_opened_study,
    read_table,
    said,
)
from bayes_misalign.app.result import Described, Result, Shown, described, fitted, is_exact
from bayes_misalign.areas.study import AreasStudy
from bayes_misalign.errors import BayesMisalignError, StudyError, printable
from bayes_misalign.inference.draw_blocks import KeptGoals, goals_kept
from bayes_misalign.start.answers import Answers
from bayes_misalign.start.roles import Roles

OPENING = "Opening ..."
OPEN = "Open a table, or a study file, to begin."
CHOOSE = "Choose what the columns mean, then use them."
FIT = "No number yet: this study is fitted when you ask for it."
WRONG = "No number: see what is wrong."
BUSY = "A fit is under way; the page can be used meanwhile."
RUNS, WAITS = "runs", "waits"  # states of a fit


@dataclass(frozen=True)
class Used:
    """What the columns and answers of a table were said to mean when they were used."""

    roles: Roles
    no_goal: Sequence[str]
    not_answers: Sequence[str]
    area: str


@dataclass(frozen=True)
class Sent:
    """Where the sliders of a page are: those that were moved, by number, and all others at once."""

    pairs: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    own: bool = False  # whether levels are stated in place of evidence
    level: float | None = None  # of every pair of goals that was not moved since


class Work:
    """What a page is at.

    Parameters
    ----------
    room : Path
        Folder for what is uploaded and fitted.

    Attributes
    ----------
    opened : Opened or None
        The table or study.
    beginning : Beginning or None
        Of a table what its columns hold.
    base : Base or None
        The study as it was read.
    used : Used or None
        Of a table what its columns were said to mean.
    starts : tuple of Start
        Where its levels start.
    sent : Sent
        Where the sliders are.
    added : tuple of int
        Pairs that somebody asked for a slider of, by number, the newest first.
    stated : bool
        Whether they are stated; otherwise they were measured, until somebody states them.
    first : Shown or None
        The result before any level was moved.
    result : Shown or None
        That of the levels as they stand.
    job : Job or None
        A fit that goes on.
    trouble : list of str
        What is wrong.
    """

    def __init__(self, room: Path) -> None:
        self.room = room
        self.opened: Opened | None = None
        self.beginning: Beginning | None = None
        self.job: Job | None = None
        self.trouble: list[str] = []
        self._opened = 0
        self._forget()

    def _forget(self) -> None:
        self.base: Base | None = None
        self.used: Used | None = None
        self.starts: tuple[Start, ...] = ()
        self.sent = Sent()
        self.added: tuple[int, ...] = ()
        self.stated = True
        self.first: Shown | None = None
        self.result: Shown | None = None
        self._asked: Described | None = None
        self._done: dict[str, Shown] = {}  # what was sampled, by its study file
        self._sampled = False
        self._kept = KeptGoals()

    @property
    def key(self) -> str:
        """What sliders are of: they are made anew where it changes."""
        return f"{self._opened}{'' if self.first is None else '-fitted'}"

    @property
    def waits(self) -> bool:
        """Whether a fit waits for somebody to ask for it."""
        return self._sampled and self.result is None and self.job is None and not self.trouble

    @property
    def fitting(self) -> str:
        """Whether a fit goes on, or waits for somebody to ask for it; empty for neither."""
        if self.job is not None:
            return RUNS
        return WAITS if self.waits else ""

    @property
    def next_step(self) -> str:
        """What to do where there is no number."""
        if self.trouble:
            return WRONG
        if self.base is not None:
            return FIT if self.job is None else BUSY
        if self.beginning is not None:
            return CHOOSE
        return OPEN if self.opened is None else OPENING

    def open(self, opened: Opened) -> None:
        """Open a table or a study in place of what was open."""
        self.stop()
        self._forget()
        self.opened, self.beginning = opened, None
        if opened.is_study:
            self._tried(lambda: self._start(read_opened_study(opened)))
        else:
            self._tried(lambda: setattr(self, "beginning", begin_table(opened)))

    def upload(self, files: Sequence[tuple[str, Path]]) -> None:
        """Open what was uploaded: names, and where the files are."""
        self._tried(lambda: self.open(open_upload(files, self.room)), clear=False)

    def listed(self, roles: Roles) -> list[str]:
        """Return the answers of a table in the order in which the page shows them."""
        found = self.answers(roles) if roles.goal or roles.counts or roles.several else []
        return [] if isinstance(found, list) else answers_of(found)

    def answers(self, roles: Roles) -> Answers | list[str]:
        """Return the answers of a table by what they stand for, or what is wrong with them."""
        assert self.beginning is not None
        try:
            return self.beginning.answers(roles)
        except BayesMisalignError as error:
            return said(error, self.opened)

    def use(
        self,
        roles: Roles,
        no_goal: Sequence[str],
        not_answers: Sequence[str],
        area: str = "",
    ) -> None:
        """Read a table by the roles of its columns."""
        beginning = self.beginning
        if beginning is None:
            return
        self.stop()
        self._forget()
        self.used = Used(roles, no_goal, not_answers, area)
        self._tried(lambda: self._start(read_table(beginning, roles, no_goal, not_answers, area)))

    def _start(self, base: Base) -> None:
        self._opened += 1
        of = Described(base.text, base.study, base)
        self._sampled = not is_exact(base.study)
        if not self._sampled:
            self.first = self.result = self._fitted(of)
        self.base, self._asked = base, of
        self._settle_starts()

    def _settle_starts(self) -> None:
        assert self.base is not None
        if isinstance(self.base.study, AreasStudy):  # whose levels stay
            return
        starts = stated_starts(self.base.study)
        self.stated = starts is not None
        first = self.first if isinstance(self.first, Result) else None
        means = None if first is None else first.posterior.mean_goal_conflict
        self.starts = measured_starts(self.base.study, means) if starts is None else starts

    def move(self, sent: Any) -> None:
        """Move levels: what a page sends of its sliders."""
        if self.base is not None and self.starts:
            self._tried(lambda: self._move(sent))

    def add(self, places: Any) -> None:
        """Give a pair of goals a slider: the places of both among the goals of the study."""
        if self.base is None or not isinstance(places, list | tuple):
            return
        if isinstance(self.base.study, AreasStudy):
            return
        goals = self.base.study.conflict.categories
        known = {str(i): goal for i, goal in enumerate(goals)}
        pair = {known.get(str(place)) for place in places}
        found = [i for i, start in enumerate(self.starts) if set(start.pair) == pair]
        self.added = tuple(dict.fromkeys([*found, *self.added]))

    def _move(self, sent: Any) -> None:
        assert self.base is not None
        if not isinstance(sent, Mapping) or sent.get("key") != self.key:
            return  # of sliders that are gone
        self.sent = self._read_sent(sent)
        moved = self._moved()
        of = described(self.base, self.starts, moved)
        if self.result is not None and self.result.described.text == of.text:
            self._asked = of
            return
        self._asked, self.result = of, self._done.get(of.text)
        self._sampled = not is_exact(of.study)
        if not self._sampled:
            self.result = self._fitted(of)

    def _fitted(self, of: Described) -> Shown:
        """Return a result with all that is shown of it; goals that are the same are drawn once."""
        if isinstance(of.study, AreasStudy):
            return fitted(of)
        with goals_kept(self._kept):
            found = fitted(of)
            _ = found.page
        return found

    def _read_sent(self, sent: Mapping[str, Any]) -> Sent:
        pairs, own, level = sent.get("pairs"), bool(sent.get("own")), sent.get("all")
        if not isinstance(pairs, Mapping) or (not self.stated and not own):
            return Sent()
        found: dict[int, tuple[float, float]] = {}
        for number, ends in pairs.items():
            if not str(number).isdecimal() or int(number) >= len(self.starts):
                raise StudyError("a level was moved of a pair that is not there")
            if not isinstance(ends, list | tuple) or len(ends) != 2:
                raise StudyError("a level is a range: two numbers")
            found[int(number)] = checked(*ends)
        return Sent(found, own, None if level is None else checked(level, level)[0])

    def _moved(self) -> Moved:
        """Return the levels that the sliders state."""
        moved: dict[tuple[str, str], tuple[float, float]] = {}
        if not self.stated and self.sent.own:
            moved = {start.pair: (start.low, start.high) for start in self.starts}
        if (level := self.sent.level) is not None:
            moved |= {s.pair: (level, level) for s in self.starts if not s.without_goal}
        return moved | {self.starts[i].pair: ends for i, ends in self.sent.pairs.items()}

    def begin_fit(self) -> None:
        """Fit what must be sampled, in a process of its own."""
        if self._asked is not None and self.waits:
            of = self._asked
            room = Path(tempfile.mkdtemp(dir=self.room))
            self._tried(lambda: setattr(self, "job", Job(of, room)))

    def end_fit(self) -> None:
        """Take the result of a fit that has ended."""
        job, self.job = self.job, None
        if job is not None:
            self._tried(lambda: self._take(job))

    def _take(self, job: Job) -> None:
        found = job.result()
        self._done[job.of.text] = found
        if self._asked is not None and self._asked.text == job.of.text:
            self.result = found
        if self.base is not None and self.first is None and job.of.text == self.base.text:
            self.first = found
            if not self.stated:  # sliders start at what was measured, which is known now
                self._settle_starts()

    def stop(self) -> None:
        """End a fit that goes on."""
        job, self.job = self.job, None
        if job is not None:
            job.stop()

    def _tried(self, done: Callable[[], None], *, clear: bool = True) -> None:
        if clear:
            self.trouble = []
        try:
            done()
        except BayesMisalignError as error:
            self.trouble, self.result = said(error, self.opened), None
        except Exception as error:  # the page goes on; what nobody foresaw is told in full below
            traceback.print_exc()
            what = printable(f"{type(error).__name__}: {error}")
            self.trouble = [f"An unexpected error: {what}. The terminal shows where it arose."]
            self.result = None


def answers_of(answers: Answers) -> list[str]:
    """Return all answers: the goals first, as a page lists them."""
    return [*answers.goals, *answers.no_goal, *answers.not_answers]
