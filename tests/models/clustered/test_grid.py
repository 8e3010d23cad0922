"""One population and two goals: the posterior by quadrature over share and correlation."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.inference.nuts import Compiled, usable_compile_cache
from bayes_misalign.models.clustered.evidence import ClusterCounts
from bayes_misalign.study.options import Fitting

MODEL = evidence_model("clustered")
ANSWERS = np.array([[6, 0], [5, 1], [2, 4], [6, 0], [1, 5], [9, 3]])
EVIDENCE = ClusterCounts.of(("a", "b"), ("all",), [ANSWERS])
PRIORS: Any = MODEL.priors({"shares": {"kind": "concentration", "concentration": 2.0}})
POINTS = 600


def by_quadrature() -> dict[str, float]:
    """Return means and sds of P(ma) and the correlation; both priors are uniform."""
    x = (np.arange(POINTS) + 0.5) / POINTS
    p, rho = x[:, None], x[None, :]
    a = (1 - rho) / rho
    log = sum(stats.betabinom.logpmf(n[0], n.sum(), p * a, (1 - p) * a) for n in ANSWERS)
    weight = np.exp(log - np.max(log))
    weight /= weight.sum()
    found = {}
    for name, values in (("misalignment", 2 * p * (1 - p)), ("correlation", rho)):
        mean = (weight * values).sum()
        found |= {name: mean, f"sd of {name}": np.sqrt((weight * (values - mean) ** 2).sum())}
    return found


def test_prior_draws_weighted_by_the_likelihood_meet_the_quadrature() -> None:
    drawn = MODEL.draw_prior(EVIDENCE, PRIORS, 400_000, np.random.default_rng(1))
    log = MODEL.with_data(EVIDENCE, drawn)["log_likelihood"]
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    p, expected = drawn["proportion"][:, 0, 0], by_quadrature()
    values = {"misalignment": 2 * p * (1 - p), "correlation": drawn["correlation"]}
    for name, draws in values.items():
        mean = weight @ draws
        error = np.sqrt((weight**2) @ (draws - mean) ** 2)
        assert mean == pytest.approx(expected[name], abs=4 * error)
        assert np.sqrt(weight @ (draws - mean) ** 2) == pytest.approx(
            expected[f"sd of {name}"], rel=0.02
        )


@pytest.mark.slow
def test_nuts_meets_the_quadrature() -> None:
    usable_compile_cache()
    compiled = Compiled(MODEL.build(EVIDENCE, PRIORS))
    tree = compiled.sample(MODEL.data(EVIDENCE, PRIORS), Fitting(draws=5_000, target_accept=0.95))
    assert int(tree["sample_stats"]["diverging"].sum()) == 0
    p = tree["posterior"]["proportion"].values[..., 0, 0].ravel()
    found = {"misalignment": 2 * p * (1 - p)}
    found["correlation"] = tree["posterior"]["correlation"].values.ravel()
    for name, draws in found.items():
        expected = by_quadrature()
        assert draws.mean() == pytest.approx(expected[name], abs=0.05 * draws.std())
        assert draws.std() == pytest.approx(expected[f"sd of {name}"], rel=0.05)
