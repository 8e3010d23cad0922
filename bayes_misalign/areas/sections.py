"""The report of several problem areas, section by section, of the same blocks for every face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayes_misalign.areas.draws import Scope
from bayes_misalign.areas.ranks import TOP
from bayes_misalign.areas.sections_aligned import aligned
from bayes_misalign.areas.sections_ties import bedfellows, together
from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.page.blocks import Block, Bullets, Document, Paragraph, Picture, Section, Table
from bayes_misalign.page.columns import (
    EVERY,
    MACHINES,
    PAGE,
    Brief,
    Label,
    Mean,
    Number,
    Shown,
    Text,
)
from bayes_misalign.page.number_text import estimate_text
from bayes_misalign.page.safe_text import named, sentence
from bayes_misalign.report.sections import STATE_NAMES

if TYPE_CHECKING:
    from bayes_misalign.areas.posterior import AreasPosterior

MOST_ROWS = 60  # areas of a table on a page
MOST_TERMINAL = 20
MOST_SCOPES = 6  # columns of a table, and ranks on a page
NOT_CONVERGED = "This fit has not converged"
WITHHELD = f"{NOT_CONVERGED}: its numbers are withheld."


def sections(result: AreasPosterior) -> list[Section]:
    """Return the sections in order; where numbers are withheld only those without any."""
    kept: dict[bool, list[Section]] = vars(result).setdefault("_sections", {})
    if result.withheld not in kept:
        made = [] if result.withheld else [_areas(result), _ranks(result), _aggregates(result)]
        if not result.withheld:
            made += [*aligned(result), bedfellows(result), *together(result)]
        kept[result.withheld] = [*made, _basis(result)]
    return kept[result.withheld]


def headline(result: AreasPosterior) -> list[str]:
    """Return what was found, in sentences."""
    if result.withheld:
        return [WITHHELD]
    said: list[str] = []
    for scope in _main(result)[:MOST_SCOPES]:
        ranks = result.ranks(scope.one, scope.other)
        first = ranks.in_order[0]
        estimate = result.estimate(scope, first)
        of = result.name_of(scope)
        where = f"{sentence(of)[:1].upper()}{sentence(of)[1:]}, " if of else ""
        start = "two agents drawn at random are the most misaligned in"
        if not where:
            start = start.capitalize()
        said.append(
            f"{where}{start} {named(first)}: P(ma) {estimate_text(estimate, in_full=not said)}, "
            f"the largest of {len(ranks.areas)} areas with probability {ranks.most[first]:.2f}."
        )
    pairs = {pair: p for pair, p in result.any_bedfellows().items() if p > 0.5}
    for (a, b), p in list(pairs.items())[:MOST_SCOPES]:
        said.append(
            f"{named(a)} and {named(b)} are opposed in some area and agree in another with "
            f"probability {p:.2f}."
        )
    return said


def banner(result: AreasPosterior) -> tuple[str, list[str]]:
    """Return the state of the fit as a sentence, and each reason with its remedy."""
    found = result.diagnosis
    reasons = [f"{sentence(one.what)}. Remedy: {one.remedy}." for one in found.reasons]
    how = "Drawn exactly" if found.method == "exact" else "Sampled with NUTS where need be"
    if found.state == "ok":
        return f"{how}; every check of the fit passed.", reasons
    if found.state == "caution":
        return f"{how}; read the result with these cautions.", reasons
    if result.withheld:
        return WITHHELD, reasons
    return f"{NOT_CONVERGED}: its numbers are shown on request and may be wrong.", reasons


def document(result: AreasPosterior) -> Document:
    """Return the report as pages show it."""
    text, reasons = banner(result)
    pages = []
    for section in sections(result):
        blocks = [b.grid() if isinstance(b, Table) else b for b in section.of("page")]
        if blocks:
            pages.append(
                Section(section.key, section.title, blocks, section.place, finding=section.finding)
            )
    study = result.study
    return Document(
        title=named(study.title or study.name),
        area=f"{len(result.areas)} problem areas",
        headline=headline(result),
        state=STATE_NAMES[result.diagnosis.state],
        banner=text,
        reasons=reasons,
        warns=result.withheld,
        sections=tuple(pages),
    )


def _main(result: AreasPosterior) -> list[Scope]:
    """Return whose P(ma) a report ranks areas by: the union where it is known, else all."""
    whole = [scope for scope in result.scopes if scope.one is None]
    found = whole or list(result.scopes)
    return [scope for scope in found if len(result.draws_of(scope)) > 1]


def main_scope(result: AreasPosterior) -> Scope:
    """Return the one that figures rank by: of two populations between them, else the first."""
    every = _main(result)
    between = [scope for scope in every if scope.other is not None]
    return between[0] if len(between) == 1 else every[0]


def area_order(result: AreasPosterior) -> list[str]:
    """Return areas by their ranks, then those that are not ranked."""
    scope = main_scope(result)
    ranked = result.draws_of(scope)
    first = result.ranks(scope.one, scope.other).in_order
    return [*first, *(area for area in result.areas if area not in ranked)]


def _areas(result: AreasPosterior) -> Section:
    scopes = result.scopes[:MOST_SCOPES]
    ranks = result.ranks(main_scope(result).one, main_scope(result).other)
    order = area_order(result)
    found = {
        scope: {area: result.estimate(scope, area) for area in result.draws_of(scope)}
        for scope in result.scopes
    }
    wide = Table(
        [
            Label("area", "problem area"),
            *(Brief(f"scope {i}", result.name_of(s) or "P(ma)") for i, s in enumerate(scopes)),
        ],
        [[area, *(found[s].get(area) for s in scopes)] for area in order],
        caption=f"P(ma) by problem area: mean and {result.study.reporting.interval}",
        faces=PAGE,
        most=MOST_ROWS,
    )
    main = main_scope(result)
    short = Table(
        [
            Label("area", "problem area"),
            Mean("misalignment", "P(ma)"),
            Number("p_most", "P(most)", form=".2f"),
        ],
        [[a, found[main][a], ranks.most[a]] for a in ranks.in_order[:MOST_TERMINAL]],
        faces=frozenset({"terminal"}),
        title=ranks.of,
        width=40,
    )
    long = Table(
        [
            Label("area"),
            Text("population"),
            Text("population_other"),
            Mean("misalignment"),
            Number("mean_rank", form=".1f"),
            Number("p_most"),
        ],
        [
            [area, s.one or "", s.other or "", estimate, *by_rank[area]]
            for s, by_area in found.items()
            for by_rank in [_ranks_of(result, s)]
            for area, estimate in by_area.items()
        ],
        faces=MACHINES,
        name="areas",
    )
    left = len(ranks.areas) - MOST_TERMINAL
    blocks: list[Block] = [Picture("areas"), wide, short, long]
    if left > 0:
        more = f"and {left:,} areas more, in tables/areas.csv"
        blocks.insert(3, Paragraph(more, frozenset({"terminal"}), apart=False))
    if (cut := len(result.scopes) - MOST_SCOPES) > 0:
        blocks.append(Paragraph(f"{cut} more populations and pairs are in tables/areas.csv."))
    return Section("areas", "P(ma) by problem area", blocks, summary={"areas": long}, finding=True)


def _ranks_of(result: AreasPosterior, scope: Scope) -> dict[str, tuple[float, float]]:
    """Return the mean rank of each area, and its probability to be the most misaligned."""
    if len(there := result.draws_of(scope)) < 2:
        return dict.fromkeys(there, (float("nan"),) * 2)
    ranks = result.ranks(scope.one, scope.other)
    means, most = ranks.mean, ranks.most
    return {area: (means[area], most[area]) for area in there}


def _ranks(result: AreasPosterior) -> Section:
    rows: list[list[Any]] = []
    for scope in _main(result)[:MOST_SCOPES]:
        ranks = result.ranks(scope.one, scope.other)
        means, most = ranks.mean, ranks.most
        top, least = ranks.at_most(min(TOP, len(ranks.areas))), ranks.least
        for area in ranks.in_order[: MOST_ROWS // 4]:
            low, high = ranks.intervals[area]
            rows.append(
                [
                    result.name_of(scope) or "all agents",
                    area,
                    means[area],
                    f"{low} to {high}",
                    *(x[area] for x in (most, top, least)),
                ]
            )
    table = Table(
        [
            Text("scope", "agents"),
            Label("area", "problem area"),
            Number("mean_rank", "mean rank", form=".1f"),
            Shown("interval", result.study.reporting.interval.short),
            Number("p_most", "P(most misaligned)", form=".2f"),
            Number("p_top", f"P(among the {TOP} most)", form=".2f"),
            Number("p_least", "P(least misaligned)", form=".2f"),
        ],
        rows,
        caption=f"Ranks of problem areas, the first {MOST_ROWS // 4}; 1 is the most misaligned",
        faces=PAGE | frozenset({"csv", "json"}),
        name="ranks",
    )
    blocks: list[Block] = [Picture("ranks"), table]
    return Section("ranks", "Ranks", blocks, summary={"ranks": table}, finding=True)


def _aggregates(result: AreasPosterior) -> Section:
    scopes = _main(result)[:MOST_SCOPES]
    found = [(scope, result.aggregate(scope.one, scope.other)) for scope in scopes]
    table = Table(
        [
            Text("scope", "agents"),
            Text("aggregate"),
            Mean("estimate", "P(ma)"),
        ],
        [
            [result.name_of(scope) or "all agents", how, estimate]
            for scope, by_kind in found
            for how, estimate in by_kind.items()
        ],
        caption="P(ma) over all areas, by the kind of mean",
        faces=EVERY,
        name="aggregates",
        title="P(ma) over all areas",
        width=40,
    )
    stated = result.study.choices.weights
    how = (
        "All areas count alike."
        if stated is None
        else "Areas count by stated weights: "
        + ", ".join(f"{named(area)} {w:g}" for area, w in stated.items())
        + "; all others 1."
    )
    text = Paragraph(
        f"{how} The arithmetic mean is the chance of conflict in an area drawn at random; min and "
        "max are of the least and the most misaligned area of each draw."
    )
    return Section(
        "aggregates", "Over all areas", [table, text], summary={"aggregates": table}, finding=True
    )


def _basis(result: AreasPosterior) -> Section:
    items = []
    for part, posterior in result.parts:
        study = posterior.study
        models = [study.goals.model, *(source.model for source in study.conflict.sources)]
        kinds = ", ".join(dict.fromkeys(models))
        many = f"{len(part.areas)} areas" if len(part.areas) > 1 else named(part.areas[0])
        items.append(f"{many}: {kinds}; answers from {named(study.goals.source)}.")
    notes = [note for _, posterior in result.parts for note in posterior.study.goals.notes]
    designs = [posterior.study.goals.design for _, posterior in result.parts]
    notes += [
        f"Variance by the design of the sample: {x.method}." for x in designs if x is not None
    ]
    said = [
        model.describe(evidence, prior).words
        for _, posterior in result.parts
        for evidence, prior in _evidence(posterior.study)
        for model in [evidence_model(evidence.model)]
    ]
    fitting = result.study.fitting
    draws = f"{fitting.chains} × {fitting.draws} draws, seed {fitting.seed}."
    apart = (
        "Shares in different areas are related where the same agents answered, as far as their "
        "answers tell."
        if result.study.answers is not None
        else "Shares in different areas are drawn independently of each other."
    )
    blocks: list[Block] = [
        Bullets([*items, *dict.fromkeys(notes)]),
        *(Paragraph(text) for text in dict.fromkeys(said)),
        Paragraph(f"{apart} {draws}"),
    ]
    if not result.withheld and result.before:
        columns = [Label("area", "problem area"), Text("scope", "agents"), Shown("prior", "P(ma)")]
        interval = result.study.reporting.interval
        words = f"P(ma) before the data, from the prior alone: mean and {interval}"
        blocks.append(Table(columns, result.before, words, PAGE, most=MOST_ROWS))
    return Section("basis", "What this rests on", blocks)


def _evidence(study: Any) -> list[tuple[Any, Any]]:
    sources = zip(study.conflict.sources, study.conflict_priors, strict=True)
    return [(study.goals, study.goal_prior), *((s, p) for s, p in sources if s.pairs)]
