"""Employment in the third week of November; its source changed in 2015."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="employment_nov",
    temporality=Temporality.STATUS,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "year": Column(Kind.YEAR, complete=True),
        "status": Column(Kind.CODE, complete=True, codes=("0", "1")),
    },
    key=("person_id", "year"),
)
