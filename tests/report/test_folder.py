"""Nothing of anybody's is lost on the way to a folder of results."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from bayes_misalign.errors import CannotWrite, ResultError
from bayes_misalign.report import folder as transaction
from bayes_misalign.report.folder import check_target, replaced_folder
from bayes_misalign.report.manifest import is_whole, read_manifest
from tests.report.killed import CASES, content, write

ROOT = Path(__file__).parents[2]


def killed(*arguments: str) -> str:
    command = [sys.executable, "-m", "tests.report.killed", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be killed")
def test_a_run_killed_at_any_step_leaves_the_old_result_or_the_new_one() -> None:
    lines = killed().splitlines()
    assert len(lines) == len(CASES)
    assert all(int(line.rsplit(" ", 2)[1]) >= 10 for line in lines)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be killed")
def test_the_run_that_mends_it_may_be_killed_at_any_step_too() -> None:
    assert sum(int(line.rsplit(" ", 2)[1]) for line in killed("twice").splitlines()) > 500


@pytest.mark.parametrize("hidden", ["old", "new"])
def test_a_strangers_file_in_a_hidden_folder_is_set_aside(hidden: str, tmp_path: Path) -> None:
    target = tmp_path / "results"
    write(target, "old")
    leftover = tmp_path / f".results.bayes-misalign-{hidden}"
    write(leftover, "older")
    (leftover / "thesis.tex").write_text("years of work")
    write(target, "new")
    assert content(target) == "new"
    assert (tmp_path / "results.replaced" / "thesis.tex").read_text() == "years of work"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["results", "results.replaced"]


def test_a_result_that_somebody_edited_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "results"
    write(target, "old")
    (target / "report.md").write_text("my remarks")
    with pytest.raises(ResultError, match=r"changed since: 'report\.md'"):
        write(target, "new")
    write(target, "new", force=True)
    assert (tmp_path / "results.replaced" / "report.md").read_text() == "my remarks"
    # a second one does not take the place of the first
    (target / "report.md").write_text("more remarks")
    write(target, "newest", force=True)
    assert (tmp_path / "results.replaced-1" / "report.md").read_text() == "more remarks"
    assert content(target) == "newest"


def test_a_list_of_files_leads_nowhere_else(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("kept")
    target = tmp_path / "results"
    write(target, "old")
    text = (target / "manifest.json").read_text()
    (target / "manifest.json").write_text(text.replace('"report.md"', '"../outside.txt"'))
    with pytest.raises(ResultError, match=r"manifest\.json is damaged"):
        read_manifest(target)
    write(target, "new", force=True)
    assert outside.read_text() == "kept"


def test_every_flipped_bit_of_a_list_of_files_is_seen(tmp_path: Path) -> None:
    target = tmp_path / "results"
    write(target, "old")
    sound = (target / "manifest.json").read_bytes()
    unseen = []
    for place in range(0, 8 * len(sound), 7):
        damaged = bytearray(sound)
        damaged[place // 8] ^= 1 << place % 8
        (target / "manifest.json").write_bytes(damaged)
        if is_whole(target):
            unseen.append(bytes(damaged))
    # white space outside of texts says nothing
    assert all(one.split() == sound.split() for one in unseen)


@pytest.mark.parametrize(
    ("name", "says"),
    [("x" * 250, "too long a name"), ("x" * 5000, "cannot be written"), ("a\0b", "cannot be")],
)
def test_a_place_that_cannot_be_is_refused(name: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match=says):
        check_target(tmp_path / "deeper" / name)


def test_a_mount_point_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "with space"
    target.mkdir()
    mounts = tmp_path / "mounts"
    octal = os.fspath(target).replace(" ", r"\040")
    mounts.write_text(f"36 35 98:0 / {octal} rw,noatime - ext3 /dev/root rw\n")
    monkeypatch.setattr(transaction, "_MOUNTS", mounts)
    with pytest.raises(ResultError, match="mount point") as error:
        check_target(target, force=True)
    assert not isinstance(error.value, CannotWrite)
    check_target(target / "results")
    with pytest.raises(ResultError, match=r"mount point|cannot be replaced"):
        check_target(Path("/proc"), force=True)


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit of file sizes")
def test_no_room_leaves_the_old_folder(tmp_path: Path) -> None:
    target = tmp_path / "results"
    write(target, "old")
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from bayes_misalign.errors import CannotWrite\n"
        "from tests.report.cases import elicited_posterior\n"
        "from bayes_misalign.report.write import write_folder\n"
        "posterior = elicited_posterior()\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        "for work in (lambda: write_folder(posterior, sys.argv[1], figures=False),\n"
        "             lambda: posterior.save(Path(sys.argv[1]) / 'p.nc')):\n"
        "    try:\n"
        "        work()\n"
        "    except CannotWrite as error:\n"
        "        print(error)\n"
    )
    command = [sys.executable, "-c", program, str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("cannot be written (File too large)") == 2
    assert content(target) == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["results"]


@pytest.mark.slow
def test_a_file_system_without_room_leaves_the_old_folder(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from bayes_misalign.errors import CannotWrite\n"
        "from tests.report.cases import elicited_posterior\n"
        "from tests.report.killed import content, write\n"
        "from bayes_misalign.report.write import write_folder\n"
        "target = Path(sys.argv[1]) / 'results'\n"
        "write(target, 'old')\n"
        "try:\n"
        "    write_folder(elicited_posterior(), target, figures=False)\n"
        "except CannotWrite as error:\n"
        "    print(error, content(target))\n"
    )
    small = 'mount -t tmpfs -o size=200k none "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "-rm", "sh", "-c", small, "sh", str(tmp_path), sys.executable, program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode and "Traceback" not in done.stderr:
        pytest.skip("this system lets nobody mount")
    assert "No space left on device" in done.stdout
    assert done.stdout.endswith(" old\n")


def test_a_failure_inside_is_no_reason_to_touch_others(tmp_path: Path) -> None:
    target = tmp_path / "results"
    with pytest.raises(CannotWrite, match="No space left"), replaced_folder(target):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []
