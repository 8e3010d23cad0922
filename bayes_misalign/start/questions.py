"""Questions about a table, asked on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bayes_misalign.errors import did_you_mean, printable
from bayes_misalign.start.answers import Answers
from bayes_misalign.start.look import Looked
from bayes_misalign.start.roles import Roles
from bayes_misalign.tables.labels import show, shown

Ask = Callable[[str, str], str]  # takes a question and the proposal, returns what was typed
Tell = Callable[[str], None]

NONE = "-"
_QUESTIONS = {
    "goal": "Which column holds the goal, or the answer, of an agent?",
    "population": "Which column tells the populations to compare?",
    "weight": "Which column holds the survey weight?",
    "id": "Which column holds the id of the agent?",
    "wave": "Which column holds the wave or the date?",
    "rater": "Which column holds the rater, or coder, who gave the label?",
    "count": "Which column tells how many agents a row stands for?",
    "cluster": "Which column holds what agents were drawn in together, as a household?",
    "strata": "Which column holds the stratum of the sample?",
    "fpc": "Which column holds the finite-population correction?",
}
_SHOWN = 40  # columns
_ALWAYS = ("goal", "population", "weight")  # of the others, those that a column was proposed for


def _counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural but for one."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def show_table(looked: Looked, tell: Tell) -> None:
    """Show the columns of a table, numbered, with a few of their values."""
    more = "" if looked.whole else " first"
    rows = _counted(looked.rows, f"{more.strip()} row".strip())
    tell(f"{looked.data}: {_counted(len(looked.columns), 'column')}, {rows}")
    for number, column in enumerate(looked.columns[:_SHOWN], 1):
        values = ", ".join(show(text)[:30] for text, _ in column.values.most_common(4))
        dots = ", ..." if column.distinct > 4 else ""
        many = _counted(column.distinct, "value")
        tell(f"{number:>3}  {show(column.name)[:40]}: {many}: {values}{dots}")
    if (left := len(looked.columns) - _SHOWN) > 0:
        tell(f"     and {left} columns more")


def ask_counts(roles: Roles, ask: Ask) -> Roles:
    """Ask whether columns of whole numbers are what they look like: agents of each goal."""
    if not roles.counts:
        return roles
    columns = shown(roles.counts)
    typed = ask(f"Do {columns} each hold how many agents have one goal (y/n)?", "y")
    return roles if typed.lower() in ("y", "yes") else replace(roles, counts=())


def ask_several(roles: Roles, what: str, ask: Ask) -> Roles:
    """Ask whether columns are what they look like: each about one of several goals of an agent."""
    if not roles.several:
        return roles
    typed = ask(f"{shown(roles.several)} look like {what}. Are they (y/n)?", "y")
    return roles if typed.lower() in ("y", "yes") else replace(roles, several=())


def ask_roles(
    looked: Looked, proposed: Roles, settled: Sequence[str], ask: Ask, tell: Tell
) -> Roles:
    """Ask which columns have the roles that no flag settled."""
    tell(f"Type a number or a name; Enter takes what stands in brackets, {NONE} means none.")
    roles = proposed
    for role, question in _QUESTIONS.items():
        now = getattr(roles, role)
        if role in settled or (role not in _ALWAYS and not now):
            continue
        if roles.several and role == "goal":
            continue
        if roles.counts and role in ("goal", "count", "weight", "id"):
            continue  # rows are groups of agents
        now = (now[0] if now else "") if isinstance(now, tuple) else now or ""
        while True:
            typed = ask(question, now or NONE).strip()
            name = "" if typed == NONE else _column(typed, looked, tell)
            if name is None:
                continue
            if not name and role == "goal":
                tell("A study cannot do without the column of the goals.")
                continue
            break
        others = roles.given(role, None)
        if name in others.columns():  # it was proposed for something else
            others = _without(others, name)
        roles = others.given(role, name or None)
    return roles


def ask_answers(
    found: Counter[str],
    answers: Answers,
    ask: Ask,
    tell: Tell,
    *,
    no_goal: bool = True,
    not_answers: bool = True,
) -> tuple[list[str] | None, list[str] | None]:
    """Ask which answers mean no goal, and which are no answers, each where that is not said yet."""
    listed = [*answers.goals, *answers.no_goal, *answers.not_answers]
    tell("The answers:")
    for number, text in enumerate(listed, 1):
        tell(f"{number:>3}  {show(text)}: {found[text]:,}")
    without, refused = list(answers.no_goal), list(answers.not_answers)
    if no_goal:
        without = _numbers("Which of them mean: no goal (unsure, none)?", without, listed, ask)
    if not_answers:
        text = "Which of them are no answers (refused, not asked)?"
        refused = _numbers(text, refused, listed, ask)
    return without, [text for text in refused if text not in without]


def ask_conflict(ask: Ask, tell: Tell) -> tuple[float, float] | None:
    """Ask whether goals exclude each other, or in what range every level of conflict lies."""
    while True:
        typed = ask("Do two agents with different goals always conflict (y/n)?", "y").lower()
        if typed in ("y", "yes"):
            return None
        if typed in ("n", "no"):
            break
        tell("Type y or n.")
    tell("How likely do two different goals conflict? A range that holds for every pair, 0 to 1.")
    while True:
        try:
            low, high = (float(ask(f"{end} end of the range", "")) for end in ("Lower", "Upper"))
        except ValueError:
            tell("Type a number between 0 and 1, as in 0.3.")
            continue
        if 0 <= low < high <= 1:
            return low, high
        tell("The range lies between 0 and 1, its lower end first.")


def _column(typed: str, looked: Looked, tell: Tell) -> str | None:
    """Return the column that was typed by name or number, or None after saying what is wrong."""
    names = [column.name for column in looked.columns]
    if typed in names:
        return typed
    if typed.isascii() and typed.isdigit() and 0 < int(typed) <= len(names):
        return names[int(typed) - 1]
    tell(f"There is no column {show(typed)}. {printable(did_you_mean(typed, names))}".rstrip())
    return None


def _without(roles: Roles, name: str) -> Roles:
    changes: dict[str, Any] = {
        role: tuple(x for x in value if x != name) if isinstance(value, tuple) else None
        for role, value in roles.named().items()
        if value == name or (isinstance(value, tuple) and name in value)
    }
    return replace(roles, **changes)


def _numbers(question: str, now: Sequence[str], listed: Sequence[str], ask: Ask) -> list[str]:
    proposal = " ".join(str(listed.index(text) + 1) for text in now) or NONE
    while True:
        typed = (
            ask(f"{question} Numbers, with spaces between them", proposal).replace(",", " ").split()
        )
        if typed == [NONE] or not typed:
            return []
        if all(t.isascii() and t.isdigit() and 0 < int(t) <= len(listed) for t in typed):
            return [listed[int(t) - 1] for t in typed]
