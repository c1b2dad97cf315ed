"""Wages and hours by month, from the job register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._prices import (
    PricesOptions,
    basic_amounts,
    consumer_prices,
    price_remarks,
)
from evaluation.data.registers.columns.contract import Grain, Otherwise, Type
from evaluation.data.registers.columns.employed import REGISTER_FROM

NAMES: Mapping[str, str] = {
    "earnings_nok": "cash wages of the month over all jobs, whole nominal kroner, 0 without a job; "
    "missing before 2015",
    "earnings_real": "the same in kroner of 2015 or of the year that the mapping names; missing "
    "where the series of prices has no such month",
    "earnings_g": "the same in twelfths of the basic amount in force in the month: 1 is a wage of "
    "1 G a year",
    "contract_hours": "contract hours a week over all jobs, 0 without a job; missing before 2015",
}
_WAGE = ("job_month", "job_month.cash_wage_nok")
TABLES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "earnings_nok": (_WAGE,),
    "earnings_real": ((*_WAGE, "deflator"), _WAGE),
    "earnings_g": (_WAGE,),
    "contract_hours": (("job_month", "job_month.hours_week"),),
}
TYPES = {
    "earnings_nok": Type.WHOLE,
    "earnings_real": Type.REAL,
    "earnings_g": Type.DOUBLE,
    "contract_hours": Type.REAL,
}
OTHERWISE = dict.fromkeys(NAMES, Otherwise.ZERO)
VALID = dict.fromkeys(NAMES, (REGISTER_FROM, None))
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
Options = PricesOptions


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return sums over the jobs of a month, missing where one of them has no value."""
    column = "hours_week" if name == "contract_hours" else "cash_wage_nok"
    total = (
        f"SELECT person, ym AS month, CASE WHEN count({column}) = count(*) THEN sum({column}) END "
        "AS value FROM job_month GROUP BY person, ym"
    )
    if name in ("earnings_nok", "contract_hours"):
        return total
    series, value = {
        "earnings_real": (consumer_prices(options, has), "total.value * unit.factor"),
        "earnings_g": (basic_amounts("month"), "total.value * 12.0 / unit.amount"),
    }[name]
    return (
        f"SELECT total.person, total.month, {value} AS value FROM ({total}) AS total "
        f"LEFT JOIN ({series}) AS unit ON unit.month = total.month"
    )


def remarks(name: str, options: Any, has: frozenset[str]) -> tuple[str, ...]:
    """Return what a reader must know of the prices used."""
    return price_remarks(options, has) if name == "earnings_real" else ()
