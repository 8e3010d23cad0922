"""The page of messages: each is printed by the package when the page is made, never typed."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from building.message import Message
from building.messages_of_models import CONFLICTS, REPORTS, RESULTS
from building.messages_of_tables import AGENTS, COLUMNS, FILES, LABELS, NUMBERS

GROUPS: Mapping[str, Sequence[Message]] = {
    "Files": FILES,
    "Columns and keys": COLUMNS,
    "Labels": LABELS,
    "Numbers, counts and weights": NUMBERS,
    "Agents and populations": AGENTS,
    "Conflict": CONFLICTS,
    "Labels that may err, and behaviour": REPORTS,
    "Results": RESULTS,
}
BASE: Mapping[str, Any] = {
    "problem_area": {"name": "plan", "goals": ["A", "B", "C"]},
    "goals": {"model": "single-choice", "data": {"vote": ["A", "B", "C", "A"]}, "goal": "vote"},
    "conflict": {"model": "mutually-exclusive"},
}
WHOLE = {"data", "counts", "pairs", "matrix", "shares", "n"}  # put in place of others as they are


def over(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables with others put over them; None takes a key out."""
    made = dict(base)
    for key, value in change.items():
        if value is None:
            made.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(made.get(key), Mapping) and key not in WHOLE:
            changed = "model" in value and value["model"] != made[key].get("model")
            made[key] = dict(value) if changed else over(made[key], value)
        else:
            made[key] = value
    return made


def said(message: Message, folder: Path) -> list[str]:
    """Return the lines that the package prints of a study, or of its fit."""
    import tomli_w

    import bayes_misalign as bm
    from bayes_misalign.errors import BayesMisalignError

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in message.files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    text = message.text or tomli_w.dumps(over(BASE, message.change))
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    try:
        study = bm.read_study(path)
    except BayesMisalignError as error:
        return [f"Error: {problem}" for problem in error.in_toml().problems]
    cautions = [c for source in (study.goals, *study.conflict.sources) for c in source.cautions]
    if not message.fitted:
        return [f"caution: {c.what}: {c.remedy}" for c in cautions]
    reasons = bm.fit(study, draws=500).diagnosis.reasons
    return [f"caution: {reason.what}: {reason.remedy}" for reason in reasons]


@dataclass
class Shown:
    """A message with the lines that were printed."""

    message: Message
    lines: Sequence[str] = field(default_factory=list)


def printed() -> dict[str, list[Shown]]:
    """Return the messages of each group as they are printed."""
    found: dict[str, list[Shown]] = {}
    with tempfile.TemporaryDirectory() as room:
        for title, messages in GROUPS.items():
            for number, message in enumerate(messages):
                folder = Path(room) / title.replace(" ", "-") / str(number)
                found.setdefault(title, []).append(Shown(message, said(message, folder)))
    return found


def page() -> str:
    """Return the page, in Markdown."""
    parts = [
        "# Messages",
        "A message says what is wrong, where, what would be valid, and what to do. All problems "
        "of a study come at once, and problems of one kind are one line with their number and "
        "first places. Those below were printed by the package when this page was made. `data "
        "frame` stands where your message has the name of a file.",
    ]
    for title, shown in printed().items():
        parts.append(f"## {title}")
        for one in shown:
            lines = "\n".join(one.lines)
            parts.append(f"### {one.message.title}\n\n```text\n{lines}\n```")
            parts.append(one.message.meaning)
    parts.append(
        "What a fit may say of its chains, and exit statuses, are among the [questions](../faq.md)."
    )
    return "\n\n".join(parts) + "\n"
