"""Households on a date."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="household",
    temporality=Temporality.STATUS,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "household_id": Column(Kind.KEY),
        "family_type": Column(Kind.CODE, required=False),
        "children_under_18": Column(Kind.NUMBER, required=False, low=0),
        "date": Column(Kind.DATE, complete=True),
    },
    key=("person_id", "date"),
)
