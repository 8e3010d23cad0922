"""Phrases that must not come back: jargon without a word of explanation, riddles, verdicts."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "bayes_misalign"
PHRASES = [
    r"\bsimply\b",
    r"\b(just|merely) (a|the|one|run|use|write|add)\b",
    r"\bnote that\b",
    r"\bplease note\b",
    r"\bobviously\b|\bclearly\b|\bof course\b|\bneedless to say\b",
    r"\b(flat|uninformative|non-?informative|vague) prior",
    r"\bstatistically significant\b|\bsignificantly\b|\bhighly (likely|significant)\b",
    r"\b(alarming|worrying|polari[sz]ed|healthy) (level|population|result|misalignment)",
    r"\bnot (un(likely|usual|common|reasonable|important|related)|impossible|insignificant)\b",
    r"\bprior alone speaks\b|\bspeaks? for (it|them)\.",
    r"\bknown to be zero: left out\b",
    r"\bas their own weights leave\b|\bwhat one of them weighs\b",
    r"\b(holds?|held) the truth\b|\bas often as they say\b",
    r"\btaken for that of another\b|\bgives all the same\b|\bfor nobody but themselves\b",
    r"\b(hang|hangs|hung|hanging) together\b",
    r"\b(meets?|met) (the (exact|closed|raw|moments|mixture|sum)|adaptive|a quadrature|those of)",
    r"\bheld against\b|\bleaves? it at that\b|\bfor alike\b|\bpull at\b.{0,40}\bgive\b",
    r"\b(sets?|put) (a|the) posterior beside\b|\btaken? .{0,20}\bfor instruments\b",
    r"\bof 1 pairs\b|\b1 pairs of\b",
    r"\bIn all the largest\b|\bP\(ma\) of all \(",
    r"\bleverag\w+|\butili[sz]e\w*|\bin order to\b|\bdue to the fact that\b",
    r"\b(is|are|was|were) learned from as many fewer\b",
    r"\bwhose posterior mean runs from\b|\bthis was not foreseen\b|\btake it with you\b",
    r"\bfrom draws, which lie too far\b|\bis none of a probability\b|\bapart by spaces\b",
    r"\b(tells?|column that tells) (who it is|when it was asked)\b|\bnobody met of\b",
    r"\bbut that it is one of those\b|\btaken for what they are\b|\bas the average sees\b",
    r"\bNo rating of a pair taught it\b|\bWhat the data did to the prior\b",
    r"\brobustly\b|\bstate[- ]of[- ]the[- ]art\b|\bcutting[- ]edge\b",
    r"\be\.g\.|\bi\.e\.",
]
FORBIDDEN = re.compile("|".join(PHRASES), re.IGNORECASE)
TEXTS = [
    *(ROOT / "models").glob("*/README.md"),
    *(page for page in (ROOT / "docs").rglob("*.md") if "generated" not in page.parts),
    ROOT / "README.md",
]


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every text of a source that is no docstring, parts of a formatted one together."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside, bare = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            bare.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            parts = [str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values]
            yield node.lineno, "".join(parts)
    for node in ast.walk(tree):
        known = id(node) in inside or id(node) in bare
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not known:
            yield node.lineno, node.value


@pytest.mark.parametrize("room", sorted(p.name for p in PACKAGE.iterdir() if p.is_dir()))
def test_no_sentence_of_the_package_has_one(room: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text[:120]}"
        for path in (PACKAGE / room).rglob("*.py")
        for line, text in strings(path)
        if FORBIDDEN.search(text)
    ]
    assert found == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_card_and_no_page_has_one(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    # a phrase may be broken into two lines
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    found = [match[0] for part in paragraphs for match in FORBIDDEN.finditer(part)]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "Note that P(ma) is",
        "simply put",
        "a flat prior",
        "significantly more",
        "not unlikely",
        "draws meet the exact ones",
        "levels hang together",
    ],
)
def test_the_list_finds_them(text: str) -> None:
    assert FORBIDDEN.search(text)
