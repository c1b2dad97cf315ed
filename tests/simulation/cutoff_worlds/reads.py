"""What is read off a run at the cutoff beside rows: centres, sets, bandwidth grids, verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from town_panels.reads import Numbers, Read

if TYPE_CHECKING:
    from evaluation import Result

Z95 = 1.959963984540054


def corrected(model: str) -> Read:
    """Read the bias-corrected estimate, its error, and the interval around it."""

    def read(result: Result) -> Numbers:
        row, details = _row(result, model), _details(result, model)
        ends = [_number(row[name]) for name in ("conf_low", "conf_high")]
        centre = [_real(details.get(name)) for name in ("robust_estimate", "robust_std_error")]
        return [*centre, *ends]

    return read


def plain(model: str) -> Read:
    """Read the conventional estimate and error, and the interval that takes no notice of bias."""

    def read(result: Result) -> Numbers:
        row = _row(result, model)
        return _around(_number(row["estimate"]), _number(row["std_error"]))

    return read


def at_bandwidth(model: str, width: float) -> Read:
    """Read a kink's bias-corrected estimate and error at a bandwidth of the model's grid."""
    names = [f"{name}_at_bandwidth_{width:g}" for name in ("robust_estimate", "robust_std_error")]
    return lambda result: _around(*(_real(_details(result, model)[name]) for name in names))


def plain_at_bandwidth(model: str, width: float) -> Read:
    """Read a kink's conventional estimate and error at a bandwidth of the model's grid."""
    names = [f"{name}_at_bandwidth_{width:g}" for name in ("estimate", "std_error")]
    return lambda result: _around(*(_real(_details(result, model)[name]) for name in names))


def not_rejected(model: str, value: float) -> Read:
    """Read whether the Anderson–Rubin set of 95 % holds a value: 0 where it does not, else 1."""

    def read(result: Result) -> Numbers:
        details = _details(result, model)
        if "anderson_rubin_shape" not in details:
            return [None]
        low, high = (_real(details[f"anderson_rubin_{end}"]) for end in ("low", "high"))
        return [float(HOLDS[str(details["anderson_rubin_shape"])](value, low, high))]

    return read


def _half_line(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


HOLDS = {
    "interval": lambda value, low, high: low <= value <= high,
    "two half-lines": lambda value, low, high: value <= low or value >= high,
    "half-line": _half_line,
    "whole line": lambda value, low, high: True,
}


def leads_its_placebos(check: str) -> Read:
    """Read 0 where the estimate ranks first among its placebos, else 1."""

    def read(result: Result) -> Numbers:
        rows = result.details[result.details["check"] == check]
        rank = dict(zip(rows["name"], rows["value"], strict=True)).get("rank")
        return [None if rank is None else float(_real(rank) != 1.0)]

    return read


def says(check: str, term: str | None, verdict: str) -> Read:
    """Read whether a check's row gives a verdict, of any outcome where no term is named."""

    def read(result: Result) -> Numbers:
        rows = result.checks[result.checks["check"] == check]
        rows = rows if term is None else rows[rows["term"] == term]
        if (rows["verdict"] == "refused").any() or rows.empty:
            return [None]
        return [float((rows["verdict"] == verdict).any())]

    return read


def warned(model: str, words: str) -> Read:
    """Read whether a row says those words in its reason."""

    def read(result: Result) -> Numbers:
        row = _row(result, model)
        return [float(row["status"] == "warned" and words in str(row["reason"]))]

    return read


def _around(estimate: float | None, error: float | None) -> Numbers:
    if estimate is None or error is None:
        return [estimate, error, None, None]
    return [estimate, error, estimate - Z95 * error, estimate + Z95 * error]


def _row(result: Result, model: str) -> pd.Series:
    rows = result.estimates
    return rows[(rows["model_id"] == model) & rows["term"].isna()].iloc[0]


def _details(result: Result, model: str) -> dict[str, object]:
    rows = result.details
    rows = rows[(rows["model_id"] == model) & rows["check"].isna() & rows["term"].isna()]
    return dict(zip(rows["name"], rows["value"], strict=True))


def _real(value: object) -> float | None:
    return None if pd.isna(value) else float(str(value))


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
