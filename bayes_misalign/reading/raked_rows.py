"""Rows of a table with weights raked to margins, as far as its design says what is left out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.reading.design_columns import DesignOptions, replicate_role
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.margins import Margins
from bayes_misalign.reading.raked import Raked, settle_raking, with_weights
from bayes_misalign.reading.sampled_units import units_of
from bayes_misalign.reading.strata import note_lonely, sizes_of, strata_of


def rake_rows(
    found: DistinctRows, margins: Margins, asked: NDArray[np.bool_], options: DesignOptions
) -> tuple[DistinctRows, Raked] | None:
    """Return the rows with weights raked to margins, and their replicates; None if that is wrong.

    Strata, clusters and fpc say how replicates leave units out, stated replicates are raked anew.
    """
    before, problems = len(found.problems), found.problems
    names, stratum = strata_of(found)
    clusters = "cluster" in found.roles
    design: dict[str, Any] = {"method": options.method, "mse": True, "nest": options.nest}
    base = None
    if options.replicates is not None:
        number = len(options.replicates.rscales)
        base = np.stack([found.sum(replicate_role(r)) for r in range(number)])
        design["mse"] = options.mse
    else:
        if clusters:
            units = units_of(found, stratum, nest=options.nest).stratum
            sampled = np.bincount(units[units >= 0], minlength=len(names)).astype(float)
        else:
            agents = np.where(asked & (stratum >= 0), found.sum("n"), 0.0)
            sampled = np.bincount(np.maximum(stratum, 0), agents, len(names))
        if len(problems) > before:
            return None
        whole = sizes_of(found, stratum, names, sampled)
        note_lonely(found, names, sampled, whole, options.lonely)
        design |= {"stratum": stratum, "sampled": sampled, "sizes": whole}
    if len(problems) > before:
        return None
    raked = settle_raking(found, margins, asked, base, options.replicates, design)
    return None if raked is None else (with_weights(found, raked), raked)
