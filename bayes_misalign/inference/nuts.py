"""NUTS on a PyMC model, with the settings that make the same seed give the same digits."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.inference import code_store, upstream
from bayes_misalign.inference.ahead import Ahead
from bayes_misalign.inference.graph_keys import graph_key
from bayes_misalign.inference.interrupted import ending_with_interrupts
from bayes_misalign.inference.machine_code import Loaded, Unloadable
from bayes_misalign.inference.program import Program
from bayes_misalign.inference.progress import NOTE, OneLine
from bayes_misalign.kept_folder import folder
from bayes_misalign.study.options import Fitting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pymc as pm
    import xarray as xr

RETRY_TARGET_ACCEPT = 0.95
Say = Callable[[str], None]
WHOLE = "conflict"  # the matrix of all levels, which others hold already

_IN_MEMORY: dict[str, Loaded] = {}  # by the key of the graph
_LOCK = RLock()


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


@contextmanager
def untraced() -> Iterator[None]:
    """Make graphs inside the block without noting for each node which lines of code made it.

    Notes
    -----
    That takes an eighth of the time, and tells nothing to whoever fits a study. The user's own
    setting is restored.
    """
    usable_compile_cache()
    import pytensor

    with pytensor.config.change_flags(traceback__limit=0):
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


class _Code:
    """Compiled functions of a model, made or found, and where chains start.

    Parameters
    ----------
    model : pymc.Model
        Its data are `pm.Data` containers.
    static : bool
        Whether the data stay, or others have the same shapes; faster, and compiled once for all of
        a shape.
    kind : str
        What is compiled, by which the time that it takes is remembered.
    say : callable, optional
        Takes a line of text before it is compiled, and where kept code cannot be used.
    """

    def __init__(self, model: pm.Model, *, static: bool, kind: str, say: Say | None) -> None:
        nutpie = upstream.import_nutpie()
        self._say = say or (lambda text: None)
        self._kind = kind
        self._loaded: Loaded | None = None
        self._plain: Any = None
        why = upstream.supported()
        own = upstream.own_data(model, static) if not why else _frozen(model, static)
        self._model = Ahead(own) if static else own
        self._data = {x.name: x for x in self._model.data_vars}
        self._start = _Start(own)
        names = _kept(self._model)
        if not why and folder() is not None:
            try:
                self._loaded = self._found(names)
            except Exception as error:  # whatever it is, the plain way is there
                said = str(error) or type(error).__name__
                self._say(f"{NOTE}compiling without what was kept of other fits ({said})")
        if self._loaded is None:
            with self._timed(), reproducible(), self._model:
                self._plain = nutpie.compile_pymc_model(
                    self._model, var_names=names, backend="numba", freeze_model=False
                )

    @property
    def names(self) -> set[str]:
        """Names of the data that the functions take."""
        if self._loaded is not None:
            return {name for name, _, _ in self._loaded.machine.data}
        return {variable.name for variable in self._plain.shared_var_keys}

    def _found(self, names: list[str] | None) -> Loaded:
        """Return machine code for the graph of the model, from memory, from disk, or made."""
        key = _key_of(self._model, names, self._start.shapes())
        with _LOCK:
            if (found := _IN_MEMORY.get(key)) is not None:
                return found
            try:
                found = code_store.read(key)
            except (Unloadable, OSError, ValueError, KeyError, TypeError) as error:
                self._say(f"{NOTE}what was kept of another fit cannot be used ({error})")
            if found is None:
                with self._timed(), reproducible(), self._model:
                    machine, expected = upstream.make(self._model, names)
                found = upstream.load(machine)
                own = {name: self._data[name].get_value() for name, _, _ in machine.data}
                if found.outcomes(own) != expected:
                    raise Unloadable("it does not compute the same once loaded")
                try:
                    code_store.write(key, found)
                except (OSError, Unloadable) as error:
                    self._say(f"{NOTE}the compiled model is not kept for other fits ({error})")
            free = [x.name for x in self._model.value_vars]
            if list(found.machine.names[: len(free)]) != free:
                raise Unloadable("its variables are others")
            _IN_MEMORY[key] = found
            return found

    @contextmanager
    def _timed(self) -> Iterator[None]:
        last, start = code_store.seconds(self._kind), time.monotonic()
        usual = "10 to 60 seconds the first time, less after that"
        before = usual if last is None else f"it took {last:.0f} s the last time on this machine"
        self._say(f"compiling the model ({before})")
        yield
        with suppress(OSError, Unloadable):  # where nothing can be kept
            code_store.remember(self._kind, time.monotonic() - start)

    def ready(self, data: Mapping[str, Any] | None = None) -> Any:
        """Return what `nutpie.sample` takes, with the model's own data or with others."""
        for name, values in (data or {}).items():
            if name in self._data:
                variable = self._data[name]
                variable.set_value(np.asarray(values, dtype=variable.type.dtype))
        start = self._start()
        if self._loaded is None:
            given = {name: self._data[name].get_value() for name in self.names}
            return replace(self._plain.with_data(**given), initial_point_func=start)
        given = {name: self._data[name].get_value() for name in self.names}
        return upstream.for_nutpie(self._loaded, self._model, given, start)


def _frozen(model: pm.Model, static: bool) -> pm.Model:
    """Return the model with constants in place of data, where nothing else was tested."""
    if not static:
        return model
    from pymc.model.transform.optimization import freeze_dims_and_data

    return freeze_dims_and_data(model)


def _key_of(model: pm.Model | Ahead, names: list[str] | None, shapes: list[tuple[int, ...]]) -> str:
    """Return what tells the compiled functions of a model from all others.

    The shapes of the free coordinates are evaluated ones, for graphs do not know them all.
    """
    free = {x.name for x in model.value_vars}
    wanted = [x for x in model.unobserved_value_vars if x.name not in free]
    if names is not None:
        wanted = [x for x in wanted if x.name in set(names)]
    more = {
        "environment": upstream.environment(),
        "format": code_store.FORMAT,
        "free": [x.name for x in model.value_vars],
        "shapes": shapes,
        "transformed": [rv.name for rv in model.free_RVs if model.rvs_to_transforms.get(rv)],
        "expanded": [x.name for x in wanted],
        "checks": bool(model.check_bounds),
    }
    return graph_key([model.logp(), *wanted], model.value_vars, more)


class _Start:
    """Where chains start: the centre of the prior, a random step away, as in PyMC.

    Notes
    -----
    PyMC evaluates the centre by compiled code, whose last bit depends on how it was compiled.
    Here Python evaluates it, always alike.
    """

    def __init__(self, model: pm.Model) -> None:
        from pymc.initial_point import make_initial_point_expression

        self._expressions = make_initial_point_expression(
            free_rvs=model.free_RVs,
            rvs_to_transforms=model.rvs_to_transforms,
            initval_strategies=model.rvs_to_initial_values,
            jitter_rvs=set(),
            return_transformed=True,
        )

    def _centre(self) -> list[Any]:
        return Program(self._expressions, exactly=True).run()

    def shapes(self) -> list[tuple[int, ...]]:
        """Return the shapes of the free coordinates."""
        return [np.shape(x) for x in self._centre()]

    def __call__(self) -> Callable[[int], NDArray[np.float64]]:
        """Return the function of a seed for the data that the model has now."""
        parts = [np.ravel(np.asarray(x, dtype=float)) for x in self._centre()]
        centre = np.concatenate(parts) if parts else np.zeros(0)

        def start(seed: int) -> NDArray[np.float64]:
            step = np.random.default_rng(seed).uniform(-1, 1, size=centre.size)
            return np.asarray(centre + step)

        return start


class Compiled:
    """A model compiled once, to be sampled with other data of the same shape.

    Parameters
    ----------
    model : pymc.Model
        Its data are `pm.Data` containers.
    """

    def __init__(self, model: pm.Model) -> None:
        self._code = _Code(model, static=False, kind="", say=None)

    def sample(self, data: Mapping[str, Any], fitting: Fitting) -> Any:
        """Return posterior and sample statistics for other data."""
        # containers that no variable of the model depends on are not asked for
        if missing := self._code.names - set(data):
            raise KeyError(f"the model's data {', '.join(sorted(missing))} are not given")
        return _to_the_end(self._code.ready(data), fitting, tune=fitting.tune, seed=fitting.seed)


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
    """A model compiled once for its shape, with its own data, to be sampled with any settings.

    Parameters
    ----------
    model : pymc.Model
        Its data are `pm.Data` containers.
    kind : str
        What is compiled, by which the time that it takes is remembered.
    say : callable, optional
        Takes a line of text before the model is compiled.
    """

    def __init__(self, model: pm.Model, *, kind: str = "", say: Say | None = None) -> None:
        self._ready = _Code(model, static=True, kind=kind, say=say).ready()

    def sample(self, fitting: Fitting, *, progress: bool = False) -> xr.DataTree:
        """Return draws of NUTS (nutpie), progress in one line while they are made.

        Returns
        -------
        xarray.DataTree
            Groups posterior and sample_stats.
        """
        shown = OneLine(progress)
        with reproducible(), shown:
            return _to_the_end(
                self._ready,
                fitting,
                tune=max(fitting.tune, 1),  # nutpie panics at 0
                seed=_seed_of_chains(fitting),
                progress_callback=shown.update,
            )


def _to_the_end(ready: Any, fitting: Fitting, **more: Any) -> xr.DataTree:
    """Sample with nutpie, all draws or an exception."""
    nutpie = upstream.import_nutpie()
    with ending_with_interrupts():
        tree: xr.DataTree = nutpie.sample(
            ready,
            draws=fitting.draws,
            chains=fitting.chains,
            cores=min(fitting.chains, os.cpu_count() or 1),
            target_accept=fitting.target_accept,
            save_warmup=False,
            progress_bar=False,
            **more,
        )
    return tree


def second_attempt(fitting: Fitting) -> Fitting:
    """Return the settings of a fit that did not converge: longer warm-up, smaller steps."""
    target = max(RETRY_TARGET_ACCEPT, (1 + fitting.target_accept) / 2)
    return replace(fitting, tune=2 * fitting.tune, target_accept=target)


def _seed_of_chains(fitting: Fitting) -> int:
    """Return the seed that `pymc.sample` hands to nutpie, so that draws are the same as its own."""
    return int(np.random.default_rng(fitting.seed).spawn(1)[0].integers(2**30))
