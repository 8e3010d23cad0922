"""Ways of declaring labels that contradict each other."""

from __future__ import annotations

from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.families.reports.label_lists import note_no_such


def note_unlisted_gold(declared: Any, problems: Problems) -> None:
    """Note a rater of known goals who is not among the columns of raters."""
    columns, gold_rater = declared.raters or (), declared.gold_rater
    if declared.raters is not None and gold_rater is not None and gold_rater not in columns:
        note_no_such("rater", gold_rater, columns, "gold_rater", problems)


def forms(declared: Any) -> list[tuple[bool, str, str]]:
    """Return ways of stating labels that do not go together."""
    wide, long = declared.raters is not None, declared.label is not None
    of_rows = [name for name in ("rater", "occasion") if getattr(declared, name) is not None]
    of_rows += ["repeats"] * declared.repeats
    twice = declared.raters is not None and len(set(declared.raters)) < len(declared.raters)
    return [
        (
            wide == long,
            f"{'both' if wide else 'neither'} label {'and' if wide else 'nor'} raters "
            f"{'are' if wide else 'is'} stated",
            "label, agent and rater for a label a row, or raters, a list of columns, for an agent "
            "a row",
        ),
        (
            long and not wide and declared.agent is None,
            "label is stated without agent",
            'the column of an id of the agent too, as in `agent = "id"`',
        ),
        (
            wide and not long and bool(of_rows),
            f"{', '.join(of_rows)} and raters are both stated",
            "rater, occasion and repeats where a row is a label, raters where it is an agent",
        ),
        (
            long and not wide and declared.count is not None,
            "count is stated together with label",
            "count where a row is a pattern of labels, with raters",
        ),
        (
            declared.count is not None and declared.agent is not None,
            "count and agent are both stated",
            "agent where a row is one agent, count where it is several",
        ),
        (twice, "raters names a column twice", "each column once"),
        (
            wide and not declared.raters,
            "raters is empty",
            "the columns of the raters, at least one",
        ),
        (
            declared.occasion is not None and declared.repeats,
            "occasion and repeats are both stated",
            "occasion if a column tells repeats apart, else `repeats = true`",
        ),
    ]


def gold_and_labels(declared: Any) -> list[tuple[bool, str, str]]:
    """Return ways of stating known goals, and sets of labels, that do not go together."""
    long = declared.label is not None and declared.raters is None
    return [
        (
            declared.gold is not None and declared.gold_rater is not None,
            "gold and gold_rater are both stated",
            "a column of known goals, or a rater who knows them",
        ),
        (
            long and declared.gold_rater is not None and declared.rater is None,
            "gold_rater is stated without rater",
            'the column of the rater too, as in `rater = "coder"`',
        ),
        (
            declared.gold_chosen
            and declared.gold is None
            and declared.gold_rater is None
            and declared.gold_data is None,
            "gold_chosen is stated, but no goal is known",
            "gold, gold_data or gold_rater too",
        ),
        (
            declared.labels is not None and bool(declared.other_labels),
            "labels and other_labels are both stated",
            "labels for the whole set, other_labels for those beside the goals",
        ),
    ]
