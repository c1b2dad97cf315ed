"""The polynomial jump at a cutoff: the same numbers from rows, from points, and from pairs."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import ModelData
from evaluation.errors import EstimationError
from evaluation.estimators import rd_polynomial as module
from evaluation.spec.variance import Inference


def persons(seed, weighted=False, units=150):
    """Return months around a birthday of persons seen for a while, with gaps."""
    generator = np.random.default_rng(seed)
    start = generator.integers(-20, 12, units)
    length = generator.integers(1, 14, units)
    unit = np.repeat(np.arange(units), length)
    running = start[unit] + np.concatenate([np.arange(one) for one in length])
    kept = generator.random(len(unit)) < 0.9
    unit, running = unit[kept], running[kept].astype(float)
    n = len(unit)
    columns = pd.DataFrame(
        {
            "unit": unit,
            "group": (unit % 11),
            "x": generator.normal(size=n),
            "treated": generator.integers(0, 2, n),
        }
    )
    y = 3e3 + generator.normal(size=units)[unit] + 0.3 * (running < 0) + generator.normal(size=n)
    return ModelData(
        outcome="y",
        y=y + 0.1 * columns.x.to_numpy(),
        columns=columns,
        weight=generator.uniform(0.5, 2, n) if weighted else None,
        unit=np.unique(unit, return_inverse=True)[1],
        running=running,
    )


def setting_of(samples, inference, controls=(), **options):
    options = module.Options(**options)
    return samples.setting(module, "rd", options=options, inference=inference, controls=controls)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    ("cluster", "variance"),
    [
        ((), "iid"),
        ((), "hc0"),
        ((), "hc1"),
        (("group",), "cr1"),
        (("unit",), "cr1"),
        (("unit", "group"), "cr1"),
        (("group",), "hc1"),
    ],
)
@pytest.mark.parametrize("controls", [(), ("x",), ("treated", "x")])
def test_cells_equal_rows(samples, by_hand, weighted, cluster, variance, controls):
    data = persons(1, weighted)
    cells = by_hand.cells(data, ("running", "group"), ("x", "treated"))
    for options in ({"order": 1}, {"order": 3, "slopes": "common", "bandwidth": {"fixed": 9}}):
        setting = setting_of(samples, Inference(cluster, variance), controls, **options)
        by_hand.agree(module.fit(data, setting), module.fit(cells, setting))


@given(
    seed=st.integers(0, 10_000),
    order=st.integers(0, 3),
    width=st.integers(5, 25),
    donut=st.integers(0, 2),
    shift=st.integers(-3, 3),
)
def test_pairs_give_the_variance_by_unit(samples, by_hand, seed, order, width, donut, shift):
    """For every bandwidth, order, donut and cutoff, from pairs alone."""
    data = persons(seed)
    data = replace(data, running=data.running - shift)
    kept = np.abs(data.running + 0.5) > donut
    data = replace(
        data,
        y=data.y[kept],
        columns=data.columns[kept].reset_index(drop=True),
        unit=np.unique(data.unit[kept], return_inverse=True)[1],
        running=data.running[kept],
    )
    cells = by_hand.cells(data, ("running",), second_pass=False)
    cells = replace(cells, pairs=by_hand.pairs(data))
    setting = setting_of(
        samples, Inference(("unit",), "cr1"), order=order, bandwidth={"fixed": width}
    )
    rows, found = module.fit(data, setting), module.fit(cells, setting)
    by_hand.agree(rows, found)
    assert found.n_units == rows.n_units


def test_refuses_pairs_that_do_not_answer(samples, by_hand):
    data = persons(2)
    cells = by_hand.cells(data, ("running",), ("x",), second_pass=False)
    pairs = by_hand.pairs(data)
    setting = setting_of(samples, Inference(("unit",), "cr1"), bandwidth={"fixed": 9})
    with pytest.raises(NeedsRows, match="unit"):
        module.fit(cells, setting)
    with pytest.raises(NeedsRows, match="bandwidth"):
        module.fit(replace(cells, pairs=replace(pairs, successive=None)), setting)
    with pytest.raises(NeedsRows, match="weights"):
        module.fit(replace(cells, pairs=pairs, weighted=True), setting)
    with pytest.raises(EstimationError, match="other values"):
        module.fit(replace(cells, pairs=replace(pairs, running=pairs.running + 0.5)), setting)
    given_x = replace(setting, controls=("x",))
    with pytest.raises(NeedsRows, match="unit"):
        module.fit(replace(cells, pairs=pairs), given_x)
    by_row = setting_of(samples, Inference((), "hc1"), ("x",))
    with pytest.raises(NeedsRows, match="by row"):
        module.fit(cells, by_row)
