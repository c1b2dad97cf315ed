"""Canonical table sa_condition: conditions and exemptions as KOSTRA 11F holds them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from data_synth.details.condition_content import KINDS, condition_content
from data_synth.details.decisions import decision_days, payment_decisions
from data_synth.details.exemptions import exemptions
from data_synth.details.payers import payer_codes
from data_synth.details.records import Records, yearly_records
from data_synth.details.sanctions import OTHER, REDUCED, sanctions
from data_synth.life.lives import Lives
from data_synth.life.months import month_index

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "person",
        "year": "calendar year",
        "payer_municipality": "municipality that reports, four-digit code; a row for each",
        "condition": "yes or no: a condition in some month of the year",
        "condition_types": "kinds of the year's first condition: codes of 11F, joined by +",
        "hours_week": "hours a week of activity that the year's first condition asks",
        "decision_from": "first day of the decision with the year's first condition",
        "decision_to": "last day of that decision",
        "exemption_date": "day of the year's first exemption, under 30 alone, since the law",
        "exemption_reasons": "reason of that exemption: 01 to 04",
        "sanction": "sanctions in the year: 01 reduced, 02 other, joined by +",
    }
)

_JOIN = "+"


def make_sa_condition(lives: Lives) -> pd.DataFrame:
    """Return one row a recipient, calendar year and municipality: the *first* of each year."""
    import pandas as pd

    records = yearly_records(lives)
    last = records.end
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[records.person],
            "year": records.year.astype(np.int16),
            "payer_municipality": payer_codes(lives, records.row[last], records.at[last]),
            **_conditions(lives, records),
            **_exemptions(lives, records),
            "sanction": _sanctions(lives, records),
        }
    )


def _conditions(lives: Lives, records: Records) -> dict[str, Any]:
    with_one, first = records.first_where(lives.condition[records.row, records.at] == 1)
    row, at = records.row[first], records.at[first]
    content = condition_content(lives)
    decisions = payment_decisions(lives, row, at)
    answer = np.full(len(records), "no", dtype=object)
    answer[with_one] = "yes"
    hours = np.full(len(records), np.nan)
    hours[with_one] = np.round(content.hours[row, at].astype(np.float64), 1)
    return {
        "condition": answer,
        "condition_types": _spread(_kinds(content.kinds[row, at]), with_one, len(records)),
        "hours_week": hours,
        "decision_from": _spread_days(decisions.first, with_one, len(records)),
        "decision_to": _spread_days(decisions.last, with_one, len(records)),
    }


def _exemptions(lives: Lives, records: Records) -> dict[str, Any]:
    reason = exemptions(lives)
    # Registers have the field since the law; offices that asked before it had no form for it.
    reason[: max(month_index(lives.world.adoption.law) - lives.first, 0)] = 0
    exempt, first = records.first_where(reason[records.row, records.at] > 0)
    row, at = records.row[first], records.at[first]
    codes = np.array(["", "01", "02", "03", "04"], dtype=object)[reason[row, at]]
    return {
        "exemption_date": _spread_days(decision_days(lives, row, at), exempt, len(records)),
        "exemption_reasons": _spread(codes, exempt, len(records)),
    }


def _sanctions(lives: Lives, records: Records) -> NDArray[np.object_]:
    kind = sanctions(lives)[records.row, records.at]
    reduced, _ = records.first_where(kind == REDUCED)
    other, _ = records.first_where(kind == OTHER)
    both = np.zeros(len(records), dtype=np.int64)
    both[reduced] += 1
    both[other] += 2
    return np.array([None, "01", "02", f"01{_JOIN}02"], dtype=object)[both]


def _kinds(masks: NDArray[np.int16]) -> NDArray[np.object_]:
    distinct, where = np.unique(masks, return_inverse=True)
    texts = [
        _JOIN.join(code for bit, code in enumerate(KINDS) if mask >> bit & 1)
        for mask in distinct.tolist()
    ]
    return np.array(texts, dtype=object)[where]


def _spread(values: NDArray[np.object_], to: NDArray[np.int64], n: int) -> NDArray[np.object_]:
    spread = np.full(n, None, dtype=object)
    spread[to] = values
    return spread


def _spread_days(
    values: NDArray[np.datetime64], to: NDArray[np.int64], n: int
) -> NDArray[np.datetime64]:
    spread = np.full(n, np.datetime64("NaT"), dtype="datetime64[s]")
    spread[to] = values
    return spread
