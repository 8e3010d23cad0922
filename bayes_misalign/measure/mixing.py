"""P(ma) of a union of two populations along the share of one of them: a quadratic, exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bayes_misalign.measure.between import between, excess
from bayes_misalign.measure.known_and_drawn import ConflictLike
from bayes_misalign.measure.shapes import Floats


@dataclass(frozen=True, eq=False)
class Mixing:
    """P(ma) of a union in which one of two populations, the guest, has a share w.

    Parameters
    ----------
    host, guest : numpy.ndarray, shape (...,)
        P(ma) of each population, which are those at w = 0 and w = 1.
    across : numpy.ndarray, shape (...,)
        P(ma) between them.
    bend : numpy.ndarray, shape (...,)
        Factor of w^2: host + guest - 2 across, worked out so that nothing cancels.
    """

    host: Floats
    guest: Floats
    across: Floats
    bend: Floats

    @property
    def slope(self) -> Floats:
        """How fast P(ma) changes with w, at w = 0."""
        return 2.0 * (self.across - self.host)

    def at(self, share: ArrayLike) -> Floats:
        """Return P(ma) at a share of the guest.

        Parameters
        ----------
        share : array_like
            Share w in [0, 1]; it broadcasts against the draws.

        Returns
        -------
        numpy.ndarray

        Examples
        --------
        >>> float(mixing([1.0, 0.0], [0.0, 1.0], [[0.0, 1.0], [1.0, 0.0]]).at(0.25))
        0.375
        """
        w = np.asarray(share, dtype=np.float64)
        # a mean of three probabilities, so that P(ma) is one too
        found: Floats = (1 - w) ** 2 * self.host + 2 * w * (1 - w) * self.across
        return found + w**2 * self.guest

    @property
    def inner(self) -> NDArray[np.bool_]:
        """Whether P(ma) is largest at a share between 0 and 1, neither of them included."""
        found: NDArray[np.bool_] = (self.slope > 0) & (self.slope + 2 * self.bend < 0)
        return found

    @property
    def peak(self) -> Floats:
        """The share at which P(ma) is largest; the least one, where it is so at several."""
        with np.errstate(divide="ignore", invalid="ignore"):
            vertex = -self.slope / (2 * self.bend)
        end = np.where(self.guest > self.host, 1.0, 0.0)
        return np.where(self.inner, vertex, end)

    @property
    def height(self) -> Floats:
        """The largest P(ma) that any share gives."""
        return self.at(self.peak)

    def rises(self, threshold: float) -> Floats:
        """Return the share at which P(ma) rises above a threshold; NaN where it never does.

        Parameters
        ----------
        threshold : float
            A value of P(ma).

        Returns
        -------
        numpy.ndarray
            In [0, 1]. A quadratic rises through a value once at most. Where P(ma) is above the
            threshold already at share 0, it does not rise through it unless it falls first.

        Examples
        --------
        >>> float(mixing([1.0, 0.0], [0.0, 1.0], [[0.0, 1.0], [1.0, 0.0]]).rises(0.375))
        0.25
        """
        return self._crossing(threshold, 1.0)

    def falls(self, threshold: float) -> Floats:
        """Return the share at which P(ma) falls below a threshold; NaN where it never does.

        Parameters
        ----------
        threshold : float
            A value of P(ma).

        Returns
        -------
        numpy.ndarray
            In [0, 1].

        Examples
        --------
        >>> float(mixing([1.0, 0.0], [0.0, 1.0], [[0.0, 1.0], [1.0, 0.0]]).falls(0.375))
        0.75
        """
        return self._crossing(threshold, -1.0)

    def _crossing(self, threshold: float, sign: float) -> Floats:
        # At a root the derivative is +s or -s, s the root of the discriminant: one root each. Of
        # the two forms of a root the one is taken whose terms have equal sign, so nothing cancels.
        short = threshold - self.host
        with np.errstate(divide="ignore", invalid="ignore"):
            steep = sign * np.sqrt(self.slope**2 + 4 * self.bend * short)
            added = self.slope + steep
            root = np.where(
                sign * self.slope >= 0, 2 * short / added, (steep - self.slope) / (2 * self.bend)
            )
            inside = (np.abs(steep) > 0) & (root >= 0) & (root <= 1)
        return np.where(inside, root, np.nan)


def mixing(
    host: ArrayLike,
    guest: ArrayLike,
    conflict: ConflictLike,
    *,
    one_goal: bool = False,
    directed: bool = False,
) -> Mixing:
    """Return P(ma) of a union of two populations as a function of the share of one of them.

    Parameters
    ----------
    host, guest : array_like, shape (..., K)
        Shares of the goal groups in the two populations, of the same goals in the same order.
    conflict : array_like, shape (..., K, K)
        Probability of conflict between holders of each two goals; leading axes broadcast.
    one_goal : bool, default False
        Whether all agents of the guest hold one goal, the same for all of them and drawn from its
        shares, as copies of one language model may. P(ma) is then the mean over that goal.
    directed : bool, default False
        Whether conflict may differ by direction; the mean of both directions is used then.

    Returns
    -------
    Mixing
        The quadratic, with its peak and where it crosses a threshold.

    Raises
    ------
    ValueError
        If the shapes do not fit together, shares do not sum to 1, or conflict is not symmetric
        with a zero diagonal.

    Notes
    -----
    With P_a, P_b, P_ab the misalignment within the host, within the guest and between them,
    P(w) = (1 - w)^2 P_a + 2 w (1 - w) P_ab + w^2 P_b, the decomposition of `decompose`. So
    P(w) = P_a + 2 (P_ab - P_a) w - 2 E w^2, E the `excess`. With one goal g for the whole
    guest, P_b = c_gg = 0, and the mean of P_ag over g is P_ab: the last term is
    w^2 P_b less.

    Examples
    --------
    >>> found = mixing([0.75, 0.25], [0.0, 1.0], [[0.0, 1.0], [1.0, 0.0]])
    >>> float(found.peak), float(found.height), bool(found.inner)
    (0.3333333333333333, 0.5, True)
    """
    within = between(host, host, conflict, directed=directed)
    across = between(host, guest, conflict, directed=directed)
    own = between(guest, guest, conflict, directed=directed)
    bend = -2.0 * excess(host, guest, conflict, directed=directed)
    if one_goal:
        bend, own = bend - own, np.zeros_like(own)
    return Mixing(*np.broadcast_arrays(within, own, across, bend))
