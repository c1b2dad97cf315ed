"""The Anderson–Rubin set against a search over values, whatever its shape."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.inference.weak_instrument import anderson_rubin, effective_f

# reduced form, first stage, variances, covariance -> shape
CASES = [
    (1.0, 2.0, (0.04, 0.09), 0.01, "interval"),
    (-1.0, 2.0, (0.04, 0.09), -0.03, "interval"),
    (1.0, 0.2, (0.04, 0.09), 0.01, "two half-lines"),
    (0.1, 0.2, (0.04, 0.09), 0.01, "whole line"),
    (0.5, -0.1, (0.01, 0.09), 0.0, "two half-lines"),
]


@pytest.mark.parametrize(("reduced", "first", "variances", "covariance", "shape"), CASES)
def test_the_set_is_what_a_search_finds(reduced, first, variances, covariance, shape) -> None:
    found = anderson_rubin(reduced, first, variances, covariance, 1.96)
    assert found.shape == shape
    b = np.linspace(-60, 60, 240_001)
    spread = variances[0] - 2 * b * covariance + b**2 * variances[1]
    accepted = (reduced - b * first) ** 2 <= 1.96**2 * spread
    low = -np.inf if found.low is None else found.low
    high = np.inf if found.high is None else found.high
    inside = {
        "interval": (b >= low) & (b <= high),
        "two half-lines": (b <= low) | (b >= high),
        "whole line": np.full(len(b), True),
    }[shape]
    assert np.mean(accepted != inside) < 1e-4
    assert accepted[np.argmin(np.abs(b - reduced / first))], "never rejects the estimate"
    assert found.words


def test_a_first_stage_just_at_its_critical_value_gives_a_half_line() -> None:
    found = anderson_rubin(1.0, 1.0, (0.04, 0.25), 0.0, 2.0)
    assert (found.shape, found.high) == ("half-line", None)
    assert found.low == pytest.approx((1.0 - 4 * 0.04) / 2)
    assert "on" in found.words
    assert effective_f(1.0, 0.25) == 4.0
