"""Derived columns on rows, held against what a reader would work out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from evaluation.catalogue import catalogue
from evaluation.data.derive import predicted_risk
from evaluation.data.derive._logit import fitted_logit
from evaluation.data.derive.contract import Rows
from evaluation.data.derive.deriving import Deriving
from evaluation.data.derive.registry import operation, operation_names
from evaluation.data.sources.frame import Frame
from evaluation.errors import DataError, SpecError
from evaluation.pipeline import run_spec
from evaluation.spec.availability import not_available

NAN = np.nan


def derived(tiny, frame: dict[str, Any], **table: Any) -> list[Any]:
    """Return the values of one derived column; unit ``person``, time ``year`` where absent."""
    panel = table.pop("panel", {})
    rows = pd.DataFrame(frame)
    spec = tiny.spec(derive={"made": table}, panel=panel)
    values = Deriving(Frame(rows), spec).read(["made"])["made"]
    return [one if isinstance(one, str) else float("nan" if one is None else one) for one in values]


def same(found: list[Any], wanted: list[Any]) -> None:
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        if isinstance(other, float | int):
            assert one == pytest.approx(other, rel=1e-15, nan_ok=True)
        else:
            assert one == other


A, B = [1.0, 0.0, NAN, 2.0], [3.0, NAN, 0.0, 0.0]

CASES: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "sum": ({"op": "sum", "columns": ["a", "b"]}, [4, NAN, NAN, 2]),
    "difference": ({"op": "difference", "columns": ["a", "b"]}, [-2, NAN, NAN, 2]),
    "ratio": ({"op": "ratio", "columns": ["a", "b"]}, [1 / 3, NAN, NAN, NAN]),
    "any": ({"op": "any", "columns": ["a", "b"]}, [1, NAN, NAN, 1]),
    "all": ({"op": "all", "columns": ["a", "b"]}, [1, 0, 0, 0]),
    "product": ({"op": "interact", "columns": ["a", "b"]}, [3, NAN, NAN, 0]),
    "levels": (
        {"op": "interact", "columns": ["a", "t"], "combine": "levels"},
        ["1 × x", "0 × y", NAN, NAN],
    ),
    "deflate": ({"op": "deflate", "column": "a", "index": "b", "base": 6}, [2, NAN, NAN, NAN]),
    "cut": ({"op": "cut", "column": "a", "at": [1, 2]}, [1, 0, NAN, 2]),
    "cut, every class named": (
        {"op": "cut", "column": "a", "at": [1, 2], "labels": ["low", "mid", "high"]},
        ["mid", "low", NAN, "high"],
    ),
    "cut, inside alone": (
        {"op": "cut", "column": "a", "at": [1, 2], "labels": ["mid"]},
        ["mid", NAN, NAN, NAN],
    ),
    "months since": (
        {"op": "months_since", "column": "m", "since": dt.date(1987, 1, 15)},
        [-1, 0, NAN, 395],
    ),
    "recode": ({"op": "recode", "column": "t", "values": {"x": 7, "z": 9}}, [7, NAN, 9, NAN]),
    "recode numbers": (
        {"op": "recode", "column": "a", "values": {"1": 0}, "others": "keep"},
        [0, 0, NAN, 2],
    ),
    "recode to text": (
        {"op": "recode", "column": "a", "values": {"1": "one", "2": "two"}},
        ["one", NAN, NAN, "two"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_rows_alone(tiny, case: str) -> None:
    table, wanted = CASES[case]
    months = [198612.0, 198701.0, NAN, 201912.0]
    found = derived(tiny, {"a": A, "b": B, "t": ["x", "y", "z", None], "m": months}, **table)
    same(found, wanted)


# Two persons, one with a gap in year 3; rows in no order.
PANEL = {
    "person": ["p", "q", "p", "p", "q", "q"],
    "year": [2, 1, 1, 4, 3, 2],
    "x": [20.0, 1.0, 10.0, 40.0, 3.0, NAN],
}


def test_months_that_are_none_are_refused(tiny) -> None:
    for wrong in (198713, 198700, 87, 198701.5):
        with pytest.raises(DataError, match="holds 1 values that are no months"):
            derived(tiny, {"m": [wrong, 198701]}, op="months_since", column="m",
                    since=dt.date(1987, 1, 1))  # fmt: skip


def test_lag_and_lead_follow_the_unit_and_not_the_row(tiny) -> None:
    same(derived(tiny, PANEL, op="lag", column="x"), [10, NAN, NAN, NAN, NAN, 1])
    same(derived(tiny, PANEL, op="lead", column="x"), [NAN, NAN, 20, NAN, NAN, 3])
    same(derived(tiny, PANEL, op="lag", column="x", by=2), [NAN, NAN, NAN, 20, 1, NAN])


def test_lags_count_months_over_a_new_year(tiny) -> None:
    frame = {"person": [1, 1], "year": [202012, 202101], "x": [5, 6]}
    panel = {"time_unit": "month"}
    same(derived(tiny, frame, panel=panel, op="lag", column="x"), [NAN, 5])
    same(derived(tiny, frame, panel=panel, op="lead", column="x"), [6, NAN])


def test_cumulate_is_lost_from_the_first_missing_value_on(tiny) -> None:
    same(derived(tiny, PANEL, op="cumulate", column="x"), [30, 1, 10, 70, NAN, NAN])


def test_mean_before_a_date_counts_earlier_rows_alone(tiny) -> None:
    same(derived(tiny, PANEL, op="pre_mean", column="x", before=3), [15, 1, 15, 15, 1, 1])
    frame = {**PANEL, "muni": ["m", "m", "m", "m", "n", "m"]}
    found = derived(tiny, frame, op="pre_mean", column="x", by="muni", before=3)
    same(found, [31 / 3] * 4 + [NAN] + [31 / 3])


def test_over_g_by_year_and_by_month(tiny) -> None:
    # The mean G of 2017 was 93 281 kroner, that of 2016 91 740.
    frame = {"person": [1, 2, 3], "year": [2017, 2017, 2016], "x": [93_281, 93_282, 92_000]}
    same(derived(tiny, frame, op="over_g", column="x"), [0, 1, 1])
    same(derived(tiny, frame, op="over_g", column="x", times=0.5), [1, 1, 1])
    with pytest.raises(DataError, match="G changes by date"):
        derived(tiny, frame, op="over_g", column="x", per="month")
    with pytest.raises(DataError, match="1 rows lie outside"):
        derived(tiny, {**frame, "year": [2017, 2017, 1960]}, op="over_g", column="x")


def test_risk_is_predicted_by_the_logit_of_the_other_units(tiny) -> None:
    generator = np.random.default_rng(5)
    persons = np.repeat(np.arange(600), 3)
    low = np.repeat(generator.integers(0, 2, 600), 3)
    kind = np.repeat(generator.choice(["a", "b", "c"], 600), 3)
    chance = 1 / (1 + np.exp(1.0 - 1.5 * low - 0.5 * (kind == "c")))
    claims = (generator.random(1800) < chance).astype(int)
    frame = {"person": persons, "year": np.tile([1, 2, 3], 600), "x": low, "k": kind, "y": claims}
    keys = {"op": "predicted_risk", "of": "y", "from": ["x", "k"], "fit_before": 3, "folds": 4}
    found = np.array(derived(tiny, frame, **keys))
    design = np.column_stack([np.ones(1800), low, kind == "b", kind == "c"]).astype(float)
    early = np.asarray(frame["year"]) < 3
    assert all(len(np.unique(found[persons == one])) == 1 for one in range(600)), "one a unit"
    folds = _folds(tiny, frame, keys)
    assert np.bincount(folds).min() > 300, "four parts of 1800 rows"
    for fold in range(4):
        own = folds == fold
        fit = sm.Logit(claims[early & ~own], design[early & ~own]).fit(disp=0, tol=1e-12)
        assert np.allclose(found[own], fit.predict(design[own]), rtol=1e-9)
    order = generator.permutation(1800)
    shuffled = {name: np.asarray(values)[order] for name, values in frame.items()}
    assert np.array_equal(np.array(derived(tiny, shuffled, **keys)), found[order])


def _folds(tiny, frame: dict[str, Any], keys: dict[str, Any]) -> np.ndarray:
    """Return the fold of every row: those of one fold share the risk of a kind."""
    spec = tiny.spec(derive={"made": keys})
    rows = Rows(pd.DataFrame(frame), "derive.made", unit=np.asarray(frame["person"]),
                names=pd.Series(frame["person"]))  # fmt: skip
    return predicted_risk._folds(rows, spec.derive["made"].options.folds)


def test_prediction_is_that_of_a_logit_without_the_fold(tiny) -> None:
    generator = np.random.default_rng(2)
    x = np.column_stack([np.ones(400), generator.normal(size=400), generator.integers(0, 3, 400)])
    y = (generator.random(400) < 1 / (1 + np.exp(-x @ [0.2, 0.5, -0.7]))).astype(float)
    wanted = sm.Logit(y, x).fit(disp=0, tol=1e-14, maxiter=100).params
    assert np.allclose(fitted_logit(x, y, "derive.p"), wanted, rtol=1e-9, atol=1e-12)
    doubled = np.column_stack([x, x[:, 1] * 2])
    assert np.allclose(fitted_logit(doubled, y, "derive.p")[:3], wanted, rtol=1e-9, atol=1e-12)
    with pytest.raises(DataError, match="does not converge"):
        fitted_logit(np.column_stack([x, y]), y, "derive.p")


def test_every_operation_of_the_grammar_is_there_and_offered() -> None:
    from typing import get_args

    from evaluation.spec.extras import Derived

    named = set(get_args(Derived.model_fields["op"].annotation))
    assert set(operation_names()) == named == set(catalogue().operations)
    for name in named:
        module = operation(name)
        assert module.__doc__ and module.Options.__doc__ and module.apply.__doc__
        assert hasattr(module, "express") == module.ROW_WISE


def test_derived_columns_of_derived_columns_serve_a_whole_model(tiny) -> None:
    few = pd.DataFrame(
        {"person": [1, 1, 2, 2], "year": [1, 2, 1, 2], "a": [1, 4, 2, 2], "b": [0, 1, 0, 3]}
    )
    few["size"] = [5, 5, 9, 9]
    frame = pd.concat([few] * 3).assign(
        person=np.arange(12) // 2, a=lambda one: one["a"] + np.arange(12) % 5
    )
    derive = {
        "big": {"op": "cut", "column": "size", "at": [7]},
        "total": {"op": "sum", "columns": ["a", "b"]},
        "twice": {"op": "sum", "columns": ["total", "total"]},
    }
    changes = {
        "derive": derive,
        "outcomes": {"y": {"column": "twice", "kind": "continuous"}},
        "design": {"kind": "did", "treated": {"column": "big", "equals": 1},
                   "post": {"column": "year", "at_least": 2}},
    }  # fmt: skip
    spec = tiny.spec(**changes)
    assert not_available(spec, catalogue()) == []
    total = 2 * (frame["a"] + frame["b"])
    mean = total.groupby([frame["size"] > 7, frame["year"]]).mean()
    wanted = mean[True, 2] - mean[True, 1] - mean[False, 2] + mean[False, 1]
    for engine in ("auto", "microdata"):
        (row,) = run_spec(spec, frame=frame, engine=engine).estimates
        assert row.estimate == pytest.approx(wanted)


LINES: dict[str, tuple[dict[str, Any], str]] = {
    "unknown key": (
        {"m": {"op": "sum", "columns": ["a", "b"], "colums": 1}},
        "derive.m.colums: unknown key; did you mean columns",
    ),
    "unknown operation": ({"m": {"op": "suma"}}, "derive.m.op: found 'suma'; allowed: cut"),
    "missing key": ({"m": {"op": "cut", "at": [1]}}, "derive.m.column: is missing"),
    "alias": (
        {"m": {"op": "predicted_risk", "of": "a", "fit_before": 3}}, "derive.m.from: is missing"),
    "points": ({"m": {"op": "cut", "column": "a", "at": [2, 1]}}, "at must rise"),
    "labels": ({"m": {"op": "cut", "column": "a", "at": [1], "labels": ["x"]}}, "take 2 labels"),
    "circle": (
        {"m": {"op": "sum", "columns": ["n", "a"]}, "n": {"op": "sum", "columns": ["m", "a"]}},
        "derive.m: is made of itself (m <- n <- m)",
    ),
    "time": ({"year": {"op": "sum", "columns": ["a", "b"]}}, "is panel.time"),
    "a name": ({"a b": {"op": "sum", "columns": ["a", "b"]}}, "the name must be letters"),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_faults_of_the_text(tiny, name: str) -> None:
    derive, line = LINES[name]
    with pytest.raises(SpecError) as caught:
        tiny.spec(derive=derive)
    assert any(line in fault for fault in caught.value.faults), caught.value.faults


def test_operations_that_follow_units_need_unit_and_time(tiny) -> None:
    with pytest.raises(SpecError, match=r"panel.unit: is missing; derive.m \(lag\) needs it"):
        tiny.spec(derive={"m": {"op": "lag", "column": "a"}}, panel={"unit": None})


def test_faults_of_the_data(tiny) -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": [1, 2]})
    for derive, line in (
        ({"a": {"op": "sum", "columns": ["b", "b"]}}, "derive.a: the panel has a column"),
        ({"m": {"op": "sum", "columns": ["a", "aa"]}}, "derive.m.columns.2: no column 'aa'"),
    ):
        with pytest.raises(DataError, match=line):
            Deriving(Frame(frame), tiny.spec(derive=derive)).columns()
    with pytest.raises(DataError, match="column 'text' holds no numbers"):
        derived(tiny, {"a": [1], "text": ["x"]}, op="sum", columns=["a", "text"])
    with pytest.raises(DataError, match="2 rows repeat a unit and time"):
        rows = {"person": [1, 1, 1], "year": [1, 1, 1], "x": [1, 2, 3]}
        derived(tiny, rows, op="lag", column="x")
