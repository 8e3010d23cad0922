"""Chats: lists of messages, each with a role and a content, of which a study asks for texts."""

from __future__ import annotations

from typing import Any

# the columns that a list of messages gives, by the role of the messages
COLUMNS = {"system": "system", "input": "user", "completion": "assistant"}


def text_of(content: Any) -> str | None:
    """Return the text of a message, whose content may be a list of parts; None if it has none."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    parts = [part if isinstance(part, str) else _text_part(part) for part in content]
    return "\n".join(filter(None, parts))


def _text_part(part: Any) -> str | None:
    found = part.get("text") if isinstance(part, dict) else None
    return found if isinstance(found, str) else None


def is_chat(messages: Any) -> bool:
    """Tell whether something is a list of messages."""
    return (
        isinstance(messages, list)
        and bool(messages)
        and all(isinstance(m, dict) and "role" in m and "content" in m for m in messages)
    )


def last_of(messages: Any, role: str) -> Any:
    """Return the content of the last message of a role; None if there is none."""
    there = messages if isinstance(messages, list) else ()
    found = [m.get("content") for m in there if isinstance(m, dict) and m.get("role") == role]
    return found[-1] if found else None


def with_texts(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with the texts of its messages as columns, unless it has such columns."""
    if not is_chat(messages := record.get("messages")):
        return record
    found = {
        name: text
        for name, role in COLUMNS.items()
        if name not in record and (text := text_of(last_of(messages, role))) is not None
    }
    return {**{key: value for key, value in record.items() if key != "messages"}, **found}
