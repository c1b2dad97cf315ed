"""The discrete hazard against statsmodels, brute force and itself by destination."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.data.model_data import ModelData
from evaluation.data.moments import Within
from evaluation.errors import DataError, EstimationError
from evaluation.estimators import discrete_hazard, twfe
from evaluation.estimators.discrete_hazard import Options
from evaluation.inference.links import LINKS
from evaluation.spec.variance import Inference

CR1 = Inference(("group",), "cr1", fixed_effects="full", distribution="normal")


@pytest.fixture(scope="module")
def spells() -> ModelData:
    """Persons at risk over eight months, hazards that fall with duration, two destinations."""
    draw = np.random.default_rng(11)
    n = 4000
    group, period = draw.integers(0, 25, n), draw.integers(0, 8, n)
    duration = draw.integers(0, 4, n)
    treated = (draw.random(n) < 0.4).astype(float)
    post = (period >= 4).astype(float)
    effect = draw.normal(0, 0.3, 25)
    index = (
        -1.2 + effect[group] - 0.2 * duration + 0.2 * treated + 0.1 * post + 0.5 * treated * post
    )
    exit_ = (draw.random(n) < 1 / (1 + np.exp(-index))).astype(float)
    work = exit_ * (draw.random(n) < 0.5)
    columns = pd.DataFrame(
        {"group": group, "period": period, "duration": duration, "female": draw.integers(0, 2, n)}
    )
    return ModelData(
        outcome="exit", y=exit_, columns=columns.assign(work=work, other=exit_ - work),
        unit=np.arange(n), period=period, treated=treated, post=post,
        event_time=(period - 4).astype(float),
    )  # fmt: skip


def setting(samples, link="logit", baseline="duration", **changes):
    options = Options(link=link, baseline=baseline)
    given = {"estimand": "hazard_effect", "inference": CR1, **changes}
    return samples.setting(discrete_hazard, "did", options=options, **given)


def design(data: ModelData, names=("duration",), controls=("female",)) -> np.ndarray:
    dummies = [
        pd.get_dummies(data.columns[name], drop_first=True, dtype=float).to_numpy()
        for name in names
    ]
    return np.column_stack(
        [np.ones(len(data.y)), *dummies, *(data.columns[c] for c in controls),
         data.treated, data.post, data.treated * data.post]
    ).astype(float)  # fmt: skip


@pytest.mark.parametrize("link", ["logit", "cloglog"])
@pytest.mark.parametrize("weighted", [False, True])
def test_statsmodels_gives_the_same_coefficient_and_error(samples, spells, link, weighted) -> None:
    import statsmodels.api as sm

    data = spells
    links = {"logit": sm.families.links.Logit(), "cloglog": sm.families.links.CLogLog()}
    keys: dict = {}
    if weighted:
        weight = np.random.default_rng(3).integers(1, 4, len(data.y)).astype(float)
        data, keys = replace(data, weight=weight), {"var_weights": weight}
    found = discrete_hazard.fit(data, setting(samples, link, controls=("female",)))
    x = design(data)
    oracle = sm.GLM(data.y, x, family=sm.families.Binomial(link=links[link]), **keys).fit(
        tol=1e-14, maxiter=200
    )
    # Its deviance stops changing before its coefficients do: one more step by Newton.
    hessian = oracle.model.hessian(oracle.params, observed=True)
    best = oracle.params - np.linalg.solve(hessian, oracle.model.score(oracle.params))
    assert np.allclose(best, oracle.params, rtol=1e-7)
    detail = {name: value for _, name, value in found.details}
    assert detail["link_coefficient"] == pytest.approx(best[-1], rel=1e-10)
    # The sandwich by hand, its bread the observed information.
    index = x @ best
    one = LINKS[link]
    own = np.ones(len(data.y)) if data.weight is None else data.weight
    bread = np.linalg.inv(-oracle.model.hessian(best, observed=True))
    scores = x * (own * one.weight(index) * (data.y - one.mean(index)))[:, None]
    sums = np.zeros((25, x.shape[1]))
    np.add.at(sums, data.columns["group"].to_numpy(), scores)
    n, k, g = len(data.y), x.shape[1], 25
    factor = (n - 1) / (n - k) * g / (g - 1)
    covariance = factor * bread @ sums.T @ sums @ bread
    assert detail["link_std_error"] == pytest.approx(np.sqrt(covariance[-1, -1]), rel=1e-7)
    if link == "logit" and not weighted:  # statsmodels' own sandwich, where both breads agree
        clustered = sm.GLM(data.y, x, family=sm.families.Binomial(link=links[link])).fit(
            tol=1e-14, cov_type="cluster", cov_kwds={"groups": data.columns["group"].to_numpy()}
        )
        assert detail["link_std_error"] == pytest.approx(clustered.bse[-1], rel=1e-7)
    # Effect on the hazard and its error by numerical derivatives.
    has = (data.treated * data.post) == 1

    def effect(theta: np.ndarray) -> float:
        bare = x[has].copy()
        bare[:, -1] = 0
        gap = one.mean(x[has] @ theta) - one.mean(bare @ theta)
        return float(np.average(gap, weights=own[has]))

    term = found.terms[0]
    assert term.estimate == pytest.approx(effect(best), rel=1e-8)
    step = 1e-6 * np.eye(len(best))
    gradient = np.array([(effect(best + s) - effect(best - s)) / 2e-6 for s in step])
    assert term.std_error == pytest.approx(np.sqrt(gradient @ covariance @ gradient), rel=1e-6)


def test_identity_is_least_squares_with_the_baseline_among_its_effects(samples, spells) -> None:
    found = discrete_hazard.fit(spells, setting(samples, "identity"))
    plain = samples.setting(
        twfe, "did", estimand="hazard_effect", inference=CR1, fixed_effects=("duration",)
    )
    assert repr(found.terms) == repr(twfe.fit(spells, plain).terms)
    x = design(spells, controls=())
    beta = np.linalg.lstsq(x, spells.y, rcond=None)[0][-1]
    assert found.terms[0].estimate == pytest.approx(beta, abs=1e-12)


def test_destinations_add_up_to_the_exit(samples, spells) -> None:
    asked = setting(samples, "identity", controls=("female",))
    whole, work, other = (
        discrete_hazard.fit(replace(spells, y=y), asked).terms[0].estimate
        for y in (spells.y, spells.columns["work"].to_numpy(), spells.columns["other"].to_numpy())
    )
    assert work + other == pytest.approx(whole, abs=1e-12)


def grouped(data: ModelData) -> ModelData:
    """Return cells of rows that share everything that the model takes."""
    keys = data.columns[["group", "period", "duration", "female"]].assign(treated=data.treated)
    code = keys.groupby(list(keys.columns), sort=True).ngroup().to_numpy()
    first = np.unique(code, return_index=True)[1]
    rows = np.bincount(code)
    y = np.bincount(code, data.y) / rows
    scatter = (rows * y * (1 - y))[:, None, None]
    return replace(
        data, y=y, weight=rows.astype(float), rows=rows, unit=None, units=len(data.y),
        columns=data.columns.iloc[first].reset_index(drop=True), period=data.period[first],
        treated=data.treated[first], post=data.post[first], event_time=data.event_time[first],
        within=Within(("y",), scatter),
    )  # fmt: skip


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_cells_give_what_rows_give(samples, spells, link) -> None:
    asked = setting(samples, link, controls=("female",), fixed_effects=("group",))
    by_rows = discrete_hazard.fit(spells, asked)
    by_cells = discrete_hazard.fit(grouped(spells), asked)
    one, other = by_rows.terms[0], by_cells.terms[0]
    assert abs(one.estimate - other.estimate) < 1e-9 * one.std_error
    assert one.std_error == pytest.approx(other.std_error, rel=1e-8)
    assert by_rows.n_obs == by_cells.n_obs == 4000


def test_levels_without_events_leave_counted(samples, spells) -> None:
    silent = spells.columns["group"].to_numpy() == 3
    data = replace(spells, y=np.where(silent, 0.0, spells.y))
    asked = setting(samples, fixed_effects=("group",))
    found = discrete_hazard.fit(data, asked)
    assert found.n_obs == int((~silent).sum())
    assert f"{int(silent.sum())} rows lie in levels" in found.warnings[0]
    without = replace(
        data, y=data.y[~silent], columns=data.columns[~silent].reset_index(drop=True),
        unit=data.unit[~silent], period=data.period[~silent], treated=data.treated[~silent],
        post=data.post[~silent], event_time=data.event_time[~silent],
    )  # fmt: skip
    kept = discrete_hazard.fit(without, asked).terms[0]
    assert found.terms[0].estimate == pytest.approx(kept.estimate, rel=1e-10)


def test_refusals(samples, spells) -> None:
    with pytest.raises(DataError, match="other values than 0 and 1"):
        discrete_hazard.fit(replace(spells, y=spells.y * 2), setting(samples))
    halves = grouped(replace(spells, y=spells.y))
    with pytest.raises(DataError, match="other values than 0 and 1"):
        within = Within(("y",), halves.within.scatter * 0.5)
        discrete_hazard.fit(replace(halves, within=within), setting(samples))
    with pytest.raises(DataError, match="gives variance 'cr1' with one cluster"):
        cr3 = Inference(("group",), "cr3")
        discrete_hazard.fit(spells, setting(samples, inference=cr3))
    one = replace(spells, treated=(spells.columns["group"].to_numpy() == 1).astype(float))
    found = discrete_hazard.fit(one, setting(samples))
    assert found.terms[0].std_error is None and "one treated cluster" in found.warnings[0]
    told = replace(spells, y=np.where(spells.treated == 1, spells.post * spells.treated, spells.y))
    with pytest.raises(EstimationError, match="tells events from others"):
        discrete_hazard.fit(told, setting(samples))
