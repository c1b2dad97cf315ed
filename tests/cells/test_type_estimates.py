"""Person effects from cells of types against the same regression on every row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from evaluation.cells.engines.duckdb import relation_of_frame
from evaluation.cells.gathered import CellTable
from evaluation.cells.plan import CellPass, Flag, Plan, Quantity, UnitPass
from evaluation.cells.settings import Settings
from evaluation.cells.type_pass import run_type_pass
from evaluation.cells.type_scores import TypeScores, open_type_pass
from evaluation.data.model_data import ModelData
from evaluation.data.moments import Within, rows_alone
from evaluation.data.periods import Calendar
from evaluation.estimators import twfe, twfe_event_study
from evaluation.estimators.contract import Fit, Setting
from evaluation.spec.design import DidDesign
from evaluation.spec.filters import Filter, Predicate
from evaluation.spec.variance import Inference

FIRST = 24120
REFORM = FIRST + 36
SETTINGS = Settings()


def persons(seed: int, amounts: bool = False, count: int = 160) -> pd.DataFrame:
    """Persons born over some years, with gaps, entry, exit, moves and single rows."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(count):
        first, last = (0, 59) if person % 2 else np.sort(rng.integers(0, 6, 2)) * 10
        if person % 29 == 0:
            last = first
        born, female = int(rng.choice([300, 318, 327, 333, 339])), person % 2
        home, muni = str(rng.integers(1, 6)), None
        muni = home
        taste, single, left = rng.normal(), int(rng.random() < 0.5), 20 + 20 * rng.integers(0, 4)
        for month in range(int(first), int(last) + 1):
            if person % 11 == 0 and rng.random() < 0.2:
                continue
            if person % 9 == 0 and rng.random() < 0.05:
                muni = str(rng.integers(1, 6))
            if month == left:
                single = 1 - single
            age = born + month
            year, part = divmod(FIRST + month, 12)
            effect = 0.3 * (age < 360) * (month >= 36) + 0.2 * single + 0.01 * month
            latent = taste + effect + 0.1 * int(muni) + rng.normal()
            rows.append((person, year * 100 + part + 1, home, muni, female, single, age, latent))
    names = ["person", "ym", "home", "muni", "female", "single", "age_months", "latent"]
    frame = pd.DataFrame(rows, columns=names)
    frame["y"] = (frame["latent"] > 0.8).astype(int)
    if amounts:
        frame["y"] = np.rint(5000 * np.exp(frame["latent"])).astype(int)
    return frame


def cells(
    frame: pd.DataFrame, columns: tuple[str, ...], settings: Settings = SETTINGS
) -> tuple[CellTable, ModelData]:
    """Return the cells of types and the data of a model on them."""
    treated = Flag("ad_treated", "design.treated", (Filter(column="age_months", below=360),))
    plan = Plan(
        (), (treated,), (), (), UnitPass("person", "ym"), None, (), (),
        time="ym", calendar=Calendar("month", 1),
    )  # fmt: skip
    one = CellPass(
        "cells_1", ("ad_type", "ym", *columns, "ad_treated"), (Quantity("y", "y"),), (), True
    )
    relation = relation_of_frame(frame, {}, settings)
    table = run_type_pass(relation, plan, one, settings)
    held = table.frame
    share = held["ad_sum_y"] / held["ad_rows"]
    inside = (held["ad_sum_y"] * (1 - share)).to_numpy(float)[:, None, None]
    units = int(held.drop_duplicates("ad_type")["ad_units"].sum())
    second = open_type_pass(relation, plan, table, 0, settings)
    data = roles(
        held["ym"], held["ad_treated"].to_numpy(float),
        held[["ym", *columns]].assign(person=held["ad_type"]),
        share,
        weight=held["ad_rows"].to_numpy(float), rows=held["ad_rows"].to_numpy(),
        unit=held["ad_type"].to_numpy(), units=units, levels={"person": units}, second_pass=second,
        within=Within(("y",), inside),
    )  # fmt: skip
    return table, data


def roles(
    ym: pd.Series, treated: NDArray[np.float64], columns: pd.DataFrame, y: pd.Series,
    **others: object,
) -> ModelData:  # fmt: skip
    """Return the data of a difference-in-differences by age."""
    period = (ym // 100 * 12 + ym % 100 - 1).to_numpy(np.int64)
    return ModelData(
        outcome="y", y=np.asarray(y, dtype=float), columns=columns.reset_index(drop=True),
        period=period, period_labels={int(p): str(p) for p in np.unique(period)},
        treated=treated, post=(period >= REFORM).astype(float),
        event_time=(period - REFORM).astype(float), **others,
    )  # fmt: skip


def rows(frame: pd.DataFrame, columns: tuple[str, ...]) -> ModelData:
    """Return the data of the same model on every row."""
    named = ["person", "ym", *columns]
    return roles(
        frame["ym"], (frame["age_months"] < 360).to_numpy(float), frame[named], frame["y"],
        unit=frame["person"].to_numpy(np.int64),
    )  # fmt: skip


def asked(
    inference: Inference, controls: tuple[str, ...] = (), options: object = None
) -> Setting:  # fmt: skip
    """Return a setting with person and month effects."""
    design = DidDesign(kind="did", treated=Predicate(column="age_months", below=360))
    chosen = twfe.Options() if options is None else options
    return Setting("att", inference, controls, ("person", "ym"), design, chosen, unit="person")


def require_same(ours: Fit, theirs: Fit) -> None:
    """Hold two fits equal: estimates to 1e-9 of a standard error, variances to 1e-8."""
    assert (ours.n_obs, ours.n_units, ours.n_clusters) == (
        theirs.n_obs, theirs.n_units, theirs.n_clusters
    )  # fmt: skip
    for one, other in zip(ours.terms, theirs.terms, strict=True):
        if other.std_error:
            assert abs(one.estimate - other.estimate) < 1e-9 * other.std_error
            assert one.std_error == pytest.approx(other.std_error, rel=5e-9)
    assert ours.covariance == pytest.approx(theirs.covariance, rel=1e-8, abs=1e-14)
    found = {key: value for _, key, value in ours.details}
    wanted = {key: value for _, key, value in theirs.details}
    for key in ("parameters", "small_sample_factor", "clusters", "effective_clusters"):
        if wanted.get(key) is not None:
            assert found[key] == pytest.approx(wanted[key], rel=1e-12), key


KINDS = {
    "hc1": (Inference((), "hc1"), ()),
    "frozen": (Inference(("home",), "cr1"), ("home",)),
    "jackknife": (Inference(("home",), "cr3"), ("home",)),
    "moving": (Inference(("muni",), "cr1"), ("muni",)),
    "frozen, second pass": (Inference(("home",), "cr1"), ()),
    "moving, second pass": (Inference(("muni",), "cr1"), ()),
    "person": (Inference(("person",), "cr1"), ()),
    "person, all effects counted": (Inference(("person",), "cr1", "full"), ()),
    "person and month": (Inference(("person", "ym"), "cr1"), ()),
    "two ways": (Inference(("muni", "ym"), "cr1"), ("muni",)),
}


@pytest.mark.parametrize("kind", list(KINDS)[1:])
def test_person_effects_from_types_are_those_of_rows(kind: str) -> None:
    frame = persons(1)
    inference, key = KINDS[kind]
    setting = asked(inference, ("single",))
    _, data = cells(frame, ("single", *key))
    assert data.entries < 0.9 * len(frame)
    theirs = twfe.fit(rows(frame, ("single", "home", "muni")), setting)
    require_same(twfe.fit(data, setting), theirs)


@pytest.mark.parametrize("kind", ["iid", "hc1"])
def test_row_wise_variances_follow_from_squares_about_units(kind: str) -> None:
    frame = persons(2)
    setting = asked(Inference((), kind), ("single",))
    _, data = cells(frame, ("single",))
    require_same(twfe.fit(data, setting), twfe.fit(rows(frame, ("single",)), setting))


@pytest.mark.parametrize("kind", ["person", "frozen, second pass", "moving, second pass", "hc1"])
def test_amounts_have_person_effects_too(kind: str) -> None:
    frame = persons(3, amounts=True, count=120)
    inference, key = KINDS[kind]
    setting = asked(inference, ("single",))
    _, data = cells(frame, ("single", *key))
    theirs = twfe.fit(rows(frame, ("single", "home", "muni")), setting)
    require_same(twfe.fit(data, setting), theirs)


@pytest.mark.parametrize("kind", ["frozen", "person"])
def test_event_studies_have_person_effects_from_types(kind: str) -> None:
    frame = persons(4)
    inference, key = KINDS[kind]
    options = twfe_event_study.Options(
        event_window=(-3, 3), event_bin="quarter", event_ends="bin", reference=-1
    )
    setting = asked(inference, (), options)
    _, data = cells(frame, key)
    theirs = twfe_event_study.fit(rows(frame, ("home",)), setting)
    require_same(twfe_event_study.fit(data, setting), theirs)


@pytest.mark.parametrize("kind", ["frozen, second pass", "moving, second pass"])
def test_large_regressors_are_summed_as_they_are(monkeypatch, kind: str) -> None:
    monkeypatch.setattr("evaluation.estimators._meat.LARGEST_TURNED", 0)
    frame = persons(6)
    inference, _ = KINDS[kind]
    setting = asked(inference, ("single",))
    _, data = cells(frame, ("single",))
    theirs = twfe.fit(rows(frame, ("single", "home", "muni")), setting)
    require_same(twfe.fit(data, setting), theirs)


@pytest.mark.parametrize("amounts", [False, True])
@pytest.mark.parametrize("clusters", [("muni",), ("person", "muni"), ("person",)])
def test_rows_are_counted_without_scores(clusters: tuple[str, ...], amounts: bool) -> None:
    frame = persons(7, amounts=amounts)
    _, data = cells(frame, ())
    young = np.flatnonzero(np.asarray(data.treated) == 1)
    assert data.second_pass is not None
    found = data.second_pass.narrowed(young).meat(clusters, rows_alone(len(young)))
    sizes = frame[frame["age_months"] < 360].groupby(list(clusters)).size().to_numpy()
    assert found.clusters == len(sizes) and not found.matrix.any()
    assert found.largest == pytest.approx(sizes.max() / sizes.sum(), rel=1e-12)
    assert found.effective == pytest.approx(sizes.sum() ** 2 / (sizes**2).sum(), rel=1e-12)


def test_passes_of_one_table_read_its_histories_once(monkeypatch) -> None:
    frame = persons(8)
    table, data = cells(frame, ())
    first = data.second_pass
    assert isinstance(first, TypeScores)
    kept: list[Any] = []
    parts = rows_alone(data.entries)
    one, other = (
        open_type_pass(first.relation, first.plan, table, 0, SETTINGS, kept) for _ in range(2)
    )
    expected = one.meat(("muni",), parts)
    monkeypatch.setattr("evaluation.cells.type_scores.read_histories", None)
    assert other.meat(("muni",), parts).clusters == expected.clusters


def test_equals_pyfixest_on_rows() -> None:
    import pyfixest as pf

    frame = persons(5)
    frame["d"] = ((frame["age_months"] < 360) & (frame["ym"] >= 201301)).astype(float)
    frame["g"] = (frame["age_months"] < 360).astype(float)
    frame["home"] = frame["home"].astype(int)
    wanted = pf.feols(
        "y ~ d + g + single | person + ym", frame, vcov={"CRV1": "home"}, fixef_rm="none",
        demeaner=pf.MapDemeaner(fixef_tol=1e-13),
        ssc=pf.ssc(k_fixef="nonnested", G_df="conventional"),
    )  # fmt: skip
    _, data = cells(frame, ("single", "home"))
    found = twfe.fit(data, asked(Inference(("home",), "cr1"), ("single",)))
    term, error = found.terms[0], wanted.se()["d"]
    assert abs(term.estimate - wanted.coef()["d"]) < 1e-9 * error
    assert term.std_error**2 == pytest.approx(error**2, rel=1e-8)


def test_scores_are_the_same_in_any_order_and_on_any_threads() -> None:
    frame = persons(6, count=100)
    found = []
    for threads, seed in ((1, 1), (2, 2), (4, 3)):
        mixed = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
        _, data = cells(mixed, ("single",), Settings(threads=threads))
        fit = twfe.fit(data, asked(Inference(("muni",), "cr1"), ("single",)))
        found.append((fit.terms[0].estimate, fit.terms[0].std_error))
    assert found[0] == found[1] == found[2]
