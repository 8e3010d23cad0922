"""Numba without what nobody needs of functions that only other compiled functions call.

Numba optimises each function with all that it calls, and makes machine code of it, before it links
it into its callers, where both happen again. A log density consists of some hundred functions, of
which one is called from outside. Here that one alone is optimised, and made machine code of, with
all the others in it. Private names of numba are used, of the version in `upstream.TESTED`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

_LOCK = RLock()


@contextmanager
def quick_numba() -> Iterator[None]:
    """Compile functions that Python cannot call only as parts of others, inside the block.

    Notes
    -----
    What is compiled in other threads meanwhile does the same: what Python can call is compiled as
    ever, and what it cannot call has no address that anybody could have.
    """
    from numba import _dynfunc
    from numba.core.codegen import JITCodeLibrary
    from numba.core.cpu import CPUContext

    whole, pointer, executable = (
        JITCodeLibrary.finalize,
        JITCodeLibrary.get_pointer_to_function,
        CPUContext.get_executable,
    )
    asked: list[Any] = []  # libraries of which somebody wants an address

    def finalize(self: Any) -> None:
        if any(one is self for one in asked):
            whole(self)
            return
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalize_dynamic_globals()
        self._finalized = True

    def get_pointer_to_function(self: Any, name: str) -> Any:
        asked.append(self)
        try:
            return pointer(self, name)
        finally:
            asked.pop()

    def get_executable(self: Any, library: Any, description: Any, env: Any) -> Any:
        try:
            library.get_function(description.llvm_cpython_wrapper_name)
        except NameError:  # Python has no way to call it, and numba no address either
            name = description.qualname.split(".")[-1]
            return _dynfunc.make_function(
                description.lookup_module(), name, "part of others", 0, env, (library,)
            )
        return executable(self, library, description, env)

    with _LOCK:
        JITCodeLibrary.finalize = finalize
        JITCodeLibrary.get_pointer_to_function = get_pointer_to_function
        CPUContext.get_executable = get_executable
        try:
            yield
        finally:
            JITCodeLibrary.finalize = whole
            JITCodeLibrary.get_pointer_to_function = pointer
            CPUContext.get_executable = executable
