"""The command: what it refuses, what it says, and how it ends."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from bayes_misalign.app.fitting import Job, main
from bayes_misalign.app.opening import open_path
from bayes_misalign.app.result import Described, fitted
from bayes_misalign.app.serve import HOST, PREFIX, listen
from bayes_misalign.app.work import Work
from bayes_misalign.errors import BayesMisalignError, CannotWrite
from bayes_misalign.report.posterior import Posterior
from bayes_misalign.start.examples import example_path
from tests.app import tables
from tests.start.test_init import run
from tests.test_cli import Run

__all__ = ["run"]
ENDS = 30  # seconds


def test_a_free_port_of_this_machine_only() -> None:
    with listen(0) as one:
        host, port = one.getsockname()
        assert host == HOST
        one.listen()
        with pytest.raises(CannotWrite, match=f"port {port} of 127.0.0.1"):
            listen(port)


def test_without_the_extra_one_line_says_how_to_install_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bayes_misalign.app.serve.find_spec", lambda name: None)
    status, out, err = run("app")
    assert (status, out) == (2, "")
    assert err.splitlines() == [
        "Error: the app is served by Shiny for Python, which is not installed. Fix: "
        'pip install "bayes-misalign[app]".'
    ]


def test_help_shows_how(run: Run) -> None:
    status, out, _ = run("app", "--help")
    assert status == 0
    assert "bayes-misalign app votes.csv" in out
    assert "--no-browser" in out
    assert "127.0.0.1" in out


def test_a_folder_without_a_study_is_refused_at_once(run: Run) -> None:
    Path("empty").mkdir()
    status, _, err = run("app", "empty")
    assert status == 2
    assert "has no study.toml" in err


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another signal there")
@pytest.mark.parametrize("ending", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_it_says_its_address_and_ends_without_a_trace(tmp_path: Path, ending: str) -> None:
    tables.write(tmp_path / "votes.csv")
    command = [sys.executable, "-m", "bayes_misalign", "app", "votes.csv", "--no-browser"]
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    running = subprocess.Popen(
        command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        assert line.startswith("Open in a browser: http://127.0.0.1:")
        address = line.split()[4]
        assert len(list(tmp_path.glob(f"{PREFIX}*"))) == 1
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with opener.open(address) as page:
            text = page.read().decode()
        assert "https://" not in text
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(address.partition("?")[0])
        running.send_signal(getattr(signal, ending))
        out, err = running.communicate(timeout=ENDS)
    finally:
        running.kill()
        running.communicate()
    assert (running.returncode, out, err) == (0, "Ended.\n", "")
    assert list(tmp_path.glob(f"{PREFIX}*")) == []


def described(folder: Path) -> Described:
    work = tables.used(folder)
    assert work.result is not None
    (folder / "job").mkdir()
    return work.result.described


def test_what_a_fit_saves_has_the_same_digits(tmp_path: Path) -> None:
    of = described(tmp_path)
    (tmp_path / "job" / "study.toml").write_text(of.text, encoding="utf-8")
    main(tmp_path / "job", tmp_path / "study.toml")
    assert str(Posterior.load(tmp_path / "job" / "posterior.nc")) == str(fitted(of).posterior)


def test_a_fit_that_goes_wrong_keeps_why(tmp_path: Path) -> None:
    of = described(tmp_path)
    (tmp_path / "votes.csv").unlink()
    (tmp_path / "job" / "study.toml").write_text(of.text, encoding="utf-8")
    main(tmp_path / "job", tmp_path / "study.toml")
    assert "votes.csv" in (tmp_path / "job" / "trouble.json").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("lacking", [False, True])
def test_a_fit_has_a_process_of_its_own(tmp_path: Path, lacking: bool) -> None:
    of = described(tmp_path)
    if lacking:
        (tmp_path / "votes.csv").unlink()
    job = Job(of, tmp_path / "job")
    while job.running:
        time.sleep(0.1)
    if lacking:
        with pytest.raises(BayesMisalignError, match=r"votes\.csv"):
            job.result()
    else:
        assert str(job.result().posterior) == str(fitted(of).posterior)


def test_a_fit_is_stopped(tmp_path: Path) -> None:
    work = Work(tmp_path)
    work.open(open_path(example_path("anaesthetists")))
    work.begin_fit()
    job = work.job
    assert job is not None
    assert job.said
    work.stop()
    assert not job.running
    assert (work.job, work.waits) == (None, True)
    with pytest.raises(BayesMisalignError, match="ended without a result"):
        job.result()
