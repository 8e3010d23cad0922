"""Numbers as a reader sees them: no more digits than the draws support, none without interval."""

from __future__ import annotations

import math

from bayes_misalign.page.estimate import Estimate

THIN = "\u202f"  # narrow no-break space: parts thousands without looking like a decimal mark
NOTHING = "–"
WITHHELD = "withheld"
KNOWN = "known"


def mean_text(estimate: Estimate, decimals: int | None = None) -> str:
    """Return a posterior mean with the digits that its Monte Carlo error supports."""
    if estimate.withheld:
        return WITHHELD
    if estimate.sd == 0 and decimals is None:
        return estimate.known_text
    return _fixed(estimate.mean, estimate.decimals if decimals is None else decimals)


def interval_text(estimate: Estimate, decimals: int | None = None) -> str:
    """Return the ends of the credible interval, "known" or "withheld"."""
    if estimate.withheld:
        return WITHHELD
    if estimate.sd == 0:
        return KNOWN
    d = estimate.decimals if decimals is None else decimals
    low, high = estimate.interval
    return f"{_fixed(low, d)} to {_fixed(high, d)}"


def estimate_text(estimate: Estimate, *, named: bool = False) -> str:
    """Return mean and interval in one text."""
    if estimate.withheld:
        return WITHHELD
    kind = f"{estimate.interval_kind} " if named and estimate.sd > 0 else ""
    return f"{mean_text(estimate)} ({kind}{interval_text(estimate)})"


def _fixed(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text[1:] if text.startswith("-") and float(text) == 0 else text


def count(n: float) -> str:
    """Return a count with its thousands parted; a dash where it is not known."""
    if math.isnan(n):
        return NOTHING
    digits = 0 if float(n).is_integer() else 1
    return f"{n:,.{digits}f}".replace(",", THIN)


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


def probability(value: float, draws: int) -> str:
    """Return a posterior probability, counted in draws, with the digits that they support."""
    least = max(4 / draws, 0.001)
    if value < least:
        return f"less than {least:.1g}"
    if value > 1 - least:
        return f"more than {1 - least:.{max(1, math.ceil(-math.log10(least)))}f}"
    return f"{value:.3f}" if min(value, 1 - value) < 0.01 else f"{value:.2f}"
