"""What an error of a report is called, where P(ma) is given for a row of assumed error rates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WrongWords:
    """Words for errors, as they follow a percentage or stand alone.

    Parameters
    ----------
    heading : str
        Of a column of percentages.
    rows : str
        After a percentage in a table.
    sentence : str
        After "5 %" in a sentence that starts with "if".
    part : str
        After "the part of".
    axis : str
        After "assumed part of", below a figure.
    """

    heading: str = "reports wrong"
    rows: str = "of reports wrong"
    sentence: str = "of all reports are wrong"
    part: str = "wrong reports"
    axis: str = "reports that are wrong"


REPORTS_WRONG = WrongWords()
