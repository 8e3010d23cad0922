"""The command before anything of it is imported."""

import subprocess
import sys
from types import ModuleType

import pytest

from bayes_misalign import __main__ as command


def test_ctrl_c_while_it_is_imported_ends_it_without_a_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    unready = ModuleType("bayes_misalign.cli")
    unready.__dict__["__getattr__"] = interrupted
    monkeypatch.setitem(sys.modules, "bayes_misalign.cli", unready)
    monkeypatch.setattr(command.gc, "set_threshold", lambda *_: None)
    with pytest.raises(SystemExit) as end:
        command.main()
    assert end.value.code == 130


def test_it_runs_as_a_module() -> None:
    asked = [sys.executable, "-m", "bayes_misalign", "--version"]
    done = subprocess.run(asked, check=True, capture_output=True, text=True)
    assert done.stdout.startswith("bayes-misalign ")
