"""What a study calls its agents and their goals."""

from collections.abc import Sequence

import pytest

from bayes_misalign.errors import StudyError
from bayes_misalign.page.nouns import noun
from bayes_misalign.page.world import World

PATIENTS = World(("patient", "patients"), ("diagnosis", "diagnoses"), frozenset({"goals scored"}))


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ("patients", ("patient", "patients")),
        ("parties", ("party", "parties")),
        ("classes", ("class", "classes")),
        ("churches", ("church", "churches")),
        ("responses", ("response", "responses")),
        ("people", ("person", "people")),
        ("US adults", ("US adult", "US adults")),
        ("decision-makers", ("decision-maker", "decision-makers")),
        ("diagnoses", ("diagnosis", "diagnoses")),
        (["mouse", "mice"], ("mouse", "mice")),
        ("Wähler*"[:-1] + "s", ("Wähler", "Wählers")),
    ],
)
def test_nouns(stated: str | Sequence[str], found: tuple[str, str]) -> None:
    assert noun(stated, "noun") == found


@pytest.mark.parametrize("stated", ["", "<b>", "mice", "x" * 41, "a\nb", "agents!", ["a", ""]])
def test_what_is_no_noun_is_refused(stated: str | Sequence[str]) -> None:
    with pytest.raises(StudyError, match="goal_noun"):
        noun(stated, "goal_noun")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Agents who hold no goal.", "Patients who hold no diagnosis."),
        ("An answer is the goal the agent holds.", "An answer is the diagnosis the patient holds."),
        ("Each agent, or an agent: a goal.", "Each patient, or a patient: a diagnosis."),
        ("goal shares", "diagnosis shares"),
        ("goals scored by agents", "goals scored by patients"),  # the first is a label
        ("two `agents` in agents.csv, --agents, agent_goals(x)",) * 2,
        ("Quantifying multi-agent reagents", "Quantifying multi-agent reagents"),
        ("posterior.goals", "posterior.goals"),
    ],
)
def test_sentences_are_said_in_the_words_of_the_study(text: str, said: str) -> None:
    assert PATIENTS.say(text) == said
    assert World().say(text) == text


def test_articles_follow_the_sound() -> None:
    world = World(("unit", "units"), ("opinion", "opinions"))
    assert world.say("An agent holds a goal") == "A unit holds an opinion"
    assert World(("hour", "hours")).say("an agent") == "an hour"
