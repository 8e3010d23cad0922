"""From a table to what is downloaded, without a browser."""

import csv
import io
import runpy
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.app import result as made
from bayes_misalign.app import show
from bayes_misalign.app.kept_work import MOST, KeptWork
from bayes_misalign.app.opening import open_path
from bayes_misalign.app.tables import levers
from bayes_misalign.app.work import CHOOSE, FIT, OPEN, WRONG, Work
from bayes_misalign.inference.draw_blocks import KeptGoals, goals_kept
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.start import begin
from bayes_misalign.start.examples import example_path
from bayes_misalign.start.roles import Roles
from tests.app import hostile, tables


@pytest.fixture
def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bayes_misalign.report.render_html.drawn_of", lambda found: {})


def numbers(posterior: Posterior) -> dict[str, float]:
    found = {name: one.mean for name, one in posterior.misalignment().items()}
    whole = posterior.overall()
    return found if whole is None else {**found, "": whole.mean}


def test_a_page_begins_with_nothing(tmp_path: Path) -> None:
    work = Work(tmp_path)
    assert (work.next_step, work.result, work.waits) == (OPEN, None, False)
    work.move({"key": work.key, "pairs": {"0": [0, 1]}})
    work.use(Roles(), [], [])
    work.begin_fit()
    assert work.trouble == []


def test_columns_are_proposed_as_init_proposes_them(tmp_path: Path) -> None:
    work = Work(tmp_path)
    work.open(open_path(tables.write(tmp_path / "votes.csv")))
    assert work.beginning is not None
    assert work.beginning.proposed.roles == tables.COLUMNS
    answers = work.answers(Roles("vote"))
    assert not isinstance(answers, list)
    assert (answers.no_goal, answers.not_answers) == (("Unsure",), ("Refused",))
    assert work.next_step == CHOOSE
    assert work.listed(Roles("vote"))[-2:] == ["Unsure", "Refused"]


def test_counts_in_columns_and_published_percentages_are_read_as_init_reads_them(
    tmp_path: Path,
) -> None:
    counted = "region,stay,leave,abstained\nnorth,30,20,5\nsouth,10,40,6\n"
    published = "region,answer,percent,n\n" + "".join(
        f"{poll},{answer},{percent},{n}\n"
        for poll, n in (("may", 800), ("june", 900))
        for answer, percent in (("stay", 48), ("leave", 41), ("unsure", 11))
    )
    for name, text, no_goal in (("a", counted, "abstained"), ("b", published, "unsure")):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        work = Work(tmp_path)
        work.open(open_path(tmp_path / f"{name}.csv"))
        assert work.beginning is not None
        roles = work.beginning.proposed.roles
        listed = work.listed(roles)
        assert set(listed) == {"stay", "leave", no_goal}
        work.use(roles, [no_goal], [])
        assert work.trouble == []
        assert work.base is not None
        draft = begin.begin(str(tmp_path / f"{name}.csv"), begin.Stated(), proposals=True)
        expected = read_study(begin.write_draft(draft, tmp_path / f"{name}.toml", force=True)[1])
        assert work.base.study.goals.counts.tolist() == expected
        assert any("Goals, " in text for text in work.base.told)


def read_study(study: bm.Study | None) -> list[list[float]]:
    assert study is not None
    return [list(row) for row in study.goals.counts]


def test_exclusive_goals_are_where_a_table_begins(tmp_path: Path) -> None:
    work = tables.used(tmp_path)
    assert work.stated
    assert [(s.low, s.high) for s in work.starts if not s.without_goal] == [(1, 1)] * 3
    assert work.result is work.first is not None
    text = work.result.described.text
    assert 'data = "votes.csv"' in text
    assert 'name = "the vote"' in text
    assert work.base is not None
    assert "Taken for no goal: 'Unsure'." in work.base.told
    assert "age" in text  # named among the columns that are not used


def test_what_is_downloaded_gives_the_same_digits(tmp_path: Path) -> None:
    work = tables.used(tmp_path)
    work.move({"key": work.key, "pairs": {"0": [0.5, 0.5], "3": [0.25, 0.75]}})
    assert work.result is not None
    assert work.result is not work.first
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    name = made.kept_name(work.result.described)
    (elsewhere / name).write_text(work.result.described.text, encoding="utf-8")
    shutil.copy(tmp_path / "votes.csv", elsewhere)
    again = bm.fit(bm.read_study(elsewhere / name))
    assert numbers(again) == numbers(work.result.posterior)
    assert again.study.to_plain() == work.result.posterior.study.to_plain()
    rows = list(csv.DictReader(io.StringIO(work.result.csv())))
    assert {r["population"]: float(r["mean"]) for r in rows} == numbers(again)


@pytest.mark.usefixtures("no_figures")
def test_the_script_runs_and_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tables.used(tmp_path)
    assert work.result is not None
    (tmp_path / "study.toml").write_text(work.result.described.text, encoding="utf-8")
    (tmp_path / "again.py").write_text(made.script_file(work.result), encoding="utf-8")
    lines = made.script_file(work.result).splitlines()
    assert len([line for line in lines if line and not line.startswith("#")]) == 5
    monkeypatch.chdir(tmp_path)
    runpy.run_path("again.py")
    assert capsys.readouterr().out == f"{work.result.posterior}\n"
    assert (tmp_path / "report.html").stat().st_size > 10_000


@pytest.mark.usefixtures("no_figures")
def test_the_report_is_the_one_of_the_package(tmp_path: Path) -> None:
    work = tables.used(tmp_path)
    assert work.result is not None
    expected = work.result.posterior.report(tmp_path / "report.html").read_bytes()
    assert made.report_file(work.result) == expected


def test_goals_are_drawn_once_while_levels_move(tmp_path: Path) -> None:
    work = tables.used(tmp_path)
    drawn = len(work._kept.drawn)
    for level in (0.2, 0.4, 0.6):
        work.move({"key": work.key, "pairs": {"0": [level, level], "1": [0.1, 0.2]}})
    classes = len(work._kept.drawn)
    work.move({"key": work.key, "pairs": {"0": [0.8, 0.8], "1": [0.1, 0.2]}})
    assert len(work._kept.drawn) == classes
    assert work.result is not None
    study = work.result.described.study
    alone = bm.fit(study)
    assert numbers(alone) == numbers(work.result.posterior)
    kept = KeptGoals()
    with goals_kept(kept):
        first, second = bm.fit(study), bm.fit(study.with_fitting(seed=5))
    assert numbers(first) == numbers(alone)
    assert numbers(second) != numbers(alone)
    assert drawn > 0
    shares = kept.drawn[0][2]
    assert shares is not None
    with pytest.raises(ValueError, match="read-only"):
        shares["proportion"][0] = 0


def test_levels_that_move_back_are_the_first_ones(tmp_path: Path) -> None:
    work = tables.used(tmp_path)
    assert work.first is not None
    work.move({"key": work.key, "pairs": {"0": [0.5, 0.5]}})
    work.move({"key": work.key, "pairs": {}})
    assert work.result is not None
    assert work.result.described.text == work.first.described.text
    assert numbers(work.result.posterior) == numbers(work.first.posterior)


@pytest.mark.parametrize(
    "sent",
    [
        {"pairs": {"0": [2, 3]}},
        {"pairs": {"0": [0.5]}},
        {"pairs": {"0": "ab"}},
        {"pairs": {"99": [0, 1]}},
        {"pairs": {"-1": [0, 1]}},
        {"pairs": {"0": [0.9, 0.1]}},
    ],
)
def test_moves_that_no_slider_sends_are_refused(tmp_path: Path, sent: dict[str, object]) -> None:
    work = tables.used(tmp_path)
    work.move({"key": work.key, **sent})
    assert work.trouble
    assert work.next_step == WRONG
    work.move({"key": work.key, "pairs": {}})
    assert (work.trouble, work.result is not None) == ([], True)


@pytest.mark.parametrize("sent", [None, 3, [], {"key": "0", "pairs": {"0": [0, 0]}}, {"pairs": 1}])
def test_moves_of_other_sliders_move_nothing(tmp_path: Path, sent: object) -> None:
    work = tables.used(tmp_path)
    before = work.result
    work.move(sent)
    assert work.result is before


def test_wrong_columns_are_said_in_the_words_of_the_page(tmp_path: Path) -> None:
    work = Work(tmp_path)
    work.open(open_path(tables.write(tmp_path / "votes.csv")))
    work.use(replace(tables.COLUMNS, rater="age"), [], [])
    assert 'the field "Who it is"' in work.trouble[0]
    assert "--" not in work.trouble[0]
    work.use(replace(tables.COLUMNS, goal=""), [], [])
    assert 'the field "Goal or answer"' in work.trouble[0]
    work.use(Roles("vote", weight="region"), [], [])
    assert "weight" in work.trouble[0]
    work.use(replace(tables.COLUMNS, goal="w"), [], [])
    assert "2 things at once" in work.trouble[0]
    assert work.result is None
    work.use(tables.COLUMNS, ["Unsure"], ["Refused"])
    assert work.trouble == []


def test_measured_conflict_stays_until_somebody_states_it(tmp_path: Path) -> None:
    work = Work(tmp_path)
    work.open(open_path(example_path("german-parties")))
    assert not work.stated
    assert work.first is not None
    means = work.first.posterior.mean_conflict
    assert work.starts[0].low == pytest.approx(means[0, 1], abs=0.005)
    before = work.result
    work.move({"key": work.key, "own": False, "pairs": {"0": [1, 1]}})
    assert work.result is before
    work.move({"key": work.key, "own": True, "pairs": {"0": [1, 1]}})
    assert work.trouble == []
    assert work.result is not None
    levels = work.result.posterior.mean_conflict
    assert levels[0, 1] == 1
    np.testing.assert_allclose(levels[0, 2], means[0, 2], atol=0.005)
    assert made.kept_name(work.result.described) == "study-moved.toml"


def test_what_must_be_sampled_waits(tmp_path: Path) -> None:
    work = Work(tmp_path)
    work.open(open_path(example_path("anaesthetists")))
    assert (work.waits, work.result, work.next_step) == (True, None, FIT)
    work.move({"key": work.key, "own": True, "pairs": {"0": [0.5, 0.5]}})
    assert (work.waits, work.result, work.trouble) == (True, None, [])


def test_a_study_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text("[problem_area]\nname = 3\n", encoding="utf-8")
    work = Work(tmp_path)
    work.open(open_path(tmp_path))
    assert work.next_step == WRONG
    assert any("there is no table [goals]" in line for line in work.trouble)


def test_labels_do_nothing(tmp_path: Path) -> None:
    work = Work(tmp_path)
    work.open(open_path(hostile.write(tmp_path / "votes.csv")))
    assert work.beginning is not None
    goal, population, weight = hostile.HEADER
    work.use(Roles(goal, (population,), weight), [], [], hostile.SCRIPT)
    assert work.trouble == []
    work.move({"key": work.key, "pairs": {"0": [0.2, 0.9]}})
    assert work.result is not None
    shown = (
        show.number_html(work.result)
        + show.state_html(work.result)
        + show.tables_html(work.result)
        + show.levels_html(work)
        + show.figure_html(show.figure_of(work.result, narrow=True))
    )
    assert "<script" not in shown
    assert "<img src=x" not in shown
    assert hostile.LONG[:300] not in shown
    assert f"\u2068{hostile.ARABIC}\u2069" in shown
    for row in csv.reader(io.StringIO(work.result.csv())):
        assert not any(value.startswith(("=", "+", "@")) for value in row)
    study = tmp_path / "study.toml"
    study.write_text(work.result.described.text, encoding="utf-8")
    assert numbers(bm.fit(bm.read_study(study))) == numbers(work.result.posterior)


def test_what_nobody_foresaw_ends_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tables.used(tmp_path)

    def broken(*given: object) -> None:
        raise RuntimeError("a bug\x1b[2J")

    with monkeypatch.context() as changed:
        changed.setattr("bayes_misalign.app.work.fitted", broken)
        work.move({"key": work.key, "pairs": {"0": [0.5, 0.5]}})
    assert work.trouble == [
        "An unexpected error: RuntimeError: a bug\\x1b[2J. The terminal shows where it arose."
    ]
    assert "Traceback" in capsys.readouterr().err
    work.move({"key": work.key, "pairs": {"0": [0.5, 0.5]}})
    assert (work.trouble, work.result is not None) == ([], True)


def test_levers_are_slopes_of_the_posterior(tmp_path: Path) -> None:
    work = tables.used(tmp_path)
    assert work.result is not None
    base = numbers(work.result.posterior)[""]
    work.move({"key": work.key, "pairs": {"0": [0.9, 0.9]}})
    moved = numbers(work.result.posterior)[""]
    table = levers(work.result.findings)[0]
    slopes = {row[0]: row[2] for row in table.rows}
    assert slopes[work.starts[0].pair].mean == pytest.approx(base - moved, abs=0.004)


def test_many_goals_have_sliders_for_the_pairs_that_matter(tmp_path: Path) -> None:
    goals = [f"goal {i}" for i in range(12)]
    rows = [[goal] for i, goal in enumerate(goals) for _ in range(60 if i > 9 else 2)]
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["vote"], *rows])
    work = Work(tmp_path)
    work.open(open_path(tmp_path / "a.csv"))
    work.use(Roles("vote"), [], [])
    assert work.first is not None
    numbers_shown = show.with_sliders(work.starts, work.first.findings)
    assert len(numbers_shown) == show.MOST_SLIDERS
    names = [one.name for one in show.sliders_of(work, numbers_shown)]
    assert "goal 10 | goal 11" in names
    assert show.levels_html(work).count('class="pair"') == show.MOST_SLIDERS
    # others get a slider when somebody asks, whatever the order of the two goals
    assert show.added_html(work).strip() == ""
    assert work.base is not None
    place = {goal: i for i, goal in enumerate(work.base.study.conflict.categories)}
    nine, eight, top = place["goal 9"], place["goal 8"], [place["goal 10"], place["goal 11"]]
    for places in ([nine, eight], [eight, nine], top, [3, 3], [0, 99], "01", None, [[1], {}]):
        work.add(places)
    (added,) = [n for n in work.added if n not in numbers_shown]
    assert set(work.starts[added].pair) == {"goal 8", "goal 9"}
    assert show.added_html(work).count('class="pair"') == 1
    before = work.result
    work.move({"key": work.key, "pairs": {str(added): [0.25, 0.75]}})
    assert work.result is not before
    assert 'value="0.25"' in show.added_html(work)
    assert 'data-moved="1"' in show.added_html(work)


def test_all_pairs_are_moved_at_once_also_those_without_a_slider(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["vote"], *([f"goal {i % 12}"] for i in range(96))])
    work = Work(tmp_path)
    work.open(open_path(tmp_path / "a.csv"))
    work.use(Roles("vote"), [], [])
    assert work.result is not None
    first = numbers(work.result.posterior)["all"]
    work.move({"key": work.key, "pairs": {}, "all": 0.5})
    assert numbers(work.result.posterior)["all"] == pytest.approx(first / 2, abs=1e-12)
    work.move({"key": work.key, "pairs": {"0": [1, 1]}, "all": 0.5})
    assert numbers(work.result.posterior)["all"] > first / 2
    for wrong in (2, "0.5", [0.5]):
        work.move({"key": work.key, "pairs": {}, "all": wrong})
        assert work.trouble == ["a level of conflict lies between 0 and 1."]
    work.move({"key": work.key, "pairs": {}})
    assert numbers(work.result.posterior)["all"] == first


def test_a_page_that_is_loaded_again_shows_what_was_chosen_and_moved(tmp_path: Path) -> None:
    pytest.importorskip("shiny")
    from bayes_misalign.app import parts

    work = tables.used(tmp_path)
    assert work.beginning is not None
    assert work.used is not None
    work.use(replace(work.used.roles, weight=None), [], ["Unsure", "Refused"], "a & b")
    form = str(parts.columns_form(work.beginning, work.used))
    assert 'value="a &amp; b"' in form
    weight = form.split('id="role_weight"')[1].split("</select>")[0]
    assert '<option value="" selected="">(none)</option>' in weight
    answers = work.answers(Roles("vote"))
    assert not isinstance(answers, list)
    of_answers = str(parts.answers_form(answers, {}, work.used))
    assert of_answers.count('<option value="not-answer" selected="">') == 2
    work.move({"key": work.key, "pairs": {"1": [0.3, 0.6]}})
    html = show.levels_html(work)
    row = html.split('data-pair="1"')[1].split("</fieldset>")[0]
    assert 'data-low="1' in row
    assert 'value="0.3"' in row
    assert 'value="0.6"' in row
    assert "checked" in row
    work.move({"key": "of another page", "pairs": {"1": [0.9, 0.9]}})
    assert show.levels_html(work) == html


def test_work_is_kept_for_a_page_that_may_come_back(tmp_path: Path) -> None:
    kept = KeptWork()
    works = [Work(tmp_path) for _ in range(MOST + 1)]
    for number, work in enumerate(works):
        kept.keep(f"tab {number}", work)
    assert kept.taken("tab 0") is None
    assert kept.taken("another") is None
    assert kept.taken("tab 3") is works[3]
    assert kept.taken("tab 3") is None
    kept.stop()
