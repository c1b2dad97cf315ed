"""What every estimator for one treated unit promises: no clusters, no variances, placebo ranks."""

import inspect
import re
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from evaluation.cells.needs import NotFromCells
from evaluation.checks.registry import PLANNED, check_names
from evaluation.errors import DataError, SpecError
from evaluation.estimators.contract import Role
from evaluation.estimators.registry import estimator, estimator_names
from evaluation.spec.options import OptionsModel
from evaluation.spec.variance import Inference

KIND = "single_unit"
NAMES = [name for name in estimator_names() if KIND in estimator(name).DESIGNS]
CHECKS = {*check_names(), *PLANNED}
PLAIN = Inference((), "hc1")

pytestmark = pytest.mark.parametrize("name", NAMES)


def subset(data, rows):
    changed = {
        item.name: getattr(data, item.name)[rows]
        for item in fields(data)
        if isinstance(getattr(data, item.name), np.ndarray)
    }
    return replace(data, columns=data.columns.iloc[rows].reset_index(drop=True), **changed)


def numbers(found):
    kept = ("estimate", "std_error", "conf_low", "conf_high")
    values = [[getattr(term, one) for one in kept] for term in found.terms]
    return np.array(values, dtype=float)


def fitted(name, samples, data=None, **changes):
    module = estimator(name)
    changes = {"inference": PLAIN} | changes
    return module.fit(
        samples.make(KIND) if data is None else data, samples.setting(module, KIND, **changes)
    )


def test_documented(name, samples):
    module = estimator(name)
    assert inspect.getdoc(module) and module.TITLE
    assert any(word.strip("(),").isdigit() for word in module.SOURCE.split()), "a year"
    assert module.ESTIMANDS and set(get_args(Role)) >= module.NEEDS
    assert not module.VARIANCES
    assert issubclass(module.Options, OptionsModel) and inspect.getdoc(module.Options)
    setting = samples.setting(module, KIND, inference=PLAIN)
    assert module.equation(setting) and "\n" not in module.equation(setting)
    assumptions = module.assumptions(setting)
    assert {kind for _, kinds in assumptions for kind in kinds} <= CHECKS
    needs = module.cells(setting)
    assert isinstance(needs, NotFromCells) and not needs.reason.endswith(".")


@pytest.mark.parametrize("estimand", ["att", "att_by_event_time"])
def test_plain_numbers_and_the_same_bytes_twice(name, samples, estimand):
    first, second = (fitted(name, samples, estimand=estimand) for _ in range(2))
    assert repr(first) == repr(second)
    for term in first.terms:
        for item in fields(term):
            assert type(getattr(term, item.name)) in {int, float, str, type(None)}
        assert 0 < term.p_value <= 1
    assert all(type(v) in {int, float, str, bool, type(None)} for _, _, v in first.details)
    assert len({(term, key) for term, key, _ in first.details}) == len(first.details)
    assert (first.n_obs, first.n_units, first.n_clusters) == (30 * 14, 30, None)
    if first.covariance is not None:
        errors = [term.std_error for term in first.terms]
        assert np.allclose(np.sqrt(np.diag(first.covariance)), errors, rtol=1e-12)
    else:
        assert all(term.std_error is None and term.conf_low is None for term in first.terms)


def test_event_times_average_to_the_headline(name, samples):
    headline = fitted(name, samples, estimand="att").terms
    path = fitted(name, samples, estimand="att_by_event_time").terms
    assert [term.event_time for term in path] == list(range(-10, 4))
    after = [term.estimate for term in path if term.event_time >= 0]
    assert len(headline) == 1 and headline[0].estimate == pytest.approx(np.mean(after), rel=1e-12)
    assert headline[0].estimate == pytest.approx(2.0, abs=0.8)


@pytest.mark.parametrize("estimand", ["att", "att_by_event_time"])
def test_row_order_and_equal_weights_do_not_matter(name, samples, estimand):
    data = samples.make(KIND)
    first = numbers(fitted(name, samples, estimand=estimand))
    shuffled = subset(data, np.random.default_rng(0).permutation(data.n_obs))
    weighted = replace(data, weight=np.full(data.n_obs, 3.0))
    for other in (shuffled, weighted):
        assert np.array_equal(
            first, numbers(fitted(name, samples, other, estimand=estimand)), equal_nan=True
        )


@pytest.mark.parametrize("scale", [1e-4, 1e5])
def test_outcome_scale_carries_through(name, samples, scale):
    data = samples.make(KIND)
    plain = fitted(name, samples, estimand="att_by_event_time")
    scaled = fitted(name, samples, replace(data, y=data.y * scale), estimand="att_by_event_time")
    assert np.allclose(numbers(plain) * scale, numbers(scaled), rtol=1e-6, equal_nan=True)
    assert [t.p_value for t in plain.terms] == [t.p_value for t in scaled.terms]


def test_a_level_common_to_all_changes_nothing(name, samples):
    data = samples.make(KIND)
    first, second = fitted(name, samples), fitted(name, samples, replace(data, y=data.y + 50.0))
    assert np.allclose(numbers(first), numbers(second), rtol=1e-6, equal_nan=True)
    assert [t.p_value for t in first.terms] == [t.p_value for t in second.terms]


class Guarded(pd.DataFrame):
    """A frame that refuses to hand out any column."""

    @property
    def _constructor(self):
        return Guarded

    def __getitem__(self, key):
        raise AssertionError(f"column {key} was read but not declared")


def test_reads_no_column_and_leaves_data_as_they_were(name, samples):
    data = samples.make(KIND)
    for item in fields(data):
        value = getattr(data, item.name)
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    first = fitted(name, samples, replace(data, columns=Guarded(data.columns)))
    assert repr(first) == repr(fitted(name, samples))


KEYS = [
    ({"inference": Inference(("group",), "cr1")}, "no clustered standard error"),
    ({"inference": Inference((), "cr1")}, "needs a cluster"),
    ({"fixed_effects": ("unit",)}, "takes no fixed_effects"),
    ({"controls": ("size",)}, "takes no controls"),
]


@pytest.mark.parametrize(("changes", "words"), KEYS)
def test_refuses_keys_of_regressions(name, samples, changes, words):
    with pytest.raises(SpecError, match=words):
        fitted(name, samples, **changes)


SPOILED = {
    "no rows": (lambda d: d.period < 0, "no rows are left"),
    "no treated unit": (lambda d: d.treated <= 0, "0 of 29 units are treated"),
    "no donor": (lambda d: d.treated > 0, "0 of 0 donors are complete"),
    "one donor": (lambda d: d.unit >= 28, "0 of 2 units are treated"),
    "two units": (lambda d: (d.unit == 7) | (d.unit == 3), "1 of 1 donors are complete"),
    "nothing before": (lambda d: d.post > 0, "has 0 periods before the reform"),
    "one period before": (lambda d: d.period >= 9, "has 1 periods before the reform"),
    "nothing after": (lambda d: d.post <= 0, "no period after the reform"),
    "a gap": (lambda d: (d.unit != 7) | (d.period != 4), "treated unit lacks 1 of 14 periods"),
    "donors with gaps": (
        lambda d: ~((d.unit == 3) & (d.period > 11)) & ~((d.unit == 5) & (d.period == 0)),
        "2 of 29 donors lack 3 of 420 unit-periods",
    ),
}


@pytest.mark.parametrize("case", SPOILED)
def test_refuses_rows_that_cannot_answer(name, samples, case):
    keep, words = SPOILED[case]
    data = samples.make(KIND)
    with pytest.raises(DataError) as caught:
        fitted(name, samples, subset(data, np.flatnonzero(keep(data))))
    (line,) = caught.value.faults
    # The column of units is called place.
    assert words in line and "\n" not in line and not re.search(r"\bplace\b", line)


def test_refuses_an_outcome_without_variation_and_two_treated_units(name, samples):
    data = samples.make(KIND)
    with pytest.raises(DataError, match="one value in all"):
        fitted(name, samples, replace(data, y=np.ones(data.n_obs)))
    two = replace(data, treated=np.isin(data.unit, (3, 7)).astype(float))
    with pytest.raises(DataError, match="2 of 30 units are treated"):
        fitted(name, samples, two)


def test_incomplete_donors_may_be_left_out(name, samples):
    data = samples.make(KIND)
    gaps = subset(data, np.flatnonzero((data.unit != 3) | (data.period > 0)))
    design = {"donors": SimpleNamespace(incomplete="drop")}
    found = fitted(name, samples, gaps, design=design)
    whole = fitted(name, samples, subset(data, np.flatnonzero(data.unit != 3)))
    assert repr(found) == repr(whole)
    assert found.n_units == 29


def test_few_donors_are_warned_of(name, samples):
    data = samples.make(KIND)
    few = fitted(name, samples, subset(data, np.flatnonzero(data.unit < 12)))
    assert "smallest placebo p-value is 0.083" in few.warnings[0]
    assert fitted(name, samples).warnings == ()


def test_a_path_that_is_not_followed_is_warned_of(name, samples):
    data = samples.make(KIND)
    donors = np.array([data.y[(data.period == t) & (data.unit != 7)].mean() for t in range(14)])
    against = np.where(data.treated > 0, -3.0 * donors[data.period], data.y)
    found = fitted(name, samples, replace(data, y=against))
    assert any("misses the treated unit before the reform" in one for one in found.warnings)
