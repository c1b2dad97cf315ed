"""Keys of models that few estimators take, and designs that some need."""

from __future__ import annotations

from typing import Any

import pytest

from evaluation.errors import SpecError

MAIN = {"id": "main", "estimand": "att", "estimator": "twfe"}
TREATED = {"column": "group", "equals": 1}
POST = {"column": "year", "at_least": 2}
DOSE = {"kind": "did", "treatment": {"column": "d"}}
FILE = {"source": "file", "path": "rows.csv", "unit": "person", "time": "year"}
TRIPLE = {"id": "main", "estimand": "att_relative", "estimator": "triple_difference"}

LINES: dict[str, tuple[dict[str, Any], str]] = {
    "quantiles to twfe": (
        {"models": [{**MAIN, "quantiles": [0.5]}]},
        "models.main.quantiles: 'twfe' does not take it (these do: rif_quantile)",
    ),
    "no quantiles": (
        {"models": [{"id": "q", "estimand": "quantile_effect", "estimator": "rif_quantile"}]},
        "models.q.quantiles: is missing; 'rif_quantile' needs it",
    ),
    "a quantile of one": (
        {"models": [{"id": "q", "estimand": "quantile_effect", "estimator": "rif_quantile",
                     "quantiles": [0.5, 1.0]}]},
        "models.q.quantiles: found 1.0; allowed: numbers above 0 and below 1",
    ),
    "twice": (
        {"models": [{**MAIN, "interact": ["x", "x"]}]}, "interact: names 'x' 2 times",
    ),
    "a control too": (
        {"models": [{**MAIN, "interact": ["x"], "controls": ["x"]}]},
        "models.main.controls: 'x' stands in interact",
    ),
    "no instrument": (
        {"design": DOSE, "models": [{"id": "iv", "estimand": "late", "estimator": "iv_2sls"}]},
        "models.iv.estimator: 'iv_2sls' needs design.treatment, the column whose effect is",
    ),
    "no treatment received": (
        {"design": {"kind": "did", "treated": TREATED, "post": POST, "instrument": {"column": "z"}},
         "models": [{"id": "iv", "estimand": "late", "estimator": "iv_2sls"}]},
        "models.iv.estimator: 'iv_2sls' needs design.treatment",
    ),
    "interact to group_time_att": (
        {"panel": FILE, "design": {"kind": "staggered_did", "cohort": {"column": "g", "never": 0}},
         "models": [{"id": "cs", "estimand": "att_gt", "estimator": "group_time_att",
                     "interact": ["x"]}]},
        "models.cs.interact: 'group_time_att' does not take it",
    ),
    "no third": ({"models": [TRIPLE]}, "needs design.third"),
    "groups without risk": (
        {"models": [{**TRIPLE, "groups": 10}]}, "groups and cutpoints part risk"),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_lines(short, name: str) -> None:
    changes, line = LINES[name]
    with pytest.raises(SpecError) as caught:
        short(**changes)
    assert any(line in fault for fault in caught.value.faults), caught.value.faults


def test_what_is_taken_is_whole(short) -> None:
    by_risk = {**TRIPLE, "risk": "p", "groups": 10}
    assert short(models=[by_risk]).models[0].options.compares_third is False
    assert short(design=DOSE, models=[by_risk]).models[0].options.groups == 10
    iv = {"id": "iv", "estimand": "late", "estimator": "iv_2sls", "group_trends": "muni"}
    design = {**DOSE, "instrument": {"column": "z", "times": "p"}}
    assert short(design=design, models=[iv]).design.instrument.times == "p"
    both = {**MAIN, "interact": ["p", "x"], "group_trends": "muni"}
    assert short(models=[both]).models[0].interact == ("p", "x")
