"""Texts that are a label of the study but for what people and programs do to texts."""

import pytest

from bayes_misalign.reading.near_labels import misread_label, near_label, says_no_answer
from bayes_misalign.reading.unknown_labels import WriteIns

LABELS = ("Café", "Tee", "Łódź", "Да", "Don't know")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Cafe", "Café"),
        ("CAFE\u0301!", "Café"),
        ("Caf&eacute;", "Café"),
        ("CafÃ©", "Café"),
        ("CafŽ", "Café"),
        ("£ódŸ", "Łódź"),
        ("Äà", "Да"),
        ("\uff34\uff45\uff45", "Tee"),
        ('"Tee"', "Tee"),
        ("(Tee)", "Tee"),
        ("Don\u2019t know.", "Don't know"),
    ],
)
def test_a_label_is_known_under_what_was_done_to_it(text: str, label: str) -> None:
    assert near_label(text, LABELS) == label


@pytest.mark.parametrize("text", ["Mate", "Tea", "...", "", "Teee", "Kaffee"])
def test_other_texts_are_no_label(text: str) -> None:
    assert near_label(text, LABELS) is None


def test_the_encoding_of_a_label_is_told() -> None:
    assert misread_label("CafÃ©", LABELS) == ("Café", "cp1252", "utf-8")
    assert misread_label("CafŽ", LABELS) == ("Café", "cp1252", "mac-roman")
    assert misread_label("Cafe", LABELS) is None


@pytest.mark.parametrize(
    "text",
    [
        *("Prefer not to say", "prefer not to answer.", "I'd rather not say", "I would rather not"),
        *(
            "Don\u2019t know",
            "DK/NA",
            "Refused",
            "No answer",
            "keine Angabe",
            "Weiß nicht",
            "NS/NC",
        ),
    ],
)
def test_words_for_no_answer_are_no_write_ins(text: str) -> None:
    assert says_no_answer(text)
    assert not WriteIns("Other", ["A", "B", "Other"]).take(text)


@pytest.mark.parametrize("text", ["No", "To prefer trees", "Nothing", "I say no", "Rather trees"])
def test_answers_are_write_ins(text: str) -> None:
    assert not says_no_answer(text)
    assert WriteIns("Other", ["A", "B", "Other"]).take(text)


@pytest.mark.parametrize("text", ["N = 1,013", "Base", "Base: all adults", "Unweighted base"])
def test_words_for_a_total_are_no_write_ins(text: str) -> None:
    assert not WriteIns("Other", ["A", "B", "Other"]).take(text)
