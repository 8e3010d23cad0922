"""Problems of a whole column, noted once: too many different texts, or empty cells."""

from __future__ import annotations

from collections.abc import Sequence

from bayes_misalign.errors import Problems

ROWS_NAMED = 5


def note_too_many(role: str, what: str, most: int, where: str, problems: Problems) -> None:
    """Note a column that holds more different texts than a study can mean.

    Parameters
    ----------
    role : str
        What the column should name of each agent.
    what : str
        What the texts should be, in the plural.
    most : int
        How many of them there may be at most.
    where : str
        Place of the column, for messages.
    problems : Problems
        Where to note it.

    Examples
    --------
    >>> note_too_many("goal", "labels", 200, "a.csv", problems := Problems())
    >>> len(problems)
    1
    """
    problems.add(
        f"there are more than {most} different {what} that the study does not name; "
        "the column seems to hold ids, numbers or free text",
        where=where,
        valid=f"a column that names the {role} of each agent",
        fix=f"name the right column, or sort its values into {what} first",
    )


def note_empty(
    what: str, number: int, rows: Sequence[int], where: str, problems: Problems, valid: str
) -> None:
    """Note the rows in which a cell is empty that must not be.

    Parameters
    ----------
    what : str
        What is empty.
    number : int
        In how many rows; nothing is noted if it is 0.
    rows : sequence of int
        The first of them.
    where : str
        Place of the column, for messages.
    problems : Problems
        Where to note it.
    valid : str
        What would be valid.

    Examples
    --------
    >>> note_empty("agent's id", 2, [3, 4], "a.csv", problems := Problems(), "an id")
    >>> print(*problems)
    a.csv: the agent's id is empty in 2 rows: 3, 4. Valid: an id.
    """
    if not number:
        return
    first = ", ".join(map(str, rows[:ROWS_NAMED]))
    more = number > len(rows[:ROWS_NAMED])
    problems.add(
        f"the {what} is empty in {number} row{'s' * (number > 1)}"
        + (f", the first of them {first}" if more else f": {first}"),
        where=where,
        valid=valid,
    )
