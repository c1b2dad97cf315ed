"""Spells of social assistance."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="sa_spell",
    temporality=Temporality.EVENT,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "from_ym": Column(Kind.MONTH, complete=True),
        "to_ym": Column(Kind.MONTH),
        "kind": Column(Kind.CODE, required=False),
    },
    spell=("from_ym", "to_ym"),
)
