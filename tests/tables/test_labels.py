import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes_misalign.tables.labels import find_twins, show, shown, suspicious, twin_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Left", "left"),
        ("Left", " Left"),
        ("Don't know", "Don't  know"),
        ("caf\u00e9", "cafe\u0301"),
        ("Stra\u00dfe", "STRASSE"),
        ("a b", "a\u00a0b"),
        ("ab", "a\u200bb"),
        ("\u2764", "\u2764\ufe0f"),
    ],
)
def test_labels_that_look_the_same_are_twins(one: str, other: str) -> None:
    assert find_twins([one, "x", other, one]) == [(one, other)]


def test_labels_that_look_different_are_no_twins() -> None:
    assert find_twins(["7", "007", "True", "1", "a b", "ab", "NA", "N/A"]) == []


@pytest.mark.parametrize(
    "label",
    [
        "<b>bold</b>",
        "=SUM(A1)",
        "a/b\\c",
        "'; DROP TABLE x; --",
        "two\nlines",
        "\U0001f600",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\u2764\ufe0f\u200d\U0001f525",
        "1\ufe0f\u20e3",
        "\U0001f3f4\U000e0067\U000e0062\U000e007f",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
        "x" * 300,
        "#hashtag",
    ],
)
def test_unusual_labels_are_allowed(label: str) -> None:
    assert suspicious(label) is None


@pytest.mark.parametrize(
    ("label", "escape"),
    [
        ("a\u200bb", "\\u200b"),
        ("a\u200db", "\\u200d"),
        ("a\ufeffb", "\\ufeff"),
        ("a\u202eb", "\\u202e"),
        ("a\u2066b", "\\u2066"),
        ("a\u00adb", "\\xad"),
        ("a\x07b", "\\x07"),
        ("a\ud800b", "\\ud800"),
        ("a\u3164", "\\u3164"),
    ],
)
def test_invisible_characters_are_named_and_shown_escaped(label: str, escape: str) -> None:
    assert (trouble := suspicious(label)) is not None
    assert trouble.endswith(escape)
    assert escape in show(label)


@pytest.mark.parametrize("label", ["#N/A", "#REF!", "#DIV/0!", " #n/a"])
def test_error_values_of_spreadsheets_are_suspicious(label: str) -> None:
    assert suspicious(label) == "is an error value of a spreadsheet"


def test_white_space_only_is_suspicious() -> None:
    assert suspicious(" \t") == "is white space only"
    assert suspicious("") is None


def test_a_decomposed_letter_is_shown_by_its_escape() -> None:
    assert show("cafe\u0301") == "'cafe\\u0301'"
    assert show("caf\u00e9") == "'caf\u00e9'"


def test_long_lists_are_cut_and_counted() -> None:
    assert shown([str(i) for i in range(20)], limit=2) == "'0', '1' and 18 more"


@given(st.text())
def test_shown_labels_are_printable_and_keys_are_stable(label: str) -> None:
    assert show(label).isprintable()
    assert twin_key(twin_key(label)) == twin_key(label)
    assert twin_key(f" {label}\n") == twin_key(label)
