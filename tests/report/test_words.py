"""Sentences: plain, with intervals, without verdicts."""

import re
from dataclasses import replace

import numpy as np
import pytest

import bayes_misalign as bm
from bayes_misalign.inference.contrast import Contrast
from bayes_misalign.inference.diagnose import Reason
from bayes_misalign.page.estimate import Estimate, common_decimals
from bayes_misalign.page.number_text import (
    count,
    estimate_text,
    pairs_text,
    part,
    probability,
    signed,
)
from bayes_misalign.report.findings import gather
from bayes_misalign.report.methods import citations, data_paragraph, methods_paragraph
from bayes_misalign.report.render_terminal import as_text
from bayes_misalign.report.sections import document
from bayes_misalign.report.words import (
    _at_most,
    attribution_sentence,
    contrast_sentence,
    headline,
    rests_sentences,
    sensitivity_sentence,
    threshold_sentences,
)
from bayes_misalign.settings import Interval
from tests.report.cases import (
    census_posterior,
    elicited_posterior,
    hostile_posterior,
    many_posterior,
    single_posterior,
    with_state,
)
from tests.studies import AREA, POPULATIONS, counts, elicited, study

VERDICTS = re.compile(r"\b(significant|high|low|strong|weak|polari[sz]ed|alarming)\w*\b")


def test_headlines() -> None:
    one = headline(gather(single_posterior()))
    estimate = single_posterior().misalignment()["all"]
    number = estimate_text(estimate, in_full=True)
    expected = "Two agents drawn at random hold conflicting goals with probability "
    assert one == f"{expected}{number}."
    census = headline(gather(census_posterior()))
    assert census.endswith("0.3229 (known).")
    many = headline(gather(many_posterior()))
    assert "the lowest of 60 populations" in many
    assert many.endswith("the highest.")
    several = bm.fit(study(elicited(), goals=counts(False)))
    for name in POPULATIONS:
        assert f"{name}" in headline(gather(several))


def test_different_agents_are_called_so() -> None:
    made = study(goals=counts(False, [9000, 9000, 9000]), shares="sizes")
    made = replace(made, reporting=replace(made.reporting, agents="different"))
    findings = gather(bm.fit(made, draws=250))
    assert headline(findings).startswith("Two different agents drawn at random")
    assert findings.overall_prior is not None


@pytest.mark.parametrize("posterior", [elicited_posterior, single_posterior, census_posterior])
def test_no_verdicts(posterior: object) -> None:
    made = document(gather(posterior()))  # type: ignore[operator]
    own = [*made.headline, made.banner]
    for section in made.sections[:7]:
        own += [block.text for block in section.blocks if block.kind == "paragraph"]
    for text in own:
        assert not VERDICTS.search(text), text


def test_attribution_says_what_to_measure() -> None:
    by_conflict = gather(elicited_posterior())
    text = attribution_sentence(by_conflict, None)
    assert text.startswith("98.6 % of the posterior variance")
    assert "the conflict level of Biden | Trump: judge or elicit it more closely" in text
    assert "0.1 % from the shares of the populations" in text
    assert "ask more agents" in attribution_sentence(gather(single_posterior()), "all")
    assert "above all that of Biden | Trump" in attribution_sentence(
        gather(three_conflicts()), "always"
    )
    assert "known" in attribution_sentence(gather(census_posterior()), None)


def three_conflicts() -> bm.Posterior:
    pairs = [("Biden", "Trump"), ("Biden", "no goal"), ("Trump", "no goal")]
    source = bm.Judged(pairs=[{"between": list(p), "yes": 3, "no": 2} for p in pairs])
    return bm.fit(AREA, counts(), [source])


def test_no_pair_is_named_that_makes_up_little_of_the_variance() -> None:
    goals = [f"goal {i}" for i in range(6)]
    area = bm.ProblemArea("many", goals=goals)
    answers = bm.SingleChoice({"goal": goals, "n": [50] * 6}, goal="goal", count="n")
    pairs = {(a, b): (3, 2) for i, a in enumerate(goals) for b in goals[i + 1 :]}
    found = gather(bm.fit(area, answers, bm.Judged(pairs=pairs), draws=500))
    text = attribution_sentence(found, "all")
    assert "above all" not in text
    assert "the conflict levels of 15 pairs, none of which makes up more than " in text
    largest = max(found.attribution["all"].pairs.values())
    assert part(largest, found.draws) in text


def test_sensitivity_in_words() -> None:
    settled = sensitivity_sentence(gather(elicited_posterior()))
    assert "Monte Carlo error" in settled or "moves the most" in settled
    assert "moves the most: from" in sensitivity_sentence(gather(single_posterior()))
    sampled = with_state(elicited_posterior(), "ok")
    assert "not tried" in sensitivity_sentence(gather(sampled))


def test_threshold_and_contrast() -> None:
    posterior = elicited_posterior()
    findings = gather(posterior)
    said = threshold_sentences(findings)
    assert len(said) == 4
    assert "exceeds 0.3 with posterior probability less than 0.001" in said[0]
    contrast = posterior.contrast("always", "sporadic")
    assert estimate_text(contrast.difference, named=True) in contrast_sentence(contrast)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.1, 0.3, "; it is greater than zero with posterior probability more than 0.999."),
        (-0.3, -0.1, "; it is less than zero with posterior probability more than 0.999."),
        (-0.3, 0.1, "; it is less than zero with posterior probability 0.75."),
    ],
)
def test_a_contrast_says_on_which_side_of_zero_it_is(low: float, high: float, said: str) -> None:
    difference = Estimate("difference", np.linspace(low, high, 4001).reshape(1, -1))
    assert contrast_sentence(Contrast("a", "b", difference, None)).endswith(said)


def test_a_known_contrast_has_no_probability() -> None:
    known = Estimate("difference", np.full((1, 100), -0.0173))
    said = contrast_sentence(Contrast("a", "b", known, None))
    assert said == "P(ma) of a minus that of b is −0.0173 (known)."


def test_methods_to_paste() -> None:
    findings = gather(elicited_posterior())
    text = methods_paragraph(findings)
    for words in ("matched", "drawn exactly", "20220601", "95 % equal-tailed", "0.1.0"):
        assert words in text
    sampled = gather(with_state(elicited_posterior(), "ok"))
    for words in ("NUTS", "R-hat was 1.200", "3 divergent"):
        assert words in methods_paragraph(sampled)
    assert any("Vehtari" in cited for cited in citations(sampled))
    assert not any("Vehtari" in cited for cited in citations(findings))
    assert "Left out: 6 who gave no answer and 6" in data_paragraph(gather(hostile_posterior()))


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (count(1234567.0), "1,234,567"),
        (count(2.5), "2.5"),
        (part(0.5, 4000), "50 %"),
        (part(0.0, 4000), "0 %"),
        (part(0.0001, 4000), "less than 1 %"),
        (probability(0.9999, 1000), "more than 0.996"),
        (probability(0.0, 1000), "less than 0.004"),
        (probability(0.005, 4000), "0.005"),
    ],
)
def test_numbers(shown: str, text: str) -> None:
    assert shown == text


def test_other_priors_that_weights_cannot_tell_are_named_as_such() -> None:
    findings = gather(elicited_posterior())
    first = next(iter(findings.sensitivity))
    alone = replace(findings, sensitivity={first: findings.sensitivity[first]})
    assert "cannot be worked out from these draws" in sensitivity_sentence(alone)
    assert "refit=True" in sensitivity_sentence(alone)
    never = replace(findings, sensitivity={})
    assert "were not tried when this result was made" in sensitivity_sentence(never)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.308, 0.326, "about 1 pair in 3"),
        (0.002, 0.01, "about 1 pair in 170"),
        (0.05, 0.52, "between about 1 pair in 20 and 1 pair in 2"),
        (0.68, 0.93, "between about 2 pairs in 3 and all but 1 pair in 14"),
        (0.44, 0.46, "about 9 pairs in 20"),
    ],
)
def test_a_probability_is_said_as_a_part_of_pairs(low: float, high: float, said: str) -> None:
    ends = Estimate("P(ma)", np.linspace(low, high, 4001).reshape(1, -1), Interval(0.999))
    assert pairs_text(ends) == said


def test_known_probabilities_are_said_as_parts_of_pairs() -> None:
    known = [Estimate("P(ma)", np.full((1, 9), value)) for value in (0.0, 0.5, 1.0)]
    assert [pairs_text(one) for one in known] == ["no pair", "1 pair in 2", "every pair"]
    near = [Estimate("P(ma)", np.full((1, 9), value)) for value in (0.4993, 0.2599, 0.0061)]
    said = ["about 1 pair in 2", "about 1 pair in 4", "about 1 pair in 160"]
    assert [pairs_text(one) for one in near] == said


def test_estimates_below_each_other_have_as_many_decimals() -> None:
    fine, coarse, none = (
        Estimate("x", np.linspace(0.3 - w, 0.3 + w, 4001).reshape(1, -1)) for w in (0.002, 0.2, 0)
    )
    assert fine.decimals > coarse.decimals
    assert common_decimals([fine, coarse, none]) == coarse.decimals
    # one uncertain row takes no digit from the others
    assert common_decimals([fine, fine, coarse]) == fine.decimals
    assert common_decimals([fine, coarse, coarse]) == coarse.decimals
    small = Estimate("x", np.linspace(0.001, 0.003, 4001).reshape(1, -1))
    assert common_decimals([small, coarse]) == small.decimals  # else nothing of it would be left
    assert common_decimals([none]) is None


def test_a_minus_is_a_minus() -> None:
    below = Estimate("difference", np.linspace(-0.3, -0.1, 4001).reshape(1, -1))
    assert estimate_text(below) == "−0.20 (−0.29 to −0.11)"
    assert signed("-0.00") == "0.00"
    known = Estimate("difference", np.full((1, 100), -0.25))
    assert estimate_text(known) == "−0.2500 (known)"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, []),
        (1, ["This rests on thing 1."]),
        (3, ["This rests on thing 1; on thing 2; on thing 3."]),
        (
            5,
            [
                "This rests on thing 1; on thing 2; on thing 3; and on 2 more, named with the "
                "state of the fit."
            ],
        ),
    ],
)
def test_what_a_result_rests_on_is_said_up_to_three_and_named_further_on(
    number: int, said: list[str]
) -> None:
    reasons = tuple(
        Reason(f"cause {i}", "measure it", "caution", rests_on=f"thing {i}")
        for i in range(1, number + 1)
    )
    posterior = elicited_posterior()
    state = "caution" if number else "ok"
    diagnosis = replace(posterior.diagnosis, reasons=reasons, state=state)
    made = bm.Posterior(posterior.groups)
    made.diagnosis = diagnosis
    findings = gather(made)
    assert rests_sentences(findings) == said
    page = document(findings)
    assert [line for line in page.headline if line.startswith("This rests on")] == said
    # and with the state of the fit every one of them stands
    assert [f"cause {i}" in " ".join(page.reasons) for i in range(1, number + 1)] == [True] * number
    text = " ".join(as_text(made).split())
    assert all(line in text for line in said)
    assert all(f"cause {i}." in text for i in range(1, number + 1))


def test_a_small_move_is_not_said_to_be_smaller() -> None:
    for moved, said in ((0.00041, 0.0005), (0.0005, 0.0005), (0.0096, 0.01), (0.03, 0.03)):
        assert _at_most(moved) == pytest.approx(said, rel=1e-12)
