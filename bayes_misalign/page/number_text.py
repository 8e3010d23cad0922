"""Numbers as a reader sees them: no more digits than the draws support, none without interval."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bayes_misalign.page.estimate import MARK, Estimate, named_before
from bayes_misalign.page.limits import MAXIMUM, MINIMUM

MINUS = "−"
NOTHING = "–"
WITHHELD = "withheld"
KNOWN = "known"
NARROW = 0.05  # width of an interval whose ends need no words of their own
NEAR = 0.02  # from a part of pairs
FEW = 0.1  # pairs, or all but as few, that are counted as one in so many
DENOMINATORS = (2, 3, 4, 5, 10, 20)


def mean_text(estimate: Estimate, decimals: int | None = None) -> str:
    """Return a posterior mean with the digits that its Monte Carlo error supports."""
    if estimate.withheld:
        return WITHHELD
    if estimate.sd == 0:
        return signed(estimate.known_text)
    return _fixed(estimate.mean, estimate.decimals if decimals is None else decimals)


def interval_text(estimate: Estimate, decimals: int | None = None) -> str:
    """Return the ends of the credible interval, marked if extended, "known" or "withheld"."""
    if estimate.withheld:
        return WITHHELD
    if estimate.sd == 0:
        return KNOWN
    return _ends(estimate, decimals) + (f" {MARK}" if estimate.extended else "")


def _ends(estimate: Estimate, decimals: int | None = None, names: Sequence[str] = ("", "")) -> str:
    d = estimate.decimals if decimals is None else decimals
    ends = zip(names, estimate.interval, strict=True)
    return " to ".join(f"{name}{_fixed(end, d)}" for name, end in ends)


def _ends_in_words(estimate: Estimate) -> str:
    if estimate.sd == 0:
        return KNOWN
    extended = {limit.upper for limit in estimate.extended}
    names = (
        f"the {MINIMUM} " if False in extended else "",
        f"the {MAXIMUM} " if True in extended else "",
    )
    return _ends(estimate, names=names)


def estimate_text(
    estimate: Estimate,
    *,
    named: bool = False,
    in_full: bool = False,
    marked: bool = False,
    decimals: int | None = None,
) -> str:
    """Return mean and interval in one text; a limit it is extended to in words, or by a mark.

    The interval's name stands before its ends if asked for, its kind in that name once in full.
    """
    if estimate.withheld:
        return WITHHELD
    mean = mean_text(estimate, decimals)
    if not (named or in_full) or estimate.sd == 0:
        ends = interval_text(estimate, decimals) if marked else _ends_in_words(estimate)
        return f"{mean} ({ends})"
    return f"{mean} ({named_before(estimate, in_full=in_full)}{_ends(estimate, decimals)})"


def _fixed(value: float, decimals: int) -> str:
    return signed(f"{value:.{decimals}f}")


def signed(text: str) -> str:
    """Return a number with a minus sign in place of a hyphen, and none before zero."""
    if not text.startswith("-"):
        return text
    return text[1:] if float(text) == 0 else MINUS + text[1:]


def count(n: float) -> str:
    """Return a count with its thousands parted; a dash where it is not known."""
    if math.isnan(n):
        return NOTHING
    digits = 0 if float(n).is_integer() else 1
    return f"{n:,.{digits}f}"


def effective(n: float) -> str:
    """Return an effective sample size; fractions of an answer only where answers are few."""
    if math.isnan(n):
        return NOTHING
    return count(round(n)) if n >= 100 else f"{n:.1f}".removesuffix(".0")


def ratio(value: float) -> str:
    """Return a ratio such as a design effect with two decimals; a dash where there is none."""
    return f"{value:.2f}" if math.isfinite(value) else NOTHING


def part(share: float, draws: int) -> str:
    """Return a part of a variance as a percentage, with a decimal only where draws support it.

    Notes
    -----
    The two parts are variances, each with relative error sqrt(2 / draws), so the share s has an
    error of about 2 s (1 - s) / sqrt(draws).
    """
    error = 200 * share * (1 - share) / math.sqrt(draws)
    percent = 100 * share
    if 0.05 <= percent <= 99.95 and error < 0.05:
        return f"{percent:.1f} %"
    if 0 < percent < 0.5:
        return "less than 1 %"
    return "more than 99 %" if 99.5 <= percent < 99.95 else f"{percent:.0f} %"


def exceeding(estimate: Estimate, level: float) -> str:
    """Return the posterior probability that a number exceeds a level, as text."""
    if estimate.withheld:
        return WITHHELD
    value = estimate.probability_above(level)
    return f"{value:.0f}" if estimate.sd == 0 else probability(value, estimate.draws.size)


def falling_below(estimate: Estimate, level: float) -> str:
    """Return the posterior probability that a number does not exceed a level, as text."""
    if estimate.withheld:
        return WITHHELD
    return probability(1 - estimate.probability_above(level), estimate.draws.size)


def probability(value: float, draws: int) -> str:
    """Return a posterior probability, counted in draws, with the digits that they support."""
    least = max(4 / draws, 0.001)
    if value < least:
        return f"less than {least:.1g}"
    if value > 1 - least:
        return f"more than {1 - least:.{max(1, math.ceil(-math.log10(least)))}f}"
    return f"{value:.3f}" if min(value, 1 - value) < 0.01 else f"{value:.2f}"


def pairs_text(estimate: Estimate) -> str:
    """Return a probability as a part of pairs: from the lower to the upper end where they differ.

    A part of the whole is said with the smallest denominator that is near enough.
    """
    if estimate.sd == 0:
        text, stands_for = _said(estimate.mean)
        return text if math.isclose(stands_for, estimate.mean, abs_tol=1e-9) else f"about {text}"
    low, high = estimate.interval
    if high - low <= NARROW or _pairs(low) == _pairs(high):
        return f"about {_pairs(estimate.mean)}"
    return f"between about {_pairs(low)} and {_pairs(high)}"


def _pairs(share: float) -> str:
    return _said(share)[0]


def _said(share: float) -> tuple[str, float]:
    """Return a share as a part of pairs, and the share that these words stand for."""
    if share in (0, 1):
        return ("every pair" if share else "no pair"), share
    if share < FEW:
        of = _round(1 / share)
        return f"1 pair in {of:,}", 1 / of
    if share > 1 - FEW:
        of = _round(1 / (1 - share))
        return f"all but 1 pair in {of:,}", 1 - 1 / of
    of = next(d for d in DENOMINATORS if 0 < round(d * share) < d and _near(share, d))
    pairs = round(of * share)
    least = math.gcd(pairs, of)
    text = f"{pairs // least} pair{'s' * (pairs != least)} in {of // least}"
    return text, pairs / of


def _near(share: float, of: int) -> bool:
    return of == DENOMINATORS[-1] or abs(round(of * share) / of - share) <= NEAR


def _round(pairs: float) -> int:
    """Return a large number of pairs with two digits."""
    return int(float(f"{pairs:.2g}"))
