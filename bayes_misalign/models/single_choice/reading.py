"""What each label in a survey stands for, and the counts that follow from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import Problems
from bayes_misalign.families.answers.lists import AnswerLists, other_notes
from bayes_misalign.families.answers.rows import SUMS, note_repeated_respondents
from bayes_misalign.models.single_choice.doubts import (
    PERCENT,
    answer_as_header,
    codes_as_weights,
    ids_as_populations,
    names_above,
    parse_agents,
    percentages,
    repeated_rows,
    replicates_unlike_weights,
    totals_among,
)
from bayes_misalign.models.single_choice.evidence import ChoiceCounts
from bayes_misalign.reading.columns import (
    MOST_UNKNOWN_LABELS,
    Column,
    count_column,
    id_column,
    number_column,
    population_column,
)
from bayes_misalign.reading.design_columns import (
    DesignOptions,
    design_columns,
    replicate_role,
)
from bayes_misalign.reading.distinct_rows import DistinctRows
from bayes_misalign.reading.evidence import Caution, FloatArray
from bayes_misalign.reading.left_out import Ways, read_left_out
from bayes_misalign.reading.margins import Margins, margin_columns
from bayes_misalign.reading.paired_rows import lazy_patterns, to_patterns
from bayes_misalign.reading.pairing import ABSENT, Patterns
from bayes_misalign.reading.parse_numbers import noted, parse_count
from bayes_misalign.reading.populations import settle_deff, settle_populations, settle_sizes
from bayes_misalign.reading.sampled_units import is_weighted, who_count
from bayes_misalign.reading.several_goals import several_in
from bayes_misalign.reading.survey_design import settle_design
from bayes_misalign.reading.survey_notes import survey_notes
from bayes_misalign.reading.totals import note_total_populations
from bayes_misalign.reading.unknown_labels import check_named
from bayes_misalign.settings import EVERYONE
from bayes_misalign.tables import Table, remedies
from bayes_misalign.tables.chosen import JOINT
from bayes_misalign.tables.labels import show, shown


def answer_columns(
    lists: AnswerLists,
    *,
    counted: bool,
    replicates: int = 0,
    lazy: bool = False,
    margins: Margins | None = None,
) -> tuple[Column, ...]:
    """Return what the columns of a table of answers hold; `counted` tells of a column of counts."""
    answered = ("goal", lambda text: lists.is_answer(text) is not False)
    return (
        Column(
            "goal",
            "labels",
            MOST_UNKNOWN_LABELS,
            lambda text: lists.is_answer(text) is not None or bool(several_in(text, lists.labels)),
            fix=f"{remedies.OTHER}; {remedies.patterns(lists.area.goals[0])}",
            coded=lists.codes,
            keeps=lists.is_listed,
        ),
        population_column(),
        id_column(
            "respondent",
            what="respondent's id",
            needed=not counted,  # counts of agents who are in one population only need none
            valid="an id of the respondent in every row",
        ),
        *design_columns(answered, replicates, lazy=lazy),
        *margin_columns(margins, ("goal", lambda text: bool(text.strip()))),
        count_column("count", parse=parse_agents),
        number_column("weight", needed=answered),
        number_column("weight_sum"),
        number_column("weight_sq_sum"),
        number_column("weight_alike", needed=False),
    )


def read_answers(
    table: Table,
    roles: Mapping[str, str],
    lists: AnswerLists,
    problems: Problems,
    margins: Margins | None = None,
    *,
    factors: bool = False,
) -> DistinctRows | None:
    """Return populations and answers with their numbers of agents; None if the table breaks off."""
    columns = answer_columns(
        lists,
        counted="count" in roles,
        replicates=sum(role.startswith("replicate ") for role in roles),
        lazy=table.lazy is not None,
        margins=margins,
    )
    found = DistinctRows(table, roles, columns, problems, [SUMS], factors=factors)
    if not found.read():
        return None
    note_repeated_respondents(found)
    return found


def to_counts(
    found: DistinctRows,
    lists: AnswerLists,
    asked: Sequence[str] | None,
    size: int | Mapping[str, int] | None,
    deff: float | Mapping[str, float] | None = None,
    n: int | Mapping[str, int] | None = None,
    options: DesignOptions | None = None,
    margins: Margins | None = None,
) -> ChoiceCounts | None:
    """Return answers as counts of categories; None if a label or a population is unknown."""
    problems, source = found.problems, found.table.source
    before = len(problems)
    lists.note_unknown(found)
    place = found.where("population") if "population" in found.roles else source
    names = found.cells("population") if "population" in found.roles else [EVERYONE] * len(found)
    distinct = [text for text in dict.fromkeys(names) if text.strip()]
    populations = settle_populations(distinct, asked, place, problems)
    if len(problems) > before or not all(text.strip() for text in names):
        return None
    read, raked, ways = found, None, _ways(found, lists)
    if margins:
        from bayes_misalign.reading.raked_rows import rake_rows

        category = _categories(found, lists)
        there = (category >= 0) | ((ways.of_row >= 0) & (ways.of_row < ways.number - 1))
        made = rake_rows(found, margins, there, options or DesignOptions())
        if made is None:
            return None
        found, raked = made
    counts = _fill(found, names, lists, populations)
    remarks = _total_notes(found, counts, place)
    sizes = settle_sizes(size, populations, counts.n, problems)
    counts = replace(counts, stated_deff=settle_deff(deff, populations, problems))
    if not problems:  # what could not be read counts as 0
        _note_no_weight(counts, place, problems)
    if "respondent" in found.roles and "population" in found.roles and len(problems) == before:
        paired = _paired(found, names, lists, populations)
        counts = counts if paired is None else replace(counts, **paired.fields())
    at = {name: i for i, name in enumerate(populations)}
    of = np.array([at[name] for name in names], np.intp)
    category = _categories(found, lists)
    shape = counts.counts.shape
    if (ways.of_row >= 0).any():
        left = read_left_out(found, of, ways, lists.area.not_answers, shape[0])
        counts = replace(counts, left_out=left)
    design = settle_design(found, of, category, shape, options or DesignOptions(), ways, raked)
    if design is not None:
        of_clusters = "cluster" in found.roles
        counts = replace(counts, design=design, clusters=design.clusters if of_clusters else None)
    labels = [*lists.labels, *(lists.label(text) for text in found.cells("goal") if text)]
    notes = [
        *found.table.notes,
        *other_notes(found, lists),
        *remarks,
        *survey_notes(counts, labels, coded=bool(lists.codes)),
    ]
    doubts = list(_percentages(found, counts)) if n is None else []
    doubts += codes_as_weights(found.different("weight"))
    if options is not None and options.replicates is not None:
        each = [replicate_role(r) for r in range(len(options.replicates.rscales))]
        sums = np.array([read.sum(role).sum() for role in each])
        whole = float(read.sum("weight_sum").sum())
        doubts += replicates_unlike_weights(sums, whole, factors=not options.combined)
    doubts += answer_as_header(read.roles["goal"], read.table.header, lists.labels)
    doubts += ids_as_populations(counts.n)
    nameless = read.table.left_out.empty[read.roles.get("population", "")]
    doubts += names_above(len(populations), read.sum("rows").sum(), nameless)
    if "count" in found.roles:
        doubts += totals_among(counts.categories, counts.counts)
    if n is not None:
        without = np.zeros(shape[0])  # agents of weight 0 were counted too
        if is_weighted(read):
            there = category >= 0
            np.add.at(without, of[there], read.sum("zero_weights")[there])
        _check_agents(n, counts, without, problems)
    if problems:
        return counts
    more, also = repeated_rows(read)
    doubts += more
    return replace(counts, population_size=sizes, notes=(*notes, *also), doubts=tuple(doubts))


def _total_notes(found: DistinctRows, counts: ChoiceCounts, where: str) -> list[str]:
    """Note populations that count all agents again; return remarks about those that may."""
    if "count" not in found.roles or "population" not in found.roles:
        return []
    name = found.roles["population"]
    column = "" if JOINT in name or not found.table.filtered else name
    return note_total_populations(counts.populations, counts.counts, column, where, found.problems)


def _percentages(found: DistinctRows, counts: ChoiceCounts) -> Iterator[Caution]:
    """Yield that numbers of agents, or weights of rows that count as one, look like percentages."""
    if "weight_sum" in found.roles or ("count" in found.roles) == ("weight" in found.roles):
        return
    there = counts.all_rows > 0
    if "count" in found.roles:
        zeros = int((found.sum("n") == 0).sum())
        how = "the numbers of agents"
        yield from percentages(counts.all_rows[there], counts.n[there], zeros, how)
    elif found.sum("rows").sum() == len(found):
        sums, how = counts.weight_total[there], "each row counts as one agent, and the weights"
        yield from percentages(sums, sums, len(found), how, counted=False)


def _check_agents(
    stated: int | Mapping[str, int],
    counts: ChoiceCounts,
    without: FloatArray,
    problems: Problems,
) -> None:
    """Note numbers of agents that are not those that the study states.

    `without` are agents of each population whose weight is 0.
    """
    names = counts.populations
    if isinstance(stated, Mapping):
        check_named(stated, names, "population", "number of agents of", "n", problems)
        pairs = [(name, stated.get(name)) for name in names]
    elif len(names) > 1:
        problems.add(
            f"one n is stated for {len(names)} populations",
            where="n",
            valid="the number of agents of each population by its name: " + shown(names),
        )
        return
    else:
        pairs = [(name, stated) for name in names]
    numbers = zip(pairs, counts.n + without, counts.all_rows + without, strict=True)
    for (name, said), answered, in_all in numbers:
        if said is None:
            continue
        number = noted(parse_count, said, "number of agents", f"n, {show(name)}", problems)
        if number is not None and number not in (answered, in_all):
            problems.add(
                f"the numbers of agents sum to {in_all:,.0f}, and {number:,.0f} is stated",
                where=f"n, {show(name)}",
                valid="the sum of the counts, with or without those who gave no answer",
                fix=f"if the counts are percentages, write {PERCENT}",
            )


def _fill(
    found: DistinctRows, names: Sequence[str], lists: AnswerLists, populations: tuple[str, ...]
) -> ChoiceCounts:
    categories = lists.area.categories
    shape = (len(populations), len(categories))
    weighted = "weight" in found.roles or "weight_sum" in found.roles
    summed = ("weight_sum", "weight_sq_sum") if weighted else ("n", "n")
    figures = ("n", *summed, *(["zero_weights"] if weighted else []))
    totals = {place: np.zeros(shape) for place in range(len(figures))}
    not_answers = {label: np.zeros(shape[0]) for label in lists.area.not_answers}
    not_asked = np.zeros(shape[0])
    rows = {name: place for place, name in enumerate(populations)}
    columns = {name: place for place, name in enumerate(categories)}
    values = zip(*(found.sum(role).tolist() for role in figures), strict=True)
    for population, text, numbers in zip(names, found.cells("goal"), values, strict=True):
        row, label = rows[population], lists.label(text)
        if not text:
            not_asked[row] += numbers[0]
        elif label in not_answers and lists.area.category_of(label) is None:
            not_answers[label][row] += numbers[0]
        else:
            at = row, columns[lists.area.category_of(label) or label]
            for place, figure in enumerate(numbers):
                totals[place][at] += figure
    return ChoiceCounts(
        categories=categories,
        populations=populations,
        counts=who_count(totals[0], totals[3], totals[1]) if weighted else totals[0],
        weight_sum=totals[1],
        weight_sq_sum=totals[2],
        weighted=weighted,
        population_size=None,
        not_answers=not_answers,
        not_asked=not_asked,
        zero_weights=int(totals[3].sum()) if weighted else 0,
        source=found.table.source,
    )


def _paired(
    found: DistinctRows, names: Sequence[str], lists: AnswerLists, populations: tuple[str, ...]
) -> Patterns | None:
    """Return what agents answered who are in several populations."""
    of_row = _categories(found, lists)
    if found.lazy is not None:
        meaning = dict(zip(found.cells("goal"), of_row.tolist(), strict=True))
        return lazy_patterns(found, meaning, populations)
    at = {name: i for i, name in enumerate(populations)}
    population = np.array([at[name] for name in names], np.intp)
    categories = len(lists.area.categories)
    return to_patterns(found, population, of_row, populations, categories)


def _categories(found: DistinctRows, lists: AnswerLists) -> NDArray[np.intp]:
    """Return the category of each distinct row, -1 where it is no answer."""
    area = lists.area
    place = {category: i for i, category in enumerate(area.categories)}
    labels = [lists.label(text) if text else "" for text in found.cells("goal")]
    return np.array([place.get(area.category_of(x) or "", ABSENT) for x in labels], np.intp)


def _ways(found: DistinctRows, lists: AnswerLists) -> Ways:
    """Return how each distinct row gives no answer: the place of its label, or last if empty."""
    labels = lists.area.not_answers
    place = {label: i for i, label in enumerate(labels) if not lists.area.category_of(label)}
    held = (lists.label(text) if text else None for text in found.cells("goal"))
    of_row = [len(labels) if x is None else place.get(x, ABSENT) for x in held]
    return Ways(np.array(of_row, np.intp), len(labels) + 1)


def _note_no_weight(counts: ChoiceCounts, where: str, problems: Problems) -> None:
    for name, n, total in zip(
        counts.populations, counts.n, counts.weight_sum.sum(axis=1), strict=True
    ):
        if n and not total:
            of_one, of_all = "the only answer of", f"all {n:g} answers of"
            problems.add(
                f"{of_one if n == 1 else of_all} population {show(name)} "
                f"{'has' if n == 1 else 'have'} weight 0",
                where=where,
                several="in {n} populations all answers have weight 0",
                value=show(name),
                valid="at least one answer with a weight above 0",
            )
