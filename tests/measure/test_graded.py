"""Graded conflict on equally spaced levels is the Potential for Conflict Index, halved."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.measure import misalignment


def pci2(answers: list[int], levels: int) -> float:
    """Return the PCI2 of answers 0 to levels - 1, person by person.

    The mean distance of two people, over the largest that this many people can have: half of them
    at either end. (Vaske, Beaman, Barreto and Shelby, Leisure Sciences 32, 2010: distance |x - y|.)
    """
    n = len(answers)
    distance = sum(abs(x - y) for x, y in product(answers, answers))
    most = (levels - 1) * (n**2 - n % 2) / 2
    return distance / most


@given(st.integers(2, 9).flatmap(lambda k: st.tuples(st.just(k), st.lists(st.integers(0, k - 1)))))
def test_graded_misalignment_is_half_of_pci2(drawn: tuple[int, list[int]]) -> None:
    levels, half = drawn
    answers = [*half, *half[::-1], 0, levels - 1]  # PCI2 corrects for an odd number of people
    place = np.arange(levels)
    conflict = np.abs(place[:, None] - place) / (levels - 1)
    shares = np.bincount(answers, minlength=levels) / len(answers)
    plug_in = float(misalignment(shares, conflict))
    assert plug_in == pytest.approx(pci2(answers, levels) / 2, abs=1e-12)
