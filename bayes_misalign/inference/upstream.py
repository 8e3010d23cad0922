"""Everything that is private to nutpie, PyTensor, PyMC and numba and yet used: in this one file.

Only what is private to numba's compiler stands elsewhere, in `lean_compiler`, and how models are
made that nobody samples, in `unsampled`. `TESTED` states the
versions that both were tested with; with others no machine code is kept, and models are compiled as
nutpie does. nutpie compiles two C functions by numba. What numba makes of each is kept as an
object file; slots in it, for addresses of SciPy's functions that PyTensor looks up once, are
given names, and filled after loading.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import platform
import re
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes_misalign.inference.c_functions import expand_function, logp_function
from bayes_misalign.inference.lean_compiler import lean, uncalled
from bayes_misalign.inference.machine_code import (
    Loaded,
    Machine,
    Outcome,
    Unloadable,
    evaluate,
    layout,
    points,
)

if TYPE_CHECKING:
    import pymc as pm

TESTED = {
    "nutpie": "0.16.11",
    "pytensor": "3.3.8",
    "pymc": "6.4.0",
    "numba": "0.68.0",
    "llvmlite": "0.50.0",
}
SLOT = "_ptr_cache_"  # begins PyTensor's names of addresses that are looked up once
_LOCK = Lock()


def import_nutpie() -> Any:
    """Return nutpie, imported without all of ArviZ, of which it takes two functions.

    Notes
    -----
    Both come from `arviz_base`. While nutpie is imported that stands in for `arviz`, and gives all
    else that anybody asks of it from the real one.
    """
    if "nutpie" not in sys.modules and "arviz" not in sys.modules:
        import arviz_base

        stand_in = ModuleType("arviz")

        def real(name: str) -> Any:
            if sys.modules.get("arviz") is stand_in:
                del sys.modules["arviz"]
            return getattr(importlib.import_module("arviz"), name)

        taken = ("from_dict", "dict_to_dataset")
        stand_in.__dict__.update({name: getattr(arviz_base, name) for name in taken})
        stand_in.__dict__["__getattr__"] = real
        sys.modules["arviz"] = stand_in
        try:
            import nutpie
        finally:
            if sys.modules.get("arviz") is stand_in:
                del sys.modules["arviz"]
    import nutpie

    return nutpie


def supported() -> str:
    """Return why machine code is not kept here, or nothing."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return "it was not tested on this platform"
    for name, tested in TESTED.items():
        if version(name) != tested:
            return f"it was tested with {name} {tested}, not {version(name)}"
    return ""


def environment() -> dict[str, Any]:
    """Return what machine code depends on beside the graph it was made from."""
    import llvmlite.binding as llvm
    import pytensor

    names = (*TESTED, "numpy", "scipy")
    asked = (
        "floatX",
        "optimizer",
        "optimizer_including",
        "optimizer_excluding",
        "optimizer_verbose",
    )
    return {
        "python": sys.version,
        "versions": {name: version(name) for name in names},
        "cpu": (
            platform.machine(),
            llvm.get_host_cpu_name(),
            llvm.get_host_cpu_features().flatten(),
        ),
        "pytensor": {name: str(getattr(pytensor.config, name)) for name in asked},
        "numba": {
            key: value
            for key, value in os.environ.items()
            if key.startswith("NUMBA_") and key != "NUMBA_CACHE_DIR"
        },
    }


def own_data(model: pm.Model, static: bool) -> pm.Model:
    """Return a copy of a model with constant dims and data of its own, of static shapes if asked.

    What has a static shape meets other data of the shape. The length of a dim that only data have
    stays open: how many different rows were observed is another number in other data.
    """
    import pytensor
    from pymc.model.transform import optimization as upstream
    from pytensor.graph.traversal import ancestors

    data = {variable.name for variable in model.data_vars}
    of_coordinates = {x.name for x in set(ancestors(model.free_RVs)) if x.name in data}
    dims_of = model.named_vars_to_dims
    fixed = {dim for name, dims in dims_of.items() if name not in data for dim in dims}
    constant = upstream._constant_from_shared

    def owned(shared: Any) -> Any:
        if shared.name not in data:
            return constant(shared)
        value, shape = shared.get_value(), list(shared.type.shape)
        for axis, dim in enumerate(dims_of.get(shared.name, (None,) * value.ndim)):
            if static and (shared.name in of_coordinates or dim in fixed):
                shape[axis] = value.shape[axis]
        return pytensor.shared(value, name=shared.name, shape=shape)

    with _LOCK:
        upstream._constant_from_shared = owned
        try:
            return upstream.freeze_dims_and_data(model)
        finally:
            upstream._constant_from_shared = constant


def vectorised(node: Any, inputs: Sequence[Any]) -> Sequence[Any]:
    """Return what an operation makes of inputs some of which have one more axis, the first."""
    from pytensor.graph.replace import _vectorize_node

    made: Any = _vectorize_node(node.op, node, *inputs)
    return list(getattr(made, "outputs", made))


def density_function(op: Any) -> Callable[..., Any] | None:
    """Return what PyMC asks for the log density of a random variable, if it has one of its own."""
    from pymc.logprob.abstract import _logprob

    found = _logprob.dispatch(type(op))
    return None if found is _logprob.dispatch(object) else found


def make(model: pm.Model, var_names: Sequence[str] | None) -> tuple[Machine, list[Outcome]]:
    """Compile the functions of a model whose data are shared variables with names.

    Return them as machine code, with what they make of the model's own data at two points.

    Raises
    ------
    Unloadable
        When they hold addresses that nobody could fill in again.
    """
    import numba
    from nutpie import compile_pymc as upstream

    found = upstream._make_functions(
        model,
        mode="NUMBA",
        compute_grad=True,
        join_expanded=True,
        pymc_initial_point_fn=lambda seed: {},
        var_names=var_names,
    )
    n_dim, n_expanded, logp, expand, _, (names, _, shapes), reparameterized = found
    for function in (logp, expand):
        uncalled(function.vm.jit_fn)
    shared = list(dict.fromkeys([*logp.get_shared(), *expand.get_shared()]))
    named = [variable.name for variable in shared]
    if len(set(named)) < len(named) or not all(named):
        raise Unloadable("data without names of their own")
    values = {x.name: np.array(x.get_value(), order="C") for x in shared}
    data = tuple((str(name), x.dtype.str, x.shape) for name, x in values.items())
    of_logp, of_expand = ([x.name for x in one.get_shared()] for one in (logp, expand))
    raw = {
        "logp": logp_function(logp.vm.jit_fn, n_dim, data, of_logp),
        "expand": expand_function(expand.vm.jit_fn, n_dim, n_expanded, data, of_expand),
    }
    outermost = {x.__qualname__ for x, _ in raw.values()}
    with warnings.catch_warnings(), lean(outermost, _open_slots):
        warnings.filterwarnings("ignore", message="Cannot cache compiled function")
        made = {kind: numba.cfunc(signature)(x) for kind, (x, signature) in raw.items()}
    objects = {kind: _object(one._library) for kind, one in made.items()}
    machine = Machine(
        code={kind: one[0] for kind, one in objects.items()},
        symbols={kind: one.native_name for kind, one in made.items()},
        slots={kind: one[1] for kind, one in objects.items()},
        needed={kind: one[2] for kind, one in objects.items()},
        data=data,
        n_dim=int(n_dim),
        n_expanded=int(n_expanded),
        names=tuple(map(str, names)),
        shapes=tuple(tuple(int(n) for n in shape) for shape in shapes),
        reparameterized=tuple(reparameterized),
    )
    places = {kind: int(one.address) for kind, one in made.items()}
    record, _kept = layout(machine, values)
    return machine, [evaluate(machine, places, point, record) for point in points(n_dim)]


def _open_slots(module: Any) -> None:
    """Let slots of a module be found by their names, once machine code is made of it."""
    for variable in module.global_variables:
        if variable.name.startswith(SLOT):
            variable.linkage = "external"


def _object(library: Any) -> tuple[bytes, tuple[str, ...], tuple[str, ...]]:
    """Return the object file of a library, the slots in it, and what it calls of others."""
    module = library._final_module
    slots, outside = [], []
    for variable in module.global_variables:
        if variable.name.startswith(SLOT):
            address(variable.name)  # which raises where nobody knows it
            slots.append(variable.name)
        elif "dynamic.globals" in variable.name:
            raise Unloadable("constants that live in one process only")
        elif variable.is_declaration:
            outside.append(variable.name)
    outside += [
        f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm.")
    ]
    return bytes(library._get_compiled_object()), tuple(slots), tuple(sorted(outside))


def address(slot: str) -> int:
    """Return the address of the compiled function of SciPy that a slot is named after."""
    name = re.sub(r"\.\d+$", "", slot.removeprefix(SLOT))
    module, _, function = name.rpartition(".")
    module = {
        "scipy.blas": "scipy.linalg.cython_blas",
        "scipy.lapack": "scipy.linalg.cython_lapack",
    }.get(module, module)
    if not module.startswith("scipy."):
        raise Unloadable(f"nobody knows the address of {name}")
    try:
        capsule = importlib.import_module(module).__pyx_capi__[function]
    except (ImportError, AttributeError, KeyError) as error:
        raise Unloadable(f"nobody knows the address of {name}") from error
    python = ctypes.pythonapi
    python.PyCapsule_GetName.restype = ctypes.c_char_p
    python.PyCapsule_GetName.argtypes = [ctypes.py_object]
    python.PyCapsule_GetPointer.restype = ctypes.c_void_p
    python.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    return int(python.PyCapsule_GetPointer(capsule, python.PyCapsule_GetName(capsule)))


def _helpers() -> dict[str, int]:
    """Return the addresses of numba's own functions in C, by the names that code calls them."""
    of_numba = ("numba._helperlib", "numba.core.runtime._nrt_python")
    own, memory = (importlib.import_module(name).c_helpers for name in of_numba)
    return {
        **{f"numba_{name}": place for name, place in own.items()},
        **own,
        **{name if name[0] == "_" else f"NRT_{name}": place for name, place in memory.items()},
    }


def load(machine: Machine) -> Loaded:
    """Return machine code in memory.

    Raises
    ------
    Unloadable
        When it calls something that is not here.
    """
    return Loaded(machine, _helpers(), address)


def for_nutpie(
    loaded: Loaded, model: pm.Model, values: Mapping[str, Any], start: Callable[[int], Any]
) -> Any:
    """Return a model that `nutpie.sample` takes.

    Parameters
    ----------
    loaded : Loaded
        The compiled functions.
    model : pymc.Model
        Whose dims and labels the draws get.
    values : mapping of str to ndarray
        Data by name.
    start : callable
        Takes a seed, returns a point (n_dim,).
    """
    from nutpie import compile_pymc as upstream

    one, places = loaded.machine, loaded.places
    slices, at = [], 0
    for shape in one.shapes:
        slices.append(slice(at, at := at + int(np.prod(shape))))
    info = (list(one.names), slices, [tuple(shape) for shape in one.shapes])
    dims, coords = upstream._prepare_dims_and_coords(model, info, list(one.reparameterized))
    record, kept = layout(one, values)
    return upstream.CompiledPyMCModel(
        _n_dim=one.n_dim,
        dims=dims,
        _coords=coords,
        _shapes=dict(zip(one.names, one.shapes, strict=True)),
        compiled_logp_func=_At(places["logp"], loaded),
        compiled_expand_func=_At(places["expand"], loaded),
        initial_point_func=start,
        shared_data=dict(zip([name for name, _, _ in one.data], kept, strict=True)),
        shared_var_keys={},
        user_data=record,
        n_expanded=one.n_expanded,
        shape_info=info,
        logp_func=None,
        expand_func=None,
        reparameterized_names=list(one.reparameterized),
    )


@dataclass(frozen=True)
class _At:
    """A compiled function as nutpie knows it: its address, and what keeps it in memory."""

    address: int
    loaded: Loaded
