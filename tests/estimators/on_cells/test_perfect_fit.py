"""A perfect fit is refused on rows and on cells, and a fit that is merely close is not."""

from dataclasses import replace

import numpy as np
import pytest

from evaluation.errors import EstimationError
from evaluation.estimators import rd_polynomial, twfe, twfe_event_study
from evaluation.spec.variance import Inference

ROLES = ("period", "treated", "post", "event_time")
INFERENCES = {
    "iid": Inference((), "iid"),
    "hc1": Inference((), "hc1"),
    "cr1": Inference(("group",), "cr1"),
    "cr3": Inference(("group",), "cr3"),
}
# Outcomes that the columns and effects below explain, from the data's treated and after.
EXPLAINED = {
    "effects": lambda data: 31_415.9 + 0.1 * data.period,
    "treated": lambda data: data.treated,
    "effect": lambda data: 0.3 * data.treated * data.post + 0.1 * data.period,
    "far from zero": lambda data: 1e9 + data.treated * data.post,
    "small": lambda data: 1e-7 * data.treated * data.post,
}


@pytest.mark.parametrize("name", list(EXPLAINED))
@pytest.mark.parametrize("kind", list(INFERENCES))
@pytest.mark.parametrize("module", [twfe, twfe_event_study])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_perfect_fit_is_refused(samples, by_hand, module, kind, name, weighted):
    data = by_hand.panel(3, weighted, units=60)
    data = replace(data, y=EXPLAINED[name](data))
    cells = by_hand.cells(data, (*ROLES, "group"))
    setting = samples.setting(
        module, "did", fixed_effects=("group", "period"), inference=INFERENCES[kind]
    )
    for one in (data, cells):
        with pytest.raises(EstimationError, match="the variance of a coefficient is not positive"):
            module.fit(one, setting)


@pytest.mark.parametrize("kind", list(INFERENCES))
@pytest.mark.parametrize("mean", [0.0, 1e9])
def test_a_close_fit_has_its_variance(samples, by_hand, kind, mean):
    data = by_hand.panel(3, units=60)
    noise = np.random.default_rng(4).normal(size=data.n_obs) * 1e-9 * max(mean, 1.0)
    data = replace(data, y=mean + data.treated * data.post + noise)
    cells = by_hand.cells(data, (*ROLES, "group"))
    setting = samples.setting(
        twfe, "did", fixed_effects=("group", "period"), inference=INFERENCES[kind]
    )
    rows, found = twfe.fit(data, setting), twfe.fit(cells, setting)
    assert rows.terms[0].std_error == pytest.approx(found.terms[0].std_error, rel=1e-5)
    assert 0 < rows.terms[0].std_error < 1e-9 * max(mean, 1.0)


@pytest.mark.parametrize("kind", ["iid", "hc1", "cr1"])
def test_a_perfect_jump_is_refused(samples, by_hand, kind):
    data = samples.make("rd")
    data = replace(data, y=70.1 + 0.3 * data.running + 2.0 * (data.running < 0))
    cells = by_hand.cells(data, ("running", "group"))
    setting = samples.setting(rd_polynomial, "rd", inference=INFERENCES[kind])
    for one in (data, cells):
        with pytest.raises(EstimationError, match="the variance of a coefficient is not positive"):
            rd_polynomial.fit(one, setting)
