"""Same seed, same digits: whatever the caches, cores, processes and threads of linear algebra."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bayes_misalign.contract.registry import evidence_model, names_of

ROOT = Path(__file__).parents[2]
MODELS = [name for name in names_of() if evidence_model(name).traits.kind != "shares"]
EXACT = ("single-choice", "elicited", "judged", "fixed", "ordinal", "mutually-exclusive")
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

# Fits a small study of a model on given cores, and prints the SHA-256 of all its draws.
SCRIPT = """
import hashlib, os, sys
import numpy as np
name, cores = sys.argv[1], int(sys.argv[2])
if cores and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
from bayes_misalign.contract.registry import evidence_model
from bayes_misalign.inference.fit import run
from bayes_misalign.testing.cases import case_of, designs_of, study_of
model = evidence_model(name)
cases = (case_of(model, *design) for design in designs_of(model).items())
groups, _ = run(study_of(next(case for case in cases if case.in_a_study)))
digest = hashlib.sha256()
for key, variable in sorted(groups.groups["posterior"].items()):
    digest.update(key.encode() + np.ascontiguousarray(variable[1]).tobytes())
print(digest.hexdigest())
"""


def digits(name, cache, *, threads=1, cores=0, keep=True):
    """SHA-256 of the draws of a process of its own."""
    env = os.environ | dict.fromkeys(THREADS, str(threads))
    env["PYTENSOR_FLAGS"] = f"base_compiledir={cache}"
    env["NUMBA_CACHE_DIR"] = str(cache / "numba")
    env["BAYES_MISALIGN_CACHE"] = str(cache / "code") if keep else "off"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, name, str(cores)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()[-1]


def differing(name, folder):
    """Names of the circumstances under which a model's draws are others than with a cold cache."""
    first = digits(name, folder / "one")
    found = {
        "warm cache": digits(name, folder / "one"),
        "compiled models not kept": digits(name, folder / "one", keep=False),
        "another cold cache": digits(name, folder / "two"),
        "one core": digits(name, folder / "one", cores=1),
        "two cores": digits(name, folder / "one", cores=2),
        "two threads": digits(name, folder / "one", threads=2),
    }
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda i: digits(name, folder / "one"), range(4)))
    found |= {f"process {i + 1} of four": one for i, one in enumerate(together)}
    return [how for how, one in found.items() if one != first]


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_circumstances_change_no_digit(name, tmp_path):
    if not any(evidence_model(name).designs()) and name not in EXACT:
        pytest.skip("draws made elsewhere are copied")
    assert differing(name, tmp_path) == []


def test_threads_of_linear_algebra_do_not_change_a_stated_range(tmp_path):
    one, two = (digits("elicited", tmp_path, threads=n) for n in (1, 2))
    assert one == two
