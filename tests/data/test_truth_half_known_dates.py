"""Truth where adoption is half known: those whose date is not known are left out, as in fits."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

import data_synth
from evaluation.data.coupled import coupled_sample
from evaluation.data.functionals.contract import Key
from evaluation.data.prepare import prepare
from evaluation.data.sources import open_source
from evaluation.data.truth import Truths, truths

WINDOW = (dt.date(2013, 1, 1), dt.date(2015, 12, 31))
PERSONS, SEED, AGES = 15_000, 7, (18, 29)
COHORT = {
    "earliest": "adopted_earliest",
    "latest": "adopted_latest",
    "before_window": "always_treated",
}


@pytest.fixture(autouse=True)
def once(simulate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs under one policy be simulated once for all tests."""
    monkeypatch.setattr(data_synth, "person_month", simulate)


def truths_under(tiny, **rule: Any) -> Truths:
    spec = tiny.spec(
        panel={
            "source": "synthetic", "world": "work_effect", "persons": PERSONS, "seed": SEED,
            "unit": "person_id", "time": "ym", "time_unit": "month", "period": "year",
            "window": list(WINDOW), "ages": list(AGES),
        },
        sample={"rows": {"by": ["muni_h"]}},
        outcomes={"received": {"column": "sa_received", "kind": "binary"}},
        design={
            "kind": "staggered_did", "cohort": {**COHORT, **rule},
            "control_group": "not_yet_treated", "unbalanced": "keep", "always_treated": "drop",
        },
        models=[{"id": "cs", "estimand": "att", "estimator": "group_time_att"}],
    )  # fmt: skip
    coupled = coupled_sample(spec, prepare(spec, open_source(spec)))
    return truths(coupled, spec, spec.model("cs"), spec.outcomes["received"])


def brute() -> pd.DataFrame:
    """Return person-years of municipalities whose year is known, with each one's own effect."""
    first, second = (
        data_synth.person_month(
            data_synth.load_world("work_effect"), persons=PERSONS, seed=SEED, window=WINDOW,
            policy=policy, ages=AGES, recorded=False,
        )
        for policy in ("actual", "no_adoption")
    )  # fmt: skip
    effect = first["sa_received"].astype(float) - second["sa_received"].astype(float)
    years = [
        (first[f"adopted_{end}"] // 100).clip(2013, 2016).to_numpy(np.float64, na_value=np.nan)
        for end in ("earliest", "latest")
    ]
    rows = pd.DataFrame({"effect": effect, "year": first["ym"] // 100, "cohort": years[0]})
    known = rows[years[0] == years[1]].assign(person=first["person_id"])
    return known.groupby(["person", "year", "cohort"], as_index=False)["effect"].mean()


def test_units_left_out_have_no_part_in_the_truth(tiny) -> None:
    found = truths_under(tiny, unknown="exclude")
    assert found.absent == ""
    rows = brute()
    # Cohorts of the first year have no period before; 2016 stands for the law and later.
    after = rows[(rows["cohort"] > 2013) & (rows["year"] >= rows["cohort"])]
    assert found.found[Key("att")].value == pytest.approx(after["effect"].mean(), abs=1e-12)
    assert found.found[Key("att")].value < 0
    for time, one in after.groupby(after["year"] - after["cohort"]):
        value = found.found[Key("att_by_event_time", event_time=int(time))].value
        assert value == pytest.approx(one["effect"].mean(), abs=1e-12)


@pytest.mark.parametrize("rule", [{"unknown": "draw", "seed": 1}, {"unknown": "bound"}])
def test_dates_that_are_drawn_or_gone_through_have_none(tiny, rule: dict[str, Any]) -> None:
    found = truths_under(tiny, **rule)
    assert not found.found
    assert found.absent.startswith("adoption dates are intervals")
