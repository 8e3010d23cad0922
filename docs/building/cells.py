"""How the cells of an executed page are shown: commands with a prompt, files with their name."""

from pathlib import PurePath

from docutils import nodes
from sphinx.application import Sphinx

LEXERS = {".toml": "toml", ".csv": "text", ".py": "python", ".R": "r"}


def show(app: Sphinx, tree: nodes.document) -> None:
    """Show `%%bash` cells as commands, and `%%writefile` cells as the file that they write."""
    for cell in list(tree.findall(nodes.container)):
        if "cell_input" not in cell["classes"]:
            continue
        for block in list(cell.findall(nodes.literal_block)):
            first, _, rest = block.rawsource.partition("\n")
            if first == "%%bash":
                _as_command(block, rest)
            elif first.startswith("%%writefile "):
                _as_file(block, first.removeprefix("%%writefile ").strip(), rest)
                _without_output(cell)


def _as_command(block: nodes.literal_block, commands: str) -> None:
    lines = [line.removesuffix(" || true") for line in commands.splitlines()]
    _replace(block, "\n".join(f"$ {line}" for line in lines), "console")


def _as_file(block: nodes.literal_block, name: str, text: str) -> None:
    _replace(block, text, LEXERS.get(PurePath(name).suffix, "text"))
    place = block.parent.index(block)
    title = nodes.paragraph("", "", nodes.literal("", name), classes=["file-name"])
    block.parent.insert(place, title)


def _replace(block: nodes.literal_block, text: str, language: str) -> None:
    block.rawsource = text
    block["language"] = language
    block.children = []
    block += nodes.Text(text)


def _without_output(cell: nodes.container) -> None:
    for sibling in list(cell.parent.children):
        if isinstance(sibling, nodes.container) and "cell_output" in sibling["classes"]:
            cell.parent.remove(sibling)
