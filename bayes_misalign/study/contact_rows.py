"""Read the rows of a table of contacts: agents by id, goals, or populations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems, did_you_mean, listed
from bayes_misalign.reading.agents_by_id import Roster
from bayes_misalign.reading.columns import Column, count_column, number_column
from bayes_misalign.reading.contacts import AGENTS, GOALS, Contacts
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import UNKNOWN
from bayes_misalign.reading.goal_pairs import PairNames
from bayes_misalign.reading.parse_numbers import PERCENT
from bayes_misalign.reading.problem_area import ProblemArea
from bayes_misalign.tables.labels import show

LEAVE_OUT = "leave out"
SUM_TOLERANCE = 0.02  # published shares are rounded; they are scaled to sum to one
Cells = NDArray[np.float64]


def columns_of(between: str) -> tuple[Column, ...]:
    """Return what the columns of a table of contacts hold."""
    noun, needed = between.removesuffix("s"), between != GOALS
    return (
        Column("one", what=noun, needed=needed, valid=f"the {noun} in every row"),
        Column("other", what=f"other {noun}", needed=needed, valid=f"the {noun} in every row"),
        number_column("strength", what="weight of a contact"),
        count_column("count"),
        number_column("share", what="share of contacts"),
    )


@dataclass(frozen=True, eq=False)
class AgentRows:
    """What reads contacts between agents who are named by their ids."""

    roster: Roster
    directed: bool
    whole: bool
    unknown: str | None

    def read(self, found: DistinctRows, area: ProblemArea) -> Contacts | None:
        """Return the contacts, or None where something is wrong with them."""
        problems, before, roster = found.problems, len(found.problems), self.roster
        met: dict[tuple[int, int], float] = {}
        seen: dict[tuple[str, str], int] = {}
        left_out = nothing = 0
        strength = found.sum("strength" if "strength" in found.roles else "rows").tolist()
        names = [[text.strip() for text in found.cells(role)] for role in ("one", "other")]
        rows = zip(*names, strength, found.sum("rows").tolist(), found.first, strict=True)
        for one, other, weight, times, row in rows:
            where = found.table.where(row)
            if one == other:
                problems.add(
                    f"the agent {show(one)} is in contact with itself",
                    where=where,
                    several="{n} agents are in contact with themselves",
                    value=show(one),
                    valid="contacts of two agents",
                    fix="leave such rows out",
                )
                continue
            if self._twice(one, other, times, row, seen, found):
                continue
            known = self._are_known((one, other), where, problems)
            if not known or not (roster.tells(one) and roster.tells(other)):
                left_out += 1
            elif not weight:
                nothing += 1
            else:
                a, b = sorted((roster.number[one], roster.number[other]))
                met[a, b] = met.get((a, b), 0.0) + weight
        if len(problems) > before:
            return None
        if not met:
            problems.add(
                "no two agents are in contact of whose goals something is known",
                where=found.table.source,
                valid="at least one contact with a weight above zero",
            )
            return None
        return self._settled(met, area, found, left_out, nothing)

    def _settled(
        self,
        met: dict[tuple[int, int], float],
        area: ProblemArea,
        found: DistinctRows,
        left_out: int,
        nothing: int,
    ) -> Contacts:
        """Return the contacts of all agents of whose goals something is known."""
        told = np.flatnonzero((self.roster.goal != UNKNOWN) | (self.roster.pattern >= 0))
        place = np.full(len(self.roster.goal), -1)
        place[told] = np.arange(len(told))
        pairs = place[np.array(list(met), np.int64)]
        goal = self.roster.goal[told]
        pattern = np.where(goal == UNKNOWN, self.roster.pattern[told], -1)
        alone, source = len(told) - len(np.unique(pairs)), found.table.source
        notes = list(found.table.notes)
        if left_out:
            notes.append(
                f"Contacts in {source} with agents of whose goals nothing is known, which are left "
                f"out: {left_out:,}."
            )
        if nothing:
            notes.append(f"Contacts in {source} with a weight of zero, left out: {nothing:,}.")
        if alone:
            notes.append(
                f"Agents without a contact in {source}, counted as meeting nobody: {alone:,} of "
                f"{len(told):,}."
            )
        return Contacts(
            AGENTS,
            area.categories,
            np.zeros((0, 0)),
            float(len(pairs)),
            self.whole,
            goal,
            pattern,
            pairs[:, 0],
            pairs[:, 1],
            np.array(list(met.values())),
            source,
            tuple(notes),
        )

    def _twice(
        self,
        one: str,
        other: str,
        times: float,
        row: int,
        seen: dict[tuple[str, str], int],
        found: DistinctRows,
    ) -> bool:
        """Note a contact that is there before, in either direction unless contacts have one."""
        alike = (one, other) in seen or times > 1
        before = seen.get((one, other), seen.get((other, one)))
        seen[one, other] = row
        if not alike and (self.directed or before is None):
            return False
        reverse = "" if alike else ", or state `directed = true` if a contact may go both ways"
        found.problems.add(
            f"the contact of {show(one)} with {show(other)} is named twice"
            + ("" if before is None else f", before in row {before}"),
            where=found.table.where(row),
            several="{n} contacts are named twice",
            value=f"{show(one)} with {show(other)}",
            valid="each contact once; how often two agents meet is a column of `weight`",
            fix=f"leave one of the two rows out{reverse}",
        )
        return True

    def _are_known(self, names: Sequence[str], where: str, problems: Problems) -> bool:
        missing = [name for name in names if name not in self.roster.number]
        if self.unknown is not None:
            return not missing
        for name in missing:
            # to look for a near one among all ids takes long, and it is shown for the first alone
            hint = did_you_mean(name, list(self.roster.number)) if not problems else ""
            problems.add(
                f"there is no agent {show(name)} in the evidence about goals",
                where=where,
                several="{n} contacts name agents of whom the evidence about goals tells nothing",
                value=show(name),
                valid="ids of the agents whose goals something is known of",
                fix='state `unknown_agents = "leave out"`',
                hint=hint,
            )
        return not missing


def read_groups(
    found: DistinctRows,
    between: str,
    area: ProblemArea,
    populations: tuple[str, ...],
    contacts: float | None,
    *,
    directed: bool,
) -> Contacts | None:
    """Return shares of contacts between goals or populations; None where something is wrong."""
    problems, before, source = found.problems, len(found.problems), found.table.source
    labels = area.categories if between == GOALS else populations
    names = PairNames(area, problems)
    cells, left_out = np.zeros((len(labels), len(labels))), 0.0
    stated = "share" in found.roles
    numbers = found.sum("share" if stated else "n").tolist()
    texts = [[text.strip() for text in found.cells(role)] for role in ("one", "other")]
    for one, other, number, row in zip(*texts, numbers, found.first, strict=True):
        where = found.table.where(row)
        if between == GOALS:
            if not (one and other) or {one, other} & set(area.not_answers):
                left_out += number
                continue
            both = [names.category(label, where) for label in (one, other)]
        else:
            both = [_population(label, populations, where, problems) for label in (one, other)]
        if both[0] is not None and both[1] is not None:
            cells[labels.index(both[0]), labels.index(both[1])] += number
    if len(problems) > before:
        return None
    notes = list(found.table.notes)
    if left_out:
        amount = f"{left_out:.3g}" if stated else f"{left_out:,.0f}"
        what = "Shares of contacts" if stated else "Contacts"
        notes.append(f"{what} in {source} with agents without an answer, left out: {amount}.")
    if stated:
        ok = are_shares(cells, source, problems, total=1 - left_out)
    else:
        counted = "count" in found.roles and not directed
        ok = are_counts(cells, source, problems, once=not counted)
    if not ok:
        return None
    return Contacts.of_groups(
        between, labels, cells, contacts if stated else float(cells.sum()), source, notes
    )


def _population(
    label: str, populations: tuple[str, ...], where: str, problems: Problems
) -> str | None:
    if label in populations:
        return label
    problems.add(
        f"there is no population {show(label)}",
        where=where,
        several="{n} rows name populations that the evidence about goals does not have",
        value=show(label),
        valid=listed(populations),
        hint=did_you_mean(label, populations),
    )
    return None


def are_counts(cells: Cells, where: str, problems: Problems, *, once: bool) -> bool:
    """Tell whether there are contacts, and none of them is counted twice; note it otherwise."""
    if not cells.sum() > 0:
        problems.add("there is no contact", where=where, valid="at least one contact")
        return False
    apart = cells - np.diag(np.diag(cells))
    if once or not apart.any() or not np.array_equal(apart, apart.T):
        return True
    problems.add(
        "contacts between different groups are there from both sides, with equal numbers",
        where=where,
        valid="each contact once",
        fix="leave the rows of one side out, or state `directed = true` if each side was asked "
        "about contacts of its own",
    )
    return False


def are_shares(cells: Cells, where: str, problems: Problems, *, total: float = 1.0) -> bool:
    """Tell whether shares of all contacts together sum to one; note it otherwise."""
    found, rows = float(cells.sum()), cells.sum(axis=1)
    if abs(found - total) <= SUM_TOLERANCE and found > 0:
        return True
    valid, fix = "shares of all contacts, with a sum of 1", ""
    if len(rows) > 1 and np.allclose(rows, 1, atol=SUM_TOLERANCE):
        said = "the shares of each row sum to 1, those of the whole table do not"
        fix = "multiply each row by the share of all contacts that its group has"
    else:
        said = f"the shares of all contacts sum to {found:g}"
        fix = PERCENT if abs(found / 100 - total) <= SUM_TOLERANCE else ""
    problems.add(said, where=where, valid=valid, fix=fix)
    return False
