"""A study with judgements, written to a folder and read back."""

from pathlib import Path
from typing import Any

import pytest

import bayes_misalign as bm
from bayes_misalign.inference.simulate import simulate
from bayes_misalign.models.judged.evidence import JudgedConflict
from bayes_misalign.study.write import write_study

AREA = bm.ProblemArea("plan", goals=["a", "b", "c"], no_goal=["none"])
GOALS = bm.SingleChoice({"goal": ["a", "b", "c"], "n": [50, 30, 20]}, goal="goal", count="n")
ROWS = {
    "goal": ["a", "c", "a", "b", "c", "a"],
    "goal_other": ["b", "b", "b", "none", "a", "c"],
    "conflict": ["yes", "no", "no", "yes", "yes", "no"],
}
NAMED = ROWS | {"who": ["Bob", "Bob", "Ann", "Ann", "Ann", "Bob"]}
AGAIN = {"who": ["Ann"] * 6, "n": [3, 1, 2, 1, 1, 0]}
WAYS: dict[str, Any] = {
    "nobody is named": bm.Judged(ROWS),
    "by rater": bm.Judged(NAMED, rater="who"),
    "again": bm.Judged(ROWS | AGAIN, rater="who", count="n", repeated=True),
    "a pair that nobody judged": bm.Judged(
        NAMED | {"n": [1, 0, 1, 1, 1, 1]}, rater="who", count="n"
    ),
    "kinds of raters": bm.Judged(
        NAMED | {"n": [1, 0, 1, 1, 1, 1], "kind": ["model"] * 2 + ["people"] * 3 + ["model"]},
        rater="who",
        count="n",
        rater_kind="kind",
    ),
}


def of(study: bm.Study) -> JudgedConflict:
    (source,) = (s for s in study.conflict.sources if isinstance(s, JudgedConflict))
    return source


def figures(source: JudgedConflict) -> Any:
    cells = zip(source.rater, source.pair, source.cell_yes, source.cell_no, strict=True)
    return (
        source.pairs,
        source.raters,
        source.repeated,
        (source.kinds, source.kind_of_rater.tolist()),
        [source.yes.tolist(), source.no.tolist()],
        [(int(r), int(p), float(y), float(n)) for r, p, y, n in cells],
    )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("simulated", [False, True])
def test_what_is_written_is_what_is_read(way: str, simulated: bool, tmp_path: Path) -> None:
    prior = {"judged": {"severity": 0.7, "lapse": 0.1}}
    study = bm.Study.of(AREA, GOALS, WAYS[way], conflict_prior=prior)
    study = simulate(study, 40, seed=1).study if simulated else study
    again = bm.read_study(write_study(study, tmp_path))
    assert figures(of(again)) == figures(of(study))
    assert again.conflict_priors == study.conflict_priors


def test_two_sources_of_judgements_are_two_tables(tmp_path: Path) -> None:
    some = {key: values[:1] for key, values in NAMED.items()}
    others = bm.Judged(pairs={("a", "c"): (3, 1), ("b", "c"): (0, 2)})
    study = bm.Study.of(AREA, GOALS, [bm.Judged(some, rater="who"), others])
    again = bm.read_study(write_study(study, tmp_path))
    kept = [source for source in again.conflict.sources if isinstance(source, JudgedConflict)]
    assert [source.raters for source in kept] == [("Bob",), ()]
    assert [source.yes.tolist() for source in kept] == [[1.0], [3.0, 0.0]]


def test_a_study_survives_a_dictionary() -> None:
    for way in WAYS.values():
        study = bm.Study.of(AREA, GOALS, way)
        assert bm.Study.from_plain(study.to_plain()) == study
