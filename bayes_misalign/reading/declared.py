"""What declarations of evidence about goals have in common: populations, their sizes, codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bayes_misalign.errors import Problems


def settle_fields(declaration: Any, *lists: str) -> None:
    """Settle lists of names as tuples, and names and codes as text.

    Parameters
    ----------
    declaration : dataclass instance
        Perhaps frozen, and not yet seen by anybody.
    *lists : str
        Fields that hold lists of names, beside `populations`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> declared = SimpleNamespace(populations=["s", 2], population_size=None)
    >>> settle_fields(declared)
    >>> declared.populations
    ('s', '2')
    """
    for name in ("populations", *lists):
        names: Any = getattr(declaration, name)
        if names is not None and not isinstance(names, str | Mapping):
            object.__setattr__(declaration, name, tuple(map(str, names)))
    if isinstance(sizes := declaration.population_size, Mapping):
        by_name = {str(name): size for name, size in sizes.items()}
        object.__setattr__(declaration, "population_size", by_name)
    if isinstance(codes := getattr(declaration, "codes", None), Mapping):
        as_text = {str(code): str(label) for code, label in codes.items()}
        object.__setattr__(declaration, "codes", as_text)


def check_populations(declaration: Any, problems: Problems) -> None:
    """Note populations that are one text, or that no column tells apart.

    Parameters
    ----------
    declaration : dataclass instance
        With `model`, `population` and `populations`.
    problems : Problems
        Where to note it.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> declared = SimpleNamespace(model="behaviour", population=None, populations=("s",))
    >>> check_populations(declared, problems := Problems())
    >>> len(problems)
    1
    """
    names = declaration.populations
    if isinstance(names, str):
        note_single_text(declaration, "populations", "the column is named by population", problems)
    if names is not None and declaration.population is None:
        problems.add(
            "populations are listed, but no column says who belongs to which",
            where=declaration.model,
            valid='the name of the column too, as in population = "group"',
        )


def note_single_text(declaration: Any, name: str, hint: str, problems: Problems) -> None:
    """Note a field that is a single text and not a list.

    Parameters
    ----------
    declaration : dataclass instance
        With `model` and the field.
    name : str
        The field.
    hint : str
        What more to say; may be empty.
    problems : Problems
        Where to note it.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> declared = SimpleNamespace(model="noisy-labels", raters="r1")
    >>> note_single_text(declared, "raters", "", problems := Problems())
    >>> print(*problems)
    noisy-labels: raters is the single text 'r1'. Valid: a list, as in ['r1'].
    """
    text = getattr(declaration, name)
    problems.add(
        f"{name} is the single text {text!r}",
        where=declaration.model,
        valid=f"a list, as in [{text!r}]" + (f"; {hint}" if hint else ""),
    )
