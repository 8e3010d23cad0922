"""Links between files of the repository, as links between pages of the site."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")


def page_of(target: Path) -> str | None:
    """Return the page of the site that shows a file or folder of the repository, if one does."""
    parts = target.relative_to(ROOT).parts
    match parts:
        case ("README.md",):
            return "index"
        case ("models", name, "README.md") | ("models", name):
            return f"generated/cards/{name}"
        case ("examples", name) | ("examples", name, "README.md") if "." not in name:
            return f"generated/gallery/{name}"
        case ("benchmarks", "README.md") | ("benchmarks",):
            return "generated/benchmarks"
        case ("docs", *_, last) if last.endswith(".md"):
            return target.relative_to(DOCS).with_suffix("").as_posix()
    return None


def relink(text: str, origin: Path, page: str) -> str:
    """Return Markdown with its links to the repository's files as links of a page of the site.

    Parameters
    ----------
    text : str
        Markdown.
    origin : Path
        The file that the links are relative to.
    page : str
        The page that will hold the text, without suffix.

    Raises
    ------
    FileNotFoundError
        If a link leads nowhere.
    """

    def replaced(found: re.Match[str]) -> str:
        image, label, target = found.groups()
        if "://" in target or target.startswith(("#", "mailto:")):
            return found.group()
        place, _, anchor = target.partition("#")
        whole = Path(os.path.normpath(origin.parent / place))
        if not whole.exists():
            raise FileNotFoundError(
                f"{origin.relative_to(ROOT)} links {target}, which is not there"
            )
        here = (DOCS / page).parent
        shown = page_of(whole)
        if shown and not image:
            there = os.path.relpath(DOCS / shown, here)
            return f"[{label}]({there}.md{'#' + anchor if anchor else ''})"
        there = os.path.relpath(whole, here)
        if image:
            return f"![{label}]({there})"
        if whole.is_dir():
            return label
        return f"{{download}}`{label.strip('`')} <{there}>`"

    return "".join(
        part if index % 2 else LINK.sub(replaced, part)
        for index, part in enumerate(re.split(r"(^```.*?^```$)", text, flags=re.M | re.S))
    )
