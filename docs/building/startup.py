"""What every kernel runs first: commands and prints that come out whole, and without colours."""

import os
import subprocess
import sys

from IPython.core.magic import register_cell_magic

for name in ("FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
    os.environ.pop(name, None)
os.environ["TERM"] = "dumb"
sys.stdout.flush_interval = 3600  # one output a cell, at its end


@register_cell_magic
def bash(line: str, cell: str) -> None:
    """Run a cell as `%%bash` does, but show what it prints in one piece, not every 100 bytes."""
    done = subprocess.run(["bash", "-c", cell], capture_output=True, text=True)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    done.check_returncode()
