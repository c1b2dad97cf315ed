"""Small samples of every design, made from a seed."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from evaluation.data.model_data import ModelData
from evaluation.estimators.contract import Setting
from evaluation.spec.variance import Inference

UNITS, PERIODS, FIRST_POST = 120, 8, 4


def _columns(unit, period, generator):
    group = unit % 10
    return pd.DataFrame(
        {
            "unit": unit,
            "group": group,
            "period": period,
            "size": np.repeat(generator.normal(size=UNITS), PERIODS),
        }
    )


def _panel(generator):
    unit = np.repeat(np.arange(UNITS), PERIODS)
    period = np.tile(np.arange(PERIODS), UNITS)
    noise = generator.normal(size=UNITS * PERIODS)
    level = np.repeat(generator.normal(size=UNITS), PERIODS)
    return unit, period, noise + level + 0.1 * period


def did(seed: int = 1) -> ModelData:
    generator = np.random.default_rng(seed)
    unit, period, y = _panel(generator)
    treated = (unit % 3 == 0).astype(float)
    post = (period >= FIRST_POST).astype(float)
    taken_up = np.random.default_rng(seed + 100).random(len(y)) < 0.2 + 0.6 * treated * post
    return ModelData(
        outcome="y",
        y=y + 0.5 * treated * post,
        columns=_columns(unit, period, generator),
        treatment=taken_up.astype(float),
        instrument=treated * post,
        unit=unit,
        period=period,
        period_labels={t: str(t) for t in range(PERIODS)},
        treated=treated,
        post=post,
        event_time=(period - FIRST_POST).astype(float),
        third=((unit // 7) % 2).astype(float),
    )


def staggered(seed: int = 2) -> ModelData:
    generator = np.random.default_rng(seed)
    unit, period, y = _panel(generator)
    # Cohorts cut across groups, so that no cluster holds one alone.
    cohort = np.array([np.inf, np.inf, 3.0, 5.0, 6.0])[(unit // 10) % 5]
    finite = np.isfinite(cohort)
    event_time = np.where(finite, period - cohort, np.nan)
    return ModelData(
        outcome="y",
        y=y + 0.5 * (period >= cohort),
        columns=_columns(unit, period, generator),
        unit=unit,
        period=period,
        period_labels={t: f"p{t}" for t in range(PERIODS)},
        treated=finite.astype(float),
        post=(event_time >= 0).astype(float),
        event_time=event_time,
        cohort=cohort,
        cohort_labels={3: "p3", 5: "p5", 6: "p6"},
    )


def rd(seed: int = 3) -> ModelData:
    generator = np.random.default_rng(seed)
    n = 900
    running = generator.integers(-30, 30, n).astype(float)
    unit = np.arange(n)
    y = 0.02 * running + 0.4 * (running < 0) + generator.normal(size=n)
    columns = pd.DataFrame(
        {
            "unit": unit,
            "group": generator.integers(0, 25, n),
            "period": np.zeros(n, dtype=int),
            "size": generator.normal(size=n),
        }
    )
    taken_up = np.random.default_rng(seed + 100).random(n) < 0.2 + 0.6 * (running < 0)
    return ModelData(
        outcome="y",
        y=y,
        columns=columns,
        unit=unit,
        running=running,
        treatment=taken_up.astype(float),
        post=(unit % 5 < 3).astype(float),
        third=(unit % 7 < 4).astype(float),
    )


def single_unit(seed: int = 4) -> ModelData:
    generator = np.random.default_rng(seed)
    units, periods, first = 30, 14, 10
    unit = np.repeat(np.arange(units), periods)
    period = np.tile(np.arange(periods), units)
    common = generator.normal(size=(periods, 2)).cumsum(axis=0)
    loads = generator.uniform(size=(units, 2))
    y = (loads @ common.T).ravel() + 0.3 * generator.normal(size=units * periods)
    treated = (unit == 7).astype(float)
    post = (period >= first).astype(float)
    columns = {"unit": unit, "group": unit % 10, "period": period, "size": unit + 0.1 * period}
    return ModelData(
        outcome="y",
        y=y + 2.0 * treated * post,
        columns=pd.DataFrame(columns),
        unit=unit,
        unit_labels={code: f"place {code}" for code in range(units)},
        period=period,
        period_labels={t: f"p{t}" for t in range(periods)},
        treated=treated,
        post=post,
        event_time=(period - first).astype(float),
    )


MAKERS = {"did": did, "staggered_did": staggered, "rd": rd, "single_unit": single_unit}


@dataclass(frozen=True)
class Samples:
    """What tests make samples and settings with."""

    make: Callable[..., ModelData]
    setting: Callable[..., Setting]


def make(kind: str, **changes) -> ModelData:
    from dataclasses import replace

    return replace(MAKERS[kind](), **changes)


def setting(module, kind=None, options=None, **changes) -> Setting:
    chosen = kind or sorted(module.DESIGNS)[0]
    design = {
        "kind": chosen,
        "treated_side": "below",
        "running_variable": SimpleNamespace(column="running", discrete=True),
        "cutoff": 0,
        "donut": None,
        "control_group": "never_treated",
        "anticipation": 0,
        "unbalanced": None,
        "always_treated": None,
        "treatment": None,
    }
    design |= changes.pop("design", {})
    if "quantiles" in module.Options.TAKES:
        changes.setdefault("quantiles", (0.5, 0.75))
    inference = changes.pop("inference", Inference(("group",), "cr1"))
    return Setting(
        estimand=changes.pop("estimand", sorted(module.ESTIMANDS)[0]),
        inference=inference,
        controls=changes.pop("controls", ()),
        fixed_effects=changes.pop("fixed_effects", ()),
        design=SimpleNamespace(**design),
        options=module.Options() if options is None else options,
        **changes,
    )


@pytest.fixture
def samples() -> Samples:
    return Samples(make, setting)
