"""Which columns a derived column is made of, and in which order they are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from evaluation.spec.extras import Derived
from evaluation.spec.options import ColumnName
from evaluation.spec.walk import marked_values


def inputs_of(derived: Derived) -> dict[str, str]:
    """Return the columns that one derived column is made of, with the key that names each."""
    found: dict[str, str] = {}
    fields = type(derived.options).model_fields
    for where, column in marked_values(derived.options, ColumnName):
        head, *rest = where.split(".")
        found.setdefault(column, ".".join([fields[head].alias or head, *rest]))
    return found


def made_in_order(derive: Mapping[str, Derived], wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the derived columns that are wanted, and those they are made of, each after its own.

    Parameters
    ----------
    derive
        Derived columns by name, none made of itself.
    wanted
        Names of columns, derived or not.
    """
    order: dict[str, None] = {}

    def add(name: str) -> None:
        if name not in derive or name in order:
            return
        for column in inputs_of(derive[name]):
            add(column)
        order[name] = None

    for name in wanted:
        add(name)
    return tuple(order)


def circle(derive: Mapping[str, Derived], name: str) -> tuple[str, ...]:
    """Return the shortest way from a derived column back to itself, empty where there is none."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for column in inputs_of(derive[way[-1]]):
            if column == name:
                return (*way, column)
            if column in derive and column not in seen:
                seen.add(column)
                ways.append((*way, column))
    return ()
