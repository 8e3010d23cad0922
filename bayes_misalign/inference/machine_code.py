"""Compiled functions of a model as machine code, which llvmlite loads without a compiler."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = ("logp", "expand")  # log density with gradient, and expansion to the named variables
Outcome = tuple[bytes, ...]  # codes, log density, its gradient, and the expanded point


class Unloadable(Exception):
    """Machine code that cannot be loaded here, or does not do what it did when it was made."""


@dataclass(frozen=True)
class Machine:
    """Two functions as machine code, with what one must know to call them.

    Parameters
    ----------
    code : mapping of str to bytes
        An object file for each of `KINDS`.
    symbols : mapping of str to str
        Name of the function in it.
    slots, needed : mapping of str to tuple of str
        Addresses to fill in, and functions of others that are called.
    data : tuple of (str, str, tuple of int)
        Name, dtype and shape of the data, in the order in which the functions take them.
    n_dim, n_expanded : int
        Numbers of free coordinates and of all numbers that a point is expanded to.
    names : tuple of str
        Variables of an expanded point, the free ones in their coordinates first.
    shapes : tuple of tuple of int
        Their shapes.
    reparameterized : tuple of str
        Those that a transform makes.
    """

    code: Mapping[str, bytes]
    symbols: Mapping[str, str]
    slots: Mapping[str, tuple[str, ...]]
    needed: Mapping[str, tuple[str, ...]]
    data: tuple[tuple[str, str, tuple[int, ...]], ...]
    n_dim: int
    n_expanded: int
    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    reparameterized: tuple[str, ...]


def points(n_dim: int) -> NDArray[np.float64]:
    """Return two points (2, n_dim) at which functions are compared."""
    return np.random.default_rng(20261129).uniform(-0.5, 0.5, size=(2, n_dim))


def evaluate(
    machine: Machine, places: Mapping[str, int], point: NDArray[np.float64], record: NDArray[Any]
) -> Outcome:
    """Return what functions at these addresses make of a point and the data in a record."""
    integer, number, pointer = ctypes.c_int64, ctypes.c_uint64, ctypes.c_void_p
    logp = ctypes.CFUNCTYPE(integer, number, *[pointer] * 4)(places["logp"])
    expand = ctypes.CFUNCTYPE(integer, number, number, *[pointer] * 3)(places["expand"])
    n, m, at = machine.n_dim, machine.n_expanded, np.array(point, dtype=float)
    value, slope, wide = np.zeros(()), np.zeros(n), np.zeros(m)
    given = record.ctypes.data
    codes = [
        logp(n, at.ctypes.data, slope.ctypes.data, value.ctypes.data, given),
        expand(n, m, at.ctypes.data, wide.ctypes.data, given),
    ]
    return tuple(x.tobytes() for x in (np.array(codes, np.int64), value, slope, wide))


def layout(machine: Machine, values: Mapping[str, Any]) -> tuple[NDArray[Any], list[NDArray[Any]]]:
    """Return data as compiled functions take them, addresses, sizes and shapes; and what they hold.

    Raises
    ------
    ValueError
        When an array has another number of dimensions than the functions were compiled for.
    """
    kept = []
    for name, kind, shape in machine.data:
        array = np.array(values[name], dtype=kind, order="C", copy=True)
        if array.ndim != len(shape):
            raise ValueError(f"{name} has {array.ndim} dimensions, not {len(shape)}")
        array.flags.writeable = False
        kept.append(array)
    numbers = [
        *(x.ctypes.data for x in kept),
        *(x.size for x in kept),
        *(n for x in kept for n in x.shape),
    ]
    return np.array(numbers, np.uint64), kept


@dataclass(eq=False)
class Loaded:
    """Machine code in memory, ready to be called.

    Parameters
    ----------
    machine : Machine
        What it is loaded from.
    helpers : mapping of str to int
        Addresses of functions that it may call, by name.
    address_of : callable
        Returns the address that belongs into a slot.
    """

    machine: Machine
    helpers: Mapping[str, int]
    address_of: Callable[[str], int]
    _engines: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        helpers = self.helpers
        for kind in KINDS:
            for name in self.machine.needed[kind]:
                # LLVM ends the process where it finds no such function
                if name in helpers:
                    llvm.add_symbol(name, helpers[name])
                elif hasattr(ctypes.pythonapi, name):  # of Python, or of the libraries of C
                    place = ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value
                    llvm.add_symbol(name, place)
                elif llvm.address_of_symbol(name) is None:
                    raise Unloadable(f"there is no function {name}")
            places = {slot: self.address_of(slot) for slot in self.machine.slots[kind]}
            target = llvm.Target.from_default_triple().create_target_machine(jit=True)
            empty = llvm.parse_assembly("")
            empty.triple = llvm.get_process_triple()
            engine = llvm.create_mcjit_compiler(empty, target)
            content = llvm.object_file.ObjectFileRef.from_data(self.machine.code[kind])
            engine.add_object_file(content)
            engine.finalize_object()
            for slot, place in places.items():
                where = engine.get_global_value_address(slot)
                if not where:
                    raise Unloadable(f"there is no slot {slot}")
                ctypes.c_void_p.from_address(where).value = place
            self._engines[kind] = engine

    @property
    def places(self) -> dict[str, int]:
        """Addresses of the functions."""
        symbols = self.machine.symbols
        found = {k: int(x.get_function_address(symbols[k])) for k, x in self._engines.items()}
        if not all(found.values()):
            raise Unloadable("a function is missing")
        return found

    def outcomes(self, values: Mapping[str, NDArray[Any]] | None = None) -> list[Outcome]:
        """Return what the functions make of two points and of data, by default of made-up ones."""
        if values is None:
            # zeros where numbers are places of others: none is outside
            values = {
                name: np.full(shape, 0.5 if np.dtype(kind).kind == "f" else 0, kind)
                for name, kind, shape in self.machine.data
            }
        record, _kept = layout(self.machine, values)
        at = points(self.machine.n_dim)
        return [evaluate(self.machine, self.places, point, record) for point in at]
