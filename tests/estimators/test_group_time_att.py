"""Group-time effects against panel formulas, a saturated regression and the package differences."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.errors import DataError, EstimationError, SpecError
from evaluation.estimators import group_time_att as module
from evaluation.estimators._aggregates import Sizes, aggregates
from evaluation.estimators._group_time import Contrast
from evaluation.inference.bands import Bands
from evaluation.spec.variance import Inference

UNCLUSTERED = Inference((), "hc1")


def fit(samples, data, design=None, options=None, **changes):
    changes.setdefault("inference", UNCLUSTERED)
    changes.setdefault("estimand", "att_gt")
    chosen = module.Options(**(options or {}))
    setting = samples.setting(
        module, "staggered_did", options=chosen, design=design or {}, **changes
    )
    return module.fit(data, setting)


def effects(found):
    return {(t.cohort, t.period): t for t in found.terms if t.estimand == "att_gt"}


def wide(data):
    return data.y.reshape(-1, 8), data.cohort.reshape(-1, 8)[:, 0]


def rows_of(data, rows):
    names = ("unit", "period", "treated", "post", "event_time", "cohort")
    return replace(
        data,
        y=data.y[rows],
        columns=data.columns.iloc[rows].reset_index(drop=True),
        **{n: getattr(data, n)[rows] for n in names if getattr(data, n) is not None},
    )


@pytest.mark.parametrize("control_group", ["never_treated", "not_yet_treated"])
@pytest.mark.parametrize("rule", ["varying", "universal"])
@pytest.mark.parametrize("anticipation", [0, 1])
def test_equals_the_panel_formula(samples, control_group, rule, anticipation):
    data = samples.make("staggered_did")
    found = fit(
        samples,
        data,
        {"control_group": control_group, "anticipation": anticipation},
        {"base_period": rule},
    )
    y, cohort = wide(data)
    checked = 0
    for (g, t), term in effects(found).items():
        g, t = int(g[1:]), int(t[1:])
        base = g - 1 - anticipation if rule == "universal" or t >= g else t - 1
        change = y[:, t] - y[:, base]
        control = cohort == np.inf
        if control_group == "not_yet_treated":
            control = (cohort > max(t, base) + anticipation) & (cohort != g)
        own = change[cohort == g]
        other = change[control]
        assert term.estimate == pytest.approx(own.mean() - other.mean(), abs=1e-12)
        if t == base:
            assert term.estimate == 0 and term.std_error is None
            continue
        variance = np.sum((own - own.mean()) ** 2) / len(own) ** 2
        variance += np.sum((other - other.mean()) ** 2) / len(other) ** 2
        assert term.std_error == pytest.approx(np.sqrt(variance), rel=1e-10)
        assert term.event_time == t - g
        checked += 1
    assert checked >= 15


@pytest.mark.parametrize("control_group", ["never_treated", "not_yet_treated"])
@pytest.mark.parametrize("controls", [(), ("size",)])
@pytest.mark.parametrize("anticipation", [0, 1])
def test_equals_differences(samples, control_group, controls, anticipation):
    from differences import ATTgt

    data = samples.make("staggered_did")
    found = fit(
        samples,
        data,
        {"control_group": control_group, "anticipation": anticipation},
        {"aggregate": ("simple", "event_time", "cohort", "period")},
        controls=controls,
    )
    frame = pd.DataFrame(
        {
            "unit": data.unit,
            "period": data.period,
            "y": data.y,
            "size": data.columns["size"],
            "cohort": np.where(np.isfinite(data.cohort), data.cohort, np.nan),
        }
    ).set_index(["unit", "period"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ATTgt(data=frame, cohort_column="cohort", anticipation=anticipation)
        result = model.fit(
            "y ~ size" if controls else "y",
            est_method="dr",
            control_group=control_group,
            progress_bar=False,
        )
        theirs = result.to_pandas()
        wanted = {
            family: result.aggregate(name)
            for family, name in (
                ("att", "simple"),
                ("att_by_event_time", "event"),
                ("att_by_cohort", "cohort"),
                ("att_by_period", "time"),
            )
        }
    ours = effects(found)
    assert len(ours) == len(theirs)
    for (g, _, t), row in zip(theirs.index, theirs.to_numpy(), strict=True):
        term = ours[f"p{int(g)}", f"p{int(t)}"]
        assert term.estimate == pytest.approx(float(row[0]), abs=1e-9)
        assert term.std_error == pytest.approx(float(row[1]), rel=1e-8)
    for family, table in wanted.items():
        mine = [t for t in found.terms if t.estimand == family and t.term == ""]
        assert np.allclose([t.estimate for t in mine], table.to_numpy()[:, 0].astype(float))
        assert np.allclose([t.std_error for t in mine], table.to_numpy()[:, 1].astype(float))


@pytest.mark.parametrize("controls", [(), ("size",)])
def test_influence_is_summed_within_clusters(samples, controls):
    data = samples.make("staggered_did")
    inference = Inference(("group",), "cr1")
    found = fit(samples, data, controls=controls, inference=inference)
    plain = fit(
        samples, data, controls=controls, inference=replace(inference, cluster_factor="none")
    )
    assert found.n_clusters == 10 and found.n_units == 120
    for one, other in zip(found.terms, plain.terms, strict=True):
        assert one.std_error == pytest.approx(other.std_error * np.sqrt(10 / 9), rel=1e-10)
    if controls:
        return
    y, cohort = wide(data)
    group = np.arange(120) % 10
    for (g, t), term in effects(plain).items():
        g, t = int(g[1:]), int(t[1:])
        change = y[:, t] - y[:, g - 1 if t >= g else t - 1]
        influence = np.zeros(120)
        for mask, sign in ((cohort == g, 1), (cohort == np.inf, -1)):
            influence[mask] = sign * (change[mask] - change[mask].mean()) / mask.sum()
        wanted = np.sqrt(np.sum(np.bincount(group, influence) ** 2))
        assert term.std_error == pytest.approx(wanted, rel=1e-10)


def test_a_cluster_that_is_the_unit_changes_nothing(samples):
    data = samples.make("staggered_did")
    alone = fit(samples, data)
    named = fit(samples, data, inference=Inference(("unit",), "cr1"))
    assert repr(alone.terms) == repr(named.terms)
    assert named.n_clusters == 120 and alone.n_clusters is None


def test_rows_without_units_equal_a_saturated_clustered_regression(samples):
    from statsmodels.regression.linear_model import WLS

    data = samples.make("staggered_did")
    generator = np.random.default_rng(5)
    data = rows_of(data, np.flatnonzero(generator.random(data.n_obs) < 0.8))
    weight = generator.uniform(0.5, 2.0, data.n_obs)
    group = data.columns["group"].to_numpy()
    crossed = replace(data, unit=None, weight=weight)
    inference = Inference(("group",), "cr1", cluster_factor="none")
    found = fit(samples, crossed, inference=inference)
    cohorts = [3.0, 5.0, 6.0, np.inf]
    cell = np.array([cohorts.index(c) for c in data.cohort]) * 8 + data.period
    dummies = np.eye(32)[cell]
    model = WLS(data.y, dummies, weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": group, "use_correction": False}
    )
    for (g, t), term in effects(found).items():
        g, t = int(g[1:]), int(t[1:])
        base = g - 1 if t >= g else t - 1
        pick = np.zeros(32)
        pick[cohorts.index(g) * 8 + t] += 1
        pick[cohorts.index(g) * 8 + base] -= 1
        pick[3 * 8 + t] -= 1
        pick[3 * 8 + base] += 1
        assert term.estimate == pytest.approx(pick @ model.params, abs=1e-10)
        assert term.std_error == pytest.approx(np.sqrt(pick @ model.cov_params() @ pick), rel=1e-8)


def test_rows_without_units_need_a_cluster(samples):
    data = replace(samples.make("staggered_did"), unit=None)
    with pytest.raises(DataError, match="need a cluster"):
        fit(samples, data)


def test_unbalanced_panels_need_a_rule(samples):
    full = samples.make("staggered_did")
    data = rows_of(full, np.flatnonzero(np.arange(full.n_obs) % 41 != 0))
    missing = len({u for u in range(120) if np.sum(data.unit == u) < 8})
    with pytest.raises(DataError, match=f"{missing} of 120 units"):
        fit(samples, data)
    kept = fit(samples, data, {"unbalanced": "keep"})
    dropped = fit(samples, data, {"unbalanced": "drop_incomplete"})
    assert ("", "unbalanced", "keep") in kept.details
    assert ("", "form", "repeated_cross_section") in kept.details
    assert ("", "incomplete_units_dropped", missing) in dropped.details
    assert dropped.n_units == 120 - missing and kept.n_units == 120
    y = [
        data.y[(data.cohort == 5) & (data.period == t)].mean()
        - data.y[(data.cohort == np.inf) & (data.period == t)].mean()
        for t in (6, 4)
    ]
    assert effects(kept)["p5", "p6"].estimate == pytest.approx(y[0] - y[1], abs=1e-12)
    complete = rows_of(full, np.flatnonzero(np.isin(full.unit, np.unique(data.unit[_whole(data)]))))
    assert np.allclose(
        [t.estimate for t in dropped.terms], [t.estimate for t in fit(samples, complete).terms]
    )


def _whole(data):
    return np.bincount(data.unit)[data.unit] == 8


@pytest.mark.parametrize("rule", [None, "drop", "keep_as_always"])
def test_always_treated_are_counted_and_never_used(samples, rule):
    data = samples.make("staggered_did")
    early = np.where((data.cohort == np.inf) & (data.unit % 2 == 0), 0.0, data.cohort)
    design = {"always_treated": rule, "control_group": "not_yet_treated"}
    found = fit(samples, replace(data, cohort=early), design)
    count = len(np.unique(data.unit[early == 0]))
    assert ("", "always_treated", count) in found.details
    assert f"{count} units" in found.warnings[0]
    assert found.n_units == (120 if rule == "keep_as_always" else 120 - count)
    alone = fit(samples, rows_of(replace(data, cohort=early), np.flatnonzero(early > 0)), design)
    assert np.allclose([t.estimate for t in found.terms], [t.estimate for t in alone.terms])
    assert np.allclose([t.std_error for t in found.terms], [t.std_error for t in alone.terms])


def test_units_treated_after_the_data_are_never_treated(samples):
    data = samples.make("staggered_did")
    late = replace(data, cohort=np.where(data.cohort == np.inf, 30.0, data.cohort))
    assert [t.estimate for t in fit(samples, late).terms] == [
        t.estimate for t in fit(samples, data).terms
    ]


def test_without_never_treated_the_message_names_the_other_group(samples):
    data = samples.make("staggered_did")
    data = rows_of(data, np.flatnonzero(np.isfinite(data.cohort)))
    with pytest.raises(DataError, match="not_yet_treated"):
        fit(samples, data)
    found = fit(samples, data, {"control_group": "not_yet_treated"})
    assert ("p6", "p6") not in effects(found)
    assert ("p3", "p5") in effects(found)


def test_terms_are_ordered_and_named(samples):
    found = fit(
        samples,
        samples.make("staggered_did"),
        options={"aggregate": ("period", "simple", "event_time", "cohort")},
    )
    order = [t.estimand for t in found.terms]
    first = {name: order.index(name) for name in dict.fromkeys(order)}
    assert list(first) == ["att", "att_gt", "att_by_event_time", "att_by_cohort", "att_by_period"]
    for family in list(first)[2:]:
        own = [t for t in found.terms if t.estimand == family]
        assert [t.term for t in own] == [""] * (len(own) - 1) + ["average"]
    assert found.terms[0].term == ""


def test_the_estimand_brings_its_own_family(samples):
    data = samples.make("staggered_did")
    for estimand in ("att", "att_by_event_time", "att_by_cohort", "att_by_period"):
        found = fit(samples, data, estimand=estimand)
        assert {t.estimand for t in found.terms} == {"att_gt", estimand}
    assert {t.estimand for t in fit(samples, data).terms} == {"att_gt"}


def test_estimated_shares_enter_the_variance():
    generator = np.random.default_rng(8)
    contrasts = (Contrast(3, 3, 2, ()), Contrast(3, 4, 2, ()), Contrast(4, 4, 3, ()))
    estimates, mass = generator.normal(size=3), np.array([30.0, 50.0])
    families = ("simple", "event_time", "cohort", "period")

    def values(effect, size):
        found = aggregates(contrasts, effect, Sizes((3, 4), size), families)
        return np.array([one.linear.value for one in found])

    found = aggregates(contrasts, estimates, Sizes((3, 4), mass), families)
    step = 1e-6
    for j in range(3):
        move = np.eye(3)[j] * step
        slope = (values(estimates + move, mass) - values(estimates - move, mass)) / (2 * step)
        assert np.allclose([one.linear.by_effect[j] for one in found], slope, atol=1e-8)
    for j in range(2):
        move = np.eye(2)[j] * 1e-3
        slope = (values(estimates, mass + move) - values(estimates, mass - move)) / 2e-3
        assert np.allclose([one.linear.by_size[j] for one in found], slope, atol=1e-8)


def test_bands_and_pretest(samples):
    options = {
        "aggregate": ("event_time",),
        "bands": Bands(kind="uniform", draws=999, seed=3),
    }
    found = fit(samples, samples.make("staggered_did"), options=options)
    details = {(where, key): value for where, key, value in found.details}
    assert 0 < details["", "pretest_p_value"] < 1
    # Before treatment: 2 periods of cohort p3 (less the first), 4 of p5, 5 of p6.
    assert details["", "pretest_restrictions"] == 11
    for term in found.terms:
        if term.estimand == "att_by_event_time" and term.event_time is not None:
            assert details[term.label, "uniform_low"] < term.conf_low
    few = fit(samples, samples.make("staggered_did"), inference=Inference(("group",), "cr1"))
    told = {key: value for _, key, value in few.details}
    assert told["pretest"].startswith("not made: ")
    assert told["pretest"].endswith(" restrictions against 10 effective blocks")
    assert "pretest_p_value" not in told


@pytest.mark.parametrize("method", ["dr", "reg", "ipw"])
@pytest.mark.parametrize("case", ["balanced", "unbalanced", "cross_section"])
def test_covariates_in_every_form(samples, method, case):
    data = samples.make("staggered_did")
    design = {}
    inference = Inference(("group",), "cr1")
    if case != "balanced":
        data = rows_of(data, np.flatnonzero(np.arange(data.n_obs) % 41 != 0))
        design = {"unbalanced": "keep"}
    if case == "cross_section":
        data = replace(data, unit=None)
    with_size = fit(
        samples,
        data,
        design,
        {"method": method},
        controls=("size",),
        inference=inference,
        estimand="att",
    )
    without = fit(samples, data, design, inference=inference, estimand="att")
    assert len(with_size.terms) == len(without.terms)
    # The covariate is unrelated to cohorts: near the plain answer, and as precise.
    assert with_size.terms[0].estimate == pytest.approx(without.terms[0].estimate, abs=0.15)
    assert with_size.terms[0].std_error == pytest.approx(without.terms[0].std_error, rel=0.5)


def test_method_without_controls_is_refused(samples):
    with pytest.raises(SpecError, match="method goes with controls"):
        fit(samples, samples.make("staggered_did"), options={"method": "reg"})


def test_covariates_with_a_universal_base(samples):
    found = fit(
        samples,
        samples.make("staggered_did"),
        options={"base_period": "universal"},
        controls=("size",),
    )
    base = effects(found)["p5", "p4"]
    assert base.estimate == 0 and base.std_error is None
    assert len(effects(found)) == 24
    assert not found.warnings


def test_effects_lost_to_controls_are_counted(samples, monkeypatch):
    from evaluation.estimators import _covariate_group_time as covariate

    original = covariate._estimated
    monkeypatch.setattr(
        covariate,
        "_estimated",
        lambda *given: [
            one._replace(ATT=np.nan) if one.time == 2 else one for one in original(*given)
        ],
    )
    found = fit(samples, samples.make("staggered_did"), controls=("size",))
    lost = [t for t in found.terms if t.period == "p2"]
    assert not lost and "3 of 21 group-time effects" in found.warnings[0]


def test_a_control_that_tells_treated_from_untreated_is_refused(samples):
    data = samples.make("staggered_did")
    data = replace(data, columns=data.columns.assign(marker=np.isfinite(data.cohort) * 1.0))
    with pytest.raises(EstimationError, match="controls"):
        fit(samples, data, controls=("marker",))


def clustered(samples, clusters=12):
    """Return a staggered sample whose cohorts each live in several clusters."""
    data = samples.make("staggered_did")
    cluster = data.unit % clusters
    return replace(data, columns=data.columns.assign(cluster=cluster))


@pytest.mark.parametrize("weighted", [False, True])
def test_cr3_equals_deleting_each_cluster(samples, weighted):
    data = clustered(samples)
    if weighted:
        weight = np.random.default_rng(3).uniform(0.5, 2.0, data.n_obs)
        data = replace(data, weight=weight)
    inference = Inference(("cluster",), "cr3")
    design = {"unbalanced": "keep"}
    found = effects(fit(samples, data, design, inference=inference))
    cluster = data.columns["cluster"].to_numpy()
    total = dict.fromkeys(found, 0.0)
    codes = np.unique(cluster)
    for code in codes:
        left = data_without(data, cluster != code)
        without = effects(fit(samples, left, design, inference=Inference(("cluster",), "cr1")))
        for place, term in found.items():
            total[place] += (without[place].estimate - term.estimate) ** 2
    factor = (len(codes) - 1) / len(codes)
    for place, term in found.items():
        assert term.std_error == pytest.approx(np.sqrt(factor * total[place]), rel=1e-9)


def data_without(data, rows):
    kept = rows_of(data, rows)
    return kept if data.weight is None else replace(kept, weight=data.weight[rows])


def test_cr3_is_refused_where_a_cohort_lives_in_one_cluster(samples):
    data = samples.make("staggered_did")
    code = np.unique(data.cohort, return_inverse=True)[1] * 2 + data.unit % 2
    code[data.cohort == data.cohort.min()] = 0
    data = replace(data, columns=data.columns.assign(cluster=code))
    with pytest.raises(
        DataError, match=r"one (treated|control) cluster: .*one cluster alone.*error is unknown"
    ):
        fit(samples, data, inference=Inference(("cluster",), "cr3"))


def test_cr3_is_refused_with_controls(samples):
    data = clustered(samples)
    data = replace(data, columns=data.columns.assign(x=np.arange(data.n_obs) % 5.0))
    with pytest.raises(DataError, match="cr3 with controls"):
        fit(samples, data, inference=Inference(("cluster",), "cr3"), controls=("x",))


def test_a_cohort_in_one_cluster_has_no_error_of_its_own(samples):
    data = clustered(samples)
    first = np.isfinite(data.cohort) & (data.cohort == data.cohort.min())
    code = np.where(first, 99, data.columns["cluster"])
    data = replace(data, columns=data.columns.assign(cluster=code))
    found = fit(
        samples, data, options={"aggregate": ("cohort",)}, inference=Inference(("cluster",), "cr1")
    )
    label = data.cohort_labels[int(data.cohort.min())]
    blind = [t for t in found.terms if t.cohort == label]
    assert blind and all(t.std_error is None and t.p_value is None for t in blind)
    assert any(t.std_error for t in found.terms if t.cohort not in ("", label))
    assert any(label in warning and "one cluster" in warning for warning in found.warnings)


FAMILIES = ("simple", "event_time", "cohort", "period")


@pytest.mark.parametrize("form", ["plain", "weighted", "moving", "cross_section"])
def test_cr3_of_averages_equals_deleting_each_cluster(samples, form):
    data = clustered(samples)
    if form != "plain":
        weight = np.random.default_rng(3).uniform(0.5, 2.0, data.n_obs)
        data = replace(data, weight=weight)
    if form == "moving":
        moved = (data.columns["cluster"] + (data.period >= 4) * (data.unit % 5 == 0)) % 12
        data = replace(data, columns=data.columns.assign(cluster=moved))
    if form == "cross_section":
        data = replace(data, unit=None)
    design, options = {"unbalanced": "keep"}, {"aggregate": FAMILIES}
    inference = Inference(("cluster",), "cr3")
    found = fit(samples, data, design, options, inference=inference)
    cluster = data.columns["cluster"].to_numpy()
    without = []
    for code in np.unique(cluster):
        left = data_without(data, cluster != code)
        refit = fit(samples, left, design, options, inference=Inference(("cluster",), "cr1"))
        assert [t.label for t in refit.terms] == [t.label for t in found.terms]
        without.append([t.estimate for t in refit.terms])
    changed = np.array(without) - [t.estimate for t in found.terms]
    wanted = (len(changed) - 1) / len(changed) * (changed.T @ changed)
    assert np.allclose(found.covariance, wanted, rtol=1e-9, atol=1e-13)
    errors = [t.std_error for t in found.terms]
    assert errors == pytest.approx(np.sqrt(np.diag(wanted)), rel=1e-9)


def test_an_average_of_cohorts_in_one_cluster_each_has_no_error(samples):
    data = clustered(samples)
    code = np.where(np.isfinite(data.cohort), data.cohort + 100, data.columns["cluster"])
    code = np.where(data.cohort == 6, data.columns["cluster"], code)
    data = replace(data, columns=data.columns.assign(cluster=code))
    inference = Inference(("cluster",), "cr1")
    found = fit(samples, data, options={"aggregate": FAMILIES}, inference=inference)
    # Cohorts p3 and p5 are blind, p6 is seen: event times 2 and later know p3 and p5 alone.
    known = {t.label: t.std_error is not None for t in found.terms if t.estimand != "att_gt"}
    assert not known["event time 2"] and not known["event time 4"]
    assert known["event time 1"] and known["event time -3"]
    assert not known["period p3"] and not known["period p5"] and known["period p6"]
    assert known[""] and known["att_by_event_time average"]
    assert np.allclose(
        np.sqrt(np.diag(found.covariance)), [t.std_error or 0.0 for t in found.terms]
    )
    blind = rows_of(data, np.flatnonzero(data.cohort != 6))
    alone = fit(samples, blind, options={"aggregate": FAMILIES}, inference=inference)
    assert all(t.std_error is None for t in alone.terms)
