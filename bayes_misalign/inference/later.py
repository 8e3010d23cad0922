"""An array inside an open file, read when somebody asks for it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Later:
    """An array of a file that stays open, with the shape and kind of its numbers.

    Parameters
    ----------
    file : h5py.File
        The file, which must not be closed.
    place : str
        Where the array is in it.
    """

    def __init__(self, file: Any, place: str) -> None:
        self._file, self._array = file, file[place]
        self.shape: tuple[int, ...] = tuple(self._array.shape)
        self.dtype: np.dtype[Any] = self._array.dtype
        self.ndim, self.size = len(self.shape), int(np.prod(self.shape))

    def __getitem__(self, key: Any) -> NDArray[Any]:
        """Read a part."""
        return np.asarray(self._array[key])

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        """Read all of it."""
        if copy is False:
            raise ValueError("what is in a file cannot be had without a copy")
        return np.asarray(self._array[...], dtype=dtype)
