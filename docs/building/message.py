"""Messages that people meet, by kind: what brings them about, what they mean, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Message:
    """What brings a message about, and what it means.

    `change` is put over the tables of a plain study; `text` is a whole study file in its place.
    `fitted` tells that the message is one of a result.
    """

    title: str
    meaning: str
    change: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    text: str = ""
    fitted: bool = False


def goals(title: str, meaning: str, files: Any = None, **keys: Any) -> Message:
    """Return a message about the table [goals]."""
    return Message(title, meaning, {"goals": keys}, files or {})


def conflict(title: str, meaning: str, **keys: Any) -> Message:
    """Return a message about the table [conflict]."""
    return Message(title, meaning, {"conflict": keys})


def fit(title: str, meaning: str, **change: Any) -> Message:
    """Return a message of a result."""
    return Message(title, meaning, change, fitted=True)


def table(text: str) -> dict[str, list[str]]:
    """Return columns from rows of words, the names of the columns first."""
    names, *rows = (line.split() for line in text.split("; "))
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}
