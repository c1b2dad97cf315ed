"""Event studies: bins, ends, references and bands."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from evaluation.errors import DataError
from evaluation.estimators import twfe_event_study as study
from evaluation.inference.bands import Bands
from evaluation.spec.variance import Inference


def by_event(found):
    return {term.event_time: term for term in found.terms}


def test_without_effects_coefficients_are_differences_of_means(samples):
    data = samples.make("did")
    found = by_event(study.fit(data, samples.setting(study, "did")))
    assert sorted(found) == [-4, -3, -2, 0, 1, 2, 3]

    def gap(e):
        at = data.event_time == e
        return data.y[at & (data.treated > 0)].mean() - data.y[at & (data.treated <= 0)].mean()

    for event, term in found.items():
        assert term.estimate == pytest.approx(gap(event) - gap(-1), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("variance", ["hc1", "cr1"])
def test_covariance_equals_pyfixest(samples, variance):
    import pyfixest as pf

    data = samples.make("did")
    inference = Inference(("group",) if variance == "cr1" else (), variance)
    setting = samples.setting(study, "did", fixed_effects=("unit", "period"), inference=inference)
    found = study.fit(data, setting)
    frame = data.columns.assign(y=data.y)
    names = []
    for term in found.terms:
        name = f"e{term.event_time}".replace("-", "m")
        frame[name] = (data.treated > 0) & (data.event_time == term.event_time)
        frame[name] = frame[name].astype(float)
        names.append(name)
    fitted = pf.feols(
        f"y ~ {' + '.join(names)} | unit + period",
        frame,
        vcov={"CRV1": "group"} if variance == "cr1" else "HC1",
        demeaner=pf.MapDemeaner(fixef_tol=1e-12),
        ssc=pf.ssc(k_fixef="nonnested"),
    )
    assert np.allclose([t.estimate for t in found.terms], fitted.coef().loc[names], atol=1e-9)
    assert np.allclose(found.covariance, fitted._vcov, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("effects", [("unit", "period"), ("group",), ()])
def test_both_routes_agree(samples, effects):
    data = samples.make("did")
    data = replace(data, columns=data.columns.assign(group=data.unit % 17))
    fits = [
        study.fit(
            data,
            samples.setting(
                study, "did", fixed_effects=effects, inference=Inference(("group",), variance)
            ),
        )
        for variance in ("cr1", "cr3")
    ]
    for one, other in zip(*(found.terms for found in fits), strict=True):
        assert one.estimate == pytest.approx(other.estimate, rel=1e-8, abs=1e-10)
    beside = {where: v for where, key, v in fits[1].details if key == "cr1_std_error"}
    for term in fits[0].terms:
        assert beside[term.label] == pytest.approx(term.std_error, rel=1e-8)


def test_dropped_ends_leave_rows_out(samples):
    data = samples.make("did")
    options = study.Options(event_window=(-2, 2), event_ends="drop")
    found = study.fit(data, samples.setting(study, "did", options=options))
    inside = (data.event_time >= -2) & (data.event_time <= 2)
    assert sorted(by_event(found)) == [-2, 0, 1, 2]
    assert found.n_obs == inside.sum()
    assert not [key for _, key, _ in found.details if key == "binned"]


def test_binned_ends_stand_for_everything_beyond_and_say_so(samples):
    data = samples.make("did")
    options = study.Options(event_window=(-2, 2), event_ends="bin")
    found = study.fit(data, samples.setting(study, "did", options=options))
    assert found.n_obs == data.n_obs
    binned = {where for where, key, value in found.details if key == "binned" and value}
    assert binned == {"event time -2", "event time 2"}

    def gap(at):
        period_gap = [
            data.y[(data.event_time == e) & (data.treated > 0)].mean()
            - data.y[(data.event_time == e) & (data.treated <= 0)].mean()
            for e in at
        ]
        return np.mean(period_gap)

    assert by_event(found)[-2].estimate == pytest.approx(gap([-4, -3, -2]) - gap([-1]))


def test_an_end_that_holds_one_event_time_is_not_binned(samples):
    data = samples.make("did")
    options = study.Options(event_window=(-4, 2), event_ends="bin")
    found = study.fit(data, samples.setting(study, "did", options=options))
    assert {where for where, key, _ in found.details if key == "binned"} == {"event time 2"}


def test_quarters_are_floor_divided_months(samples):
    data = samples.make("did")
    options = study.Options(event_bin="quarter")
    found = by_event(study.fit(data, samples.setting(study, "did", options=options)))
    # Months -4..3 hold quarters -2 (month -4), -1 (-3..-1), 0 (0..2) and 1 (month 3).
    assert sorted(found) == [-2, 0, 1]


def test_an_empty_reference_names_the_nearest(samples):
    data = samples.make("did")
    rows = np.flatnonzero((data.event_time != -1) & (data.event_time != -2))
    part = replace(
        data,
        y=data.y[rows],
        columns=data.columns.iloc[rows].reset_index(drop=True),
        **{
            name: getattr(data, name)[rows]
            for name in ("unit", "period", "treated", "post", "event_time")
        },
    )
    with pytest.raises(DataError, match=r"reference = -1 .* set reference = 0"):
        study.fit(part, samples.setting(study, "did"))
    options = study.Options(reference=-2)
    with pytest.raises(DataError, match="set reference = -3"):
        study.fit(part, samples.setting(study, "did", options=options))
    found = study.fit(part, samples.setting(study, "did", options=study.Options(reference=-3)))
    assert sorted(by_event(found)) == [-4, 0, 1, 2, 3]


def test_uniform_bands_are_wider_and_seeded(samples):
    data = samples.make("did")
    options = study.Options(bands=Bands(kind="uniform", draws=999, seed=1))
    setting = samples.setting(study, "did", options=options)
    first, second = study.fit(data, setting), study.fit(data, setting)
    assert first.details == second.details
    details = {(where, key): value for where, key, value in first.details}
    assert details["", "uniform_critical_value"] > 2.2
    for term in first.terms:
        assert details[term.label, "uniform_low"] < term.conf_low
        assert details[term.label, "uniform_high"] > term.conf_high


def test_staggered_needs_units_never_treated(samples):
    data = samples.make("staggered_did")
    found = study.fit(data, samples.setting(study, "staggered_did", fixed_effects=("unit",)))
    assert "different cohorts" in found.warnings[0]
    rows = np.flatnonzero(np.isfinite(data.cohort))
    part = replace(
        data,
        y=data.y[rows],
        columns=data.columns.iloc[rows].reset_index(drop=True),
        **{
            name: getattr(data, name)[rows]
            for name in ("unit", "period", "treated", "post", "event_time", "cohort")
        },
    )
    with pytest.raises(DataError, match="not identified"):
        study.fit(part, samples.setting(study, "staggered_did", fixed_effects=("unit",)))


@pytest.mark.parametrize(
    "keys",
    [
        {"event_window": (-2, 2)},
        {"event_ends": "bin"},
        {"event_window": (2, -2), "event_ends": "bin"},
        {"event_window": (0, 2), "event_ends": "bin"},
        {"event_bin": "week"},
        {"bands": {"kind": "uniform", "draws": 5, "seed": 1}},
    ],
)
def test_options_that_cannot_be(keys):
    with pytest.raises(ValidationError):
        study.Options(**keys)
