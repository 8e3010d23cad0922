"""Small files as people really have them, each read right or refused with advice that helps.

They were made after public reports of people who had such files.
"""

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.study.toml import read_study

CASES = Path(__file__).parent / "data" / "cases"


@pytest.fixture
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of a case whose name is that of the test, to be changed at will."""
    name = request.node.originalname.removeprefix("test_").replace("_", "-")
    return Path(shutil.copytree(CASES / name, tmp_path / name))


def sound(case: Path, study: str = "study.toml", **more: str) -> Any:
    """A study that must be sound, with lines of TOML added to [goals] or [conflict]."""
    return read_study(changed(case, study, more))


def says(case: Path, study: str = "study.toml", **more: str) -> str:
    """What is said of a study that must be refused."""
    with pytest.raises(bm.BayesMisalignError) as refused:
        read_study(changed(case, study, more))
    return str(refused.value)


def changed(case: Path, study: str, more: dict[str, str]) -> Path:
    text = (case / study).read_text()
    for table, line in more.items():
        key = line.split("=")[0].strip()
        text = re.sub(rf"^{key}\s*=.*\n", "", text, flags=re.MULTILINE)
        text = text.replace(f"[{table}]\n", f"[{table}]\n{line}\n")
    (case / "changed.toml").write_text(text)
    tomllib.loads(text)
    return case / "changed.toml"


def counts(study: Any) -> list[list[float]]:
    return study.goals.counts.tolist()


def test_every_case_has_a_test() -> None:
    tested = {name.removeprefix("test_").replace("_", "-") for name in globals()}
    assert {folder.name for folder in CASES.iterdir()} <= tested


def test_agreement_percent_per_pair(case: Path) -> None:
    assert "yes_share" in says(case)
    text = (case / "study.toml").read_text().replace("no_count", "yes_share")
    (case / "study.toml").write_text(text)
    found = sound(case, conflict='count = "n"\nagreement = true').conflict.sources[0]
    np.testing.assert_array_equal(found.yes + found.no, [120, 90, 100])
    np.testing.assert_array_equal(found.no, [42, 72, 55])


def test_conflict_matrix_asymmetric(case: Path) -> None:
    assert "'A' and 'B': 0.8, 0.4" in says(case)


def test_conflict_matrix_file(case: Path) -> None:
    np.testing.assert_array_equal(sound(case).conflict.sources[0].conflict, [0.8, 0.3, 0.5])


def test_cp1252_csv(case: Path) -> None:
    assert 'encoding = "cp1252"' in says(case)
    assert counts(sound(case, "enc.toml")) == [[1, 1, 1]]


def test_distances_above_one(case: Path) -> None:
    text = says(case)
    assert "scale = [0, 3]" in text
    assert "spatial" in text
    found = sound(case, conflict="scale = [0, 3]")
    np.testing.assert_allclose(found.conflict.sources[0].conflict, [1, 1 / 3, 2 / 3])


def test_dta_tagged_missing(case: Path) -> None:
    assert "row 3, column 'w': the weight is blank" in says(case)
    (case / "study.toml").write_text((case / "study.toml").read_text().replace('weight="w"\n', ""))
    left = sound(case).goals
    assert left.counts.tolist() == [[2, 2]]
    assert any("missing, as the file declares: '.a' 1, '.b' 1" in note for note in left.notes)
    listed = (case / "listed.toml").read_text()
    (case / "listed.toml").write_text(listed.replace('["a","b"]', '[".a",".b"]'))
    found = sound(case, "listed.toml").goals
    assert found.counts.tolist() == [[2, 2]]
    assert {name: n.tolist() for name, n in found.not_answers.items()} == {".a": [1], ".b": [1]}


def test_duplicate_column_names(case: Path) -> None:
    assert "2 columns are called 'vote'" in says(case)


def test_european_decimals(case: Path) -> None:
    assert 'separator = ";"' in says(case)
    text = says(case, "sep.toml")
    assert 'decimal = ","' in text
    assert "weight 0" not in text  # which follows from nothing
    found = sound(case, "sep.toml", goals='decimal = ","').goals
    np.testing.assert_array_equal(found.weight_sum, [[2.25, 0.75]])


def test_excel_unicode_text(case: Path) -> None:
    assert 'separator = "\\t"' in says(case)
    assert counts(sound(case, goals='separator = "\\t"')) == [[1, 1]]


def test_grouped_labels_zero_counts(case: Path) -> None:
    found = sound(case).goals
    assert found.n.sum() == 100
    assert len(found.reports) == 6


def test_inspect_eval_json(case: Path) -> None:
    study = sound(case, goals='cluster = "sample"')
    assert counts(study) == [[1, 1]]
    assert study.goals.n_effective == 1  # two runs of one prompt


def test_json_array(case: Path) -> None:
    assert counts(sound(case)) == [[1, 1]]


def judgements(study: Any) -> tuple[list[float], list[float]]:
    """Numbers of yes and of no of the only pair."""
    found = study.conflict.sources[0]
    return found.yes.tolist(), found.no.tolist()


def test_judged_1_0(case: Path) -> None:
    assert judgements(sound(case)) == ([2], [1])


def test_judged_float(case: Path) -> None:
    assert judgements(sound(case)) == ([2], [1])


def test_judged_true_false(case: Path) -> None:
    assert judgements(sound(case)) == ([2], [1])


def test_judged_jn(case: Path) -> None:
    assert 'name the words, as in yes = ["ja"] and no = ["nein"]' in says(case)
    assert judgements(sound(case, conflict='yes = ["Ja"]\nno = ["Nein"]')) == ([2], [1])


def test_judged_y_n(case: Path) -> None:
    assert "name the words, as in yes = " in says(case)
    assert judgements(sound(case, conflict='yes = ["y"]\nno = ["n"]')) == ([2], [1])


def test_limesurvey_sep_and_quotes(case: Path) -> None:
    found = sound(case).goals
    assert (found.counts.tolist(), found.not_asked.tolist()) == ([[1, 1]], [1])


def test_llm_free_text_answers(case: Path) -> None:
    text = says(case)
    assert "'A) trees'" in text
    assert "'The answer is B.'" in text
    marked = 'patterns = { "^A" = "A", "answer is B|^B" = "B", "cannot choose" = "Refused" }'
    found = sound(case, problem_area='not_answers = ["Refused"]', goals=marked).goals
    assert found.counts.tolist() == [[2, 2]]
    assert found.not_answers["Refused"] == 1


def test_lm_eval_samples_jsonl(case: Path) -> None:
    assert sum(map(sum, counts(sound(case)))) == len((case / "s.jsonl").read_text().splitlines())


def test_matrix_upper_triangle(case: Path) -> None:
    np.testing.assert_array_equal(sound(case).conflict.sources[0].conflict, [0.8, 0.3, 0.5])


def test_other_free_text(case: Path) -> None:
    text = says(case)
    assert "40 labels in 40 rows" in text
    assert 'other = "Other"' in text
    assert len(text.splitlines()) == 1
    assert counts(sound(case, goals='other = "Other"')) == [[30, 20, 40]]


def test_panel_same_ids_in_each_wave(case: Path) -> None:
    found = sound(case).goals
    assert found.n.tolist() == [50, 50, 50]
    assert found.pattern_counts.sum() == 50
    assert sound(case, "noid.toml").goals.n.tolist() == [50, 50, 50]


def test_pci2_bipolar_scale(case: Path) -> None:
    assert "error = 0" in says(case)
    found = sound(case, conflict="error = 0").conflict.sources[0]
    np.testing.assert_allclose(found.mean.ravel(), np.arange(7) / 6)


def test_published_percentages(case: Path) -> None:
    assert 'model = "published"' in says(case)


def test_r_na_cells(case: Path) -> None:
    text = says(case)
    assert 'missing = ["NA"]' in text
    assert "did you mean" not in text
    assert "NA" not in sound(case, "listed.toml").goals.populations


def test_sav_duplicate_labels(case: Path) -> None:
    text = says(case)
    assert "have the same label, 'Other'" in text
    assert "codes = {" in text
    assert counts(sound(case, "codes.toml")) == [[6, 4, 2]]


def test_sav_multiple_response_set(case: Path) -> None:
    assert 'state model = "multi-select", and the goal of each in columns' in says(case)


def test_sav_population_user_missing(case: Path) -> None:
    assert "the population is empty in 2 rows: 5, 6" in says(case)
    found = sound(case, goals='empty_population = "leave out"').goals
    assert found.populations == ("north", "south")
    assert found.n.tolist() == [2, 2]


def test_sav_thermometer_user_missing(case: Path) -> None:
    found, truth = (sound(case, f"{name}.toml").conflict.sources[0] for name in ("study", "truth"))
    assert found.levels == truth.levels
    np.testing.assert_array_equal(found.raw_level, truth.raw_level)
    assert any("6 cells of column 'warm' in r.sav are missing" in note for note in found.notes)


def test_spelling_variants(case: Path) -> None:
    text = says(case)
    assert "'A '" in text
    assert "'B\\xa0'" in text


def test_spss_portable_file(case: Path) -> None:
    text = says(case)  # the codes have no labels in this file
    assert "encoding" not in text
    assert counts(sound(case, goals='codes = {"1" = "A", "2" = "B"}')) == [[2, 1]]


def test_thousands_separators(case: Path) -> None:
    text = says(case)
    assert "write numbers without a separator of thousands" in text
    assert "decimal" not in text


def test_title_lines_above_header(case: Path) -> None:
    assert "skip_rows = 3" in says(case)
    assert sum(map(sum, counts(sound(case, goals="skip_rows = 3")))) > 0


def test_wide_labels_na(case: Path) -> None:
    text = says(case)
    assert 'missing = ["NA"]' in text
    assert "did you mean" not in text
    found = sound(case, goals='missing = ["NA"]').goals
    assert (found.reports * found.agents[:, None]).sum() == 13


def test_wide_ratings(case: Path) -> None:
    assert "columns" in says(case)


def test_xlsx_export(case: Path) -> None:
    assert "a.xlsx: the workbook cannot be read" in says(case)
