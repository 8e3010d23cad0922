"""Kill a run at each of its steps on disk, and look at what the next one finds.

A process of its own, because forking one that has threads is not safe. An audit hook sees every
call of the operating system that changes a folder; before the n-th of them the child ends without
another word, as `kill -9` would end it.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import filelock  # before the fork, so that a child does not spend its steps on imports

from bayes_misalign.errors import ResultError
from bayes_misalign.report.folder import replaced_folder
from bayes_misalign.report.manifest import is_whole
from bayes_misalign.report.seal import sealed

STEPS = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "open")
STRANGERS = {"thesis.tex": "years of work", "tables/notes.txt": "seen by nobody else"}
KILLED = 9


def write(target: Path, text: str, *, force: bool = False) -> None:
    with replaced_folder(target, force=force, about={"run": text}) as fresh:
        for name in ("posterior.nc", "report.md", "tables/misalignment.csv"):
            (fresh / name).parent.mkdir(exist_ok=True)
            (fresh / name).write_text(f"{text}: {name}")


def content(target: Path) -> str | None:
    """Return which whole result stands in a folder."""
    return (target / "report.md").read_text().split(":")[0] if is_whole(target) else None


def with_strangers(target: Path) -> None:
    for name, text in STRANGERS.items():
        (target / name).write_text(text)


def only_strangers(target: Path) -> None:
    (target / "tables").mkdir(parents=True)
    with_strangers(target)


def with_edits(target: Path) -> None:
    (target / "report.md").write_text("old: with my own remarks")


def with_own_report(target: Path) -> None:
    (target / "posterior-report.md").write_text(sealed("report"))


# what is there before, and whether the run that is killed was told to replace all
CASES: dict[str, tuple[bool, Callable[[Path], None] | None, bool]] = {
    "nothing": (False, None, False),
    "an empty folder": (False, lambda target: target.mkdir(), False),
    "a result": (True, None, False),
    "a result and its report": (True, with_own_report, False),
    "a result beside a stranger's files": (True, with_strangers, True),
    "a stranger's files": (False, only_strangers, True),
    "a result that somebody edited": (True, with_edits, True),
}


def run_until(step: int, work: Callable[[], None]) -> bool:
    """Do the work in a child that is killed before a step; say whether it was."""
    child = os.fork()
    if child == 0:
        done = 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal done
            # opening to read changes nothing
            if event not in STEPS or (event == "open" and arguments[1] not in ("w", "wb")):
                return
            if done == step:
                os._exit(KILLED)
            done += 1

        sys.addaudithook(hook)
        work()
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, KILLED), status
    return status == KILLED


def texts_below(folder: Path) -> set[str]:
    return {p.read_text() for p in folder.rglob("*") if p.is_file() and p.suffix != ".json"}


def of_strangers(texts: set[str]) -> set[str]:
    own = {text for text in texts if text.startswith("old: ") and "my own" not in text}
    return texts - own - {sealed("report")}


def killed_everywhere(case: str, twice: bool) -> int:
    """Kill a run before each of its steps, and the run that mends it before each of its own."""
    has_result, then, force = CASES[case]
    times = step = 0
    while True:
        again, more = 0, True
        while more:
            with tempfile.TemporaryDirectory() as place:
                target = Path(place) / "results"
                if has_result:
                    write(target, "old")
                if then is not None:
                    then(target)
                theirs = of_strangers(texts_below(target))
                if not run_until(step, partial(write, target, "new", force=force)):
                    assert content(target) == "new", case
                    assert theirs <= texts_below(target.parent), case
                    return times
                more = twice and run_until(again, partial(plain_run_that_fails, target))
                assert theirs <= texts_below(target.parent), (case, step, again)
                plain_run_that_fails(target)
                look(target, case, theirs)
                again, times = again + 1, times + 1
        step += 1


def look(target: Path, case: str, theirs: set[str]) -> None:
    """See that the old result or the new one is there whole, and what was a stranger's anywhere."""
    found = content(target)
    there = texts_below(target.parent)
    beside = {path.name for path in target.parent.iterdir()} - {"results"}
    assert theirs <= there, (case, beside)
    if theirs and theirs <= texts_below(target):
        # nothing was replaced, and a plain run refuses to: what it would mend is hidden still
        beside -= {f".results.bayes-misalign-{what}" for what in ("lock", "new")}
        assert not beside, (case, beside)
        return
    assert found in ("old", "new") or (not CASES[case][0] and found is None), case
    assert beside == ({"results.replaced"} if theirs else set()), (case, beside)


def plain_run_that_fails(target: Path) -> None:
    """Begin a run, which puts right what is wrong, and let it find no room on the disk."""
    try:
        with replaced_folder(target):
            raise OSError(28, "No space left on device")
    except ResultError:
        return


if __name__ == "__main__":
    assert filelock
    os.fsync = lambda number: None  # a killed run loses nothing of what it wrote; a power cut may
    for name in CASES:
        print(f"{name}: killed {killed_everywhere(name, 'twice' in sys.argv)} times", flush=True)
