"""An array that is read from its file when asked for."""

import io

import h5py
import numpy as np
import pytest

from bayes_misalign.inference.later import Later

VALUES = np.arange(24.0).reshape(2, 3, 4)


def test_it_is_the_array_of_the_file() -> None:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_dataset("group/x", data=VALUES.astype("f4"))
    later = Later(h5py.File(buffer, "r"), "group/x")
    assert (later.shape, later.ndim, later.size) == ((2, 3, 4), 3, 24)
    assert later.dtype == np.float32
    np.testing.assert_array_equal(later[..., 1], VALUES[..., 1])
    np.testing.assert_array_equal(np.asarray(later), VALUES)
    assert np.asarray(later, dtype=float).dtype == float
    with pytest.raises(ValueError, match="without a copy"):
        np.asarray(later, copy=False)
