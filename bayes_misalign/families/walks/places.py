"""Where populations stand in time, and which of them are waves of one series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import StudyError, listed
from bayes_misalign.page.safe_text import named
from bayes_misalign.reading.ordered import places_of
from bayes_misalign.settings import EVERYONE
from bayes_misalign.tables.chosen import JOINT

Array = NDArray[np.float64]
Time = Mapping[str, float | str]
UNDER, INSTEAD = "[shares]", "leave the walk out"
NUMBERS = "state numbers, as in `time = { first = 1, second = 2.5 }`"
SHOWN = 4  # names in a message
SMALLEST = 1e-6


@dataclass(frozen=True)
class Places:
    """Each population's series and wave.

    Parameters
    ----------
    series : tuple of str
        The series; one without a name where all populations are waves of one.
    waves : tuple of str
        The waves of all series, in their order of time.
    at : ndarray of float, shape (wave,)
        When each was, in a unit of its own, increasing.
    of_series, of_wave : ndarray of int, shape (population,)
        The series and the wave that each population is.
    """

    series: tuple[str, ...]
    waves: tuple[str, ...]
    at: Array
    of_series: NDArray[np.intp]
    of_wave: NDArray[np.intp]

    @cached_property
    def modes(self) -> Array:
        """(wave, mode) shapes of a walk, each times the sd of its coefficient.

        Notes
        -----
        A random walk less its mean over waves has the covariance P M P, with M_tu = min(x_t, x_u),
        x the part of the whole time that has passed, P = I - 11'/T. Its eigenvectors times the
        roots of their values, with independent standard normal coefficients, are that walk.
        """
        x = (self.at - self.at[0]) / (self.at[-1] - self.at[0])
        covariance = np.minimum(x[:, None], x)
        covariance -= covariance.mean(axis=0)
        covariance -= covariance.mean(axis=1, keepdims=True)
        values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
        # the first is the constant; the longest waves first
        roots = np.sqrt(np.maximum(values[:0:-1], 0.0))
        return np.asarray(vectors[:, :0:-1] * roots)

    def of_modes(self, told: Any, seen: Any, maximum: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
        """Return what is seen of the coefficient of each mode, and how much information tells it.

        Parameters
        ----------
        told, seen : array or tensor, shape (series, wave, what)
            Information about what walks in each wave, and what was seen of it there.
        maximum : callable
            That of arrays, or that of tensors.

        Returns
        -------
        tuple of array or tensor, shape (series, mode, what)
            Each mode is taken by itself, as if it had nothing in common with the others.
        """
        mean = (told * seen).sum(axis=1, keepdims=True)
        mean = mean / maximum(told.sum(axis=1, keepdims=True), SMALLEST)
        modes, each = self.modes[None, :, :, None], told[:, :, None, :]
        of_mode = (modes**2 * each).sum(axis=1)
        found = (modes * (each * (seen - mean)[:, :, None, :])).sum(axis=1)
        return found / maximum(of_mode, SMALLEST), of_mode


def find_places(
    populations: Sequence[str],
    time: Time | None = None,
    under: str = UNDER,
    instead: str = INSTEAD,
) -> Places:
    """Return where populations stand in time, by their names or by what a study states.

    Parameters
    ----------
    populations : sequence of str
        Their names.
    time : mapping of str to float, or of str to str, optional
        When each was, or each wave, where names have several parts.
    under, instead : str
        Where in a study file the time is stated, and what to do without one, for messages.

    Raises
    ------
    StudyError
        When a population has no time, two waves of a series have the same one, or there is only
        one wave.

    Examples
    --------
    >>> found = find_places(["north, 2001", "north, 2004", "south, 2004"])
    >>> found.series, found.waves
    (('north', 'south'), ('2001', '2004'))
    """
    parts = [_parts(name, time, under) for name in populations]
    if time is None:
        parts = _by_names(populations, under, instead)
    labels = tuple(dict.fromkeys(wave for _, wave in parts))
    if time is None:
        where = dict(zip(labels, places_of(labels, 1) or (), strict=True))
    else:
        where = _stated(labels, time)
    if len(set(where.values())) < 2:
        raise StudyError(
            "waves are of at least two times, and there is "
            f"{'one population' if len(populations) == 1 else 'one time'} only. Fix: {instead}"
        )
    order = sorted(dict.fromkeys(where.values()))
    series = tuple(dict.fromkeys(name for name, _ in parts))
    of_series = np.array([series.index(name) for name, _ in parts])
    of_wave = np.array([order.index(where[wave]) for _, wave in parts])
    seen: dict[tuple[int, int], str] = {}
    for name, place in zip(populations, zip(of_series, of_wave, strict=True), strict=True):
        if (other := seen.setdefault(place, name)) != name:
            raise StudyError(
                f"{named(other)} and {named(name)} are of one time. Fix: state another `time` for "
                f"one of them under {under}, or {instead}"
            )
    waves = tuple(next(w for w in labels if where[w] == x) for x in order)
    return Places(series, waves, np.array(order), of_series, of_wave)


def _parts(name: str, time: Time | None, under: str) -> tuple[str, str]:
    """Return the series and the wave of a population whose time is stated."""
    if time is None:
        return "", name
    if name in time:
        return "", name
    pieces = name.split(JOINT)
    known = [i for i, piece in enumerate(pieces) if piece in time]
    if len(known) != 1:
        what = "no time is stated for" if not known else "two times are stated for"
        raise StudyError(
            f"{what} {named(name)}; times are stated for "
            f"{listed(list(time)[:SHOWN])}. Fix: state one under {under}, as in "
            f"`time = {{ {quoted(name)} = 2020 }}`"
        )
    rest = JOINT.join(piece for i, piece in enumerate(pieces) if i != known[0])
    return rest, pieces[known[0]]


def quoted(name: str) -> str:
    """Return a name as a key of TOML."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _stated(labels: Sequence[str], time: Time) -> dict[str, float]:
    values = [time[label] for label in labels]
    if all(isinstance(value, str) for value in values):
        texts = tuple(dict.fromkeys(str(value) for value in values))
        found = places_of(texts, 1)
        if found is None:
            raise StudyError(
                f"the times {listed(list(texts)[:SHOWN])} are not all years, dates, months, "
                f"quarters, weeks or numbers. Fix: {NUMBERS}"
            )
        at = dict(zip(texts, found, strict=True))
        return {label: at[str(time[label])] for label in labels}
    numbers = [float(v) for v in values if not isinstance(v, str | bool)]
    if len(numbers) < len(values) or not np.isfinite(numbers).all():
        raise StudyError(
            f"times are all texts, such as dates, or all finite numbers. Fix: {NUMBERS}"
        )
    return dict(zip(labels, numbers, strict=True))


def _by_names(populations: Sequence[str], under: str, instead: str) -> list[tuple[str, str]]:
    """Return the series and the wave of each population, where names tell both."""
    if places_of(populations, 1) is not None:
        return [("", name) for name in populations]
    pieces = [name.split(JOINT) for name in populations]
    number = len(pieces[0])
    for i in range(number) if all(len(one) == number for one in pieces) and number > 1 else ():
        if places_of(tuple(dict.fromkeys(one[i] for one in pieces)), 1) is not None:
            rest = [JOINT.join(x for j, x in enumerate(one) if j != i) for one in pieces]
            return list(zip(rest, [one[i] for one in pieces], strict=True))
    names = listed([named(name) for name in populations[:SHOWN]])
    if tuple(populations) == (EVERYONE,):
        raise StudyError(
            "waves are populations at different times, and the study has one population. "
            f"Fix: name the column of the waves as `population`, or {instead}"
        )
    first, last = quoted(populations[0]), quoted(populations[-1])
    raise StudyError(
        f"the names of the populations, {names}, do not say when each was. Fix: state it under "
        f"{under}, as in `time = {{ {first} = 1, {last} = 2 }}` if {first} was before {last}"
    )
