"""Synthetic control and synthetic DiD against brute force, and what each must not depend on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.optimize import minimize

from evaluation.errors import DataError
from evaluation.estimators import synthetic_control, synthetic_did
from evaluation.estimators._predictor_weights import PredictorRecipe
from evaluation.estimators._stand_ins import (
    at_event_time,
    placebo_effects,
    placebo_event_time,
    without_each_donor,
)
from evaluation.estimators._synthetic import ControlRecipe, DidRecipe, noise_of
from evaluation.estimators._unit_matrix import UnitMatrix, unit_matrix
from evaluation.spec.variance import Inference

PLAIN = Inference((), "hc1")


def made(seed: int, donors: int = 8, before: int = 9, after: int = 4) -> UnitMatrix:
    generator = np.random.default_rng(seed)
    periods = before + after
    common = generator.normal(size=(periods, 3)).cumsum(axis=0)
    outcomes = generator.uniform(size=(donors + 1, 3)) @ common.T
    outcomes = outcomes + 0.4 * generator.normal(size=outcomes.shape)
    return UnitMatrix(
        outcomes,
        np.arange(-before, after),
        tuple(f"u{unit}" for unit in range(donors + 1)),
        tuple(f"p{period}" for period in range(periods)),
    )


def slsqp(objective, count):
    found = minimize(
        objective,
        np.full(count, 1 / count),
        method="SLSQP",
        bounds=[(0, 1)] * count,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-16, "maxiter": 2000},
    )
    return found.x


@pytest.mark.parametrize("seed", range(3))
def test_control_is_the_closest_path_before(seed):
    matrix = made(seed)
    own, donors = matrix.outcomes[0], matrix.outcomes[1:]
    weights = slsqp(lambda w: np.mean((own[:9] - w @ donors[:, :9]) ** 2), 8)
    found = ControlRecipe(noise_of(matrix))(matrix)
    assert found.unit_weights == pytest.approx(weights, abs=1e-4)
    assert found.estimate == pytest.approx((own - weights @ donors)[9:].mean(), abs=1e-3)
    assert found.effects == pytest.approx(own - found.unit_weights @ donors, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_synthetic_did_by_its_definition(seed):
    """Equations 4 and 6 of the paper by another solver, then a weighted two-way regression."""
    matrix = made(seed)
    own, donors = matrix.outcomes[0], matrix.outcomes[1:]
    noise = np.diff(donors[:, :9], axis=1).std(ddof=1)
    assert noise_of(matrix) == pytest.approx(noise)
    ridge = 4**0.25 * noise

    def units(w):
        left = own[:9] - w @ donors[:, :9]
        return np.var(left) + ridge**2 * w @ w

    def times(w):
        left = donors[:, 9:].mean(axis=1) - donors[:, :9] @ w
        return np.var(left) + (1e-6 * noise) ** 2 * w @ w

    omega, lam = slsqp(units, 8), slsqp(times, 9)
    found = DidRecipe(noise)(matrix)
    assert found.unit_weights == pytest.approx(omega, abs=1e-5)
    assert found.time_weights == pytest.approx(lam, abs=1e-4)
    unit_weight = np.append(1.0, found.unit_weights)
    time_weight = np.append(found.time_weights, np.full(4, 0.25))
    assert found.estimate == pytest.approx(
        two_way(matrix.outcomes, unit_weight, time_weight, before=9), abs=1e-9
    )


def two_way(outcomes, unit_weight, time_weight, before):
    """Return the coefficient on treated × post of weighted two-way least squares."""
    units, periods = outcomes.shape
    weight = np.outer(unit_weight, time_weight).ravel()
    dose = np.zeros((units, periods))
    dose[0, before:] = 1.0
    columns = [dose.ravel()]
    columns += [np.repeat(np.arange(units) == unit, periods) for unit in range(units)]
    columns += [np.tile(np.arange(periods) == period, units) for period in range(1, periods)]
    design = np.column_stack(columns).astype(float)
    used = weight > 0
    root = np.sqrt(weight[used])
    fitted = np.linalg.lstsq(design[used] * root[:, None], outcomes.ravel()[used] * root)
    return fitted[0][0]


def test_uniform_weights_are_difference_in_differences():
    matrix = made(4)
    found = DidRecipe(noise_of(matrix), units="uniform", times="uniform")(matrix)
    own, donors = matrix.outcomes[0], matrix.outcomes[1:].mean(axis=0)
    by_hand = own[9:].mean() - own[:9].mean() - (donors[9:].mean() - donors[:9].mean())
    assert found.estimate == pytest.approx(by_hand, abs=1e-12)
    assert found.estimate == pytest.approx(
        two_way(matrix.outcomes, np.append(1, np.full(8, 1 / 8)), np.ones(13), 9), abs=1e-9
    )


@pytest.mark.parametrize("solver", ["exact", "frank_wolfe"])
def test_synthetic_did_ignores_unit_and_period_effects(solver):
    matrix = made(5)
    recipe = DidRecipe(noise_of(matrix), solver)
    generator = np.random.default_rng(0)
    moved = matrix.outcomes + 20 * generator.normal(size=(9, 1)) + 5 * generator.normal(size=13)
    first, second = recipe(matrix), recipe(replace(matrix, outcomes=moved))
    assert second.effects == pytest.approx(first.effects, abs=1e-8)
    # The noise that scales the ridge is free of units' levels, as published, not of periods'.
    levels = matrix.outcomes + generator.normal(size=(9, 1))
    assert noise_of(replace(matrix, outcomes=levels)) == pytest.approx(noise_of(matrix))


def test_an_effect_added_after_the_reform_is_found_whole():
    matrix = made(6)
    added = matrix.outcomes.copy()
    added[0, 9:] += [1.0, 2.0, 3.0, 4.0]
    for recipe in (ControlRecipe(noise_of(matrix)), DidRecipe(noise_of(matrix))):
        first, second = recipe(matrix), recipe(replace(matrix, outcomes=added))
        assert second.effects - first.effects == pytest.approx([0] * 9 + [1, 2, 3, 4], abs=1e-9)


def test_stand_ins_are_the_same_fit_elsewhere():
    matrix = made(7)
    recipe = ControlRecipe(noise_of(matrix))
    found = placebo_effects(matrix, recipe)
    assert found.shape == (8, 13)
    third = replace(matrix, outcomes=matrix.outcomes[[3, 1, 2, 4, 5, 6, 7, 8]])
    assert found[2] == pytest.approx(recipe(third).effects, abs=1e-12)
    whole = recipe(matrix)
    span = without_each_donor(matrix, recipe, whole)
    every = [recipe(matrix.without(donor)).estimate for donor in range(1, 9)]
    moving = [one for one, w in zip(every, whole.unit_weights, strict=True) if w > 0]
    still = [one for one, w in zip(every, whole.unit_weights, strict=True) if w == 0]
    assert (span.low, span.high) == (min(moving), max(moving))
    assert still and still == pytest.approx([whole.estimate] * len(still), abs=1e-6)
    assert placebo_event_time(matrix) == -5
    early = at_event_time(matrix, recipe, -5)
    cut = replace(
        matrix, outcomes=matrix.outcomes[:, :9], event_times=np.arange(-4, 5),
        periods=matrix.periods[:9],
    )  # fmt: skip
    assert early.effects == pytest.approx(recipe(cut).effects, abs=1e-12)


def test_ranks_by_brute_force(samples):
    data = samples.make("single_unit")
    matrix = unit_matrix(data)
    recipe = ControlRecipe(noise_of(matrix))
    units = [matrix, *(matrix.standing_in(donor) for donor in range(1, 30))]
    gaps = np.array([recipe(one).effects for one in units])
    ratio = np.sqrt((gaps[:, 10:] ** 2).mean(1) / (gaps[:, :10] ** 2).mean(1))
    found = synthetic_control.fit(
        data, samples.setting(synthetic_control, inference=PLAIN, estimand="att")
    )
    assert found.terms[0].p_value == (ratio >= ratio[0]).sum() / 30
    details = {(term, name): value for term, name, value in found.details}
    assert details["", "rmspe_ratio"] == pytest.approx(ratio[0])
    assert details["", "smallest_p_value"] == 1 / 30
    assert details["event time 2", "placebo_highest"] == pytest.approx(gaps[1:, 12].max())
    path = synthetic_control.fit(
        data, samples.setting(synthetic_control, inference=PLAIN, estimand="att_by_event_time")
    )
    sizes = np.abs(gaps[:, 13]) / np.sqrt((gaps[:, :10] ** 2).mean(1))
    assert path.terms[-1].p_value == (sizes >= sizes[0]).sum() / 30
    weights = [v for (term, name), v in details.items() if name == "weight"]
    assert sum(weights) == pytest.approx(1.0, abs=0.01)
    assert {t for t, name in details if name == "weight"} <= {f"donor place {u}" for u in range(30)}


def test_placebo_error_by_brute_force(samples):
    data = samples.make("single_unit")
    matrix = unit_matrix(data)
    noise = noise_of(matrix)
    estimates = [DidRecipe(noise)(matrix.standing_in(donor)).estimate for donor in range(1, 30)]
    found = synthetic_did.fit(
        data, samples.setting(synthetic_did, inference=PLAIN, estimand="att")
    ).terms[0]
    assert found.std_error == pytest.approx(np.std(estimates), rel=1e-12)
    assert found.conf_high - found.estimate == pytest.approx(1.959964 * found.std_error, rel=1e-6)
    exact = DidRecipe(noise)(matrix).estimate
    assert found.p_value == (1 + (np.abs(estimates) >= abs(exact)).sum()) / 30


PREDICTORS = synthetic_control.Options(
    predictors=(
        {"column": "size", "event_times": (-10, -6)},
        {"column": "rate"},
        {"event_times": (-1, -1)},
    )
)


def with_rate(samples):
    data = samples.make("single_unit")
    generator = np.random.default_rng(9)
    rate = 0.1 * (data.unit % 7) + generator.normal(size=data.n_obs)
    rate[generator.uniform(size=data.n_obs) < 0.2] = np.nan
    return replace(data, columns=data.columns.assign(rate=rate))


def predictors_by_hand(data):
    first = data.period < 5
    table = [
        (
            data.columns["size"][(data.unit == unit) & first].mean(),
            np.nanmean(data.columns["rate"][(data.unit == unit) & (data.period < 10)]),
            data.y[(data.unit == unit) & (data.period == 9)][0],
        )
        for unit in [7, *(unit for unit in range(30) if unit != 7)]
    ]
    return np.array(table) / np.std(table, axis=0, ddof=1)


def test_predictors_are_averages(samples):
    data = with_rate(samples)
    matrix = unit_matrix(data, None, PREDICTORS.predictors)
    assert matrix.predictors == pytest.approx(predictors_by_hand(data))
    equal = PredictorRecipe("equal")(matrix)
    by_hand = slsqp(lambda w: np.sum((matrix.predictors[0] - w @ matrix.predictors[1:]) ** 2), 29)
    reached = matrix.predictors[0] - equal.unit_weights @ matrix.predictors[1:]
    other = matrix.predictors[0] - by_hand @ matrix.predictors[1:]
    assert reached @ reached <= other @ other + 1e-9


def test_predictor_weights_are_chosen_by_the_fit_before(samples):
    data = with_rate(samples)
    matrix = unit_matrix(data, None, PREDICTORS.predictors)
    fit, equal = PredictorRecipe("fit"), PredictorRecipe("equal")

    def missed(recipe):
        return np.mean(recipe(matrix).effects[:10] ** 2)

    assert missed(fit) < missed(equal)
    shares = fit.shares(matrix)
    assert shares.sum() == pytest.approx(1.0) and shares.min() >= 0
    # No worse than a coarse grid over the weights of the three predictors.
    for first in np.linspace(0.01, 0.98, 6):
        for second in np.linspace(0.01, 0.99 - first, 6):
            grid = np.array([first, second, 1 - first - second])
            weights = fit._inner(matrix, grid)
            gaps = (matrix.outcomes[0] - weights @ matrix.outcomes[1:])[:10]
            assert missed(fit) <= np.mean(gaps**2) * 1.02


def test_predictors_in_a_model(samples):
    data = with_rate(samples)
    small = data.unit % 3 == 1  # few units, for each is fitted with weights of its own
    few = replace(
        data,
        columns=data.columns[small].reset_index(drop=True),
        **{
            name: getattr(data, name)[small]
            for name in ("y", "unit", "period", "treated", "post", "event_time")
        },
    )
    found = synthetic_control.fit(
        few,
        samples.setting(synthetic_control, inference=PLAIN, estimand="att", options=PREDICTORS),
    )
    details = {(term, name): value for term, name, value in found.details}
    names = ("1 size", "2 rate", "3 outcome")
    assert sum(details[f"predictor {one}", "weight"] for one in names) == pytest.approx(1.0)
    assert details["", "placebo_event_time"] is None


@pytest.mark.parametrize(
    ("predictor", "words"),
    [
        ({"column": "size", "event_times": (-3, 0)}, "before the reform"),
        ({"column": "size", "event_times": (-1, -3)}, "the earlier first"),
    ],
)
def test_predictors_lie_before_the_reform(predictor, words):
    with pytest.raises(ValidationError, match=words):
        synthetic_control.Options(predictors=(predictor,))


def test_predictors_that_cannot_answer(samples):
    data = with_rate(samples)
    cases = {
        "no period lies there": {"column": "size", "event_times": (-99, -90)},
        "is the same in every unit": {"column": "one"},
        "1 of 30 units have no value there": {"column": "gone"},
    }
    gone = np.where(data.unit == 4, np.nan, data.y)
    data = replace(data, columns=data.columns.assign(one=1.0, gone=gone))
    for words, request in cases.items():
        options = synthetic_control.Options(predictors=(request,))
        with pytest.raises(DataError, match=words):
            unit_matrix(data, None, options.predictors)
