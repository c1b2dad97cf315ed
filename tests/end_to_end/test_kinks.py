"""Kinks from a spec: cells say what rows say; births by month; what a lead leaves behind."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.errors import SpecError
from evaluation.pipeline import run_spec
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import Settings

KINK = {"estimand": "kink_at_cutoff", "estimator": "rd_kink"}
RATIO = {"estimand": "late_at_cutoff", "estimator": "rd_kink", "order": 1}
HONEST = {"interval": "bias_aware", "second_derivative_bound": {"exit_rate": 0.1, "value": 1e-4}}
LENGTH, PERSONS = 36, 300
MONTHS = [(2013 + at // 12) * 100 + at % 12 + 1 for at in range(LENGTH)]


def stocks() -> pd.DataFrame:
    """Persons who work and stop; under the duty, below 360 months of age, more begin to."""
    draw = np.random.default_rng(3)
    first = draw.integers(320, 365, PERSONS)
    age = first[:, None] + np.arange(LENGTH)
    works = np.zeros(age.shape, dtype=np.int8)
    now = draw.random(PERSONS) < 0.4
    for at in range(LENGTH):
        begins = np.where(age[:, at] < 360, 0.25, 0.01)
        now = np.where(now, draw.random(PERSONS) > 0.06, draw.random(PERSONS) < begins)
        works[:, at] = now
    hours = 1.0 * np.minimum(age - 359.5, 0) + draw.normal(size=(PERSONS, 1))
    person = np.repeat(np.arange(PERSONS), LENGTH)
    return pd.DataFrame(
        {
            "person": person,
            "ym": np.tile(MONTHS, PERSONS),
            "age_months": age.ravel(),
            "town": person % 17,
            "work": works.ravel(),
            "hours": (hours + draw.normal(size=age.shape)).ravel().round(3),
        }
    )


def births() -> pd.DataFrame:
    """Persons in December 2019 by month of birth, with months of duty from January 1987 on."""
    draw = np.random.default_rng(4)
    n = 3000
    x = draw.integers(-40, 45, n)
    month = 1987 * 12 + x
    duty = np.clip(x + 0.5, 0, 36) * (draw.random(n) < 0.5) + draw.normal(0, 0.2, n)
    return pd.DataFrame(
        {
            "person": np.arange(n),
            "ym": 201912,
            "birth_ym": month // 12 * 100 + month % 12 + 1,
            "town": draw.integers(0, 40, n),
            "duty": duty,
            "earned": 0.3 * duty + 0.02 * x + draw.normal(size=n),
        }
    )


PANEL = {"source": "file", "path": "rows.parquet", "unit": "person", "time": "ym",
         "time_unit": "month"}  # fmt: skip
ON_AGE = {
    "panel": PANEL,
    "outcomes": {
        "work": {"column": "work", "kind": "binary"},
        "later": {"column": "hours", "kind": "continuous", "lead_months": 12},
    },
    "design": {
        "kind": "rd", "running_variable": {"column": "age_months", "discrete": True},
        "cutoff": 360, "treated_side": "below", "donut": 1,
    },
}  # fmt: skip
ON_BIRTH = {
    "panel": {**PANEL, "window": (dt.date(2019, 12, 1), dt.date(2019, 12, 31))},
    "derive": {"born": {"op": "months_since", "column": "birth_ym", "since": dt.date(1987, 1, 1)}},
    "outcomes": {"earned": {"column": "earned", "kind": "continuous"}},
    "design": {
        "kind": "rd", "running_variable": {"column": "born", "discrete": True}, "cutoff": 0,
        "treated_side": "above", "treatment": {"column": "duty"},
        "reform_date": dt.date(2017, 1, 1),
    },
}  # fmt: skip


def spec_of(folder: Path, tables: dict[str, Any], models: list[dict[str, Any]], **more: Any) -> Any:
    whole = {"schema_version": 1, "id": "kinks", "title": "Kinks", **tables, "models": models}
    return build_spec(
        {**whole, **more}, catalogue(), settings=Settings({}, ()), origin=Origin(folder=folder),
        label="kinks",
    )  # fmt: skip


@dataclass(frozen=True)
class Both:
    """A spec from cells and from rows."""

    cells: Any
    rows: Any


def both(folder: Path, frame: pd.DataFrame, spec: Any) -> Both:
    frame.to_parquet(folder / "rows.parquet", index=False)
    found = Both(run_spec(spec), run_spec(spec, engine="microdata"))
    used = {row.value for row in found.cells.details if row.name == "engine"}
    assert used == {"cells"}
    for one, other in zip(found.cells.estimates, found.rows.estimates, strict=True):
        assert (one.model_id, one.outcome, one.status, one.reason, one.n_obs) == (
            other.model_id, other.outcome, other.status, other.reason, other.n_obs
        )  # fmt: skip
        assert one.estimate == pytest.approx(other.estimate, abs=1e-9 * other.std_error)
        assert one.std_error == pytest.approx(other.std_error, rel=1e-8)
        for end in ("conf_low", "conf_high"):
            mine, yours = getattr(one, end), getattr(other, end)
            assert mine == pytest.approx(yours, abs=1e-7 * other.std_error)
    return found


def test_stocks_and_the_second_kink_of_a_lead(tmp_path: Path) -> None:
    now = {**KINK, "outcomes": ["work"], "bandwidth": {"fixed": 18}}
    models = [
        {"id": "person", **now, "cluster": "person", "grid": [9, 12]},
        {"id": "met", **now, "cluster": "person", "continuous_at": -0.5},
        {"id": "honest", **now, "cluster": "person", **HONEST},
        {"id": "town", **now, "cluster": "town"},
        {"id": "led", **KINK, "cluster": "person", "bandwidth": {"fixed": 12}},
    ]
    checks = [{"kind": "second_kink", "model": "led"}]
    found = both(tmp_path, stocks(), spec_of(tmp_path, ON_AGE, models, checks=checks))
    # The stock bends where the outcome's month is that of release: a lead earlier.
    alone = spec_of(
        tmp_path,
        {
            **ON_AGE,
            "design": {**ON_AGE["design"], "cutoff": 348},
            "outcomes": {"later": ON_AGE["outcomes"]["later"]},
        },
        models[-1:],
        sample={"keep": [{"column": "age_months", "below": 360}]},
    )
    there = {row.name: row.value for row in run_spec(alone, engine="microdata").details}
    for result in (found.cells, found.rows):
        now_row, later = (
            next(row for row in result.checks if row.check == "second_kink" and row.outcome == name)
            for name in ("work", "later")
        )
        assert now_row.verdict == "refused"
        assert "only a lead makes a second kink" in now_row.message
        assert later.verdict == "second kink found", later.message
        assert later.statistic == pytest.approx(
            there["robust_estimate"] / there["robust_std_error"], rel=1e-9
        )


def test_births_by_month(tmp_path: Path) -> None:
    models = [
        {"id": "kink", **KINK, "bandwidth": {"fixed": 34}, "cluster": "town",
         "continuous_at": -0.5},
        {"id": "ratio", **RATIO, "bandwidth": {"fixed": 34}, "cluster": "town"},
    ]  # fmt: skip
    found = both(tmp_path, births(), spec_of(tmp_path, ON_BIRTH, models))
    kink, ratio = found.cells.estimates
    assert abs(kink.estimate - 0.15) < 4 * kink.std_error < 0.2
    assert abs(ratio.estimate - 0.3) < 4 * ratio.std_error < 0.2
    stage = {row.name: row.value for row in found.cells.details if row.model_id == "ratio"}
    assert stage["first_stage"] == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"bandwidth": {"fixed": 36}}, "capped at the outcome date, 35 months"),
        ({"bandwidth": {"rule": "mse"}}, "of at most 35"),
        ({"bandwidth": {"fixed": 30, "bias": 40}}, "of at most 35"),
        ({"bandwidth": {"fixed": 30}, "grid": [12, 40]}, "grid: exposure by month of birth"),
        ({"estimand": "late_at_cutoff", "bandwidth": {"fixed": 30}, "grid": [12]}, "does not take"),
    ],
)
def test_windows_past_the_cap_are_refused(tmp_path: Path, changed, line) -> None:
    with pytest.raises(SpecError, match=line):
        spec_of(tmp_path, ON_BIRTH, [{"id": "kink", **KINK, **changed}])


def test_what_the_cap_is_counted_from(tmp_path: Path) -> None:
    model = {"id": "kink", **KINK, "bandwidth": {"fixed": 30}}
    for key, table in (("panel.window", "panel"), ("design.reform_date", "design")):
        name = key.split(".")[1]
        less = {k: v for k, v in ON_BIRTH[table].items() if k != name}
        with pytest.raises(SpecError, match=f"{key}: is missing; exposure by month of birth"):
            spec_of(tmp_path, {**ON_BIRTH, table: less}, [model])
    early = {**ON_BIRTH["panel"], "window": (dt.date(2016, 12, 1), dt.date(2019, 12, 31))}
    with pytest.raises(SpecError, match=r"begin panel\.window later, or set periods"):
        spec_of(tmp_path, {**ON_BIRTH, "panel": early}, [model])
    design = {k: v for k, v in ON_BIRTH["design"].items() if k != "treatment"}
    with pytest.raises(SpecError, match=r"kink of design\.treatment, which is missing"):
        spec_of(tmp_path, {**ON_BIRTH, "design": design},
                [{**model, "estimand": "late_at_cutoff"}])  # fmt: skip


def test_a_grid_stays_short_of_the_second_kink(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"grid: .*second kink.*at most 12"):
        spec_of(tmp_path, ON_AGE, [{"id": "led", **KINK, "bandwidth": {"fixed": 12},
                                    "grid": [18]}])  # fmt: skip
    with pytest.raises(SpecError, match="speaks of ages"):
        spec_of(tmp_path, ON_BIRTH, [{"id": "kink", **KINK, "bandwidth": {"fixed": 12}}],
                checks=[{"kind": "second_kink"}])  # fmt: skip
