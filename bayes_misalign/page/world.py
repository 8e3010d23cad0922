"""What a study calls its agents and their goals, in every sentence for readers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from bayes_misalign.page.nouns import AGENTS, GOALS, Noun

_OURS = {AGENTS[0], AGENTS[1], GOALS[0], GOALS[1]}
# not inside names of files, of options and of functions
_WORD = r"(?<![\w./\-])(?:(?P<article>[Aa]n?)\s+)?(?P<word>[Aa]gents?|[Gg]oals?)(?![\w\-(=]|\.\w|/)"
_QUOTED = r"`[^`]*`"
_SOUND = re.compile(r"(?!uni|use|usu|eu|one)[aeiou]|hono|hour|heir", re.IGNORECASE)


@dataclass(frozen=True)
class World:
    """Words in place of "agents" and "goals"; labels of the data are left as they are.

    Parameters
    ----------
    agents, goals : (str, str)
        Singular and plural.
    labels : frozenset of str
        Texts from the data.

    Examples
    --------
    >>> world = World(("animal", "animals"), ("habit", "habits"))
    >>> world.say("Agents drawn at random: an agent holds a goal, as in `agents`.")
    'Animals drawn at random: an animal holds a habit, as in `agents`.'
    """

    agents: Noun = AGENTS
    goals: Noun = GOALS
    labels: frozenset[str] = frozenset()

    @property
    def plain(self) -> bool:
        """Whether nothing is called otherwise."""
        return self.agents == AGENTS and self.goals == GOALS

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        found = {label for label in self.labels if re.search(_WORD, label)} - _OURS
        kept = [re.escape(label) for label in sorted(found, key=len, reverse=True)]
        return re.compile("|".join([_QUOTED, *kept, _WORD]))

    @cached_property
    def _words(self) -> dict[str, str]:
        ours, own = (*AGENTS, *GOALS), (*self.agents, *self.goals)
        return dict(zip(ours, own, strict=True))

    def say(self, text: str) -> str:
        """Return a sentence of this package in the words of the study."""
        return text if self.plain else self._pattern.sub(self._said, text)

    def say_all(self, texts: Iterable[str]) -> list[str]:
        """Return sentences in the words of the study."""
        return [self.say(text) for text in texts]

    def _said(self, match: re.Match[str]) -> str:
        word, article = match["word"], match["article"]
        if word is None:
            return match[0]
        said = self._words[word.lower()]
        if article is not None:
            fitting = "an" if _SOUND.match(said) else "a"
            return f"{article[0]}{fitting[1:]} {said}"
        return said[0].upper() + said[1:] if word[0].isupper() else said
