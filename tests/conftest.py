"""Which tests run in one process: those that share a compiled model or a fitted study."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from bayes_misalign.contract.registry import BUILT_IN

# compiled models are shared by all processes of the tests, and are not those of the user
KEPT = Path(__file__).parents[1] / ".pytest_cache" / "compiled"
os.environ.setdefault("BAYES_MISALIGN_CACHE", str(KEPT))
# processes of the tests read what the first of them has compiled of PyMC: seconds each, otherwise
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# files whose tests ask for one and the same sampled posterior
TOGETHER = dict.fromkeys(
    (
        "tests/families/reports/test_results.py",
        "tests/report/test_noisy.py",
        "tests/report/test_summary_schema.py",
    ),
    "reports that rest on the prior",
)
# files whose tests of one model have a compilation in common, those of different models none
BY_MODEL = ("tests/test_models.py", "tests/test_model_checks.py")


def group_of(nodeid: str) -> str:
    """Return what a test is grouped by: its file, or in the file of all models also the model."""
    path, _, rest = nodeid.partition("::")
    if path not in BY_MODEL:
        return TOGETHER.get(path, path)
    named = rest.partition("[")[2]
    models = [name for name in BUILT_IN if named.startswith(name)]
    return f"{path} {max(models, key=len, default='')}"


class Grouped(LoadScopeScheduling):
    """Tests of one group go to one worker; marks of groups get lost with recent versions."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Grouped:
    return Grouped(config, log)


@pytest.fixture
def heard() -> Iterator[None]:
    """Let Ctrl-C be heard, by processes that are started too: in the background it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
