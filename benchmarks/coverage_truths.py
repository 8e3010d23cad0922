"""True goal shares that the coverage of intervals is tried on: shapes, and real distributions."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.measure import exclusive_conflict
from bayes_misalign.settings import NO_GOAL

Array = NDArray[np.float64]
Shape = Callable[[int], Array]
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
TABLES = Path(__file__).resolve().parents[1] / "tests" / "data"


@dataclass(frozen=True)
class Truth:
    """A population: shares of goals, then of agents without one if `no_goal`, and its conflict."""

    name: str
    shares: Array
    no_goal: bool = False
    conflict: Array | None = None
    table: NDArray[np.int64] | None = None  # rows to draw from, without replacement

    @property
    def goals(self) -> int:
        """Number of goals."""
        return len(self.shares) - self.no_goal

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the categories."""
        return tuple(f"goal {i + 1}" for i in range(self.goals)) + (NO_GOAL,) * self.no_goal

    @property
    def matrix(self) -> Array:
        """Conflict of goals: exclusive unless stated."""
        if self.conflict is not None:
            return self.conflict
        return exclusive_conflict(self.goals, no_goal=self.no_goal)

    def samples(self, answers: int, how_many: int, rng: np.random.Generator) -> Array:
        """Return counts of samples (sample, category)."""
        if self.table is not None:
            return rng.multivariate_hypergeometric(
                self.table, answers, how_many, method="marginals"
            ).astype(float)
        return rng.multinomial(answers, self.shares, how_many).astype(float)


def dominant(k: int) -> Array:
    """Return one group of 95 %, the others equal."""
    return np.array([0.95, *[0.05 / (k - 1)] * (k - 1)])


def peaked(k: int) -> Array:
    """Return one group of 80 %, the others equal."""
    return np.array([0.8, *[0.2 / (k - 1)] * (k - 1)])


def zipf(k: int) -> Array:
    """Return shares proportional to 1/i for the i-th goal."""
    shares = 1 / np.arange(1, k + 1)
    return np.asarray(shares / shares.sum())


def two_big(k: int) -> Array:
    """Return two groups of 45 %, the others equal."""
    return np.array([0.45, 0.45, *[0.1 / (k - 2)] * (k - 2)])


def within_20(k: int) -> Array:
    """Return shares from 20 % below to 20 % above equal ones."""
    return np.linspace(0.8, 1.2, k) / k


def within_10(k: int) -> Array:
    """Return shares from 10 % below to 10 % above equal ones."""
    return np.linspace(0.9, 1.1, k) / k


def equal(k: int) -> Array:
    """Return equal shares, the exact maximum of P(ma)."""
    return np.full(k, 1 / k)


SHAPES: dict[str, Shape] = {
    "peaked": peaked,
    "Zipf": zipf,
    "two big groups": two_big,
    "dominant": dominant,
}
NEAR: dict[str, Shape] = {"within 20 %": within_20, "within 10 %": within_10}
NO_GOAL_SHARES = (0.02, 0.1, 0.3, 0.6, 0.9)
FEWER_SHARES, MANY = (0.1, 0.6), 8  # beside more goals


def shaped(shapes: dict[str, Shape], goals: tuple[int, ...]) -> Iterator[Truth]:
    """Yield every shape with every number of goals that it is made for."""
    for name, make in shapes.items():
        for k in goals:
            if make is not two_big or k > 2:
                yield Truth(name, make(k))


def without_goal(goals: tuple[int, ...]) -> Iterator[Truth]:
    """Yield every shape among holders, beside agents without a goal."""
    for truth in shaped(SHAPES, goals):
        for share in NO_GOAL_SHARES if truth.goals <= MANY else FEWER_SHARES:
            yield Truth(truth.name, np.append((1 - share) * truth.shares, share), no_goal=True)


# Members by group, as the parliament or the electoral authority named publishes them.
SEATS: dict[str, tuple[tuple[int, ...], int]] = {
    "Bundestag, elected 2021 (Bundeswahlleiter)": ((206, 152, 118, 92, 83, 45, 39, 1), 0),
    "House of Commons, elected 2019 (House of Commons Library, CBP-8749)": (
        (365, 202, 48, 11, 8, 7, 4, 2, 1, 1, 1),
        0,
    ),
    "Swiss National Council, elected 2019 (Federal Statistical Office)": (
        (53, 39, 29, 28, 25, 16, 3, 3, 1, 1, 1, 1),
        0,
    ),
    "Knesset, elected 2022 (Central Elections Committee)": (
        (32, 24, 14, 12, 11, 7, 6, 5, 5, 4),
        0,
    ),
    "European Parliament, July 2024, non-attached without goal (European Parliament)": (
        (188, 136, 84, 78, 77, 53, 46, 25),
        33,
    ),
}
# Per cent, as published: Public and Scientists' Views on Science and Society (January 2015), and
# How the US Public and AI Experts View Artificial Intelligence (April 2025).
PEW: dict[str, tuple[tuple[int, ...], int]] = {
    "US adults on genetically modified foods (Pew Research Center 2015)": ((57, 37), 6),
    "AAAS scientists on the same (Pew Research Center 2015)": ((88, 11), 1),
    "AI experts, excited or concerned (Pew Research Center 2025)": ((47, 15), 38),
    "US adults, excited or concerned (Pew Research Center 2025)": ((51, 11), 38),
}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _table(name: str, held: list[int], without: int | None = None) -> Truth:
    counts = np.array(held if without is None else [*held, without], dtype=np.int64)
    return Truth(name, counts / counts.sum(), without is not None, table=counts)


def nonvoters() -> list[Truth]:
    """Return the candidates of US adults, all and by how often they vote (Refused left out)."""
    rows = _rows(EXAMPLES / "nonvoters" / "answers.csv")

    def of(groups: set[str]) -> tuple[list[int], int]:
        n = {
            answer: sum(
                int(row["n"])
                for row in rows
                if row["candidate"] == answer and row["voter_category"] in groups
            )
            for answer in ("Biden", "Trump", "Unsure")
        }
        return [n["Biden"], n["Trump"]], n["Unsure"]

    groups = ("rarely/never", "sporadic", "always")
    named = {"all": set(groups), **{group: {group} for group in groups}}
    return [
        _table(f"candidate 2020, {name} (FiveThirtyEight/Ipsos 2020)", *of(these))
        for name, these in named.items()
    ]


def anes(year: str) -> Truth:
    """Return party identification of US adults; pure independents hold no goal."""
    n = {
        row["group"]: int(row["n"])
        for row in _rows(TABLES / "anes_party_groups_counts.csv")
        if row["year"] == year
    }
    return _table(f"US parties {year} (ANES cumulative file)", [n["Dem"], n["Rep"]], n["Ind"])


def games(game: str, name: str) -> Truth:
    """Return what people did in an economic game."""
    rows = _rows(TABLES / "games_human_ai_counts.csv")
    held = [int(row["n"]) for row in rows if row["game"] == game and row["agent"] == "human"]
    return _table(f"people, {name} (Mei, Xie, Yuan and Jackson 2024)", held)


def referendum(region: str | None) -> Truth:
    """Return votes in the EU referendum; who did not vote, or spoilt the paper, holds no goal."""
    rows = _rows(TABLES / "eu_referendum_2016_by_region.csv")
    rows = [row for row in rows if region in (None, row["region"])]
    n = {
        key: sum(int(row[key]) for row in rows)
        for key in ("remain", "leave", "rejected", "did_not_vote")
    }
    name = f"EU referendum, {region or 'United Kingdom'} (Electoral Commission 2016)"
    return _table(name, [n["remain"], n["leave"]], n["rejected"] + n["did_not_vote"])


def _parties() -> Truth:
    held = [int(row["per_thousand"]) for row in _rows(EXAMPLES / "german-parties" / "voters.csv")]
    shares = np.array(held) / sum(held)
    return Truth("second votes, Bundestag 2017 (Bundeswahlleiter)", shares)


def tables() -> list[Truth]:
    """Return public tables whose rows are drawn without replacement."""
    return [
        *nonvoters(),
        anes("2012"),
        games("dictator_give", "what they give away"),
        games("ultimatum_propose", "what they propose"),
        referendum("Scotland"),
    ]


def real() -> list[Truth]:
    """Return real distributions, each with its source."""
    found = [
        Truth(name, np.array([*held, *([without] if without else [])]) / (sum(held) + without),
              bool(without))
        for name, (held, without) in {**SEATS, **PEW}.items()
    ]  # fmt: skip
    asked = [anes("1978"), games("ultimatum_min_accept", "what they accept"), referendum("London")]
    return [*found, _parties(), *(Truth(t.name, t.shares, t.no_goal) for t in asked)]


def line(k: int) -> Array:
    """Return conflict that grows with the distance on a line of k goals, 1 between its ends."""
    at = np.arange(k) / (k - 1)
    return np.abs(at[:, None] - at)


def blocks(k: int, within: float) -> Array:
    """Return conflict 1 between the halves of k goals, and a stated level within each."""
    half = np.arange(k) < half_of(k)
    level = np.where(half[:, None] == half, within, 1.0)
    np.fill_diagonal(level, 0.0)
    return level


def _camps(k: int) -> Array:
    shares = np.full(k, 0.1 / (k - 2))
    shares[[0, -1]] = 0.45
    return shares


def _middle(k: int) -> Array:
    at = np.arange(k) - (k - 1) / 2
    shares = np.exp(-0.5 * (at / (k / 8)) ** 2)
    return np.asarray(shares / shares.sum())


def half_of(k: int) -> int:
    """Return how many goals the first half has."""
    return (k + 1) // 2


def _halves(k: int) -> Array:
    return _in_halves(k, 0.7)


def _one_half(k: int) -> Array:
    return _in_halves(k, 0.95)


def _in_halves(k: int, share: float) -> Array:
    first = half_of(k)
    return np.array([share / first] * first + [(1 - share) / (k - first)] * (k - first))


GRADED: dict[str, tuple[Callable[[int], Array], Callable[[int], Array], str]] = {
    "line, middle": (line, _middle, "goals on a line, holders about its middle"),
    "line, equal": (line, equal, "goals on a line, equal shares"),
    "line, camps": (line, _camps, "goals on a line, 45 % at each end"),
    "blocks, 70 to 30": (
        lambda k: blocks(k, 0.2),
        _halves,
        "conflict 1 between two halves of the goals, 70 and 30 %, and 0.2 within each",
    ),
    "blocks, 95 to 5": (
        lambda k: blocks(k, 0.2),
        _one_half,
        "the same, the halves 95 and 5 %",
    ),
    "classes, 70 to 30": (
        lambda k: blocks(k, 0.0),
        _halves,
        "no conflict within the halves, whose goals `matched` takes as one",
    ),
}


def graded(goals: tuple[int, ...]) -> Iterator[Truth]:
    """Yield truths whose conflict is graded."""
    for name, (conflict, make, _) in GRADED.items():
        for k in goals:
            yield Truth(name, make(k), conflict=conflict(k))
