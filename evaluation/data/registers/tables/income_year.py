"""Income of a year by concept."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="income_year",
    temporality=Temporality.ACCUMULATED,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "year": Column(Kind.YEAR, complete=True),
        "concept": Column(Kind.CODE, complete=True, codes=("wyrkinnt", "wies", "pgivinnt")),
        "nok": Column(Kind.NOK),
    },
    key=("person_id", "year", "concept"),
)
