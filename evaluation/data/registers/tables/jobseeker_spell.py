"""Spells as a jobseeker, by main group."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="jobseeker_spell",
    temporality=Temporality.EVENT,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "group": Column(Kind.CODE, complete=True, codes=("1", "2", "3", "4", "5", "6", "7", "8")),
        "from": Column(Kind.DATE, complete=True),
        "to": Column(Kind.DATE, required=False),
    },
    spell=("from", "to"),
)
