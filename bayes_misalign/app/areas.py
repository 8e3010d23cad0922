"""Studies of several problem areas on the page: they are fitted and shown, their levels stay."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bayes_misalign.app.tables import Parts
from bayes_misalign.areas import sections, write
from bayes_misalign.areas.fit import fit_areas
from bayes_misalign.areas.plots import draw_ranks
from bayes_misalign.areas.posterior import AreasPosterior
from bayes_misalign.areas.study import AreasStudy
from bayes_misalign.page.blocks import Document

if TYPE_CHECKING:
    from bayes_misalign.app.result import Described
    from bayes_misalign.report.figures.canvas import Drawn

STAY = (
    "Levels of several problem areas stay as the study file states them. To move them, change "
    "[[conflict]] in the file and open it again; or open a study of one of its areas."
)
_LEFT_OUT = ("areas",)  # whose table is on the page in a shorter form


@dataclass(frozen=True, eq=False)
class AreasResult:
    """A posterior of several problem areas, with the study file that makes it again."""

    described: Described
    posterior: AreasPosterior

    @property
    def table(self) -> str:
        """What the file of its numbers is called."""
        return "areas.csv"

    @cached_property
    def page(self) -> Document:
        """What a report says first."""
        return sections.document(self.posterior)

    def parts(self) -> Parts:
        """Return the sections of a report but what it rests on."""
        found: Parts = []
        for section in sections.sections(self.posterior):
            if not section.finding:
                continue
            face = "terminal" if section.key in _LEFT_OUT else "page"
            found.append((section.title, section.of(face)))
        return found

    def draw(self) -> Drawn | None:
        """Draw the ranks of the areas; None where numbers are withheld."""
        if self.posterior.withheld:
            return None
        return draw_ranks(self.posterior, sections.main_scope(self.posterior))

    def csv(self) -> str:
        """Return P(ma) of each area as CSV."""
        return write.csv_tables(self.posterior)[self.table]

    def report(self, path: Path) -> Path:
        """Write its report."""
        return self.posterior.report(path)

    def calls(self) -> tuple[str, str]:
        """Return the functions that read its study and fit it."""
        return "read_areas", "fit_areas"


def fitted_areas(of: Described) -> AreasResult:
    """Return the result of a study that is drawn exactly."""
    assert isinstance(of.study, AreasStudy)
    return AreasResult(of, fit_areas(of.study))


def read_results(of: Described, folder: Path) -> AreasResult:
    """Return a result that another process wrote."""
    return AreasResult(of, AreasPosterior.load(folder))
