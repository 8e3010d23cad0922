"""What `check_model` finds: nothing in the package's models, and what is wrong in broken ones."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bayes_misalign.contract.registry import BUILT_IN, model
from bayes_misalign.models.drawn_conflict.evidence import DrawnLevels
from bayes_misalign.models.drawn_shares.evidence import DrawnGoals
from bayes_misalign.testing import ModelError, check_model

LEVELS = np.array([[0.2, 0.9], [0.3, 0.7], [0.1, 0.8], [0.4, 0.95]])
GIVEN = {  # evidence of models that have no designs, for there is nothing to calibrate
    "drawn-shares": DrawnGoals(
        ("a", "b"), ("one", "other"), np.stack([LEVELS, 1 - LEVELS], axis=-1)
    ),
    "drawn-conflict": DrawnLevels((("a", "b"), ("b", "c")), LEVELS, "draws.csv"),
}


# a calibration of its own takes long, and is in tests/test_model_checks.py
AT_LENGTH = {"experts": pytest.mark.slow}


@pytest.mark.parametrize("name", [pytest.param(n, marks=AT_LENGTH.get(n, ())) for n in BUILT_IN])
def test_models_of_the_package_keep_their_contract(name: str) -> None:
    check_model(model(name), {"given": GIVEN[name]} if name in GIVEN else None)


def test_a_model_without_designs_is_looked_at_with_evidence_that_is_given() -> None:
    with pytest.raises(ModelError, match="it has no designs"):
        check_model(model("drawn-shares"))


JUDGED: Any = model("judged")


def found(**changes: Any) -> str:
    """Return what is found in the model of judgements with other methods."""
    broken = type("Broken", (type(JUDGED),), changes)()
    with pytest.raises(ModelError) as error:
        check_model(broken)
    assert len(error.value.problems) == len(set(error.value.problems)) > 0
    return str(error.value)


def test_no_quantity_that_holds_the_data() -> None:
    assert "gives no log-likelihood and no residual" in found(with_data=lambda *_: {})


def test_quantities_that_do_not_hold_the_data() -> None:
    def of_levels(self: Any, evidence: Any, parameters: Any) -> Any:
        total = parameters["conflict_level"].sum(axis=1)
        return {"log_likelihood": total, "residual": total**2}

    assert "nothing would notice that data are ignored" in found(with_data=of_levels)


def test_a_posterior_that_ignores_the_data() -> None:
    def draw(self: Any, evidence: Any, priors: Any, draws: int, rng: Any) -> Any:
        exact = JUDGED.draw(evidence, priors, draws, rng)
        return exact and JUDGED.draw_prior(evidence, priors, draws, rng)

    assert "exact draws fail calibration" in found(draw=draw)


def test_a_prior_that_is_not_varied() -> None:
    def alternatives(self: Any, priors: Any, evidence: Any) -> Any:
        offered = JUDGED.alternatives(priors, evidence)
        return {key: replace(x, lapse=priors.lapse) for key, x in offered.items()}

    assert "the prior 'lapse' of model.toml is varied by no alternative" in found(
        alternatives=alternatives
    )


def test_a_reason_for_what_is_varied_or_does_not_exist() -> None:
    text = found(not_varied={"yes": "no need", "maybe": "no such number"})
    assert "not_varied names 'yes', which alternatives vary" in text
    assert "not_varied names 'maybe', which is no number of model.toml" in text


def written(self: Any, *given: Any, without: str) -> dict[str, Any]:
    table = JUDGED.write(*given)
    return {key: value for key, value in table.items() if key != without}


def test_a_prior_that_is_not_written() -> None:
    text = found(write=lambda self, *given: written(self, *given, without="prior"))
    assert "priors that were written and read are not the same" in text


def test_a_number_that_is_not_written() -> None:
    def write(self: Any, evidence: Any, priors: Any, area: Any, folder: Path) -> Any:
        named = bool(evidence.raters)
        other = evidence if named else replace(evidence, yes=evidence.yes + 1)
        return JUDGED.write(other, priors, area, folder)

    assert "evidence that was written and read has another yes" in found(write=write)


def test_draws_of_another_shape_and_from_elsewhere() -> None:
    def draw_prior(self: Any, evidence: Any, priors: Any, draws: int, rng: Any) -> Any:
        other = np.random.default_rng()
        return {"conflict_level": other.uniform(size=(draws, 1 + len(evidence.pairs)))}

    text = found(draw_prior=draw_prior)
    assert "draw_prior gives 'conflict_level' of shape" in text
    assert "draw_prior gives other draws with the same random numbers" in text


def test_traits_of_another_model() -> None:
    text = found(traits=replace(JUDGED.traits, drawn="known", needs_agents=True))
    assert "drawn is 'known', and draw returns None" in text
    assert "needs_agents is True" in text


def test_labels_that_get_through_to_a_report() -> None:
    def describe(self: Any, evidence: Any, priors: Any) -> Any:
        if any("<" in label for pair in evidence.pairs for label in pair):
            raise ValueError("a label holds <")
        return JUDGED.describe(evidence, priors)

    assert "fails on hostile labels" in found(describe=describe)


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    text = found(assets=lambda self: tmp_path)
    assert "it has no card" in text
    assert "it has no defaults" in text
