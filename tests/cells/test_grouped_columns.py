"""Derived columns that follow from their row's group: one GROUP BY gives the values of rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.catalogue import catalogue
from evaluation.cells.engines import engine_of
from evaluation.cells.engines.duckdb import relation_of_files
from evaluation.cells.expressions.derived import with_derived
from evaluation.cells.planning.known import known_columns
from evaluation.cells.settings import Settings
from evaluation.data.derive.deriving import Deriving
from evaluation.data.sources.frame import Frame
from evaluation.errors import DataError
from evaluation.pipeline import run_spec
from evaluation.spec.derived import made_in_order
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import read_settings

N_PERSONS, MONTHS = 300, [201510, 201511, 201512, 201701, 201704, 201705, 201712]
REFORM = dt.date(2017, 1, 1)


def mean(column: str, by: str | None = None, before: dt.date = REFORM) -> dict[str, Any]:
    return {"op": "pre_mean", "column": column, "before": before} | ({"by": by} if by else {})


WHOLE: dict[str, dict[str, Any]] = {
    "share": {"op": "ratio", "columns": ["flag", "at_risk"]},
    "use": mean("share", "town"),
    "rare": {"op": "cut", "column": "use", "at": [0.5], "labels": ["rare", "frequent"]},
    "own": mean("gap"),
    "own_flag": mean("flag", before=dt.date(2015, 12, 1)),
    "by_number": mean("income", "group"),
    "by_label": mean("flag", "rare"),
    "by_flag": mean("negative", "flag"),
    "twice": mean("small", "by_number"),
    "again": {"op": "sum", "columns": ["own", "use"]},
}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Rows whose persons, towns and groups partly begin after the reform, or are not known."""
    draw = np.random.default_rng(29)
    n = N_PERSONS * len(MONTHS)
    person, month = np.repeat(np.arange(N_PERSONS), len(MONTHS)), np.tile(MONTHS, N_PERSONS)
    gap = draw.integers(0, 3, n).astype(float)
    gap[draw.random(n) < 0.4] = np.nan
    town = np.array([f"t{one % 13}" for one in person], dtype=object)
    town[person % 31 == 0] = None
    group = (person % 17).astype(float)
    group[person % 17 == 5] = np.nan
    rows = pd.DataFrame(
        {
            "person": person,
            "ym": month,
            "muni": person % 23,
            "old": (person // 23) % 2,
            "town": town,
            "group": group,
            "small": draw.integers(0, 4, n).astype(np.int8),
            "flag": draw.integers(0, 2, n).astype(bool),
            "at_risk": draw.integers(0, 2, n),
            "gap": gap,
            "amount": np.round(draw.normal(size=n), 3),
            "income": draw.integers(0, 2**40, n),
            "negative": draw.integers(-9, 9, n).astype(float),
            "endless": np.where(person == 1, np.inf, 1.0),
            "far": np.where(person % 13 == 1, 2.0**53, 1.0),
        }
    )
    late = (person % 13 == 4) | (person % 19 == 0)
    chosen: pd.DataFrame = rows[~(late & (month < 201701))].reset_index(drop=True)
    return chosen


@pytest.fixture(scope="module")
def file(frame, tmp_path_factory):
    path = tmp_path_factory.mktemp("grouped") / "rows.parquet"
    frame.to_parquet(path, index=False, row_group_size=200)
    return path


def spec_of(path, derive: dict[str, Any], model: dict[str, Any] | None = None, **changes: Any):
    tables: dict[str, Any] = {
        "schema_version": 1,
        "id": "grouped",
        "title": "Grouped",
        "panel": {"source": "file", "path": path.name, "unit": "person", "time": "ym",
                  "time_unit": "month"},
        "outcomes": {"y": {"column": "amount", "kind": "continuous"}},
        "design": {"kind": "did", "reform_date": REFORM, "treated": {"column": "old", "equals": 1}},
        "models": [{"id": "main", "estimand": "att", "estimator": "twfe", "cluster": "muni",
                    "variance": "cr1", **(model or {})}],
        "derive": derive,
        **changes,
    }  # fmt: skip
    return build_spec(
        tables, catalogue(), settings=read_settings(()),
        origin=Origin(folder=path.parent), label="grouped",
    )  # fmt: skip


def queried(file, frame, derive: dict[str, Any], threads: int = 1):
    """Return the derived columns as the engine gives them with facts; nothing where it cannot."""
    settings = Settings(threads=threads)
    relation = relation_of_files([file], list(frame.columns), {}, settings)
    spec = spec_of(file, derive)
    made = with_derived(relation, spec, made_in_order(spec.derive, derive), settings)
    if made is None:
        return None
    table = made.table.select("person", "ym", *derive)
    found = engine_of(made).fetch(made, table, settings).to_pandas()
    return found.sort_values(["person", "ym"]).reset_index(drop=True), made.columns


@pytest.fixture(scope="module", params=[1, 4])
def both(request, file, frame):
    rows = Deriving(Frame(frame), spec_of(file, WHOLE)).read(tuple(WHOLE))
    return *queried(file, frame, WHOLE, request.param), rows


@pytest.mark.parametrize("name", WHOLE)
def test_a_group_by_gives_the_values_of_rows_to_the_last_bit(both, frame, name: str) -> None:
    found, rows, facts = both[0][name], both[2][name], both[1][name]
    assert len(found) == len(frame) and found.notna().any()
    assert (found.isna() == rows.isna()).all()
    known = rows.notna()
    if pd.api.types.is_numeric_dtype(rows):
        values, wanted = found[known].to_numpy(float), rows[known].to_numpy(float)
        assert np.array_equal(values.view(np.int64), wanted.view(np.int64))
        if facts.whole is not None:
            assert facts.whole == bool((wanted == np.floor(wanted)).all())
    else:
        assert (found[known] == rows[known]).all()


def test_groups_without_a_row_before_and_rows_without_a_group_have_no_mean(both, frame) -> None:
    use = both[0]["use"].isna().to_numpy()
    assert use[(frame["town"] == "t4") | frame["town"].isna()].all()
    assert not use[frame["town"] == "t1"].any()


@pytest.mark.parametrize(
    "one",
    [mean("amount", "town"), mean("amount"), mean("far", "town"), mean("endless", "town")],
    ids=["fractions by group", "fractions by unit", "sums beyond 2**53", "infinite values"],
)
def test_sums_that_hang_on_the_order_of_rows_are_left_to_rows(file, frame, one) -> None:
    assert queried(file, frame, {"mean": one}) is None


def test_models_run_from_cells_and_no_row_is_read_into_a_frame(file, monkeypatch) -> None:
    model = {"estimator": "triple_difference", "estimand": "att_relative",
             "fixed_effects": ["muni", "ym"], "controls": ["own"]}  # fmt: skip
    design = {"kind": "did", "reform_date": REFORM, "treated": {"column": "old", "equals": 1},
              "third": {"column": "rare", "equals": "rare"}}  # fmt: skip
    spec = spec_of(file, {name: WHOLE[name] for name in ("share", "use", "rare", "own")}, model,
                   design=design)  # fmt: skip
    rows = run_spec(spec, engine="microdata")

    def refuse(*_: Any) -> None:
        raise AssertionError("a frame was read")

    monkeypatch.setattr("evaluation.data.sources.file.File.read", refuse)
    cells = run_spec(spec)
    assert {d.value for d in cells.details if d.name == "engine"} == {"cells"}
    (one,), (other,) = cells.estimates, rows.estimates
    assert one.n_obs == other.n_obs
    assert abs(one.estimate - other.estimate) < 1e-9 * other.std_error
    assert one.std_error == pytest.approx(other.std_error, rel=1e-8)


def test_a_date_before_all_rows_is_refused_as_on_rows(file, frame) -> None:
    derive = {"use": mean("flag", "town", before=dt.date(2010, 1, 1))}
    words = r"derive\.use\.before: no row lies before 2010-01-01; check it and the window"
    with pytest.raises(DataError, match=words):
        queried(file, frame, derive)
    with pytest.raises(DataError, match=words):
        Deriving(Frame(frame), spec_of(file, derive)).read(("use",))
    with pytest.raises(DataError, match=r"derive\.use: column 'town' holds no numbers"):
        queried(file, frame, {"use": mean("town", "muni")})


def test_kept_cells_of_another_mean_are_not_taken(file, tmp_path) -> None:
    def spec(before: dt.date):
        derive = {"use": mean("flag", "muni", before),
                  "low": {"op": "cut", "column": "use", "at": [0.5]}}  # fmt: skip
        return spec_of(file, derive, {"fixed_effects": ["low", "ym"]})

    first, second = spec(REFORM), spec(dt.date(2015, 12, 1))
    origins = [run_spec(one, memory=tmp_path).cells for one in (first, first, second)]
    assert origins == ["built", "reused", "built"]


def test_the_plan_knows_of_what_kind_means_are_before_a_row_is_read(file) -> None:
    known = known_columns(spec_of(file, WHOLE, {"controls": ["use"], "fixed_effects": ["rare"]}))
    assert known is not None and known.rows is not None
    assert known.columns["use"].kind == "float" and known.columns["use"].whole is None
    assert known.columns["rare"].kind == "text"
    lagged = spec_of(file, {"last": {"op": "lag", "column": "small"}}, {"controls": ["last"]})
    assert known_columns(lagged) is None, "what only rows show"
