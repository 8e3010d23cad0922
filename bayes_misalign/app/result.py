"""From a study with its levels as they are moved to its posterior, and to files of both."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from bayes_misalign.api import fit
from bayes_misalign.app.areas import fitted_areas
from bayes_misalign.app.levels import Moved, Start, with_levels
from bayes_misalign.app.opening import Base
from bayes_misalign.app.tables import Parts, parts_of
from bayes_misalign.areas.study import AreasStudy
from bayes_misalign.inference.draw_blocks import draw_conflict, draw_goals
from bayes_misalign.page.blocks import Document
from bayes_misalign.report.figures import misalignment
from bayes_misalign.report.figures.canvas import Drawn
from bayes_misalign.report.findings import Findings, gather
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.report.sections import document
from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import study_of_text

_TRIED = 10  # draws that tell whether a study is drawn exactly


@dataclass(frozen=True)
class Described:
    """A study and the file that says it."""

    text: str
    study: Study | AreasStudy
    base: Base


class Shown(Protocol):
    """A result as the page shows it, of one problem area or of several."""

    @property
    def described(self) -> Described:
        """The study."""

    @property
    def page(self) -> Document:
        """What a report says first."""

    @property
    def table(self) -> str:
        """What the file of its numbers is called."""

    def parts(self) -> Parts:
        """Return what the page shows below the number: titles, each with blocks."""

    def draw(self) -> Drawn | None:
        """Draw its figure; None where a report would not draw it."""

    def csv(self) -> str:
        """Return its numbers as CSV."""

    def report(self, path: Path) -> Path:
        """Write its report."""

    def calls(self) -> tuple[str, str]:
        """Return the functions that read its study and fit it."""


@dataclass(frozen=True, eq=False)
class Result:
    """A posterior, with the study file that makes it again."""

    described: Described
    posterior: Posterior

    @property
    def table(self) -> str:
        """What the file of its numbers is called."""
        return "misalignment.csv"

    @cached_property
    def findings(self) -> Findings:
        """All that a report says of it."""
        return gather(self.posterior)

    @cached_property
    def page(self) -> Document:
        """What a report says first."""
        return document(self.findings)

    def parts(self) -> Parts:
        """Return P(ma) by population, what moves it most, and where its uncertainty comes from."""
        return parts_of(self.findings)

    def draw(self) -> Drawn | None:
        """Draw P(ma) by population."""
        return None if self.findings.prior_only else misalignment.draw(self.findings)

    def csv(self) -> str:
        """Return P(ma) of each population and of all as CSV."""
        return csv_tables(self.findings)[self.table]

    def report(self, path: Path) -> Path:
        """Write its report."""
        return self.posterior.report(path)

    def calls(self) -> tuple[str, str]:
        """Return the functions that read its study and fit it."""
        return "read_study", "fit"


def described(base: Base, starts: tuple[Start, ...], moved: Moved) -> Described:
    """Return the study with some levels moved; its evidence about goals is not read again."""
    if not moved:
        return Described(base.text, base.study, base)
    assert isinstance(base.study, Study)  # others have no levels that move
    text = with_levels(base.text, starts, moved)
    return Described(text, study_of_text(text, base.path, base.study), base)


def is_exact(study: Study | AreasStudy) -> bool:
    """Tell whether a study is drawn at once, and needs no sampler."""
    if isinstance(study, AreasStudy):
        return all(is_exact(part.study) for part in study.parts)
    if study.fitting.method == "nuts" or study.conflict.joint:
        return False
    return draw_goals(study, _TRIED) is not None and draw_conflict(study, _TRIED) is not None


def fitted(of: Described) -> Shown:
    """Return the result of a study that is drawn exactly."""
    if isinstance(of.study, AreasStudy):
        return fitted_areas(of)
    return Result(of, fit(of.study))


def report_file(result: Shown) -> bytes:
    """Return the report as one HTML file, sealed as `Posterior.report` seals it."""
    with tempfile.TemporaryDirectory() as folder:
        return result.report(Path(folder) / "report.html").read_bytes()


def script_file(result: Shown) -> str:
    """Return a script that fits the downloaded study again."""
    base, seed = result.described.base, result.described.study.fitting.seed
    name, (read, fits) = kept_name(result.described), result.calls()
    return "\n".join(
        [
            f"# Beside this file: {name}, and {_remark(base.beside)}",
            "import bayes_misalign as bm",
            "",
            f"study = bm.{read}({name!r})",
            f"posterior = bm.{fits}(study, random_seed={seed})",
            "print(posterior)",
            'posterior.report("report.html")',
            "",
        ]
    )


def kept_name(of: Described) -> str:
    """Return what the study file is called: a study that nobody changed keeps its name."""
    base = of.base
    return base.path.name if of.text == base.text else base.kept_name


def _remark(text: str) -> str:
    from bayes_misalign.errors import printable

    return printable(text)
