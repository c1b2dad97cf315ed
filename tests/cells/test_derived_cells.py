"""Derived columns in queries: the values of rows, and models that run from cells all the same."""

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
from evaluation.cells.settings import Settings
from evaluation.commands.cells_sql import print_sql
from evaluation.data.derive.deriving import Deriving
from evaluation.data.sources.frame import Frame
from evaluation.errors import DataError, SpecError
from evaluation.pipeline import run_spec
from evaluation.spec.loader import build_spec
from evaluation.spec.origin import Origin
from evaluation.spec.settings import read_settings

N_PERSONS, MONTHS = 400, [201510, 201511, 201512, 201701, 201704, 201705, 201712]

DERIVE: dict[str, dict[str, Any]] = {
    "total": {"op": "sum", "columns": ["small", "amount"]},
    "whole": {"op": "sum", "columns": ["small", "flag", "small"]},
    "less": {"op": "difference", "columns": ["amount", "small"]},
    "over": {"op": "ratio", "columns": ["amount", "small"]},
    "some": {"op": "any", "columns": ["flag", "gap"]},
    "every": {"op": "all", "columns": ["flag", "gap"]},
    "real": {"op": "deflate", "column": "amount", "index": "small", "base": 3},
    "class": {"op": "cut", "column": "amount", "at": [-0.5, 0.25]},
    "named": {"op": "cut", "column": "gap", "at": [0, 1], "labels": ["none", "some", "many"]},
    "inner": {"op": "cut", "column": "small", "at": [1, 3], "labels": ["inner"]},
    "strict": {"op": "recode", "column": "kind", "values": {"a": 1, "b": 0}},
    "kept": {"op": "recode", "column": "small", "values": {"2": 7}, "others": "keep"},
    "text": {"op": "recode", "column": "kind", "values": {"a": "A"}, "others": "keep"},
    "word": {"op": "recode", "column": "small", "values": {"1": "one", "2": "two"}},
    "product": {"op": "interact", "columns": ["small", "amount"]},
    "levels": {"op": "interact", "columns": ["kind", "small"], "combine": "levels"},
    "rich": {"op": "over_g", "column": "income", "times": 0.5},
    "rich_now": {"op": "over_g", "column": "income", "times": 6, "per": "month"},
    "again": {"op": "sum", "columns": ["class", "whole"]},
    "since": {"op": "months_since", "column": "ym", "since": dt.date(2016, 3, 1)},
}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    generator = np.random.default_rng(11)
    n = N_PERSONS * len(MONTHS)
    person = np.repeat(np.arange(N_PERSONS), len(MONTHS))
    gap = generator.integers(0, 3, n).astype(float)
    gap[generator.random(n) < 0.2] = np.nan
    kind = generator.choice(np.array(["a", "b", "c"], dtype=object), n)
    kind[generator.random(n) < 0.1] = None
    return pd.DataFrame(
        {
            "person": person,
            "ym": np.tile(MONTHS, N_PERSONS),
            "muni": person % 23,
            "old": (person // 23) % 2,
            "small": generator.integers(0, 4, n).astype(np.int8),
            "flag": generator.integers(0, 2, n).astype(bool),
            "gap": gap,
            "amount": np.round(generator.normal(size=n), 3),
            "kind": kind,
            "income": generator.integers(0, 100_000, n),
        }
    )


@pytest.fixture(scope="module")
def file(frame, tmp_path_factory):
    path = tmp_path_factory.mktemp("derived") / "rows.parquet"
    frame.to_parquet(path, index=False)
    return path


def spec_of(path, derive: dict[str, Any], **changes: Any):
    tables: dict[str, Any] = {
        "schema_version": 1,
        "id": "derived",
        "title": "Derived",
        "panel": {"source": "file", "path": path.name, "unit": "person", "time": "ym",
                  "time_unit": "month"},
        "outcomes": {"y": {"column": "amount", "kind": "continuous"}},
        "design": {"kind": "did", "reform_date": dt.date(2017, 1, 1),
                   "treated": {"column": "old", "equals": 1}},
        "models": [{"id": "main", "estimand": "att", "estimator": "twfe", "cluster": "muni",
                    "variance": "cr1"}],
        "derive": derive,
        **changes,
    }  # fmt: skip
    return build_spec(
        tables, catalogue(), settings=read_settings(()),
        origin=Origin(folder=path.parent), label="derived",
    )  # fmt: skip


@pytest.fixture(scope="module")
def both(file, frame):
    """Every derived column by query and by rows, and what is known of each."""
    spec = spec_of(file, DERIVE)
    relation = relation_of_files([file], list(frame.columns), {}, Settings())
    made = with_derived(relation, spec, tuple(DERIVE), Settings())
    table = made.table.select("person", "ym", *DERIVE)
    found = engine_of(made).fetch(made, table, Settings()).to_pandas()
    found = found.sort_values(["person", "ym"]).reset_index(drop=True)
    return found, Deriving(Frame(frame), spec).read(tuple(DERIVE)), made.columns


@pytest.mark.parametrize("name", DERIVE)
def test_a_query_gives_the_values_of_rows(both, name: str) -> None:
    found, rows, columns = both[0][name], both[1][name], both[2]
    assert (found.isna() == rows.isna()).all()
    known = rows.notna()
    if pd.api.types.is_numeric_dtype(rows):
        values, wanted = found[known].to_numpy(float), rows[known].to_numpy(float)
        assert np.array_equal(values, wanted), "to the last bit"
    else:
        assert (found[known] == rows[known]).all()
    facts = columns[name]
    if facts.low is not None:
        assert rows.min() >= facts.low and rows.max() <= facts.high


MODELS = [
    {"id": "main", "estimand": "att", "estimator": "twfe", "cluster": "muni", "variance": "cr1",
     "fixed_effects": ["levels", "ym"], "controls": ["whole", "over2"],
     "keep": [{"column": "some", "equals": 1}]},
    {"id": "cr3", "estimand": "att", "estimator": "twfe", "cluster": "muni", "variance": "cr3",
     "fixed_effects": ["class", "ym"], "controls": ["strict"]},
    {"id": "risk", "estimand": "att", "estimator": "twfe", "cluster": "muni", "variance": "cr3",
     "fixed_effects": ["muni", "ym"], "interact": ["class"]},
    {"id": "unit", "estimand": "att", "estimator": "twfe", "cluster": "person", "variance": "cr1",
     "fixed_effects": ["muni", "ym"], "interact": ["class"], "controls": ["whole"]},
    {"id": "robust", "estimand": "att", "estimator": "twfe", "variance": "hc1",
     "fixed_effects": ["muni", "ym"], "interact": ["class"], "group_trends": "muni"},
    {"id": "by_risk", "estimand": "att_relative", "estimator": "triple_difference",
     "cluster": "muni", "variance": "cr3", "fixed_effects": ["muni", "ym"], "risk": "again"},
    {"id": "by_class", "estimand": "att_relative", "estimator": "triple_difference",
     "cluster": "muni", "variance": "cr1", "fixed_effects": ["muni", "ym"], "risk": "again",
     "groups": 3},
    {"id": "trend", "estimand": "att", "estimator": "twfe", "cluster": "muni", "variance": "cr1",
     "fixed_effects": ["muni", "ym"], "group_trends": "muni"},
    {"id": "path", "estimand": "att_by_event_time", "estimator": "twfe_event_study",
     "cluster": "muni", "variance": "cr3", "reference": -13, "interact": ["class"],
     "fixed_effects": ["muni"], "group_trends": "muni", "average": True},
]  # fmt: skip
OUTCOMES = {
    "y": {"column": "total", "kind": "continuous"},
    "rich": {"column": "rich", "kind": "binary"},
}


@pytest.fixture(scope="module")
def whole(file):
    return spec_of(
        file,
        {**DERIVE, "over2": {"op": "sum", "columns": ["amount", "amount"]}},
        models=MODELS,
        outcomes=OUTCOMES,
    )


@pytest.fixture(scope="module")
def rows(whole):
    return run_spec(whole, engine="microdata")


@pytest.mark.parametrize("source", ["parquet", "frame"])
def test_models_run_from_cells_and_equal_those_from_rows(whole, rows, frame, source: str) -> None:
    cells = run_spec(whole, engine="auto", **({"frame": frame} if source == "frame" else {}))
    engines = {(d.model_id, d.outcome): d.value for d in cells.details if d.name == "engine"}
    assert set(engines.values()) == {"cells"}, engines
    assert len(cells.estimates) == len(rows.estimates) > 20
    for one, other in zip(cells.estimates, rows.estimates, strict=True):
        assert one.status == other.status and one.reason == other.reason
        if other.std_error:
            assert abs(one.estimate - other.estimate) < 1e-9 * other.std_error
            assert one.std_error == pytest.approx(other.std_error, rel=1e-8)


def test_what_follows_from_other_rows_is_read_once_and_then_runs_from_cells(file, frame) -> None:
    derive = {
        "before": {"op": "lag", "column": "small"},
        "use": {"op": "pre_mean", "column": "flag", "by": "muni", "before": dt.date(2017, 1, 1)},
        "low": {"op": "cut", "column": "use", "at": [0.5]},
    }
    model = {**MODELS[1], "fixed_effects": ["low", "ym"], "controls": ["before"]}
    spec = spec_of(file, derive, models=[model])
    cells, rows = (run_spec(spec, engine=engine) for engine in ("auto", "microdata"))
    (one,), (other,) = cells.estimates, rows.estimates
    assert {d.value for d in cells.details if d.name == "engine"} == {"cells"}
    assert one.n_obs == other.n_obs < len(frame), "rows without a month before are out"
    assert abs(one.estimate - other.estimate) < 1e-9 * other.std_error


def test_a_column_of_fractions_is_no_key(file) -> None:
    model = {**MODELS[2], "interact": ["over"]}
    spec = spec_of(file, DERIVE, models=[model])
    found = {d.name: d.value for d in run_spec(spec).details}
    assert found["engine"] == "microdata"
    assert "interact" in found["engine_reason"] and "fractions" in found["engine_reason"]


def test_kept_cells_of_another_definition_are_not_taken(file, tmp_path) -> None:
    first = spec_of(file, {"class": {"op": "cut", "column": "amount", "at": [0]}},
                    models=[{**MODELS[1], "controls": []}])  # fmt: skip
    second = spec_of(file, {"class": {"op": "cut", "column": "amount", "at": [1]}},
                     models=[{**MODELS[1], "controls": []}])  # fmt: skip
    memory = tmp_path / "memory"
    origins = [run_spec(one, memory=memory).cells for one in (first, first, second)]
    assert origins == ["built", "reused", "built"]


def test_given_cells_of_another_definition_are_refused(file, tmp_path) -> None:
    specs = [
        spec_of(file, {"class": {"op": "cut", "column": "amount", "at": [at]}},
                models=[{**MODELS[1], "controls": []}])
        for at in (0, 1)
    ]  # fmt: skip
    record = run_spec(specs[0], memory=tmp_path)
    (folder,) = {one.parent for one in tmp_path.rglob("cells.json")}
    assert run_spec(specs[0], cells=folder).estimates == record.estimates
    with pytest.raises(DataError, match="built with other derived columns"):
        run_spec(specs[1], cells=folder)


def test_texts_of_queries_derive_nothing(file) -> None:
    with pytest.raises(SpecError, match=r"derive\.class: the SELECTs read a table as it is"):
        print_sql(spec_of(file, DERIVE, models=[{**MODELS[1], "controls": []}]), "duckdb")
