"""Labour market measures, by provider."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="measure_spell",
    temporality=Temporality.EVENT,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "measure": Column(Kind.CODE, complete=True),
        "provider": Column(Kind.CODE, codes=("state", "municipal", "voluntary")),
        "from": Column(Kind.DATE, complete=True),
        "to": Column(Kind.DATE, required=False),
    },
    spell=("from", "to"),
)
