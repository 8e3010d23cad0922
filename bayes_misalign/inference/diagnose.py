"""Whether a posterior can be trusted: ok, caution, or not converged, with reasons and remedies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from bayes_misalign.inference.graded_conflict import few_answers
from bayes_misalign.study.study import Study

if TYPE_CHECKING:
    import xarray as xr

State = Literal["ok", "caution", "not_converged"]

# Vehtari, Gelman, Simpson, Carpenter and Buerkner, Bayesian Analysis 16 (2021), for R-hat and ESS;
# Betancourt, arXiv 1604.00695, for E-BFMI. The second column parts caution from not converged.
RHAT = (1.01, 1.05)
ESS = (400.0, 100.0)
DIVERGENT_SHARE = (0.0, 0.001)
BFMI = (0.3, 0.2)
MCSE_PER_SD = 0.05
LEAST_CHAINS = 4
PRIOR_DOMINATES = 0.8  # posterior sd of P(ma) over prior sd
LOW_EFFICIENCY = 0.1  # n_eff over n


@dataclass(frozen=True)
class Reason:
    """One thing that lowers trust, and what to do about it."""

    what: str
    remedy: str
    state: State = "caution"


@dataclass(frozen=True)
class Diagnosis:
    """State of a fit, its reasons, and the figures behind them.

    Parameters
    ----------
    state : {"ok", "caution", "not_converged"}
        Worst of the reasons.
    method : {"exact", "nuts"}
        How the posterior was drawn.
    reasons : tuple of Reason
        Empty when ok.
    figures : mapping
        `rhat_max`, `ess_bulk_min`, `ess_tail_min`, `divergences`, `bfmi_min`, `depth_hits`.
    interrupted : bool
        Whether sampling stopped before its end.
    """

    state: State
    method: str
    reasons: tuple[Reason, ...] = ()
    figures: dict[str, float] = field(default_factory=dict)
    interrupted: bool = False

    @property
    def trustworthy(self) -> bool:
        """False only when the fit has not converged."""
        return self.state != "not_converged"

    def to_plain(self) -> dict[str, Any]:
        """Return the diagnosis as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Diagnosis:
        """Return the diagnosis that `to_plain` wrote."""
        reasons = tuple(Reason(**reason) for reason in plain["reasons"])
        return cls(plain["state"], plain["method"], reasons, plain["figures"], plain["interrupted"])


def diagnose(
    study: Study,
    sd_ratio: dict[str, float],
    *,
    tree: xr.DataTree | None = None,
    interrupted: bool = False,
    found: Sequence[Reason] = (),
) -> Diagnosis:
    """Return the state of a fit."""
    reasons = [*found, *_thin_evidence(study, sd_ratio)]
    figures: dict[str, float] = {}
    draws = study.fitting.chains * study.fitting.draws
    if tree is None and draws < MCSE_PER_SD**-2:
        text = (
            f"{draws} exact draws leave a Monte Carlo error of {100 / draws**0.5:.0f} % of the sd"
        )
        reasons.append(Reason(text, "draw more"))
    if tree is not None:
        figures = _figures(tree)
        reasons = _sampling_reasons(figures, interrupted) + reasons
        figures = {name: value for name, value in figures.items() if np.isfinite(value)}
    order: tuple[State, ...] = ("ok", "caution", "not_converged")
    worst = max((order.index(reason.state) for reason in reasons), default=0)
    method = "exact" if tree is None else "nuts"
    return Diagnosis(order[worst], method, tuple(reasons), figures, interrupted)


def _thin_evidence(study: Study, sd_ratio: dict[str, float]) -> list[Reason]:
    goals, reasons = study.goals, []
    for name, n, effective in zip(goals.populations, goals.n, goals.n_effective, strict=True):
        if n == 0:
            reasons.append(Reason(f"nobody in {name} answered: prior only", "ask some of them"))
        elif np.isfinite(n) and sd_ratio.get(name, 0.0) > PRIOR_DOMINATES:
            reasons.append(
                Reason(
                    f"the prior dominates P(ma) of {name} ({int(n)} answers)",
                    "ask more agents, or state a prior that you can defend",
                )
            )
        if 0 < effective < LOW_EFFICIENCY * n:
            reasons.append(
                Reason(
                    f"the weights of {name} leave {effective:.3g} effective answers of {int(n)}",
                    "look for extreme weights, and trim them if the design allows it",
                )
            )
    for evidence in (goals, *study.conflict.sources):
        remedy = "draw more, or longer chains, where they were made"
        reasons += [Reason(what, remedy) for what in evidence.cautions]
    reasons += [Reason(*said) for said in [few_answers(study)] if said is not None]
    if len(study.area.goals) == 1:
        reasons.append(
            Reason(
                "there is one goal only, so nobody can conflict unless holding no goal does",
                "list the other goals that agents may hold",
            )
        )
    return reasons


def _figures(tree: xr.DataTree) -> dict[str, float]:
    import arviz_stats as azs

    posterior, stats = tree["posterior"].dataset, tree["sample_stats"].dataset
    draws = _moving(posterior)
    rhat, mcse = azs.rhat(draws)["all"], azs.mcse(draws, method="mean")["all"]
    bulk, tail = (azs.ess(draws, method=method)["all"] for method in ("bulk", "tail"))
    sd = draws["all"].std(("chain", "draw"))
    depth = next(
        (stats[n] for n in ("maxdepth_reached", "reached_max_treedepth") if n in stats), None
    )
    bfmi = azs.bfmi(tree)
    return {
        "chains": float(posterior.sizes["chain"]),
        "draws": float(posterior.sizes["draw"]),
        "rhat_max": float(rhat.max()),
        "ess_bulk_min": float(bulk.min()),
        "ess_tail_min": float(tail.min()),
        "mcse_per_sd_max": float((mcse / sd).max()),
        "divergences": float(stats["diverging"].sum()),
        "divergent_share": float(stats["diverging"].mean()),
        "bfmi_min": float(np.min(_array(bfmi))),
        "depth_hits": 0.0 if depth is None else float(depth.sum()),
    }


def _moving(posterior: xr.Dataset) -> xr.Dataset:
    """Return every number that is not constant (a zero diagonal is) as one variable."""
    import xarray as xr

    columns = [variable.values.reshape(*variable.shape[:2], -1) for variable in posterior.values()]
    every = np.concatenate(columns, axis=-1)
    moving = every[..., np.ptp(every, axis=(0, 1)) > 0]
    return xr.Dataset({"all": (("chain", "draw", "quantity"), moving)})


def _array(value: Any) -> Any:
    if hasattr(value, "data_vars"):
        return np.concatenate([np.ravel(v.values) for v in value.data_vars.values()])
    return np.asarray(value)


def _sampling_reasons(figures: dict[str, float], interrupted: bool) -> list[Reason]:
    longer = "sample longer (draws, tune), or look at the chains that disagree"
    reasons: list[Reason] = []

    def judge(what: str, remedy: str, bad: bool, worse: bool) -> None:
        if bad or worse:
            reasons.append(Reason(what, remedy, "not_converged" if worse else "caution"))

    if interrupted:
        reasons.append(Reason("sampling was interrupted", "run it to the end", "not_converged"))
    few = figures["chains"] < LEAST_CHAINS
    judge(f"only {figures['chains']:.0f} chains", f"run {LEAST_CHAINS}", few, False)
    rhat = figures["rhat_max"]
    if figures["chains"] > 1:  # one chain has nothing to disagree with
        judge(f"R-hat reaches {rhat:.3f}", longer, rhat >= RHAT[0], not rhat <= RHAT[1])
    for name in ("bulk", "tail"):
        ess = figures[f"ess_{name}_min"]
        text = f"the {name} effective sample size falls to {ess:.0f}"
        judge(text, longer, ess < ESS[0], not ess >= ESS[1])
    share = figures["divergent_share"]
    text = f"{figures['divergences']:.0f} divergent transitions"
    stricter = "raise target_accept, or state more informative priors"
    judge(text, stricter, share > DIVERGENT_SHARE[0], share > DIVERGENT_SHARE[1])
    bfmi = figures["bfmi_min"]
    judge(f"E-BFMI falls to {bfmi:.2f}", longer, bfmi < BFMI[0], not bfmi >= BFMI[1])
    hits = figures["depth_hits"]
    judge(f"{hits:.0f} trajectories hit the tree depth", longer, hits > 0, False)
    relative = figures["mcse_per_sd_max"]
    text = f"the Monte Carlo error of a mean is {100 * relative:.1f} % of its sd"
    judge(text, longer, relative > MCSE_PER_SD, False)
    return reasons
