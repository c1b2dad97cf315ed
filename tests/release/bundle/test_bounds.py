"""Between which values a number of the data must lie: always true, and nearly reached."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from evaluation.commands.verify_bundle import verify_bundle_text
from evaluation.release.bundle.bounds import coefficient, shape_of, share
from evaluation.release.bundle.write import Written
from evaluation.release.protection import Protection
from evaluation.review.verify_bundle import verify_bundle

NOTHING = Protection()
BY_SIX = Protection(minimum=8, base=6, midpoint=True)


def solved(x: np.ndarray, y: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the coefficients of least squares on cells."""
    root = np.sqrt(rows)
    return np.linalg.lstsq(root[:, None] * x, root * y, rcond=None)[0]


def design(draws: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return cells of towns by period: constant, treated × post, indicators; ones; rows."""
    towns, periods = int(draws.integers(4, 9)), int(draws.integers(2, 5))
    town, period = (one.ravel() for one in np.indices((towns, periods)))
    dose = ((town % 2 == 0) & (period >= periods // 2)).astype(float)
    x = np.column_stack([np.ones(len(town)), dose, np.eye(towns)[town], np.eye(periods)[period]])
    rows = draws.integers(9, 80, len(town)).astype(float)
    ones = draws.binomial(rows.astype(int), draws.random(len(town))).astype(float)
    return x, ones, rows, towns


@pytest.mark.parametrize("seed", range(40))
def test_the_coefficient_of_all_rows_lies_within_when_cells_are_left_out(seed: int) -> None:
    draws = np.random.default_rng(seed)
    x, ones, rows, towns = design(draws)
    beta = solved(x, ones / rows, rows)[1]
    kept = draws.random(len(rows)) > 0.15
    own = x[kept], (ones / rows)[kept], rows[kept]
    levels = [towns, x.shape[1] - 2 - towns]
    estimate = solved(*own)[1]
    shape = shape_of(own[0], 1, own[1], own[2], levels, estimate, NOTHING)
    identified = np.linalg.matrix_rank(own[0]) > np.linalg.matrix_rank(np.delete(own[0], 1, 1))
    assert (shape is not None) == identified
    if shape is None:
        return
    bound = coefficient(shape, float(rows[~kept].sum()))
    assert bound.low <= beta <= bound.high


@pytest.mark.parametrize("seed", range(40))
def test_the_coefficient_of_all_rows_lies_within_when_counts_are_rounded(seed: int) -> None:
    draws = np.random.default_rng(seed)
    x, ones, rows, towns = design(draws)
    ones = np.clip(ones, 8, rows)
    beta = solved(x, ones / rows, rows)[1]
    left, told = (np.array([BY_SIX.rounded(int(v)) for v in one], float) for one in (rows, ones))
    estimate = solved(x, told / left, left)[1]
    levels = [towns, x.shape[1] - 2 - towns]
    shape = shape_of(x, 1, told / left, left, levels, estimate, BY_SIX)
    assert shape is not None
    bound = coefficient(shape, 0.0)
    assert bound.low <= beta <= bound.high


def test_the_bound_of_rounded_counts_narrows_as_cells_grow() -> None:
    x = np.array([[1.0, 0.0], [1.0, 1.0]])
    widths = []
    for size in (99.0, 999.0, 9999.0):
        rows = np.array([size, size])
        shape = shape_of(x, 1, np.array([0.5, 0.5]), rows, [], 0.0, BY_SIX)
        assert shape is not None
        bound = coefficient(shape, 0.0)
        widths.append(bound.high - bound.low)
        # Either mean may be off by three ones and three rows at once.
        assert bound.high >= 2 * 3 / size / 2
    assert widths[0] < 0.2
    assert widths[0] / widths[2] == pytest.approx(101, rel=0.1)


def test_a_difference_of_two_means_comes_near_its_bound() -> None:
    """200 rows are seen; as many as 40 more, in either group, all 0 or all 1, move it so far."""
    x = np.array([[1.0, 0.0], [1.0, 1.0]])
    y, rows = np.array([0.5, 0.5]), np.array([100.0, 100.0])
    shape = shape_of(x, 1, y, rows, [], 0.0, NOTHING)
    assert shape is not None
    bound = coefficient(shape, 40.0)
    reached = max(
        (50 + one * ones) / (100 + one) - (50 + (40 - one) * others) / (140 - one)
        for one in range(41)
        for ones in (0, 1)
        for others in (0, 1)
    )
    assert reached <= bound.high <= 3 * reached
    assert bound.low == -bound.high


def test_a_share_reaches_both_ends_of_its_bound() -> None:
    bound = share(0.46, 1050.0, 150.0)
    assert (bound.low, bound.high) == pytest.approx((483 / 1200, 633 / 1200))


@pytest.mark.parametrize("policy", ["registry_default", "statistics_norway", "opensafely"])
def test_printed_numbers_lie_within_their_bounds(
    written: Callable[[str], Written], policy: str, tmp_path: Path
) -> None:
    path = tmp_path / "b.zip"
    path.write_bytes(written(policy).content)
    found = verify_bundle(path)
    bounded = [one for one in found.gaps if one.low is not None and one.high is not None]
    assert {"estimate"} <= {one.column for one in bounded}
    assert all(one.low <= one.printed <= one.high for one in bounded)
    told = verify_bundle_text(path)
    assert "the data's lies within" in told
    assert "bounded by: least squares with" in told
