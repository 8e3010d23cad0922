"""Fixes of kinds of raters, one of which defines the level."""

from typing import Any

from tests.fixes import Case, Tables, conflict, rows

COLUMNS = "goal goal_other rating who kind"
KINDS = rows(COLUMNS, "A B 2 r people", "A B 4 m model")


def rated(data: Any = KINDS, **stated: Any) -> dict[str, Any]:
    """A study whose raters are of several kinds."""
    options = {"rater": "who", "rater_kind": "kind", **stated}
    kept = {key: value for key, value in options.items() if value is not None}
    return conflict(model="rated", scale=[1, 5], data=data, **kept)


JUDGED = "goal goal_other conflict who kind"
SAID = rows(JUDGED, "A B no r people", "A B yes m model")


def judged(data: Any = SAID, **stated: Any) -> dict[str, Any]:
    """A study whose judges are of several kinds."""
    options = {"rater": "who", "rater_kind": "kind", **stated}
    kept = {key: value for key, value in options.items() if value is not None}
    return conflict(model="judged", data=data, **kept)


def reference(kind: str) -> Tables:
    return conflict(reference=kind)


def first(kind: str) -> Any:
    """Whether a kind is the one that defines the level."""
    return lambda study: study.conflict.sources[0].kinds[0] == kind


def alike(study: Any) -> bool:
    """Whether all raters are of one kind."""
    return not study.conflict.sources[0].kinds


CASES = [
    Case(
        'name the column of who rated too, as in rater = "who"; or leave rater_kind out',
        rated(rater=None),
        conflict(rater="who"),
        right=first("people"),
    ),
    Case(
        'name the column of kinds too, as in rater_kind = "kind"; or leave reference out',
        rated(rater_kind=None, reference="model"),
        conflict(rater_kind="kind"),
        right=first("model"),
    ),
    Case(
        "leave rater_kind out, or leave directed out, so that raters of a kind rate both goals "
        "alike",
        rated(directed=True),
        conflict(directed=None),
        right=first("people"),
    ),
    Case(
        "leave rater_kind out, or leave population out, so that conflict is the same in all "
        "populations",
        rated(population="kind"),
        conflict(population=None),
        right=first("people"),
    ),
    Case(
        "fill the kind in, or leave rows of raters whose kind nobody knows out",
        rated(rows(COLUMNS, "A B 2 r people", "A B 4 m model", "A B 3 s .")),
        conflict(data=KINDS),
        right=first("people"),
    ),
    Case(
        "give the rater one kind in all rows, or another name in some of them",
        rated(rows(COLUMNS, "A B 2 r people", "A B 4 r model")),
        conflict(data=KINDS),
        right=first("people"),
    ),
    Case(
        "leave rater_kind out, so that all raters are alike",
        rated(rows(COLUMNS, "A B 2 r people", "A B 4 s people")),
        conflict(rater_kind=None),
        right=alike,
    ),
    Case(
        'state it, as in reference = "expert"',
        rated(rows(COLUMNS, "A B 2 r expert", "A B 4 m model")),
        reference("expert"),
        right=first("expert"),
    ),
    Case(
        "did you mean 'people'?; state one of these kinds as reference",
        rated(reference="peple"),
        reference("people"),
        right=first("people"),
    ),
    Case(
        "have some pairs rated by raters of that kind; or state another one as reference, as in "
        'reference = "model"',
        rated(rows(COLUMNS, "A B . r people", "A B 4 m model", "A B 2 n rule")),
        reference("model"),
        right=first("model"),
    ),
    Case(
        'name the column of who rated too, as in rater = "who"; or leave rater_kind out',
        judged(rater=None),
        conflict(rater="who"),
        right=first("people"),
    ),
    Case(
        "fill the kind in, or leave rows of raters whose kind nobody knows out",
        judged(rows(JUDGED, "A B no r people", "A B yes m model", "A B yes s .")),
        conflict(data=SAID),
        right=first("people"),
    ),
    Case(
        "leave rater_kind out, so that all raters are alike",
        judged(rows(JUDGED, "A B no r people", "A B yes s people")),
        conflict(rater_kind=None),
        right=alike,
    ),
    Case(
        "have some pairs judged by raters of that kind; or state another one as reference, as in "
        'reference = "model"',
        judged(
            rows(JUDGED, "A B . r people", "A B yes m model", "A B no n rule"), reference="people"
        ),
        reference("model"),
        right=first("model"),
    ),
]

CAUTIONS: list[tuple[str, Tables, Tables]] = [
    (
        "have raters of kind people say something of pairs of it",
        {
            "problem_area": {"goals": ["A", "B", "C"]},
            **rated(rows(COLUMNS, "A B 2 r people", "A C 4 m model")),
        },
        conflict(data=rows(COLUMNS, "A B 2 r people", "A C 4 m model", "B C 3 r people")),
    ),
    (
        "have raters of kind people say something of pairs of it",
        {
            "problem_area": {"goals": ["A", "B", "C"]},
            **judged(rows(JUDGED, "A B no r people", "A C yes m model", "B C no m model")),
        },
        conflict(data=rows(JUDGED, "A B no r people", "A C yes m model", "B C no r people")),
    ),
]
