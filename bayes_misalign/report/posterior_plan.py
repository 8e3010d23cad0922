"""How large a study would have to be, as a method of a posterior."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from bayes_misalign.report.posterior_what_if import WithWhatIf
from bayes_misalign.settings import CERTAINTY, POWER, RANDOM_SEED

if TYPE_CHECKING:
    from bayes_misalign.inference.planned import Plan
    from bayes_misalign.inference.planned_jointly import JointPlan


class WithPlan(WithWhatIf):
    """Draws of a study, with what larger studies of its kind would tell."""

    def plan(
        self,
        *,
        width: float | None = None,
        decide: str | None = None,
        compare: Sequence[str] | None = None,
        population: str | None = None,
        costs: Mapping[str, float] | None = None,
        certainty: float = CERTAINTY,
        power: float = POWER,
        simulations: int | None = None,
        random_seed: int = RANDOM_SEED,
        say: Callable[[str], None] | None = None,
    ) -> Plan:
        """Return how many agents, raters or judgements a study like this one needs.

        State one aim of three. Each kind of measurement is varied alone, all other evidence being
        what it is here.

        Parameters
        ----------
        width : float, optional
            Aim: the interval of P(ma) is this wide on average, of every population.
        decide : str, optional
            Aim: it is known whether a statement holds, ``"P > 0.3"`` or ``"P(north) < 0.3"``.
        compare : sequence of two str, optional
            Aim: it is known which of two populations has the larger P(ma).
        population : str, optional
            Of which population `width` or `decide` speaks; by default of each.
        costs : mapping of str to float, optional
            Of one more measurement, by its name: ``{"agents": 4, "raters": 50}``.
        certainty : float
            Posterior probability from which on a statement is known, on either side.
        power : float
            Part of studies in which it is to be known.
        simulations : int, optional
            Studies of each size. By default 200, or 12 where they are sampled by NUTS.
        random_seed : int
            Of all random numbers.
        say : callable, optional
            Takes a line of text before anything that takes long.

        Returns
        -------
        Plan
            A sequence of kinds of measurement, each with the number that is needed.

        Raises
        ------
        StudyError
            When not one aim is stated, or a name or a number cannot be; when agents of uncertain
            goals met, or shares come from elsewhere, so that nothing can be simulated.

        Notes
        -----
        A truth is a posterior draw of this study. From it data of another size are simulated, and
        fitted with the study's priors, without its data. The number that is needed is read off
        between two that were simulated. See Wang and Gelfand, A simulation-based approach to
        Bayesian sample size determination, Statistical Science 17, 2002.
        """
        from bayes_misalign.inference.plan import asked_of, plan

        asked = asked_of(
            self,
            width=width,
            decide=decide,
            compare=compare,
            population=population,
            certainty=certainty,
            power=power,
        )
        return plan(self, asked, costs or {}, simulations, random_seed, say)

    def plan_jointly(
        self,
        kinds: Sequence[str],
        *,
        costs: Mapping[str, float],
        budget: float | None = None,
        width: float | None = None,
        decide: str | None = None,
        compare: Sequence[str] | None = None,
        population: str | None = None,
        certainty: float = CERTAINTY,
        power: float = POWER,
        simulations: int | None = None,
        random_seed: int = RANDOM_SEED,
        say: Callable[[str], None] | None = None,
    ) -> JointPlan:
        """Return how many of two kinds of measurement together a study needs, at the least cost.

        Parameters
        ----------
        kinds : sequence of two str
            Kinds of measurement that `plan` lists, such as ``("agents", "judgements")``.
        costs : mapping of str to float
            Of one of each.
        budget : float, optional
            What may be spent; then also which combination within it tells most.
        width, decide, compare, population, certainty, power : optional
            The aim, as of `plan`.
        simulations, random_seed, say : optional
            As of `plan`.

        Returns
        -------
        JointPlan
            Combinations that are just enough, the cheapest of them, and all that were simulated.

        Raises
        ------
        StudyError
            When not one aim is stated, or a kind, a cost or the budget cannot be.

        Notes
        -----
        Truths are posterior draws of this study, the same for every combination. Beside numbers of
        the first kind that are half or twice as many the fewest of the second are read off between
        two that were simulated, and simulated again. In closed form see Cochran, Sampling
        Techniques, 1977, sections 5.5 and 10.6.

        Examples
        --------
        >>> import bayes_misalign as bm
        >>> area = bm.ProblemArea("vote", goals=["a", "b"])
        >>> answers = {"goal": ["a", "b"] * 30, "class": [i // 6 for i in range(60)]}
        >>> goals = bm.SingleChoice(answers, goal="goal", cluster="class")
        >>> posterior = bm.fit(area, goals, bm.MutuallyExclusive(), random_seed=1)
        >>> found = posterior.plan_jointly(
        ...     ("clusters", "agents"),
        ...     costs={"clusters": 20, "agents": 1},
        ...     width=0.2,
        ...     simulations=4,
        ... )
        >>> found.cheapest.cost <= min(x.cost for x in found.enough)
        True
        """
        from bayes_misalign.inference.plan import asked_of
        from bayes_misalign.inference.plan_jointly import plan_jointly

        asked = asked_of(
            self,
            width=width,
            decide=decide,
            compare=compare,
            population=population,
            certainty=certainty,
            power=power,
        )
        return plan_jointly(self, asked, kinds, costs, budget, simulations, random_seed, say)
