"""Bias-aware jumps: the same numbers from rows, from mass points, and from pairs."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import ModelData
from evaluation.estimators import rd_honest as module
from evaluation.spec.variance import Inference

OPTIONS = [
    {},
    {"kernel": "uniform", "bandwidth": {"rule": "flci"}},
    {"kernel": "epanechnikov", "bandwidth": {"fixed": 9}, "curvature_bound": {"value": 0.01}},
]


def persons(seed, weighted=False, units=250):
    """Months around a birthday of persons seen for a while, with gaps."""
    generator = np.random.default_rng(seed)
    start = generator.integers(-20, 12, units)
    length = generator.integers(1, 14, units)
    unit = np.repeat(np.arange(units), length)
    running = start[unit] + np.concatenate([np.arange(one) for one in length])
    kept = generator.random(len(unit)) < 0.9
    unit, running = unit[kept], running[kept].astype(float)
    n = len(unit)
    columns = pd.DataFrame({"unit": unit, "group": unit % 11, "x": generator.normal(size=n)})
    y = 3e3 + generator.normal(size=units)[unit] + 0.3 * (running < 0) + generator.normal(size=n)
    y += 0.005 * running**2 + 0.1 * columns.x.to_numpy()
    return ModelData(
        outcome="y",
        y=y,
        columns=columns,
        weight=generator.uniform(0.5, 2, n) if weighted else None,
        unit=np.unique(unit, return_inverse=True)[1],
        running=running,
    )


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize(
    ("cluster", "variance"),
    [((), "nn"), ((), "hc0"), ((), "hc1"), (("group",), "cr1")],
)
@pytest.mark.parametrize("controls", [(), ("x",)])
def test_cells_equal_rows(samples, by_hand, options, cluster, variance, controls):
    data = persons(1)
    cells = by_hand.cells(data, ("running", "group"), ("x",))
    setting = samples.setting(
        module,
        "rd",
        options=module.Options(**options),
        inference=Inference(cluster, variance, distribution="normal"),
        controls=controls,
    )
    by_hand.agree(module.fit(data, setting), module.fit(cells, setting))


def test_weighted_cells_keep_their_clusters(samples, by_hand):
    data = persons(2, weighted=True)
    cells = by_hand.cells(data, ("running", "group"))
    setting = samples.setting(module, "rd", inference=Inference(("group",), "cr1"))
    by_hand.agree(module.fit(data, setting), module.fit(cells, setting))
    with pytest.raises(NeedsRows, match="squared weights"):
        module.fit(cells, samples.setting(module, "rd", inference=Inference((), "hc1")))


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("options", OPTIONS)
def test_pairs_give_the_variance_by_unit(samples, by_hand, seed, options):
    """Also where they choose the bandwidth."""
    data = persons(seed)
    cells = by_hand.cells(data, ("running",), second_pass=False)
    cells = replace(cells, pairs=by_hand.pairs(data))
    setting = samples.setting(
        module,
        "rd",
        options=module.Options(**options),
        inference=Inference(("unit",), "cr1", distribution="normal"),
    )
    by_hand.agree(module.fit(data, setting), module.fit(cells, setting))
    with pytest.raises(NeedsRows, match="pair cells"):
        module.fit(replace(cells, pairs=None), setting)


def test_bounded_misspecification_from_cells(samples, by_hand):
    data = persons(5)
    once = np.unique(data.unit, return_index=True)[1]
    data = replace(
        data,
        y=data.y[once],
        unit=np.arange(len(once)),
        running=data.running[once] // 3,
        columns=data.columns.iloc[once].reset_index(drop=True),
    )
    cells = by_hand.cells(data, ("running",))
    keys = {
        "smoothness": "bounded_misspecification",
        "kernel": "uniform",
        "bandwidth": {"fixed": 4},
    }
    setting = samples.setting(
        module,
        "rd",
        options=module.Options(**keys),
        inference=Inference((), "hc1", distribution="normal"),
    )
    by_hand.agree(module.fit(data, setting), module.fit(cells, setting))
