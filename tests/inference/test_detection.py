"""Power and the errors of sign and size: against numerical integration, and against draws."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from evaluation.inference import simulation_errors as measures
from evaluation.inference.detection import detection
from evaluation.inference.equivalence import minimum_detectable_effect
from evaluation.inference.scaling import Scaling, parted, rate_of, relative_noise, within_alone


@pytest.mark.parametrize(
    ("effect", "std_error", "df"),
    [(0.1, 3.28, None), (2.0, 8.1, None), (1.0, 0.5, 12.0), (-0.3, 1.0, 5.0)],
)
def test_closed_form_is_the_integral(effect: float, std_error: float, df: float | None) -> None:
    law = stats.norm() if df is None else stats.t(df)
    cut, shift = law.ppf(0.975), abs(effect) / std_error

    def over(value):
        parts = ((cut, np.inf), (-np.inf, -cut))
        return [integrate.quad(lambda x: value(x) * law.pdf(x - shift), *part)[0] for part in parts]

    right, wrong = over(lambda x: 1.0)
    found = detection(effect, std_error, df)
    assert found.power == pytest.approx(right + wrong, abs=1e-10)
    assert found.type_s == pytest.approx(wrong / (right + wrong), abs=1e-9)
    size = sum(over(abs)) / (right + wrong) / shift
    assert found.type_m == pytest.approx(size, rel=1e-9)


def test_no_effect_is_found_at_the_level_and_has_no_sign() -> None:
    found = detection(0.0, 2.0)
    assert (found.power, found.type_s) == pytest.approx((0.05, 0.5))
    assert math.isinf(found.type_m)


@pytest.mark.parametrize("df", [None, 8.0, 356.0])
def test_detectable_effect_is_found_with_eighty_per_cent(df: float | None) -> None:
    least = minimum_detectable_effect(0.3, df)
    found = detection(least, 0.3, df)
    assert found.power * (1.0 - found.type_s) == pytest.approx(0.8, abs=1e-12)


def test_draws_show_the_closed_form_within_their_own_error() -> None:
    rng = np.random.default_rng(3)
    truth, count = 0.8, 40_000
    estimates = rng.normal(truth, 1.0, count)
    significant = np.abs(estimates) > stats.norm.ppf(0.975)
    exact = detection(truth, 1.0)
    for found, value in (
        (measures.share_of(significant), exact.power),
        (measures.type_s_of(estimates, significant, truth), exact.type_s),
        (measures.type_m_of(estimates, significant, truth), exact.type_m),
    ):
        assert 0 < found.error < 0.05
        assert abs(found.value - value) < 4.0 * found.error


def test_monte_carlo_errors_are_the_spread_over_many_tables() -> None:
    """Each error says how far a number moves from one set of replications to the next."""
    rng = np.random.default_rng(4)
    tables = rng.normal(0.3, 2.0, (4000, 60))
    for measure in (measures.mean_of, measures.spread_of, measures.root_mean_square):
        found = [measure(one) for one in tables]
        spread = np.std([one.value for one in found])
        assert np.mean([one.error for one in found]) == pytest.approx(spread, rel=0.05)


def test_error_of_the_truth_is_part_of_the_error_of_a_bias() -> None:
    values = np.array([1.0, 2.0, 4.0])
    own = np.std(values, ddof=1) / np.sqrt(3)
    assert measures.mean_of(values, 0.5).error == pytest.approx(np.hypot(own, 0.5))


def test_two_sizes_give_back_the_law_that_made_them() -> None:
    law = Scaling(0.3, 0.7, 1000.0, 50.0)
    found = parted(law.std_error(1000), 1000, law.std_error(250), 250, 50.0, noise=0.01)
    assert (found.between, found.within) == pytest.approx((0.3, 0.7))
    assert found.std_error(4000, 100) == pytest.approx(math.sqrt(0.3 / 2 + 0.7 / 4))


def test_noise_is_not_taken_for_what_clusters_share() -> None:
    law = Scaling(0.3, 0.7, 1000.0, 50.0)
    ends = law.std_error(1000), law.std_error(250)
    for noise in (0.3, math.nan):
        found = parted(ends[0], 1000, ends[1], 250, 50.0, noise=noise)
        assert found == within_alone(ends[0], 1000, 50.0)


def test_noise_is_pooled_over_sizes() -> None:
    rng = np.random.default_rng(5)
    sizes = [list(scale * (1 + 0.2 * rng.standard_normal(2000))) for scale in (1.0, 4.0)]
    assert relative_noise(sizes) == pytest.approx(0.2 / np.sqrt(2000), rel=0.05)
    assert math.isnan(relative_noise([[1.0], [4.0]]))


def test_rates_of_bandwidth_rules() -> None:
    assert rate_of(1) == pytest.approx(4 / 5)
    assert rate_of(1, narrower=True) == pytest.approx(3 / 4)
    assert rate_of(2) == pytest.approx(6 / 7)
