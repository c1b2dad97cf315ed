"""Unconditional quantile regression against hand computation, and its bootstrap by refits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.nonparametric.kde import KDEUnivariate

from evaluation.errors import DataError
from evaluation.estimators import rif_quantile, twfe
from evaluation.estimators._subset import subset
from evaluation.inference.densities import density_at, ordered, quantile_of, silverman

TAUS = (0.25, 0.5, 0.9)


def options(**keys):
    return rif_quantile.Options(draws=99, **keys)


def setting(samples, **keys):
    keys.setdefault("options", options())
    return samples.setting(rif_quantile, "did", quantiles=TAUS, **keys)


def by_hand(data, tau, effects=(), kernel="gaussian"):
    """Return q, f and the coefficient of least squares on the recentred influence function."""
    y = np.sort(data.y)
    q = y[int(np.ceil(tau * len(y))) - 1]
    spread = min(data.y.std(), (quantile(y, 0.75) - quantile(y, 0.25)) / 1.34)
    h = 0.9 * spread * len(y) ** -0.2
    if kernel == "gaussian":
        f = stats.norm.pdf((data.y - q) / h).mean() / h
    else:
        u = (data.y - q) / h
        f = np.where(np.abs(u) < 1, 0.75 * (1 - u**2), 0).mean() / h
    rif = q + (tau - (data.y <= q)) / f
    blocks = [data.treated * data.post, data.treated, data.post, np.ones(data.n_obs)]
    blocks += [pd.get_dummies(data.columns[n], drop_first=True).to_numpy(float) for n in effects]
    beta = np.linalg.lstsq(np.column_stack(blocks), rif, rcond=None)[0]
    return q, f, beta[0]


def quantile(ordered_values, share):
    return ordered_values[int(np.ceil(share * len(ordered_values))) - 1]


@pytest.mark.parametrize("kernel", ["gaussian", "epanechnikov"])
@pytest.mark.parametrize("effects", [(), ("group", "period")])
def test_equals_least_squares_on_the_influence_function(samples, effects, kernel) -> None:
    data = samples.make("did")
    found = rif_quantile.fit(
        data, setting(samples, fixed_effects=effects, options=options(kernel=kernel))
    )
    details = {(term, name): value for term, name, value in found.details}
    for term, tau in zip(found.terms, TAUS, strict=True):
        q, f, beta = by_hand(data, tau, effects, kernel)
        assert (term.quantile, term.label) == (tau, f"quantile {tau:g}")
        assert details[term.label, "value"] == q
        assert details[term.label, "density"] == pytest.approx(f, rel=1e-12)
        assert term.estimate == pytest.approx(beta, rel=1e-9)


def test_density_equals_statsmodels() -> None:
    values = np.random.default_rng(1).normal(size=500)
    weights = np.random.default_rng(2).uniform(0.5, 2.0, 500)
    order = ordered(values)
    plain = KDEUnivariate(values)
    plain.fit(kernel="gau", bw=0.3, fft=False)
    assert density_at(values, np.ones(500), 0.4, 0.3, "gaussian") == pytest.approx(
        plain.evaluate(np.array([0.4]))[0], rel=1e-10
    )
    weighted = KDEUnivariate(values)
    weighted.fit(kernel="epa", bw=0.7, fft=False, weights=weights, gridsize=100)
    wanted = np.interp(0.4, weighted.support, weighted.density)
    assert density_at(values, weights, 0.4, 0.7, "epanechnikov") == pytest.approx(wanted, rel=1e-2)
    # Silverman's rule is statsmodels' ``bw_silverman`` but for its divisor and its quantiles.
    rule = sm.nonparametric.bandwidths.bw_silverman(values)
    assert silverman(values, np.ones(500), order, 500) == pytest.approx(rule, rel=0.01)
    doubled = np.repeat(values, 2)
    for share in TAUS:
        one = quantile_of(values, np.full(500, 2.0), share, order)
        assert one == quantile_of(doubled, np.ones(1000), share, ordered(doubled))


def test_a_draw_is_a_refit_on_the_clusters_taken(samples) -> None:
    data = samples.make("did")
    made = setting(samples, fixed_effects=("period",), options=options(seed=7))
    group = data.columns["group"].to_numpy()
    generator = np.random.default_rng(7)
    draws = []
    for _ in range(99):
        taken = generator.integers(0, 10, 10)
        rows = np.concatenate([np.flatnonzero(group == g) for g in taken])
        whole = replace(
            data, y=data.y[rows], treated=data.treated[rows], post=data.post[rows],
            columns=data.columns.iloc[rows],
        )  # fmt: skip
        draws.append([by_hand(whole, tau, ("period",))[2] for tau in TAUS])
    found = rif_quantile.fit(data, made)
    assert np.allclose(found.covariance, np.cov(np.array(draws), rowvar=False), rtol=1e-8)
    errors = [term.std_error for term in found.terms]
    assert np.allclose(errors, np.std(draws, axis=0, ddof=1), rtol=1e-8)


def test_a_shift_of_all_treated_rows_is_found(samples) -> None:
    generator = np.random.default_rng(3)
    n_groups, per = 60, 200
    group = np.repeat(np.arange(n_groups), per)
    post = np.tile(np.arange(per) % 2, n_groups).astype(float)
    treated = (group % 2).astype(float)
    y = generator.normal(size=len(group)) + 0.1 * treated * post
    base = samples.make("did")
    data = replace(
        base, y=y, columns=pd.DataFrame({"group": group}), unit=np.arange(len(group)),
        period=post.astype(int), treated=treated, post=post, event_time=None, third=None,
    )  # fmt: skip
    for rows in ("all", "treated"):
        found = rif_quantile.fit(data, setting(samples, options=options(rows=rows)))
        for term in found.terms:
            assert abs(term.estimate - 0.1) < 3 * term.std_error < 0.3


def test_weights_and_trends(samples) -> None:
    data = samples.make("did")
    counts = np.random.default_rng(5).integers(1, 4, data.n_obs)
    rows = np.repeat(np.arange(data.n_obs), counts)
    made = setting(samples, fixed_effects=("period",), group_trends="group",
                   options=options(bandwidth=0.5))  # fmt: skip
    weighted = rif_quantile.fit(replace(data, weight=counts.astype(float)), made)
    repeated = rif_quantile.fit(subset(data, rows), made)
    for one, other in zip(weighted.terms, repeated.terms, strict=True):
        assert one.estimate == pytest.approx(other.estimate, rel=1e-9)
        assert one.std_error == pytest.approx(other.std_error, rel=1e-8)
    plain = twfe.fit(
        replace(data, weight=counts.astype(float), y=(data.y <= 0.2).astype(float)),
        samples.setting(twfe, "did", fixed_effects=("period",), group_trends="group"),
    )
    q = [v for term, name, v in weighted.details if name == "value"][1]
    f = [v for term, name, v in weighted.details if name == "density"][1]
    below = replace(data, weight=counts.astype(float), y=(data.y <= q).astype(float))
    share = twfe.fit(
        below, samples.setting(twfe, "did", fixed_effects=("period",), group_trends="group")
    )
    assert weighted.terms[1].estimate == pytest.approx(-share.terms[0].estimate / f, rel=1e-9)
    assert plain.terms


def test_mass_points_are_said_and_no_spread_is_refused(samples) -> None:
    data = samples.make("did")
    rounded = replace(data, y=np.round(data.y))
    found = rif_quantile.fit(rounded, setting(samples))
    assert any("of rows share its value" in line for line in found.warnings)
    binary = replace(data, y=(data.y > 0).astype(float))
    with pytest.raises(DataError, match="no row lies above its quantile"):
        rif_quantile.fit(binary, setting(samples))
    with pytest.raises(DataError, match="draws one cluster column"):
        from evaluation.spec.variance import Inference

        rif_quantile.fit(data, setting(samples, inference=Inference((), "hc1")))
