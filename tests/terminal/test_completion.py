"""What the Tab key completes in bash, by the script that a command prints."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ASK = """
eval "$(bayes-misalign --show-completion bash)"
ask() {
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
    _bayes_misalign_completion bayes-misalign
    echo "${COMPREPLY[*]}"
}
complete -p bayes-misalign
ask bayes-misalign fi
ask bayes-misalign fit --excl
ask bayes-misalign report --to p
ask bayes-misalign models noisy
ask bayes-misalign example nonv
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_commands_options_and_names() -> None:
    folder = Path(sys.executable).parent
    if not (folder / "bayes-misalign").exists():
        pytest.skip("the command is not installed beside Python")
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", ASK],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "complete -o default -F _bayes_misalign_completion bayes-misalign",
        "fit",
        "--exclusive",
        "pdf",
        "noisy-labels",
        "nonvoters/experts nonvoters",
    ]
