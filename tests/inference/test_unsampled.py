"""Models that nobody samples are those that PyMC makes, but for transforms and dims."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr

from bayes_misalign.inference.unsampled import untransformed


def test_models_have_no_transforms_inside_of_a_block_of_one_thread() -> None:
    def transformed() -> bool:
        with pm.Model() as model:
            scale = pm.HalfNormal("scale", 2.0)
        return model.rvs_to_transforms[scale] is not None

    assert transformed()
    with untransformed(), ThreadPoolExecutor(1) as others:
        assert not transformed()
        assert others.submit(transformed).result()
    assert transformed()


def made() -> pm.Model:
    raters = xr.DataArray(["a", "b"], dims="rater")
    with pm.Model(
        coords={"item": range(300), "rater": raters, "one": ["x"], "k": range(3)}
    ) as model:
        rows = pm.Data("rows", np.ones((5, 2)))
        place = pm.Normal("place", dims=("item", "rater"))
        pm.Normal("by_place", place)
        pm.Normal("by_data", rows)
        pm.Normal("by_column", rows.sum(axis=0), shape=(4, 2))
        pm.Normal("cells", shape=place.shape[0] * place.shape[1])
        pm.Normal("column", dims=("item", "one"))
        pm.ZeroSumNormal("effect", dims=("one", "rater"))
        pm.Dirichlet("shares", np.ones(3), dims=("item", "k"))
        pm.Deterministic("table", pt.zeros((place.shape[1], 2)))
    return model


def test_shapes_are_at_least_as_well_known_as_else() -> None:
    usual = made()
    with untransformed():
        plain = made()
    point = pm.draw(usual.basic_RVs + usual.deterministics, random_seed=1)
    for one, values in zip(usual.basic_RVs + usual.deterministics, point, strict=True):
        same = plain[one.name]
        for length, told, known in zip(values.shape, one.type.shape, same.type.shape, strict=True):
            assert known == length if told is not None else known in (None, length)
        assert same.type.dtype == one.type.dtype
    assert plain["place"].type.shape == (300, 2)
    assert plain["cells"].type.shape == (600,)  # more than a byte holds
    assert plain["by_data"].type.shape == (None, None)
    assert plain.coords == usual.coords
