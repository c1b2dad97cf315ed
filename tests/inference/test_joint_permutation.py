"""One permutation for several specifications, against regressions on rows, draw by draw."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation.cells.assignment import Assignment
from evaluation.inference.joint_permutation import (
    ABSENT,
    draw_places,
    permute_jointly,
    shared_clusters,
)
from evaluation.inference.specification_curve import curve_test, shares

TOWNS, YEARS = 12, 5
START = np.array([9, 9, 9, 2, 3, 9, 9, 2, 3, 9, 2, 3])
# Rows of a specification, its controls, its outcome.
SPECS = ((range(TOWNS), ["x"], "y"), (range(1, 10), [], "y2"), (range(TOWNS), ["x", "z"], "y2"))


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    generator = np.random.default_rng(8)
    rows = 900
    return pd.DataFrame(
        {
            "town": generator.integers(0, TOWNS, rows),
            "year": generator.integers(0, YEARS, rows),
            "x": generator.normal(size=rows),
            "z": generator.normal(size=rows),
            "y": generator.normal(size=rows),
            "y2": generator.normal(size=rows),
        }
    )


def regression(frame: pd.DataFrame, spec: tuple, start: np.ndarray) -> tuple[float, float]:
    """Return the coefficient and its clustered t, every dummy in the columns."""
    towns, controls, outcome = spec
    own = frame[frame["town"].isin(list(towns))]
    d = (own["year"].to_numpy() >= start[own["town"]]).astype(float)
    dummies = [own["town"] == one for one in list(towns)]
    dummies += [own["year"] == one for one in range(1, YEARS)]
    x = np.column_stack([d, own[controls], *[one.astype(float) for one in dummies]])
    y = own[outcome].to_numpy()
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ y
    score = x * (y - x @ beta)[:, None]
    sums = np.array([score[own["town"] == one].sum(axis=0) for one in towns])
    return beta[0], beta[0] / np.sqrt((bread @ sums.T @ sums @ bread)[0, 0])


def assignment(frame: pd.DataFrame, spec: tuple) -> Assignment:
    """Return the cells of town and year, their towns in another order than in other specs."""
    towns, controls, outcome = spec
    ordered = sorted(towns, key=lambda town: (town * 7) % TOWNS)
    width = len(controls) + 1
    weight, means = np.zeros((len(ordered), YEARS)), np.zeros((len(ordered), YEARS, width))
    scatter = np.zeros((len(ordered), width, width))
    for g, town in enumerate(ordered):
        for t in range(YEARS):
            own = frame[(frame["town"] == town) & (frame["year"] == t)]
            values = own[[*controls, outcome]].to_numpy()
            weight[g, t] = len(own)
            if len(own):
                means[g, t] = values.mean(axis=0)
                scatter[g] += (values - means[g, t]).T @ (values - means[g, t])
    starts = np.array([2, 3, 9])
    return Assignment(
        weight=weight,
        y=means[:, :, -1],
        controls=means[:, :, :-1],
        scatter=scatter,
        paths=(np.arange(YEARS)[None, :] >= starts[:, None]).astype(float),
        kind=np.searchsorted(starts, START[ordered]),
        factor=1.0,
        labels=tuple(ordered),
    )


@pytest.mark.parametrize("studentised", [False, True])
def test_every_draw_is_one_assignment_in_every_specification(
    frame: pd.DataFrame, studentised: bool
) -> None:
    made = [assignment(frame, spec) for spec in SPECS]
    clusters = shared_clusters(made)
    drawn = draw_places(clusters, 6, np.random.default_rng(0))
    found = permute_jointly(made, clusters, drawn, studentised=studentised)
    which = int(studentised)
    own = [regression(frame, spec, START)[which] for spec in SPECS]
    np.testing.assert_allclose(found.own, own, rtol=1e-9)
    labels = list(made[0].labels)
    for draw, places in zip(found.drawn, drawn, strict=True):
        start = START.copy()
        start[labels] = START[np.array(labels)[places]]
        assert not np.array_equal(start, START)
        brute = [regression(frame, spec, start)[which] for spec in SPECS]
        np.testing.assert_allclose(draw, brute, rtol=1e-9)


def test_clusters_that_a_specification_lacks_stay_among_themselves(frame: pd.DataFrame) -> None:
    clusters = shared_clusters([assignment(frame, spec) for spec in SPECS])
    lacking = np.flatnonzero(clusters.places[:, 1] == ABSENT)
    assert clusters.partial == len(lacking) == 3
    drawn = draw_places(clusters, 50, np.random.default_rng(0))
    assert {tuple(sorted(row)) for row in drawn[:, lacking]} == {tuple(lacking)}
    assert len({tuple(row) for row in drawn}) > 40


def test_shares_by_hand() -> None:
    values = np.array([[1.0, 2.0, -3.0], [-1.0, -2.0, 0.0], [1.0, -1.0, 0.0]])
    far = np.array([[True, False, True], [True, True, True], [False, True, False]])
    dominant, significant = shares(values, far)
    np.testing.assert_allclose(dominant, [2 / 3, 2 / 3, 1 / 3])
    np.testing.assert_allclose(significant, [1 / 3, 2 / 3, 1 / 3])


def test_p_values_count_draws_that_are_as_large() -> None:
    own = np.array([2.0, 3.0, -1.0])
    drawn = np.array([[1.0, 1.0, 1.0], [-3.0, -2.0, 4.0], [0.1, -0.1, 0.1], [np.nan, 1.0, 1.0]])
    found = curve_test(own, drawn)
    # Medians 2 | 1, 2, 0.1, none; shares of the sign 2/3 | 1, 2/3, 2/3, none.
    assert (found.median, found.undefined) == (2.0, 1)
    assert found.p_median == pytest.approx(3 / 5)
    assert (found.dominant, found.p_dominant) == (pytest.approx(2 / 3), 1.0)
    # With five values none is among the largest twentieth.
    assert (found.significant, found.p_significant) == (0.0, 1.0)


def test_a_value_is_significant_among_the_largest_twentieth_of_its_own() -> None:
    drawn = np.random.default_rng(0).uniform(-1, 1, size=(99, 4))
    own = np.array([3.0, 2.0, -2.0, 0.1])
    drawn[:5, 1] = 2.5
    drawn[:4, 2] = 2.5
    # The first and third are among the five largest of a hundred; the third has the other sign.
    found = curve_test(own, drawn)
    assert (found.significant, found.dominant) == (0.25, 0.75)


def test_a_null_is_rejected_as_often_as_its_level() -> None:
    generator = np.random.default_rng(5)
    rejected = []
    for _ in range(400):
        common = generator.normal(size=(100, 1))
        values = common + 0.5 * generator.normal(size=(100, 9))
        test = curve_test(values[0], values[1:])
        rejected.append([test.p_median <= 0.05, test.p_significant <= 0.05])
    rates = np.mean(rejected, axis=0)
    # Shares are coarse, so that their test may be conservative; neither may exceed its level.
    assert np.all(rates < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)) and rates[0] > 0.02
