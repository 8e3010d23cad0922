"""Fits that take long: in a process of their own, so that the page stays usable."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import IO

from bayes_misalign.app.areas import read_results
from bayes_misalign.app.result import Described, Result, Shown
from bayes_misalign.errors import BayesMisalignError, ResultError, printable
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.study.load_toml import names_areas
from bayes_misalign.study.toml import study_of_text

FIRST = "starting"
AREAS = "results"  # folder of several problem areas
_TAIL = 4_000  # bytes of what a fit said last


class Job:
    """A fit that goes on, or has ended.

    Parameters
    ----------
    of : Described
        What is fitted.
    room : Path
        A folder of its own, which is there.
    """

    def __init__(self, of: Described, room: Path) -> None:
        self.of, self._room = of, room
        (room / "study.toml").write_text(of.text, encoding="utf-8", newline="\n")
        self._log: IO[bytes] = (room / "said").open("wb")
        command = [sys.executable, "-m", __name__, str(room), str(of.base.path.absolute())]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._log
        )

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self._process.poll() is None

    @property
    def said(self) -> str:
        """What it said last."""
        text = (self._room / "said").read_bytes()[-_TAIL:].decode("utf-8", "replace")
        lines = [line.strip() for line in text.replace("\r", "\n").split("\n")]
        return printable(next(filter(None, reversed(lines)), FIRST))

    def result(self) -> Shown:
        """Return the result of a fit that has ended, or raise what was wrong."""
        self._log.close()
        if (trouble := self._room / "trouble.json").exists():
            raise BayesMisalignError(*json.loads(trouble.read_text(encoding="utf-8")))
        if self._process.returncode != 0:
            raise ResultError(f"the fit ended without a result ({self.said})")
        if (folder := self._room / AREAS).is_dir():
            return read_results(self.of, folder)
        return Result(self.of, Posterior.load(self._room / "posterior.nc"))

    def stop(self) -> None:
        """End it, whatever it does."""
        if self.running:
            self._process.kill()
        self._process.wait()
        self._log.close()


def main(room: Path, path: Path) -> None:
    """Fit the study in a folder, as if its file stood at another path, and save the posterior."""
    from bayes_misalign.api import fit
    from bayes_misalign.areas.fit import fit_areas
    from bayes_misalign.areas.toml import read_areas

    try:
        if names_areas(room / "study.toml"):  # as it stands on the disk, for no level of it moves
            fit_areas(read_areas(path), progress=True, say=_say).write(room / AREAS, figures=False)
            return
        study = study_of_text((room / "study.toml").read_text(encoding="utf-8"), path)
        fit(study, progress=True, say=_say).save(room / "posterior.nc")
    except BayesMisalignError as error:
        said = json.dumps([str(problem) for problem in error.problems])
        (room / "trouble.json").write_text(said, encoding="utf-8")


def _say(text: str) -> None:
    print(f"{printable(text)} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
