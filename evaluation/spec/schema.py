"""The JSON Schema of specs, made from the types and the estimators and checks on offer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from evaluation.spec.catalogue import Catalogue
from evaluation.spec.key_texts import KeyTexts
from evaluation.spec.spec import Spec

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_text(catalogue: Catalogue) -> str:
    """Return the schema as indented JSON."""
    return json.dumps(json_schema(catalogue), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


IDENTITY = frozenset({"schema_version", "id", "title"})


def json_schema(catalogue: Catalogue) -> dict[str, Any]:
    """Return the schema of a spec file.

    Each model is the common keys and, by its ``estimator``, the options of that estimator's own
    file; each check likewise by ``kind``. Named but unbuilt ones allow any further key.
    """
    schema = table_schema(Spec)
    definitions = schema["$defs"]
    estimators = {name: offer.options for name, offer in catalogue.estimators.items()}
    checks = {name: offer.options for name, offer in catalogue.checks.items()}
    definitions["Model"] = _choice(
        definitions, definitions["Model"], "estimator", estimators, catalogue.planned_estimators
    )
    definitions["CheckRequest"] = _choice(
        definitions, definitions["CheckRequest"], "kind", checks, catalogue.planned_checks
    )
    # What changes a model of the base by its id need not repeat its estimator.
    definitions["Model"]["oneOf"].append(
        {
            "title": "changes of a model of the spec that is extended",
            "type": "object",
            "required": ["id"],
            "not": {"required": ["estimator"]},
        }
    )
    operations = {name: offer.options for name, offer in catalogue.operations.items()}
    definitions["Derived"] = _choice(
        definitions, definitions["Derived"], "op", operations, frozenset()
    )
    schema["properties"]["outcomes"]["additionalProperties"] = False
    schema["properties"]["lang"]["enum"] = list(catalogue.languages)
    # A spec that extends another takes from it what it does not say.
    own = [name for name in schema["required"] if name in IDENTITY]
    inherited = [name for name in schema["required"] if name not in IDENTITY]
    schema["required"] = own
    schema["if"] = {"not": {"required": ["extends"]}}
    schema["then"] = {"required": inherited}
    schema["$schema"] = DIALECT
    return _or_extension(schema)


def table_schema(table: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of one table and of those inside it, each key with its meaning."""
    return table.model_json_schema(ref_template="#/$defs/{model}", schema_generator=KeyTexts)


def _or_extension(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema, in which a file that ``extends`` another may leave out any key.

    Its tables are parts of tables, which only the loader can judge, together with the base.
    """
    whole = {key: schema.pop(key) for key in ("properties", "required", "additionalProperties")}
    parts = {
        name: one if one.get("type") in ("string", "integer") else _described(one)
        for name, one in whole["properties"].items()
    }
    extends = {"required": ["extends"], "properties": {"extends": {"type": "string"}}}
    extension = {"properties": parts, "additionalProperties": False}
    return {**schema, "if": extends, "then": extension, "else": whole}


def _choice(
    definitions: dict[str, Any],
    common: dict[str, Any],
    selector: str,
    offers: Mapping[str, type[BaseModel]],
    planned: frozenset[str],
) -> dict[str, Any]:
    """Return one branch for each value of the selector, with that value's own keys."""
    shared = {key: value for key, value in common["properties"].items() if key != "options"}
    branches = []
    for name, options in sorted(offers.items()):
        own = table_schema(options)
        definitions.update(own.pop("$defs", {}))
        required = [*common.get("required", []), *own.get("required", [])]
        chosen = {"const": name, **_described(common["properties"][selector])}
        branches.append(
            {
                "title": name,
                "type": "object",
                "properties": {**shared, **own.get("properties", {}), selector: chosen},
                "required": required,
                "additionalProperties": False,
            }
        )
    if planned:
        chosen = {"enum": sorted(planned), **_described(common["properties"][selector])}
        branches.append(
            {
                "title": "named, not available yet",
                "type": "object",
                "properties": {**shared, selector: chosen},
                "required": common.get("required", []),
            }
        )
    return {"oneOf": branches, "description": common.get("description", "")}


def _described(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a key means, without what it may be."""
    return {name: text for name, text in value.items() if name == "description"}
