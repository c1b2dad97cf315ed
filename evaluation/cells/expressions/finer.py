"""Sums of products by way of finer groups: few-valued columns join the key, then are summed over.

With c a column of few values, Σ c·v over a cell is Σ c × (Σ v) over the groups of the cell that
share c. The rows are grouped once, whatever the number of products; the groups are few.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluation.cells.expressions.sums import LARGEST, Term, product
from evaluation.cells.plan import ROWS

FINE, PART = "ad_fine_", "ad_part_"
# No table has as many rows.
MOST_ROWS = 2**40


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
    # Rows are counted once, whoever needs the count.
    counted = {} if factor else {(): ROWS}
    parts = counted | {
        members: f"{PART}{place}"
        for place, members in enumerate(dict.fromkeys(rest.values()))
        if members not in counted
    }
    sure = {members: _stays_small([*factor, *(terms[at] for at in members)]) for members in parts}
    inner = {
        name: _narrowed(
            _summed([*factor, *(terms[at] for at in members)], members, wide), sure[members]
        )
        for members, name in parts.items()
        if members not in counted
    }
    values = {f"{FINE}{at}": terms[at].value for at in sorted(fine)}
    groups = table.group_by(**key, **values).aggregate(**plain, **inner)
    sums = {name: _narrowed(groups[name].sum(), name == ROWS) for name in plain}
    for name, members in names.items():
        chosen = [at for at in members if at in fine]
        part = groups[parts[rest[name]]]
        where = None
        for at in dict.fromkeys(chosen):
            value = groups[f"{FINE}{at}"]
            if terms[at].binary:
                where = value == 1 if where is None else where & (value == 1)
                continue
            for _ in range(chosen.count(at)):
                part = part * value.cast("int64")
        only_binary = all(terms[at].binary for at in chosen)
        sums[name] = _narrowed(part.sum(where=where), sure[rest[name]] and only_binary)
    return groups.group_by(list(key)).aggregate(**sums)


def _summed(factors: list[Term], members: tuple[int, ...], wide: bool) -> Any:
    """Return the sum of a product over rows."""
    if len(members) == 2 and members[0] == members[1] and factors[-1].binary:
        factors = factors[:-1]  # 0 and 1 are their own squares
    value = product(factors, wide)
    # DuckDB sums 8 bits as if they were 64, in a state twice as large as that of 16.
    return (value.cast("int16") if value.type().is_int8() else value).sum()


def _stays_small(factors: list[Term]) -> bool:
    """Whether the sum of a product over any table's rows has 64 bits."""
    size = 1
    for term in factors:
        if not term.whole or term.bound is None:
            return False
        size *= max(term.bound, 1)
    return size * MOST_ROWS <= LARGEST


def _narrowed(total: Any, sure: bool) -> Any:
    """Return a sum as 64 bits in so many words: DuckDB gives those of whole numbers 128."""
    import ibis.expr.operations as ops

    return ops.Cast(total, "int64").to_expr() if sure else total
