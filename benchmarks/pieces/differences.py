"""Differences in differences on person-months: event studies, many models, person effects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pieces.road import Call, facts, files_of, floor, passes_and_fits, spec_on

CONTROLS = ("female", "immigrant", "on_disability", "on_programme")
OUTCOMES = ("employed", "in_education", "sa_received", "on_aap", "condition_imposed")
BEFORE_30 = 360


def by_age() -> dict[str, Any]:
    """Return the design of the event studies: under 30 against the rest, around January 2017."""
    import datetime as dt

    treated = {"column": "age_months", "below": BEFORE_30}
    return {"kind": "did", "reform_date": dt.date(2017, 1, 1), "treated": treated}


def path_model(**changes: Any) -> dict[str, Any]:
    """Return an event study by quarter, clustered by municipality."""
    return {
        "estimand": "att_by_event_time",
        "estimator": "twfe_event_study",
        "event_bin": "quarter",
        "fixed_effects": ["muni_h", "ym"],
        "cluster": "muni_h",
        "variance": "cr1",
        **changes,
    }


def ten_models() -> list[dict[str, Any]]:
    """Return ten models of one design; the first is the event study with four controls."""
    effect = {"estimand": "att_relative", "estimator": "twfe", "event_bin": None}
    plain = {k: v for k, v in path_model(**effect).items() if v is not None}
    return [
        path_model(controls=list(CONTROLS)),
        path_model(),
        path_model(controls=list(CONTROLS[:2])),
        path_model(controls=list(CONTROLS), variance="cr3"),
        plain,
        {**plain, "controls": list(CONTROLS)},
        {**plain, "controls": [CONTROLS[0]], "variance": "cr3"},
        {**plain, "fixed_effects": ["ym"]},
        {**plain, "fixed_effects": []},
        {**plain, "controls": [CONTROLS[1]], "fixed_effects": ["muni_h"]},
    ]


def floor_event_study(folder: Path) -> Call:
    scanned = [f"count({OUTCOMES[0]})", *CONTROLS]
    key = f"muni_h, ym, age_months < {BEFORE_30}, {scanned[0]}"
    return floor(folder, key, CONTROLS)


def input_facts(folder: Path) -> Call:
    return facts(folder, spec_on(folder, by_age(), [path_model(controls=list(CONTROLS))]))


def event_study(folder: Path) -> Call:
    return passes_and_fits(folder, spec_on(folder, by_age(), [path_model(controls=list(CONTROLS))]))


def person_effects(folder: Path) -> Call:
    model = path_model(fixed_effects=["person_id", "ym"])
    return passes_and_fits(folder, spec_on(folder, by_age(), [model]))


def ten_models_five_outcomes(folder: Path) -> Call:
    outcomes = {name: {"column": name, "kind": "binary"} for name in OUTCOMES}
    return passes_and_fits(folder, spec_on(folder, by_age(), ten_models(), outcomes=outcomes))


def event_study_pyfixest(folder: Path) -> Call:
    import numpy as np
    import pyarrow.parquet as pq
    import pyfixest

    columns = ["ym", "muni_h", "age_months", "employed", *CONTROLS]
    rows = pq.ParquetDataset(files_of(folder)).read(columns=columns).to_pandas()
    month = rows["ym"] // 100 * 12 + rows["ym"] % 100 - 1 - 2017 * 12
    rows["quarter"] = np.floor_divide(month, 3).astype("int16")
    rows["treated"] = (rows["age_months"] < BEFORE_30).astype("int8")
    rows = rows.drop(columns="age_months")
    named = " + ".join(("treated", *CONTROLS))
    formula = f"employed ~ i(quarter, treated, ref=-1) + {named} | muni_h + ym"

    def fit(part) -> float:
        model = pyfixest.feols(
            formula, part, vcov={"CRV1": "muni_h"}, store_data=False, lean=True, copy_data=False
        )
        return float(model.coef().iloc[0])

    fit(rows.iloc[:: max(len(rows) // 20_000, 1)])  # compilation
    return lambda: fit(rows)
