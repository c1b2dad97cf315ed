"""When municipalities or offices began to demand activity."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="adoption",
    temporality=Temporality.REFERENCE,
    columns={
        "municipality": Column(Kind.CODE, required=False, width=4),
        "office_id": Column(Kind.CODE, required=False),
        "base_year": Column(Kind.YEAR, required=False),
        "from_ym": Column(Kind.MONTH),
        "to_ym": Column(Kind.MONTH),
        "status": Column(Kind.CODE, required=False, codes=("before", "at_law", "after", "unknown")),
        "definition": Column(Kind.CODE, required=False, codes=("narrow", "wide")),
        "source": Column(Kind.CODE, required=False),
    },
    key=("municipality", "office_id", "definition", "source"),
)
