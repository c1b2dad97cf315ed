"""What a pass sums: whole numbers exactly, the others as floats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evaluation.cells.expressions.values import facts_of, may_lack
from evaluation.cells.plan import Quantity
from evaluation.cells.relation import ColumnFacts, Relation
from evaluation.errors import DataError

# Whole numbers that every engine multiplies without leaving 64 bits.
LARGEST = 2**62
SMALLEST_TYPES = (("int8", 2**7), ("int16", 2**15), ("int32", 2**31), ("int64", LARGEST))
WIDE = "decimal(38, 0)"
LARGEST_WHOLE_FLOAT = 2.0**53


@dataclass(frozen=True)
class Term:
    """Something that is summed or multiplied.

    Attributes
    ----------
    value
        Ibis column.
    whole
        Whether it holds whole numbers.
    bound
        Largest absolute value, ``None`` where nobody knows.
    binary
        Whether it is known to hold 0 and 1 alone.
    lacks
        Whether it may be null.
    """

    value: Any
    whole: bool
    bound: int | None
    binary: bool
    lacks: bool


def term_of(relation: Relation, table: Any, quantity: Quantity, whole: Mapping[str, bool]) -> Term:
    """Return a quantity of a table's rows, null where it is missing.

    The logarithm of a value that is not positive is NaN, and so is every sum it enters.

    Parameters
    ----------
    relation
        The panel.
    table
        Ibis table with its columns.
    quantity
        What is meant.
    whole
        Whether each float column holds whole numbers alone.

    Raises
    ------
    DataError
        Where the column holds text or dates.
    """
    if quantity.gap is not None:
        return _without_gaps(term_of(relation, table, replace(quantity, gap=None), whole), quantity)
    facts = facts_of(relation, quantity.column)
    value = table[quantity.column]
    if facts.kind in ("text", "date"):
        held = "text" if facts.kind == "text" else "dates"
        raise DataError(f"panel: column {quantity.column!r} holds {held}; it must hold numbers")
    if quantity.log:
        return Term(_logarithm(value.cast("float64")), False, None, False, may_lack(facts))
    lacks = may_lack(facts)
    if facts.kind == "boolean":
        return Term(value.cast("int32"), True, 1, True, lacks)
    if facts.kind == "float":
        if not whole[quantity.column]:
            return Term(value.cast("float64"), False, None, False, lacks)
        return Term(value.cast("int64"), True, _bound(facts), _is_binary(facts), lacks)
    return Term(value, True, _bound(facts), _is_binary(facts), lacks)


def _without_gaps(term: Term, quantity: Quantity) -> Term:
    """Return a term of a column whose missing values leave no row out."""
    if quantity.gap == "known":
        return Term(term.value.notnull().cast("int32"), True, 1, True, False)
    return replace(term, value=term.value.fill_null(0), lacks=False)


def _logarithm(value: Any) -> Any:
    """Return logarithms, NaN where there is none, so that no sum hides it."""
    import ibis

    known = (value > 0).ifelse(value, ibis.null("float64")).ln()
    return (value <= 0).ifelse(ibis.literal(float("nan")), known)


def product(terms: Sequence[Term], wide: bool) -> Any:
    """Return the product of terms in a type that holds it.

    Parameters
    ----------
    terms
        Factors.
    wide
        Whether 64 bits were found too few.
    """
    if len(terms) == 1:
        return terms[0].value
    if all(term.binary for term in terms) and len({str(term.value.type()) for term in terms}) == 1:
        # For 0 and 1 the product is the bitwise and, at three quarters of its cost.
        return _joined([term.value for term in terms], lambda a, b: a & b)
    if all(term.whole for term in terms):
        kind = _type_for(terms, wide)
        return _joined([term.value.cast(kind) for term in terms], lambda a, b: a * b)
    return _joined([term.value.cast("float64") for term in terms], lambda a, b: a * b)


def _joined(values: list[Any], together: Any) -> Any:
    result = values[0]
    for value in values[1:]:
        result = together(result, value)
    return result


def _type_for(terms: Sequence[Term], wide: bool) -> str:
    if wide:
        return WIDE
    bound = 1
    for term in terms:
        if term.bound is None:
            return "int64"
        bound *= max(term.bound, 1)
    return next((name for name, limit in SMALLEST_TYPES if bound < limit), WIDE)


def _bound(facts: ColumnFacts) -> int | None:
    if facts.low is None or facts.high is None:
        return None
    return max(abs(facts.low), abs(facts.high))


def _is_binary(facts: ColumnFacts) -> bool:
    return facts.low is not None and facts.low >= 0 and facts.high is not None and facts.high <= 1
