"""What each card says of its prior, beside draws from the prior."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from bayes_misalign.contract.registry import evidence_model, names_of
from models import prior_quantiles as stated

MODELS = Path(__file__).parents[2] / "models"
DRAWS = 20_000
WITHIN = 4.5  # standard errors of a level, with one number a draw


def card(name):
    return (MODELS / name / "README.md").read_text(encoding="utf-8")


def test_every_model_with_a_prior_states_quantiles():
    models = map(evidence_model, names_of())
    with_designs = {m.name for m in models if m.traits.kind != "shares" and m.designs()}
    assert {name for name in stated.SHOWN if stated.rows_of(card(name))} == {
        *with_designs,
        "independent",
        "pooled",
        "waves",
    }


@pytest.mark.parametrize("name", stated.SHOWN)
def test_draws_have_the_quantiles_of_the_card(name):
    rows = stated.rows_of(card(name))
    assert {row[:2] for row in rows} == {(d, q) for d, qs in stated.SHOWN[name].items() for q in qs}
    rng, found = np.random.default_rng(3), {}
    for design, quantity, numbers in rows:
        if design not in found:
            found[design] = stated.draws_of(name, design, DRAWS, rng)
        values = stated.values_of(found[design], quantity)
        for level, text in zip(stated.LEVELS, numbers, strict=True):
            error = WITHIN * np.sqrt(level * (1 - level) / DRAWS)
            number = float(text)
            # three digits: the quantile lies somewhere between half a digit less and more
            slack = 0.5 * 10.0 ** (np.floor(np.log10(abs(number))) - 2) if number else 0.0
            assert (values < number - slack).mean() - error <= level, (design, quantity, text)
            assert (values <= number + slack).mean() + error >= level, (design, quantity, text)


def test_the_typical_lapse_is_that_of_the_defaults():
    (row,) = [r for r in stated.rows_of(card("judged")) if r[1] == "lapse"]
    assert float(row[2][1]) == pytest.approx(0.03, rel=0.02)
    defaults = tomllib.loads((MODELS / "judged" / "model.toml").read_text(encoding="utf-8"))
    assert defaults["priors"]["lapse"] == 0.03


def test_cut_points_cover_what_the_card_of_rated_says():
    spans = {r[0]: float(r[2][1]) for r in stated.rows_of(card("rated")) if r[1] == stated.SPAN}
    text = " ".join(card("rated").split())
    said = "cover {:.1f} in the median on three levels, {:.1f} on four, {:.1f} on five, {:.1f} on"
    names = ("nobody named", "holders of the goals", "raters", "11 levels")
    assert said.format(*(spans[name] for name in names)) in text
