"""What models say of single outcomes adds up to the likelihood that calibration looks at."""

import numpy as np
import pytest

from bayes_misalign.contract.registry import evidence_model, model, names_of

DRAWS = 12
CASES = [
    (name, design)
    for name in [*names_of("goals"), *names_of("conflict")]
    for design in evidence_model(name).designs()
    if name != "encounters" or design == "goals known"  # the other is two models
]


@pytest.mark.parametrize(("name", "design"), CASES)
def test_outcomes_add_up_to_the_likelihood(name: str, design: str) -> None:
    one, rng = evidence_model(name), np.random.default_rng(5)
    shape, prior = one.designs()[design], model(name).priors()
    truth = one.draw_prior(shape, prior, 1, rng)
    evidence = one.simulate({key: x[0] for key, x in truth.items()}, shape, rng)
    drawn = one.draw_prior(evidence, prior, DRAWS, rng)
    known = one.with_data(evidence, drawn)
    parameters = dict(drawn)
    if name == "encounters":
        place = {label: i for i, label in enumerate(evidence.categories)}
        matrix = np.zeros((DRAWS, len(place), len(place)))
        for p, (a, b) in enumerate(evidence.pairs):
            matrix[:, place[a], place[b]] = drawn["conflict_level"][:, p]
        parameters["conflict"] = matrix + matrix.swapaxes(1, 2)
    outcomes = one.outcomes(evidence, parameters)
    if not known:
        assert not outcomes
        return
    total = sum(x.log_likelihood @ x.times for x in outcomes)
    gap = total - known["log_likelihood"]
    np.testing.assert_allclose(gap, gap[0], rtol=0, atol=1e-6)
    for x in outcomes:
        assert len(x.labels) == x.log_likelihood.shape[1]
        if x.replicates is None:  # all that there could have been in one trial
            chance = np.zeros((DRAWS, x.question.max() + 1))
            np.add.at(chance.T, x.question, np.exp(x.log_likelihood).T)
            np.testing.assert_allclose(chance, 1, atol=1e-6)


@pytest.mark.parametrize(("name", "design"), CASES)
def test_replicates_have_the_shape_of_what_was_observed(name: str, design: str) -> None:
    one, rng = evidence_model(name), np.random.default_rng(6)
    shape, prior = one.designs()[design], model(name).priors()
    truth = {key: x[0] for key, x in one.draw_prior(shape, prior, 1, rng).items()}
    evidence = one.simulate(truth, shape, rng)
    observed = one.observed(evidence, "own")
    assert bool(observed) == bool(one.observes(evidence))
    if name == "encounters":
        truth["conflict"] = np.zeros((len(evidence.categories),) * 2)
    made = one.replicated(truth, evidence, rng, "own")
    assert list(made) == list(observed)
    for key, found in observed.items():
        assert np.shape(made[key].values) == np.shape(found.values)
        assert np.ndim(found.values) == len(found.dims)
        assert np.isfinite(found.values).all()
