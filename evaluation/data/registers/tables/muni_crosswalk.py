"""Municipality codes and those that follow them; the weights of one code sum to 1."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="muni_crosswalk",
    temporality=Temporality.REFERENCE,
    columns={
        "code_from": Column(Kind.CODE, complete=True, width=4),
        "code_to": Column(Kind.CODE, complete=True, width=4),
        "valid_ym": Column(Kind.MONTH, complete=True),
        "weight": Column(Kind.DECIMAL, low=0, high=1, complete=True),
        "weight_basis": Column(Kind.CODE, required=False),
    },
    key=("code_from", "code_to", "valid_ym"),
)
