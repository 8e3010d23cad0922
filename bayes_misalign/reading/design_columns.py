"""Columns of strata, clusters and replicate weights, and what a study states beside them."""

from __future__ import annotations

from dataclasses import dataclass

from bayes_misalign.measure import ReplicateScales
from bayes_misalign.reading.columns import Column, Where, id_column, number_column

MOST_STRATA = 10_000
LONELY = ("fail", "remove", "adjust", "average", "certainty")


@dataclass(frozen=True)
class DesignOptions:
    """What a study states of its design beside columns."""

    nest: bool = False
    lonely: str = "fail"
    replicates: ReplicateScales | None = None
    method: str = ""
    mse: bool = False
    combined: bool = True
    stated_df: bool = False


def design_columns(
    answered: bool | Where, replicates: int = 0, *, lazy: bool = False
) -> tuple[Column, ...]:
    """Return what the columns of a design hold; they are needed where somebody `answered`.

    A lazy frame is grouped by its clusters where it lives.
    """
    of_cluster = "the cluster of every answer, such as the prompt or the agent"
    cluster = (
        Column("cluster", "clusters", needed=answered, valid=of_cluster)
        if lazy
        else id_column("cluster", needed=answered, valid=of_cluster)
    )
    return (
        cluster,
        Column(
            "strata",
            "strata",
            MOST_STRATA,
            what="stratum",
            needed=answered,
            valid="the stratum of every answer",
        ),
        Column(
            "fpc",
            "sizes of strata",
            MOST_STRATA,
            needed=answered,
            valid="the number of clusters (without `cluster`, of agents) in the whole stratum",
        ),
        id_column(
            "cluster2",
            what="unit of a cluster",
            needed=answered,
            valid="the unit within its cluster of every answer",
        )
        if not lazy
        else Column("cluster2", "units of clusters", what="unit of a cluster", needed=answered),
        Column(
            "fpc2",
            "sizes of clusters",
            MOST_STRATA,
            needed=answered,
            valid="the number of units in the whole cluster",
        ),
        *(
            number_column(replicate_role(r), what="replicate weight", needed=answered)
            for r in range(replicates)
        ),
    )


def replicate_role(number: int) -> str:
    """Return the role of a column of replicate weights."""
    return f"replicate {number + 1}"
