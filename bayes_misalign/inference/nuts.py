"""NUTS on a PyMC model, with the settings that make the same seed give the same digits."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_misalign.inference.progress import OneLine
from bayes_misalign.study.options import Fitting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pymc as pm
    import xarray as xr

RETRY_TARGET_ACCEPT = 0.95
WHOLE = "conflict"  # the matrix of all levels, which others hold already


@dataclass(frozen=True)
class Sampled:
    """What came back from the sampler.

    Parameters
    ----------
    tree : xarray.DataTree
        Groups posterior and sample_stats.
    interrupted : bool
        Whether there are fewer draws than were asked for.
    retried : bool
        Whether this is the second attempt, with a longer warm-up.
    """

    tree: xr.DataTree
    interrupted: bool
    retried: bool = False


@contextmanager
def reproducible() -> Iterator[None]:
    """Compile without fastmath inside the block, so that a cold and a warm cache agree.

    Notes
    -----
    With fastmath, compiled code read back from the cache may reorder sums, and the same seed gives
    other draws. The user's own setting is restored.
    """
    import pytensor

    with pytensor.config.change_flags(numba__fastmath=False):
        yield


def usable_compile_cache() -> None:
    """Point PyTensor to a temporary folder when its own cache cannot be written.

    Notes
    -----
    PyTensor makes its folder when it is imported and fails with a traceback when it cannot; this
    has to run before.
    """
    if "pytensor" in sys.modules or "base_compiledir" in os.environ.get("PYTENSOR_FLAGS", ""):
        return
    root = os.path.join(os.path.expanduser("~"), ".pytensor")
    place = root if os.path.isdir(root) else os.path.dirname(root)
    if not os.access(place, os.W_OK):
        folder = tempfile.mkdtemp(prefix="pytensor-")
        flags = os.environ.get("PYTENSOR_FLAGS", "")
        os.environ["PYTENSOR_FLAGS"] = ",".join(filter(None, [flags, f"base_compiledir={folder}"]))


class Compiled:
    """A model compiled once, to be sampled with other data of the same shape.

    Parameters
    ----------
    model : pymc.Model
        Its data are `pm.Data` containers.
    """

    def __init__(self, model: pm.Model) -> None:
        import nutpie

        with reproducible():
            self._compiled = nutpie.compile_pymc_model(model)
        # containers that no variable of the model depends on are not among them
        self._names = {variable.name for variable in self._compiled.shared_var_keys}

    def sample(self, data: Mapping[str, Any], fitting: Fitting) -> Any:
        """Return posterior and sample statistics for other data."""
        import nutpie

        if missing := self._names - set(data):
            raise KeyError(f"the model's data {', '.join(sorted(missing))} are not given")
        given = {name: data[name] for name in self._names}
        return nutpie.sample(
            self._compiled.with_data(**given),
            draws=fitting.draws,
            tune=fitting.tune,
            chains=fitting.chains,
            cores=min(fitting.chains, os.cpu_count() or 1),
            seed=fitting.seed,
            target_accept=fitting.target_accept,
            save_warmup=False,
            progress_bar=False,
        )


def _kept(model: pm.Model) -> list[str] | None:
    """Return the variables to keep if the whole matrix of conflict is not: None keeps all.

    Its levels stand in the variables of the sources that they come from.
    """
    if WHOLE not in model.named_vars or not any(
        name.startswith(f"{WHOLE}_") for name in model.named_vars
    ):
        return None
    return [variable.name for variable in model.unobserved_RVs if variable.name != WHOLE]


class Frozen:
    """A model compiled once, its data as constants, to be sampled again with other settings.

    Parameters
    ----------
    model : pymc.Model
        Constant data compile sooner and run faster than those of `Compiled`.
    """

    def __init__(self, model: pm.Model) -> None:
        import nutpie

        with reproducible(), model:
            self._compiled = nutpie.compile_pymc_model(
                model, var_names=_kept(model), backend="numba", freeze_model=True
            )

    def sample(self, fitting: Fitting, *, progress: bool = False, retried: bool = False) -> Sampled:
        """Return draws of NUTS (nutpie), progress in one line while they are made."""
        import nutpie

        cores = min(fitting.chains, os.cpu_count() or 1)
        shown = OneLine(progress)
        with reproducible(), shown:
            tree = nutpie.sample(
                self._compiled,
                draws=fitting.draws,
                tune=max(fitting.tune, 1),  # nutpie panics at 0
                chains=fitting.chains,
                cores=cores,
                seed=_seed_of_chains(fitting),
                target_accept=fitting.target_accept,
                save_warmup=False,
                progress_bar=False,
                progress_callback=shown.update,
            )
        sizes = tree["posterior"].sizes
        # Ctrl-C under nutpie returns what there is, without an exception
        short = sizes["draw"] < fitting.draws or sizes["chain"] < fitting.chains
        return Sampled(tree, bool(short), retried)


def sample(model: pm.Model, fitting: Fitting, *, progress: bool = False) -> Sampled:
    """Compile a model and sample it once."""
    return Frozen(model).sample(fitting, progress=progress)


def _seed_of_chains(fitting: Fitting) -> int:
    """Return the seed that `pymc.sample` hands to nutpie, so that draws are the same as its own."""
    return int(np.random.default_rng(fitting.seed).spawn(1)[0].integers(2**30))
