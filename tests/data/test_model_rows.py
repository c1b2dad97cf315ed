"""The rows of one model: what is missing leaves and is counted, what cannot be is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from evaluation.errors import DataError

MODEL = {"id": "main", "estimand": "att", "estimator": "twfe"}


@pytest.fixture
def gaps(four: pd.DataFrame) -> pd.DataFrame:
    four = four.assign(
        muni=four["person"].map({1: "a", 2: "a", 3: "b", 4: None}), pop=2.0, dose=1.0
    )
    four["x"] = four["x"].astype(float)
    four.loc[0, "y"] = np.nan
    four.loc[[0, 1], "x"] = np.nan
    four.loc[[3, 4], "pop"] = [0.0, np.nan]
    four.loc[8, "dose"] = np.nan
    return four


def test_what_is_missing_is_counted_once(tiny, gaps) -> None:
    models = [{**MODEL, "controls": ["x"], "fixed_effects": ["muni"], "cluster": "muni"}]
    data = tiny.rows(gaps, panel={"weight": "pop"}, models=models)
    assert data.dropped == {
        "missing outcome": 1,
        "missing x": 1,
        "missing muni": 3,
        "missing or zero weight": 2,
    }
    assert (data.n_obs, data.n_units) == (5, 3)
    assert list(data.columns) == ["x", "muni"] and not data.columns.isna().any().any()
    assert data.weight.tolist() == [2.0] * 5


def test_a_missing_treatment_is_counted(tiny, gaps) -> None:
    data = tiny.rows(gaps, design={"kind": "did", "treatment": {"column": "dose"}})
    assert data.dropped == {"missing outcome": 1, "missing treatment": 1}
    assert data.n_obs == 10


def test_a_model_narrows_with_its_own_filter(tiny, four) -> None:
    models = [{**MODEL, "keep": [{"column": "x", "equals": 1}]}]
    data = tiny.rows(four, models=models)
    assert data.n_units == 2 and data.unit.tolist() == [0, 0, 0, 1, 1, 1]


def test_logarithms(tiny, four) -> None:
    outcomes = {"y": {"column": "y", "kind": "continuous", "transform": "log"}}
    np.testing.assert_array_equal(tiny.rows(four, outcomes=outcomes).y, np.log(four["y"]))


BINARY = {"y": {"column": "y", "kind": "binary"}}
LOG = {"y": {"column": "y", "kind": "continuous", "transform": "log"}}
# columns of the frame changed, spec changed, words of the line
REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"y": "text"}, {}, "outcomes.y: column 'y' holds text; it must hold numbers"),
    ({"y": np.nan}, {}, "outcomes.y: column 'y' is missing in every row"),
    ({"y": np.inf}, {}, "outcomes.y: column 'y' holds 12 infinite values"),
    ({}, {"outcomes": BINARY}, "kind is 'binary', but column 'y' holds other values"),
    ({"y": 0.0}, {"outcomes": LOG}, "holds 12 values that are not positive"),
    ({"x": "text"}, {"models": [{**MODEL, "controls": ["x"]}]},
     "models.main.controls: column 'x' holds text"),
    ({"x": np.nan}, {"models": [{**MODEL, "controls": ["x"]}]},
     "models.main: no rows are left for outcome 'y'"),
    ({"x": -1.0}, {"panel": {"weight": "x"}}, "panel.weight: column 'x' holds negative values"),
    ({"x": range(12)}, {"models": [{**MODEL, "cluster": "x"}]},
     "models.main.cluster: 'x' changes over time in 4 units"),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "changes", "words"), REFUSED)
def test_refused(tiny, four, columns, changes, words) -> None:
    with pytest.raises(DataError) as caught:
        tiny.rows(four.assign(**columns), **changes)
    assert words in str(caught.value)


# cluster, whether it may change inside a unit
CLUSTERS: list[dict[str, Any]] = [
    {"cluster": "x", "moving_clusters": "keep"},
    {"cluster": ["x", "person"], "moving_clusters": "keep"},
    {"cluster": ["year", "person"]},
    {"cluster": "person"},
    {"cluster": "year"},
]


@pytest.mark.parametrize("keys", CLUSTERS, ids=str)
def test_clusters_that_may_change(tiny, four, keys) -> None:
    four["x"] = range(12)
    assert tiny.rows(four, models=[{**MODEL, **keys}]).n_obs == 12


@pytest.mark.parametrize("cluster", ["x", ["x", "person"]], ids=str)
def test_moving_clusters_are_refused_or_warned(tiny, four, cluster) -> None:
    four["x"] = range(12)
    kept = tiny.rows(four, models=[{**MODEL, "cluster": cluster, "moving_clusters": "keep"}])
    assert kept.warnings == ("cluster 'x' changes over time in 4 units",)
    with pytest.raises(DataError, match="changes over time in 4 units"):
        tiny.rows(four, models=[{**MODEL, "cluster": cluster}])


def test_averaged_binaries_are_shares(tiny, four) -> None:
    four["y"] = (four["person"] % 2).astype(float)
    sample = {"rows": {"by": ["group"]}}
    data = tiny.rows(four, outcomes=BINARY, sample=sample)
    assert data.y.tolist() == [0.5] * 6
