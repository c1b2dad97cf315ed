"""The numbers of result files, each under a place that another run gives it as well."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evaluation.results import (
    AnyRow,
    Check,
    Detail,
    Estimate,
    Specification,
    WorthRow,
    cells_of,
)

# Relative to the standard error for estimates, to the number itself elsewhere.
TOLERANCE = 1e-8
# Numbers that are zero but for rounding have no relative error.
FLOOR = 1e-12
Key = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """Which columns of a result file say where a number stands, which hold one, and why none."""

    row_type: type[AnyRow]
    place: tuple[str, ...]
    numbers: tuple[str, ...]
    reason: str = ""


LAYOUTS: Mapping[str, Layout] = {
    "estimates.csv": Layout(
        Estimate,
        ("model_id", "outcome", "horizon", "estimand", "subgroup", "quantile", "term", "cohort",
         "period", "event_time"),
        ("estimate", "std_error", "conf_low", "conf_high", "p_value", "n_obs", "n_units",
         "n_clusters"),
        "reason",
    ),
    "checks.csv": Layout(
        Check, ("model_id", "outcome", "check", "term"), ("statistic", "p_value"), "message"
    ),
    "details.csv": Layout(Detail, ("model_id", "outcome", "check", "term", "name"), ("value",)),
    "specifications.csv": Layout(
        Specification,
        ("model_id", "outcome", "number"),
        ("estimate", "std_error", "conf_low", "conf_high", "p_value", "n_obs", "n_clusters"),
        "reason",
    ),
    "worth.csv": Layout(
        WorthRow,
        ("model_id", "outcome", "horizon", "worth", "months", "source"),
        ("effect", "amount", "amount_low", "amount_high", "amount_std_error", "std_error",
         "conf_low", "conf_high", "value"),
        "reason",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a result file.

    Attributes
    ----------
    file, row, column
        Where it stands; ``row`` counts from 1.
    model_id, place
        Whose it is, and the row in words.
    value
        The number.
    scale
        The standard error beside it, 0 where there is none.
    count
        Whether it is a whole number, such as a number of rows.
    """

    file: str
    row: int
    column: str
    model_id: str
    place: str
    value: float
    scale: float
    count: bool


def numbers_of(file: str, rows: tuple[AnyRow, ...]) -> dict[Key, Number]:
    """Return every number of a result file by its place; rows that share one are told by order.

    Parameters
    ----------
    file
        One of ``LAYOUTS``.
    rows
        Its rows.
    """
    layout = LAYOUTS[file]
    found: dict[Key, Number] = {}
    for at, (place, cells) in enumerate(_placed(layout, rows), start=1):
        words = " ".join(one for one in place[:-1] if one)
        error = cells.get("std_error")
        scale = float(error) if isinstance(error, float) and math.isfinite(error) else 0.0
        for column in layout.numbers:
            value = cells[column]
            if isinstance(value, bool) or not isinstance(value, int | float):
                continue
            if math.isfinite(value):
                found[file, *place, column] = Number(
                    file, at, column, str(cells["model_id"]), words, float(value), scale,
                    isinstance(value, int),
                )  # fmt: skip
    return found


def reasons_of(file: str, rows: tuple[AnyRow, ...]) -> dict[Key, str]:
    """Return what each row of a result file says of why it holds no number, by its place."""
    layout = LAYOUTS[file]
    return {
        (file, *place): str(cells.get(layout.reason) or "")
        for place, cells in _placed(layout, rows)
    }


def same(printed: Number, value: float) -> bool:
    """Whether a number recomputed is the one printed, within the tolerance."""
    unit = max(abs(printed.value), printed.scale)
    return abs(printed.value - value) <= max(TOLERANCE * unit, FLOOR)


def _placed(layout: Layout, rows: tuple[AnyRow, ...]) -> Iterator[tuple[Key, Mapping[str, object]]]:
    seen: Counter[Key] = Counter()
    for row in rows:
        cells = cells_of(row)
        own = tuple("" if cells[name] is None else str(cells[name]) for name in layout.place)
        seen[own] += 1
        yield (*own, str(seen[own])), cells
