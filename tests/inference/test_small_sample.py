"""Counts of parameters and factors, by hand and against pyfixest."""

import numpy as np
import pandas as pd
import pytest

from evaluation.inference.small_sample import (
    Effect,
    cluster_factor,
    count_parameters,
    hc1_factor,
    is_nested,
)


def test_nesting_is_about_levels_not_names():
    person = np.array([0, 0, 1, 1, 2])
    place = np.array([0, 0, 0, 0, 1])
    assert is_nested(person, place)
    assert not is_nested(place, person)
    assert is_nested(np.array([], dtype=int), np.array([], dtype=int))


@pytest.mark.parametrize(
    ("rule", "wanted"),
    # 10 slopes, 108 nested levels, 10 others: the event study of base_did.
    [("full", 10 + 1 + 107 + 9), ("nested", 10 + 1 + 9), ("none", 10)],
)
def test_counts_of_a_two_way_model(rule, wanted):
    assert count_parameters(10, [Effect(108, True), Effect(10, False)], rule) == wanted


def test_without_effects_all_rules_agree():
    assert {count_parameters(4, [], rule) for rule in ("full", "nested", "none")} == {4}


def test_factors():
    assert hc1_factor(100, 4) == pytest.approx(100 / 96)
    assert cluster_factor(1080, 20, 108, True) == pytest.approx(1079 / 1060 * 108 / 107)
    assert cluster_factor(1080, 20, 108, False) == pytest.approx(1079 / 1060)


@pytest.mark.parametrize(("rule", "theirs"), [("full", "full"), ("nested", "nonnested")])
def test_factor_is_that_of_pyfixest(rule, theirs):
    import pyfixest as pf

    generator = np.random.default_rng(1)
    n = 400
    frame = pd.DataFrame(
        {
            "y": generator.normal(size=n),
            "x": generator.normal(size=n),
            "unit": np.repeat(np.arange(40), 10),
            "time": np.tile(np.arange(10), 40),
        }
    )
    ours = count_parameters(1, [Effect(40, True), Effect(10, False)], rule)
    both = [
        pf.feols(
            "y ~ x | unit + time", frame, vcov={"CRV1": "unit"}, ssc=pf.ssc(k_fixef=name)
        ).se()["x"]
        for name in (theirs, "none")
    ]
    ratio = cluster_factor(n, ours, 40, True) / cluster_factor(n, 1, 40, True)
    assert (both[0] / both[1]) ** 2 == pytest.approx(ratio, rel=1e-10)
