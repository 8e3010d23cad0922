"""Small designs: what is wrong with one is said with its options, and what is meant is read."""

from typing import Any

import pytest

from tests.reading.surveys import evidence, refused

STRATIFIED = {"goal": "goal", "strata": "h", "cluster": "c", "weight": "w"}
SMALL: dict[str, list[Any]] = {
    "goal": ["a", "b", "a", "b", "a", "b"],
    "h": ["1", "1", "1", "2", "2", "2"],
    "c": ["1", "2", "3", "4", "5", "5"],
    "w": [1.0, 1.0, 2.0, 1.0, 1.0, 1.0],
    "N": [10, 10, 10, 8, 8, 8],
    "r1": [2.0, 0.0, 2.0, 2.0, 0.0, 0.0],
    "r2": [0.0, 2.0, 0.0, 0.0, 2.0, 2.0],
}
REPLICATES = {"columns": "r*", "method": "brr"}
WRONG: dict[str, tuple[dict[str, list[Any]], dict[str, Any], tuple[str, ...]]] = {
    "a cluster in two strata": (
        {"c": ["1", "2", "3", "1", "2", "5"]},
        STRATIFIED,
        ("2 clusters are in two strata", "nest=True"),
    ),
    "one cluster in two strata": (
        {"c": ["1", "2", "3", "1", "4", "5"]},
        STRATIFIED,
        ("rows 1 and 4: a cluster is in two strata, '1' and '2'", "nest=True"),
    ),
    "a lonely cluster": (
        {"c": ["1", "2", "3", "4", "4", "4"]},
        STRATIFIED,
        ("stratum '2' has one sampled cluster", "lonely='adjust'", "lonely='certainty'"),
    ),
    "an fpc below n": (
        {"N": [2, 2, 2, 8, 8, 8]},
        {**STRATIFIED, "fpc": "N"},
        ("the fpc of stratum '1' is 2, and 3 clusters", "leave fpc out"),
    ),
    "an fpc that differs": (
        {"N": [10, 11, 10, 8, 8, 8]},
        {**STRATIFIED, "fpc": "N"},
        ("is 10 in one row and 11 in another", "one number for each stratum"),
    ),
    "an fpc of nothing": (
        {"N": [0, 0, 0, 8, 8, 8]},
        {**STRATIFIED, "fpc": "N"},
        ("an fpc is not above 0",),
    ),
    "an fpc that is no number": (
        {"N": ["ten"] * 3 + [8] * 3},
        {**STRATIFIED, "fpc": "N"},
        ("the fpc is not a number", "'ten'"),
    ),
    "parts without weights": (
        {},
        {"goal": "goal", "strata": "h", "cluster": "c", "fpc": "N"},
        ("were sampled, and the answers have no weight", "name it as weight"),
    ),
    "an empty cluster": (
        {"c": ["1", "", "3", "4", "5", "5"]},
        STRATIFIED,
        ("the cluster is empty in 1 row: 2"),
    ),
    "an empty stratum": (
        {"h": ["1", "1", "1", "2", "", "2"]},
        STRATIFIED,
        ("the stratum is empty in 1 row: 5"),
    ),
    "a negative replicate weight": (
        {"r1": [2.0, -1.0, 2.0, 2.0, 0.0, 0.0]},
        {"goal": "goal", "weight": "w", "replicates": REPLICATES},
        ("the replicate weight is negative", "row 2"),
    ),
    "a replicate weight that is no number": (
        {"r2": ["x", "2", "0", "0", "2", "2"]},
        {"goal": "goal", "weight": "w", "replicates": REPLICATES},
        ("the replicate weight is not a number", "'x'", "row 1"),
    ),
    "no weight in a replicate": (
        {"r1": [0.0] * 6},
        {"goal": "goal", "weight": "w", "replicates": REPLICATES},
        ("in the replicate 'r1' nobody in some population has a weight",),
    ),
    "a negative weight": (
        {"w": [1.0, -1.0, 2.0, 1.0, 1.0, 1.0]},
        STRATIFIED,
        ("the weight is negative", "row 2"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_design_is_said_with_its_options(name: str) -> None:
    changed, stated, words = WRONG[name]
    said = refused({**SMALL, **changed}, ["a", "b"], **stated)
    for word in words:
        assert word in said


@pytest.mark.parametrize(
    ("stated", "word"),
    [
        ({"strata": "h", "replicates": REPLICATES}, "replicates and strata are both stated"),
        ({"replicates": REPLICATES, "weight": None}, "without weight"),
        ({"replicates": "r*"}, "replicates is 'r*'"),
        ({"replicates": {"columns": "q*", "method": "brr"}}, "no columns of the table fit 'q*'"),
        ({"replicates": {"columns": ["r1", "r9"], "method": "brr"}}, "no such column"),
        ({"replicates": {"columns": "r*", "method": "halves"}}, "method is 'halves'"),
        ({"replicates": {"columns": "r*"}}, "method is None"),
        ({"replicates": {"columns": "r*", "method": "fay"}}, "without its factor"),
        ({"replicates": {"columns": "r*", "method": "jkn"}}, "jkn needs rscales"),
        ({"replicates": {"columns": "r*", "method": "brr", "rho": 1}}, "unknown key 'rho'"),
        ({"replicates": {"columns": 3, "method": "brr"}}, "columns is 3"),
        ({"replicates": {**REPLICATES, "df": 0}}, "df is 0"),
        ({"replicates": {**REPLICATES, "mse": "yes"}}, "mse is 'yes'"),
        ({"replicates": {**REPLICATES, "rscales": [1.0]}}, "there are 2 replicates and 1 rscales"),
        ({"nest": True, "strata": "h"}, "nest is stated without strata and cluster"),
        ({"lonely": "ignore", "strata": "h"}, "lonely is 'ignore'"),
        ({"lonely": "adjust"}, "lonely is stated without strata or cluster"),
    ],
)
def test_what_a_study_states_of_a_design_has_to_fit(stated: dict[str, Any], word: str) -> None:
    assert word in refused(SMALL, ["a", "b"], **{"goal": "goal", "weight": "w", **stated})


def test_nested_clusters_and_lonely_strata_are_read_where_they_are_meant() -> None:
    nested = {**SMALL, "c": ["1", "2", "3", "1", "2", "2"]}
    found = evidence(nested, ["a", "b"], **STRATIFIED, nest=True)
    assert found.design == evidence(SMALL, ["a", "b"], **STRATIFIED).design
    alone = {**SMALL, "c": ["1", "2", "3", "4", "4", "4"]}
    assert evidence(alone, ["a", "b"], **STRATIFIED, lonely="remove").design is not None
    # a stratum of which everything was sampled has no variance, and is not lonely
    whole = {**alone, "N": [10, 10, 10, 1, 1, 1]}
    assert evidence(whole, ["a", "b"], **STRATIFIED, fpc="N").design is not None


def test_fractions_are_read_as_sizes() -> None:
    fractions = {**SMALL, "N": [0.3, 0.3, 0.3, 0.25, 0.25, 0.25]}
    found = evidence(fractions, ["a", "b"], **STRATIFIED, fpc="N")
    assert found.design == evidence(SMALL, ["a", "b"], **STRATIFIED, fpc="N").design
