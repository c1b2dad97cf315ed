"""Two-way fixed effects against means, refits, pyfixest and linearmodels."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.data.model_data import ModelData
from evaluation.errors import DataError, EstimationError
from evaluation.estimators import _regression, twfe, twfe_event_study
from evaluation.estimators._problem import require_positive
from evaluation.inference.bands import Bands
from evaluation.spec.variance import Inference


def named(found, name, term=""):
    return next(value for where, key, value in found.details if (where, key) == (term, name))


def messy(samples, seed=11):
    """Return an unbalanced sample with weights, clusters of unequal size and two controls."""
    generator = np.random.default_rng(seed)
    data = samples.make("did")
    rows = np.flatnonzero(generator.random(data.n_obs) < 0.7)
    columns = data.columns.iloc[rows].reset_index(drop=True)
    columns["group"] = (columns["unit"] ** 2 % 23) // 2
    columns["x"] = generator.normal(size=len(rows)) + columns["unit"] / 40
    return replace(
        data,
        y=data.y[rows] + columns["x"].to_numpy(),
        columns=columns,
        weight=generator.uniform(0.5, 3.0, len(rows)),
        unit=data.unit[rows],
        period=data.period[rows],
        treated=data.treated[rows],
        post=data.post[rows],
        event_time=data.event_time[rows],
    )


def test_without_effects_it_is_the_two_by_two(samples):
    data = samples.make("did")
    found = twfe.fit(data, samples.setting(twfe, "did"))
    mean = {
        (t, p): data.y[(data.treated == t) & (data.post == p)].mean()
        for t in (0, 1)
        for p in (0, 1)
    }
    wanted = mean[1, 1] - mean[1, 0] - mean[0, 1] + mean[0, 0]
    assert found.terms[0].estimate == pytest.approx(wanted, rel=1e-12)
    assert named(found, "parameters") == 4


def test_main_effects_are_left_out_where_absorbed(samples):
    data = samples.make("did")
    setting = samples.setting(twfe, "did", fixed_effects=("unit", "period"))
    absorbed = {v for _, key, v in twfe.fit(data, setting).details if key == "absorbed"}
    assert absorbed == {"(treated)", "(post)"}
    setting = samples.setting(twfe, "did", fixed_effects=("period",))
    absorbed = {v for _, key, v in twfe.fit(data, setting).details if key == "absorbed"}
    assert absorbed == {"(post)"}


@pytest.mark.parametrize("effects", [("unit", "period"), ("period",), ()])
@pytest.mark.parametrize(
    ("variance", "cluster"), [("iid", ()), ("hc1", ()), ("cr1", ("group",)), ("cr1", ("unit",))]
)
@pytest.mark.parametrize("rule", ["full", "nested", "none"])
def test_equals_pyfixest(samples, effects, variance, cluster, rule):
    import pyfixest as pf

    data = messy(samples)
    inference = Inference(cluster, variance, rule)
    setting = samples.setting(
        twfe, "did", controls=("x",), fixed_effects=effects, inference=inference
    )
    found = twfe.fit(data, setting).terms[0]
    frame = data.columns.assign(
        y=data.y, w=data.weight, treated=data.treated, post=data.post, d=data.treated * data.post
    )
    formula = "y ~ d + x + treated + post" + (f" | {' + '.join(effects)}" if effects else "")
    fitted = pf.feols(
        formula,
        frame,
        vcov={"CRV1": cluster[0]} if cluster else {"iid": "iid", "hc1": "HC1"}[variance],
        weights="w",
        fixef_rm="none",
        demeaner=pf.MapDemeaner(fixef_tol=1e-13),
        ssc=pf.ssc(k_fixef={"nested": "nonnested"}.get(rule, rule)),
    )
    assert found.estimate == pytest.approx(fitted.coef()["d"], abs=1e-9 * found.std_error)
    assert found.std_error == pytest.approx(fitted.se()["d"], rel=5e-9)


def test_two_way_clusters_equal_linearmodels_up_to_the_factor(samples):
    from linearmodels.panel import PanelOLS

    data = messy(samples)
    inference = Inference(("group", "period"), "cr1")
    setting = samples.setting(
        twfe, "did", controls=("x",), fixed_effects=("unit", "period"), inference=inference
    )
    found = twfe.fit(data, setting)
    index = pd.MultiIndex.from_arrays([data.unit, data.period])
    x = pd.DataFrame(
        {"d": data.treated * data.post, "x": data.columns["x"].to_numpy()}, index=index
    )
    clusters = data.columns[["group", "period"]].set_index(index)
    fitted = PanelOLS(
        pd.Series(data.y, index=index),
        x,
        entity_effects=True,
        time_effects=True,
        weights=pd.Series(data.weight, index=index),
    ).fit(cov_type="clustered", clusters=clusters, debiased=False, group_debias=False)
    factor = named(found, "small_sample_factor")
    error = found.terms[0].std_error
    assert found.terms[0].estimate == pytest.approx(fitted.params["d"], abs=1e-9 * error)
    # linearmodels charges for the effects it absorbs even where asked for no debiasing.
    n = data.n_obs
    charged = n / (n - data.n_units - 7)
    wanted = fitted.cov.loc["d", "d"] / charged
    assert found.terms[0].std_error ** 2 / factor == pytest.approx(wanted, rel=1e-8)


@pytest.mark.parametrize("effects", [("unit", "period"), ("group", "period"), ("period",), ()])
def test_cr3_equals_refits_without_each_cluster(samples, effects):
    data = messy(samples)
    inference = Inference(("group",), "cr3")
    setting = samples.setting(
        twfe, "did", controls=("x",), fixed_effects=effects, inference=inference
    )
    found = twfe.fit(data, setting)
    refit = samples.setting(
        twfe, "did", controls=("x",), fixed_effects=effects, inference=Inference((), "iid")
    )
    group = data.columns["group"].to_numpy()

    def without(g):
        rows = np.flatnonzero(group != g)
        part = {
            name: getattr(data, name)[rows]
            for name in ("y", "weight", "unit", "period", "treated", "post", "event_time")
        }
        columns = data.columns.iloc[rows].reset_index(drop=True)
        return twfe.fit(replace(data, columns=columns, **part), refit).terms[0].estimate

    each = np.array([without(g) for g in np.unique(group)])
    full = twfe.fit(data, refit).terms[0].estimate
    count = len(each)
    wanted = np.sqrt((count - 1) / count * np.sum((each - full) ** 2))
    assert found.terms[0].estimate == pytest.approx(full, rel=1e-9)
    assert found.terms[0].std_error == pytest.approx(wanted, rel=1e-8)
    assert named(found, "leave_one_out_low") == pytest.approx(each.min(), rel=1e-8)
    assert named(found, "leave_one_out_high") == pytest.approx(each.max(), rel=1e-8)


@pytest.mark.parametrize("effects", [("unit", "period"), ("group", "period"), ("period",), ()])
def test_both_routes_give_one_cr1(samples, effects):
    data = messy(samples)
    fits = {}
    for variance in ("cr1", "cr3"):
        inference = Inference(("group",), variance)
        setting = samples.setting(
            twfe, "did", controls=("x",), fixed_effects=effects, inference=inference
        )
        fits[variance] = twfe.fit(data, setting)
    assert fits["cr3"].terms[0].estimate == pytest.approx(fits["cr1"].terms[0].estimate, rel=1e-9)
    beside = named(fits["cr3"], "cr1_std_error")
    assert beside == pytest.approx(fits["cr1"].terms[0].std_error, rel=1e-8)
    assert named(fits["cr3"], "parameters") == named(fits["cr1"], "parameters")


@pytest.mark.parametrize("variance", ["cr1", "cr3"])
@pytest.mark.parametrize("effects", [("group", "period"), ()])
def test_cells_equal_rows(samples, monkeypatch, variance, effects):
    data = samples.make("did")
    inference = Inference(("group",), variance)
    setting = samples.setting(twfe, "did", fixed_effects=effects, inference=inference)
    cells = []
    original = _regression.compressed

    def spy(problem):
        cells.append(len(original(problem).y))
        return original(problem)

    monkeypatch.setattr(_regression, "compressed", spy)
    fast = twfe.fit(data, setting)
    monkeypatch.setattr(_regression, "compressed", lambda problem: problem)
    slow = twfe.fit(data, setting)
    assert cells[0] < data.n_obs / 2
    assert fast.terms[0].estimate == pytest.approx(slow.terms[0].estimate, rel=1e-10)
    assert fast.terms[0].std_error == pytest.approx(slow.terms[0].std_error, rel=1e-10)
    assert fast.n_obs == slow.n_obs == data.n_obs
    assert named(fast, "effective_clusters") == named(slow, "effective_clusters")


def test_integer_weights_are_repeated_rows_for_the_coefficient(samples):
    data = samples.make("did")
    weight = (np.arange(data.n_obs) % 3 + 1).astype(float)
    rows = np.repeat(np.arange(data.n_obs), weight.astype(int))
    repeated = replace(
        data,
        y=data.y[rows],
        columns=data.columns.iloc[rows].reset_index(drop=True),
        treated=data.treated[rows],
        post=data.post[rows],
        unit=data.unit[rows],
        period=data.period[rows],
        event_time=data.event_time[rows],
    )
    setting = samples.setting(twfe, "did", fixed_effects=("unit", "period"))
    weighted = twfe.fit(replace(data, weight=weight), setting).terms[0].estimate
    assert weighted == pytest.approx(twfe.fit(repeated, setting).terms[0].estimate, rel=1e-8)


def test_text_controls_become_indicators(samples):
    data = samples.make("did")
    text = np.array(["a", "b", "c"])[data.unit % 3]
    region = data.columns.assign(region=text)
    codes = data.columns.assign(b=(text == "b") * 1.0, c=(text == "c") * 1.0)
    first = twfe.fit(
        replace(data, columns=region), samples.setting(twfe, "did", controls=("region",))
    )
    second = twfe.fit(
        replace(data, columns=codes), samples.setting(twfe, "did", controls=("b", "c"))
    )
    assert first.terms[0].estimate == pytest.approx(second.terms[0].estimate, rel=1e-10)


def test_a_dose_takes_no_main_effects(samples):
    data = samples.make("did")
    dose = data.treated * data.post * (1 + data.period / 10)
    varying = replace(data, treated=None, post=None, event_time=None, dose=dose)
    setting = samples.setting(twfe, "did", fixed_effects=("unit", "period"))
    found = twfe.fit(varying, setting)
    assert 0.2 < found.terms[0].estimate < 0.6
    assert not [key for _, key, _ in found.details if key == "absorbed"]


def test_staggered_adoption_warns_and_adds_cohort_and_period_effects(samples):
    data = samples.make("staggered_did")
    plain = twfe.fit(data, samples.setting(twfe, "staggered_did"))
    full = twfe.fit(data, samples.setting(twfe, "staggered_did", fixed_effects=("unit", "period")))
    assert "already treated" in plain.warnings[0]
    # On a balanced panel cohort and period effects give the coefficient of unit and period ones.
    assert plain.terms[0].estimate == pytest.approx(full.terms[0].estimate, rel=1e-8)


def test_an_unidentified_effect_is_refused(samples):
    data = samples.make("did")
    cell = (data.treated * 2 + data.post).astype(int)
    data = replace(data, columns=data.columns.assign(cell=cell))
    for variance in ("cr1", "cr3"):
        inference = Inference(("group",), variance)
        with pytest.raises(DataError, match="not identified"):
            twfe.fit(
                data, samples.setting(twfe, "did", fixed_effects=("cell",), inference=inference)
            )


def test_cr3_refuses_two_clusters_and_large_effects(samples, monkeypatch):
    from evaluation.estimators import _by_cluster

    data = samples.make("did")
    with pytest.raises(DataError, match="exactly one cluster"):
        twfe.fit(
            data, samples.setting(twfe, "did", inference=Inference(("group", "period"), "cr3"))
        )
    monkeypatch.setattr(_by_cluster, "LARGEST_GRAM", 1000)
    setting = samples.setting(
        twfe, "did", fixed_effects=("unit",), inference=Inference(("period",), "cr3")
    )
    with pytest.raises(DataError, match="use variance = 'cr1'"):
        twfe.fit(data, setting)


def test_no_degrees_of_freedom(samples):
    data = samples.make("did")
    data = replace(data, columns=data.columns.assign(row=np.arange(data.n_obs)))
    setting = samples.setting(twfe, "did", fixed_effects=("row",), inference=Inference((), "hc1"))
    with pytest.raises(DataError):
        twfe.fit(data, setting)


def test_a_variance_that_is_not_positive_is_refused():
    require_positive(np.diag([1.0, 0.5]), np.zeros(2), "outcome y")
    with pytest.raises(EstimationError, match="not positive"):
        require_positive(np.diag([1.0, -0.1]), np.zeros(2), "outcome y")


def test_effective_clusters_are_named(samples):
    data = samples.make("did")
    found = twfe.fit(data, samples.setting(twfe, "did", inference=Inference(("group",), "cr3")))
    assert named(found, "clusters") == 10
    assert named(found, "effective_clusters") == pytest.approx(10)
    assert 1 <= named(found, "effective_clusters_leverage") <= 10
    assert named(found, "small_sample_factor") == pytest.approx(0.9)
    assert found.n_clusters == 10


@pytest.mark.parametrize(("starts", "warned"), [((3, 3, 99), False), ((3, 5, 99), True)])
def test_a_dose_that_starts_at_different_times_is_warned(samples, starts, warned):
    unit = np.repeat(np.arange(30), 8)
    period = np.tile(np.arange(8), 30)
    dose = (period >= np.array(starts)[unit % 3]).astype(np.float64)
    y = np.random.default_rng(1).normal(size=len(unit)) + dose
    data = ModelData(
        "y", y, pd.DataFrame({"unit": unit, "time": period}), unit=unit, period=period, dose=dose
    )
    setting = samples.setting(
        twfe, "did", inference=Inference(("unit",), "cr1"), fixed_effects=("unit", "time")
    )
    found = twfe.fit(data, setting)
    assert any("staggered" in warning for warning in found.warnings) == warned


def early(data):
    """Return the staggered sample with every tenth unit, and one more, treated from the start."""
    cohort = np.where(data.unit % 10 == 0, 0.0, data.cohort)
    cohort = np.where(data.unit == 1, -2.0, cohort)
    event_time = np.where(np.isfinite(cohort), data.period - cohort, np.nan)
    return replace(data, cohort=cohort, event_time=event_time)


def part_of(data, rows):
    names = ("y", "unit", "period", "treated", "post", "event_time", "cohort")
    columns = data.columns.iloc[rows].reset_index(drop=True)
    return replace(data, columns=columns, **{name: getattr(data, name)[rows] for name in names})


@pytest.mark.parametrize("module", [twfe, twfe_event_study])
@pytest.mark.parametrize("variance", ["cr1", "cr3"])
@pytest.mark.parametrize("rule", ["drop", "keep_as_always"])
def test_always_treated_are_counted_and_never_controls(samples, module, variance, rule):
    data = early(samples.make("staggered_did"))
    inference = Inference(("unit",), variance)
    given = {"fixed_effects": ("unit", "period"), "inference": inference}
    setting = samples.setting(module, "staggered_did", design={"always_treated": rule}, **given)
    found = module.fit(data, setting)
    assert ("", "always_treated", 13) in found.details
    assert "13 units are treated from the first period on" in found.warnings[0]
    assert found.n_units == (107 if rule == "drop" else 120)
    alone = part_of(data, np.flatnonzero(data.cohort > 0))
    wanted = module.fit(alone, samples.setting(module, "staggered_did", **given))
    assert not [key for _, key, _ in wanted.details if key == "always_treated"]
    assert [t.label for t in found.terms] == [t.label for t in wanted.terms]
    assert np.allclose([t.estimate for t in found.terms], [t.estimate for t in wanted.terms])


def some_treated(samples, count):
    """Return the two-group sample in 20 clusters, the treated in some of them alone."""
    data = samples.make("did")
    group = data.unit % 20
    treated = (group < count).astype(float)
    return replace(data, treated=treated, columns=data.columns.assign(group=group))


@pytest.mark.parametrize("module", [twfe, twfe_event_study])
@pytest.mark.parametrize(
    ("count", "words"), [(1, "one treated cluster"), (3, "3 treated"), (5, "")]
)
def test_few_treated_clusters_are_named(samples, module, count, words):
    found = module.fit(some_treated(samples, count), samples.setting(module, "did"))
    named_so = [warning for warning in found.warnings if "treated cluster" in warning]
    assert bool(named_so) == bool(words) and all(words in warning for warning in named_so)
    for term in found.terms:
        given = [term.std_error, term.conf_low, term.conf_high, term.p_value]
        assert all((value is None) == (count == 1) for value in given)
    assert np.all((np.diag(found.covariance) == 0) == (count == 1))
    plain = samples.setting(module, "did", inference=Inference((), "hc1"))
    assert module.fit(some_treated(samples, count), plain).terms[0].std_error is not None


def test_an_event_time_seen_in_one_treated_cluster_has_no_error(samples):
    data = samples.make("staggered_did")
    finite = np.isfinite(data.cohort)
    group = np.where(data.cohort == 3, 50, data.unit % 10 + 20 * finite)
    data = replace(data, columns=data.columns.assign(group=group))
    options = twfe_event_study.Options(bands=Bands(kind="uniform", draws=499, seed=1))
    found = twfe_event_study.fit(
        data, samples.setting(twfe_event_study, "staggered_did", options=options)
    )
    # Only cohort p3, in one cluster, is seen three and four periods after its start.
    unknown = {t.event_time for t in found.terms if t.std_error is None}
    assert unknown == {3, 4}
    assert any("one treated cluster at event time 3, 4" in one for one in found.warnings)
    bands = {where for where, key, _ in found.details if key == "uniform_low"}
    assert bands == {t.label for t in found.terms if t.std_error is not None}


def test_anticipation_of_an_event_study_counts_bins(samples):
    data = replace(samples.make("staggered_did"), period_months=1)
    for width, wanted in ((None, 2), ("quarter", 1)):
        setting = samples.setting(
            twfe_event_study,
            "staggered_did",
            design={"anticipation": 2},
            options=twfe_event_study.Options(event_bin=width),
        )
        assert named(twfe_event_study.fit(data, setting), "anticipation") == wanted
