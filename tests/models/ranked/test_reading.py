"""From tables and files of PrefLib to counts of orders."""

from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from bayes_misalign.models.ranked.declaration import Ranked
from bayes_misalign.models.ranked.evidence import OrderCounts
from bayes_misalign.models.ranked.orders import label_of, order_of, orders_of, reverse, without_gaps
from bayes_misalign.reading.problem_area import ProblemArea
from tests.readers import read, refused

AREA = ProblemArea("travel", ["car", "bike", "bus"], ["none"], ["refused"])
CELLS = ["car > bike > bus", "car>bike", "bus", "none", "", "refused", "bus > car = bike"]
EXPECTED = {"car > bike > bus": 2, "bus > car = bike": 2, "no goal": 1}
UNKNOWN = {"car > bike > bus": 1, "car > bike": 1, "bus": 1, "no goal": 1, "bus > car = bike": 1}
EXAMPLE = Path(__file__).parents[3] / "examples" / "debian-leader"


def found(evidence: OrderCounts, s: int = 0) -> dict[str, float]:
    named = zip(evidence.categories, evidence.counts[s].tolist(), strict=True)
    return {label: n for label, n in named if n}


def test_orders_in_one_cell() -> None:
    evidence = read(Ranked({"by": CELLS}, order="by"), AREA)
    assert found(evidence) == EXPECTED
    assert evidence.not_asked.tolist() == [1]
    assert evidence.not_answers["refused"].tolist() == [1]
    assert evidence.incomplete.tolist() == [1]  # "bus", which leaves two out
    assert any("One agent left out two alternatives or more" in x for x in evidence.notes)
    assert evidence.goals == ("car", "bike", "bus", "no goal")


def test_alternatives_that_were_left_out_may_be_unknown() -> None:
    evidence = read(Ranked({"by": CELLS}, order="by", unranked="unknown"), AREA)
    assert found(evidence) == UNKNOWN
    assert evidence.incomplete.tolist() == [2]
    assert any("nothing is known of these" in x for x in evidence.notes)


LISTS = [
    ["car", "bike", "bus"],
    ["car", "bike"],
    ["bus"],
    ["none"],
    [],
    ["refused"],
    ["bus", ["car", "bike"]],
]
FLAT = [*LISTS[:-1], ["bus", "car", "bike"]]


def test_lists_in_the_cells_of_a_frame() -> None:
    assert found(read(Ranked({"by": LISTS}, order="by"), AREA)) == EXPECTED
    assert found(read(Ranked(pd.DataFrame({"by": LISTS}), order="by"), AREA)) == EXPECTED
    flat = {"car > bike > bus": 2, "bus > car = bike": 1, "bus > car > bike": 1, "no goal": 1}
    assert found(read(Ranked(pl.DataFrame({"by": FLAT}), order="by"), AREA)) == flat


def test_a_column_of_places_for_each_alternative() -> None:
    area = ProblemArea("travel", ["car", "bike", "bus"])
    places = {
        "r_car": ["1", "1", "", "", "2", "3.0"],
        "r_bike": ["2", "2", "", "", "2", "5"],
        "r_bus": ["3", "", "1", "", "1", "9"],
    }
    expected = {"car > bike > bus": 3, "bus > car = bike": 2}
    stated = {"r_car": "car", "r_bike": "bike", "r_bus": "bus"}
    for columns in ("r_{goal}", stated):
        evidence = read(Ranked(places, columns=columns), area)
        assert found(evidence) == expected
        assert evidence.not_asked.tolist() == [1]
    more, named = {**places, "x": ["4"] * 6}, {**stated, "x": "x"}
    assert found(read(Ranked(more, columns=named, left_out=["x"]), area)) == expected


def test_a_row_for_each_alternative_of_an_agent() -> None:
    rows = [
        ("1", "car", 1, "x", 2.0),
        ("1", "bike", 2, "x", 2.0),
        ("1", "bus", 3, "x", 2.0),
        ("2", "bus", 1, "y", 0.5),
        ("2", "car", 2, "y", 0.5),
        ("2", "bike", 2, "y", 0.5),
    ]
    names = ("who", "what", "place", "at", "w")
    table = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    long = {"agent": "who", "alternative": "what", "rank": "place"}
    evidence = read(Ranked(table, **long, population="at", weight="w"), AREA)
    assert found(evidence) == {"car > bike > bus": 1}
    assert found(evidence, 1) == {"bus > car = bike": 1}
    assert evidence.weight_total.tolist() == [2.0, 0.5]
    twice = {**table, "what": ["car", "car", *table["what"][2:]]}
    assert "agent '1' places 'car' twice" in refused(Ranked(twice, **long), AREA)
    other = {**table, "w": [2.0, 3.0, 2.0, 0.5, 0.5, 0.5]}
    assert "the weights of agent '1' differ" in refused(Ranked(other, **long, weight="w"), AREA)


def test_alternatives_that_are_no_goals_are_taken_out_in_words() -> None:
    cells = ["train > car > bike > bus", "train", "bus > train > car > bike"]
    evidence = read(Ranked({"by": cells}, order="by", left_out=["train"]), AREA)
    assert found(evidence) == {
        "car > bike > bus": 1,
        "bus > car > bike": 1,
        "car = bike = bus": 1,
    }
    assert "Taken out of every order: 'train'." in evidence.notes
    said = refused(Ranked({"by": cells}, order="by"), AREA)
    assert "'train'" in said
    assert "left_out" in said


def test_populations_weights_and_counts() -> None:
    data = {
        "by": ["car > bike > bus", "bus > car > bike"],
        "at": ["x", "y"],
        "n": [3, 4],
    }
    evidence = read(Ranked(data, order="by", population="at", count="n"), AREA)
    assert found(evidence) == {"car > bike > bus": 3}
    assert found(evidence, 1) == {"bus > car > bike": 4}
    weighted = read(Ranked({**data, "w": [0.5, 2]}, order="by", weight="w"), AREA)
    assert weighted.weighted
    assert weighted.weight_total.tolist() == [2.5]


def test_a_file_of_preflib_and_the_table_of_the_example_are_one(tmp_path: Path) -> None:
    pytest.importorskip("preflibtools")
    names = ["Zacchiroli", "Verhelst", "Plessy", "Manterola", "None Of The Above"]
    lines = [f"# ALTERNATIVE NAME {i + 1}: {name}" for i, name in enumerate(names)]
    table = pd.read_csv(EXAMPLE / "ballots.csv")
    orders = [
        ",".join(str(names.index(part) + 1) for part in ballot.split(" > "))
        for ballot in table["ballot"]
    ]
    lines += [f"{n}: {order}" for n, order in zip(table["ballots"], orders, strict=True)]
    head = [f"# NUMBER VOTERS: {table['ballots'].sum()}", "# NUMBER ALTERNATIVES: 5"]
    (tmp_path / "a.soi").write_text("\n".join([*head, *lines]) + "\n")
    area = ProblemArea("leader", names)
    one = read(Ranked("a.soi"), area, tmp_path)
    other = read(Ranked(table, order="ballot", count="ballots"), area)
    assert one.categories == other.categories
    assert one.counts.tolist() == other.counts.tolist()
    assert one.n.tolist() == [436]
    assert (one.source, other.source) == ("a.soi", "data frame")
    (tmp_path / "t.toc").write_text("\n".join([*lines[:3], "# NUMBER VOTERS: 2", "2: 1,{2,3}"]))
    few = ProblemArea("leader", names[:3])
    tied = read(Ranked("t.toc"), few, tmp_path)
    assert found(tied) == {"Zacchiroli > Verhelst = Plessy": 2}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("# NUMBER VOTERS: 3\n# ALTERNATIVE NAME 1: car\n2: 1\n", "the head of the file says 3"),
        ("# NUMBER VOTERS: 2\n# ALTERNATIVE NAME 1: car\n2: 1,2\n", "without a name"),
        ("# NUMBER VOTERS: 2\n2 1\n", "cannot be read by preflibtools"),
    ],
)
def test_damaged_files_of_preflib(tmp_path: Path, lines: str, said: str) -> None:
    pytest.importorskip("preflibtools")
    (tmp_path / "a.soi").write_text(lines)
    assert said in refused(Ranked("a.soi"), AREA, tmp_path)


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"order": None}, "neither order, columns nor rank is stated"),
        ({"columns": {"by": "car"}}, "order and columns are stated together"),
        ({"order": None, "rank": "r"}, "only rank of agent, alternative and rank is stated"),
        ({"distance": "x"}, "distance is 'x'"),
        ({"ties": "x"}, "ties is 'x'"),
        ({"unranked": "x"}, "unranked is 'x'"),
        ({"pairs": [["car", "bike"]], "distance": "first"}, "pairs are stated, and distance is"),
        ({"pairs": [["car", "plane"]]}, "a pair names 'plane', which is no goal"),
        ({"pairs": [["car", "car"]]}, "names one goal twice"),
        ({"pairs": "car"}, "pairs is 'car'"),
        ({"before": "="}, "before and tied are the same"),
        ({"left_out": ["car"]}, "'car' is left out, and it is in a list"),
        ({"weight_sum": "w"}, "only one of weight_sum and weight_sq_sum"),
        ({"data": "x.soi"}, "order cannot be stated of a file of PrefLib"),
    ],
)
def test_what_does_not_go_together(stated: dict[str, object], said: str) -> None:
    declared = {"data": {"by": ["car"], "w": [1]}, "order": "by", **stated}
    assert said in refused(Ranked(**declared), AREA)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["car > bkie"], "did you mean 'bike'"),
        (["car > car"], "1 agent names an alternative twice, as in row 1"),
        (["car > none"], "an alternative and none"),
    ],
)
def test_cells_that_cannot_be(cells: list[str], said: str) -> None:
    assert said in refused(Ranked({"by": [*cells, "bus"]}, order="by"), AREA)


def test_places_that_cannot_be() -> None:
    area = ProblemArea("travel", ["car", "bike"])
    for text in ("0", "1.5", "x", "-1"):
        said = refused(Ranked({"car": [text], "bike": ["1"]}, columns="{goal}"), area)
        assert "a place is not a whole number from 1" in said


def test_orders_and_their_reverses() -> None:
    assert without_gaps((7, 3, 3, 0)) == (2, 1, 1, 0)
    assert reverse((1, 2, 2, 0)) == (2, 1, 1, 0)
    goals = ("a", "b", "c", "d", "no goal")
    assert label_of(goals, (2, 1, 1, 0)) == "b = c > a"
    assert order_of(goals, "b = c > a") == (2, 1, 1, 0)
    assert len(orders_of(goals, []).categories) == 25
    five = orders_of(tuple("abcde"), [(1, 2, 2, 3, 4)])
    assert len(five.categories) == 12
    at = five.position
    for i in range(5):
        for j in range(i):
            assert (at[:, i] < at[:, j]).sum() == (at[:, i] > at[:, j]).sum()
