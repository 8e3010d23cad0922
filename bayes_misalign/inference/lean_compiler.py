"""numba's compiler without the work that a function needs only if somebody calls it by itself.

numba optimises every function that it compiles and makes machine code of it, also of hundreds that
are only parts of another one. That has them as LLVM code and optimises them again with its own.
Inside of `lean` parts are inlined but not optimised, and machine code is made when somebody asks
for its address. What the outermost function computes stays the same to the last bit.

Functions that numba reads have no annotations: it infers types, and compares signatures as they
stand.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import cache
from threading import RLock, get_ident
from typing import Any

import numpy as np

_LOCK = RLock()
SELDOM = (100_000, 20, 100)  # garbage is looked for, by allocations and by earlier rounds


class OnDemand:
    """numba's engine, which in one thread takes modules without making machine code of them.

    Parameters
    ----------
    engine : numba.core.codegen.JitEngine
        The one that makes it.
    """

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._waiting: dict[str, Any] = {}  # by symbol, the module that defines it
        self._environments: dict[str, Any] = {}
        self.thread: int | None = None  # in which modules wait
        self._taken = True  # whether the engine took modules that are not finished

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def is_symbol_defined(self, name: str) -> bool:
        """Return whether there is such a symbol, with machine code or without it yet."""
        return name in self._waiting or bool(self._engine.is_symbol_defined(name))

    def add_module(self, module: Any) -> None:
        """Take a module; one that was read from a file is empty, and has machine code already."""
        symbols = (*module.functions, *module.global_variables)
        defined = [one.name for one in symbols if not one.is_declaration]
        if self.thread != get_ident() or not defined:
            self._engine.add_module(module)
            self._taken = True
            return
        for name in defined:
            if not self._engine.is_symbol_defined(name):
                self._waiting.setdefault(name, module)

    def finalize_object(self) -> None:
        """Make what was taken ready to run; the engine would look at all that it ever took."""
        if self._taken or self.thread != get_ident():
            self._taken = False
            self._engine.finalize_object()

    def get_function_address(self, name: str) -> int:
        """Return where a function is, its machine code made by now."""
        self._make(name)
        return int(self._engine.get_function_address(name))

    def get_global_value_address(self, name: str) -> int:
        """Return where a variable is, the machine code of its module made by now."""
        self._make(name)
        return int(self._engine.get_global_value_address(name))

    def set_env(self, name: str, environment: Any) -> None:
        """Let a module know its Python objects, now or when its machine code is made."""
        self._environments[name] = environment
        if name not in self._waiting:
            self._point(name)

    def _point(self, name: str) -> None:
        place = self._engine.get_global_value_address(name)
        (ctypes.c_void_p * 1).from_address(place)[0] = id(self._environments[name])

    def _make(self, name: str) -> None:
        module = self._waiting.get(name)
        if module is None:
            return
        own = [symbol for symbol, one in self._waiting.items() if one is module]
        for symbol in own:
            del self._waiting[symbol]
        self._engine.add_module(module)
        self._engine.finalize_object()
        for variable in module.global_variables:
            if variable.name in self._environments and not variable.is_declaration:
                self._point(variable.name)


def engine() -> OnDemand:
    """Return the engine of this process, which stays: somebody may ask it for what waits."""
    from numba.core.registry import cpu_target

    codegen = cpu_target.target_context.codegen()
    if not isinstance(codegen._engine, OnDemand):
        codegen._engine = OnDemand(codegen._engine)
        codegen.set_env = codegen._engine.set_env
    found: OnDemand = codegen._engine
    return found


@contextmanager
def lean(outermost: Collection[str], finish: Callable[[Any], None] | None = None) -> Iterator[None]:
    """Compile inside the block, in this thread, with no more work than these functions need.

    Functions are named by their `__qualname__`. The LLVM module of each, once optimised, is given
    to `finish` before machine code is made of it.
    """
    from numba.core.codegen import CPUCodeLibrary

    here, demanded = get_ident(), engine()
    optimise = CPUCodeLibrary._optimize_final_module
    prepare = CPUCodeLibrary._optimize_functions
    serialise = CPUCodeLibrary.serialize_using_object_code

    def inlined(library: Any) -> None:
        if get_ident() != here or library.name in outermost:
            optimise(library)
            if get_ident() == here and finish is not None:
                finish(library._final_module)
            return
        # numba's own first pass, after which it removes counts of references
        options: dict[str, Any] = {"loop_vectorize": False, "slp_vectorize": False, "opt": 0}
        passes, builder = library._codegen._module_pass_manager(**options, cost="cheap")
        passes.run(library._final_module, builder)

    def prepared(library: Any, module: Any) -> None:
        if get_ident() != here:
            prepare(library, module)
            return
        module.data_layout = library._codegen._data_layout
        for function in module.functions:
            if not function.is_declaration:  # most are, and nothing is to be done for them
                passes, builder = library._codegen._function_pass_manager()
                passes.run(function, builder)

    def serialised(library: Any) -> Any:
        waits = not getattr(library, "_compiled", True) and library._compiled_object is None
        return library.serialize_using_bitcode() if waits else serialise(library)

    with _LOCK, _untimed(), _seldom_collecting(), _plain_arrays():
        CPUCodeLibrary._optimize_final_module = inlined
        CPUCodeLibrary._optimize_functions = prepared
        CPUCodeLibrary.serialize_using_object_code = serialised
        demanded.thread = here
        try:
            yield
        finally:
            demanded.thread = None
            CPUCodeLibrary._optimize_final_module = optimise
            CPUCodeLibrary._optimize_functions = prepare
            CPUCodeLibrary.serialize_using_object_code = serialise


@cache
def _mismatch() -> Any:
    """Return what raises that shapes do not fit, without telling them."""
    from numba.extending import overload

    def mismatch(src_shapes, index_shape):  # type: ignore[no-untyped-def]
        raise NotImplementedError

    @overload(mismatch)
    def _raising(src_shapes, index_shape):  # type: ignore[no-untyped-def]
        def raising(src_shapes, index_shape):  # type: ignore[no-untyped-def]
            raise ValueError("shapes do not fit")

        return raising

    return mismatch


def _permute(axis, shape, strides):  # type: ignore[no-untyped-def]
    """Put shape and strides into the order of axes, of which none is named twice."""
    old_shape, old_strides = shape.copy(), strides.copy()
    for i in range(len(axis)):
        shape[i] = old_shape[axis[i]]
        strides[i] = old_strides[axis[i]]


@cache
def _ascending() -> Any:
    """Return what numba compiles to sort places of integers: strides, as sums over axes ask.

    Shell's sort, which with few is an insertion, as numba's own is. It is one loop of one function,
    and compiles in a fifth of the time.
    """
    from numba import njit

    @njit(no_cpython_wrapper=True)
    def ascending(numbers):  # type: ignore[no-untyped-def]
        n = numbers.size
        places = np.empty(n, np.intp)
        for i in range(n):
            places[i] = i
        gap = 1
        while 9 * gap < n:
            gap = 3 * gap + 1
        while gap > 0:
            for i in range(gap, n):
                place, j = places[i], i
                while j >= gap and numbers[place] < numbers[places[j - gap]]:
                    places[j] = places[j - gap]
                    j -= gap
                places[j] = place
            gap //= 3
        return places

    return ascending


@contextmanager
def _plain_arrays() -> Iterator[None]:
    """Let arrays be put into each other, and transposed, by functions that compile at once.

    numba's own tell which shapes do not fit, by texts, and look for axes that are named twice, by
    sets: two seconds of compiling. nutpie is told by a number that something was raised, and
    PyTensor names each axis once.
    """
    from numba.np import arrayobj

    names = ("raise_with_shape_context", "permute_arrays", "get_sort_func")
    before = {name: getattr(arrayobj, name) for name in names}

    def sorting(kind: str, lt_impl: Any, is_argsort: bool = False) -> Any:
        of_integers = is_argsort and lt_impl is arrayobj.default_lt and kind == "quicksort"
        return _ascending() if of_integers else before["get_sort_func"](kind, lt_impl, is_argsort)

    for name, plain in zip(names, (_mismatch(), _permute, sorting), strict=True):
        setattr(arrayobj, name, plain)
    try:
        yield
    finally:
        for name, own in before.items():
            setattr(arrayobj, name, own)


@contextmanager
def _untimed() -> Iterator[None]:
    """Do not tell listeners of each of a million calls of LLVM, as numba does to time them."""
    from llvmlite.binding import ffi

    lock = ffi.lib._lock
    with lock._lock:  # nobody is between a start and its end
        told = list(lock._cblist)
        lock._cblist.clear()
    try:
        yield
    finally:
        with lock._lock:
            lock._cblist.extend(told)


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Look for garbage less often: numba makes much that is kept, and it is all gone through."""
    before = gc.get_threshold()
    if gc.isenabled():
        gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def uncalled(function: Any) -> None:
    """Compile a function without what Python needs to call it: others take it in.

    It is not kept on disk either, where somebody could take it for one that Python can call.
    """
    from numba.core.caching import NullCache

    function.targetoptions["no_cpython_wrapper"] = True
    function._cache = NullCache()
