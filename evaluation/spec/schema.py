"""The JSON Schema of specs, made from the types and the estimators and checks on offer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from evaluation.spec.catalogue import Catalogue
from evaluation.spec.spec import Spec

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_text(catalogue: Catalogue) -> str:
    """Return the schema as indented JSON."""
    return json.dumps(json_schema(catalogue), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def json_schema(catalogue: Catalogue) -> dict[str, Any]:
    """Return the schema of a spec file.

    Each model is the common keys and, by its ``estimator``, the options of that estimator's own
    file; each check likewise by ``kind``. Named but unbuilt ones allow any further key.
    """
    schema = Spec.model_json_schema(ref_template="#/$defs/{model}")
    definitions = schema["$defs"]
    estimators = {name: offer.options for name, offer in catalogue.estimators.items()}
    checks = {name: offer.options for name, offer in catalogue.checks.items()}
    definitions["Model"] = _choice(
        definitions, definitions["Model"], "estimator", estimators, catalogue.planned_estimators
    )
    definitions["CheckRequest"] = _choice(
        definitions, definitions["CheckRequest"], "kind", checks, catalogue.planned_checks
    )
    schema["properties"]["outcomes"]["additionalProperties"] = False
    schema["$schema"] = DIALECT
    return schema


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
        own = options.model_json_schema(ref_template="#/$defs/{model}")
        definitions.update(own.pop("$defs", {}))
        required = [*common.get("required", []), *own.get("required", [])]
        branches.append(
            {
                "title": name,
                "type": "object",
                "properties": {**shared, **own.get("properties", {}), selector: {"const": name}},
                "required": required,
                "additionalProperties": False,
            }
        )
    if planned:
        branches.append(
            {
                "title": "named, not available yet",
                "type": "object",
                "properties": {**shared, selector: {"enum": sorted(planned)}},
                "required": common.get("required", []),
            }
        )
    return {"oneOf": branches, "description": common.get("description", "")}
