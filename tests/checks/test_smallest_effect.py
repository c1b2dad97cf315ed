"""The headline verdict, case by case."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.checks.smallest_effect import (
    Headline,
    beyond_words,
    headline_of,
    interval_words,
    judge,
)
from evaluation.estimators.contract import Fit, Term
from evaluation.inference.equivalence import minimum_detectable_effect
from evaluation.spec.extras import SmallestEffect


def effect(unit="per_person", **bounds):
    column = None if unit == "per_person" else "condition_imposed"
    return SmallestEffect(outcome="y", unit=unit, first_stage=column, **(bounds or {"value": 0.01}))


# bound, estimate, error, p, attainable, verdict
VERDICTS = [
    (effect(), 0.000, 0.001, 0.9, None, "ruled_out"),
    (effect(), 0.000, 0.020, 0.9, None, "not_ruled_out"),
    (effect(), 0.030, 0.005, 0.001, None, "effect_found"),
    (effect(), 0.003, 0.001, 0.003, None, "ruled_out"),  # found, and still too small to matter
    (effect(), 0.000, 0.001, 0.9, 0.005, "uninformative"),  # bound above what is attainable
    (effect("per_condition", value=0.05), 0.0, 0.0001, 0.9, 0.1, "ruled_out"),
    (effect("per_condition", value=0.05), 0.0, 0.0100, 0.9, 0.1, "not_ruled_out"),
    (effect("per_condition", value=1.50), 0.0, 0.0001, 0.9, 0.1, "uninformative"),
    (effect("per_condition", value=0.05), 0.0, 0.0001, 0.9, -0.1, "uninformative"),
    (effect("per_condition", value=0.05), 0.0, 0.0001, 0.9, None, "uninformative"),
    (effect(low=-0.001, high=0.02), -0.002, 0.002, 0.3, None, "not_ruled_out"),
    (effect(low=-0.010, high=0.02), -0.002, 0.002, 0.3, None, "ruled_out"),
]


@pytest.mark.parametrize(("bound", "estimate", "error", "p", "attainable", "verdict"), VERDICTS)
def test_verdict(bound, estimate, error, p, attainable, verdict):
    found = judge(bound, Headline(estimate, error, None, p), attainable)
    assert found.verdict == verdict
    assert found.term == bound.unit
    details = dict(found.details)
    assert details["minimum_detectable_effect"] == minimum_detectable_effect(error)


def test_interval_is_in_the_unit_of_the_effect():
    headline = Headline(0.002, 0.001, None, 0.05)
    found = judge(effect("per_condition", value=0.05), headline, 0.1)
    details = dict(found.details)
    middle = (details["equivalence_low"] + details["equivalence_high"]) / 2
    assert middle == pytest.approx(0.002 / 0.1)
    assert found.message == (
        "90 % interval 0.0036 to 0.0364 per condition against bounds of ±0.05; "
        "the first stage, 0.1000, is taken as known"
    )


@pytest.mark.parametrize(("bound", "estimate", "error", "p", "attainable", "verdict"), VERDICTS)
def test_a_message_does_not_repeat_its_verdict(bound, estimate, error, p, attainable, verdict):
    found = judge(bound, Headline(estimate, error, None, p), attainable)
    assert verdict.replace("_", " ") not in found.message
    assert "-" not in found.message


# bound, low, high, words
WORDS = [
    (effect(value=0.01), -5.0514, 9.6948, "\N{MINUS SIGN}5.05 to 9.69 per person"),
    (effect(value=0.01), -0.0217, 0.0335, "\N{MINUS SIGN}0.0217 to 0.0335 per person"),
    (effect(value=0.01), 150.2, 1234.5, "150 to 1234 per person"),
]


@pytest.mark.parametrize(("bound", "low", "high", "words"), WORDS)
def test_intervals_in_words(bound, low, high, words):
    assert interval_words(bound, low, high) == f"90 % interval {words}"


def test_uneven_bounds_in_words():
    uneven = effect(low=-0.001, high=0.02)
    assert beyond_words(uneven) == "outside \N{MINUS SIGN}0.001 to 0.02 per person"


def test_a_bias_corrected_fit_is_judged_by_its_robust_pair():
    details = (("", "robust_estimate", 0.5), ("", "robust_std_error", 0.2))
    fit = Fit((Term(0.4, 0.1, None, None, 0.01),), n_obs=10, details=details)
    found = headline_of(fit)
    assert found is not None
    assert (found.estimate, found.std_error) == (0.5, 0.2)


def test_an_event_study_has_no_single_number():
    fit = Fit((Term(0.4, 0.1, None, None, 0.01, event_time=0),), n_obs=10)
    assert headline_of(fit) is None


def test_a_bias_aware_fit_counts_its_largest_bias():
    fit = Fit(
        (Term(0.002, 0.001, None, None, 0.4),), n_obs=10, details=(("", "maximum_bias", 0.004),)
    )
    found = headline_of(fit)
    assert found is not None
    assert found.maximum_bias == 0.004
    # |estimate| + bias + z.95 × error is 0.00764 or so.
    inside, outside = effect(value=0.0077), effect(value=0.0076)
    assert judge(inside, found, None).verdict == "ruled_out"
    assert judge(outside, found, None).verdict == "not_ruled_out"
    details = dict(judge(inside, found, None).details)
    assert details["minimum_detectable_effect"] == minimum_detectable_effect(0.001, bias=0.004)
    assert details["equivalence_high"] == pytest.approx(0.002 + 0.004 + 1.6448536 * 0.001)


numbers = st.floats(-0.05, 0.05)


@settings(max_examples=200, deadline=None)
@given(
    estimate=numbers,
    error=st.floats(1e-6, 0.02),
    bound=st.floats(1e-4, 2.0),
    scale=st.one_of(st.none(), st.just(float("nan")), st.floats(-0.1, 0.2)),
    unit=st.sampled_from(["per_person", "per_recipient", "per_condition", "per_duty_month"]),
    largest=st.sampled_from([1.0, 0.5]),
    bias=st.sampled_from([0.0, 0.002]),
)
def test_a_bound_above_what_is_attainable_is_never_ruled_out(
    estimate, error, bound, scale, unit, largest, bias
):
    asked = SmallestEffect(outcome="y", unit=unit, first_stage="condition_imposed", value=bound)
    found = judge(asked, Headline(estimate, error, None, 0.5, bias), scale, largest)
    details = dict(found.details)
    if scale is None or not scale > 0:
        assert found.verdict == "uninformative"
        return
    per_person = bound if unit == "per_person" else bound * scale
    assert details["attainable_effect"] == pytest.approx(scale * largest)
    if per_person > scale * largest * (1 + 1e-12):
        assert found.verdict == "uninformative"
    elif per_person < scale * largest * (1 - 1e-12):
        inside = abs(estimate) + bias + 1.6448536269514722 * error < per_person
        assert (found.verdict == "ruled_out") == inside


def test_an_outcome_without_a_limit_is_counted_by_its_first_stage_alone():
    asked = effect("per_condition", value=5_000.0)
    found = judge(asked, Headline(10.0, 20.0, None, 0.6), 0.02, None)
    details = dict(found.details)
    assert found.verdict == "ruled_out"
    assert details["attainable_effect"] is None and details["units_per_person"] == 0.02
    assert details["estimate_in_unit"] == pytest.approx(500.0)
    wanted = minimum_detectable_effect(20.0) / 0.02
    assert details["minimum_detectable_effect_in_unit"] == pytest.approx(wanted)
    limited = judge(asked, Headline(10.0, 20.0, None, 0.6), 0.02, 4_000.0)
    assert limited.verdict == "uninformative"


@pytest.mark.parametrize(
    ("baseline", "shares"), [(0.4, (2.5, 0.7004)), (0.0, None), (-1.0, None), (None, None)]
)
def test_per_cent_of_the_baseline(baseline, shares):
    headline = Headline(0.01, 0.001, None, 0.5, baseline=baseline)
    details = dict(judge(effect(), headline, None).details)
    names = ("per_cent_of_baseline", "minimum_detectable_per_cent_of_baseline")
    if shares is None:
        assert not set(names) & set(details)
    else:
        assert [details[name] for name in names] == pytest.approx(shares, abs=1e-4)


def test_several_quantiles_are_no_single_number():
    terms = (Term(0.4, 0.1, None, None, 0.01, quantile=0.5),) * 2
    assert headline_of(Fit(terms, n_obs=10)) is None
