"""Sums of products by way of finer groups: few-valued columns join the key, then are summed over.

With c a column of few values, Σ c·v over a cell is Σ c × (Σ v) over the groups of the cell that
share c. The rows are grouped once, whatever the number of products; the groups are few.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluation.cells.expressions.sums import Term, product

FINE, PART = "ad_fine_", "ad_part_"


def sums_by_finer_groups(
    table: Any,
    key: Mapping[str, Any],
    terms: Sequence[Term],
    factor: Sequence[Term],
    fine: frozenset[int],
    names: Mapping[str, tuple[int, ...]],
    plain: Mapping[str, Any],
    wide: bool,
) -> Any:
    """Return the cells of a key as an Ibis table: plain sums, then sums of products by name.

    Where nothing is few-valued, or sums leave 64 bits, rows are grouped by the key and that is all.

    Parameters
    ----------
    table
        The rows.
    key
        Expressions on the rows by name.
    terms
        What is multiplied.
    factor
        The weight, if there is one: it multiplies every product.
    fine
        Positions of whole-number terms of few values.
    names
        Positions of the factors of every product, by the name of its sum.
    plain
        Sums over rows that no product enters, by name.
    wide
        Whether products leave 64 bits.
    """
    if wide or not fine:
        whole = {
            name: _summed([*factor, *(terms[at] for at in members)], members, wide)
            for name, members in names.items()
        }
        return table.group_by(**key).aggregate(**plain, **whole)
    rest = {name: tuple(at for at in at_all if at not in fine) for name, at_all in names.items()}
    parts = {
        members: f"{PART}{place}" for place, members in enumerate(dict.fromkeys(rest.values()))
    }
    inner = {
        name: _summed([*factor, *(terms[at] for at in members)], members, wide)
        if factor or members
        else table.count()
        for members, name in parts.items()
    }
    values = {f"{FINE}{at}": terms[at].value for at in sorted(fine)}
    groups = table.group_by(**key, **values).aggregate(**plain, **inner)
    sums = {name: groups[name].sum() for name in plain}
    for name, members in names.items():
        part = groups[parts[rest[name]]]
        chosen = [groups[f"{FINE}{at}"] for at in members if at in fine]
        for value in chosen:
            part = part * value.cast("int64")
        sums[name] = part.sum()
    return groups.group_by(list(key)).aggregate(**sums)


def _summed(factors: list[Term], members: tuple[int, ...], wide: bool) -> Any:
    """Return the sum of a product over rows."""
    if len(members) == 2 and members[0] == members[1] and factors[-1].binary:
        factors = factors[:-1]  # 0 and 1 are their own squares
    return product(factors, wide).sum()
