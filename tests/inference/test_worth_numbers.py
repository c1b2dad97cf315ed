"""Sums of effects at amounts: against a grid, against draws, and by hand."""

import numpy as np
import pytest

from evaluation.inference.worth import Amounts, Effects, valued

T975 = 1.959963984540054


def effects(correlation=0.5, *, known=True, biases=(0.0, 0.0)):
    estimates, errors = np.array([0.4, -1.0]), np.array([0.2, 0.3])
    matrix = np.array([[1.0, correlation], [correlation, 1.0]]) * np.outer(errors, errors)
    return Effects(estimates, errors, matrix if known else None, np.array(biases), None)


def amounts(low=(3.0, -2.0), high=(3.0, -2.0), errors=(0.0, 0.0)):
    return Amounts(np.array([3.0, -2.0]), np.array(low), np.array(high), np.array(errors))


def test_exact_amounts_by_hand():
    found = valued(effects(), amounts())
    variance = 9 * 0.04 + 4 * 0.09 - 2 * 3 * 2 * 0.5 * 0.06
    assert found.value == pytest.approx(3 * 0.4 + 2 * 1.0)
    assert found.std_error == pytest.approx(variance**0.5)
    assert found.high - found.value == pytest.approx(T975 * variance**0.5)
    assert found.value - found.low == pytest.approx(T975 * variance**0.5)


def test_a_range_holds_every_amount_in_it_and_no_more():
    low, high = (2.0, -4.0), (5.0, 1.0)
    found = valued(effects(biases=(0.01, 0.02)), amounts(low, high))
    ends = []
    for a in np.linspace(low[0], high[0], 31):
        for b in np.linspace(low[1], high[1], 51):
            at = (a, b)
            one = valued(effects(biases=(0.01, 0.02)), Amounts(*(np.array(at),) * 3, np.zeros(2)))
            ends.append((one.low, one.high))
    assert found.low == pytest.approx(min(low for low, _ in ends))
    assert found.high == pytest.approx(max(high for _, high in ends))


def test_an_unknown_correlation_is_the_worst_one():
    unknown = valued(effects(known=False), amounts())
    widths = [valued(effects(r), amounts()).std_error for r in np.linspace(-1, 1, 41)]
    assert unknown.std_error == pytest.approx(max(widths))


def test_uncertain_amounts_as_by_draws():
    generator = np.random.default_rng(2)
    one = effects()
    drawn = generator.multivariate_normal(one.estimates, one.covariance, 200_000)
    prices = generator.normal([3.0, -2.0], [0.5, 0.4], (200_000, 2))
    spread = np.std(np.sum(drawn * prices, axis=1))
    # The variance of a product has tr(VS) beside the delta method's part.
    left = 0.04 * 0.25 + 0.09 * 0.16
    found = valued(one, amounts(errors=(0.5, 0.4)))
    assert (found.std_error**2 + left) ** 0.5 == pytest.approx(spread, rel=0.01)


def test_a_bias_and_few_degrees_of_freedom_widen():
    plain = valued(effects(), amounts())
    few = Effects(*(getattr(effects(), name) for name in ("estimates", "errors", "covariance")),
                  np.array([0.1, 0.2]), 9.0)  # fmt: skip
    found = valued(few, amounts())
    wanted = 2.2621571627 * plain.std_error + 3 * 0.1 + 2 * 0.2
    assert found.high - found.value == pytest.approx(wanted)
