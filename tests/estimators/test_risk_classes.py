"""Triple differences by risk against dense regressions and one regression a class."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluation.errors import DataError
from evaluation.estimators import triple_difference, twfe
from evaluation.estimators._subset import subset
from evaluation.spec.variance import Inference


@pytest.fixture
def panel(samples):
    data = samples.make("did")
    risk = np.repeat(np.random.default_rng(8).uniform(0.1, 0.9, 120), 8)
    rows = np.flatnonzero(np.random.default_rng(9).random(data.n_obs) < 0.9)
    data = replace(data, y=data.y + risk * data.treated * data.post,
                   columns=data.columns.assign(risk=risk))  # fmt: skip
    return subset(data, rows)


def setting(samples, keys, **changes):
    options = triple_difference.Options(risk="risk", **keys)
    return samples.setting(triple_difference, "did", options=options, **changes)


@pytest.mark.parametrize("variance", ["cr1", "cr3", "hc1"])
def test_linear_in_risk_is_the_interaction(samples, panel, variance) -> None:
    cluster = () if variance == "hc1" else ("group",)
    keys = {"fixed_effects": ("group", "period"), "inference": Inference(cluster, variance)}
    found = triple_difference.fit(panel, setting(samples, {}, **keys))
    plain = twfe.fit(panel, samples.setting(twfe, "did", interact=("risk",), **keys))
    mean, product, zero = plain.terms
    assert [t.term for t in found.terms] == ["", "mean effect", "at risk = 0"]
    for one, other in zip(found.terms, (product, mean, zero), strict=True):
        assert (one.estimate, one.std_error) == pytest.approx((other.estimate, other.std_error))


@pytest.mark.parametrize("effects", [(), ("group", "period"), ("unit", "period")])
def test_each_class_is_a_regression_of_its_own(samples, panel, effects) -> None:
    points = (0.3, 0.6)
    keys = {
        "fixed_effects": effects,
        "inference": Inference(("group",), "cr1", fixed_effects="none", cluster_factor="none"),
    }
    found = triple_difference.fit(panel, setting(samples, {"cutpoints": points}, **keys))
    codes = np.searchsorted(points, panel.columns["risk"], side="right")
    singles = [
        twfe.fit(subset(panel, np.flatnonzero(codes == at)), samples.setting(twfe, "did", **keys))
        for at in range(3)
    ]
    for at, (term, one) in enumerate(zip(found.terms[1:], singles, strict=True)):
        assert term.term == f"class {at + 1} of 3"
        assert term.estimate == pytest.approx(one.terms[0].estimate, rel=1e-8)
        assert term.n_obs == one.n_obs
        ratio = np.sqrt(_factor(found) / _factor(one))
        assert term.std_error == pytest.approx(one.terms[0].std_error * ratio, rel=1e-8)
    assert found.terms[0].estimate == pytest.approx(
        found.terms[3].estimate - found.terms[1].estimate
    )
    c = found.covariance
    assert c[0, 0] == pytest.approx(c[3, 3] + c[1, 1] - 2 * c[1, 3])


def _factor(found):
    return next(v for _, name, v in found.details if name == "small_sample_factor")


def test_deciles_are_those_of_rows_before_the_reform(samples, panel) -> None:
    found = triple_difference.fit(panel, setting(samples, {"groups": 4}))
    early = np.sort(panel.columns["risk"].to_numpy()[panel.post == 0])
    wanted = [early[int(np.ceil(share * len(early))) - 1] for share in (0.25, 0.5, 0.75)]
    assert [v for _, name, v in found.details if name.startswith("cutpoint")] == wanted
    assert len(found.terms) == 5


def test_refusals(samples, panel) -> None:
    few = replace(panel, columns=panel.columns.assign(risk=np.round(panel.columns["risk"])))
    with pytest.raises(DataError, match="too few values for 10 groups"):
        triple_difference.fit(few, setting(samples, {"groups": 10}))
    with pytest.raises(DataError, match="class 2 of 2 of risk has no rows"):
        triple_difference.fit(panel, setting(samples, {"cutpoints": (2.0,)}))
    for keys, line in (
        ({"groups": 3, "cutpoints": (0.5,)}, "not both"),
        ({"cutpoints": (0.5, 0.4)}, "must rise"),
        ({"groups": 3, "risk": None}, "name its column"),
    ):
        with pytest.raises(ValueError, match=line):
            triple_difference.Options(**{"risk": "risk", **keys})
