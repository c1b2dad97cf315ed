"""Truths of the programme's rollout: two panels simulated here, and what the functionals say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

import data_synth
from evaluation.data.coupled import Coupled, coupled_sample, facts_of, policies_of
from evaluation.data.functionals.contract import Key
from evaluation.data.prepare import prepare
from evaluation.data.sources import open_source
from evaluation.data.truth import truths
from evaluation.data.truth_ages import truth_ages
from evaluation.spec.filters import Filter
from evaluation.spec.sample import Sample
from evaluation.spec.spec import Spec

WINDOW = (dt.date(2014, 1, 1), dt.date(2017, 12, 31))
SEEN = (dt.date(2014, 1, 1), dt.date(2019, 12, 31))
PERSONS, SEED, AGES, AHEAD = 3_000, 7, (27, 38), 24
COLUMNS = [
    "person_id", "ym", "kvp_open", "sa_entry", "employed", "on_programme", "immigrant", "age_months"
]  # fmt: skip
KEEP = (Filter(column="age_months", at_least=408),)
DESIGN: dict[str, Any] = {
    "kind": "did",
    "treatment": {"column": "joined"},
    "instrument": {"column": "kvp_open", "times": "weight"},
}
DERIVE = {
    "weight": {"op": "recode", "column": "immigrant", "values": {"0": 0.25, "1": 0.75}},
    "so_far": {"op": "cumulate", "column": "on_programme"},
    "later": {"op": "lead", "column": "so_far", "by": AHEAD},
    "months": {"op": "difference", "columns": ["later", "so_far"]},
    "joined": {"op": "cut", "column": "months", "at": [1]},
}


def spec_of(tiny: Any, estimand: str, design: dict[str, Any] = DESIGN) -> Spec:
    estimator = {"itt": "reduced_form", "late": "iv_2sls"}[estimand]
    made: Spec = tiny.spec(
        panel={
            "source": "synthetic", "world": "programme_rollout", "persons": PERSONS, "seed": SEED,
            "unit": "person_id", "time": "ym", "time_unit": "month", "window": list(WINDOW),
            "ages": list(AGES),
        },
        derive=DERIVE,
        sample={"rows": "entry", "keep": [{"column": "age_months", "below": 444}]},
        outcomes={"work": {"column": "employed", "kind": "binary", "horizons": [AHEAD]}},
        design=design,
        models=[{"id": "main", "estimand": estimand, "estimator": estimator}],
    )  # fmt: skip
    return made


def brute(policy: str) -> pd.DataFrame:
    """Return the entries of one run, with what became of them two years on."""
    rows = data_synth.person_month(
        data_synth.load_world("programme_rollout"), persons=PERSONS, seed=SEED, window=SEEN,
        policy=policy, ages=AGES, columns=COLUMNS, recorded=False,
    )  # fmt: skip
    rows["month"] = rows["ym"] // 100 * 12 + rows["ym"] % 100
    on = rows["on_programme"].eq(1)
    ahead = rows[["person_id", "month", "employed"]].rename(columns={"employed": "work"})
    ahead["month"] -= AHEAD
    found = rows[rows["sa_entry"].eq(1) & (rows["ym"] < 201801) & (rows["age_months"] < 444)]
    found = found.merge(ahead, on=["person_id", "month"])
    spells = rows.loc[on, ["person_id", "month"]].groupby("person_id")["month"].apply(np.array)
    months = [spells.get(one, np.array([])) for one in found["person_id"]]
    found["joined"] = [
        float(((own > start) & (own <= start + AHEAD)).any())
        for own, start in zip(months, found["month"], strict=True)
    ]
    found["offer"] = found["kvp_open"] * np.where(found["immigrant"].eq(1), 0.75, 0.25)
    return found


@pytest.fixture(scope="module")
def runs() -> tuple[pd.DataFrame, pd.DataFrame]:
    return brute("actual"), brute("no_programme")


def coupled_of(spec: Spec) -> Coupled:
    return coupled_sample(spec, prepare(spec, open_source(spec)))


@pytest.mark.parametrize(("estimand", "below"), [("itt", "offer"), ("late", "joined")])
def test_truth_is_that_of_two_simulated_panels(
    tiny: Any, runs: tuple[pd.DataFrame, pd.DataFrame], estimand: str, below: str
) -> None:
    spec = spec_of(tiny, estimand)
    (outcome,) = spec.outcomes.values()
    (truth,) = truths(coupled_of(spec), spec, spec.models[0], outcome).found.items()
    first, second = runs
    moved = first["work"].mean() - second["work"].mean()
    given = first[below].mean() - second[below].mean()
    assert truth[0] == Key(estimand, horizon=AHEAD)
    assert truth[1].value == pytest.approx(moved / given, rel=1e-9)
    assert abs(moved) > 1e-4 and given > 0.02
    assert truth[1].error > 0


def test_policies_follow_from_the_instrument(tiny: Any) -> None:
    spec = spec_of(tiny, "itt")
    assert policies_of(spec) == ("actual", "no_programme")
    assert facts_of(spec).exclusion
    other = spec_of(tiny, "itt", {**DESIGN, "instrument": {"column": "immigrant"}})
    assert policies_of(other) == ("actual", "no_law")
    assert not facts_of(other).exclusion
    (outcome,) = other.outcomes.values()
    absent = truths(coupled_of(other), other, other.models[0], outcome).absent
    assert "stands for no policy that can be simulated" in absent


def test_what_is_counted_from_the_past_keeps_the_ages_it_needs(tiny: Any) -> None:
    spec = spec_of(tiny, "itt").model_copy(update={"sample": Sample(keep=KEEP)})
    assert truth_ages(spec, AGES) == AGES
    assert truth_ages(spec.model_copy(update={"derive": {}}), AGES) == (34, 38)
