"""The triple difference against eight means, the saturated regression and pyfixest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.data.model_data import ModelData
from evaluation.data.moments import Within
from evaluation.errors import DataError
from evaluation.estimators import triple_difference
from evaluation.estimators._subset import subset
from evaluation.spec.variance import Inference

EFFECTS = ("muni", "period", "age")
CLUSTERS = 24


def made(weighted=False, seed=0):
    """Return persons of six ages in 24 municipalities, a third of which are of the third group."""
    generator = np.random.default_rng(seed)
    n = 4000
    muni = generator.integers(0, CLUSTERS, n)
    period = generator.integers(0, 8, n)
    age = generator.integers(0, 6, n)
    treated = (age < 3).astype(float)
    post = (period >= 4).astype(float)
    third = (muni % 3 == 0).astype(float)
    x = generator.normal(size=n) + 0.2 * treated * post
    shock = generator.normal(size=(CLUSTERS, 2))[muni, treated.astype(int)]
    y = 3 + 0.5 * treated * post + 0.7 * treated * post * third + 0.3 * x + shock
    y = y + 0.1 * third * post + 0.05 * age + generator.normal(size=n)
    return ModelData(
        "y",
        y,
        pd.DataFrame({"muni": muni, "period": period, "age": age, "x": x}),
        weight=generator.uniform(0.5, 2, n) if weighted else None,
        unit=np.arange(n),
        period=period,
        treated=treated,
        post=post,
        third=third,
    )


def frame_of(data):
    return data.columns.assign(
        y=data.y, treated=data.treated, post=data.post, third=data.third,
        weight=1.0 if data.weight is None else data.weight,
    )  # fmt: skip


def test_without_effects_it_is_the_difference_of_two_differences(samples):
    data = made()
    found = triple_difference.fit(
        data, samples.setting(triple_difference, inference=Inference((), "hc1"))
    )
    mean = frame_of(data).groupby(["third", "treated", "post"])["y"].mean()

    def change(third, treated):
        return mean[third, treated, 1.0] - mean[third, treated, 0.0]

    wanted = (change(1.0, 1.0) - change(1.0, 0.0)) - (change(0.0, 1.0) - change(0.0, 0.0))
    assert found.terms[0].estimate == pytest.approx(wanted, rel=1e-11)


def test_eight_rows_by_hand(samples):
    # (third, treated, post) -> outcome: 1 + 2 + 4 and so on, and 100 for all three.
    cells = np.array([(t, g, p) for t in (0, 1) for g in (0, 1) for p in (0, 1)], dtype=float)
    y = cells @ [1.0, 2.0, 4.0] + 3 * cells[:, 1] * cells[:, 2] + 100 * cells.prod(axis=1)
    twice = np.concatenate([y - 1, y + 1])
    cells = np.tile(cells, (2, 1))
    data = ModelData(
        "y", twice, pd.DataFrame(index=range(16)),
        third=cells[:, 0], treated=cells[:, 1], post=cells[:, 2],
    )  # fmt: skip
    found = triple_difference.fit(
        data, samples.setting(triple_difference, inference=Inference((), "iid"))
    )
    assert found.terms[0].estimate == pytest.approx(100.0)
    # Eight means of two rows, whose residuals are 1 and -1: s² = 16 / 8, variance s² × 8 / 2.
    assert found.terms[0].std_error == pytest.approx(np.sqrt(2.0 * 8 / 2))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("variance", ["hc1", "cr1"])
def test_equals_the_saturated_regression_of_pyfixest(samples, weighted, variance):
    import pyfixest as pf

    data = made(weighted)
    cluster = ("muni",) if variance == "cr1" else ()
    found = triple_difference.fit(
        data,
        samples.setting(
            triple_difference, controls=("x",), fixed_effects=EFFECTS,
            inference=Inference(cluster, variance, fixed_effects="full"),
        ),
    )  # fmt: skip
    theirs = pf.feols(
        "y ~ treated*post*third + x | muni + period + age",
        frame_of(data),
        vcov={"CRV1": "muni"} if cluster else "HC1",
        weights="weight",
        ssc=pf.ssc(k_adj=True, k_fixef="full", G_adj=True, G_df="min"),
        demeaner=pf.MapDemeaner(fixef_tol=1e-13),
        fixef_rm="none",
    )
    name = "treated:post:third"
    assert abs(found.terms[0].estimate - theirs.coef()[name]) < 1e-9 * theirs.se()[name]
    assert found.terms[0].std_error == pytest.approx(theirs.se()[name], rel=5e-9)
    absorbed = {value for _, key, value in found.details if key == "absorbed"}
    assert absorbed == {"(treated)", "(post)", "(third)"}


def test_cr3_deletes_clusters(samples):
    data = made()
    setting = samples.setting(
        triple_difference, fixed_effects=EFFECTS, controls=("x",),
        inference=Inference(("muni",), "cr3"),
    )  # fmt: skip
    found = triple_difference.fit(data, setting)
    plain = replace(setting, inference=Inference(("muni",), "cr1"))
    left = [
        triple_difference.fit(subset(data, np.flatnonzero(data.columns["muni"] != g)), plain)
        .terms[0].estimate
        for g in range(CLUSTERS)
    ]  # fmt: skip
    wanted = (CLUSTERS - 1) / CLUSTERS * np.sum((np.array(left) - found.terms[0].estimate) ** 2)
    assert found.terms[0].std_error == pytest.approx(np.sqrt(wanted), rel=1e-8)


def cells_of(data):
    """Return the cells of municipality, period, age and groups, x varying inside them."""
    weight = np.ones(data.entries) if data.weight is None else data.weight
    keys = ["muni", "period", "age"]
    values = np.column_stack([data.columns["x"], data.y])
    code = data.columns.groupby(keys).ngroup().to_numpy()
    _, first = np.unique(code, return_index=True)
    mass = np.bincount(code, weight)
    means = np.column_stack([np.bincount(code, weight * v) for v in values.T]) / mass[:, None]
    rest = values - means[code]
    scatter = np.zeros((len(first), 2, 2))
    for i in range(2):
        for j in range(2):
            scatter[:, i, j] = np.bincount(code, weight * rest[:, i] * rest[:, j])
    return replace(
        subset(data, first),
        y=means[:, 1],
        columns=data.columns.iloc[first].reset_index(drop=True).assign(x=means[:, 0]),
        weight=mass,
        unit=None,
        rows=np.bincount(code),
        within=Within(("x", "y"), scatter),
        weighted=data.weight is not None,
    )


@pytest.mark.parametrize("variance", ["cr1", "cr3"])
@pytest.mark.parametrize("weighted", [False, True])
def test_cells_give_what_rows_give(samples, variance, weighted):
    data = made(weighted)
    setting = samples.setting(
        triple_difference, fixed_effects=EFFECTS, controls=("x",),
        inference=Inference(("muni",), variance), evidence=frozenset({"moments"}),
    )  # fmt: skip
    rows, cells = (triple_difference.fit(one, setting) for one in (data, cells_of(data)))
    assert cells.n_obs == rows.n_obs and cells.n_clusters == rows.n_clusters
    first, second = rows.terms[0], cells.terms[0]
    assert abs(first.estimate - second.estimate) < 1e-9 * first.std_error
    assert second.std_error == pytest.approx(first.std_error, rel=1e-9)
    at = rows.moments.interest[0]
    assert rows.moments.beta[at] == pytest.approx(first.estimate, rel=1e-10)
    assert np.allclose(cells.moments.scores()[:, -1], rows.moments.scores()[:, -1], atol=1e-8)


def test_needs_of_cells_are_the_three_groups(samples):
    setting = samples.setting(triple_difference, fixed_effects=EFFECTS)
    assert triple_difference.cells(setting).roles == {"treated", "post", "third"}


@pytest.mark.parametrize(
    ("empty", "words"),
    [
        (lambda d: (d.treated > 0) & (d.post > 0) & (d.third > 0), "treated .* after .* inside"),
        (
            lambda d: (d.treated <= 0) & (d.post <= 0) & (d.third <= 0),
            "control .* before .* outside",
        ),
    ],
)
def test_an_empty_group_is_named(samples, empty, words):
    data = made()
    data = subset(data, np.flatnonzero(~empty(data)))
    with pytest.raises(DataError, match=words):
        triple_difference.fit(data, samples.setting(triple_difference))


def test_a_design_without_third_is_refused(samples):
    with pytest.raises(DataError, match="third difference"):
        triple_difference.fit(replace(made(), third=None), samples.setting(triple_difference))


def test_one_treated_cluster_has_no_error(samples):
    data = made()
    first = (data.columns["muni"] == 0).to_numpy()
    data = replace(data, treated=first.astype(float), third=data.treated)
    found = triple_difference.fit(
        data, samples.setting(triple_difference, inference=Inference(("muni",), "cr1"))
    )
    assert found.terms[0].std_error is None and "one treated cluster" in found.warnings[0]
