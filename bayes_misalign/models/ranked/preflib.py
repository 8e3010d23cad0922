"""Files of PrefLib, read by `preflibtools` into orders and numbers of agents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bayes_misalign.errors import Problems
from bayes_misalign.tables.labels import shown
from bayes_misalign.tables.sources import find_file

ENDINGS = (".soc", ".soi", ".toc", ".toi")  # strict or with ties, complete or incomplete
Groups = list[tuple[list[list[str]], int]]  # alternatives tied and in order, and how many agents


def is_preflib(data: Any) -> bool:
    """Tell whether data are the name of a file of orders of PrefLib."""
    return isinstance(data, str | Path) and Path(data).suffix.lower() in ENDINGS


def read_preflib(data: str | Path, base: Any, problems: Problems) -> Groups | None:
    """Return the orders of a file and their numbers; None after noting what is wrong."""
    path = find_file(data, base, problems)
    if path is None:
        return None
    try:
        from preflibtools.instances import OrdinalInstance
    except ImportError:
        problems.add(
            "files of PrefLib are read by preflibtools, which is not installed",
            where=path.name,
            fix='pip install "bayes-misalign[preflib]", or write the orders into a table, as a > b',
        )
        return None
    found: Any = OrdinalInstance()
    try:
        found.parse_str(path.read_text("utf-8-sig"), path.suffix.lower()[1:], path.name)
    except (ValueError, KeyError, IndexError, TypeError, OSError) as trouble:
        problems.add(
            f"the file cannot be read by preflibtools ({trouble})",
            where=path.name,
            valid="a file in the format of PrefLib of September 2022 or later",
            fix="download it again",
        )
        return None
    names = {int(number): str(name) for number, name in found.alternatives_name.items()}
    used = dict.fromkeys(number for order in found.orders for group in order for number in group)
    if nameless := [str(number) for number in used if number not in names]:
        problems.add(
            f"alternatives without a name are in orders: {shown(nameless)}",
            where=path.name,
            valid='a line "# ALTERNATIVE NAME 1: ..." for each',
        )
    total = sum(found.multiplicity[order] for order in dict.fromkeys(found.orders))
    if found.num_voters != total or len(set(found.orders)) != len(found.orders):
        problems.add(
            f"the head of the file says {found.num_voters:,} agents, its orders are of {total:,}",
            where=path.name,
            valid="each order once, and the sum of their numbers in the head",
            fix="download it again",
        )
    if problems:
        return None
    return [
        ([[names[number] for number in group] for group in order], found.multiplicity[order])
        for order in found.orders
    ]
