"""Say in words and Markdown what a JSON Schema allows under a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "",
    "object": "table",
}
LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "minLength": "at least {} letters",
    "maxLength": "at most {} letters",
}


def key_table(definition: Schema, only: frozenset[str] | None = None, page: str = "") -> list[str]:
    """Return the lines of a table of keys: name, what is allowed, default, meaning.

    Parameters
    ----------
    only
        Keys to show; all by default.
    page
        Where definitions stand, if not on the page of the table.
    """
    required = set(definition.get("required", ()))
    lines = ["| key | allowed | if not given | meaning |", "|---|---|---|---|"]
    for key, value in definition.get("properties", {}).items():
        if only is not None and key not in only:
            continue
        default = "**needed**" if key in required else default_of(value)
        meaning = _one_line(str(value.get("description", "")))
        lines.append(f"| `{key}` | {allowed(value, page)} | {default} | {meaning} |")
    return lines


def allowed(value: Schema, page: str = "") -> str:
    """Return what a value may be."""
    if "const" in value:
        return _code(value["const"])
    if "enum" in value:
        return ", ".join(_code(one) for one in value["enum"])
    if "$ref" in value:
        name = str(value["$ref"]).rpartition("/")[2]
        return f"[{name}]({page}#{name.lower()})"
    for word in ("anyOf", "oneOf"):
        if word in value:
            found = dict.fromkeys(filter(None, (allowed(one, page) for one in value[word])))
            return " or ".join(found)
    if "allOf" in value:
        return allowed(value["allOf"][0], page)
    return _of_type(value, page)


def default_of(value: Schema) -> str:
    """Return a key's default in TOML's words; empty where there is none."""
    if "default" not in value or value["default"] in (None, [], {}):
        return ""
    return _code(value["default"])


def _of_type(value: Schema, page: str) -> str:
    kind = str(value.get("type", ""))
    if kind == "array":
        items = value.get("items") or {}
        pairs = value.get("prefixItems")
        inner = ", ".join(allowed(one, page) for one in pairs) if pairs else allowed(items, page)
        return f"[{inner}]" if pairs else f"list of {inner or 'values'}"
    if kind == "object" and isinstance(value.get("additionalProperties"), Mapping):
        return f"table of {allowed(value['additionalProperties'], page) or 'values'} by name"
    if value.get("format") == "date":
        return "date"
    limits = [words.format(value[key]) for key, words in LIMITS.items() if key in value]
    return ", ".join([KINDS.get(kind, kind or "any value"), *limits])


def toml_value(value: object) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        inner = ", ".join(
            f"{key} = {toml_value(one)}" for key, one in value.items() if one is not None
        )
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(one) for one in value)}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _code(value: object) -> str:
    return f"`{toml_value(value)}`"


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("``", "`")
