"""Records made by hand for disclosure rules: a spec, rows and the evidence behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.catalogue import catalogue
from evaluation.data.panel import FlowStep
from evaluation.report.record import Record
from evaluation.results import Detail, Estimate, Evidence
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings

# What is known behind a number on which every shipped policy agrees that it may leave.
GOOD: Mapping[str, float | int] = {
    "rows": 5000, "units": 2000, "clusters": 50, "support_units": 400, "residual_df": 4900,
    "event_units": 300, "non_event_units": 1900, "largest_share": 0.01, "two_largest_share": 0.02,
}  # fmt: skip
WIDE = (FlowStep("rows read", 6000, 2200), FlowStep("keep", 5000, 2000))


def tables(**changes: Any) -> dict[str, Any]:
    """Return the tables of a spec: a difference-in-differences of persons by month."""
    return {
        "schema_version": 1,
        "id": "judged",
        "title": "Judged",
        "panel": {
            "source": "file", "path": "rows.csv", "unit": "person", "time": "ym",
            "time_unit": "month", "period": "month",
        },
        "outcomes": {"employed": {"column": "employed", "kind": "binary"}},
        "design": {
            "kind": "did", "reform_date": dt.date(2017, 1, 1),
            "treated": {"column": "age_months", "below": 360},
        },
        "models": [{"id": "main", "estimand": "att", "estimator": "twfe"}],
        "disclosure": {"policy": "registry_default"},
    } | changes  # fmt: skip


def record(
    estimates: Sequence[Estimate] = (),
    evidence: Sequence[Evidence] = (),
    *,
    details: Sequence[Detail] = (),
    flow: tuple[FlowStep, ...] = WIDE,
    folder: Path = Path(),
    more: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Record:
    """Return a record of such a spec."""
    spec = build_spec(
        tables(**changes), catalogue(), settings=Settings({}, ()), origin=Origin(folder=folder),
        label="judged.toml", with_paths=False,
    )  # fmt: skip
    return Record(
        spec, tuple(estimates), tuple(details), (), flow, {}, evidence=tuple(evidence),
        **(more or {}),
    )  # fmt: skip


def estimate(outcome: str = "employed", **more: Any) -> Estimate:
    """Return one row of estimates.csv."""
    numbers = {"estimate": 0.1, "std_error": 0.01, "conf_low": 0.08, "conf_high": 0.12}
    return Estimate("judged", "main", "twfe", "att", outcome, **(numbers | more))


def evidence(artefact: str, row: int, column: str = "", **values: float | int) -> list[Evidence]:
    """Return the evidence of one place, a row a statistic."""
    return [
        Evidence("judged", artefact, row, column, name, value)  # type: ignore[arg-type]
        for name, value in values.items()
    ]
