"""Persons of the population register: what does not change."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="person",
    temporality=Temporality.FIXED,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "birth_ym": Column(Kind.MONTH, required=False, complete=True),
        "birth_date": Column(Kind.DATE, required=False),
        "sex": Column(Kind.CODE, complete=True, codes=("1", "2")),
        "immigrant_cat": Column(Kind.CODE, required=False, codes=("A", "B", "C", "E", "F", "G")),
        "country_group": Column(
            Kind.CODE, required=False, codes=("Norway", "West", "Eastern EU", "Asia, Africa, other")
        ),
        "death_ym": Column(Kind.MONTH, required=False),
    },
    key=("person_id",),
)
