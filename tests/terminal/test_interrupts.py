"""Ctrl-C at any moment: what is lost comes again, and the status is that of Ctrl-C."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bayes_misalign.terminal.interrupts import interrupts_kept, written_to
from bayes_misalign.terminal.talk import INTERRUPTED

LOST = """
import time
from bayes_misalign.terminal.interrupts import end_interrupted, interrupts_kept

class Gone:
    def __del__(self):
        raise {what}

with interrupts_kept():
    try:
        Gone()
        for _ in range(40):
            time.sleep(0.05)
        print("went on")
    except KeyboardInterrupt:
        end_interrupted()
"""


def ended(text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.usefixtures("heard")
def test_one_that_is_lost_in_a_finalizer_comes_again() -> None:
    found = ended(LOST.format(what="KeyboardInterrupt"))
    assert found.returncode == INTERRUPTED
    said = "Interrupted: nothing was written, what was there before stays.\n"
    assert (found.stdout, found.stderr) == ("", said)


def test_other_exceptions_there_are_shown_as_ever() -> None:
    found = ended(LOST.format(what="ValueError('a fault')"))
    assert (found.returncode, found.stdout) == (0, "went on\n")
    assert "ValueError: a fault" in found.stderr


def test_the_status_is_the_same_where_it_came_while_python_ran_a_text() -> None:
    found = ended(
        "from bayes_misalign.terminal.interrupts import end_interrupted\n"
        "try:\n    exec('raise KeyboardInterrupt')\n"
        "except KeyboardInterrupt:\n    end_interrupted()\n"
    )
    assert found.returncode == INTERRUPTED


def test_the_hook_of_others_is_back_afterwards() -> None:
    before = sys.unraisablehook
    with interrupts_kept():
        assert sys.unraisablehook is not before
    assert sys.unraisablehook is before


def test_what_was_written_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stop, written_to(tmp_path):
        raise KeyboardInterrupt
    assert stop.value.code == INTERRUPTED
    assert capsys.readouterr().err == f"Interrupted: all was written to {tmp_path}.\n"


MAKING_CODE = """
import signal
import types
from bayes_misalign.terminal.interrupts import interrupts_kept

def work():
    signal.raise_signal(signal.SIGINT)

names = {"__name__": "llvmlite.binding.module", "signal": signal}
with interrupts_kept():
    try:
        types.FunctionType(work.__code__, names)()
    except BaseException:
        print("raised")
"""


@pytest.mark.usefixtures("heard")
def test_where_machine_code_is_made_the_process_ends() -> None:
    found = ended(MAKING_CODE)
    assert (found.returncode, found.stdout) == (INTERRUPTED, "")
    assert "Interrupted: nothing was written, what was there before stays." in found.stderr


@pytest.mark.usefixtures("heard")
def test_the_handler_of_others_is_back_afterwards() -> None:
    with interrupts_kept():
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("heard")
def test_a_command_in_a_thread_of_others_leaves_the_handler() -> None:
    seen = []

    def work() -> None:
        with interrupts_kept():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]
