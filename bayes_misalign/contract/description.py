"""How a model tells a reader what it assumed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Description:
    """A model in words and formulas.

    Parameters
    ----------
    words : str
        One or two sentences for a methods section.
    formulas : tuple of str
        The likelihood and the prior, one line each, plain text.
    priors : tuple of str
        Each prior with its numbers and its reason.
    rests_on : tuple of str
        What its result rests on most, from the assumptions of its card, most important first.
    """

    words: str
    formulas: tuple[str, ...]
    priors: tuple[str, ...]
    rests_on: tuple[str, ...] = ()
