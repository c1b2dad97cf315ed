"""Social assistance in kroner, nominal and in constant prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._prices import PricesOptions, consumer_prices, price_remarks
from evaluation.data.registers.columns.contract import Grain, Otherwise, Type

NAMES: Mapping[str, str] = {
    "sa_nok": "social assistance paid in the month, granted or lent, whole nominal kroner, 0 if "
    "none",
    "sa_nok_real": "social assistance paid in the month, kroner of 2015 or of the year that the "
    "mapping names, 0 if none; missing where the series of prices has no such month",
}
TABLES = {
    "sa_nok": (("sa_month", "sa_month.grant_nok"), ("sa_month", "sa_month.loan_nok")),
    "sa_nok_real": (
        ("sa_month", "sa_month.grant_nok", "deflator"),
        ("sa_month", "sa_month.loan_nok", "deflator"),
        ("sa_month", "sa_month.grant_nok"),
        ("sa_month", "sa_month.loan_nok"),
    ),
}
TYPES = {"sa_nok": Type.WHOLE, "sa_nok_real": Type.REAL}
OTHERWISE = dict.fromkeys(NAMES, Otherwise.ZERO)
VALID = dict.fromkeys(NAMES, (None, None))
GRAIN = Grain.MONTH
NEEDS: tuple[str, ...] = ()
Options = PricesOptions

_NOMINAL = (
    "SELECT person, ym AS month, sum(coalesce(grant_nok, 0) + coalesce(loan_nok, 0)) AS value "
    "FROM sa_month WHERE grant_nok IS NOT NULL OR loan_nok IS NOT NULL GROUP BY ALL "
    # An amount that nobody wrote down is not 0.
    "UNION ALL SELECT person, ym, NULL FROM sa_month WHERE paid > 0 GROUP BY ALL "
    "HAVING count(grant_nok) + count(loan_nok) = 0"
)


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return the sums of months, multiplied by the change of prices for constant kroner."""
    if name == "sa_nok":
        return _NOMINAL
    return (
        "SELECT nominal.person, nominal.month, CASE WHEN nominal.value = 0 THEN 0 "
        "ELSE nominal.value * prices.factor END AS value "
        f"FROM ({_NOMINAL}) AS nominal LEFT JOIN ({consumer_prices(options, has)}) AS prices "
        "ON prices.month = nominal.month"
    )


def remarks(name: str, options: Any, has: frozenset[str]) -> tuple[str, ...]:
    """Return what a reader must know of the prices used."""
    return price_remarks(options, has) if name == "sa_nok_real" else ()
