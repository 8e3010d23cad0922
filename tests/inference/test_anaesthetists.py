"""The data on which the model of noisy labels was introduced: five anaesthetists, 45 patients."""

from pathlib import Path

import numpy as np

import bayes_misalign as bm

STUDY = Path(__file__).parents[2] / "examples" / "anaesthetists" / "study.toml"
# Dawid and Skene, Applied Statistics 28 (1979): shares of the four classes by maximum likelihood
PUBLISHED = (0.40, 0.42, 0.11, 0.07)


def test_class_shares_are_near_the_published_ones() -> None:
    posterior = bm.fit(bm.read_study(STUDY), random_seed=1)
    assert posterior.diagnosis.state == "ok", posterior.diagnosis.reasons
    assert posterior.identification is not None
    assert posterior.identification.basis == "repeated reports"
    shares = posterior.proportions()["all"]
    for estimate, published in zip(shares.values(), PUBLISHED, strict=True):
        low, high = estimate.interval
        assert low < published < high
        assert abs(estimate.mean - published) < 0.06
    agreement = posterior.agreement()
    assert agreement is not None
    assert not agreement.odd
    goals = posterior.agent_goals(bm.NoisyLabels(**declared()), STUDY.parent)
    assert len(goals) == 45
    # patient 11 was put into class 4 by everybody, at every reading
    assert goals["11"]["class 4"] > 0.95
    assert np.isclose(sum(goals["3"].values()), 1)


def declared() -> dict[str, object]:
    codes = {str(i): f"class {i}" for i in range(1, 5)}
    columns = {"agent": "patient", "rater": "anaesthetist", "label": "label"}
    return {"data": "labels.csv", "occasion": "occasion", "codes": codes, **columns}
