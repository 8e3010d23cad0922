"""From a table, and what somebody says of it, to a first study."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bayes_misalign.errors import (
    BayesMisalignError,
    CannotWrite,
    ResultError,
    StudyError,
    listed,
)
from bayes_misalign.start import questions, sample_design
from bayes_misalign.start.answers import Answers, sort_answers
from bayes_misalign.start.compose import Draft as Draft
from bayes_misalign.start.compose import compose
from bayes_misalign.start.compose import settled as settled
from bayes_misalign.start.look import Looked, all_values, look
from bayes_misalign.start.roles import Proposed, Roles, check_roles, propose
from bayes_misalign.start.several import Found, chosen_goals, columns_named
from bayes_misalign.start.shape import shape_of
from bayes_misalign.start.stated import Stated as Stated
from bayes_misalign.study.study import Study
from bayes_misalign.study.toml import read_study
from bayes_misalign.tables.labels import show, shown

ANOTHER = "another goal"  # what no answer of a log is, where all are alike
NONE_OF_THESE = "none of these"
NOTHING = frozenset({"none", "nothing", "null"})  # of several goals: to hold none


def begin(
    data: str,
    stated: Stated,
    *,
    proposals: bool,
    ask: questions.Ask | None = None,
    tell: questions.Tell = print,
) -> Draft:
    """Return the draft of a study: what is stated, asked, and otherwise proposed if that is wanted.

    Raises
    ------
    DataError, StudyError
        When the table cannot be read, a column is not there, or something is left open.
    """
    _check_stated(stated)
    looked = look(data)
    if stated.several:
        stated = replace(stated, several=columns_named(stated.several, looked))
    check_roles(stated.roles(), looked)
    proposed = propose(looked, stated.roles(), stated.settled(), shape_of(looked))
    roles = proposed.roles if proposals or ask is not None else stated.roles()
    if ask is not None:
        questions.show_table(looked, tell)
        roles = questions.ask_counts(roles, ask)
        if "several" not in stated.settled():
            roles = questions.ask_several(roles, proposed.several, ask)
        roles = questions.ask_roles(looked, roles, stated.settled(), ask, tell)
    check_roles(roles, looked)
    if not (roles.goal or roles.counts or roles.several) or (
        proposed.doubt and ask is None and proposals
    ):
        why = f" ({proposed.doubt})" if proposed.doubt else ""
        raise StudyError(
            f"which column of {looked.data} holds the goals cannot be told from its columns: "
            f"{shown([c.name for c in looked.columns], 30)}{why}. Fix: name it, as in --goal vote"
        )
    return draft_of(looked, roles, stated, proposed, ask=ask, tell=tell)


def draft_of(
    looked: Looked,
    roles: Roles,
    stated: Stated,
    proposed: Proposed,
    *,
    ask: questions.Ask | None = None,
    tell: questions.Tell = print,
) -> Draft:
    """Return the draft of a study whose columns have their roles.

    Of what is stated, the columns are not looked at; of the proposals, what they leave out.
    """
    where = roles.goal or listed(roles.counts or roles.several)
    first = chosen_goals(looked, roles.several) if roles.several and not roles.goal else None
    found = answers_found(looked, roles, first)
    said = (_listed(stated.no_goal), _listed(stated.not_answers))
    answers = with_none(sort_answers(found, where, *said), first)
    if ask is not None and (stated.no_goal is None or stated.not_answers is None):
        without, refused = questions.ask_answers(
            found,
            answers,
            ask,
            tell,
            no_goal=stated.no_goal is None,
            not_answers=stated.not_answers is None,
        )
        answers = with_none(sort_answers(found, where, without, refused), first)
    if len(answers.goals) == 1 and looked.told:  # a log in which all answers are alike
        another = ANOTHER if answers.goals[0] != ANOTHER else f"{ANOTHER} still"
        answers = replace(answers, goals=(*answers.goals, another), unseen=another)
    if len(answers.goals) < 2:
        raise StudyError(
            f"the column {show(where)} holds {len(answers.goals)} goals "
            f"({shown(answers.goals)}), and misalignment needs two. Fix: name another column, or "
            "other answers with --no-goal and --not-answer"
        )
    bounds = stated.bounds
    if ask is not None and bounds is None and not stated.exclusive:
        bounds = questions.ask_conflict(ask, tell)
    named = roles.goal or (roles.several[0] if len(roles.several) == 1 else "")
    area = stated.area or " ".join(named.split()) or "goals"
    return Draft(
        looked,
        roles,
        answers,
        bounds,
        area,
        looked.form,
        looked.said,
        stated.fitting,
        _left_out(looked, proposed, roles),
        tuple(name for name in proposed.together if name not in roles.columns()),
        sample_design.numbered_anew(looked, roles.cluster, roles.strata),
        first,
    )


def answers_found(looked: Looked, roles: Roles, first: Found | None) -> Counter[str]:
    """Return the answers of a table with the rows of each, in whatever columns they are."""
    if first is not None:
        own = dict.fromkeys(first[1].not_answers, 0)
        none = {NONE_OF_THESE: 0} if first[1].holds_none else {}
        return Counter({**first[1].answers, **own, **none})
    return Counter(roles.counts) if roles.goal is None else all_values(looked, roles.goal)


def with_none(answers: Answers, first: Found | None) -> Answers:
    """Return answers of agents who may hold several goals, one name alone for none of these."""
    if first is None:
        return answers
    in_cells = first[1].not_answers
    nothing = [x for x in answers.not_answers if x.casefold() in NOTHING]
    none = [x for x in (*answers.no_goal, *nothing) if x not in in_cells]
    if NONE_OF_THESE not in first[1].answers:  # a name from here is none of a goal
        none = [x for x in none if x != NONE_OF_THESE]
        answers = replace(answers, goals=tuple(x for x in answers.goals if x != NONE_OF_THESE))
        none = none or [NONE_OF_THESE] * first[1].holds_none
    left = [x for x in answers.not_answers if x not in (*nothing, *in_cells)]
    return replace(answers, no_goal=tuple(none), not_answers=(*left, *in_cells))


def without_terminal(data: str, stated: Stated) -> None:
    """Refuse to begin where nobody can be asked and something is left open."""
    left = []
    if not stated.goal and not stated.several:
        left.append("--goal COLUMN")
    if not stated.exclusive and stated.bounds is None:
        left.append("--exclusive or --range LOW HIGH")
    if left:
        raise StudyError(
            f"there is no terminal to ask questions about {data} in, and something is left open. "
            f"Fix: state {' and '.join(left)}; or --yes, which takes all proposals"
        )


def needs_of_table(data: Path, stated: Stated) -> None:
    """Refuse to fit a table of which too little is said."""
    if (stated.goal or stated.several) and (stated.exclusive or stated.bounds is not None):
        return
    raise StudyError(
        f"{data} is a table, not a study file. Fix: name the column of the goals and say how they "
        f"conflict, as in: fit {data} --goal vote --exclusive; or make a study file with: "
        f"init {data}"
    )


def target_of(data: str, out: Path | None, *, force: bool) -> Path:
    """Return the study file to write, which is not there, unless it may be written over."""
    if Path(data).suffix.lower() == ".toml":
        raise StudyError(f"{data} is a study file already. Fix: name a table")
    target = Path(data).parent / "study.toml" if out is None else out
    if target.is_dir() or target.suffix.lower() != ".toml":
        target = target / "study.toml"
    if target.is_dir() or target.is_symlink():
        raise ResultError(f"{target} is a folder or a link. Fix: name a file with --out")
    if target.exists() and not force:
        raise ResultError(
            f"{target} is there already. Fix: name another file with --out, or --force to write "
            "over it"
        )
    return target


def write_draft(
    draft: Draft, target: Path, *, force: bool
) -> tuple[Draft, Study | None, BayesMisalignError | None]:
    """Write a study file, and read it with all its data: its study, or what is wrong with it."""
    draft, _, _ = settled(draft, target.parent)
    text = compose(draft, target.parent)
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8", newline="\n")
        if target.exists() and not force:  # made while questions were asked
            raise ResultError(f"{target} is there already. Fix: --force to write over it")
        partial.replace(target)
    except OSError as error:
        raise CannotWrite(f"{target} cannot be written ({error.strerror or error})") from error
    finally:
        partial.unlink(missing_ok=True)
    try:
        return draft, read_study(target), None
    except BayesMisalignError as error:
        return draft, None, error


def told(draft: Draft) -> list[str]:
    """Return what was taken for granted and what was left out, a sentence each."""
    answers, lines = draft.answers, []
    roles = draft.roles
    from_ = (
        "a column each"
        if roles.counts or len(roles.several) > 1
        else f"from the column {show(roles.goal or roles.several[0])}"
    )
    lines.append(f"Goals, {from_}: {shown(answers.goals)}.")
    if draft.first is not None:
        model, first = draft.first
        lines.append(f"They look like {first.what}: model {model}.")
        lines += [f"Look at this: {text}." for text in first.told]
    if answers.unseen:
        lines.append(
            f"Look at this: no answer is {show(answers.unseen)}, which stands for what else could "
            "have been answered; name the goals that could."
        )
    if roles.percent:
        behind = f" of {show(roles.asked)} agents" if roles.asked else ""
        lines.append(f"Published percentages, from the column {show(roles.percent)}{behind}.")
    if len(roles.population) > 1:
        lines.append(f"Populations, from the columns {shown(roles.population)} together.")
    if draft.together:
        lines.append(f"Look at this: {draft.counted_together}.")
    if drawn := [c for c in (roles.cluster, roles.strata, roles.fpc) if c]:
        told = "How the sample was drawn, from the " + (
            f"columns {shown(drawn)}" if len(drawn) > 1 else f"column {show(drawn[0])}"
        )
        anew = "; clusters are numbered anew in every stratum" if draft.nest else ""
        lines.append(f"{told}: intervals have the width that such a sample gives{anew}.")
    if answers.no_goal:
        lines.append(f"Taken for no goal (--no-goal): {shown(answers.no_goal)}.")
    if answers.not_answers:
        lines.append(f"Taken for no answer (--not-answer): {shown(answers.not_answers)}.")
    if answers.codes:
        for other, usual in answers.codes.items():
            lines.append(f"Taken for {show(usual)}: {show(other)}.")
    if answers.missing:
        lines.append(f"Taken for a missing cell: {shown(answers.missing)}.")
    for what in draft.said:
        lines.append(f"Stated how the table is written, because: {what}.")
    for column, why in draft.left_out.items():
        lines.append(f"Not used: the column {show(column)}: {why}.")
    return lines


def _check_stated(stated: Stated) -> None:
    if stated.exclusive and stated.bounds is not None:
        raise StudyError("goals exclude each other, or conflict in a range. Fix: leave one out")
    if stated.bounds is not None and not 0 <= stated.bounds[0] < stated.bounds[1] <= 1:
        raise StudyError(
            f"the range {stated.bounds[0]:g} to {stated.bounds[1]:g} is no range of probabilities. "
            "Fix: its ends lie between 0 and 1, the lower one first"
        )


def _listed(stated: Sequence[str] | None) -> list[str] | None:
    """Return the answers that are stated; an empty text says that there are none."""
    return [text for text in stated if text] if stated else None


def _left_out(looked: Looked, proposed: Proposed, roles: Roles) -> dict[str, str]:
    used, found = set(roles.columns()), {}
    may_be = {
        column: role
        for role, value in proposed.roles.named().items()
        for column in ([value] if isinstance(value, str) else value)
    }
    series = {names[0]: names for names in sample_design.replicates(looked.columns)}
    series = {first: names for first, names in series.items() if not used.intersection(names)}
    of_series = {name for names in series.values() for name in names}
    for name in dict.fromkeys(column.name for column in looked.columns):
        if name in used or name in proposed.together:
            continue
        if name in of_series:
            if name in series:
                every = f"{name} to {series[name][-1]}"
                found[every] = sample_design.about_replicates(series[name])
            continue
        role = may_be.get(name)
        why = f"it may be the {role}, and was not chosen (--{role})" if role else ""
        found[name] = proposed.left_out.get(name) or why or "it has no name"
    return found
