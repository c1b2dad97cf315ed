"""Faults of a world file as one-line messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from data_synth.world.schema import World
from data_synth.world.suggest import nearest

_BOUNDS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("above", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("below", "lt"),
    "string_pattern_mismatch": ("text like", "pattern"),
}
_TYPES: Mapping[str, str] = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "finite_number": "a finite number",
    "date_type": "a date such as 2017-01-01",
    "string_type": "text",
    "string_too_short": "text that is not empty",
    "model_type": "a table",
    "bool_type": "true or false",
}


def fault_lines(name: str, error: ValidationError) -> list[str]:
    """Return one line a fault: key path, what was found, what is allowed, a near name."""
    return [_line(name, dict(fault)) for fault in error.errors(include_url=False)]


def _line(name: str, fault: Mapping[str, Any]) -> str:
    path = [str(part) for part in fault["loc"]]
    where = f'world "{name}", {".".join(path)}'
    kind: str = fault["type"]
    if kind == "extra_forbidden":
        known = _parameters(path[:-1])
        return f"{where}: unknown parameter; allowed: {', '.join(known)}{nearest(path[-1], known)}"
    if kind == "missing":
        return f"{where}: missing; add it"
    near = ""
    if kind == "literal_error" and isinstance(fault["input"], str):
        near = nearest(fault["input"], re.findall(r"'(\w+)'", fault["ctx"]["expected"]))
    return f"{where}: found {_shown(fault['input'])}; allowed: {_allowed(kind, fault)}{near}"


def _allowed(kind: str, fault: Mapping[str, Any]) -> str:
    context: Mapping[str, Any] = fault.get("ctx", {})
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f"{words} {context[key]}"
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return str(context["expected"]).replace("'", '"')
    return _TYPES.get(kind, str(fault["msg"]))


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {item}" for key, item in value.items())
    return f'"{value}"' if isinstance(value, str) else str(value)


def _parameters(path: list[str]) -> list[str]:
    model: type[BaseModel] = World
    for part in path:
        annotation = model.model_fields[part].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return list(model.model_fields)
