"""The cells that the part on worlds estimates from say what person-months would."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import evaluation


@pytest.fixture(scope="module")
def cells(root: Path) -> ModuleType:
    folder = str(root / "tests" / "simulation")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module("synthetic_worlds.cells")


@pytest.fixture(scope="module")
def specs(root: Path) -> Path:
    return root / "tests" / "simulation" / "synthetic_worlds"


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    rng, persons = np.random.default_rng(1), 400
    months = [year * 100 + month for year in range(2013, 2020) for month in range(1, 13)]
    person = np.repeat(np.arange(persons), len(months))
    ym = np.tile(months, persons)
    birth = rng.integers(1982 * 12, 1992 * 12, persons)[person]
    muni = rng.integers(0, 20, persons)
    adopted = rng.choice([201401, 201407, 201501, 201701], 20)
    status = (adopted == 201701).astype(int)
    age = ym // 100 * 12 + ym % 100 - 1 - birth
    moved = np.where(rng.random(persons) < 0.2, (muni + 1) % 20, muni)
    codes = [f"{1000 + code}" for code in range(20)]
    y = rng.random(len(ym)) < 0.4 + 0.1 * ((age <= 360) & (ym >= 201701))
    return pd.DataFrame(
        {
            "person_id": person,
            "ym": ym,
            "age_months": age,
            "muni_h": pd.Categorical.from_codes(muni[person], codes),
            "muni_now": pd.Categorical.from_codes(moved[person], codes),
            "adopted_ym": adopted[muni][person],
            "adoption_status": pd.Categorical.from_codes(status[muni][person], ["before", "late"]),
            "outcome": np.where(rng.random(len(ym)) < 0.1, np.nan, y),
        }
    )


def main_number(spec: Path, frame: pd.DataFrame, model: str) -> pd.Series:
    rows = evaluation.run(spec, frame=frame).estimates
    chosen = rows[(rows["model_id"] == model) & rows["term"].isna() & rows["cohort"].isna()]
    return chosen.iloc[0][["estimate", "std_error"]].astype(float)


def test_age_differences(cells: ModuleType, specs: Path, panel: pd.DataFrame) -> None:
    age, ym = panel["age_months"], panel["ym"]
    kept = panel[
        age.between(300, 419)
        & ((age <= 360) | (age >= 372))
        & ~ym.between(201607, 201612)
        & panel["outcome"].notna()
        & (panel["muni_h"] == panel["muni_now"])
        & (panel["adoption_status"] != "before")
    ]
    by_rows = kept.assign(under=(kept["age_months"] <= 360).astype(int), weight=1.0)
    by_cells = cells.AgeDid().cells(panel, "outcome")
    assert by_cells["weight"].sum() == len(by_rows) > 10 * len(by_cells) / 9
    expected = main_number(specs / "age_did.toml", by_rows, "main")
    found = main_number(specs / "age_did.toml", by_cells, "main")
    assert found.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)
    early = cells.AgeDid(late_only=False, announced=True).cells(panel, "outcome")
    assert early["weight"].sum() > by_cells["weight"].sum()


def test_adoption(cells: ModuleType, specs: Path, panel: pd.DataFrame) -> None:
    early = cells.Adoption(movers=True).cells(panel, "outcome")
    rows = panel[(panel["ym"] <= 201612) & panel["age_months"].between(216, 359)]
    assert early["weight"].sum() == rows["outcome"].notna().sum()
    assert set(early["period"]) == set(range(2013 * 4, 2017 * 4))
    assert set(early["cohort"]) == {2014 * 4, 2014 * 4 + 2, 2015 * 4, 2017 * 4}
    stayers = cells.Adoption().cells(panel, "outcome")
    assert 0 < stayers["weight"].sum() < early["weight"].sum()
    halves = cells.Adoption(movers=True, months=6).cells(panel, "outcome")
    assert set(halves["cohort"]) == {2014 * 2, 2014 * 2 + 1, 2015 * 2, 2017 * 2}
    assert np.isfinite(main_number(specs / "adoption.toml", early, "group_time")).all()


def test_truth_is_the_difference_between_the_runs(cells: ModuleType, panel: pd.DataFrame) -> None:
    without = panel.assign(outcome=0.0)
    age, ym = panel["age_months"], panel["ym"]
    # Above: 0.3 for everyone over 30; below, and in the limit: 0.5, since the law alone.
    effect = np.where(age > 360, 0.3, np.where(ym >= 201701, 0.5, 0.0))
    with_it = panel.assign(outcome=effect)
    for design, treated, relative in (
        (cells.AgeDid(), 0.5, 0.2),
        (cells.AgeDid(late_only=False), 0.5, 0.2),
        (cells.Release(), 0.5, 0.5),
        (cells.Adoption(), 0.0, 0.0),
    ):
        both = [design.cells(frame, "outcome") for frame in (with_it, without)]
        assert design.effects(*both) == pytest.approx((treated, relative))
    adopted = panel.assign(outcome=0.25 * (ym >= panel["adopted_ym"]))
    both = [cells.Adoption().cells(frame, "outcome") for frame in (adopted, without)]
    assert cells.Adoption().effects(*both)[0] == pytest.approx(0.25)


def test_release_uses_rows_at_risk_near_30(cells: ModuleType, panel: pd.DataFrame) -> None:
    rows = cells.Release().rows(panel, "outcome")
    assert (rows["age_months"] - 360).abs().max() <= 48
    expected = (
        (panel["ym"] >= 201701)
        & ((panel["age_months"] - 360).abs() <= 48)
        & panel["outcome"].notna()
    )
    assert len(rows) == expected.sum()
    by_age = cells.Release().cells(panel, "outcome")
    assert by_age["weight"].sum() == len(rows)
    assert np.average(by_age["outcome"], weights=by_age["weight"]) == pytest.approx(
        rows["outcome"].mean()
    )
