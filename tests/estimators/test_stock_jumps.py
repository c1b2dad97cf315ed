"""A jump asked of a stock carries a warning where the outcome is known to be one."""

from dataclasses import replace

import pytest

from evaluation.catalogue import catalogue
from evaluation.estimators import rd_honest, rd_polynomial, rd_robust
from evaluation.estimators._rd import STOCK_JUMPS
from evaluation.estimators.fitting import setting_of
from evaluation.spec.loader import read_spec
from evaluation.spec.shipped import find_spec


@pytest.mark.parametrize(
    ("settings", "stocks"),
    [
        ({}, {"employed", "receipt"}),
        ({"sample.rows": "at_risk_exit"}, set()),
        ({"outcomes.employed.column": "sa_exit"}, {"receipt"}),
        ({"outcomes.employed.column": "own_column"}, {"receipt"}),
    ],
)
def test_stocks_are_known_columns_of_all_months_that_are_no_flows(settings, stocks):
    spec = read_spec(find_spec("release_at_30"), catalogue(), settings=settings)
    assert setting_of(spec, spec.models[0]).stocks == stocks


def test_only_the_registers_own_age_makes_a_stock():
    spec = read_spec(find_spec("senate"), catalogue())
    assert setting_of(spec, spec.models[0]).stocks == set()


@pytest.mark.parametrize("module", [rd_robust, rd_honest, rd_polynomial])
def test_a_stock_that_is_asked_to_jump_is_warned_of(samples, module):
    data = samples.make("rd")
    setting = samples.setting(module, "rd")
    assert STOCK_JUMPS not in module.fit(data, setting).warnings
    jumping = replace(setting, stocks=frozenset({data.outcome}))
    assert STOCK_JUMPS in module.fit(data, jumping).warnings
