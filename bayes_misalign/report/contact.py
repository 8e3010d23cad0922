"""The section of a report on the pairs that meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayes_misalign.page.blocks import Block, Bullets, Paragraph, Picture, Section, Table
from bayes_misalign.page.columns import CSV, PAGE, READERS, Mean, Pair, Text
from bayes_misalign.page.number_text import WITHHELD, count, estimate_text, falling_below
from bayes_misalign.page.safe_text import named
from bayes_misalign.reading.contacts import AGENTS, POPULATIONS, Contacts
from bayes_misalign.report.findings import Findings
from bayes_misalign.report.hooks import Place

if TYPE_CHECKING:
    from bayes_misalign.inference.contact import ContactResults

TITLE = "Pairs that meet"
SAMPLE = (
    "Contacts are taken for a sample. How often holders of two goals meet has a gamma posterior, "
    "and how much agents differ in the number of those they meet is told by random weights of "
    "agents (a Bayesian bootstrap). Before the data it is worth one contact at random."
)
GROUPS = (
    "Shares of contacts have a Dirichlet posterior, as of contacts that do not depend on each "
    "other. Before the data it is worth one contact at random."
)
KNOWN = "Shares of contacts are taken for known."
WHOLE = "These agents are taken for the whole population, and their contacts for all there are."
WITHIN = (
    "Who meets whom depends on populations only: within two of them that meet, goals are taken to "
    "have nothing to do with it. If they have, P(ma) of pairs in contact is not this number."
)
REPORTED = (
    "Goals that only reports tell of are drawn from what the model says of each agent. Contacts do "
    "not help to tell them, so that the less reports say, the closer the number is to that at "
    "random."
)
NUMBER = (
    "“As many contacts, at random”: P(ma) if agents kept the number of their contacts and met "
    "whomever. What separates it from two at random is who meets many, and from two in contact "
    "that like meets like, or does not."
)


def contact(findings: Findings) -> Section:
    """Return P(ma) of two agents in contact, beside that of two at random."""
    found, place = findings.contact, Place.COMPARISONS + 0.25
    if found is None:
        return Section("contact", TITLE, [], place)
    numbers = Table([Text("pairs"), Mean("value")], found.rows(), TITLE, PAGE)
    every = [(pair, *both) for pair, both in found.pairs.items()]
    columns = [Pair("goals"), Mean("in contact", "contacts"), Mean("at random")]
    blocks: list[Block] = [
        Paragraph(contact_sentence(findings, found), READERS),
        Picture("contact"),
        numbers,
        Paragraph(" ".join([NUMBER, *_rests_on(found.evidence)])),
    ]
    if every:
        caption = "Shares of contacts, and of pairs drawn at random"
        blocks.append(Table(columns, every, caption, PAGE, most=30))
    if found.evidence.notes:
        blocks.append(Bullets(list(found.evidence.notes)))
    blocks.append(Table([Text("pairs"), Mean("value")], found.rows(), faces=CSV, name="contact"))
    if every:
        blocks.append(
            Table(
                [Pair("goals"), Text("pairs"), Mean("share")],
                [
                    (pair, what, one)
                    for pair, *both in every
                    for what, one in zip(("in contact", "at random"), both, strict=True)
                ],
                faces=CSV,
                name="contact_shares",
            )
        )
    return Section(
        "contact", TITLE, blocks, place, summary={"contact": _summary(found)}, finding=True
    )


def contact_sentence(findings: Findings, found: ContactResults) -> str:
    """Return how P(ma) of those who meet compares with that of two at random, in words."""
    start = f"P(ma) of two agents who are in contact ({_source(found.evidence)})"
    if findings.withheld:
        return f"{start} is {WITHHELD}."
    text = f"{start} is {estimate_text(found.in_contact)}, that of two agents at random "
    text += estimate_text(found.random)
    if found.ratio is None:
        return f"{text}."
    text += f"; their ratio is {estimate_text(found.ratio)}"
    if found.ratio.sd == 0:
        return f"{text}."
    return f"{text}, below 1 with probability {falling_below(found.ratio, 1.0)}."


def _source(evidence: Contacts) -> str:
    where = named(evidence.origin)
    if evidence.between == AGENTS:
        return f"{count(evidence.contacts)} pairs of {count(evidence.agents)} agents, {where}"
    number = "" if evidence.known else f"{count(evidence.contacts)} contacts between "
    return f"{number}{evidence.between}, {where}"


def _rests_on(evidence: Contacts) -> list[str]:
    if evidence.between == AGENTS:
        said = [WHOLE if evidence.known else SAMPLE]
        return [*said, REPORTED] if evidence.uncertain else said
    said = [KNOWN if evidence.known else GROUPS]
    return [*said, WITHIN] if evidence.between == POPULATIONS else said


def _summary(found: ContactResults) -> dict[str, Any]:
    evidence = found.evidence
    return {
        "between": evidence.between,
        "contacts": None if evidence.known and evidence.between != AGENTS else evidence.contacts,
        "agents": evidence.agents if evidence.between == AGENTS else None,
        "known": evidence.known,
        "source": evidence.origin,
        "at_random": found.random,
        "in_contact": found.in_contact,
        "as_many_contacts_at_random": found.by_number,
        "ratio": found.ratio,
        "modularity": found.modularity,
        "shares": [
            {"goals": list(pair), "in_contact": one, "at_random": other}
            for pair, (one, other) in found.pairs.items()
        ],
        "notes": list(evidence.notes),
    }
