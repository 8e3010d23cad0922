"""Checksums of a saved result: of each array, of its metadata, and of the whole file.

A checksum tells damage, not forgery: whoever changes a file on purpose can write another one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.errors import ResultError
from bayes_misalign.inference.later import Later

if TYPE_CHECKING:
    from bayes_misalign.inference.groups import Groups

CHECKSUMS = "checksums"  # their place in the metadata of a file
OF_METADATA = "bayes_misalign_sha256"  # the attribute beside the metadata
# after the end of the HDF5 file, where HDF5 does not look: so that damage is seen before HDF5,
# which may crash on it, is given anything
_LAST = b"\nbayes-misalign SHA-256 of what is above: %s\n"
_LAST_LINE = re.compile(_LAST.replace(b"%s", b"([0-9a-f]{64})"))
_LENGTH = len(_LAST % (b"0" * 64))

# quantities that are probabilities, with what rounding may add to them
SHARES_OF_ONE = ("proportion", "conflict", "conflict_level", "misalignment")
HAS_GAPS = ("constant_data", "conflict")  # no number where a level is uncertain
ROUNDING = 1e-9


def sealed(content: bytes) -> bytes:
    """Return the bytes of a file with a last line that holds their SHA-256."""
    return content + _LAST % hashlib.sha256(content).hexdigest().encode()


def unsealed(content: bytes) -> bytes:
    """Return the bytes of a file without their last line.

    Raises
    ------
    ValueError
        If they are not what the line says.
    """
    found = _LAST_LINE.fullmatch(content[-_LENGTH:])
    if found is None:  # an older file, or one that another program has written again
        return content
    content = content[:-_LENGTH]
    if hashlib.sha256(content).hexdigest().encode() != found[1]:
        raise ValueError("its SHA-256 is not the one in its last line")
    return content


def checked_metadata(text: str, digest: Any) -> tuple[dict[str, Any], Any]:
    """Return the metadata in a text, and the checksums of arrays among them, None without any.

    Raises
    ------
    ValueError
        If they are no table, or not what their own checksum says.
    """
    metadata = json.loads(text)
    if not isinstance(metadata, dict):
        raise ValueError("its metadata are not a table")
    stated = metadata.pop(CHECKSUMS, None)
    if (digest is not None or stated is not None) and digest != of_text(text):
        raise ValueError("its metadata differ from their checksum")
    if digest is not None and not isinstance(stated, dict):
        raise ValueError("the checksums of its arrays are missing")
    return metadata, stated


def of_text(text: str) -> str:
    """Return the SHA-256 of a text, as hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def of_array(dims: Sequence[str], array: NDArray[Any]) -> str:
    """Return the SHA-256 of an array with its dims, shape and kind of numbers."""
    array = np.ascontiguousarray(array).reshape(np.shape(array))
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    head = json.dumps([list(dims), list(little.shape), little.dtype.str])
    digest = hashlib.sha256(head.encode())
    digest.update(little.reshape(-1).view(np.uint8) if little.size else b"")
    return digest.hexdigest()


def digests(
    groups: Mapping[str, Mapping[str, Any]], labels: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Return the checksum of every array of a result, and of the labels of its dims."""
    found = {
        f"{group}/{name}": of_array(dims, np.asarray(array))
        for group, variables in groups.items()
        for name, (dims, array) in variables.items()
    }
    return found | {dim: of_text(json.dumps(list(names))) for dim, names in labels.items()}


def check_digests(stated: Any, groups: Groups) -> None:
    """Refuse arrays that are not those whose checksums are stated.

    Raises
    ------
    ValueError
        Which names them.
    """
    held: Mapping[str, Mapping[str, Any]] = groups.groups
    now = {
        group: {name: one for name, one in variables.items() if not isinstance(one[1], Later)}
        for group, variables in held.items()
    }
    later = {
        f"{group}/{name}": stated.get(f"{group}/{name}")
        for group, variables in groups.groups.items()
        for name in variables
        if name not in now[group]
    }
    found = digests(now, groups.coords) | later
    odd = [name for name in {**stated, **found} if stated.get(name) != found.get(name)]
    if odd:
        raise ValueError(f"not as they were written: {', '.join(sorted(odd))}")


def check_values(groups: Groups, file: str) -> None:
    """Refuse shares, levels and P(ma) that are no probabilities."""
    for group, variables in groups.groups.items():
        for name in set(variables) & set(SHARES_OF_ONE):
            held: Any = variables[name][1]
            if isinstance(held, Later):  # the checksum of the whole file vouches for it
                continue
            array = np.asarray(held)
            if (group, name) == HAS_GAPS and array.dtype.kind == "f":
                array = array[~np.isnan(array)]
            within = array.dtype.kind == "f" and np.all(
                (array >= -ROUNDING) & (array <= 1 + ROUNDING)
            )
            if not within:
                raise ResultError(
                    f"{file} is damaged: {name} in its group {group} holds values outside [0, 1]"
                )
