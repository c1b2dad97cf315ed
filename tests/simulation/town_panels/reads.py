"""What is read off a run: estimates with intervals, p-values, verdicts, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from evaluation import Result

Numbers = list[float | None]
Read = Callable[["Result"], Numbers]


def interval(model: str, at: int | None = None) -> Read:
    """Read estimate, standard error and the ends of the interval, at an event time or overall."""

    def read(result: Result) -> Numbers:
        row = _row(result, model, at)
        return [_number(row[name]) for name in ("estimate", "std_error", "conf_low", "conf_high")]

    return read


def p_value(model: str) -> Read:
    """Read the p-value of a model's headline."""
    return lambda result: [_number(_row(result, model, None)["p_value"])]


def without_error(model: str, words: str) -> Read:
    """Read whether a row gives no standard error, interval or p-value, and says why.

    Parameters
    ----------
    model
        Its id.
    words
        That must stand in the row's reason.
    """

    def read(result: Result) -> Numbers:
        row = _row(result, model, None)
        given = row[["std_error", "conf_low", "conf_high", "p_value"]].notna().any()
        told = row["status"] in {"warned", "refused"} and words in row["reason"]
        return [float(told and not given)]

    return read


def check_p(check: str, term: str | None = None) -> Read:
    """Read the p-value of a check."""
    return lambda result: [_number(_verdict(result, check, term)["p_value"])]


def fires(check: str, verdict: str) -> Read:
    """Read whether a check gives a verdict; nothing where it is refused."""

    def read(result: Result) -> Numbers:
        found = _verdict(result, check, None)["verdict"]
        return [None if found == "refused" else float(found == verdict)]

    return read


def check_interval(check: str, term: str | None = None, of: str = "conf") -> Read:
    """Read the ends of an interval that a check gives, round no estimate of its own."""
    names = (f"{of}_low", f"{of}_high")
    return lambda result: [None, None, *_details(result, check, term, *names)]


def check_estimate(check: str, term: str) -> Read:
    """Read estimate, standard error and the ends of the interval that a check gives."""
    names = ("estimate", "std_error", "conf_low", "conf_high")
    return lambda result: _details(result, check, term, *names)


def _details(result: Result, check: str, term: str | None, *names: str) -> Numbers:
    rows = result.details
    rows = rows[rows["check"] == check]
    rows = rows[rows["term"].isna() if term is None else rows["term"] == term]
    named = dict(zip(rows["name"], rows["value"], strict=True))
    return [float(named[name]) for name in names]


def _row(result: Result, model: str, at: int | None) -> pd.Series:
    rows = result.estimates
    rows = rows[(rows["model_id"] == model) & rows["term"].isna() & rows["cohort"].isna()]
    rows = rows[rows["event_time"].isna() if at is None else rows["event_time"] == at]
    return rows.iloc[0]


def _verdict(result: Result, check: str, term: str | None) -> pd.Series:
    rows = result.checks[result.checks["check"] == check]
    if term is not None:
        rows = rows[rows["term"] == term]
    return rows.iloc[0]


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
