"""Messages about conflict, labels that may err, behaviour, and results."""

from collections.abc import Sequence

from building.message import Message, conflict, fit, goals, table

PAIRS = [
    {"between": ["A", "B"], "conflict": 0.8},
    {"between": ["A", "C"], "conflict": 0.4},
    {"between": ["B", "C"], "conflict": 0.6},
]

CONFLICTS: Sequence[Message] = (
    conflict(
        "Pairs of goals about which nothing is said",
        "Name every pair, add a second source of conflict, or state one level for all others.",
        model="fixed",
        pairs=PAIRS[:1],
    ),
    conflict(
        "A level outside 0 to 1",
        "A level is a probability. Distances, ratings and percentages say on which scale they are.",
        model="fixed",
        matrix=[[0, 4, 2], [4, 0, 3], [2, 3, 0]],
    ),
    conflict(
        "A range in percent",
        "Divide percentages by 100.",
        model="elicited",
        pairs=[
            {"between": ["A", "B"], "range": [20, 40]},
            {"between": ["A", "C"], "range": [0.1, 0.4]},
            {"between": ["B", "C"], "range": [0.1, 0.4]},
        ],
    ),
    conflict(
        "Conflict that differs by direction",
        "P(ma) draws two agents without an order, so that one level holds for both directions. "
        "Decide on one, such as the mean.",
        model="fixed",
        matrix=[[0, 0.8, 0.4], [0.2, 0, 0.6], [0.4, 0.6, 0]],
    ),
    conflict(
        "Ones on the diagonal",
        "A table of agreement has ones where a goal meets itself. `agreement = true` turns it "
        "round.",
        model="fixed",
        matrix=[[1, 0.2, 0.6], [0.2, 1, 0.4], [0.6, 0.4, 1]],
    ),
    Message(
        "Two sources for one pair",
        "Each pair has one source. If two kinds of evidence tell of the same pair, choose the one "
        "that you would defend, and try the other in a study of its own.",
        {
            "conflict": [
                {"model": "fixed", "pairs": PAIRS},
                {"model": "fixed", "pairs": [{"between": ["A", "B"], "conflict": 0.5}]},
            ]
        },
    ),
    conflict(
        "Judgements in other words",
        "Name the words for yes and for no. Numbers between 0 and 1 are levels, not judgements.",
        model="judged",
        data=table("goal goal_other conflict; A B Y; A C N; B C Y"),
        conflict="conflict",
    ),
    conflict(
        "A rating that is off its scale",
        'Answers such as 99 for "don\'t know" are named in `not_ratings`; other ends are stated '
        "as the scale.",
        model="rated",
        data=table("goal goal_other rating; A B 5; A C 1; B C 99"),
        rating="rating",
        scale=[1, 5],
    ),
    conflict(
        "A rater who judged a pair twice",
        "A judgement that was copied would count twice. If raters were asked again, say `repeated "
        "= true`.",
        model="judged",
        data=table("goal goal_other conflict who; A B yes r1; A B yes r1; A C no r1; B C no r1"),
        conflict="conflict",
        rater="who",
    ),
)

REPORTS: Sequence[Message] = (
    goals(
        "Labels of the same agent by the same rater",
        "A label that was copied would count twice. If raters labelled again, name the column of "
        "the occasion.",
        model="noisy-labels",
        data=table("item label; 1 A; 1 A; 2 B; 3 C"),
        agent="item",
        label="label",
    ),
    goals(
        "Nothing ties labels to goals",
        "Names of goals could be exchanged without any change of the fit. Use the names of the "
        "goals as labels, or state the error rates, a validation study, or some agents whose goal "
        "is known.",
        model="noisy-labels",
        data=table("item who label; 1 r x; 1 s x; 2 r y; 2 s x; 3 r y; 3 s y"),
        agent="item",
        rater="who",
        label="label",
        labels=["x", "y"],
    ),
    goals(
        "Nothing ties actions to goals",
        "Say what each goal makes likely, or which agents are known to hold a goal.",
        model="behaviour",
        data=table("id act; 1 give; 1 take; 2 take; 3 give"),
        agent="id",
        action="act",
    ),
    goals(
        "Goals that lead to the same choices",
        "Payoffs count by their differences, in units of their range. Two goals that rank and "
        "space actions alike cannot be told apart by what agents choose.",
        model="choices",
        data=table("act; give; take; take"),
        action="act",
        payoffs={
            "A": {"give": 1, "take": 0},
            "B": {"give": 12, "take": 10},
            "C": {"give": 0, "take": 1},
        },
    ),
)

RESULTS: Sequence[Message] = (
    fit(
        "Few answers",
        "The posterior is right for its prior, and another reasonable prior would give another "
        "one. See [sensitivity](../how-to/sensitivity.md).",
        goals={"data": None, "goal": None, "counts": {"A": 2, "B": 1, "C": 0}},
    ),
    fit(
        "A population in which nobody answered",
        "Its P(ma) is that of the prior. Leave it out, or ask somebody there.",
        goals={
            "data": table("vote region n; A n 30; B n 20; C n 10; A s 0; B s 0; C s 0"),
            "population": "region",
            "count": "n",
        },
    ),
    fit(
        "Weights that leave few answers",
        "A few large weights decide. The effective number of answers is what equal weights would "
        "need to tell as much.",
        goals={
            "data": {"vote": ["A", "B", "C"] * 40, "w": [*["0.2"] * 117, "40", "50", "60"]},
            "weight": "w",
        },
    ),
    fit(
        "Levels of conflict that hardly anybody judged",
        "P(ma) is about as vague as the prior of these levels. More judgements of these pairs "
        "help more than more answers.",
        goals={"data": None, "goal": None, "counts": {"A": 300, "B": 250, "C": 280}},
        conflict={
            "model": "judged",
            "data": {
                "goal": ["A", "A", "B"],
                "goal_other": ["B", "C", "C"],
                "conflict": ["yes", "no", "yes"],
            },
            "conflict": "conflict",
        },
    ),
    fit(
        "A prior that decides",
        "The answers hardly move a prior as firm as this one. State one that you would defend, "
        "and try others.",
        goals={
            "data": None,
            "goal": None,
            "counts": {"A": 30, "B": 25, "C": 28},
            "prior": {"dirichlet": {"A": 3000, "B": 100, "C": 100}},
        },
    ),
    fit(
        "The size of a population that could not be used",
        "Weights that do not sum to the size of the population do not tell whom those who were "
        "asked stand for, so that P(ma) is that of a large population.",
        goals={
            "data": {"vote": ["A", "B", "C"] * 20, "w": ["1", "2", "0.5"] * 20},
            "weight": "w",
            "population_size": {"all": 200},
        },
    ),
)
