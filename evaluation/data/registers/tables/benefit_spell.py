"""Spells of benefits other than social assistance."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="benefit_spell",
    temporality=Temporality.EVENT,
    columns={
        "person_id": Column(Kind.PERSON, complete=True),
        "benefit": Column(
            Kind.CODE,
            complete=True,
            codes=(
                "aap",
                "ufore",
                "kvp",
                "intro",
                "sykepenger",
                "dagpenger",
                "overgangsstonad",
                "alderspensjon",
                "tiltakspenger",
            ),
        ),
        "from_ym": Column(Kind.MONTH, complete=True),
        "to_ym": Column(Kind.MONTH, required=False),
        "degree": Column(Kind.NUMBER, required=False, low=0, high=100),
    },
    spell=("from_ym", "to_ym"),
)
