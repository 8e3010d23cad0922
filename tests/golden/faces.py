"""What users see of a posterior, as texts that can be compared to the byte."""

import difflib
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

import bayes_misalign as bm
from bayes_misalign.report.write import write_folder
from bayes_misalign.study.load_toml import names_areas

GOLDEN = Path(__file__).parent
EXAMPLES = GOLDEN.parents[1] / "examples"
STORED = "posterior.nc"
LARGEST = 100_000  # bytes; of a larger file the SHA-256 is kept
DIGEST = ".sha256"  # ends the name of a file of which only that is kept
PACKAGES = "python|bayes-misalign|numpy|scipy|pymc|pytensor|nutpie|arviz-stats"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
# What differs from one run of the same study to the next, and nothing else.
CHANGING = (
    # "with bayes-misalign 0.1.0", "(PyMC 6.4.0, nutpie 0.16.11)"
    (re.compile(r"\b(bayes-misalign|PyMC|nutpie) \d+(?:\.\w+)+"), r"\1 <version>"),
    # rows of the last table of a report, and the date below them
    (re.compile(rf"^\| ({PACKAGES}|drawn) \| [^|]+ \|$", re.MULTILINE), r"| \1 | <this run> |"),
    # the same of a summary
    (re.compile(rf'^( +"(?:{PACKAGES}|created)": )"[^"]*"', re.MULTILINE), r'\1"<this run>"'),
)


def studies() -> dict[str, Path]:
    """Return the example studies by name: that of the folder, and of the file if it has one."""
    return {
        "-".join([path.parent.name, *([] if path.stem == "study" else [path.stem])]): path
        for path in sorted(EXAMPLES.glob("*/*.toml"))
        if not names_areas(path)
    }


def posterior_of(name: str) -> bm.Posterior:
    """Fit an example study that is drawn exactly; load the stored draws of a sampled one."""
    stored = GOLDEN / name / STORED
    return bm.load(stored) if stored.is_file() else bm.fit(bm.read_study(studies()[name]))


def faces(posterior: bm.Posterior, scratch: Path) -> dict[str, str]:
    """Return report, summary, tables and terminal text by file name, versions and dates masked."""
    written = write_folder(posterior, scratch / "results")
    files = [written / "report.md", written / "summary.json", *sorted(written.glob("tables/*.csv"))]
    found = {file.relative_to(written).as_posix(): _masked(file.read_bytes()) for file in files}
    found["summary.json"] = _sorted(found["summary.json"])
    found["terminal.txt"] = _masked(posterior.summary().encode())
    return dict(map(_small, found.items()))


def _sorted(summary: str) -> str:
    """Return a summary with its keys in one order: which one means nothing to who reads them."""
    return json.dumps(json.loads(summary), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _masked(text: bytes) -> str:
    masked = text.decode()
    for pattern, instead in CHANGING:
        masked = pattern.sub(instead, masked)
    return masked


def _small(face: tuple[str, str]) -> tuple[str, str]:
    name, text = face
    data = text.encode()
    return face if len(data) <= LARGEST else (f"{name}{DIGEST}", hashlib.sha256(data).hexdigest())


def golden(name: str) -> dict[str, str]:
    """Return the faces of an example study as they were committed."""
    folder = GOLDEN / name
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != STORED
    }


def arithmetic() -> str:
    """Return a digest of how this processor rounds exp, log and powers in their last bits."""
    x = np.linspace(0.01, 9.99, 4001)
    values = np.concatenate([f(x) for f in (np.exp, np.log, np.log1p, np.expm1)] + [x**1.7])
    return hashlib.sha256(values.tobytes()).hexdigest()


def differences(expected: Mapping[str, str], found: Mapping[str, str], to_the_byte: bool) -> str:
    """Return what differs as a unified diff, empty if nothing does."""
    lines: list[str] = []
    for name in sorted({*expected, *found}):
        old, new = expected.get(name), found.get(name)
        if old is None or new is None:
            lines.append(f"{name} is {'new' if old is None else 'missing'}\n")
        elif not to_the_byte and name.endswith(DIGEST):
            continue  # where the last bits are others, a digest tells nothing
        elif old != new and (to_the_byte or not _close(old, new)):
            was, now = old.splitlines(True), new.splitlines(True)
            lines += [f"{name} differs\n", *difflib.unified_diff(was, now, "golden", "now", n=0)]
    return "".join(lines)


def _close(old: str, new: str) -> bool:
    """Whether two texts are the same but for the last bits of their numbers."""
    if NUMBER.sub("#", old) != NUMBER.sub("#", new):
        return False
    was, now = (np.array(NUMBER.findall(text), dtype=float) for text in (old, new))
    return bool(np.allclose(was, now, rtol=1e-5, atol=1e-7))
