"""Who is in contact with whom, as a study says it: read, checked, written and kept."""

import io
import json
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from rich.console import Console

import bayes_misalign as bm
from bayes_misalign.errors import BayesMisalignError
from bayes_misalign.reading.contacts import Contacts
from bayes_misalign.report.check_text import print_study
from bayes_misalign.study.study import Study
from bayes_misalign.study.write import write_study
from tests.fixes import BASE, over, read, rows, written
from tests.fixes_of_contacts import contact, groups
from tests.study.hostile import HOSTILE, with_value

AREA = bm.ProblemArea("club", ["Mr. Hi", "Officer"])
KARATE = nx.karate_club_graph()
MEMBERS = {
    "id": [str(node) for node in KARATE],
    "club": [KARATE.nodes[node]["club"] for node in KARATE],
}


def karate(stated: bm.Contact) -> Contacts:
    goals = bm.SingleChoice(MEMBERS, goal="club", respondent="id")
    study = Study.of(AREA, goals, bm.MutuallyExclusive(), contact=stated)
    assert study.contact is not None
    again = Study.from_plain(json.loads(json.dumps(study.to_plain())))
    assert again.contact == study.contact
    return study.contact


def of(tables: Any, folder: Path) -> Contacts:
    found = read(folder, over(BASE, tables)).contact
    assert found is not None
    return found


def said(tables: Any, folder: Path) -> str:
    with pytest.raises(BayesMisalignError) as error:
        read(folder, over(BASE, tables))
    return str(error.value)


def test_a_graph_and_its_table_of_edges_are_the_same_contacts() -> None:
    one, other = zip(*KARATE.edges, strict=True)
    table = {"a": list(map(str, one)), "b": list(map(str, other))}
    of_graph = karate(bm.Contact(KARATE))
    of_table = karate(bm.Contact(table, agent="a", agent_other="b"))
    of_nodes = karate(bm.Contact(KARATE, goal="club"))
    assert (of_graph.agents, of_graph.contacts, of_graph.known) == (34, 78, False)
    for found in (of_table, of_nodes):
        np.testing.assert_array_equal(found.goal, of_graph.goal)
        np.testing.assert_array_equal(found.one, of_graph.one)
        np.testing.assert_array_equal(found.other, of_graph.other)
    weighted = karate(bm.Contact(KARATE, weight="weight", whole=True))
    assert (weighted.weight.sum(), weighted.known) == (231, True)


def test_a_directed_graph_may_hold_a_contact_both_ways() -> None:
    graph = nx.DiGraph([("a", "b"), ("b", "a"), ("a", "c")])
    nx.set_node_attributes(graph, {"a": "Mr. Hi", "b": "Officer", "c": "Officer"}, "club")
    found = karate(bm.Contact(graph, goal="club"))
    assert sorted(found.weight.tolist()) == [1, 2]


def test_who_meets_nobody_counts_and_who_is_unknown_does_not() -> None:
    graph = nx.Graph([("a", "b"), ("b", "c")])
    graph.add_node("d")
    clubs = {"a": "Mr. Hi", "b": "Officer", "c": None, "d": "Officer"}
    nx.set_node_attributes(graph, clubs, "club")
    found = karate(bm.Contact(graph, goal="club"))
    assert (found.agents, found.contacts) == (3, 1)
    assert "of whose goals nothing is known, which are left out: 1." in found.notes[0]
    assert found.notes[1].endswith("counted as meeting nobody: 1 of 3.")


def test_contacts_of_labelled_agents_keep_what_was_reported() -> None:
    labels = rows("id who says", "1 r A", "1 s A", "2 r B", "2 s B", "3 r A", "3 s B")
    goals = bm.NoisyLabels(labels, agent="id", rater="who", label="says")
    met = bm.Contact(rows("a b", "1 2", "2 3"), agent="a", agent_other="b")
    study = Study.of(bm.ProblemArea("x", ["A", "B"]), goals, bm.MutuallyExclusive(), contact=met)
    assert study.contact is not None
    assert study.contact.uncertain
    assert sorted(study.contact.pattern.tolist()) == [0, 1, 2]


def test_rows_between_goals_are_counted_and_left_out(tmp_path: Path) -> None:
    area = {"problem_area": {"no_goal": ["none"], "not_answers": ["refused"]}}
    table = rows("one other n", "A B 3", "B A 1", "A none 2", "refused A 5", ". A 1", "A A 4")
    found = of(over(area, groups(table, count="n")), tmp_path)
    assert found.labels == ("A", "B", "no goal")
    np.testing.assert_allclose(10 * found.mixing, [[4, 2, 1], [2, 0, 0], [1, 0, 0]])
    assert (found.contacts, found.known) == (10, False)
    assert found.notes[0].endswith("with agents without an answer, left out: 6.")


def test_shares_are_known_unless_their_contacts_are_told(tmp_path: Path) -> None:
    table = rows("one other s", "A A .5", "A B .2", "B B .3")
    known = of(groups(table, share="s"), tmp_path / "a")
    np.testing.assert_allclose(known.mixing, [[0.5, 0.1], [0.1, 0.3]])
    assert known.known
    some = of(groups(table, share="s", contacts=50), tmp_path / "b")
    assert (some.known, some.contacts) == (False, 50)


def test_populations_are_those_of_the_goals(tmp_path: Path) -> None:
    tables = {
        "goals": {"data": rows("vote s", "A x", "B y", "A y"), "population": "s"},
        "populations": {"shares": {"x": 0.5, "y": 0.5}},
        "contact": {"data": rows("one other n", "x x 6", "x y 2", "y y 2"), "count": "n"}
        | {"population": "one", "population_other": "other"},
    }
    found = of(tables, tmp_path)
    assert (found.between, found.labels) == ("populations", ("x", "y"))
    np.testing.assert_allclose(found.mixing, [[0.6, 0.1], [0.1, 0.2]])
    wrong = over(tables, {"contact": {"data": rows("one other n", "x z 6")}})
    assert "there is no population 'z'" in said(wrong, tmp_path)


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        (contact(rows("from to", "1 9")), "there is no agent '9' in the evidence about goals"),
        (contact(rows("from to", "1 .")), "the other agent is empty"),
        (contact(rows("from to", "3 3")), "the agent '3' is in contact with itself"),
        (contact(rows("from to", "1 2", "2 1")), "named twice, before in row 1"),
        (contact(rows("from to w", "1 2 0"), weight="w"), "no two agents are in contact"),
        (contact(rows("from to w", "1 2 x"), weight="w"), "weight of a contact"),
        (groups(rows("one other", "A C")), "there is no goal 'C'"),
        (groups(rows("one other n", "A B 0"), count="n"), "there is no contact"),
        (groups(rows("one other s", "A B 60", "A A 40"), share="s"), "sum to 100"),
        (groups(rows("one other s", "A B .6"), share="s"), "sum to 0.6"),
        (groups(rows("one other", "A B"), whole=True), "have no ids"),
        (contact(goal="from"), "columns of agent and goal are stated"),
        ({"contact": {}}, "neither data nor shares"),
        ({"contact": {"shares": [[1]], "of": "goals"}}, "a row for each of 'A', 'B'"),
        ({"contact": {"shares": [[0.5, -0.1], [0.1, 0.5]], "of": "goals"}}, "not negative"),
        ({"contact": {"shares": [[1.0]], "of": "populations"}}, "there is one population"),
        ({"contact": {"agnt": "x"}}, "unknown key 'agnt'"),
    ],
)
def test_what_is_no_contact_is_refused_in_words(tables: Any, says: str, tmp_path: Path) -> None:
    assert says in said(tables, tmp_path)


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        (bm.Contact(KARATE, agent="id"), "columns are stated of a graph"),
        (bm.Contact(KARATE, goal="town"), "no node of the graph has the attribute"),
        (bm.Contact(KARATE, weight="length"), "weight of a contact"),
        (bm.Contact(nx.Graph([(0, 99)])), "there is no agent '99'"),
    ],
)
def test_what_a_graph_lacks_is_said(stated: bm.Contact, says: str) -> None:
    with pytest.raises(BayesMisalignError, match=says):
        karate(stated)


def test_nodes_of_other_goals_are_refused() -> None:
    area, goals = bm.ProblemArea("club", ["Mr. Hi", "B"]), bm.SingleChoice(counts={"B": 3})
    met = bm.Contact(KARATE, goal="club")
    with pytest.raises(BayesMisalignError, match=r"17 nodes hold goals .*: 'Officer'"):
        Study.of(area, goals, bm.MutuallyExclusive(), contact=met)


def test_contacts_of_groups_are_written_and_of_agents_refused(tmp_path: Path) -> None:
    for number, stated in enumerate(({"count": "n"}, {"share": "s"})):
        table = rows("one other n s", "A A 5 .5", "A B 2 .2", "B B 3 .3")
        (tmp_path / str(number)).mkdir()
        study = read(tmp_path / str(number), over(BASE, groups(table, **stated)))
        (tmp_path / f"{number}w").mkdir()
        again = bm.read_study(write_study(study, tmp_path / f"{number}w")).contact
        assert again is not None
        assert study.contact is not None
        np.testing.assert_allclose(again.mixing, study.contact.mixing)
        assert (again.contacts, again.known) == (study.contact.contacts, study.contact.known)
    study = read(tmp_path / "agents", over(BASE, contact()))
    with pytest.raises(bm.StudyError, match="their ids are not kept"):
        write_study(study, tmp_path)


def test_every_key_refuses_hostile_values_in_words(tmp_path: Path) -> None:
    told = []
    for number, key in enumerate(bm.Contact.__dataclass_fields__):
        study = over(BASE, contact() if number % 2 else groups(rows("one other", "A B")))
        for value in HOSTILE[number % 2 :: 2]:
            try:
                bm.read_study(written(tmp_path, with_value(study, ("contact", key), value)))
            except BayesMisalignError as error:
                told.append(str(error))
    assert len(told) > 150
    assert all(10 < len(text) < 30_000 and "\x1b" not in text for text in told)


def test_a_check_says_who_is_in_contact(tmp_path: Path) -> None:
    study = read(tmp_path / "agents", over(BASE, contact()))
    console = Console(file=io.StringIO(), width=200)
    print_study(study, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "contact: 2 contacts between agents, data frame" in text
