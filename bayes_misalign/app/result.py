"""From a study with its levels as they are moved to its posterior, and to files of both."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bayes_misalign.api import fit
from bayes_misalign.app.levels import Moved, Start, with_levels
from bayes_misalign.app.opening import Base
from bayes_misalign.inference.draw_blocks import draw_conflict, draw_goals
from bayes_misalign.report.findings import Findings, gather
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.report.render_csv import csv_tables
from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import study_of_text

_TRIED = 10  # draws that tell whether a study is drawn exactly


@dataclass(frozen=True)
class Described:
    """A study and the file that says it."""

    text: str
    study: Study
    base: Base


@dataclass(frozen=True, eq=False)
class Result:
    """A posterior, with the study file that makes it again."""

    described: Described
    posterior: Posterior

    @cached_property
    def findings(self) -> Findings:
        """All that a report says of it."""
        return gather(self.posterior)


def described(base: Base, starts: tuple[Start, ...], moved: Moved) -> Described:
    """Return the study with some levels moved; its evidence about goals is not read again."""
    if not moved:
        return Described(base.text, base.study, base)
    text = with_levels(base.text, starts, moved)
    return Described(text, study_of_text(text, base.path, base.study), base)


def is_exact(study: Study) -> bool:
    """Tell whether a study is drawn at once, and needs no sampler."""
    if study.fitting.method == "nuts" or study.conflict.joint:
        return False
    return draw_goals(study, _TRIED) is not None and draw_conflict(study, _TRIED) is not None


def fitted(of: Described) -> Result:
    """Return the result of a study that is drawn exactly."""
    return Result(of, fit(of.study))


def report_file(result: Result) -> bytes:
    """Return the report as one HTML file, sealed as `Posterior.report` seals it."""
    with tempfile.TemporaryDirectory() as folder:
        return result.posterior.report(Path(folder) / "report.html").read_bytes()


def table_file(result: Result) -> str:
    """Return P(ma) of each population and of all as CSV."""
    return csv_tables(result.findings)["misalignment.csv"]


def script_file(result: Result) -> str:
    """Return a script that fits the downloaded study again."""
    base, seed = result.described.base, result.described.study.fitting.seed
    name = kept_name(result.described)
    return "\n".join(
        [
            f"# Beside this file: {name}, and {_remark(base.beside)}",
            "import bayes_misalign as bm",
            "",
            f"study = bm.read_study({name!r})",
            f"posterior = bm.fit(study, random_seed={seed})",
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
