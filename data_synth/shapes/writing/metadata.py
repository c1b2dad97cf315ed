"""Metadata of a variable of the event shape, in the platform's model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data_synth.shapes.declared.registers import REGISTERS, Kind
from data_synth.shapes.declared.variable import Variable

if TYPE_CHECKING:
    from data_synth.world.schema import World

_CODES_SINCE = "1900-01-01"
_TYPES = {
    Kind.MONTH: "LONG",
    Kind.NUMBER: "LONG",
    Kind.NOK: "LONG",
    Kind.SHARE: "DOUBLE",
    Kind.CODE: "STRING",
}
_MEASURED = {Kind.NOK: "CURRENCY"}


def metadata_of(variable: Variable, world: World) -> dict[str, Any]:
    """Return what the variable's JSON file holds.

    The model is that of the files handed to the platform (statisticsnorway/microdata-tools,
    ``docs/metadata-model.md``): temporality, what the rows are of, and a value domain that is
    either a list of codes or described.
    """
    declared = REGISTERS[variable.table]
    measure: dict[str, Any] = {
        "name": _text(variable.title),
        "description": _text(f"{variable.title}. Syntetiske data."),
    }
    if variable.measures is not None:
        measure = {"unitType": str(variable.measures), **measure}
    else:
        kind = declared.columns[variable.value]
        measure["dataType"] = _TYPES[kind]
        if kind is Kind.MONTH:
            measure["format"] = "YYYYMM"
        measure["valueDomain"] = _domain(variable, kind)
    return {
        "temporalityType": str(variable.temporality),
        "sensitivityLevel": "NONPUBLIC",
        "populationDescription": _text("Simulerte personer; ingen av dem finnes"),
        "spatialCoverageDescription": _text("Et syntetisk Norge"),
        "subjectFields": [_text(variable.table)],
        "dataRevision": {"description": _text(f"Syntetisk verden {world.name}")},
        "identifierVariables": [{"unitType": str(variable.unit)}],
        "measureVariables": [measure],
    }


def _domain(variable: Variable, kind: Kind) -> dict[str, Any]:
    if variable.codes:
        return {
            "codeList": [
                {"code": code, "categoryTitle": _text(title), "validFrom": _CODES_SINCE}
                for code, title in variable.codes.items()
            ]
        }
    described: dict[str, Any] = {
        "description": _text(variable.title),
        "measurementUnitDescription": _text(variable.unit_of_value),
    }
    if kind in _MEASURED:
        described["measurementType"] = _MEASURED[kind]
    return described


def _text(value: str) -> list[dict[str, str]]:
    return [{"languageCode": "no", "value": value}]
