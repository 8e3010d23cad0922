"""Whether a posterior can be trusted: ok, caution, or not converged, with reasons and remedies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from bayes_misalign.contract.registry import evidence_model, goals_model
from bayes_misalign.contract.shares import shares_of
from bayes_misalign.contract.shares_model import FewAnswers
from bayes_misalign.inference.graded_conflict import few_answers
from bayes_misalign.inference.quantity_names import moving
from bayes_misalign.page.safe_text import few_of
from bayes_misalign.reading.goal_evidence import GoalEvidence
from bayes_misalign.settings import EVERYONE
from bayes_misalign.study.agents_again import design_cautions
from bayes_misalign.study.study import Study

if TYPE_CHECKING:
    import xarray as xr

SamplerFigures = tuple[dict[str, float], dict[str, str]]
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
FEWEST = 5.0  # effective answers: with fewer the prior of the shares counts for as much as they do
LOW_EFFICIENCY = 0.1  # n_eff over n


@dataclass(frozen=True)
class Reason:
    """One thing that lowers trust, and what to do about it.

    Parameters
    ----------
    what : str
        What was found.
    remedy : str
        What helps.
    state : {"caution", "not_converged"}
        State that it leads to.
    rests_on : str
        What the result rests on in place of its data, such as "the prior of the goal shares";
        empty where the reason is another.
    """

    what: str
    remedy: str
    state: State = "caution"
    rests_on: str = ""


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
    """

    state: State
    method: str
    reasons: tuple[Reason, ...] = ()
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def trustworthy(self) -> bool:
        """False only when the fit has not converged."""
        return self.state != "not_converged"

    @property
    def rests_on(self) -> tuple[str, ...]:
        """What the result rests on beside its data, each once; empty where data decide it."""
        return tuple(dict.fromkeys(r.rests_on for r in self.reasons if r.rests_on))

    def to_plain(self) -> dict[str, Any]:
        """Return the diagnosis as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Diagnosis:
        """Return the diagnosis that `to_plain` wrote."""
        reasons = tuple(Reason(**reason) for reason in plain["reasons"])
        return cls(plain["state"], plain["method"], reasons, plain["figures"])


def diagnose(
    study: Study,
    sd_ratio: dict[str, float],
    *,
    tree: xr.DataTree | None = None,
    found: Sequence[Reason] = (),
    sampler: SamplerFigures | None = None,
) -> Diagnosis:
    """Return the state of a fit; figures of the sampler are worked out unless they are given."""
    reasons = [*found, *_thin_evidence(study, sd_ratio)]
    figures: dict[str, float] = {}
    draws = study.fitting.chains * study.fitting.draws
    if tree is None and draws < MCSE_PER_SD**-2:
        text = (
            f"{draws} exact draws leave a Monte Carlo error of {100 / draws**0.5:.0f} % of the sd"
        )
        reasons.append(Reason(text, "draw more"))
    if tree is not None:
        figures, quantities = sampler or sampler_figures(tree)
        reasons = _sampling_reasons(figures, quantities) + reasons
        figures = {name: value for name, value in figures.items() if np.isfinite(value)}
    order: tuple[State, ...] = ("ok", "caution", "not_converged")
    worst = max((order.index(reason.state) for reason in reasons), default=0)
    method = "exact" if tree is None else "nuts"
    return Diagnosis(order[worst], method, tuple(reasons), figures)


def _thin_evidence(study: Study, sd_ratio: dict[str, float]) -> list[Reason]:
    goals = study.goals
    reasons = [*_few_answers(study, sd_ratio), *_uneven_weights(goals), *_not_completed(goals)]
    for evidence in (goals, *study.conflict.sources):
        reasons += [Reason(*caution) for caution in evidence.cautions]
    reasons += [Reason(*caution) for caution in design_cautions(study)]
    reasons += [Reason(*said) for said in [few_answers(study)] if said is not None]
    if len(study.area.goals) == 1:
        reasons.append(
            Reason(
                "there is one goal only, so nobody can conflict unless holding no goal does",
                "list the other goals that agents may hold",
            )
        )
    return reasons


def _few_answers(study: Study, sd_ratio: dict[str, float]) -> Iterator[Reason]:
    """Yield populations whose answers are none, or too few to count for more than the prior."""
    goals, size = study.goals, study.goals.population_size
    n = dict(zip(goals.populations, goals.n, strict=True))
    effective = dict(zip(goals.populations, goals.n_effective, strict=True))
    alone, words = [name for name in n if n[name] == 0], _words_of_few(study)
    if alone:
        yield Reason(
            f"nobody in {few_of(alone)} answered: {words.none}",
            "ask some of them",
            rests_on=f"{words.alone} in {few_of(alone)}, where nobody answered",
        )
    # an agent whom nobody has asked, or of unknown goal, is there to be known by the prior
    unseen = {name: size is None or number < size[i] for i, (name, number) in enumerate(n.items())}
    uncertain = evidence_model(goals.model).traits.uncertain_agents
    few = [
        name
        for name, number in effective.items()
        if 0 < number < FEWEST and len(goals.categories) > 1 and (unseen[name] or uncertain)
    ]
    if few:
        rests = f"{words.beside}{_of(few)} and {_answers(effective, few)}"
        yield Reason(
            f"{_answers(effective, few, 'effective ')} tell of the goal shares{_of(few)}",
            goals_model(goals.model).advice(goals),
            rests_on=rests,
        )
    ruled = [
        name
        for name, number in n.items()
        if np.isfinite(number)
        and number
        and name not in few
        and sd_ratio.get(name, 0.0) > PRIOR_DOMINATES
    ]
    if ruled:
        yield Reason(
            f"the prior dominates P(ma) of {few_of(ruled)} ({_answers(n, ruled)})",
            "ask more agents, or state a prior that you can defend",
            rests_on=f"the prior of the goal shares{_of(ruled)}",
        )


def _words_of_few(study: Study) -> FewAnswers:
    shares = goals_model(study.goals.model).shares_prior(study.goal_prior)
    return FewAnswers() if shares is None else shares_of(shares).few_answers


def _of(names: list[str]) -> str:
    return "" if names == [EVERYONE] else f" of {few_of(names)}"


def _answers(number: dict[str, float], names: list[str], kind: str = "") -> str:
    low, high = (pick(number[name] for name in names) for pick in (min, max))
    several = f"{low:.3g}" if low == high else f"{low:.3g} to {high:.3g}"
    return f"{several} {kind}answer{'s' * (several != '1')}"


def _uneven_weights(goals: Any) -> Iterator[Reason]:
    for name, n, effective in zip(goals.populations, goals.n, goals.n_effective, strict=True):
        if 0 < effective < LOW_EFFICIENCY * n:
            of_model = goals.design is None and goals.clusters is not None
            clustered = goals.design is not None or of_model
            what = "clusters" if of_model else "design and weights" if clustered else "weights"
            yield Reason(
                f"the {what} of {name} leave {effective:.3g} effective answers of {int(n)}",
                "sample more clusters, with fewer agents of each"
                if clustered
                else "look for extreme weights, and trim them if the design allows it",
            )


def _not_completed(goals: GoalEvidence) -> list[Reason]:
    """Return populations whose size is stated and could not be used."""
    if goals.population_size is None:
        return []
    numbers = zip(
        goals.populations,
        goals.completed,
        goals.weight_total,
        goals.population_size,
        goals.stated,
        strict=True,
    )
    whole = "P(ma) is that of a population so large that a sample is a small part of it"
    if goals.design is not None:
        return [
            Reason(
                f"the size of {name} was left out of account: its sample has a design, in whose "
                f"variance `fpc` corrects for a finite population; {whole}",
                "state `fpc`, or leave population_size out",
            )
            for name, how, *_ in numbers
            if how == "left out"
        ]
    return [
        Reason(
            f"the size of {name} was left out of account: "
            + (
                "its agents differ in weight, and its design effect is stated"
                if stated
                else f"the weights sum to {total:.6g}, not to the {size:,} agents"
            )
            + f", so nobody can tell whom those who were observed stand for; {whole}",
            "give weights that sum to the size of each population, or leave population_size out",
        )
        for name, how, total, size, stated in numbers
        if how == "left out"
    ]


def sampler_figures(tree: xr.DataTree) -> SamplerFigures:
    """Return the figures of the sampler, and of which quantity each extreme one is."""
    from arviz_stats.base import array_stats

    posterior, stats = tree["posterior"].dataset, tree["sample_stats"].dataset
    draws, names = moving(posterior)
    from bayes_misalign.measure import chains

    found = chains.figures(draws)
    by_quantity = {
        "rhat_max": found.rhat,
        "ess_bulk_min": found.ess_bulk,
        "ess_tail_min": found.ess_tail,
        "mcse_per_sd_max": found.mcse_per_sd,
    }
    worst = {
        name: int(np.argmax(np.nan_to_num(v if name.endswith("max") else -v, nan=-np.inf)))
        for name, v in by_quantity.items()
    }
    depth = next(
        (stats[n] for n in ("maxdepth_reached", "reached_max_treedepth") if n in stats), None
    )
    bfmi = array_stats.bfmi(stats["energy"].values)
    figures = {
        "chains": float(posterior.sizes["chain"]),
        "draws": float(posterior.sizes["draw"]),
        **{name: float(values[worst[name]]) for name, values in by_quantity.items()},
        "divergences": float(stats["diverging"].sum()),
        "divergent_share": float(stats["diverging"].mean()),
        "bfmi_min": float(np.min(bfmi)),
        "depth_hits": 0.0 if depth is None else float(depth.sum()),
    }
    return figures, {name: names(place) for name, place in worst.items()}


def _sampling_reasons(figures: dict[str, float], quantities: dict[str, str]) -> list[Reason]:
    longer = "sample longer (draws, tune), or look at the chains that disagree"
    reasons: list[Reason] = []

    def judge(what: str, remedy: str, bad: bool, worse: bool) -> None:
        if bad or worse:
            reasons.append(Reason(what, remedy, "not_converged" if worse else "caution"))

    few = figures["chains"] < LEAST_CHAINS
    judge(f"only {figures['chains']:.0f} chains", f"run {LEAST_CHAINS}", few, False)
    rhat = figures["rhat_max"]
    if figures["chains"] > 1:  # one chain has nothing to disagree with
        judge(
            f"R-hat of {quantities['rhat_max']} reaches {rhat:.3f}",
            longer,
            rhat >= RHAT[0],
            not rhat <= RHAT[1],
        )
    for name in ("bulk", "tail"):
        ess = figures[f"ess_{name}_min"]
        of = quantities[f"ess_{name}_min"]
        text = f"the {name} effective sample size of {of} falls to {ess:.0f}"
        judge(text, longer, ess < ESS[0], not ess >= ESS[1])
    share = figures["divergent_share"]
    number = round(figures["divergences"])
    text = f"{number} divergent {'transition' if number == 1 else 'transitions'}"
    stricter = "raise target_accept, or state more informative priors"
    judge(text, stricter, share > DIVERGENT_SHARE[0], share > DIVERGENT_SHARE[1])
    bfmi = figures["bfmi_min"]
    judge(f"E-BFMI falls to {bfmi:.2f}", longer, bfmi < BFMI[0], not bfmi >= BFMI[1])
    hits = figures["depth_hits"]
    judge(f"{hits:.0f} trajectories hit the tree depth", longer, hits > 0, False)
    relative = figures["mcse_per_sd_max"]
    of = quantities["mcse_per_sd_max"]
    text = f"the Monte Carlo error of the mean of {of} is {100 * relative:.1f} % of its sd"
    judge(text, longer, relative > MCSE_PER_SD, False)
    return reasons
