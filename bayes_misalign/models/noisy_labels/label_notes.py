"""What a reader should know about raters and labels that is not wrong, but is unusual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bayes_misalign.models.noisy_labels.evidence import DistinctLabels
from bayes_misalign.tables.labels import show, shown


def label_set_notes(evidence: DistinctLabels) -> Iterator[str]:
    """Return remarks about raters who say little, and goals whose label nobody used."""
    given = evidence.reports_of_raters
    number = given.sum(axis=1)
    for n, says in (
        (0, "gave no label; the prior, or the other raters, tell of {}."),
        (1, "gave one label only; the prior, or the other raters, tell of {}."),
    ):
        if names := [r for r, of_one in zip(evidence.raters, number, strict=True) if of_one == n]:
            yield f"{_raters(names)} {says.format('it' if len(names) == 1 else 'them')}"
    constant = np.flatnonzero((number > 1) & (given.max(axis=1) == number))
    for label in dict.fromkeys(given[constant].argmax(axis=1).tolist()):
        who = [r for r in constant if given[r].argmax() == label]
        names = [evidence.raters[r] for r in who]
        value = show(evidence.labels[label])
        if len(names) == 1:
            labels = f"{number[who[0]]:,.0f} labels"
            yield f"{_raters(names)} gave every one of the {labels} the same value, {value}."
        else:
            yield f"{_raters(names)} gave no other label than {value}."
    used = given.any(axis=0)
    own = [place for place in evidence.own_label if place >= 0]
    if silent := [evidence.labels[place] for place in own if not used[place]]:
        yield f"No rater gave the label{'s' * (len(silent) > 1)} {shown(silent)}."


def _raters(names: Sequence[str]) -> str:
    return f"Rater{'s' * (len(names) > 1)} {shown(names)}"
