"""The baseline mean is that of the rows that it names, from rows and from cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation.data.model_data import ModelData
from evaluation.estimators._baseline import baseline_details
from evaluation.estimators.contract import Fit, Setting
from evaluation.spec.design import RdDesign, StaggeredDesign

FIT = Fit((), 8)


def setting(design):
    return Setting("att", None, (), (), design, None)


def data(**roles):
    y = np.array([1.0, 2, 3, 4, 5, 6, 7, 9])
    return ModelData("y", y, pd.DataFrame(index=range(8)), **roles)


def mean(model_data, design=None, fit=FIT):
    found = {name: value for _, name, value in baseline_details(model_data, setting(design), fit)}
    return tuple(found.get(f"baseline_{name}") for name in ("definition", "mean", "rows"))


def test_before_the_reform():
    treated, post = np.array([0.0, 0, 0, 0, 1, 1, 1, 1]), np.array([0.0, 0, 1, 1, 0, 0, 1, 1])
    assert mean(data(treated=treated, post=post)) == ("treated_before", 5.5, 2)
    # Cells of 1 and 3 rows; weights are theirs.
    rows = np.array([1, 1, 1, 1, 1, 3, 1, 1])
    cells = data(treated=treated, post=post, rows=rows, weight=rows.astype(float))
    assert mean(cells) == ("treated_before", (5 + 3 * 6) / 4, 4)


def test_before_adoption():
    design = StaggeredDesign(kind="staggered_did", cohort={"column": "g"})
    cohort = np.array([3.0, 3, 3, 3, np.inf, np.inf, np.inf, np.inf])
    event = np.array([-2.0, -1, 0, 1, np.nan, np.nan, np.nan, np.nan])
    assert mean(data(cohort=cohort, event_time=event), design) == ("treated_before", 1.5, 2)
    late = np.where(np.isnan(event), np.nan, 1.0)
    assert mean(data(cohort=cohort, event_time=late), design) == ("untreated_rows", 6.75, 4)


@pytest.mark.parametrize(
    ("side", "width", "expected"),
    [("below", None, (7.25 - 0.5, 4)), ("above", None, (2.5, 4)), ("above", 2.0, (3.5, 2))],
)
def test_across_the_cutoff(side, width, expected):
    design = RdDesign.model_validate(
        {"kind": "rd", "running_variable": {"column": "x"}, "cutoff": 0, "treated_side": side}
    )
    fit = FIT if width is None else Fit((), 8, details=(("", "bandwidth_below", width),))
    running = np.array([-4.0, -3, -2, -1, 0, 1, 2, 3])
    assert mean(data(running=running), design, fit) == ("untreated_side", *expected)


def test_nothing_to_compare():
    assert mean(data()) == (None, None, None)
    assert mean(data(treated=np.zeros(8), post=np.zeros(8))) == (None, None, None)


def test_from_rows_and_from_cells_it_is_the_same(tmp_path):
    from evaluation.api import run

    generator = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(40), 4),
            "t": np.tile(np.arange(4), 40),
            "town": np.repeat(np.arange(40) % 8, 4),
            "treat": np.repeat(np.arange(40) % 2, 4),
            "y": generator.integers(0, 2, 160),
        }
    )
    frame.to_csv(tmp_path / "f.csv", index=False)
    (tmp_path / "s.toml").write_text(
        'schema_version = 1\nid = "s"\ntitle = "s"\n[panel]\nsource = "file"\npath = "f.csv"\n'
        'unit = "unit"\ntime = "t"\n[outcomes]\ny = { column = "y", kind = "binary" }\n'
        '[design]\nkind = "did"\ntreated = { column = "treat", equals = 1 }\n'
        'post = { column = "t", at_least = 2 }\n'
        '[[models]]\nid = "main"\nestimand = "att"\nestimator = "twfe"\ncluster = "town"\n'
    )
    by_hand = frame.y[(frame.treat == 1) & (frame.t < 2)].mean()
    for engine in ("auto", "microdata"):
        found = run(tmp_path / "s.toml", engine=engine).record
        assert found.detail("main", "y", "engine") == {"auto": "cells"}.get(engine, engine)
        assert found.detail("main", "y", "baseline_mean") == pytest.approx(by_hand, rel=1e-12)
        assert found.detail("main", "y", "baseline_rows") == 40
