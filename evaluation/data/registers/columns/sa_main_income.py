"""Whether social assistance was the main income."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.data.registers.columns._assistance import with_assistance
from evaluation.data.registers.columns.contract import Grain, NoOptions, Otherwise, Type

NAMES: Mapping[str, str] = {
    "sa_main_income": "1 where social assistance was received, and was the main source of "
    "livelihood at the last contact of the year (11F VKLO = 5) with the municipality that paid; 0 "
    "where it was not, or nothing was received; missing where the form does not say"
}
TABLES = {"sa_main_income": with_assistance("sa_year", "sa_year.main_source")}
TYPES = {"sa_main_income": Type.FLAG}
OTHERWISE = {"sa_main_income": Otherwise.ZERO}
VALID = {"sa_main_income": (None, None)}
GRAIN = Grain.MONTH
NEEDS = ("sa_received",)
Options = NoOptions

MAIN = "5"


def query(name: str, options: Any, has: frozenset[str]) -> str:
    """Return what the year's form of the municipality that paid says, of months of receipt.

    Where no municipality is known, the form with the most months speaks for the year.
    """
    del name, options
    payer = (
        "SELECT person, ym AS month, max(payer_municipality) AS payer FROM sa_month GROUP BY ALL"
        if "sa_month" in has
        else "SELECT NULL::BIGINT AS person, NULL::INTEGER AS month, NULL::VARCHAR AS payer"
    )
    return (
        "WITH form AS (SELECT person, year, payer_municipality AS payer, "
        f"main_source = '{MAIN}' AS main, row_number() OVER (PARTITION BY person, year "
        "ORDER BY months DESC NULLS LAST, payer_municipality) AS place FROM sa_year), "
        f"paid AS ({payer}) "
        "SELECT r.person, r.month, CASE WHEN own.person IS NOT NULL THEN own.main "
        "WHEN paid.payer IS NULL OR most.payer IS NULL THEN most.main END::INTEGER AS value "
        "FROM given_sa_received r "
        "LEFT JOIN paid ON paid.person = r.person AND paid.month = r.month "
        "LEFT JOIN form own ON own.person = r.person AND own.year = r.month // 12 "
        "AND own.payer = paid.payer "
        "LEFT JOIN form most ON most.person = r.person AND most.year = r.month // 12 "
        "AND most.place = 1 WHERE r.value = 1"
    )
