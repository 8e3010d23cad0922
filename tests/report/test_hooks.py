"""What single models add to a report: nothing, unless they say so; sections in their order."""

import pytest

from bayes_misalign.contract.registry import names_of
from bayes_misalign.page.blocks import Section
from bayes_misalign.report.findings import gather
from bayes_misalign.report.hooks import ModelReport, Place, report_of
from bayes_misalign.report.sections import sections
from tests.report.cases import elicited_posterior, single_posterior


@pytest.mark.parametrize("name", [*names_of("goals"), *names_of("conflict")])
def test_every_model_has_a_report_if_only_an_empty_one(name: str) -> None:
    assert isinstance(report_of(name), ModelReport)


def test_every_hook_may_be_left_as_it_is() -> None:
    findings, plain = gather(elicited_posterior()), ModelReport()
    assert plain.results(findings.result) is None
    assert not plain.sections(None, findings)
    assert not plain.figures(None, findings)
    assert plain.headline(None, findings) is None
    assert not plain.study_lines(findings.study)


def test_sections_stand_in_the_order_of_their_places() -> None:
    made = sections(gather(single_posterior()))
    assert [section.place for section in made] == sorted(section.place for section in made)
    assert {type(section) for section in made} == {Section}
    assert {int(section.place) for section in made} <= set(Place)
