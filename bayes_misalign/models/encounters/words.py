"""The model of encounters in words and formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayes_misalign.contract.description import Description
from bayes_misalign.models.encounters.evidence import EncounterConflict

if TYPE_CHECKING:
    from bayes_misalign.models.encounters.priors import EncounterPriors

RESTS_ON = (  # assumptions of the card
    "Who meets whom does not depend on whether there will be conflict, given the goals",
)


def describe_encounters(evidence: EncounterConflict, prior: EncounterPriors) -> Description:
    """Return the model and its priors in words and formulas."""
    words = (
        f"{evidence.number:,.0f} encounters of two agents were seen, {evidence.conflicts:,.0f} of "
        "them with conflict. The conflict level of a pair is the probability that agents of these "
        "two goals are in conflict over them when they meet"
    )
    formulas = ["P(seen in conflict | goals i, j) = c_ij"]
    stated = [f"c_ij ~ Beta({prior.yes:g}, {prior.no:g}) for each pair"]
    why = [
        f"Conflict seen in encounters: Beta({prior.yes:g}, {prior.no:g}) for every pair, "
        "independent."
    ]
    if evidence.background:
        words += (
            "; agents may also be in conflict over something else, as holders of one goal are with "
            "each other"
        )
        formulas = [
            "P(not in conflict | goals i, j) = (1 - c_ij) sqrt((1 - b_i) (1 - b_j)), c_ii = 0"
        ]
        stated.append(
            f"b_i ~ Beta({prior.background_yes:g}, {prior.background_no:g}) for each goal"
        )
        why.append(
            "Conflict over something else: Beta"
            f"({prior.background_yes:g}, {prior.background_no:g}) among holders of each goal."
        )
    if evidence.uncertain:
        agents = int(evidence.trees.agents.sum())
        words += (
            f". The goals of {agents:,} of the agents are known by reports only; they were summed "
            "out, so that shares and conflict levels have one posterior together"
        )
        formulas.append(
            "P(encounters) = sum over goals k of prod_a P(k_a | reports_a) prod_met P(seen | k, l)"
        )
    return Description(words + ".", (*formulas, *stated), tuple(why), RESTS_ON)
