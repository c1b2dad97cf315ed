"""The reduced form: the numerator of two-stage least squares, and a plain regression."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluation.estimators import iv_2sls, reduced_form
from evaluation.spec.variance import Inference

CR1 = Inference(("group",), "cr1")


def multiplied(data):
    """Return the data with an instrument times a number of the unit's own."""
    share = np.random.default_rng(3).random(len(set(data.unit)))[data.unit]
    return replace(data, instrument=data.instrument * share, instrument_times=share)


def test_equals_the_numerator_of_two_stage_least_squares(samples) -> None:
    data = multiplied(samples.make("did"))
    fits = []
    for module in (reduced_form, iv_2sls):
        setting = samples.setting(module, "did", inference=CR1, fixed_effects=("group", "period"))
        fits.append(module.fit(data, setting))
    offer, both = fits
    numerator = both.terms[1]
    assert (offer.terms[0].estimate, offer.terms[0].std_error) == pytest.approx(
        (numerator.estimate, numerator.std_error), rel=1e-9
    )


def test_equals_least_squares_by_hand(samples) -> None:
    data = multiplied(samples.make("did"))
    setting = samples.setting(reduced_form, "did", inference=CR1)
    (term,) = reduced_form.fit(data, setting).terms
    x = np.column_stack([data.instrument, data.instrument_times, np.ones(data.n_obs)])
    beta = np.linalg.lstsq(x, data.y, rcond=None)[0]
    assert term.estimate == pytest.approx(beta[0], rel=1e-9)
    # The cluster sandwich with G / (G - 1) and (n - 1) / (n - k).
    residual = data.y - x @ beta
    code = np.unique(data.columns["group"], return_inverse=True)[1]
    scores = np.zeros((code.max() + 1, 3))
    np.add.at(scores, code, x * residual[:, None])
    bread = np.linalg.inv(x.T @ x)
    count, g = data.n_obs, len(scores)
    factor = g / (g - 1) * (count - 1) / (count - 3)
    variance = factor * (bread @ scores.T @ scores @ bread)[0, 0]
    assert term.std_error == pytest.approx(np.sqrt(variance), rel=1e-9)
    assert term.estimand == "itt"


def test_nobody_need_take_up_the_offer(samples) -> None:
    data = samples.make("did")
    nobody = replace(data, treatment=np.zeros(data.n_obs))
    setting = samples.setting(reduced_form, "did", inference=CR1)
    assert repr(reduced_form.fit(nobody, setting)) == repr(reduced_form.fit(data, setting))
