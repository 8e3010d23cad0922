"""What a model is like, where a yes, a no or a word says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bayes_misalign.errors import StudyError, listed

Kind = Literal["goals", "shares", "conflict"]
Drawn = Literal["known", "exact", "sampled", "given"]
SpeaksFor = Literal["named", "placed", "met", "unnamed"]
# Who speaks for pairs of goals that no source names: positions, then encounters, then ratings.
ORDER_OF_CLAIMS: tuple[SpeaksFor, ...] = ("placed", "met", "unnamed")


@dataclass(frozen=True)
class Traits:
    """Facts about a model that the core asks for.

    Parameters
    ----------
    kind : {"goals", "shares", "conflict"}
        Which latent quantity the model is about.
    drawn : {"known", "exact", "sampled", "given"}
        How its posterior is drawn: not at all, since nothing is uncertain; exactly, for all or for
        some evidence (`Model.draw` returns None for the rest); by NUTS only; or by somebody else,
        whose draws are the evidence: their number of agents and their prior are not known.
    levels_together : bool
        Whether conflict levels of different pairs are dependent.
    uncertain_agents : bool
        Whether the agents' goals are seen through reports only.
    needs_agents : bool
        Whether the declaration's `read` takes what finds agents of the goals evidence by id.
    by_population : bool
        Whether conflict may be measured in each population apart.
    speaks_for : {"named", "placed", "met", "unnamed"}
        Which pairs of goals the model speaks for: those that its evidence names; also pairs of
        goals that are placed; of goals whose holders met; or any pair that no other source names.
    states_levels : bool
        Whether the model can take a level as known, see `ConflictModel.stated`; one model does.
    lifts_conflict : bool
        Whether the categories of shares are not the goals of the problem area but made of them, as
        sets of goals are, so that conflict of goals is lifted to them; see `GoalsModel.lift`.

    Raises
    ------
    StudyError
        When a word is none of these.

    Examples
    --------
    >>> Traits("conflict", "exact").speaks_for
    'named'
    """

    kind: Kind
    drawn: Drawn
    levels_together: bool = False
    uncertain_agents: bool = False
    needs_agents: bool = False
    by_population: bool = False
    speaks_for: SpeaksFor = "named"
    states_levels: bool = False
    lifts_conflict: bool = False

    def __post_init__(self) -> None:
        for name, words in (
            ("kind", get_args(Kind)),
            ("drawn", get_args(Drawn)),
            ("speaks_for", get_args(SpeaksFor)),
        ):
            if getattr(self, name) not in words:
                given = getattr(self, name)
                raise StudyError(f"a model's {name} is one of {listed(words)}, not {given!r}")
