"""The basic amount and prices, by month or year."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="deflator",
    temporality=Temporality.REFERENCE,
    columns={
        "ym": Column(Kind.MONTH, required=False),
        "year": Column(Kind.YEAR, required=False),
        "series": Column(Kind.CODE, complete=True, codes=("G", "CPI")),
        "value": Column(Kind.DECIMAL, low=0, complete=True),
    },
    key=("ym", "year", "series"),
)
