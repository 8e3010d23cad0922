"""What a terminal shows of a result."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from bayes_misalign.page.blocks import Block, Paragraph
from bayes_misalign.page.blocks import Table as Rows
from bayes_misalign.page.safe_text import on_terminal, short
from bayes_misalign.report.findings import Findings, gather
from bayes_misalign.report.in_words import World, say_block, world_of
from bayes_misalign.report.sections import sections
from bayes_misalign.report.words import banner, headline, rests_sentences

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from bayes_misalign.report.posterior import Posterior

WIDTH = 80


def as_text(result: Posterior) -> str:
    """Return what a terminal of 80 columns shows of a result, without colours."""
    from rich.console import Console

    file = io.StringIO()
    # in a notebook rich would show the text itself, and leave the file empty
    plain = Console(
        file=file, width=WIDTH, highlight=False, emoji=False, color_system=None, force_jupyter=False
    )
    print_result(result, plain)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def print_result(result: Posterior, console: Console) -> None:
    """Print the state of a fit, its headline, and the blocks that sections have for a terminal."""
    findings = gather(result)
    of_goals, world = findings.goals_headline, world_of(findings.study)

    def line(text: str) -> None:
        print_line(console, world.say(text))

    # that a number rests on the prior comes before the number, and before everything else
    early = findings.prior_only and not findings.withheld
    if early:
        line(headline(findings))
        console.print()
    if findings.diagnosis.state != "ok":
        _print_state(findings, console, world)
    if not early:
        line(headline(findings))
    for text in rests_sentences(findings):
        line(text)
    if of_goals is not None and not of_goals.prior_only:
        line(of_goals.verdict)
    made = sections(findings)
    if findings.withheld:
        made = [section for section in made if section.key == "misalignment"]
    made.sort(key=lambda s: s.place if s.terminal_place is None else s.terminal_place)
    for section in made:
        for block in section.of("terminal"):
            print_block(say_block(block, world), console)
    console.print()
    fitting = findings.study.fitting
    how = "exact draws" if findings.diagnosis.method == "exact" else "NUTS"
    how += " and draws made elsewhere" if findings.given else ""
    line(f"{how}, {fitting.chains} × {fitting.draws}, seed {fitting.seed}")


def print_line(console: Console, text: str) -> None:
    """Print a line of text: no markup, and nothing that the terminal would obey."""
    console.print(on_terminal(text), markup=False)


def _print_state(findings: Findings, console: Console, world: World) -> None:
    text, reasons = banner(findings)
    print_line(console, world.say(text))
    for reason in reasons:
        print_line(console, f"  - {world.say(reason)}")
    console.print()


def print_block(block: Block, console: Console) -> None:
    """Print a block that a terminal has."""
    if isinstance(block, Rows):
        if block.terminal_most is None or len(block.rows) <= block.terminal_most:
            if block.apart:
                console.print()
            console.print(rich_table(block))
            if note := block.grid("terminal").note:
                print_line(console, note)
    elif isinstance(block, Paragraph):
        if block.apart:
            console.print()
        print_line(console, block.text)


def rich_table(block: Rows) -> Table:
    """Return a table as rich prints it."""
    from rich.table import Table
    from rich.text import Text

    grid = block.grid("terminal")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), title=block.title or None)
    table.title_justify = "left"
    table.title_style = ""
    for i, name in enumerate(grid.columns):
        words = i < grid.labels
        table.add_column(
            Text(name),
            justify="left" if words else "right",
            overflow="ellipsis" if words else "fold",
        )
    for row in grid.rows:
        # Text is never read as markup, whatever the label
        cells = (short(c, block.width) if i < grid.labels else c for i, c in enumerate(row))
        table.add_row(*map(Text, cells))
    return table
