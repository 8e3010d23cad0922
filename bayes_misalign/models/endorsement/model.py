"""Agents who hold goals with strengths, as the core reaches the model."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayes_misalign.errors import StudyError
from bayes_misalign.families.answers.counted_model import OfCountedAgents
from bayes_misalign.measure.endorsed import endorsed
from bayes_misalign.measure.known_and_drawn import PartlyKnown
from bayes_misalign.models.endorsement import calibration, first_look, generative, words, write
from bayes_misalign.models.endorsement.declaration import Endorsement
from bayes_misalign.models.endorsement.evidence import StrengthCounts

MOST_NUMBERS = 1 << 28  # levels of conflict of two kinds in all draws, two gigabytes


class EndorsementModel(OfCountedAgents):
    """Of each agent the strengths are known with which it holds the goals."""

    name = "endorsement"
    declaration = Endorsement
    evidence = StrengthCounts

    def lift(self, evidence: StrengthCounts, conflict: PartlyKnown, /) -> PartlyKnown:
        kinds, draws = len(evidence.categories), int(np.prod(conflict.shape[:-2], dtype=np.int64))
        if len(conflict.first) and draws * kinds**2 // 2 > MOST_NUMBERS:
            raise StudyError(
                f"{kinds:,} kinds of agents, each two with a level of conflict in {draws:,} draws, "
                "do not fit into memory. Fix: state levels of conflict that are known, round "
                "strengths to fewer steps, or ask for fewer draws"
            )
        return endorsed(evidence.strength, conflict, evidence.lift, evidence.average)

    def minds_few_answers(self, evidence: StrengthCounts, priors: Any, /) -> bool:
        # the default prior weighs no more than one answer, however many kinds there are
        del evidence
        return bool(priors != self.priors())

    def results(self, evidence: StrengthCounts, name: str, posterior: Any, /) -> Any:
        from bayes_misalign.models.endorsement.results import endorsement_results

        del name
        return endorsement_results(evidence, posterior)

    def report(self) -> Any:
        from bayes_misalign.models.endorsement.section import REPORT

        return REPORT

    first_goals = staticmethod(first_look.first_goals)
    priors = staticmethod(generative.priors)
    declare_lifted = staticmethod(generative.declare_lifted)
    quantities = staticmethod(calibration.quantities)
    designs = staticmethod(calibration.designs)
    describe = staticmethod(words.describe)
    write = staticmethod(write.write)


MODEL = EndorsementModel()
