"""The core of the report names no model, and asks nothing of one but through the table of hooks."""

import ast
from importlib import resources
from pathlib import Path

import pytest

import bayes_misalign.report as room
from bayes_misalign.contract.registry import CATALOGUE
from bayes_misalign.page.blocks import Section
from bayes_misalign.report.findings import gather
from bayes_misalign.report.hooks import ModelReport, Place
from bayes_misalign.report.of_models import MODELS, of_model
from bayes_misalign.report.sections import sections
from tests.report.cases import elicited_posterior, single_posterior

FOLDER = Path(str(resources.files(room)))
CORE = sorted(p for p in FOLDER.rglob("*.py") if "of_models" not in p.parts)


@pytest.mark.parametrize("path", CORE, ids=lambda p: str(p.relative_to(FOLDER)))
def test_the_core_names_no_model_and_no_evidence(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            assert node.value not in CATALOGUE
        if isinstance(node, ast.ImportFrom):
            assert not str(node.module).startswith("bayes_misalign.evidence")
            assert "report.of_models." not in str(node.module)


def test_the_table_holds_models_that_there_are() -> None:
    assert set(MODELS) <= set(CATALOGUE)
    for name in CATALOGUE:
        assert isinstance(of_model(name), ModelReport)
    assert type(of_model("a model of somebody else")) is ModelReport


def test_every_hook_may_be_left_as_it_is() -> None:
    findings, plain = gather(elicited_posterior()), ModelReport()
    source = findings.study.conflict.sources[0]
    assert plain.results(findings.result) is None
    assert not plain.sections(None, findings)
    assert not plain.figures(None, findings)
    assert plain.headline(None, findings) is None
    assert plain.source_text(source, source.pairs[0]) == f"{source.model} ({source.origin})"
    assert plain.advice(source, "them") == plain.prior_in_brief(source, None) == ""
    assert not plain.citations(source)
    assert not plain.study_lines(findings.study)


def test_sections_stand_in_the_order_of_their_places() -> None:
    made = sections(gather(single_posterior()))
    assert [section.place for section in made] == sorted(section.place for section in made)
    assert {type(section) for section in made} == {Section}
    assert set(Place) >= {section.place for section in made}
