"""What every estimator promises, held over every file in the folder."""

import inspect
from dataclasses import fields, replace
from functools import cache
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from evaluation.cells.needs import KeyRole, NotFromCells
from evaluation.checks.registry import PLANNED, check_names
from evaluation.errors import DataError, SpecError
from evaluation.estimators.registry import estimator, estimator_names
from evaluation.inference.bias_aware import half_length
from evaluation.spec.options import OptionsModel
from evaluation.spec.variance import Inference, VarianceKind

NAMES = estimator_names()
# One treated unit knows no clusters and no variances: test_contract_single_unit.py.
PAIRS = [
    (name, kind) for name in NAMES for kind in sorted(estimator(name).DESIGNS - {"single_unit"})
]
KINDS = set(get_args(VarianceKind))
CHECKS = {*check_names(), *PLANNED}
DESIGN_KINDS = {"did", "staggered_did", "rd", "single_unit", "none"}

pytestmark = pytest.mark.parametrize(("name", "kind"), PAIRS)


def subset(data, rows):
    changed = {
        item.name: getattr(data, item.name)[rows]
        for item in fields(data)
        if isinstance(getattr(data, item.name), np.ndarray)
    }
    return replace(data, columns=data.columns.iloc[rows].reset_index(drop=True), **changed)


def numbers(found):
    return np.array(
        [
            [np.nan if v is None else v for v in (t.estimate, t.std_error, t.conf_low, t.conf_high)]
            for t in found.terms
        ]
    )


def test_documented(name, kind, samples):
    module = estimator(name)
    assert inspect.getdoc(module) and module.TITLE and module.SOURCE
    assert any(word.strip("(),").isdigit() for word in module.SOURCE.split()), "a year"
    assert module.DESIGNS <= DESIGN_KINDS
    assert module.ESTIMANDS and KINDS >= module.VARIANCES
    assert issubclass(module.Options, OptionsModel) and inspect.getdoc(module.Options)
    for verb in (module.fit, module.equation, module.assumptions):
        assert inspect.getdoc(verb).splitlines()[0].endswith(".")
    setting = samples.setting(module, kind, controls=("size",), fixed_effects=("group",))
    equation = module.equation(setting)
    assert equation and "\n" not in equation
    assumptions = module.assumptions(setting)
    assert assumptions and all(text for text, _ in assumptions)
    assert {kind for _, kinds in assumptions for kind in kinds} <= CHECKS


@cache
def plain_fit(name, kind, samples):
    """Return the fit that several promises are held against."""
    module = estimator(name)
    return module.fit(samples.make(kind), samples.setting(module, kind))


def test_same_bytes_twice(name, kind, samples):
    module = estimator(name)
    first = plain_fit(name, kind, samples)
    second = module.fit(samples.make(kind), samples.setting(module, kind))
    assert repr(first.terms) == repr(second.terms)
    assert repr(first.details) == repr(second.details)
    assert first.covariance.tobytes() == second.covariance.tobytes()


def test_plain_numbers_only(name, kind, samples):
    found = plain_fit(name, kind, samples)
    for term in found.terms:
        for item in fields(term):
            assert type(getattr(term, item.name)) in {int, float, str, type(None)}
    assert all(type(v) in {int, float, str, bool, type(None)} for _, _, v in found.details)
    assert found.covariance.shape == (len(found.terms), len(found.terms))
    errors = [t.std_error or 0.0 for t in found.terms]
    assert np.allclose(np.sqrt(np.diag(found.covariance)), errors, rtol=1e-12)
    assert len({t.label for t in found.terms}) == (len(found.terms))
    assert (type(found.n_obs), type(found.n_units), type(found.n_clusters)) == (int, int, int)


def test_row_order_does_not_matter(name, kind, samples):
    module, data = estimator(name), samples.make(kind)
    shuffled = subset(data, np.random.default_rng(0).permutation(data.n_obs))
    setting = samples.setting(module, kind, fixed_effects=_effects(name))
    first, second = module.fit(data, setting), module.fit(shuffled, setting)
    assert np.allclose(numbers(first), numbers(second), rtol=1e-9, atol=1e-9, equal_nan=True)


def _effects(name):
    return ("unit", "period") if name.startswith("twfe") else ()


@pytest.mark.parametrize("scale", [1e-4, 1e5])
def test_outcome_scale_carries_through(name, kind, samples, scale):
    module, data = estimator(name), samples.make(kind)
    setting = samples.setting(module, kind)
    plain = plain_fit(name, kind, samples)
    scaled = module.fit(replace(data, y=data.y * scale), setting)
    assert np.allclose(numbers(plain) * scale, numbers(scaled), rtol=1e-7, equal_nan=True)
    for one, other in zip(plain.terms, scaled.terms, strict=True):
        assert one.p_value == pytest.approx(other.p_value, rel=1e-6, abs=1e-12)


def test_weights_that_are_all_equal_change_nothing(name, kind, samples):
    module, data = estimator(name), samples.make(kind)
    setting = samples.setting(module, kind)
    weighted = replace(data, weight=np.full(data.n_obs, 3.0))
    plain = plain_fit(name, kind, samples)
    assert np.allclose(numbers(plain), numbers(module.fit(weighted, setting)), equal_nan=True)


class Guarded(pd.DataFrame):
    """A frame that refuses to hand out columns the setting does not name."""

    _metadata = ("allowed",)

    @property
    def _constructor(self):
        return Guarded

    def __getitem__(self, key):
        if isinstance(key, str) and key not in self.allowed:
            raise AssertionError(f"column {key} was read but not declared")
        return super().__getitem__(key)


def test_reads_only_declared_columns(name, kind, samples):
    module, data = estimator(name), samples.make(kind)
    setting = samples.setting(module, kind, controls=("size",))
    try:
        module.fit(data, setting)
    except SpecError as error:
        assert "takes no controls" in str(error)
        setting = samples.setting(module, kind)
    junk = data.columns.assign(junk=[object()] * data.n_obs, nothing=np.nan)
    guarded = Guarded(junk)
    guarded.allowed = {"size", "group"}
    alone = replace(data, columns=data.columns[["size", "group"]])
    first = module.fit(replace(data, columns=guarded), setting)
    assert repr(first) == repr(module.fit(alone, setting))


def test_handed_data_are_left_as_they_were(name, kind, samples):
    module, data = estimator(name), samples.make(kind)
    for item in fields(data):
        value = getattr(data, item.name)
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    module.fit(data, samples.setting(module, kind, fixed_effects=_effects(name)))


def refused(module, data, setting):
    with pytest.raises(DataError) as caught:
        module.fit(data, setting)
    for line in caught.value.faults:
        assert "\n" not in line and len(line) > 40


def test_refuses_one_cluster(name, kind, samples):
    module, data = estimator(name), samples.make(kind)
    data = replace(data, columns=data.columns.assign(group=7))
    refused(module, data, samples.setting(module, kind))


def test_refuses_a_clustered_variance_without_cluster(name, kind, samples):
    module = estimator(name)
    setting = samples.setting(module, kind, inference=Inference((), "cr1"))
    with pytest.raises(SpecError, match="needs a cluster"):
        module.fit(samples.make(kind), setting)


def test_takes_fixed_effects_or_refuses_them(name, kind, samples):
    module = estimator(name)
    setting = samples.setting(module, kind, fixed_effects=("group",))
    data = samples.make(kind)
    # Where all groups have as many rows, their effects change nothing beside those of cohorts.
    data = subset(data, np.flatnonzero(np.arange(data.n_obs) % 7 != 3))
    plain_setting = samples.setting(module, kind)
    if kind == "staggered_did":
        design = SimpleNamespace(**vars(setting.design) | {"unbalanced": "keep"})
        setting, plain_setting = (replace(one, design=design) for one in (setting, plain_setting))
    try:
        found = module.fit(data, setting)
    except SpecError as error:
        assert "takes no fixed_effects" in str(error)
    else:
        plain = module.fit(data, plain_setting)
        difference = abs(found.terms[0].estimate - plain.terms[0].estimate)
        assert difference > 1e-6 * plain.terms[0].std_error


def test_refuses_an_outcome_without_variation(name, kind, samples):
    module, data = estimator(name), samples.make(kind)
    refused(module, replace(data, y=np.ones(data.n_obs)), samples.setting(module, kind))


def test_refuses_no_rows(name, kind, samples):
    module, data = estimator(name), samples.make(kind)
    refused(module, subset(data, np.array([], dtype=int)), samples.setting(module, kind))


EMPTY = {
    "did": {
        "treated before": lambda d: ~((d.treated > 0) & (d.post <= 0)),
        "treated after": lambda d: ~((d.treated > 0) & (d.post > 0)),
        "control after": lambda d: ~((d.treated <= 0) & (d.post > 0)),
        "control": lambda d: d.treated > 0,
        "treated": lambda d: d.treated <= 0,
    },
    "staggered_did": {
        "treated": lambda d: ~np.isfinite(d.cohort),
        "control": lambda d: d.cohort == 3.0,
        "before": lambda d: d.period >= 6,
    },
    "rd": {"below": lambda d: d.running >= 0, "above": lambda d: d.running < 0},
    "instrument": {
        "off": lambda d: d.instrument > 0,
        "on": lambda d: d.instrument <= 0,
        "untreated": lambda d: d.treatment > 0,
        "treated": lambda d: d.treatment <= 0,
    },
}


def test_refuses_an_empty_side(name, kind, samples):
    module, data = estimator(name), samples.make(kind)
    sides = dict(EMPTY["instrument" if "instrument" in module.NEEDS else kind])
    if name == "reduced_form":  # what an offer does where nobody takes it up is zero, not unknown
        del sides["untreated"], sides["treated"]
    for keep in sides.values():
        refused(module, subset(data, np.flatnonzero(keep(data))), samples.setting(module, kind))


def test_every_variance_it_names_works(name, kind, samples):
    module, data = estimator(name), samples.make(kind)
    for variance in sorted(module.VARIANCES):
        cluster = ("group",) if variance.startswith("cr") else ()
        setting = samples.setting(module, kind, inference=Inference(cluster, variance))
        for term in module.fit(data, setting).terms:
            assert term.std_error is not None and 0 < term.std_error < 5


def test_normal_intervals_are_narrower_than_t(name, kind, samples):
    module, data = estimator(name), samples.make(kind)
    widths = []
    for distribution in ("normal", "t"):
        inference = Inference(("group",), "cr1", distribution=distribution)
        term = module.fit(data, samples.setting(module, kind, inference=inference)).terms[0]
        widths.append(term.conf_high - term.conf_low)
    assert widths[0] < widths[1]


def test_degrees_of_freedom_are_those_of_the_interval(name, kind, samples):
    module, data = estimator(name), samples.make(kind)
    for distribution in ("normal", "t"):
        inference = Inference(("group",), "cr1", distribution=distribution)
        found = module.fit(data, samples.setting(module, kind, inference=inference))
        (df,) = [v for term, key, v in found.details if (term, key) == ("", "degrees_of_freedom")]
        assert (df is None) == (distribution == "normal")
        details = {key: v for term, key, v in found.details if term == ""}
        one = found.terms[0]
        error = details.get("robust_std_error", one.std_error)
        half = (one.conf_high - one.conf_low) / 2
        wanted = half_length(error, details.get("maximum_bias", 0.0), df)
        assert half == pytest.approx(wanted, rel=1e-9)


CLUSTERS = [(), ("group",), ("unit",), ("group", "period"), ("unit", "group")]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_says_what_it_needs_of_cells(name, kind, samples, cluster):
    """Roles are those of a key, and no cluster is lost on the way to cells."""
    module = estimator(name)
    assert inspect.getdoc(module.cells).splitlines()[0].endswith(".")
    for variance in sorted(module.VARIANCES):
        if variance.startswith("cr") != bool(cluster):
            continue
        inference = Inference(cluster, variance)
        setting = samples.setting(module, kind, inference=inference, unit="unit")
        needs = module.cells(setting)
        if isinstance(needs, NotFromCells):
            assert needs.reason and "\n" not in needs.reason and not needs.reason.endswith(".")
            continue
        assert needs.roles and needs.roles <= set(get_args(KeyRole))
        served = (*needs.clusters, *needs.second_pass, *(("unit",) if needs.pairs else ()))
        assert sorted(served) == sorted(cluster)
        assert "unit" not in needs.clusters
        assert needs.unit_effect == (name == "switching")


# They read the treatment received, or the outcome, of every row.
ROWS_ONLY = {"iv_2sls", "reduced_form", "rif_quantile"}
# Their influences are summed by unit row by row.
SUMMED = {
    "group_time_att", "interaction_weighted", "extended_twfe", "imputation", "switching"
}  # fmt: skip


def test_one_cluster_of_columns_is_had_from_cells(name, kind, samples):
    module = estimator(name)
    setting = samples.setting(module, kind, inference=Inference(("group",), "cr1"), unit="unit")
    if isinstance(module.cells(setting), NotFromCells):
        assert name in ROWS_ONLY
        return
    assert module.cells(setting).clusters == ("group",)
    by_unit = samples.setting(module, kind, inference=Inference(("unit",), "cr1"), unit="unit")
    needs = module.cells(by_unit)
    assert isinstance(needs, NotFromCells) == (name in SUMMED)
