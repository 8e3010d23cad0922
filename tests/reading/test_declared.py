from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from bayes_misalign.errors import Problems
from bayes_misalign.models.elicited.declaration import Elicited
from bayes_misalign.models.fixed.declaration import Fixed
from bayes_misalign.models.judged.declaration import Judged
from bayes_misalign.models.mutually_exclusive.declaration import MutuallyExclusive
from bayes_misalign.models.noisy_labels.declaration import NoisyLabels
from bayes_misalign.models.rated.declaration import Rated
from bayes_misalign.models.single_choice.declaration import SingleChoice
from bayes_misalign.reading.problem_area import ProblemArea

PAIRS = [{"between": ["a", "b"], "conflict": 0.5}]
TABLES: list[tuple[Any, dict[str, Any]]] = [
    (
        SingleChoice("a.csv", "g", populations=("s",), population_size={"s": 4}),
        {"data": "a.csv", "goal": "g", "populations": ["s"], "population_size": {"s": 4}},
    ),
    (MutuallyExclusive(), {}),
    (Fixed(PAIRS, goals=("a", "b")), {"pairs": PAIRS, "goals": ["a", "b"]}),
    (Elicited(data="e.csv", probability=0.9), {"data": "e.csv", "probability": 0.9}),
    (Judged("j.csv", yes=("ja",)), {"data": "j.csv", "yes": ["ja"]}),
    (ProblemArea("v", ("a",), ("u",)), {"name": "v", "goals": ["a"], "no_goal": ["u"]}),
]


@pytest.mark.parametrize(("declaration", "table"), TABLES)
def test_a_table_of_a_study_fills_the_declaration(declaration: Any, table: dict[str, Any]) -> None:
    adapter = TypeAdapter(type(declaration))
    assert adapter.validate_python(table) == declaration
    with pytest.raises(ValidationError, match="unknown_key"):
        adapter.validate_python(table | {"unknown_key": 1})


@pytest.mark.parametrize(
    ("declaration", "found"),
    [
        (SingleChoice("a.csv", "x", population="x"), "'x' is stated as goal and as population"),
        (Rated("r.csv", goal="x", rating="x"), "'x' is stated as rating and as goal"),
        (NoisyLabels("l.csv", label="y", gold="x", raters=("x", "z")), "as gold and as raters"),
    ],
)
def test_a_column_has_one_role(declaration: Any, found: str) -> None:
    problems = Problems()
    assert not declaration.check(problems)
    assert any(found in str(problem) for problem in problems)
