"""The page of messages: each entry brings about one message, and says what it means."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))
messages = pytest.importorskip("building.messages")
GROUPS = messages.GROUPS


def test_every_entry_brings_about_a_message_of_its_own() -> None:
    printed = messages.printed()
    assert list(printed) == list(GROUPS)
    lines = [tuple(one.lines) for shown in printed.values() for one in shown]
    assert len(lines) >= 50
    assert all(lines), "an entry whose study is sound says nothing"
    assert len({re.sub(r"'[^']*'|\d", "", text) for one in lines for text in one}) >= 50
    for shown in printed.values():
        for one in shown:
            few = 2 if one.message.fitted else 1
            assert len(one.lines) <= few, one.message.title
            assert one.lines[0].startswith(("Error: ", "caution: "))
            assert all("Fix: " in line or line.startswith("caution") for line in one.lines)
            assert not re.search("/tmp|Traceback", "\n".join(one.lines))


def test_every_entry_says_what_it_means_in_sentences() -> None:
    every = [message for group in GROUPS.values() for message in group]
    assert len({message.title for message in every}) == len(every)
    for message in every:
        assert message.meaning.rstrip()[-1] in ".?)", message.title
        assert message.title[0].isupper()
        assert not message.title.endswith(".")


def test_the_page_has_a_heading_and_a_block_for_each() -> None:
    text = messages.page()
    every = [message for group in GROUPS.values() for message in group]
    assert text.count("\n### ") == text.count("\n```text\n") == len(every)
    assert re.findall(r"^## (.*)", text, re.M) == list(GROUPS)
