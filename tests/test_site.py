"""Pages of the site lead somewhere, and their study files are sound; the build runs the rest."""

import re
from pathlib import Path

import pytest

import bayes_misalign as bm
from bayes_misalign.contract import registry

ROOT = Path(__file__).parents[1]
PAGES = sorted(page for page in (ROOT / "docs").rglob("*.md") if "generated" not in page.parts)
CELL = re.compile(r"^```\{code-cell\} ipython3\n%%writefile (\S+)\n(.*?)^```$", re.M | re.S)
NOT_ON_A_FILE_OF_ITS_OWN = {"independent", "mutually-exclusive"}  # in each of the others


def links(page: Path) -> list[str]:
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)
    found = re.findall(r"\]\(([^()\s#]+)(?:#[^()\s]*)?\)", text)
    return [link for link in found if "://" not in link]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_files_or_to_pages_that_are_made(page: Path) -> None:
    for link in links(page):
        place = (page.parent / link).resolve().relative_to(ROOT)
        match place.parts:
            case ("docs", "generated", "cards" | "gallery", name) if name != "index.md":
                folder = "models" if place.parts[2] == "cards" else "examples"
                assert (ROOT / folder / name.removesuffix(".md")).is_dir(), link
            case ("docs", "generated", *_):
                continue  # the build, whose warnings are errors, knows these
            case _:
                assert (ROOT / place).exists(), link


def test_each_model_has_a_study_file_that_is_sound(tmp_path: Path) -> None:
    files = dict(CELL.findall((ROOT / "docs/which-model.md").read_text("utf-8")))
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    studies = {name.removesuffix(".toml") for name in files if name.endswith(".toml")}
    assert studies | NOT_ON_A_FILE_OF_ITS_OWN == set(registry.BUILT_IN)
    for name in studies:
        study = bm.read_study(tmp_path / f"{name}.toml")
        sources = {study.goals.model, *(source.model for source in study.conflict.sources)}
        shares = registry.goals_model(study.goals.model).shares_prior(study.goal_prior)
        sources |= set() if shares is None else {shares.model}
        assert name in sources


def test_every_page_is_in_the_navigation() -> None:
    entries = set()
    for page in PAGES:
        for block in re.findall(
            r"^```\{toctree\}\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S
        ):
            entries |= {(page.parent / line).resolve() for line in block.split() if line[0] != ":"}
    listed = {path.relative_to(ROOT / "docs").as_posix() for path in entries}
    named = {page.relative_to(ROOT / "docs").with_suffix("").as_posix() for page in PAGES}
    assert named - {"index"} <= listed
