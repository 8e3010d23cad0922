"""Draws: their shapes, and that calibration would find those that ignore the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayes_misalign.contract.shares_model import SharesModel
from bayes_misalign.inference.calibrate import calibrate
from bayes_misalign.inference.calibrate_sampled import variable_of
from bayes_misalign.inference.draw_blocks import in_double
from bayes_misalign.study.joint import SHARES, build_alone
from bayes_misalign.testing.cases import AREA, Case, answers, study_of

DRAWS = 7
FEW, MANY = 60, 300  # simulations; most models are clear after a few


def _rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def shares_problems(model: SharesModel) -> Iterator[str]:
    """Find what is wrong with draws of shares on their own."""
    priors, categories = model.priors(), AREA.categories
    model.check(priors, categories)
    before = model.draw_prior(priors, 2, categories, DRAWS, _rng())
    yield from _main("draw_prior", before, SHARES, (DRAWS, 2, 3))
    drawn = model.draw(priors, answers().counts, categories, DRAWS, _rng())
    if drawn is not None:
        yield from _main("draw", drawn, SHARES, (DRAWS, 2, 3))
    if lacking := sorted({*model.common} - {*model.dims} | {*model.common} - {*before}):
        yield f"populations have {', '.join(lacking)} in common, without dims or prior draws"
    elif model.common:
        common = {name: before[name] for name in model.common}
        given = model.draw_given(priors, answers().counts, categories, common, _rng())
        yield from _main("draw_given", given, SHARES, (DRAWS, 2, 3))
        quick = model.draw_quickly(priors, answers().counts, common, _rng())
        if quick is not None:
            drawn = {SHARES: in_double(np.asarray(quick).transpose(2, 0, 1))}
            yield from _main("draw_quickly", drawn, SHARES, (DRAWS, 2, 3))
    if not all(map(str.strip, (*model.describe(priors, categories), model.named(priors)))):
        yield "describe or named says nothing"


def draws_problems(case: Case) -> Iterator[str]:
    """Find draws and variables whose shapes are not those of the evidence."""
    model, evidence, priors = case.model, case.evidence, case.priors
    prior = model.draw_prior(evidence, priors, DRAWS, _rng())
    exact = model.draw(evidence, priors, DRAWS, _rng())
    if case.in_a_study and model.traits.kind == "goals":
        main, shape = SHARES, (DRAWS, len(evidence.populations), len(evidence.categories))
    elif case.in_a_study:
        where = (len(evidence.measured_in),) if evidence.measured_in else ()
        main, shape = "conflict_level", (DRAWS, *where, len(evidence.pairs))
    else:
        main, shape = next(iter(prior)), next(iter(prior.values())).shape
    for way, drawn in (("draw_prior", prior), ("draw", exact)):
        if drawn is None:
            continue
        again = getattr(model, way)(evidence, priors, DRAWS, _rng())
        if any(not np.array_equal(drawn[key], again[key]) for key in drawn):
            yield f"{way} gives other draws with the same random numbers"
        if case.in_a_study:
            known = shape if model.observes(evidence) else (1, *shape[1:])
            yield from _main(way, drawn, main, shape, known)
    if exact is not None and (lacking := sorted(set(prior) - set(exact))):
        yield f"draw_prior draws {', '.join(lacking)}, and draw does not"
    yield from _declared(case, prior)
    description = model.describe(evidence, priors)
    if not (description.words.strip() and description.formulas):
        yield "describe gives no words or no formulas"


def _main(
    way: str,
    drawn: Mapping[str, NDArray[np.float64]],
    main: str,
    *shapes: tuple[int, ...],
) -> Iterator[str]:
    if main not in drawn:
        yield f"{way} draws no {main!r}"
        return
    values = drawn[main]
    if values.shape not in shapes:
        yield f"{way} gives {main!r} of shape {values.shape}, not {shapes[0]}"
    elif not (np.isfinite(values).all() and (values >= 0).all() and (values <= 1).all()):
        yield f"{way} gives values of {main!r} outside [0, 1]"
    elif main == SHARES and not np.allclose(values.sum(axis=-1), 1):
        yield f"{way} gives shares that do not sum to 1"
    for key, other in drawn.items():
        if len(other) != len(values):
            yield f"{way} gives {len(other)} draws of {key!r}, and {len(values)} of {main!r}"


def _declared(case: Case, prior: Mapping[str, NDArray[np.float64]]) -> Iterator[str]:
    """Find variables of the PyMC model whose named dimensions are not those of the draws."""
    built: Any = build_alone(case.model, case.evidence, case.priors)
    for key, values in prior.items():
        names = [n for n in (variable_of(key, case.model.name), key) if n in built.named_vars]
        dims = built.named_vars_to_dims.get(names[0], ()) if names else ()
        shape = tuple(len(built.coords[dim]) for dim in dims)
        if not names and key in (SHARES, "conflict_level") and case.model.observes(case.evidence):
            yield f"declare names no variable {variable_of(key, case.model.name)!r}"
        if names and shape != values.shape[1:]:
            yield f"declare gives {names[0]!r} dims {dims} of lengths {shape}, not those of draws"
    if case.in_a_study:
        study_of(case).to_pymc()


def calibration_problems(case: Case) -> Iterator[str]:
    """Find models that prior draws in place of the posterior pass, or exact draws do not."""
    model = case.model
    if not model.observes(case.evidence):
        return

    def ignoring(evidence: Any, priors: Any, draws: int, rng: np.random.Generator) -> Any:
        return model.draw_prior(evidence, priors, draws, rng)

    settings: dict[str, Any] = {"design": case.design, "prior": case.priors, "seed": 1}
    if all(calibrate(model.name, n, posterior=ignoring, **settings).passed for n in (FEW, MANY)):
        yield (
            "prior draws in place of the posterior pass calibration: nothing would notice that "
            "data are ignored. Fix: with_data that holds the likelihood, or a larger design"
        )
    if model.draw(case.evidence, case.priors, 1, _rng()) is not None:
        found = calibrate(model.name, MANY, **settings)
        if not found.passed:
            p = found.adjusted[found.worst]
            yield f"exact draws fail calibration: the ranks of {found.worst!r} have p = {p:.2g}"
