"""Columns that a spec joins from other files, and the steps of the sample that joins make."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from evaluation.spec.filters import Filter
from evaluation.spec.spec import Spec


def joined_columns(spec: Spec) -> dict[str, str]:
    """Return the key path by name of every column that a join offers, marks of a match included."""
    found: dict[str, str] = {}
    for position, join in enumerate(spec.joins, start=1):
        for name in join.columns:
            found.setdefault(name, f"joins.{position}.columns.{name}")
        found.setdefault(match_column(position), f"joins.{position}")
    return found


def match_column(position: int) -> str:
    """Return the name of the column that is 1 where a join found the row's key, else 0.

    Parameters
    ----------
    position
        Of the join among the joins of its spec, from 1.
    """
    return f"joined_{position}"


def dropping(spec: Spec) -> dict[str, str]:
    """Return the columns that say which rows joins leave out, with the key path of each."""
    return {
        match_column(position): f"joins.{position}.missing"
        for position, join in enumerate(spec.joins, start=1)
        if join.missing == "drop"
    }


def join_steps(spec: Spec) -> Iterator[tuple[str, Filter]]:
    """Yield the steps of the sample that joins make, each with its words.

    A join with ``missing = "drop"`` leaves out the rows whose key its file does not hold.
    """
    for position, join in enumerate(spec.joins, start=1):
        if join.missing == "drop":
            words = f"join {file_of(join.path)}: rows with a match"
            yield words, Filter(column=match_column(position), equals=1)


def file_of(path: str) -> str:
    """Return the name of a file, without the folders above it."""
    return PurePath(path).name
