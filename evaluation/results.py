"""Result rows: what every estimator and check ends in, and their column order."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

Status = Literal["ok", "warned", "failed", "refused", "insufficient"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One row of ``estimates.csv``; the field order is the column order."""

    spec_id: str
    model_id: str
    estimator: str
    estimand: str
    outcome: str
    subgroup: str = ""
    horizon: int | None = None
    quantile: float | None = None
    term: str = ""
    cohort: str = ""
    period: str = ""
    event_time: int | None = None
    estimate: float | None = None
    std_error: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    p_value: float | None = None
    n_obs: int | None = None
    n_units: int | None = None
    n_clusters: int | None = None
    status: Status = "ok"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """One row of ``details.csv``: a named number or word behind an estimate or check."""

    spec_id: str
    model_id: str
    check: str
    outcome: str
    term: str
    name: str
    value: float | int | str | bool | None


@dataclass(frozen=True, slots=True)
class Check:
    """One row of ``checks.csv``: a verdict on one identifying assumption."""

    spec_id: str
    check: str
    model_id: str
    outcome: str
    term: str
    statistic: float | None
    p_value: float | None
    verdict: str
    message: str


@dataclass(frozen=True, slots=True)
class JoinCoverage:
    """One row of ``joins.csv``: how many keys and rows of a class a joined file answers for."""

    join: int
    file: str
    by: str
    group: str
    keys: int
    keys_matched: int | None
    rows: int | None
    rows_matched: int | None


Row = Estimate | Detail | Check
AnyRow = Row | JoinCoverage


def columns_of(row_type: type[AnyRow]) -> tuple[str, ...]:
    """Return the column names of a row type, in order."""
    return tuple(field.name for field in fields(row_type))


def cells_of(row: AnyRow) -> dict[str, Any]:
    """Return one row as a mapping from column to value."""
    return asdict(row)


def text_of(value: Any) -> str:
    """Return a value as it stands in a CSV: shortest round-trip floats, empty for none."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(float(value))
    return str(value)
