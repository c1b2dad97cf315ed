"""Offices, the places that they serve, and what a survey says of them."""

from __future__ import annotations

from evaluation.data.registers.contract import Column, Kind, Table, Temporality

TABLE = Table(
    name="office",
    temporality=Temporality.REFERENCE,
    columns={
        "office_id": Column(Kind.CODE, complete=True),
        "municipality": Column(Kind.CODE, complete=True, width=4),
        "district": Column(Kind.CODE, required=False),
        "valid_from": Column(Kind.DATE),
        "valid_to": Column(Kind.DATE, required=False),
        "provision": Column(
            Kind.CODE, required=False, codes=("broad_centre", "specialised", "none")
        ),
        "strategy": Column(
            Kind.CODE, required=False, codes=("turn_at_door", "job_centre", "work_team")
        ),
        "aim": Column(Kind.CODE, required=False, codes=("work", "qualification", "integration")),
        "sanction_regime": Column(Kind.CODE, required=False, codes=("mild", "strict")),
        "youth_unit": Column(Kind.NUMBER, required=False, low=0, high=1),
        "refugee_unit": Column(Kind.NUMBER, required=False, low=0, high=1),
        "operator": Column(Kind.CODE, required=False),
        "fte": Column(Kind.DECIMAL, required=False, low=0),
    },
    key=("office_id", "municipality", "district", "valid_from"),
    spell=("valid_from", "valid_to"),
)
