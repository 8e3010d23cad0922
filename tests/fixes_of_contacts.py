"""Fixes of contacts: who is in contact with whom."""

from typing import Any

from tests.fixes import Case, Tables, rows

WHO = rows("vote id", "A 1", "B 2", "A 3")
MET = rows("from to", "1 2", "2 3")


def contact(table: Any = MET, columns: Any = ("agent", "from", "to"), **more: Any) -> Tables:
    """A study of agents with ids, who meet."""
    kind, one, other = columns
    stated = {"data": table, kind: one, f"{kind}_other": other, **more}
    return {"goals": {"data": WHO, "respondent": "id"}, "contact": stated}


def groups(table: Any, **more: Any) -> Tables:
    return contact(table, ("goal", "one", "other"), **more)


def changed(**change: Any) -> Tables:
    return {"contact": change}


HALVES = rows("one other n", "A A 9", "A B 2", "B A 2", "B B 8")
SHARES = [[0.6, 0.4], [0.2, 0.8]]
CASES = (
    Case(
        "leave such rows out",
        contact(rows("from to", "1 1", "1 2")),
        changed(data=rows("from to", "1 2")),
    ),
    Case(
        "leave one of the two rows out",
        contact(rows("from to", "1 2", "1 2")),
        changed(data=rows("from to", "1 2")),
        right=lambda study: study.contact is not None and study.contact.contacts == 1,
    ),
    Case(
        "leave one of the two rows out, or state directed = true if a contact may go both ways",
        contact(rows("from to", "1 2", "2 1")),
        changed(directed=True),
        right=lambda study: study.contact is not None and study.contact.weight.tolist() == [2],
    ),
    Case(
        'state unknown_agents = "leave out"',
        contact(rows("from to", "1 2", "1 77")),
        changed(unknown_agents="leave out"),
        right=lambda study: study.contact is not None and study.contact.contacts == 1,
    ),
    Case(
        "leave the rows of one side out, or state directed = true if each side was asked about "
        "contacts of its own",
        groups(HALVES, count="n"),
        changed(data=rows("one other n", "A A 9", "A B 2", "B B 8")),
        right=lambda study: study.contact is not None and study.contact.contacts == 19,
    ),
    Case(
        "leave the rows of one side out, or state directed = true if each side was asked about "
        "contacts of its own",
        groups(HALVES, count="n"),
        changed(directed=True),
        right=lambda study: study.contact is not None and study.contact.contacts == 21,
    ),
    Case(
        "multiply each row by the share of all contacts that its group has",
        {"contact": {"shares": SHARES, "of": "goals"}},
        changed(shares=[[0.3, 0.2], [0.1, 0.4]]),
        right=lambda study: (
            study.contact is not None and abs(study.contact.mixing[0, 1] - 0.15) < 1e-12
        ),
    ),
    Case(
        'state it, as in of = "goals"',
        {"contact": {"shares": [[0.3, 0.2], [0.2, 0.3]]}},
        changed(of="goals"),
    ),
    Case(
        "name the column of numbers of contacts as count, or of shares as share",
        groups(rows("one other n", "A A 9", "A B 2"), weight="n"),
        changed(weight=None, count="n"),
    ),
    Case(
        "name the column as weight",
        contact(rows("from to n", "1 2 3", "2 3 1"), count="n"),
        changed(count=None, weight="n"),
    ),
    Case(
        'name them, as in agent = "from" and agent_other = "to"',
        {"goals": {"data": WHO, "respondent": "id"}, "contact": {"data": MET}},
        changed(agent="from", agent_other="to"),
    ),
    Case(
        "name the goals of the two agents in each row, in goal and goal_other",
        {
            "goals": {
                "model": "published",
                "data": rows("vote pct", "A 60", "B 40"),
                "percent": "pct",
                "n": 100,
            },
            "contact": {"data": MET, "agent": "from", "agent_other": "to"},
        },
        changed(
            data=rows("one other", "A B", "A A"),
            agent=None,
            agent_other=None,
            goal="one",
            goal_other="other",
        ),
    ),
    Case(
        "state the share of each population, as shares under [populations]",
        {
            "goals": {"data": rows("vote s", "A x", "B y", "A y"), "population": "s"},
            "contact": {"data": rows("one other", "A A", "A B"), "goal": "one"}
            | {"goal_other": "other"},
        },
        {"populations": {"shares": {"x": 0.5, "y": 0.5}}},
    ),
    Case(
        "leave [contact] out",
        {
            "goals": {"data": rows("vote s", "A x", "B y", "A y"), "population": "s"},
            "conflict": {
                "model": "rated",
                "data": rows("goal goal_other rating s", "A B 2 x", "A B 4 y"),
                "scale": [1, 5],
                "population": "s",
            },
            "contact": {"shares": [[0.3, 0.2], [0.2, 0.3]], "of": "goals"},
        },
        {"contact": None},
    ),
)
